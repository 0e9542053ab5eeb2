"""Tables of the directory. Nothing here is about a person or says where a hidden place is."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from suar.core import clock
from suar.core.base_models import UUIDModel
from suar.core.refusals import get_or_refuse
from suar.directory.codes import DraftState, How
from suar.directory.documents import ServiceDocument


class Provider(models.Model):
    """A provider of services; `organisation` if it has an account here.

    A file does not change silently what an editor has `added_here`.
    """

    id = models.UUIDField(primary_key=True)
    name = models.JSONField()
    description = models.JSONField(default=dict)
    website = models.CharField(max_length=500, default="")
    email = models.CharField(max_length=320, default="")
    phones = models.JSONField(default=list)
    organisation = models.UUIDField(null=True, db_index=True)
    answers_by_link = models.BooleanField(default=False)
    added_here = models.BooleanField(default=False)


class Site(models.Model):
    """A place of a provider. A hidden one has only an id."""

    id = models.UUIDField(primary_key=True)
    provider = models.ForeignKey(Provider, null=True, on_delete=models.CASCADE)
    hidden = models.BooleanField(default=False)
    name = models.CharField(max_length=500, default="")
    address = models.JSONField(default=dict)
    district = models.CharField(max_length=8, default="", db_index=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    transport = models.TextField(default="")
    phones = models.JSONField(default=list)
    added_here = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(hidden=True), name="hidden_sites")]
        constraints = [
            CheckConstraint(
                name="hidden_site_tells_nothing",
                condition=Q(hidden=False) | Q(name="", district="", transport="", latitude=None, longitude=None),
            )
        ]


class Service(models.Model):
    """A service, in the columns that are filtered and sorted."""

    id = models.UUIDField(primary_key=True)
    provider = models.ForeignKey(Provider, null=True, on_delete=models.CASCADE)
    sites = models.ManyToManyField(Site)
    status = models.CharField(max_length=20)
    confirmed = models.DateField(null=True, db_index=True)
    """The day on which a person last confirmed the entry (HSDS assured_date); an edit does not move it."""
    edition = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, db_index=True)
    changed_by = models.UUIDField(null=True)
    changed_how = models.CharField(max_length=10, default=How.IMPORT.value)
    contact_authors = models.JSONField(default=list)
    """The worker who proposed the unconfirmed contact data; they may not confirm them."""

    def as_revision(self, document: ServiceDocument) -> "FormerRevision":
        """Return the service with its content as a revision."""
        change = {"at": self.changed_at, "by": self.changed_by, "how": self.changed_how}
        return FormerRevision(service=self, number=self.edition, state=asdict(document), **change)


class ServiceType(models.Model):
    """A type of help a service gives."""

    service = models.ForeignKey(Service, related_name="types", on_delete=models.CASCADE)
    code = models.CharField(max_length=30)

    class Meta:
        constraints = [UniqueConstraint(fields=["service", "code"], name="type_once")]


class ServiceArea(models.Model):
    """A district, province or wider area a service is for."""

    service = models.ForeignKey(Service, related_name="areas", on_delete=models.CASCADE)
    code = models.CharField(max_length=10)

    class Meta:
        constraints = [UniqueConstraint(fields=["service", "code"], name="area_once")]


class ServiceSnapshot(models.Model):
    """The content of a service in one document with its provider and open sites, rewritten with every change.

    The tables above hold what is filtered and sorted. Of a hidden place it contains only that there is one.
    `wording` is a fingerprint of the public content, and `changed_at` is when that last changed: hidden content
    changes neither.
    """

    service = models.OneToOneField(Service, primary_key=True, related_name="snapshot", on_delete=models.CASCADE)
    document = models.JSONField()
    wording = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "directory_shown"


class SearchEntry(models.Model):
    """An open service in the search index: `position` is its sort order, `terms` are its words and codes.

    `ask_from` and `due_from` are the days from which confirming it is advised and required.
    """

    position = models.PositiveBigIntegerField(primary_key=True)
    service = models.OneToOneField(Service, on_delete=models.CASCADE)
    confirmed = models.DateField(null=True)
    ask_from = models.DateField(null=True)
    due_from = models.DateField(null=True)
    shown_until = models.DateField(default=date.max)
    terms = models.TextField()
    names: set[str]
    """The words that match despite a typing error; set while it is written."""

    class Meta:
        indexes = [models.Index(fields=["service", "shown_until"], name="shown_of_service")]


class Spelling(models.Model):
    """A word of the index under each form that lacks one letter, to match despite a typing error."""

    form = models.CharField(max_length=30, db_index=True)
    word = models.CharField(max_length=30)


class Edition(models.Model):
    """The number of changes of the directory; cached pages stay valid while it stays."""

    number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)

    @classmethod
    def locked(cls) -> Self:
        """Lock the directory so that changes happen one after the other."""
        cls.objects.get_or_create(id=1)
        return cls.objects.select_for_update().get(id=1)

    def count_change(self, *, at: datetime) -> None:
        """Count one change more."""
        self.number, self.changed_at = self.number + 1, at
        self.save(update_fields=["number", "changed_at"])


class Upload(UUIDModel):
    """An imported file that one editor has read and another confirms; deleted after a week."""

    by = models.UUIDField()
    at = models.DateTimeField()
    file_name = models.CharField(max_length=120)
    content = models.TextField(db_column="told")

    class Meta:
        db_table = "directory_waitingimport"


class FormerRevision(models.Model):
    """A former revision of an entry: content, author, time and kind."""

    service = models.ForeignKey(Service, related_name="former", on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    state = models.JSONField()
    at = models.DateTimeField(null=True)
    by = models.UUIDField(null=True)
    how = models.CharField(max_length=10)

    class Meta:
        db_table = "directory_formeredition"
        constraints = [UniqueConstraint(fields=["service", "number"], name="edition_once")]

    @property
    def document(self) -> ServiceDocument:
        """Return the content."""
        return ServiceDocument(**self.state)


class EntryLink(UUIDModel):
    """A link with which a provider sees one entry, confirms it and proposes changes.

    `turn` counts what was sent with it, so that a form sent again does nothing.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    digest = models.BinaryField(max_length=32, unique=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    turn = models.PositiveIntegerField(default=0)


class ConfirmationRequest(models.Model):
    """A request of a worker to a provider to confirm an entry."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        db_table = "directory_entryasked"


class Confirmation(models.Model):
    """The last confirmation of an entry here: `day` is that of the service, unless a file brought a newer one."""

    service = models.OneToOneField(Service, primary_key=True, on_delete=models.CASCADE)
    day = models.DateField()
    how = models.CharField(max_length=10)


class Proposal(UUIDModel):
    """Changes to an entry that wait for a second editor; `by` is None for a link.

    A new entry has no `service` before it is published; `edition` counts its versions.
    """

    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE)
    edition = models.PositiveIntegerField()
    content = models.JSONField(db_column="told")
    note = models.TextField(default="")
    state = models.CharField(max_length=10, default=DraftState.DRAFT.value)
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    checked_by = models.UUIDField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "directory_entrydraft"

    def lock(self, by: object) -> Self:
        """Lock it until the transaction ends, and return the current row; raises NotYours if it is gone."""
        return get_or_refuse(type(self).objects.select_for_update().filter(id=self.id))


class ErrorReport(models.Model):
    """The number of error reports of one kind about an entry on a day, without their authors."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10)
    day = models.DateField()
    times = models.PositiveSmallIntegerField(default=1)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    class Meta:
        db_table = "directory_wrongreport"
        constraints = [UniqueConstraint(fields=["service", "kind", "day"], name="wrong_once_a_day")]


class SearchGap(models.Model):
    """The number of public searches in a month for which a place had nobody, without who searched.

    `place` is a district, a province, or empty; `need` a group of needs, or empty.
    """

    month = models.DateField()
    place = models.CharField(max_length=12)
    need = models.CharField(max_length=20)
    times = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["month", "place", "need"], name="search_gap_once_a_month")]


class EntryChange(models.Model):
    """A change of an entry that the workers of its organisation read for thirty days: which fields, without values."""

    organisation = models.UUIDField()
    subject = models.UUIDField()
    fields = models.JSONField()
    is_new = models.BooleanField()
    at = models.DateTimeField()
    how = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["organisation", "at"], name="changes_of_organisation")]


class MergedEntry(models.Model):
    """The id of a merged entry, and the entry that replaced it."""

    old = models.UUIDField(primary_key=True)
    new = models.ForeignKey(Service, on_delete=models.CASCADE)

    class Meta:
        db_table = "directory_moved"


class Recording(UUIDModel):
    """A public text read aloud in a language; without `published_at` it waits for a second editor.

    The bytes contain sound only, no names, places or dates. For a text in a language at most one is
    published, and at most one waits.
    """

    text = models.CharField(max_length=20)
    language = models.CharField(max_length=16)
    kind = models.CharField(max_length=4)
    seconds = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    by = models.UUIDField()
    at = models.DateTimeField()
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["text", "language"], condition=Q(published_at=None), name="recording_waits_once"),
            UniqueConstraint(
                fields=["text", "language"], name="recording_published_once", condition=Q(published_at__isnull=False)
            ),
            CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="recording_published_by_somebody",
            ),
        ]

    @property
    def published(self) -> bool:
        """Return True if it is public."""
        return self.published_at is not None
