"""Requests for help: sealed letters, the keys to them, and the desks that answer.

Plain is what a clock needs: which team, since when something waits, when something was said.
Plain is as well which letter is the way of contact: another one destroys it.
"""

from django.db import models

from suar.kernel.ids import new_id


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
    person, so that another one can take its place without opening either.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.UUIDField()
    team = models.UUIDField()
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
                condition=models.Q(address=None, public=None)
                | models.Q(address__isnull=False, public__isnull=False),
                name="request_code_whole",
            )
        ]
        indexes = [models.Index(fields=["team", "turn", "waits_since"], name="request_in_turn")]


class Letter(models.Model):
    """One sealed letter of a request; what kind it is and who wrote it stands inside."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    sealed = models.BinaryField()


class LetterKey(models.Model):
    """The key of a letter, sealed to a team's key, or to the code's. A key row: no foreign keys."""

    request = models.UUIDField(db_index=True)
    letter = models.UUIDField()
    key = models.UUIDField(null=True)
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "key"], name="letter_key_once"),
            models.UniqueConstraint(
                fields=["letter"], condition=models.Q(key=None), name="letter_code_key_once"
            ),
        ]


class CodeSalt(models.Model):
    """The salt and the cost with which codes become keys here. A key row, made once."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    salt = models.BinaryField(max_length=16)
    kdf = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number=1), name="one_salt_for_all_codes")
        ]
