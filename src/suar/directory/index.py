"""Asks the search index: filters are terms like words are, so one look answers a search."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from suar.directory.models import Spelling
from suar.directory.shown import Document
from suar.directory.words import forms_of, nearly_same


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of which one is enough; `starts` are beginnings of words."""

    terms: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tier:
    """One part of an answer, shown before the next: every group must be met, no `without`."""

    groups: tuple[Group, ...]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A match: its tier, its place in the order, and what may be shown."""

    tier: int
    position: int
    document: Document


def select(tiers: Sequence[Tier], *, on: date, after: tuple[int, int], most: int) -> list[Found]:
    """Give the first matches after a place in the order, with what may be shown on a day.

    Tier after tier is asked until there are enough: most often the first has them all.
    """
    found: list[Found] = []
    for number, tier in enumerate(tiers):
        if number >= after[0] and len(found) < most:
            beyond = after[1] if number == after[0] else 0
            values = [_query(tier), on, beyond, most - len(found)]
            found += [Found(number, *each) for each in _asked(values)]
    return found


def count(tiers: Mapping[str, Tier], *, on: date, most: int) -> dict[str, int]:
    """Count what each of these parts finds on a day, up to `most`, in one statement."""
    if not tiers:
        return {}
    values = [text for name, tier in tiers.items() for text in (name, _query(tier))]
    asked = ", ".join(["(%s, %s)"] * len(tiers))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT[connection.vendor].replace("ASKED", asked), [*values, on, most])
        return dict(cursor.fetchall())


def _asked(values: Sequence[Any]) -> list[tuple[int, Document]]:
    with connection.cursor() as cursor:
        cursor.execute(_ASK[connection.vendor], values)
        return [(position, json.loads(document)) for position, document in cursor.fetchall()]


def forgiven(words: Sequence[str]) -> list[Group]:
    """Give for each typed word a group: words that begin with it, and words spelled nearly so."""
    if not words:
        return []
    forms = {form for word in words for form in forms_of(word)}
    known = set(Spelling.objects.filter(form__in=forms).values_list("word", flat=True))
    return [Group(frozenset(each for each in known if nearly_same(word, each)), frozenset({word})) for word in words]


def positions(groups: Sequence[Group]) -> RawSQL:
    """Give the places in the index at which every group is met, as part of another question."""
    return RawSQL(_FIND[connection.vendor], [_query(Tier(tuple(groups)))])  # noqa: S611 - own words


def _query(tier: Tier) -> str:
    """Write a tier in the words of this database's index."""
    write = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    groups = [
        write.any.join([write.term % t for t in sorted(group.terms)] + [write.start % s for s in sorted(group.starts)])
        for group in tier.groups
    ]
    met = write.all.join(f"({group})" for group in groups)
    return f"({met})" + "".join(write.but % each for each in sorted(tier.without))


@dataclass(frozen=True, slots=True)
class _Writing:
    """How a database writes terms, beginnings of words, and how they are joined."""

    term: str
    start: str
    any: str
    all: str
    but: str


_SQLITE = _Writing('"%s"', '"%s"*', " OR ", " AND ", ' NOT "%s"')
_POSTGRES = _Writing("'%s'", "'%s':*", " | ", " & ", " & !'%s'")
_FIND = {
    "sqlite": "SELECT rowid FROM directory_words WHERE terms MATCH %s",
    "postgresql": "SELECT position FROM directory_searchentry WHERE words @@ %s::tsquery",
}
_ASK = {
    "sqlite": "SELECT e.position, s.document FROM directory_words f "
    "JOIN directory_searchentry e ON e.position = f.rowid "
    "JOIN directory_shown s ON s.service_id = e.service_id WHERE f.terms MATCH %s "
    "AND e.shown_until >= %s AND f.rowid > %s ORDER BY f.rowid LIMIT %s",
    "postgresql": "SELECT found.position, s.document FROM (SELECT position, service_id "
    "FROM directory_searchentry WHERE words @@ %s::tsquery AND shown_until >= %s AND position > %s "
    "ORDER BY position LIMIT %s) found JOIN directory_shown s ON s.service_id = found.service_id "
    "ORDER BY found.position",
}
_COUNT = {
    "sqlite": "WITH asked(name, query) AS (VALUES ASKED) SELECT name, (SELECT count(*) FROM "
    "(SELECT 1 FROM directory_words f JOIN directory_searchentry e ON e.position = f.rowid "
    "WHERE f.terms MATCH asked.query AND e.shown_until >= %s LIMIT %s)) FROM asked",
    "postgresql": "WITH asked(name, query) AS (VALUES ASKED) SELECT name, (SELECT count(*) FROM "
    "(SELECT 1 FROM directory_searchentry WHERE words @@ asked.query::tsquery "
    "AND shown_until >= %s LIMIT %s) found) FROM asked",
}
