"""The full-text search index: FTS5 on SQLite, tsvector on PostgreSQL.

The row number is the sort order. It is derived from cost, confirmation date and id, so that one service
can be updated without moving another. A hidden site is never indexed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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

SYNTAX = {
    "sqlite": {"term": '"%s"', "prefix": '"%s"*', "any": " OR ", "all": " AND ", "not": ' NOT "%s"'},
    "postgresql": {"term": "'%s'", "prefix": "'%s':*", "any": " | ", "all": " & ", "not": " & !'%s'"},
}
MATCHING_POSITIONS = {
    "sqlite": "SELECT rowid FROM directory_words WHERE terms MATCH %s",
    "postgresql": "SELECT position FROM directory_searchentry WHERE words @@ %s::tsquery",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Terms of which one is enough; `starts` are prefixes of terms."""

    terms: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tier:
    """One part of a result, shown before the next: every group must match, none of `without`."""

    groups: tuple[Group, ...]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A match: its tier, its position in the sort order, and its snapshot."""

    tier: int
    position: int
    document: Snapshot


def select(tiers: Sequence[Tier], *, on: date, after: tuple[int, int], most: int) -> list[Found]:
    """Return up to `most` matches after a tier and position, with what is public on a day.

    Tiers are queried one by one until there are enough: most often the first has them all.
    """
    found: list[Found] = []
    for number, tier in enumerate(tiers):
        if number >= after[0] and len(found) < most:
            beyond = after[1] if number == after[0] else 0
            rows = SearchEntry.objects.filter(position__in=_matching(tier), shown_until__gte=on, position__gt=beyond)
            snapshots_found = rows.order_by("position").values_list("position", "service__snapshot__document")
            found += [Found(number, *row) for row in snapshots_found[: most - len(found)]]
    return found


def forgiving_groups(words: Sequence[str]) -> list[Group]:
    """Return a group for each word: terms that begin with it, and terms one edit apart."""
    forms = {form for word in words for form in deletion_forms(word)}
    known = set(Spelling.objects.filter(form__in=forms).values_list("word", flat=True)) if forms else set()
    return [
        Group(frozenset(term for term in known if is_one_edit_apart(word, term)), frozenset({word})) for word in words
    ]


def positions_subquery(groups: Sequence[Group]) -> RawSQL:
    """Return a subquery of the positions at which every group matches."""
    return _matching(Tier(tuple(groups)))


def _matching(tier: Tier) -> RawSQL:
    return RawSQL(MATCHING_POSITIONS[connection.vendor], [_match_expression(tier)])  # noqa: S611 - own terms


def _match_expression(tier: Tier) -> str:
    """Return a tier in the query syntax of this database; terms hold letters and digits only."""
    syntax = SYNTAX[connection.vendor]
    groups = [
        syntax["any"].join(
            [
                *(syntax["term"] % term for term in sorted(group.terms)),
                *(syntax["prefix"] % term for term in sorted(group.starts)),
            ]
        )
        for group in tier.groups
    ]
    matched = syntax["all"].join(f"({group})" for group in groups)
    return f"({matched})" + "".join(syntax["not"] % term for term in sorted(tier.without))


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
