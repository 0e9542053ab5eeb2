"""Which records are talks; what was answered, and how far a talk came, is sealed."""

from django.db import models

from suar.screening.rules.practice import invented_people


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
