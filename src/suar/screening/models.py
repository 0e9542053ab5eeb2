"""Which records are talks; what was answered, and how far a talk came, is sealed."""

from django.db import models

from suar.kernel.ids import new_id
from suar.screening.rules.practice import invented_people


class Reading(models.Model):
    """That an outcome lower than the signs suggest waits for a second person, or was read.

    Codes and the answer are sealed to the team; no name and no word of the talk is among them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    left = models.UUIDField(unique=True)
    organisation = models.UUIDField()
    team = models.UUIDField(db_index=True)
    author = models.UUIDField()
    asked_at = models.DateTimeField()
    sealed = models.BinaryField()
    key = models.UUIDField()
    read_at = models.DateTimeField(null=True)
    read_by = models.UUIDField(null=True)
    answer = models.BinaryField(null=True)


class Talk(models.Model):
    """A talk and its last saving; `left` is the record it left behind when it ended.

    `practice` names the invented person of a talk that keeps nothing.
    """

    record = models.UUIDField(primary_key=True)
    author = models.UUIDField(db_index=True)
    saved_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    left = models.UUIDField(null=True)
    practice = models.CharField(
        max_length=20, blank=True, default="", choices=[(code, code) for code in invented_people()]
    )
