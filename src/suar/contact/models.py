"""Requests for help: sealed letters, the keys to them, and the desks that answer.

Plain is what a clock needs: which team, since when something waits, when something was said.
Plain is as well which letter is the way of contact: another one destroys it.
"""

from django.db import models

from suar.contact.terms import RequestKind
from suar.core.ids import new_id

KINDS = [(each.value, each.value) for each in RequestKind]


class Desk(models.Model):
    """A team that answers requests of the public door, and what its page says of it."""

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


class Request(models.Model):
    """One request; `address` and `public` come from the person's code, which is never stored.

    `turn` counts what came through the same connection since the hour on the clock began: who
    sends many stands behind everybody else. `contact` is the letter that says how to reach the
    person, so that another one can take its place without opening either. What is said of a
    service has no team: it is sealed to the readers of `organisation` one by one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=KINDS, default="help")
    organisation = models.UUIDField()
    team = models.UUIDField(null=True)
    address = models.BinaryField(max_length=32, null=True, unique=True)
    public = models.BinaryField(max_length=32, null=True)
    contact = models.UUIDField(null=True)
    turn = models.PositiveSmallIntegerField(default=0)
    waits_since = models.DateTimeField(null=True)
    said_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(address=None, public=None) | models.Q(address__isnull=False, public__isnull=False),
                name="request_code_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="help", team__isnull=False)
                | models.Q(kind__in=("feedback", "complaint"), team=None),
                name="request_team_only_for_help",
            ),
        ]
        indexes = [models.Index(fields=["team", "turn", "waits_since"], name="request_in_turn")]


class Letter(models.Model):
    """One sealed letter of a request; what kind it is and who wrote it stands inside."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    sealed = models.BinaryField()


class Piece(models.Model):
    """A part of a sealed file, at most 64 KiB; the letter beside it says what the file is."""

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


class Hearing(models.Model):
    """What the public page says of those of a house who read what is said of services."""

    organisation = models.UUIDField(primary_key=True)
    switched_on = models.BooleanField(default=True)
    for_others = models.BooleanField(default=False)
    who_en = models.CharField(max_length=200)
    who_id = models.CharField(max_length=200)
    days = models.CharField(max_length=7)
    answers_within_days = models.PositiveSmallIntegerField()
    looked_at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(days=""), name="hearing_has_days")]


class OutsideReader(models.Model):
    """Which other house reads what is said of this one; without it nobody takes complaints."""

    house = models.UUIDField(primary_key=True)
    reader = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(house=models.F("reader")), name="outside_reader_is_outside")
        ]


class Quarter(models.Model):
    """What changed in three months because of what people said, as the public page tells it."""

    organisation = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    heard = models.PositiveIntegerField(default=0)
    told_en = models.TextField(max_length=2000)
    told_id = models.TextField(max_length=2000)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="quarter_told_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, 4)), name="quarter_is_one_of_four"),
        ]
