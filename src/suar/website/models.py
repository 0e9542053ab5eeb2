"""Words of the public door that wait for a second person. They say nothing about anybody."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from suar.core.ids import new_id


class Correction(models.Model):
    """A text said otherwise, as somebody wrote it; published, it lies in a file and not here.

    Until it is `offered`, it comes from a file, of which `line` is the place, and only its author
    sees it. `said` lists the forms of the text; one that has no form for many has one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    language = models.CharField(max_length=16)
    context = models.CharField(max_length=200, blank=True)
    english = models.TextField()
    said = models.JSONField()
    line = models.PositiveIntegerField(default=0)
    offered = models.BooleanField(default=True)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["language", "context", "english"],
                condition=Q(offered=True),
                name="correction_waits_once",
            ),
            UniqueConstraint(
                fields=["language", "context", "english", "by"],
                condition=Q(offered=False),
                name="correction_brought_once",
            ),
        ]
