"""What pages say of editions, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suar.booklets.labels import day_words, form
from suar.booklets.terms import Changes, Form, Issued
from suar.directory import labels as directory


@dataclass(frozen=True, slots=True)
class File:
    """One form of an edition; `weight` is empty while nobody has set it yet."""

    code: str
    words: str
    weight: str


@dataclass(frozen=True, slots=True)
class Row:
    """An edition in a list or at the head of its page."""

    id: UUID
    place: str
    language: str
    number: int
    day: str
    until: str
    count: str
    changed: str
    changes: Changes
    files: tuple[File, ...]


def row(edition: Issued, *, only_finished: bool = False) -> Row:
    """Say one edition in words."""
    sizes = edition.sizes
    files = [File(each.value, form(each), _weight(sizes.get(each))) for each in Form]
    return Row(
        id=edition.id,
        place=directory.place_name(edition.place),
        language=dict(settings.LANGUAGES).get(edition.language, edition.language),
        number=edition.number,
        day=day_words(edition.day),
        until=day_words(edition.use_until),
        count=ngettext("%(count)d entry", "%(count)d entries", edition.count) % {"count": edition.count},
        changed=changed(edition.changes),
        changes=edition.changes,
        files=tuple(each for each in files if each.weight or not only_finished),
    )


def rows(editions: Iterable[Issued], *, only_finished: bool = False) -> list[Row]:
    """Say a list of editions in words."""
    return [row(each, only_finished=only_finished) for each in editions]


def changed(changes: Changes) -> str:
    """Say in a line how an edition differs from the one before."""
    if changes.first:
        return _("First edition")
    if changes.none:
        return _("Only newer days of checking")
    counts = (len(changes.new), len(changes.changed), len(changes.gone))
    return _("%(new)d new, %(changed)d changed, %(gone)d gone") % dict(
        zip(("new", "changed", "gone"), counts, strict=True)
    )


def _weight(size: int | None) -> str:
    return f"{-(-size // 1000)} kB" if size else ""
