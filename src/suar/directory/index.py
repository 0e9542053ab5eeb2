"""The search index: every service as a row of terms, in the order in which it is shown.

Filters are terms like words are, so one look into the index answers a search, and the row number
is the order. A hidden place is no part of it: only what the service tells of itself goes in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from suar.directory import catalogue, rules
from suar.directory.models import SearchEntry, Spelling
from suar.directory.terms import AgeStatus, PersonFacts, ServiceFacts, Sex
from suar.directory.words import forms_of, nearly_same, term, words_of

NEVER_CONFIRMED = date(9999, 12, 31)
BATCH = 1000
AGES = {"CHILD": AgeStatus.CHILD, "ADULT": AgeStatus.ADULT}


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
class Indexed:
    """What the index holds of a service: its facts, its words, and words worth forgiving."""

    facts: ServiceFacts
    types: tuple[str, ...]
    confirmed: date | None
    named: tuple[str, ...]
    described: tuple[str, ...] = ()
    urgent: bool = False


def rebuild(found: Iterable[Indexed]) -> None:
    """Write the whole index anew, in the order free first, last confirmed first."""
    rows = sorted(found, key=_order)
    _empty()
    entries = [
        SearchEntry(
            position=number,
            service_id=one.facts.id,
            confirmed=one.confirmed or NEVER_CONFIRMED,
            terms=" ".join(sorted(terms_of(one))),
        )
        for number, one in enumerate(rows, 1)
    ]
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    _fill(entries)
    named = {word for one in rows for text in one.named for word in words_of(text)}
    Spelling.objects.bulk_create(
        (
            Spelling(form=form, word=word)
            for word in sorted(named)
            for form in sorted(forms_of(word))
        ),
        batch_size=BATCH,
    )


def select(
    tiers: Sequence[Tier], *, since: date, after: tuple[int, int], most: int
) -> list[tuple[int, int, Any]]:
    """Give (tier, position, service) of the first matches after a place in the order."""
    parts: list[str] = []
    values: list[Any] = []
    for number, tier in enumerate(tiers):
        if number < after[0]:
            continue
        parts.append(_PART[connection.vendor])
        values += [number, _query(tier), since, after[1] if number == after[0] else 0, most]
    if not parts:
        return []
    whole = " UNION ALL ".join(parts)
    sql = f"SELECT * FROM ({whole}) found ORDER BY tier, position LIMIT %s"  # noqa: S608 - only _PART
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, most])
        return list(cursor.fetchall())


def forgiven(words: Sequence[str]) -> list[Group]:
    """Give for each typed word a group: words that begin with it, and words spelled nearly so."""
    if not words:
        return []
    forms = {form for word in words for form in forms_of(word)}
    known = set(Spelling.objects.filter(form__in=forms).values_list("word", flat=True))
    return [
        Group(frozenset(each for each in known if nearly_same(word, each)), frozenset({word}))
        for word in words
    ]


def terms_of(one: Indexed) -> set[str]:
    """Give every term under which a service is found."""
    found = {word for text in (*one.named, *one.described) for word in words_of(text)}
    found |= {term("t", code) for code in one.types} | {term("all", "")}
    found |= {term("g", catalogue.types()[code].group) for code in one.types}
    found |= _area_terms(one.facts) | _who_terms(one.facts) | _language_terms(one.facts)
    if one.facts.opening == "24_7":
        found.add(term("now", ""))
    if one.urgent:
        found.add(term("line", ""))
    return found


def _area_terms(facts: ServiceFacts) -> set[str]:
    areas = facts.areas or frozenset({"unknown"})
    provinces = {catalogue.province_of(area) for area in areas} - {""}
    return {term("a", area) for area in areas} | {term("p", province) for province in provinces}


def _who_terms(facts: ServiceFacts) -> set[str]:
    """Give a term for everyone who is not surely turned away."""
    found = {term("s", sex) for sex in Sex if rules.admits("EL_SEX", PersonFacts(sex=sex), facts)}
    found |= {
        term("y", name)
        for name, status in AGES.items()
        if rules.admits("EL_AGE", PersonFacts(age_status=status), facts)
    }
    if rules.admits("EL_PAPERS", PersonFacts(papers="NONE"), facts):
        found.add(term("nopapers", ""))
    return found


def _language_terms(facts: ServiceFacts) -> set[str]:
    languages = facts.languages or frozenset({"INTERPRETER"})
    return {term("l", language) for language in languages}


def _order(one: Indexed) -> tuple[int, int, str]:
    costs = catalogue.services()["order"]["cost"]
    cost = costs.index(one.facts.cost) if one.facts.cost in costs else len(costs)
    return cost, -(one.confirmed or date.min).toordinal(), str(one.facts.id)


def _empty() -> None:
    SearchEntry.objects.all().delete()
    Spelling.objects.all().delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")


def _fill(entries: Sequence[SearchEntry]) -> None:
    """Fill the word index; PostgreSQL does it by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(entry.position, entry.terms) for entry in entries],
            )


def _query(tier: Tier) -> str:
    """Write a tier in the words of this database's index."""
    write = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
    groups = [
        write.any.join([write.term % t for t in sorted(group.terms)]
                       + [write.start % s for s in sorted(group.starts)])
        for group in tier.groups
    ]  # fmt: skip
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
_PART = {
    "sqlite": "SELECT * FROM (SELECT %s AS tier, e.position, e.service_id FROM directory_words f "
    "JOIN directory_searchentry e ON e.position = f.rowid WHERE f.terms MATCH %s "
    "AND e.confirmed >= %s AND f.rowid > %s ORDER BY f.rowid LIMIT %s)",
    "postgresql": "(SELECT %s AS tier, position, service_id FROM directory_searchentry "
    "WHERE words @@ %s::tsquery AND confirmed >= %s AND position > %s ORDER BY position LIMIT %s)",
}
