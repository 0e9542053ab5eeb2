"""Tables of the printed directory. They hold what anybody may read, and nothing about a person."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from suar.core.ids import new_id


class Edition(models.Model):
    """One edition of a place and a language: what was in it, and all that it was set from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.CharField(max_length=10)
    language = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    day = models.DateField()
    made_at = models.DateTimeField()
    by = models.UUIDField()
    listed = models.JSONField()
    changes = models.JSONField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["place", "language", "number"], name="edition_numbered_once"),
            CheckConstraint(name="editions_count_from_one", condition=Q(number__gte=1)),
        ]


class Paper(models.Model):
    """The finished file of one form of the newest edition; older ones are set again when asked."""

    edition = models.ForeignKey(Edition, related_name="papers", on_delete=models.CASCADE)
    form = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    file = models.BinaryField()

    class Meta:
        constraints = [UniqueConstraint(fields=["edition", "form"], name="form_once")]
