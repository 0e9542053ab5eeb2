"""Talks with sealed contents, second opinions, and the question sets of organisations (plain, about nobody)."""

from datetime import datetime, timedelta

from django.db import models

from suar.core import clock
from suar.core.base_models import UUIDModel
from suar.screening.rules.reference import invented_people
from suar.screening.rules.setting import LONGEST_FIRST

FINISH_WITHIN = timedelta(days=1)
FORMS = [(form, form) for form in LONGEST_FIRST]
"""The forms whose questions an organisation may change."""


class Reading(UUIDModel):
    """A request for a second opinion about an outcome lower than the signs suggest, and its answer.

    The codes and the answer are sealed to the team. They hold no name and no words of the talk.
    """

    left = models.UUIDField(db_index=True)
    organisation = models.UUIDField()
    team = models.UUIDField(db_index=True)
    author = models.UUIDField()
    asked_at = models.DateTimeField()
    sealed = models.BinaryField()
    key = models.UUIDField()
    read_at = models.DateTimeField(null=True)
    read_by = models.UUIDField(null=True)
    answer = models.BinaryField(null=True)


class PartnerSide(UUIDModel):
    """An organisation's agreement to second opinions with a partner, or its end. The newest row of a side is valid.

    Partners need the agreement of both sides. Each is signed with the organisation's key over both organisations and
    both keys. So write access to the database is not enough to agree, and a changed key ends the agreement. A row
    that ends an agreement has no signature.
    """

    organisation = models.UUIDField()
    partner = models.UUIDField(db_index=True)
    by = models.UUIDField()
    at = models.DateTimeField()
    signature = models.BinaryField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "partner"],
                condition=models.Q(ended_at=None),
                name="partner_side_once",
            )
        ]


class PartnerPacket(UUIDModel):
    """Codes sealed to a partner organisation for a second opinion; the id does not reveal the record.

    The sealed codes are destroyed when the packet closes, and the row when the packet expires.
    """

    reading = models.UUIDField()
    organisation = models.UUIDField()
    partner = models.UUIDField(db_index=True)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    key = models.UUIDField()
    sealed = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reading"], condition=models.Q(closed_at=None), name="partner_asked_once")
        ]


class Talk(models.Model):
    """A talk and when it was last saved. `left`: the record it left when it ended.

    `continues`: the record of an earlier talk with the same person, or of a report about them.
    `practice`: the invented person of a practice talk, which stores nothing.
    """

    record = models.UUIDField(primary_key=True)
    author = models.UUIDField(db_index=True)
    saved_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    left = models.UUIDField(null=True)
    continues = models.UUIDField(null=True)
    practice = models.CharField(
        max_length=20, blank=True, default="", choices=[(code, code) for code in invented_people()]
    )

    @property
    def due_at(self) -> datetime:
        """The time by which an unfinished talk should be finished: a day after it was last saved."""
        return self.saved_at + FINISH_WITHIN

    @property
    def is_late(self) -> bool:
        """True if an unfinished talk should be finished by now."""
        return self.due_at < clock.now()


class QuestionDraft(UUIDModel):
    """An organisation's changes to a shipped form that wait for a second person.

    Without changes the draft goes back to the shipped form. `edition` is always 1 and only kept for old data.
    """

    organisation = models.UUIDField()
    form = models.CharField(max_length=20, choices=FORMS)
    base = models.PositiveSmallIntegerField()
    changes = models.JSONField()
    edition = models.PositiveIntegerField(default=1)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_by = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "form"], name="one_question_draft"),
            models.CheckConstraint(condition=models.Q(edition__gte=1), name="question_edition"),
        ]


class QuestionSet(UUIDModel):
    """An organisation's version of a form, complete and never changed.

    `changes`: the differences from the shipped version `base`.
    """

    organisation = models.UUIDField()
    form = models.CharField(max_length=20, choices=FORMS)
    version = models.PositiveIntegerField()
    base = models.PositiveSmallIntegerField()
    changes = models.JSONField()
    questions = models.JSONField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "form", "version"], name="question_set_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="question_set_from_one"),
        ]


class QuestionUse(UUIDModel):
    """An organisation started to use a version of a form; 0 is the shipped version. The newest row is valid.

    `act` numbers the rows of an organisation and form.
    """

    organisation = models.UUIDField()
    form = models.CharField(max_length=20, choices=FORMS)
    act = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "form", "act"], name="question_use_once"),
        ]
