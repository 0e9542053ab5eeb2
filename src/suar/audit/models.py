"""Entries that are only ever added, each tied to the one before it by its digest."""

from django.db import models


class Entry(models.Model):
    """One act: who, when, what, about which ids. Codes and ids only, never content."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    verb = models.CharField(max_length=40)
    about = models.JSONField(default=list)
    because = models.CharField(max_length=200, blank=True)
    shown = models.PositiveIntegerField(default=0)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="audit_seq_from_one"),
            models.CheckConstraint(condition=~models.Q(verb=""), name="audit_verb_said"),
        ]


class Mention(models.Model):
    """An index from a record to the entries about it; the entry itself is what counts."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="mentions")
    about = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["about", "-entry"], name="audit_mention_about")]
