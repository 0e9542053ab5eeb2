"""Which rows everybody may have, and which of them are asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from suar.core import clock
from suar.directory import index, models
from suar.directory.words import OFFERED_BY, term, words_of

MOST_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What is asked for; what is None or empty asks for nothing. `sites` are open places."""

    text: str = ""
    types: Collection[str] | None = None
    provider: UUID | None = None
    changed_since: datetime | None = None
    sites: Collection[UUID] | None = None


def narrowed(rows: Any, asked: Narrowed, *, entry: str = "service__searchentry__") -> Any:
    """Keep of rows that hang on a service those that everybody may have and that are asked for.

    The index says which those are: closed services are not in it, and each entry has its last day.
    `entry` is the way from a row to its entry there.
    """
    rows = rows.filter(**{f"{entry}shown_until__gte": clock.today()})
    if asked.types is not None:
        typed = models.ServiceType.objects.filter(code__in=asked.types)
        rows = rows.filter(service__in=typed.values("service"))
    if asked.provider is not None:
        rows = rows.filter(service__provider=asked.provider)
    if asked.changed_since is not None:
        rows = rows.filter(service__shown__changed_at__gte=asked.changed_since)
    return _named_so(rows, asked.text, entry) if asked.text else rows


def entries(asked: Narrowed) -> Any:
    """Give the entries of the index that everybody may have: one for each service, and small."""
    return narrowed(models.SearchEntry.objects.all(), asked, entry="")


def _named_so(rows: Any, text: str, entry: str) -> Any:
    words = typed(text)
    if not words:
        return rows.none()
    there = index.positions(index.forgiven(words))
    return rows.filter(**{f"{entry}position__in": there})


def typed(text: str) -> list[str]:
    """Give the words of a question, as far as anybody types them."""
    return words_of(text)[:MOST_WORDS]


def offered_by(rows: Any, text: str) -> Any:
    """Keep entries whose provider's own texts hold a word that begins with each that is typed."""
    groups = [index.Group(starts=frozenset({term(OFFERED_BY, word)})) for word in typed(text)]
    return rows.filter(position__in=index.positions(groups)) if groups else rows.none()
