"""The full-text search index: FTS5 on SQLite, tsvector on PostgreSQL.

The row number is the sort order. It is derived from cost, confirmation date and id, so that one service
can be updated without moving another. A hidden site is never indexed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from suar.directory import cards, catalogue, snapshots
from suar.directory.cards import Snapshot
from suar.directory.codes import AgeStatus, Nationality, Papers, Sex, Status
from suar.directory.facts import PersonFacts, ServiceFacts
from suar.directory.models import Provider, SearchEntry, Spelling
from suar.directory.rules import fit, freshness
from suar.directory.tokens import PROVIDER_TERM, code_term, deletion_forms, is_one_edit_apart, tokenize


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
    document: Snapshot


def select(tiers: Sequence[Tier], *, on: date, after: tuple[int, int], most: int) -> list[Found]:
    """Return the first matches after a place in the order, with what may be shown on a day.

    Tier after tier is asked until there are enough: most often the first has them all.
    """
    found: list[Found] = []
    for number, tier in enumerate(tiers):
        if number >= after[0] and len(found) < most:
            beyond = after[1] if number == after[0] else 0
            values = [_match_expression(tier), on, beyond, most - len(found)]
            found += [Found(number, *each) for each in _fetch(values)]
    return found


def _fetch(values: Sequence[Any]) -> list[tuple[int, Snapshot]]:
    with connection.cursor() as cursor:
        cursor.execute(_ASK[connection.vendor], values)
        return [(position, json.loads(document)) for position, document in cursor.fetchall()]


def forgiving_groups(words: Sequence[str]) -> list[Group]:
    """Return for each typed word a group: words that begin with it, and words spelled nearly so."""
    if not words:
        return []
    forms = {form for word in words for form in deletion_forms(word)}
    known = set(Spelling.objects.filter(form__in=forms).values_list("word", flat=True))
    return [
        Group(frozenset(each for each in known if is_one_edit_apart(word, each)), frozenset({word})) for word in words
    ]


def positions_subquery(groups: Sequence[Group]) -> RawSQL:
    """Return the places in the index at which every group is met, as part of another question."""
    return RawSQL(_FIND[connection.vendor], [_match_expression(Tier(tuple(groups)))])  # noqa: S611 - own words


def _match_expression(tier: Tier) -> str:
    """Write a tier in the words of this database's index."""
    write = _FTS5 if connection.vendor == "sqlite" else _TSQUERY
    groups = [
        write.any.join([write.term % t for t in sorted(group.terms)] + [write.start % s for s in sorted(group.starts)])
        for group in tier.groups
    ]
    met = write.all.join(f"({group})" for group in groups)
    return f"({met})" + "".join(write.but % each for each in sorted(tier.without))


@dataclass(frozen=True, slots=True)
class _QuerySyntax:
    """How a database writes terms, beginnings of words, and how they are joined."""

    term: str
    start: str
    any: str
    all: str
    but: str


_FTS5 = _QuerySyntax('"%s"', '"%s"*', " OR ", " AND ", ' NOT "%s"')
_TSQUERY = _QuerySyntax("'%s'", "'%s':*", " | ", " & ", " & !'%s'")
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

NEVER_CONFIRMED = date(9999, 12, 31)
BATCH = 1000
LAST_DAY, DAYS, POSITIONS_A_DAY = date(2200, 1, 1), 2**17, 2**20
"""A place in the order is made of the cost, the days before a last day, and the id."""
ProviderTexts = Mapping[str, tuple[str, ...]]
AGES = {"CHILD": AgeStatus.CHILD, "ADULT": AgeStatus.ADULT}
PERSON_TERMS = (
    *((code_term("s", sex), "EL_SEX", PersonFacts(sex=sex)) for sex in Sex),
    *((code_term("y", name), "EL_AGE", PersonFacts(age_status=age)) for name, age in AGES.items()),
    (code_term("k", ""), "EL_CHILDREN_WITH", PersonFacts(children=(None,))),
    *((code_term("of", each), "EL_NATIONALITY", PersonFacts(nationality=each)) for each in Nationality),
    (code_term("nopapers", ""), "EL_PAPERS", PersonFacts(papers=Papers.NONE)),
)
"""A term for each kind of person, and the attribute that may turn them away."""


@dataclass(frozen=True, slots=True)
class IndexedService:
    """What the index holds of a service: its facts, its words, and words worth forgiving.

    `offered_by` are its provider's own texts, by which only the provider is found.
    """

    facts: ServiceFacts
    types: tuple[str, ...]
    confirmed: date | None
    named: tuple[str, ...]
    described: tuple[str, ...] = ()
    offered_by: tuple[str, ...] = ()
    urgent: bool = False
    shown_until: date = date.max


def rebuild(*, today: date) -> None:
    """Write the whole index anew, in the order free first, last confirmed first."""
    documents, said = filter(_is_active, snapshots.iter_snapshots()), _texts_by_provider(Provider.objects.all())
    found = [_describe(each, said, today) for each in documents]
    _clear()
    entries, last = [], 0
    named: set[str] = set()
    for place, _, one in sorted((sort_position(one), str(one.facts.id), one) for one in found):
        last = max(place, last + 1)
        entries.append(_entry_row(one, position=last))
        named |= _word_set(one.named)
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    _fill_fts(entries)
    _store_spellings(named)


def update_service(service: UUID, *, today: date) -> None:
    """Write one service anew, or take it out, and leave all others as they are.

    A word that was its own alone can still be forgiven then; `rebuild` lets go of it.
    """
    for old in SearchEntry.objects.filter(service=service):
        _remove(old)
    for document in filter(_is_active, snapshots.load_snapshots([service]).values()):
        behind = Provider.objects.filter(id=document["service"]["provider"])
        one = _describe(document, _texts_by_provider(behind), today)
        position = sort_position(one)
        while SearchEntry.objects.filter(position=position).exists():
            position += 1
        entry = _entry_row(one, position=position)
        entry.save(force_insert=True)
        _fill_fts([entry])
        named = _word_set(one.named)
        known = Spelling.objects.filter(form__in=named, word=F("form"))
        _store_spellings(named.difference(known.values_list("word", flat=True)))


def sort_position(one: IndexedService) -> int:
    """Return the first place a service may stand at: free first, last confirmed first, then by id."""
    costs = catalogue.services()["order"]["cost"]
    cost = costs.index(one.facts.cost) if one.facts.cost in costs else len(costs)
    days = (LAST_DAY - one.confirmed).days if one.confirmed else DAYS
    day = cost * DAYS + min(max(days, 0), DAYS - 1)
    return day * POSITIONS_A_DAY + one.facts.id.int * POSITIONS_A_DAY // 2**128 + 1


def service_terms(one: IndexedService) -> set[str]:
    """Return every term under which a service is found."""
    found = _word_set(one.named) | _word_set(one.described)
    found |= {code_term(PROVIDER_TERM, word) for word in _word_set(one.offered_by)}
    found |= {code_term("t", code) for code in one.types} | {code_term("all", "")}
    found |= {code_term("g", catalogue.types()[code].group) for code in one.types}
    found |= _area_terms(one.facts) | _who_terms(one.facts) | _language_terms(one.facts)
    found |= {code_term("d", place) for place in cards.named_places(one.facts)}
    found.add(code_term("c", one.facts.cost or "unknown"))
    if one.facts.opening == "24_7":
        found.add(code_term("now", ""))
    if one.urgent:
        found.add(code_term("line", ""))
    return found


def _is_active(document: Snapshot) -> bool:
    return bool(document["service"]["status"] == Status.ACTIVE)


def _texts_by_provider(providers: QuerySet[Provider]) -> ProviderTexts:
    """Return the words of each provider's own texts, in every language."""
    rows = providers.values_list("id", "name", "description")
    return {str(id_): (*name.values(), *told.values()) for id_, name, told in rows}


def _describe(document: Snapshot, said: ProviderTexts, today: date) -> IndexedService:
    """Return what the index may know of a service: never anything of a hidden place."""
    service, provider = document["service"], document["provider"] or {"name": {}}
    facts, types = cards.service_facts(document, today=today), tuple(service["types"])
    assured = date.fromisoformat(service["confirmed"]) if service["confirmed"] else None
    names = (*service["name"].values(), *provider["name"].values())
    return IndexedService(
        facts=facts,
        types=types,
        confirmed=assured,
        shown_until=freshness.visible_until(assured, cards.freshness_kinds(document)),
        named=(*names, *cards.place_and_type_names(facts, types)),
        described=tuple(service["description"].values()),
        offered_by=said.get(service["provider"], ()),
        urgent=bool(service["urgent"]),
    )


def _area_terms(facts: ServiceFacts) -> set[str]:
    areas = facts.areas or frozenset({"unknown"})
    provinces = {catalogue.province_of(area) for area in areas} - {""}
    return {code_term("a", area) for area in areas} | {code_term("p", province) for province in provinces}


def _who_terms(facts: ServiceFacts) -> set[str]:
    """Return a term for everyone who is not surely turned away."""
    return {who for who, attribute, person in PERSON_TERMS if fit.admits(attribute, person, facts)}


def _language_terms(facts: ServiceFacts) -> set[str]:
    languages = facts.languages or frozenset({"INTERPRETER"})
    return {code_term("l", language) for language in languages}


def _word_set(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in tokenize(text)}


def _entry_row(one: IndexedService, *, position: int) -> SearchEntry:
    return SearchEntry(
        position=position,
        service_id=one.facts.id,
        confirmed=one.confirmed or NEVER_CONFIRMED,
        shown_until=one.shown_until,
        terms=" ".join(sorted(service_terms(one))),
    )


def _clear() -> None:
    SearchEntry.objects.all().delete()
    Spelling.objects.all().delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")


def _remove(entry: SearchEntry) -> None:
    """Take one entry out; the word index of SQLite has to be told which words stood there."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO directory_words(directory_words, rowid, terms) VALUES ('delete', %s, %s)",
                [entry.position, entry.terms],
            )
    entry.delete()


def _fill_fts(entries: Sequence[SearchEntry]) -> None:
    """Fill the word index; PostgreSQL does it by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(entry.position, entry.terms) for entry in entries],
            )


def _store_spellings(words: Iterable[str]) -> None:
    """Keep words under each of their forms; there are too many for a model each."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO directory_spelling(form, word) VALUES (%s, %s)",
            [(form, word) for word in sorted(words) for form in sorted(deletion_forms(word))],
        )
