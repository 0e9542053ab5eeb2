"""Search services for a visitor, and describe them for a page. `ranking` decides their order."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from suar.directory import catalogue, labels, queries
from suar.directory.candidates import Part, person_facts
from suar.directory.cards import SIGN_LANGUAGE, ServiceCard
from suar.directory.codes import Effect
from suar.directory.rules.fit import fit
from suar.directory.search import SearchQuery, SearchWord
from suar.website import ranking
from suar.website.entries import WHOLE_COUNTRY, Entry, reason_lines
from suar.website.forms import NEEDS
from suar.website.ranking import BELOW, Lines, main_types
from suar.website.search_queries import Reading, read_query

ANYTHING = SearchQuery()
MAX_SHORT = 8
SELF_CHECK_LINES, SELF_CHECK_CONSIDERED = 2, 20
ELSEWHERE = frozenset({"province", "place"})
"""Conditions without which a list has services that serve other places."""
TRANS, DEAF, ABROAD = "FOR_TRANS", "FOR_DEAF", "ABROAD"
MISSING, DEAD, FOLLOWED = "FAM_TRACING", "RET_REMAINS", "SAF_RELOCATION"
"""Types for relatives who hope, for those who mourn, and for somebody whom others look for."""


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results in parts. `total` is the number of services, or of the first of them if not `complete`.

    `lines`: who answers whatever is needed, above the rest if `lines_first`. `without_voice`: the person cannot call,
    so `written` are lines that need no voice. `may_be_urgent`: numbers for danger are shown at once, that of
    `danger_line` first, which may be in the list as well. `dropped`: what was left out of the search until something
    was found: "free", "now", "place", or "province" if others of the same one are listed. `places`: the towns that
    were typed. `unused`: words that were not understood. `gap`: place and needs for which nobody was found.
    """

    parts: tuple[tuple[Part, tuple[Entry, ...]], ...] = ()
    lines: tuple[Entry, ...] = ()
    lines_first: bool = False
    without_voice: bool = False
    written: tuple[Entry, ...] = ()
    may_be_urgent: bool = False
    danger_line: Entry | None = None
    total: int = 0
    complete: bool = True
    next: str = ""
    dropped: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    gap: tuple[str, tuple[str, ...]] | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the services of all parts but the last, those that do not take the person."""
        return tuple(entry for part, entries in self.parts if part is not Part.NO for entry in entries)

    @property
    def dropped_above(self) -> tuple[str, ...]:
        """Return what was dropped without the hour, if lines that answer now stand above the list."""
        return tuple(name for name in self.dropped if name != "now" or not (self.lines_first and self.lines))

    @property
    def short(self) -> tuple[Entry, ...]:
        """Return the first services and the lines, in the order of the page, for a short list."""
        first = self.entries[:MAX_SHORT]
        return (*self.written, *self.lines, *first) if self.lines_first else (*self.written, *first, *self.lines)


def find(query: SearchQuery, *, language: str) -> Results:
    """Return a page of results. `after` of the query is where the last page ended."""
    reading = read_query(query.text, language)
    query = add_words(query, reading)
    ranked = ranking.rank_page(query, reading, language=language)
    elsewhere, listed = bool(ELSEWHERE & {*ranked.dropped}), {row.card.id for row in ranked.services}
    may_be_urgent = reading.urgent or reading.may_be_urgent
    has_gap = not query.after and (not ranked.page.listed or elsewhere)
    return replace(
        _describe_lines(ranked.lines, query, may_be_urgent=may_be_urgent, apart_from=listed),
        parts=tuple(
            (part, tuple(build_entry(row.card, query, elsewhere=elsewhere, brief=part in BELOW) for row in rows))
            for part, rows in groupby(ranked.services, key=attrgetter("part"))
        ),
        lines_first=ranked.lines_first,
        total=ranked.page.total,
        complete=ranked.page.complete,
        next=ranked.next,
        dropped=ranked.dropped if ranked.page.listed else (),
        places=reading.places,
        unused=ranked.page.unused,
        gap=(query.place, _needs_of(query)) if has_gap else None,
    )


def list_lines(query: SearchQuery, *, language: str) -> Results:
    """Return the lines that answer whatever is needed, for a page that asks something first."""
    reading = read_query(query.text, language)
    with_words = add_words(query, reading)
    may_be_urgent = query.now or reading.urgent or reading.may_be_urgent
    query = replace(query, without_voice=with_words.without_voice)
    lines = ranking.choose_lines(query, language, information_first=not may_be_urgent)
    return _describe_lines(lines, with_words, may_be_urgent=may_be_urgent)


def list_danger_line(language: str) -> Results:
    """Return only the line for somebody in danger, for the start page, where nothing is known of the person."""
    first = ranking.first_line(ANYTHING, language)
    return Results(danger_line=build_entry(first, ANYTHING) if first else None)


def short_message(results: Results) -> str:
    """Return a short list as plain text, for a message."""
    return "\n\n".join("\n".join(entry.short_lines) for entry in results.short)


def get_entry(service: UUID, *, language: str, query: SearchQuery = ANYTHING) -> Entry:
    """Return a public service with the reasons for this query. Raises NotYours if there is none."""
    card = queries.public_card(service, language=language)
    return build_entry(card, add_words(query, read_query(query.text, language)))


def build_entry(card: ServiceCard, query: SearchQuery, *, elsewhere: bool = False, brief: bool = False) -> Entry:
    """Return a service with its reasons; the free places of a hidden shelter are left out.

    `elsewhere`: it serves other places than those that were searched, so the page says how far it is. If the words
    speak of another country, a service that helps there says so.
    """
    facts = replace(card.facts, free_places=None) if card.gate_only else card.facts
    abroad = ABROAD if ABROAD in card.areas and _mentions(ABROAD, query.words) else ""
    answers = {
        "EL_AREA": query.place or abroad,
        "EL_SEX": query.sex,
        "EL_AGE": query.age or query.age_years is not None,
        "EL_CHILDREN_WITH": query.children,
        "EL_NATIONALITY": query.nationality,
        "EL_LANGUAGE": query.language,
        "EL_PAPERS": query.without_papers,
        "EL_DISABILITY": query.step_free,
        "EL_TIME": query.now,
        "EL_COST": query.free,
    }
    chosen = [attribute for attribute, answer in answers.items() if answer]
    places = [place for place in (query.place, *query.nearby) if place]
    place = _own_place(card, places)
    person = replace(person_facts(query), place=place or abroad or None)
    reasons = fit(person, facts)
    if any(labels.is_day_and_night(hours.days, hours.opens, hours.closes) for hours in card.hours):
        # The opening hours say it.
        others = (item for item in reasons.because if (item.attribute, item.effect) != ("EL_TIME", Effect.FOR))
        reasons = replace(reasons, because=tuple(others))
    lines = tuple(reason_lines(reasons, chosen=chosen))
    away = _distance_km(card, places) if elsewhere else None
    return Entry(card, lines, place, elsewhere, away, brief, query.without_voice and card.by_voice_only)


def list_self_check_advice(advice: Sequence[dict[str, Any]], *, language: str) -> list[dict[str, Any]]:
    """Return each advice of the self-check with the services to call first, and the needs to choose.

    Which advice is shown is decided on the device, so the page holds all of them from the start.
    """
    return [
        {
            **row,
            "helpers": [Entry(card) for card in _services_to_call(row["first"], language)],
            "needs": [NEEDS[name] for name in row["needs"]],
        }
        for row in advice
    ]


def _services_to_call(types: Sequence[str], language: str) -> list[ServiceCard]:
    """Return services for the whole country first, then by type of service.

    The place of the person is unknown, so a local service is shown with its place. The first choice are services
    that answer now or serve the whole country, then any service, then the national lines.
    """

    def search(place: str) -> Sequence[ServiceCard]:
        query = SearchQuery(needs=tuple(types), place=place)
        return queries.search_services(query, most=SELF_CHECK_CONSIDERED, language=language).cards

    def order(card: ServiceCard) -> tuple[bool, int]:
        rank = min((types.index(code) for code in card.types if code in types), default=len(types))
        return WHOLE_COUNTRY not in card.areas, rank

    ready = queries.answering_lines(types, most=SELF_CHECK_CONSIDERED, language=language)
    cards = (
        _with_phone([*ready, *search(WHOLE_COUNTRY)])
        or _with_phone(search(""))
        or queries.country_lines(most=SELF_CHECK_LINES, language=language)
    )
    distinct = {card.id: card for card in cards}.values()
    return sorted(distinct, key=order)[:SELF_CHECK_LINES]


def _with_phone(cards: Sequence[ServiceCard]) -> list[ServiceCard]:
    return [card for card in cards if Entry(card).first_number]


def add_words(query: SearchQuery, reading: Reading) -> SearchQuery:
    """Return the query with what its text may mean; places that were typed work like chosen ones.

    Somebody who names trans people is shown first what takes them, and a deaf person what needs no voice.
    """
    is_wider = query.place in map(catalogue.province_of, reading.places)
    chosen = [query.place] if query.place and not is_wider else []
    place, *nearby = [*reading.places, *chosen] or [""]
    is_silent = query.age_years is None and not query.age and not query.children
    age_years, child_age = (reading.age_years, reading.child_age) if is_silent else (query.age_years, query.child_age)
    is_deaf = query.language == SIGN_LANGUAGE or _mentions(DEAF, reading.words)
    return replace(
        query,
        words=tuple(_without_types(reading.words, _misleading_types(query, reading.words) | {DEAF})),
        text="",
        place=place,
        nearby=tuple(nearby),
        sex=query.sex or ("TRANS" if _mentions(TRANS, reading.words) else ""),
        age_years=age_years,
        children=query.children or child_age is not None,
        child_age=child_age,
        without_voice=query.without_voice or is_deaf,
    )


def _mentions(code: str, words: Iterable[SearchWord]) -> bool:
    return any(code in (word.weights or word.codes) for word in words)


def _misleading_types(query: SearchQuery, words: Sequence[SearchWord]) -> set[str]:
    """Return the types to which the words lead by mistake, without those that were chosen.

    - Mourning for somebody who chose tracing, and the reverse.
    - Tracing, if somebody is being looked for and no typed word means tracing.
    - Mourning, if no typed word speaks of the dead and the examples mean something else more.
    """
    typed = [word for word in words if word.text]
    means_followed = FOLLOWED in main_types(typed) and MISSING not in main_types(typed)
    mourns = DEAD in main_types(words) or _mentions(DEAD, typed)
    misleading = {
        MISSING: DEAD in query.needs or means_followed,
        DEAD: MISSING in query.needs or not mourns,
    }
    return {code for code, is_so in misleading.items() if is_so} - {*query.needs}


def _describe_lines(
    lines: Lines, query: SearchQuery, *, may_be_urgent: bool, apart_from: Collection[UUID] = ()
) -> Results:
    first = lines.first_reachable(query) if may_be_urgent else None
    return Results(
        lines=tuple(build_entry(card, query) for card in lines.others if card.id not in apart_from),
        without_voice=query.without_voice,
        written=tuple(build_entry(card, query) for card in lines.written),
        may_be_urgent=may_be_urgent,
        danger_line=build_entry(first, query) if first else None,
    )


def _without_types(words: Iterable[SearchWord], types: Collection[str]) -> Iterator[SearchWord]:
    """Yield the words that do not mostly mean one of some types, and the others of their types."""
    for word in words:
        weights = word.weights or {}
        if max(weights, key=lambda code: weights[code], default="") not in types:
            others = {code: weight for code, weight in weights.items() if code not in types}
            yield replace(word, codes=word.codes.difference(types), weights=others or None)


def _needs_of(query: SearchQuery) -> tuple[str, ...]:
    """Return the chosen needs, and the likeliest type for each word."""
    best = (max(word.weights.items(), key=itemgetter(1))[0] for word in query.words if word.weights)
    return (*query.needs, *best)


def _own_place(card: ServiceCard, places: Sequence[str]) -> str:
    """Return the one of several searched places that a service names, or else the first."""
    return next((place for place in places if place in {*card.areas, *card.districts}), next(iter(places), ""))


def _distance_km(card: ServiceCard, places: Sequence[str]) -> int | None:
    """Return how far the nearest place of a service is, or None; nothing is known of a hidden place."""
    pairs = [(place, other) for place in places for other in card.districts or card.areas]
    return min((km for pair in pairs if (km := catalogue.distance_km(*pair)) is not None), default=None)
