"""Which record is a talk, with which version of which instrument; answers are sealed values."""

from django.db import models


class Talk(models.Model):
    """A talk from its first step to its outcome; plain: author, version, step, times."""

    record = models.UUIDField(primary_key=True)
    author = models.UUIDField(db_index=True)
    instrument = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    person = models.UUIDField(null=True)
