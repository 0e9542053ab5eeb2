"""Search services for a visitor. The search is widened until it has results, and the page says how."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from suar.directory import catalogue, labels, queries, ranking
from suar.directory.cards import SIGN_LANGUAGE, ServiceCard
from suar.directory.ranking import Part, RankedPage, person_facts
from suar.directory.rules.fit import fit
from suar.directory.search import SearchQuery, SearchWord
from suar.website.entries import WHOLE_COUNTRY, Entry, reason_lines
from suar.website.forms import NEEDS
from suar.website.search_queries import Reading, read_query

BESIDES = 0.5
"""Weight of a word that says something besides, such as fear."""
BETTER_THAN_LINES = frozenset({"SAFETY", "HOUSING", "HEALTH"})
"""Groups of help that may be better for a danger than a line."""
PAGE_SIZE, LINES, NEAREST_LINES, MAX_SHORT = 10, 2, 12, 8
SELF_CHECK_LINES, SELF_CHECK_CONSIDERED = 2, 20
CRISIS = "MEN_CRISIS"
LINE_TYPES, INFORMATION = (CRISIS, "SAF_RISK"), ("COO_INFO",)
"""Service types of lines for any need, and of lines that answer questions."""
ELSEWHERE = frozenset({"province", "place"})
ON_TOP = frozenset({"place", "now"})
"""Conditions that a list must meet; otherwise lines that answer now are listed above it."""
BRIEF = frozenset({Part.ALSO, Part.LATER})
ANYTHING = SearchQuery()
TRANS, DEAF, ABROAD, DAY_AND_NIGHT = "FOR_TRANS", "FOR_DEAF", "ABROAD", "24_7"
MISSING, DEAD, FOLLOWED = "FAM_TRACING", "RET_REMAINS", "SAF_RELOCATION"
"""Types for relatives who hope and for those who mourn: somebody who chose the one is not led to the other by words.
Nor is somebody whom others look for led to who traces people, unless another word means that."""


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
    """Return services for a query; if there are none, widen it step by step.

    `after` names the step of the last page as well.
    """
    reading = read_query(query.text, language)
    asked, typed = _with_words(query, reading), reading.places
    steps = [*_wider_queries(asked)]
    named, _, after = query.after.partition(":")
    if named in map(str, range(len(steps))):
        at, page = int(named), _rank(steps[int(named)][1], after, language)
    else:
        at, page = _first_answer(steps, language)
    dropped = steps[at][0]
    may_be_urgent = reading.urgent or reading.may_be_urgent
    calmly = not may_be_urgent and bool(asked.looked or asked.needs[:1] == INFORMATION)
    lines = [] if after else _lines(asked, language, calmly=calmly)
    lines_first = bool(not page.listed or ON_TOP & {*dropped}) or _means_lines(asked, reading)
    if any(row.card.facts.opening == DAY_AND_NIGHT for row in page.listed if row.part not in BRIEF):
        dropped = tuple(name for name in dropped if name != "now")
    written, lines = _split_lines(asked, lines)
    lines_first &= not written
    above = {card.id for card in written} | {card.id for card in lines if lines_first or reading.urgent}
    rows = [row for row in (*page.listed, *page.others) if row.card.id not in above]
    below = {row.card.id for row in rows}
    elsewhere = bool(ELSEWHERE & {*dropped})
    return Results(
        tuple(
            (part, tuple(build_entry(row.card, asked, elsewhere=elsewhere, brief=part in BRIEF) for row in of_part))
            for part, of_part in groupby(rows, key=attrgetter("part"))
        ),
        tuple(build_entry(card, asked) for card in lines if card.id not in below),
        lines_first,
        asked.without_voice,
        tuple(build_entry(card, asked) for card in written),
        may_be_urgent,
        _danger_line(asked, [*written, *lines]) if may_be_urgent else None,
        page.total,
        page.complete,
        f"{at}:{page.next}" if page.next else "",
        dropped if page.listed else (),
        typed,
        page.unused,
        None if after or (page.listed and not elsewhere) else (asked.place, _needs_of(asked)),
    )


def list_lines(query: SearchQuery, *, language: str) -> Results:
    """Return nothing but who answers whatever is needed, for a page that asks something first."""
    reading = read_query(query.text, language)
    asked, may_be_urgent = _with_words(query, reading), query.now or reading.urgent or reading.may_be_urgent
    lines = _lines(replace(query, without_voice=asked.without_voice), language, calmly=not may_be_urgent)
    written, lines = _split_lines(asked, lines)
    return Results(
        lines=tuple(build_entry(card, asked) for card in lines),
        without_voice=asked.without_voice,
        written=tuple(build_entry(card, asked) for card in written),
        may_be_urgent=may_be_urgent,
        danger_line=_danger_line(asked, [*written, *lines]) if may_be_urgent else None,
    )


def list_nothing(language: str) -> Results:
    """Return no services, but the line for somebody in danger of whom nothing is known, for the start page."""
    lines = _lines_that_answer(ANYTHING, language) or queries.country_lines(most=LINES, language=language)
    return Results(danger_line=_danger_line(ANYTHING, lines))


def short_message(results: Results) -> str:
    """Return a short list as plain text, for a message."""
    return "\n\n".join("\n".join(entry.short_lines) for entry in results.short)


def _first_answer(steps: Sequence[tuple[tuple[str, ...], SearchQuery]], language: str) -> tuple[int, RankedPage]:
    """Return the first step that answers most of what is asked; cost and hour are kept if it answers a part."""
    pages: list[tuple[int, RankedPage]] = []
    for at, (dropped, query) in enumerate(steps):
        if {"free", "now"} & {*dropped} and any(page.answers for _at, page in pages):
            break
        pages.append((at, _rank(query, "", language)))
        if pages[-1][1].answers == 1:
            break
    listed = [pair for pair in pages if pair[1].listed] or pages[-1:]
    return max(listed, key=lambda pair: (pair[1].answers, -pair[0]))


def _rank(query: SearchQuery, after: str, language: str) -> RankedPage:
    return ranking.rank_services(replace(query, after=after), most=PAGE_SIZE, language=language)


def get_entry(service: UUID, *, language: str, query: SearchQuery = ANYTHING) -> Entry:
    """Return a public service with the reasons for this query. Raises NotYours if there is none."""
    return build_entry(
        queries.public_card(service, language=language), _with_words(query, read_query(query.text, language))
    )


def build_entry(card: ServiceCard, query: SearchQuery, *, elsewhere: bool = False, brief: bool = False) -> Entry:
    """Return a service with its reasons; the free places of a hidden shelter are left out.

    `elsewhere`: it serves other places than those that were searched, so the page says how far it is. If the words
    speak of another country, a service that helps there says so.
    """
    facts = replace(card.facts, free_places=None) if card.gate_only else card.facts
    abroad = ABROAD if ABROAD in card.areas and _speaks_of(ABROAD, query.looked) else ""
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
        reasons = replace(reasons, because=tuple(one for one in reasons.because if one.attribute != "EL_TIME"))
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

    ready = queries.answers_now(types, most=SELF_CHECK_CONSIDERED, language=language)
    cards = (
        _with_phone([*ready, *search(WHOLE_COUNTRY)])
        or _with_phone(search(""))
        or queries.country_lines(most=SELF_CHECK_LINES, language=language)
    )
    distinct = {card.id: card for card in cards}.values()
    return sorted(distinct, key=order)[:SELF_CHECK_LINES]


def _with_phone(cards: Sequence[ServiceCard]) -> list[ServiceCard]:
    return [card for card in cards if Entry(card).first_number]


def _with_words(query: SearchQuery, reading: Reading) -> SearchQuery:
    """Return the query with what its text may mean; places that were typed work like chosen ones.

    Somebody who names trans people is shown first what takes them, and a deaf person what needs no voice.
    """
    is_wider = query.place in map(catalogue.province_of, reading.places)
    chosen = [query.place] if query.place and not is_wider else []
    place, *nearby = [*reading.places, *chosen] or [""]
    is_trans = _speaks_of(TRANS, reading.words)
    sex = query.sex or ("TRANS" if is_trans else "")
    is_silent = query.age_years is None and not query.age and not query.children
    age_years, child_age = (reading.age_years, reading.child_age) if is_silent else (query.age_years, query.child_age)
    is_deaf = query.language == SIGN_LANGUAGE or _speaks_of(DEAF, reading.words)
    unwanted = {code for code, other in ((DEAD, MISSING), (MISSING, DEAD)) if other in query.needs}
    unwanted = (unwanted | _unwanted_by(reading.words)) - {*query.needs}
    return replace(
        query,
        looked=tuple(_without(reading.words, unwanted | {DEAF})),
        text="",
        place=place,
        nearby=tuple(nearby),
        sex=sex,
        age_years=age_years,
        children=query.children or child_age is not None,
        child_age=child_age,
        without_voice=query.without_voice or is_deaf,
    )


def _speaks_of(code: str, words: Iterable[SearchWord]) -> bool:
    return any(code in (word.weights or ()) for word in words)


def _unwanted_by(words: Sequence[SearchWord]) -> set[str]:
    """Return the types to which words do not lead.

    Tracing, if somebody is being looked for and no typed word means tracing. Services for mourners, if no typed
    word speaks of the dead and the examples mean something else more.
    """
    meant = _meant_by(words)
    unwanted = {MISSING} if FOLLOWED in meant and MISSING not in meant else set()
    mourns = DEAD in _meant_by(words, typed=False) or _speaks_of(DEAD, [word for word in words if word.text])
    return unwanted if mourns else {*unwanted, DEAD}


def _meant_by(words: Iterable[SearchWord], *, typed: bool = True) -> set[str]:
    """Return the type that each word means most, with the part of the examples if not only the typed ones."""
    weighed = [word.weights for word in words if word.weights and (word.text or not typed)]
    return {max(weights, key=lambda code: weights[code]) for weights in weighed}


def _without(words: Iterable[SearchWord], types: Collection[str]) -> Iterator[SearchWord]:
    """Yield the words that do not mostly mean one of some types, and the others of their types."""
    for word in words:
        weights = word.weights or {}
        if max(weights, key=lambda code: weights[code], default="") not in types:
            others = {code: weight for code, weight in weights.items() if code not in types}
            yield replace(word, codes=word.codes.difference(types), weights=others or None)


def _wider_queries(query: SearchQuery) -> Iterator[tuple[tuple[str, ...], SearchQuery]]:
    """Yield the query, then the same without one condition after the other, and which of them are dropped."""
    dropped: tuple[str, ...] = ()
    yield dropped, query
    if len(query.tiles) > 1 and (query.free or query.now):
        yield from _wider_places(dropped, query)
    if query.free:
        query, dropped = replace(query, free=False), (*dropped, "free")
        yield dropped, query
    if query.now:
        query, dropped = replace(query, now=False), (*dropped, "now")
        yield dropped, query
    yield from _wider_places(dropped, query)


def _wider_places(dropped: tuple[str, ...], query: SearchQuery) -> Iterator[tuple[tuple[str, ...], SearchQuery]]:
    """Yield a query for the province of its place, and for all places."""
    if query.place:
        if province := catalogue.province_of(query.place):
            yield (*dropped, "province"), replace(query, place=province, nearby=())
        yield (*dropped, "place"), replace(query, place="", nearby=(), home=query.place)


def _means_lines(query: SearchQuery, reading: Reading) -> bool:
    """Return True if lines that answer now, or who answers questions, are what is asked for first."""
    is_anything = not (query.needs or query.looked or reading.places) or (reading.vague and not query.needs)
    is_anything |= query.needs[:1] == INFORMATION or (query.now and not query.place)
    return is_anything or (reading.urgent and not _means_other_help(query))


def _means_other_help(query: SearchQuery) -> bool:
    """Return True if the words mean help that is better for a danger than a line.

    Never for words of despair.
    """
    clear = [word for word in query.looked if max((word.weights or {}).values(), default=0) > BESIDES]
    if CRISIS in _meant_by(clear):
        return False
    best = ranking.asked_type(query.looked)
    return best in catalogue.types_of(BETTER_THAN_LINES) and best not in LINE_TYPES


def _lines(query: SearchQuery, language: str, *, calmly: bool = False) -> list[ServiceCard]:
    """Return the lines that answer now whatever is needed, and those that answer questions.

    Those for children only come last, or first if somebody speaks of them. `calmly`: who answers questions comes first.
    """
    lines = _lines_that_answer(query, language)
    most, information = NEAREST_LINES if query.without_voice else 1, SearchQuery(needs=INFORMATION, place=WHOLE_COUNTRY)
    cards = queries.search_services(information, most=most, language=language).cards
    asked = sorted(cards, key=lambda card: _line_order(query, card))[:1]
    means_danger = query.now or any({*LINE_TYPES} & {*word.codes} for word in query.looked)
    ordered = [*asked, *lines] if calmly and not means_danger else [*lines, *asked]
    return ordered or [*queries.country_lines(most=LINES, language=language)]


def _lines_that_answer(query: SearchQuery, language: str) -> list[ServiceCard]:
    """Return the lines that answer now whatever is needed."""
    ready = queries.answers_now(
        LINE_TYPES,
        person=person_facts(query),
        place=query.place or WHOLE_COUNTRY,
        most=NEAREST_LINES,
        considered=NEAREST_LINES,
        language=language,
    )
    return sorted(ready, key=lambda card: _line_order(query, card))[:LINES]


def _line_order(query: SearchQuery, card: ServiceCard) -> tuple[bool, bool, bool]:
    """Return the sort key of a line: those that need a voice, are for others, or for some people only come last."""
    needs_voice = query.without_voice and card.by_voice_only
    return needs_voice, ranking.is_for_others(query, card), not ranking.is_for_others(ANYTHING, card)


def _split_lines(query: SearchQuery, lines: list[ServiceCard]) -> tuple[list[ServiceCard], list[ServiceCard]]:
    """Return the lines to which somebody who cannot call can write, and all other lines."""
    written = [card for card in lines if query.without_voice and Entry(card).message_number]
    return written, [card for card in lines if card not in written]


def _danger_line(query: SearchQuery, lines: Iterable[ServiceCard]) -> Entry | None:
    """Return the first line that the person can call, or write to if they cannot call, or None."""
    entries = [build_entry(card, query) for card in lines]
    silent = query.without_voice
    return next((entry for entry in entries if (entry.message_number if silent else entry.first_number)), None)


def _needs_of(query: SearchQuery) -> tuple[str, ...]:
    """Return the chosen needs, and the likeliest type for each word."""
    best = (max(word.weights.items(), key=itemgetter(1))[0] for word in query.looked if word.weights)
    return (*query.needs, *best)


def _own_place(card: ServiceCard, places: Sequence[str]) -> str:
    """Return the one of several searched places that a service names, or else the first."""
    return next((place for place in places if place in {*card.areas, *card.districts}), next(iter(places), ""))


def _distance_km(card: ServiceCard, places: Sequence[str]) -> int | None:
    """Return how far the nearest place of a service is, or None; nothing is known of a hidden place."""
    pairs = [(place, other) for place in places for other in card.districts or card.areas]
    return min((km for pair in pairs if (km := catalogue.distance_km(*pair)) is not None), default=None)
