"""Full-text search of the directory: FTS5 on SQLite, tsvector on PostgreSQL.

The row number of the index is the sort order. It is derived from cost, confirmation date and id, so
that one service can be updated without moving another. A hidden site is never indexed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from suar.consent.codes import AgeStatus
from suar.core import clock
from suar.directory import cards, catalogue, snapshots
from suar.directory.cards import ServiceCard, Snapshot
from suar.directory.codes import Status
from suar.directory.facts import PersonFacts, ServiceFacts
from suar.directory.models import Provider, SearchEntry, ServiceType, Spelling
from suar.directory.rules import fit, freshness
from suar.directory.tokens import PROVIDER_TERM, code_term, deletion_forms, is_one_edit_apart, tokenize

MAX_WORDS, BATCH = 8, 1000
SYNTAX = {
    "sqlite": {"term": '"%s"', "prefix": '"%s"*', "any": " OR ", "all": " AND ", "not": ' NOT "%s"'},
    "postgresql": {"term": "'%s'", "prefix": "'%s':*", "any": " | ", "all": " & ", "not": " & !'%s'"},
}
MATCHING_POSITIONS = {
    "sqlite": "SELECT rowid FROM directory_words WHERE terms MATCH %s",
    "postgresql": "SELECT position FROM directory_searchentry WHERE words @@ %s::tsquery",
}
NEVER_CONFIRMED = date(9999, 12, 31)
LAST_DAY, DAYS, POSITIONS_A_DAY = date(2200, 1, 1), 2**17, 2**20
"""A position consists of the cost, the days before LAST_DAY, and the id."""
AGES = {"CHILD": AgeStatus.CHILD, "ADULT": AgeStatus.ADULT}
COUNTRIES = sorted(catalogue.values_of("EL_NATIONALITY") - {"ANY"})
PERSON_TERMS = (
    *((code_term("s", sex), "EL_SEX", PersonFacts(sex=sex)) for sex in sorted(catalogue.values_of("EL_SEX") - {"ANY"})),
    *((code_term("y", name), "EL_AGE", PersonFacts(age_status=age)) for name, age in AGES.items()),
    (code_term("k", ""), "EL_CHILDREN_WITH", PersonFacts(children=(None,))),
    *((code_term("of", code), "EL_NATIONALITY", PersonFacts(nationality=code)) for code in COUNTRIES),
    (code_term("nopapers", ""), "EL_PAPERS", PersonFacts(papers="NONE")),
)
"""A term for each kind of person, and the attribute that may exclude them."""


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word of a search, and codes of types and places that match as well.

    `weights`: how likely each code is meant.
    """

    text: str
    codes: frozenset[str] = frozenset()
    weights: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A search; an empty field filters nothing.

    `needs` are groups or types, and `tiles` the same for each chosen need, the best first; `place` a district, a
    province, ABROAD or SEA; `nearby` other places of the same name; `home` the place of a search for other places,
    so that the nearest come first; `age` CHILD or ADULT; `children`: a child comes along, of the age `child_age` if
    known; `without_voice`: the person cannot call; `words` are what the text may mean, if known; `after`
    is where the last page ended.
    """

    needs: tuple[str, ...] = ()
    tiles: tuple[tuple[str, ...], ...] = ()
    place: str = ""
    nearby: tuple[str, ...] = ()
    home: str = ""
    sex: str = ""
    age: str = ""
    age_years: int | None = None
    children: bool = False
    child_age: int | None = None
    step_free: bool = False
    without_voice: bool = False
    nationality: str = ""
    language: str = ""
    without_papers: bool = False
    now: bool = False
    free: bool = False
    text: str = ""
    words: tuple[SearchWord, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFilters:
    """Filters of the public directory; None or empty filters nothing. `sites` are open places."""

    text: str = ""
    types: Collection[str] | None = None
    provider: UUID | None = None
    changed_since: datetime | None = None
    sites: Collection[UUID] | None = None


class ResultPage(NamedTuple):
    """One page of services, and where the next begins (empty at the end)."""

    cards: tuple[ServiceCard, ...]
    next: str


class Group(NamedTuple):
    """Alternative terms; `starts` are prefixes of terms."""

    terms: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()


class Tier(NamedTuple):
    """One part of a result, listed before the next: every group must match, none of `without`."""

    groups: tuple[Group, ...]
    without: frozenset[str] = frozenset()


class Match(NamedTuple):
    """A match: its tier, its position in the sort order, and its snapshot."""

    tier: int
    position: int
    document: Snapshot


def select(tiers: Sequence[Tier], *, after: tuple[int, int] = (0, 0), most: int) -> list[Match]:
    """Return up to `most` public matches after a tier and position.

    Tiers are queried one by one until there are enough matches.
    """
    matches: list[Match] = []
    for number, tier in enumerate(tiers):
        if number >= after[0] and len(matches) < most:
            start = after[1] if number == after[0] else 0
            rows = current_entries().filter(position__in=_positions(tier), position__gt=start).order_by("position")
            page = rows.values_list("position", "service__snapshot__document")[: most - len(matches)]
            matches += [Match(number, *row) for row in page]
    return matches


def forgiving_groups(words: Sequence[str]) -> list[Group]:
    """Return a group for each word: terms that begin with it, and terms one edit apart."""
    forms = {form for word in words for form in deletion_forms(word)}
    known = set(Spelling.objects.filter(form__in=forms).values_list("word", flat=True)) if forms else set()
    return [
        Group(frozenset(term for term in known if is_one_edit_apart(word, term)), frozenset({word})) for word in words
    ]


def current_entries() -> "QuerySet[SearchEntry]":
    """Return the entries that are public today."""
    return SearchEntry.objects.filter(shown_until__gte=clock.today())


def public_entries(filters: PublicFilters) -> Any:
    """Return the public entries of the index that match the filters: one for each service, and small.

    The index decides what is public: it has no closed services, and each entry has a last day.
    """
    rows = current_entries()
    if filters.types is not None:
        rows = rows.filter(service__in=ServiceType.objects.filter(code__in=filters.types).values("service"))
    if filters.provider is not None:
        rows = rows.filter(service__provider=filters.provider)
    if filters.changed_since is not None:
        rows = rows.filter(service__snapshot__changed_at__gte=filters.changed_since)
    if not filters.text:
        return rows
    words = query_words(filters.text)
    return rows.filter(position__in=_positions(Tier((*forgiving_groups(words),)))) if words else rows.none()


def filter_by_provider_text(rows: Any, text: str) -> Any:
    """Filter entries whose provider's own texts have a word that begins with each typed word."""
    groups = [Group(starts=frozenset({code_term(PROVIDER_TERM, word)})) for word in query_words(text)]
    return rows.filter(position__in=_positions(Tier((*groups,)))) if groups else rows.none()


def query_words(text: str) -> list[str]:
    """Return the first words of a query."""
    return tokenize(text)[:MAX_WORDS]


def tiers_by_distance(groups: Sequence[Group], *places: str) -> list[Tier]:
    """Return tiers: services for the places, then for their provinces, then for the country or an unknown area."""
    named = [place for place in places if place]
    if not named:
        return [Tier(tuple(groups) or (Group(frozenset({code_term("all", "")})),))]
    provinces = {place: catalogue.province_of(place) for place in named}
    steps = [
        {code_term("p" if place == province else "a", place) for place, province in provinces.items()},
        {code_term("a", province) for place, province in provinces.items() if province not in ("", place)},
        {code_term("a", "NATIONAL"), code_term("a", "unknown")},
    ]
    tiers, before = [], frozenset[str]()
    for step in filter(None, steps):
        tiers.append(Tier((*groups, Group(frozenset(step))), before))
        before |= step
    return tiers


def order_by_need(tiers: Sequence[Tier], needs: Sequence[str]) -> list[Tier]:
    """Split the tiers by how long needs can wait, if there are several such ranks.

    A place and its province are split together: a service with a hidden site is for its whole
    province, and would otherwise follow everybody who names the district.
    """
    ranks = [need_terms(rank) for rank in catalogue.split_by_urgency(needs)]
    if len(ranks) < 2:
        return [*tiers]
    ordered = []
    for near in (tiers[:-1], tiers[-1:]):
        before = frozenset[str]()
        for terms in ranks:
            ordered += [Tier((*tier.groups, Group(terms)), tier.without | before) for tier in near]
            before |= terms
    return ordered


def need_terms(needs: Iterable[str]) -> frozenset[str]:
    """Return the terms of the index for groups and types of need."""
    return frozenset(code_term(kind, need) for kind in "tg" for need in needs)


def rebuild(*, today: date) -> None:
    """Write the whole index, in the order free first, last confirmed first."""
    active = filter(_is_active, snapshots.iter_snapshots())
    texts = _texts_by_provider(Provider.objects.all())
    entries = sorted((_entry(item, texts, today) for item in active), key=lambda row: (row.position, row.service_id))
    last, names = 0, set[str]()
    for entry in entries:
        entry.position = last = max(entry.position, last + 1)
        names |= entry.names
    SearchEntry.objects.all().delete()
    Spelling.objects.all().delete()
    _execute_on_sqlite("INSERT INTO directory_words(directory_words) VALUES (%s)", [("delete-all",)])
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    _fill_fts(entries)
    _store_spellings(names)


def update_service(service: UUID, *, today: date) -> None:
    """Write one service to the index or remove it; others are unchanged.

    A word of this service alone stays in the spellings until `rebuild`.
    """
    for old in SearchEntry.objects.filter(service=service):
        # FTS5 needs the words of a deleted entry.
        delete = "INSERT INTO directory_words(directory_words, rowid, terms) VALUES ('delete', %s, %s)"
        _execute_on_sqlite(delete, [(old.position, old.terms)])
        old.delete()
    for document in filter(_is_active, snapshots.load_snapshots([service]).values()):
        texts = _texts_by_provider(Provider.objects.filter(id=document["service"]["provider"]))
        entry = _entry(document, texts, today)
        while SearchEntry.objects.filter(position=entry.position).exists():
            entry.position += 1
        entry.save(force_insert=True)
        _fill_fts([entry])
        known = Spelling.objects.filter(form__in=entry.names, word=F("form"))
        _store_spellings(entry.names.difference(known.values_list("word", flat=True)))


def sort_position(service: UUID, *, cost: str | None, confirmed: date | None) -> int:
    """Return the first position of a service on the public site: free first, last confirmed first, then by id."""
    costs = catalogue.services()["order"]["cost"]
    rank = costs.index(cost) if cost in costs else len(costs)
    days = (LAST_DAY - confirmed).days if confirmed else DAYS
    day = rank * DAYS + min(max(days, 0), DAYS - 1)
    return day * POSITIONS_A_DAY + service.int * POSITIONS_A_DAY // 2**128 + 1


def _positions(tier: Tier) -> RawSQL:
    """Return a subquery of the positions that match a tier; terms have letters and digits only."""
    syntax = SYNTAX[connection.vendor]
    groups = [
        syntax["any"].join(
            [
                *(syntax["term"] % term for term in sorted(group.terms)),
                *(syntax["prefix"] % start for start in sorted(group.starts)),
            ]
        )
        for group in tier.groups
    ]
    matching = "({})".format(syntax["all"].join(f"({group})" for group in groups))
    expression = matching + "".join(syntax["not"] % term for term in sorted(tier.without))
    return RawSQL(MATCHING_POSITIONS[connection.vendor], [expression])  # noqa: S611 - own terms


def _is_active(document: Snapshot) -> bool:
    return bool(document["service"]["status"] == Status.ACTIVE)


def _texts_by_provider(providers: "QuerySet[Provider]") -> Mapping[str, tuple[str, ...]]:
    """Return each provider's own texts, in every language."""
    rows = providers.values_list("id", "name", "description")
    return {str(id_): (*name.values(), *description.values()) for id_, name, description in rows}


def _entry(document: Snapshot, provider_texts: Mapping[str, tuple[str, ...]], today: date) -> SearchEntry:
    """Return the entry of a service in the index, without anything of a hidden place.

    Its `names` are the words that match despite a typing error.
    """
    service, provider = document["service"], document["provider"] or {"name": {}}
    facts = cards.service_facts(document, today=today)
    confirmed = date.fromisoformat(service["confirmed"]) if service["confirmed"] else None
    names = (*service["name"].values(), *provider["name"].values())
    words = _words([*names, *cards.place_and_type_names(facts, service["types"])])
    terms = words | _words(service["description"].values()) | _code_terms(facts, service)
    terms |= {code_term(PROVIDER_TERM, word) for word in _words(provider_texts.get(service["provider"], ()))}
    limits = freshness.intervals_for(facts.kinds)
    entry = SearchEntry(
        position=sort_position(facts.id, cost=facts.cost, confirmed=confirmed),
        service_id=facts.id,
        confirmed=confirmed or NEVER_CONFIRMED,
        ask_from=confirmed + timedelta(days=limits.advised + 1) if confirmed else date.min,
        due_from=confirmed + timedelta(days=limits.required + 1) if confirmed else date.min,
        shown_until=freshness.visible_until(confirmed, facts.kinds),
        terms=" ".join(sorted(terms)),
    )
    entry.names = words
    return entry


def _code_terms(facts: ServiceFacts, service: Mapping[str, Any]) -> set[str]:
    """Return a term for each code by which search finds a service."""
    areas = facts.areas or frozenset({"unknown"})
    terms = {code_term("t", code) for code in service["types"]} | {code_term("all", "")}
    terms |= {code_term("g", catalogue.types()[code]["group"]) for code in service["types"]}
    terms |= {code_term("a", area) for area in areas}
    terms |= {code_term("p", province) for area in areas if (province := catalogue.province_of(area))}
    terms |= {code_term("d", place) for place in cards.named_places(facts)}
    terms |= {code_term("l", language) for language in facts.languages or ("INTERPRETER",)}
    # A term for each kind of person that is not surely excluded.
    terms |= {term for term, attribute, person in PERSON_TERMS if fit.admits(attribute, person, facts)}
    terms.add(code_term("c", facts.cost or "unknown"))
    if facts.opening == "24_7":
        terms.add(code_term("now", ""))
    if service["urgent"]:
        terms.add(code_term("line", ""))
    return terms


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in tokenize(text)}


def _fill_fts(entries: Sequence[SearchEntry]) -> None:
    """Fill the word index of SQLite; PostgreSQL fills its own."""
    rows = [(entry.position, entry.terms) for entry in entries]
    _execute_on_sqlite("INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)", rows)


def _execute_on_sqlite(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def _store_spellings(words: Iterable[str]) -> None:
    """Store words under each of their forms; there are too many for a model instance each."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO directory_spelling(form, word) VALUES (%s, %s)",
            [(form, word) for word in sorted(words) for form in sorted(deletion_forms(word))],
        )
