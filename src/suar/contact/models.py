"""Requests for help: sealed letters, the keys to them, and the desks that answer.

Plain columns are what jobs need: which team, since when a letter is unread, on which day all of it was read, when
the last one was written. Which letter holds the way of contact is plain as well: a newer one destroys it.
"""

from django.db import models

from suar.contact.documents import RequestKind
from suar.core.base_models import UUIDModel
from suar.core.ids import short_code
from suar.core.ratelimit import FREE_CALLS


class Desk(models.Model):
    """A team that answers requests, and what the public page says about it."""

    team = models.UUIDField(primary_key=True)
    organisation = models.UUIDField()
    switched_on = models.BooleanField(default=True)
    who_en = models.CharField(max_length=200)
    who_id = models.CharField(max_length=200)
    days = models.CharField(max_length=7)
    answers_within_days = models.PositiveSmallIntegerField()
    closes_after_hours = models.PositiveSmallIntegerField(default=48)
    looked_at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(days=""), name="desk_has_days")]


class Request(UUIDModel):
    """One request; `address` and `public` come from the person's code, which is never stored.

    `turn` counts what came through the same connection before it in its hour: a sender of many is listed behind
    everybody else. Feedback and complaints have no team: they are sealed to the complaint handlers of `organisation`
    one by one. Only a summary has `ends_at`, after which its code opens nothing and a job destroys it.
    """

    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RequestKind], default="help")
    organisation = models.UUIDField()
    team = models.UUIDField(null=True)
    address = models.BinaryField(max_length=32, null=True, unique=True)
    public = models.BinaryField(max_length=32, null=True)
    contact = models.UUIDField(null=True)
    turn = models.PositiveSmallIntegerField(default=0)
    waits_since = models.DateTimeField(null=True)
    read_on = models.DateField(null=True)
    last_letter_at = models.DateTimeField(db_index=True, db_column="said_at")
    settled_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(address=None, public=None) | models.Q(address__isnull=False, public__isnull=False),
                name="request_code_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="help", team__isnull=False)
                | models.Q(kind__in=("feedback", "complaint", "summary"), team=None),
                name="request_team_only_for_help",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="summary", ends_at__isnull=False, address__isnull=False)
                | (~models.Q(kind="summary") & models.Q(ends_at=None)),
                name="summary_ends",
            ),
        ]
        indexes = [models.Index(fields=["team", "turn", "waits_since"], name="request_in_turn")]

    @property
    def number(self) -> str:
        """Return a short number, to tell two requests apart."""
        return short_code(self.id)

    @property
    def after_many(self) -> bool:
        """Return True if it came after many from the same connection."""
        return self.turn >= FREE_CALLS


class Letter(UUIDModel):
    """One sealed letter of a request; its kind and its author are inside."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    sealed = models.BinaryField()


class Piece(models.Model):
    """A part of a sealed file, at most 64 KiB; the letter beside it describes the file."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "number"], name="piece_once")]


class LetterKey(models.Model):
    """The key of a letter, sealed to a team's key, to a reader's own, or to the code's.

    A key row: no foreign keys.
    """

    request = models.UUIDField(db_index=True)
    letter = models.UUIDField()
    key = models.UUIDField(null=True)
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "key"], name="letter_key_once"),
            models.UniqueConstraint(fields=["letter"], condition=models.Q(key=None), name="letter_code_key_once"),
        ]


class CodeSalt(models.Model):
    """The salt and the cost with which codes become keys here. A key row, made once."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    salt = models.BinaryField(max_length=16)
    kdf = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(number=1), name="one_salt_for_all_codes")]
