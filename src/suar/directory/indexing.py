"""Writes the search index: every service as a row of terms, in the order in which it is shown.

The row number is the order. It is made of what the order goes by, so that one service is written
anew without moving another. A hidden place is no part of it: only what the service tells of
itself goes in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from suar.directory import cards, catalogue, rules, shown
from suar.directory.models import Provider, SearchEntry, Spelling
from suar.directory.shown import Document
from suar.directory.terms import (
    AgeStatus,
    Nationality,
    Papers,
    PersonFacts,
    ServiceFacts,
    Sex,
    Status,
)
from suar.directory.words import OFFERED_BY, forms_of, term, words_of

NEVER_CONFIRMED = date(9999, 12, 31)
BATCH = 1000
LAST_DAY, DAYS, PLACES_A_DAY = date(2200, 1, 1), 2**17, 2**20
"""A place in the order is made of the cost, the days before a last day, and the id."""
Said = Mapping[str, tuple[str, ...]]
AGES = {"CHILD": AgeStatus.CHILD, "ADULT": AgeStatus.ADULT}
PEOPLE = (
    *((term("s", sex), "EL_SEX", PersonFacts(sex=sex)) for sex in Sex),
    *((term("y", name), "EL_AGE", PersonFacts(age_status=age)) for name, age in AGES.items()),
    (term("k", ""), "EL_CHILDREN_WITH", PersonFacts(children=(None,))),
    *((term("of", each), "EL_NATIONALITY", PersonFacts(nationality=each)) for each in Nationality),
    (term("nopapers", ""), "EL_PAPERS", PersonFacts(papers=Papers.NONE)),
)
"""A term for each kind of person, and the attribute that may turn them away."""


@dataclass(frozen=True, slots=True)
class Indexed:
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
    documents, said = filter(_is_open, shown.every_document()), _said_by(Provider.objects.all())
    found = [_indexed(each, said, today) for each in documents]
    _empty()
    entries, last = [], 0
    named: set[str] = set()
    for place, _, one in sorted((place_of(one), str(one.facts.id), one) for one in found):
        last = max(place, last + 1)
        entries.append(_entry(one, position=last))
        named |= _words(one.named)
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    _fill(entries)
    _spell(named)


def renew(service: UUID, *, today: date) -> None:
    """Write one service anew, or take it out, and leave all others as they are.

    A word that was its own alone can still be forgiven then; `rebuild` lets go of it.
    """
    for old in SearchEntry.objects.filter(service=service):
        _take_out(old)
    for document in filter(_is_open, shown.documents([service]).values()):
        behind = Provider.objects.filter(id=document["service"]["provider"])
        one = _indexed(document, _said_by(behind), today)
        position = place_of(one)
        while SearchEntry.objects.filter(position=position).exists():
            position += 1
        entry = _entry(one, position=position)
        entry.save(force_insert=True)
        _fill([entry])
        named = _words(one.named)
        known = Spelling.objects.filter(form__in=named, word=F("form"))
        _spell(named.difference(known.values_list("word", flat=True)))


def place_of(one: Indexed) -> int:
    """Give the first place a service may stand at: free first, last confirmed first, then by id."""
    costs = catalogue.services()["order"]["cost"]
    cost = costs.index(one.facts.cost) if one.facts.cost in costs else len(costs)
    days = (LAST_DAY - one.confirmed).days if one.confirmed else DAYS
    day = cost * DAYS + min(max(days, 0), DAYS - 1)
    return day * PLACES_A_DAY + one.facts.id.int * PLACES_A_DAY // 2**128 + 1


def terms_of(one: Indexed) -> set[str]:
    """Give every term under which a service is found."""
    found = _words(one.named) | _words(one.described)
    found |= {term(OFFERED_BY, word) for word in _words(one.offered_by)}
    found |= {term("t", code) for code in one.types} | {term("all", "")}
    found |= {term("g", catalogue.types()[code].group) for code in one.types}
    found |= _area_terms(one.facts) | _who_terms(one.facts) | _language_terms(one.facts)
    found |= {term("d", place) for place in cards.named_places(one.facts)}
    found.add(term("c", one.facts.cost or "unknown"))
    if one.facts.opening == "24_7":
        found.add(term("now", ""))
    if one.urgent:
        found.add(term("line", ""))
    return found


def _is_open(document: Document) -> bool:
    return bool(document["service"]["status"] == Status.ACTIVE)


def _said_by(providers: QuerySet[Provider]) -> Said:
    """Give the words of each provider's own texts, in every language."""
    rows = providers.values_list("id", "name", "description")
    return {str(id_): (*name.values(), *told.values()) for id_, name, told in rows}


def _indexed(document: Document, said: Said, today: date) -> Indexed:
    """Give what the index may know of a service: never anything of a hidden place."""
    service, provider = document["service"], document["provider"] or {"name": {}}
    facts, types = cards.facts_of(document, today=today), tuple(service["types"])
    assured = date.fromisoformat(service["confirmed"]) if service["confirmed"] else None
    names = (*service["name"].values(), *provider["name"].values())
    return Indexed(
        facts=facts,
        types=types,
        confirmed=assured,
        shown_until=rules.shown_until(assured, cards.kinds_in(document)),
        named=(*names, *cards.place_and_type_words(facts, types)),
        described=tuple(service["description"].values()),
        offered_by=said.get(service["provider"], ()),
        urgent=bool(service["urgent"]),
    )


def _area_terms(facts: ServiceFacts) -> set[str]:
    areas = facts.areas or frozenset({"unknown"})
    provinces = {catalogue.province_of(area) for area in areas} - {""}
    return {term("a", area) for area in areas} | {term("p", province) for province in provinces}


def _who_terms(facts: ServiceFacts) -> set[str]:
    """Give a term for everyone who is not surely turned away."""
    return {who for who, attribute, person in PEOPLE if rules.admits(attribute, person, facts)}


def _language_terms(facts: ServiceFacts) -> set[str]:
    languages = facts.languages or frozenset({"INTERPRETER"})
    return {term("l", language) for language in languages}


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in words_of(text)}


def _entry(one: Indexed, *, position: int) -> SearchEntry:
    return SearchEntry(
        position=position,
        service_id=one.facts.id,
        confirmed=one.confirmed or NEVER_CONFIRMED,
        shown_until=one.shown_until,
        terms=" ".join(sorted(terms_of(one))),
    )


def _empty() -> None:
    SearchEntry.objects.all().delete()
    Spelling.objects.all().delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")


def _take_out(entry: SearchEntry) -> None:
    """Take one entry out; the word index of SQLite has to be told which words stood there."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO directory_words(directory_words, rowid, terms) VALUES ('delete', %s, %s)",
                [entry.position, entry.terms],
            )
    entry.delete()


def _fill(entries: Sequence[SearchEntry]) -> None:
    """Fill the word index; PostgreSQL does it by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(entry.position, entry.terms) for entry in entries],
            )


def _spell(words: Iterable[str]) -> None:
    """Keep words under each of their forms; there are too many for a model each."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO directory_spelling(form, word) VALUES (%s, %s)",
            [(form, word) for word in sorted(words) for form in sorted(forms_of(word))],
        )
