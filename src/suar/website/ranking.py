"""Decide which service stands first on a page of results, and in what order the others follow.

A page lists, in this order: lines that take messages, for somebody who cannot call; lines that answer now, if they
stand first; services in parts by how they fit; the other lines. Source: docs/decisions/search.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from suar.core import clock
from suar.directory import cards, catalogue, queries
from suar.directory.candidates import Candidate, CandidateSearch, Part, card_is_for_others, person_facts
from suar.directory.cards import ServiceCard
from suar.directory.rules import fit
from suar.directory.rules.relevance import ADULT_YEARS, GROUP_WEIGHT, MIN_SHARE, SEA, STEPS, Wanted, related_types
from suar.directory.search import SearchQuery, SearchWord
from suar.website.entries import DAY_AND_NIGHT, WHOLE_COUNTRY, Entry
from suar.website.search_queries import Reading

PAGE_SIZE, MAX_LATER, MAX_NOT_FITTING = 10, 8, 5
"""Number of services on a page, and at most of those that are closed and of those that do not take the person."""
MAX_RELATED, MAX_OF_A_TYPE, MAX_LOOKED_UP = 18, 3, 12
"""Maximum of related services, in all and of a type, and of the types that are looked up first."""
LINES, NEAREST_LINES = 2, 12
"""Number of lines on a page, and of the nearest ones among which they are chosen."""
CRISIS, SIGN = "MEN_CRISIS", "SIGN"
LINE_TYPES, INFORMATION = (CRISIS, "SAF_RISK"), ("COO_INFO",)
"""Types of lines for any need, and of lines that answer questions."""
BETTER_THAN_LINES = frozenset({"SAFETY", "HOUSING", "HEALTH"})
"""Groups of help that may be better for a danger than a line."""
MONEY_BACK = frozenset({"JUS_RESTITUTION", "JUS_COMPENSATION"})
"""Types of help that nobody gets without a report: people who ask for them know that."""
UNSURE = frozenset({"COORD"})
"""The need of somebody who is not sure: typed words say more."""
ASIDE_WEIGHT = 0.5
"""Weight up to which a word says something besides, such as fear."""
LINES_FIRST_WITHOUT = frozenset({"place", "now"})
"""Conditions that a list must meet; otherwise lines that answer now stand above it."""
BELOW = frozenset({Part.ALSO, Part.LATER})
"""Parts below the answer, which are listed briefly."""
PARTS = tuple(Part)


class ListedService(NamedTuple):
    """A service in a list of results, and its part of the list."""

    card: ServiceCard
    part: Part


class ServiceList(NamedTuple):
    """Services for one search. `total` counts what answers it; there are more if it is not `complete`.

    `others` are closed when help is needed or do not take the person; `unused` are words that were not understood.
    `answered_share`, from 0 to 1: the share of the chosen needs that a service meets. Without a chosen need it is 1 if
    a service does what the words mostly mean, not only something near it, and else 0.
    """

    listed: tuple[ListedService, ...] = ()
    others: tuple[ListedService, ...] = ()
    total: int = 0
    complete: bool = True
    next: str = ""
    unused: tuple[str, ...] = ()
    answered_share: float = 1


class SearchStep(NamedTuple):
    """A search, and the conditions that it drops: "free", "now", "place", or "province" for others of the same one."""

    query: SearchQuery
    dropped: tuple[str, ...] = ()


class Lines(NamedTuple):
    """Services to reach whatever is needed: `written` by message, for somebody who cannot call, and others."""

    written: Sequence[ServiceCard]
    others: Sequence[ServiceCard]

    def first_reachable(self, query: SearchQuery) -> ServiceCard | None:
        """Return the first line that the person can call, or write to if they cannot call, or None."""
        entries = map(Entry, [*self.written, *self.others])
        silent = query.without_voice
        reachable = (entry.card for entry in entries if (entry.message_number if silent else entry.first_number))
        return next(reachable, None)


class Ranking(NamedTuple):
    """All that a page lists: `lines.written`, then `lines.others` if `lines_first`, then `services`, else the lines.

    `dropped`: the conditions that the services do not meet. `services` has the `page` without what stands above it.
    """

    page: ServiceList
    services: Sequence[ListedService]
    lines: Lines
    lines_first: bool
    dropped: tuple[str, ...]
    next: str


def rank_page(query: SearchQuery, reading: Reading, *, language: str) -> Ranking:
    """Return what a page lists for a query that holds what its words mean. `after` names the step of the last page."""
    steps = [*_widen(query)]
    number, _, after = query.after.partition(":")
    if number in map(str, range(len(steps))):
        at, page = int(number), _list_services(steps[int(number)].query, language, after=after)
    else:
        at, page = _first_answer(steps, language)
    dropped = steps[at].dropped
    lines = Lines((), ()) if after else choose_lines(query, language, information_first=_calls_can_wait(query, reading))
    lines_first = not page.listed or bool(LINES_FIRST_WITHOUT & {*dropped}) or _asks_for_lines(query, reading)
    lines_first = lines_first and not lines.written
    if any(row.card.facts.opening == DAY_AND_NIGHT for row in page.listed if row.part not in BELOW):
        dropped = tuple(name for name in dropped if name != "now")
    others_above = lines.others if lines_first or reading.urgent else ()
    above = {card.id for card in (*lines.written, *others_above)}
    services = [row for row in (*page.listed, *page.others) if row.card.id not in above]
    return Ranking(page, services, lines, lines_first, dropped, f"{at}:{page.next}" if page.next else "")


def choose_lines(query: SearchQuery, language: str, *, information_first: bool) -> Lines:
    """Return the lines that answer now whatever is needed, and those that answer questions."""
    lines = _answering_lines(query, language)
    most, question = NEAREST_LINES if query.without_voice else 1, SearchQuery(needs=INFORMATION, place=WHOLE_COUNTRY)
    desks = queries.search_services(question, most=most, language=language).cards
    information = sorted(desks, key=lambda card: _line_order(query, card))[:1]
    means_danger = query.now or any({*LINE_TYPES} & {*word.codes} for word in query.words)
    cards = [*information, *lines] if information_first and not means_danger else [*lines, *information]
    cards = cards or [*queries.country_lines(most=LINES, language=language)]
    written = [card for card in cards if query.without_voice and Entry(card).message_number]
    return Lines(written, [card for card in cards if card not in written])


def first_line(query: SearchQuery, language: str) -> ServiceCard | None:
    """Return the first line that answers now whatever is needed and that the person can reach, or None."""
    lines = _answering_lines(query, language) or queries.country_lines(most=LINES, language=language)
    return Lines((), lines).first_reachable(query)


def _answering_lines(query: SearchQuery, language: str) -> list[ServiceCard]:
    """Return the lines that answer now whatever is needed."""
    lines = queries.answering_lines(
        LINE_TYPES,
        person=person_facts(query),
        place=query.place or WHOLE_COUNTRY,
        most=NEAREST_LINES,
        considered=NEAREST_LINES,
        language=language,
    )
    return sorted(lines, key=lambda card: _line_order(query, card))[:LINES]


def _line_order(query: SearchQuery, card: ServiceCard) -> tuple[bool, bool, bool]:
    """Return the sort key of a line.

    Those that need a voice come last if the person has none, then those for children only, which come first if somebody
    speaks of them.
    """
    needs_voice = query.without_voice and card.by_voice_only
    return needs_voice, card_is_for_others(query, card), not card_is_for_others(SearchQuery(), card)


def main_types(words: Iterable[SearchWord]) -> set[str]:
    """Return the type that each word means most."""
    weighed = [word.weights for word in words if word.weights]
    return {max(weights, key=lambda code: weights[code]) for weights in weighed}


def _calls_can_wait(query: SearchQuery, reading: Reading) -> bool:
    """Return True if the words speak of no danger, so that a line for questions comes before a crisis line."""
    return not (reading.urgent or reading.may_be_urgent) and bool(query.words or query.needs[:1] == INFORMATION)


def _asks_for_lines(query: SearchQuery, reading: Reading) -> bool:
    """Return True if the query asks first for a line that answers now or a desk for questions."""
    is_anything = not (query.needs or query.words or reading.places) or (reading.vague and not query.needs)
    is_anything |= query.needs[:1] == INFORMATION or (query.now and not query.place)
    return is_anything or (reading.urgent and not _asks_for_better_help(query))


def _asks_for_better_help(query: SearchQuery) -> bool:
    """Return True if the words mean help that is better for a danger than a line.

    Never for words of despair.
    """
    clear = [word for word in query.words if max((word.weights or {}).values(), default=0) > ASIDE_WEIGHT]
    if CRISIS in main_types(word for word in clear if word.text):
        return False
    return _main_type(query) in {*catalogue.types_of(BETTER_THAN_LINES)} - {*LINE_TYPES}


def _main_type(query: SearchQuery) -> str:
    """Return the type of help that all words of a search mean most, or an empty string."""
    known, meant = catalogue.types(), Counter[str]()
    for word in query.words:
        meant.update({code: weight for code, weight in (word.weights or {}).items() if code in known})
    return max(meant, key=meant.__getitem__, default="")


def _widen(query: SearchQuery) -> Iterator[SearchStep]:
    """Yield a search, then the same without one condition after the other."""
    dropped: tuple[str, ...] = ()
    yield SearchStep(query)
    if len(query.tiles) > 1 and (query.free or query.now):
        yield from _widen_place(query, dropped)
    if query.free:
        query, dropped = replace(query, free=False), (*dropped, "free")
        yield SearchStep(query, dropped)
    if query.now:
        query, dropped = replace(query, now=False), (*dropped, "now")
        yield SearchStep(query, dropped)
    yield from _widen_place(query, dropped)


def _widen_place(query: SearchQuery, dropped: tuple[str, ...]) -> Iterator[SearchStep]:
    """Yield a search for the province of its place, and for all places."""
    if query.place:
        if province := catalogue.province_of(query.place):
            yield SearchStep(replace(query, place=province, nearby=()), (*dropped, "province"))
        yield SearchStep(replace(query, place="", nearby=(), home=query.place), (*dropped, "place"))


def _first_answer(steps: Sequence[SearchStep], language: str) -> tuple[int, ServiceList]:
    """Return the first step that answers most of what is asked; cost and hour stay if it answers a part."""
    lists: list[tuple[int, ServiceList]] = []
    for at, step in enumerate(steps):
        if {"free", "now"} & {*step.dropped} and any(services.answered_share for _at, services in lists):
            break
        lists.append((at, _list_services(step.query, language)))
        if lists[-1][1].answered_share == 1:
            break
    with_services = [pair for pair in lists if pair[1].listed] or lists[-1:]
    return max(with_services, key=lambda pair: (pair[1].answered_share, -pair[0]))


def _list_services(query: SearchQuery, language: str, *, after: str = "") -> ServiceList:
    """Return a page of services in their order; the first page has those that do not take the person."""
    search = CandidateSearch(query)
    tier, position, start = _parse_cursor(after)
    window, last = search.select((tier, position))
    candidates = _rank(search, window)
    taking = [item for item in candidates if item.part is not Part.NO]
    others = [] if after else _turned_away(search, candidates)
    related = _list_related(search, [*candidates, *others]) if taking and not after else []
    page = [*taking[start : start + PAGE_SIZE], *(item for item in related if item.part is Part.ALSO)]
    others += [item for item in related if item.part is not Part.ALSO]
    following = f"{tier}.{position}.{start + PAGE_SIZE}" if len(taking) > start + PAGE_SIZE else ""
    return ServiceList(
        tuple(_build_cards(page, language)),
        tuple(_build_cards(sorted(others, key=lambda item: PARTS.index(item.part)), language)),
        sum(item.part is not Part.ALSO for item in taking),
        last is None,
        following or (f"{last.tier}.{last.position}.0" if last else ""),
        search.unused_words(candidates),
        _answered_share(search, taking),
    )


def _rank(search: CandidateSearch, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return services in their order: those of too little relevance as a part of their own, then by the sort key."""
    taking = [item for item in candidates if item.part is not Part.NO]
    calm = [item for item in taking if not fit.asks_testimony(item.facts)] or taking
    least = MIN_SHARE * max((item.relevance for item in calm), default=0)
    limits = [
        (need, MIN_SHARE * max((search.relevance_for(item, need) for item in calm), default=0)) for need in search.needs
    ]

    def is_weak(item: Candidate) -> bool:
        meets = any(search.relevance_for(item, need) >= limit > 0 for need, limit in limits)
        return item.part is not Part.NO and item.relevance < least and not meets

    sort_key = _SortKey(search.query)
    return sorted((replace(item, part=Part.ALSO) if is_weak(item) else item for item in candidates), key=sort_key)


class _SortKey:
    """The order of services within a list; the first that differs decides.

    1. The part, by how the service fits.
    2. A service that asks for testimony stands last, except for money back through a court if that is mostly meant.
    3. One for children, the bereaved or crews only stands last unless somebody speaks of them.
    4. For somebody who cannot call, one that answers by voice only stands last.
    5. The most urgent chosen need that it meets.
    6. The relevance, in steps, so that nearness decides between services that mean nearly the same.
    7. The distance; a service with a site in the place comes before one that serves the place from elsewhere.
    8. One that is open day and night comes first.

    Cost and freshness decide between the others: the database selects services in that order.
    """

    def __init__(self, query: SearchQuery) -> None:
        self.query, self.main_type = query, _main_type(query)
        tiles = catalogue.split_tiles_by_urgency(
            tile for tile in query.tiles if not (query.words and {*tile} <= UNSURE)
        )
        self.types_by_urgency = [{*chain.from_iterable(map(catalogue.types_of, needs))} for needs in tiles]

    def __call__(self, item: Candidate) -> tuple[object, ...]:
        """Return the key of a service."""
        types = {*item.types}
        urgencies = (rank for rank, codes in enumerate(self.types_by_urgency) if codes & types)
        return (
            PARTS.index(item.part),
            fit.asks_testimony(item.facts) and not MONEY_BACK & {self.main_type} & types,
            item.is_for_others,
            self.query.without_voice
            and SIGN not in (item.facts.disability or ())
            and cards.is_by_voice_only(item.document),
            min(urgencies, default=len(self.types_by_urgency)),
            -round(STEPS * item.relevance),
            item.distance,
            item.facts.opening != DAY_AND_NIGHT,
        )


def _turned_away(search: CandidateSearch, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return services for the same need that are closed when needed, and those that do not take the person."""
    listed, best = {item.facts.id for item in candidates}, max((item.relevance for item in candidates), default=0)
    others = [item for item in _rank(search, search.select_unfiltered()) if item.facts.id not in listed]
    others = [replace(item, part=Part.LATER) if item.is_closed else item for item in others]
    refusing = [item for item in (*candidates, *others) if item.part is Part.NO and item.relevance >= MIN_SHARE * best]
    return [item for item in others if item.part is Part.LATER][:MAX_LATER] + refusing[:MAX_NOT_FITTING]


def _list_related(search: CandidateSearch, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return services of other types that the same person often needs, the likeliest first, a few of each type.

    Those that ask for testimony or a report, or do not take the person, are left out.
    """
    if not search.wanted:
        return []
    people = _people(search.query)
    weights = related_types(_weights_of_types(search.wanted), people)
    types = sorted(weights, key=lambda code: -weights[code])
    places = [*search.places, *([SEA] if search.places and SEA in people else [])]
    listed = {item.facts.id for item in candidates}
    related = search.select_types(types[:MAX_LOOKED_UP], places=places, listed=listed)
    if len(related) < MAX_RELATED:
        listed |= {item.facts.id for item in related}
        related += search.select_types(types[MAX_LOOKED_UP:], places=places, listed=listed)
    safe = [item for item in related if not (fit.asks_testimony(item.facts) or item.is_for_others)]
    safe = [replace(item, part=Part.LATER) if item.is_closed else item for item in safe]

    def order(item: Candidate) -> tuple[object, ...]:
        return item.part is Part.LATER, -max(weights[code] for code in item.types), item.part, item.distance

    counted, chosen = Counter[str](), []
    for item in sorted((item for item in safe if item.part is not Part.NO), key=order):
        best = max(item.types, key=lambda code: weights[code])
        counted[best] += 1
        if counted[best] <= MAX_OF_A_TYPE:
            chosen.append(item if item.part is Part.LATER else replace(item, part=Part.ALSO))
    return chosen[:MAX_RELATED]


def _answered_share(search: CandidateSearch, taking: Sequence[Candidate]) -> float:
    """Return the share of the needs, or of what the words mostly mean, that a service does for the person.

    One for crews, children or the bereaved only is no answer unless somebody speaks of them.
    """
    taking = [item for item in taking if not item.is_for_others]
    questions = [[need] for need in search.needs] or [[_only_types(wanted) for _word, wanted in search.words]]
    limits = [
        MIN_SHARE * max(chain.from_iterable((word.weights or {}).values() for word in words), default=0)
        for words in questions
    ]
    answered = (
        any(search.relevance_for(item, *words) >= limit for item in taking)
        for words, limit in zip(questions, limits, strict=True)
    )
    return sum(answered) / len(questions)


def _only_types(wanted: Wanted) -> Wanted:
    """Return a word with its types of help alone; a crisis line is none of them unless it is mostly meant."""
    known = catalogue.types().keys() | catalogue.groups().keys()
    weights = {code: weight for code, weight in (wanted.weights or {}).items() if code in known}
    main = max(weights, key=lambda code: weights[code], default="")
    return replace(wanted, weights={code: weights[code] for code in weights if code != CRISIS or code == main})


def _weights_of_types(wanted: Iterable[Wanted]) -> Mapping[str, float]:
    """Return the weight of each type that words and needs mean together; a group means all its types."""
    weights = Counter[str]()
    for word in wanted:
        for code, weight in (word.weights or {}).items():
            types = [code] if code in catalogue.types() else catalogue.types_of([code])
            weights.update(dict.fromkeys(types, weight if types == [code] else GROUP_WEIGHT * weight))
    return weights


def _people(query: SearchQuery) -> set[str]:
    """Return the codes of `related.json` for the people a search is for."""
    is_child = query.age == "CHILD" or (query.age_years or ADULT_YEARS) < ADULT_YEARS
    are = {
        "CHILD": is_child,
        "WITH_CHILDREN": query.children,
        "FOREIGN": query.nationality in ("FOREIGN", "STATELESS"),
        "NOW": query.now,
        "SEA": query.place == SEA or any(SEA in (word.weights or ()) for word in query.words if word.text),
        "TRANS": query.sex == "TRANS",
        "ANYBODY": True,
    }
    return {code for code, is_so in are.items() if is_so}


def _build_cards(candidates: Iterable[Candidate], language: str) -> Iterator[ListedService]:
    today = clock.today()
    for item in candidates:
        yield ListedService(cards.build_card(item.document, language=language, today=today), item.part)


def _parse_cursor(after: str) -> tuple[int, int, int]:
    """Return where the window begins and which of its services is next; anything else is the beginning."""
    parts = after.split(".")
    if len(parts) == 3 and len(after) < 24 and all(part.isascii() and part.isdecimal() for part in parts):
        tier, position, start = map(int, parts)
        return tier, position, start
    return 0, 0, 0
