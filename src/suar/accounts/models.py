"""Organisations, teams, workers, their keys and their sessions."""

from datetime import timedelta

from django.db import models

from suar.accounts.codes import ALARMS, AlarmKind, KeyKind, RequestKind, Way, WorkerState
from suar.accounts.roles import Role
from suar.core import clock
from suar.core.base_models import UUIDModel
from suar.core.codes import Code, enum_choices

REVIEW_WITHIN = timedelta(hours=24)


class Organisation(UUIDModel):
    """A body that works with Suar; `ready_at` is set when recovery and a restore were proven.

    `entries_changed_at` is when one of its entries in the directory last changed.
    """

    name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    entries_changed_at = models.DateTimeField(null=True)


class Team(UUIDModel):
    """A team; in one whose members see own cases only, grants go to persons, not to the team."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    own_cases_only = models.BooleanField(default=False)


class Worker(UUIDModel):
    """Somebody who signs in. Keys are stored only wrapped.

    `organisation_seal` is their own signature over the key of the organisation as they came to know it. Without
    a `language` of their own, the pages follow the browser. `talk_place` is where their last talk was, sealed to them.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    name = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120, db_column="shown_name")
    role = models.CharField(max_length=30, choices=enum_choices(Role))
    state = models.CharField(max_length=10, choices=enum_choices(WorkerState), default=WorkerState.INVITED)
    language = models.CharField(max_length=10, default="")
    talk_place = models.BinaryField(null=True)
    salt = models.BinaryField(max_length=16, default=bytes)
    kdf = models.JSONField(default=dict)
    verifier = models.BinaryField(max_length=32, default=bytes)
    totp = models.BinaryField(null=True)
    totp_step = models.BigIntegerField(null=True)
    sheet_key = models.BinaryField(null=True)
    invitation = models.BinaryField(max_length=32, null=True)
    invited_until = models.DateTimeField(null=True)
    organisation_seal = models.BinaryField(max_length=64, null=True, db_column="house_seal")
    recovery_proven_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="worker_named")]


class Membership(models.Model):
    """A worker in a team; the key to the team is a Wrap, not this row."""

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, on_delete=models.PROTECT)
    leads = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "team"], condition=models.Q(until=None), name="member_once")
        ]


class PublicKey(UUIDModel):
    """The public half of a key pair; `certificate` is the organisation's signature over it.

    `wrap` is the private half wrapped for a worker, on rows of `keys.keys_of`.
    """

    wrap: bytes | memoryview | None

    kind = models.CharField(max_length=20, choices=enum_choices(KeyKind))
    owner = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    public = models.BinaryField(max_length=32)
    certificate = models.BinaryField(max_length=64, null=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "owner", "version"], name="key_version_once")]


class Wrap(UUIDModel):
    """The private half of a key, wrapped for one holder in one way. A key row."""

    key = models.UUIDField(db_index=True)
    way = models.CharField(max_length=10, choices=enum_choices(Way))
    holder = models.UUIDField(db_index=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "way", "holder"], name="wrap_once")]


class KeyRequest(UUIDModel):
    """A request about keys that needs several people, for one worker; its state follows from its acts."""

    kind = models.CharField(max_length=10, choices=enum_choices(RequestKind))
    organisation = models.UUIDField()
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE)
    made_at = models.DateTimeField()


class KeyAct(models.Model):
    """One act of a request: a paper that was typed is sealed to the worker who asked, and deleted at the end.

    `paper` tells which paper of which print it was; that is no secret.
    """

    request = models.ForeignKey(KeyRequest, on_delete=models.CASCADE, related_name="acts")
    verb = models.CharField(max_length=10)
    actor = models.CharField(max_length=10)
    by = models.UUIDField()
    at = models.DateTimeField()
    paper = models.CharField(max_length=8, default="")
    sealed = models.BinaryField(null=True)


class KeyChange(models.Model):
    """A key that another one replaces; what the old one opens is sealed to the new one, some records at a time."""

    old = models.OneToOneField(PublicKey, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(PublicKey, on_delete=models.CASCADE, related_name="+")
    organisation = models.UUIDField()
    total = models.PositiveIntegerField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Session(models.Model):
    """A signed-in worker: keys sealed under a half that only the browser holds.

    While `enrolling`, the worker has no second factor yet and can do nothing but choose one.
    `talk_pin` is a digest, under a key that both halves give, of the six digits of an open talk. `has_notice` is set
    on the rows of a request: something waits for the worker.
    """

    has_notice: bool

    digest = models.BinaryField(max_length=32, primary_key=True)
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    shared = models.BooleanField(default=False)
    in_talk = models.BooleanField(default=False)
    talk_pin = models.BinaryField(max_length=32, null=True)
    pin_tries = models.PositiveSmallIntegerField(default=0)
    enrolling = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stepped_up_at = models.DateTimeField()


class Notice(models.Model):
    """A notice that something waits for a worker, without saying what; when they last looked."""

    worker = models.UUIDField(primary_key=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)


class Alarm(models.Model):
    """Something that supervisors and privacy officers must look at; without an organisation it concerns all.

    One about a worker is reviewed by somebody else. `record` is what was opened in an emergency, for the reason `code`.
    """

    kind = models.CharField(max_length=20, choices=enum_choices(AlarmKind))
    at = models.DateTimeField()
    organisation = models.UUIDField(null=True)
    worker = models.UUIDField(null=True)
    detail = models.CharField(max_length=200, default="")
    record = models.UUIDField(null=True)
    code = models.CharField(max_length=40, default="")
    decision = models.CharField(max_length=20, default="")
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    @property
    def text(self) -> Code:
        """The label of the alarm, and what to do."""
        return ALARMS[self.kind]

    @property
    def is_reviewed(self) -> bool:
        """True if alarms of this kind are reviewed."""
        return bool(self.text.get("reviewed"))

    @property
    def is_late(self) -> bool:
        """True if a review has waited for a day."""
        return self.is_reviewed and self.reviewed_at is None and self.at <= clock.now() - REVIEW_WITHIN


class AlarmText(models.Model):
    """The reason for an emergency access, the number of a record that was taken, or the finding of a review.

    It is sealed to one reader's own key.
    """

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="texts")
    is_review = models.BooleanField(default=False)
    reader = models.UUIDField()
    sealed = models.BinaryField()


class SheetCode(models.Model):
    """A one-time code of a printed sheet; the digest is keyed, so a thief cannot try them."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE)
    number = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "number"], name="code_once")]


class Passkey(UUIDModel):
    """A passkey used as second factor; it opens no keys by itself."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE)
    credential = models.BinaryField(unique=True)
    public = models.BinaryField()
    uses = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()


class Backup(UUIDModel):
    """A backup that was written; `proven_at` is set when somebody typed the word that its restore printed."""

    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
