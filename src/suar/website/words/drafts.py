"""Corrections of words: written or brought in a file, published by a second person, undone.

What waits stands in a table; what is published lies in the data folder, where the public door
reads it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.refusals import NotYours, Refused
from suar.directory import drafting
from suar.website.models import Correction
from suar.website.rules import may_publish_words
from suar.website.words import checking, own
from suar.website.words.catalogue import Key
from suar.website.words.files import Told

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A correction that waits: of which text, what it says, who wrote it and when."""

    id: UUID
    key: Key
    said: Forms
    line: int
    by: UUID
    at: datetime


def write(key: Key, said: Forms, *, language: str, by: UUID, at: datetime) -> None:
    """Keep a correction; it takes the place of one that waits for the same text."""
    with transaction.atomic():
        _of(language, [key]).filter(offered=True).delete()
        row = Correction.objects.create(language=language, context=key[0], english=key[1], said=said, by=by, at=at)
        audit.record("correct_words", by=by, at=at, about=[row.id], because=language)


def bring(
    changed: Mapping[Key, Forms],
    *,
    lines: Mapping[Key, int],
    language: str,
    by: UUID,
    at: datetime,
) -> None:
    """Keep what a file would change until whoever brought it has looked; an earlier one goes."""
    with transaction.atomic():
        _brought(language, by).delete()
        Correction.objects.bulk_create(
            Correction(
                language=language,
                context=key[0],
                english=key[1],
                said=said,
                line=lines[key],
                offered=False,
                by=by,
                at=at,
            )
            for key, said in changed.items()
        )


def offer(language: str, *, by: UUID, at: datetime) -> None:
    """Let what a worker brought wait for a second person; it goes before what waited."""
    with transaction.atomic():
        rows = list(_brought(language, by).select_for_update())
        _of(language, [_draft(row).key for row in rows]).filter(offered=True).delete()
        _brought(language, by).update(offered=True, at=at)
        if rows:
            about = [row.id for row in rows]
            audit.record("correct_words", by=by, at=at, about=about, because=language)


def leave_aside(language: str, *, by: UUID) -> None:
    """Forget what a worker brought and did not take over."""
    _brought(language, by).delete()


def brought(language: str, *, by: UUID) -> list[Draft]:
    """List what a worker brought in a file and has not said yes to, by its line."""
    return [_draft(row) for row in _brought(language, by).order_by("line")]


def waiting(language: str) -> list[Draft]:
    """List what waits for a second person, the oldest first."""
    rows = Correction.objects.filter(language=language, offered=True)
    return [_draft(row) for row in rows.order_by("at", "line", "id")]


def may_publish(draft: Draft, *, by: UUID, second: bool) -> Decision:
    """Say whether somebody may publish a correction."""
    return may_publish_words(written_by=draft.by, by=by, second=second)


def has_second(house: UUID) -> bool:
    """Say whether a house has more than one editor."""
    return drafting.has_second(house)


def publish(chosen: Collection[UUID], *, language: str, by: UUID, house: UUID, at: datetime) -> None:
    """Say these texts from now on: all or none. Raises Refused, and NotYours where one is gone."""
    with transaction.atomic():
        drafts, second = _locked(chosen, language), has_second(house)
        for draft in drafts:
            if not (decision := may_publish(draft, by=by, second=second)):
                raise Refused(decision.because)
        told = [Told(draft.line, draft.key, draft.said) for draft in drafts]
        if checking.compare(told, own.as_said(language)).refused:
            raise Refused("words_changed")
        Correction.objects.filter(id__in=chosen).delete()
        audit.record("publish_words", by=by, at=at, about=chosen, because=language)
        own.change(language, said={draft.key: draft.said for draft in drafts})


def take_back(chosen: Collection[UUID], *, language: str, by: UUID, at: datetime) -> None:
    """Remove corrections that wait, whoever wrote them."""
    with transaction.atomic():
        _locked(chosen, language)
        Correction.objects.filter(id__in=chosen).delete()
        audit.record("refuse_words", by=by, at=at, about=chosen, because=language)


def undo(key: Key, *, language: str, by: UUID, at: datetime) -> None:
    """Say a text as it ships again, at once, whoever published it."""
    with transaction.atomic():
        audit.record("undo_words", by=by, at=at, because=language)
        own.change(language, said={}, undone=[key])


def _locked(chosen: Collection[UUID], language: str) -> list[Draft]:
    rows = Correction.objects.select_for_update().filter(id__in=chosen)
    found = [_draft(row) for row in rows.filter(language=language, offered=True).order_by("id")]
    if not found or len(found) != len(set(chosen)):
        raise NotYours
    return found


def _brought(language: str, by: UUID) -> QuerySet[Correction]:
    return Correction.objects.filter(language=language, by=by, offered=False)


def _of(language: str, keys: Sequence[Key]) -> QuerySet[Correction]:
    texts = [english for _context, english in keys]
    rows = Correction.objects.filter(language=language, english__in=texts)
    wanted = set(keys)
    there = [row.id for row in rows if (row.context, row.english) in wanted]
    return Correction.objects.filter(id__in=there)


def _draft(row: Correction) -> Draft:
    return Draft(row.id, (row.context, row.english), tuple(row.said), row.line, row.by, row.at)
