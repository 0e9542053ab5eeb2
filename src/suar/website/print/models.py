"""Tables of the printed directory. They hold public data and nothing about a person."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suar.core.ids import new_id
from suar.directory import labels
from suar.website.print.rules import use_until


class Layout(models.TextChoices):
    """The layouts of an edition."""

    A5 = "a5", _("Booklet, A5")
    LARGE = "large", _("Large print, A4")
    COMPACT = "compact", _("Small booklet for a pocket or a phone, A6")
    CARD = "card", _("One small card")


class Edition(models.Model):
    """One edition for a place and a language, with the content that its files are made from."""

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

    @property
    def place_name(self) -> str:
        return labels.place_name(self.place)

    @property
    def language_name(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)

    @property
    def use_until(self) -> date:
        """The last day on which it should be used."""
        return use_until(self.day)

    @property
    def count(self) -> int:
        """The number of entries; the first row lists the emergency numbers."""
        return len(self.listed) - 1

    @property
    def change_summary(self) -> str:
        """One line about how it differs from the edition before."""
        if self.changes["first"]:
            return gettext("First edition")
        if not any(self.changes.values()):
            return gettext("Only the dates of checking are newer")
        counts = {name: len(self.changes[name]) for name in ("new", "changed", "gone")}
        return gettext("%(new)d new, %(changed)d changed, %(gone)d gone") % counts

    @property
    def files(self) -> list[dict[str, Any]]:
        """Each layout with its size in kB, or None where the file is not stored."""
        sizes = {paper.form: -(-paper.size // 1000) for paper in self.papers.all()}
        return [{"layout": layout, "size_kb": sizes.get(layout)} for layout in Layout]


class Paper(models.Model):
    """The stored PDF of one layout of the newest edition; older ones are made again on request."""

    edition = models.ForeignKey(Edition, related_name="papers", on_delete=models.CASCADE)
    form = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    file = models.BinaryField()

    class Meta:
        constraints = [UniqueConstraint(fields=["edition", "form"], name="form_once")]
