"""The search of the public site: the most relevant services first, in groups by how they fit.

The database selects a window of services, the nearest first; they are ranked here. Source: docs/decisions/search.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, islice
from typing import NamedTuple

from suar.core import clock
from suar.core.i18n import active_language
from suar.directory import cards, catalogue, queries, search
from suar.directory.cards import ServiceCard, Snapshot
from suar.directory.codes import Effect
from suar.directory.facts import Fit, PersonFacts, ServiceFacts
from suar.directory.rules import fit
from suar.directory.rules.relevance import (
    CREWS,
    MIN_SHARE,
    SAYS,
    SEA,
    STEPS,
    Offered,
    Wanted,
    audience,
    is_unasked,
    relevance,
    weight_of,
    weights_by_order,
)
from suar.directory.search import Group, SearchQuery, SearchWord
from suar.directory.tokens import tokenize

WINDOW, FEW, MAX_LATER, MAX_NOT_FITTING, MAX_BESIDES = 50, 20, 8, 5, 10
BESIDES = 0.2
"""Weight of what often helps with a need."""
WORDS_OF_A_RUN, SHORTEST_START = 4, 5
ANSWERED_OUTCOMES = frozenset({"restricts", "mismatch", "perhaps", "full"})
"""Outcomes that somebody must ask about first; what a service does not state is no reason to ask."""
NOT_GROUPED = frozenset({"EL_AREA", "EL_EXCLUSION", "EL_COOPERATION"})


class Part(StrEnum):
    """The part of a list of results in which a service stands, in this order."""

    FITS = "FITS"
    ASK = "ASK"
    ALSO = "ALSO"
    LATER = "LATER"
    NO = "NO"


PARTS = tuple(Part)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service among the results, how it fits, and how relevant it is."""

    document: Snapshot
    facts: ServiceFacts
    fit: Fit | None
    offered: Offered | None
    relevance: float
    part: Part = Part.FITS


class Listed(NamedTuple):
    """A service in a list of results; `fit` is None if nothing is known of the person."""

    card: ServiceCard
    part: Part


class RankedPage(NamedTuple):
    """A page of results. `total` counts what answers the search; there are more if it is not `complete`.

    `others` are closed when help is needed or do not take the person; `unused` are words that were not understood.
    `answers`: a service does what is mostly meant, not only something near it.
    """

    listed: tuple[Listed, ...] = ()
    others: tuple[Listed, ...] = ()
    total: int = 0
    complete: bool = True
    next: str = ""
    unused: tuple[str, ...] = ()
    answers: bool = True


def rank_services(query: SearchQuery, *, most: int, language: str | None = None) -> RankedPage:
    """Return a page of services, the most relevant first; the first page has those that do not take the person."""
    ranking = _Ranking(query)
    tier, position, start = _parse_cursor(query.after)
    window, last = ranking.select(ranking.filters, after=(tier, position))
    candidates = ranking.rank(window)
    taking = [item for item in candidates if item.part is not Part.NO]
    others = [] if query.after else ranking.turned_away(candidates)
    page = taking[start : start + most]
    after = f"{tier}.{position}.{start + most}" if len(taking) > start + most else ""
    return RankedPage(
        tuple(_listed(page, language)),
        tuple(_listed(others, language)),
        sum(item.part is not Part.ALSO for item in taking),
        last is None,
        after or (f"{last.tier}.{last.position}.0" if last else ""),
        ranking.unused(candidates),
        ranking.answers(taking),
    )


def person_facts(query: SearchQuery) -> PersonFacts:
    """Return the facts about the person from a query."""
    return PersonFacts(
        place=query.place or None,
        sex=query.sex or None,
        age_years=query.age_years,
        age_status=search.AGES.get(query.age),
        children=(query.child_age,) if query.children else None,
        nationality=query.nationality or None,
        languages=frozenset({query.language}) if query.language else None,
        papers="NONE" if query.without_papers else None,
        access_needs=frozenset({"STEP_FREE"}) if query.step_free else None,
        urgent=query.now,
    )


def is_for_others(query: SearchQuery, card: ServiceCard) -> bool:
    """Return True if a service is for children, the bereaved or crews only, and nothing in a query speaks of them."""
    wanted = [Wanted(weights=word.weights or dict.fromkeys(word.codes, 1.0)) for word in query.looked]
    groups = [(code, catalogue.types()[code]["group"]) for code in card.types]
    offered = Offered(groups, audience(card.facts), frozenset(), frozenset())
    return is_unasked(wanted, offered, known=_known(person_facts(query)))


def _known(person: PersonFacts) -> frozenset[str]:
    crews = frozenset({CREWS} if person.place == SEA else ())
    return crews | (fit.stated_attributes(person) & {"EL_SEX", "EL_AGE", "EL_NATIONALITY"})


class _Ranking:
    """A parsed query in the forms that the database and the rules read."""

    def __init__(self, query: SearchQuery) -> None:
        self.query, self.person = query, person_facts(query)
        self.stated = fit.stated_attributes(self.person) - NOT_GROUPED
        self.known = _known(self.person)
        self.places = [place for place in (query.place, *query.nearby) if place]
        self.filters = queries.filter_groups(replace(query, needs=(), language=""))
        words = query.looked or tuple(SearchWord(word) for word in search.query_words(query.text))
        pairs = [(word, *_word_group(word, groups)) for word, groups in zip(words, _forgiving(words), strict=True)]
        self.words = [(word, wanted) for word, _group, wanted in pairs]
        self.groups = [group for _word, group, _wanted in pairs]
        self.wanted = [wanted for _word, wanted in self.words]
        tiles = catalogue.ranked_tiles(query.tiles)
        self.urgency = [{*chain.from_iterable(map(catalogue.types_of, needs))} for needs in tiles]
        self.also = Group(search.need_terms(query.also))
        if query.needs:
            self.groups.append(Group(search.need_terms(query.needs)))
            weights = dict.fromkeys(query.also, BESIDES) | weights_by_order(query.needs)
            self.wanted.append(Wanted(weights=weights))

    def select(
        self, filters: list[Group], *, after: tuple[int, int] = (0, 0)
    ) -> tuple[list[search.Match], search.Match | None]:
        """Return a window of services that have all that is wanted, and its last one if there are more.

        If these are few, those that have a part of it follow, and then what often helps with the same need.
        """
        size = WINDOW if self.wanted or self.stated else FEW
        matches = self._select([*filters, *self.groups], after=after, most=size + 1)
        window, more = matches[:size], matches[size:]
        if after == (0, 0):
            several = len(window) < FEW and len(self.groups) > 1
            for terms, most in ((_any_of(self.groups), WINDOW * several), (self.also, MAX_BESIDES)):
                if any(terms) and most:
                    known = {match.position for match in window}
                    window += [m for m in self._select([*filters, terms], most=most) if m.position not in known]
        return window, window[size - 1] if more else None

    def rank(self, window: Sequence[search.Match]) -> list[Candidate]:
        """Return the services of a window, the most relevant first."""
        candidates = [self._candidate(match.document) for match in window]
        candidates = [item for item in candidates if item.relevance or not self.wanted]
        best = max((item.relevance for item in candidates if item.part is not Part.NO), default=0)
        weak = [item.part is not Part.NO and item.relevance < MIN_SHARE * best for item in candidates]
        candidates = [
            replace(item, part=Part.ALSO) if less else item for item, less in zip(candidates, weak, strict=True)
        ]
        return sorted(candidates, key=self._order)

    def turned_away(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return services for the same need that are closed when needed, and those that do not take the person."""
        known, best = {item.facts.id for item in candidates}, max((item.relevance for item in candidates), default=0)
        unfiltered = queries.filter_groups(SearchQuery(free=self.query.free))
        window = [] if unfiltered == self.filters or not self.groups else self.select(unfiltered)[0]
        others = [item for item in self.rank(window) if item.facts.id not in known]
        others = [replace(item, part=Part.LATER) if self._is_closed(item) else item for item in others]
        refusing = [
            item for item in (*candidates, *others) if item.part is Part.NO and item.relevance >= MIN_SHARE * best
        ]
        return [item for item in others if item.part is Part.LATER][:MAX_LATER] + refusing[:MAX_NOT_FITTING]

    def answers(self, taking: Sequence[Candidate]) -> bool:
        """Return True if a service that takes the person does what the words or needs mostly mean."""
        meant = max((max(wanted.weights.values(), default=0) for wanted in self.wanted if wanted.weights), default=0)
        return any(item.relevance >= MIN_SHARE * meant for item in taking)

    def unused(self, candidates: Sequence[Candidate]) -> tuple[str, ...]:
        """Return the words without a meaning that no service in a list has."""
        offered = [item.offered for item in candidates if item.offered]
        used = {word.text for word, wanted in self.words if any(weight_of(wanted, item) for item in offered)}
        return tuple(dict.fromkeys(word.text for word, _ in self.words if not word.codes and word.text not in used))

    def _select(self, groups: list[Group], *, most: int, after: tuple[int, int] = (0, 0)) -> list[search.Match]:
        return search.select(search.tiers_by_distance(groups, *self.places), after=after, most=most)

    def _is_closed(self, item: Candidate) -> bool:
        """Return True if nothing but the hour keeps the person from a service."""
        against = (
            {reason.attribute for reason in item.fit.because if reason.effect is Effect.AGAINST} if item.fit else ()
        )
        return against == {"EL_TIME"}

    def _candidate(self, document: Snapshot) -> Candidate:
        facts = cards.service_facts(document, today=clock.today())
        result = fit.fit(self.person, facts) if self.stated else None
        part = self._part(result) if result else Part.FITS
        offered = _offered(document, facts) if self.wanted else None
        score = relevance(self.wanted, offered, known=self.known) if offered else 0.0
        return Candidate(document, facts, result, offered, score, part)

    def _part(self, result: Fit) -> Part:
        stated = [reason for reason in result.because if reason.attribute in self.stated]
        if any(reason.effect is Effect.AGAINST for reason in stated):
            return Part.NO
        asks = any(reason.effect is Effect.ASK and reason.outcome in ANSWERED_OUTCOMES for reason in stated)
        return Part.ASK if asks else Part.FITS

    def _order(self, item: Candidate) -> tuple[object, ...]:
        """Return the sort key: part, testimony last, unasked last, relevance, nearness, opening.

        The window has cost and freshness. A service with a site in the place stands before one that serves the place
        from elsewhere. Without a place, one for the whole country stands before others.
        """
        unasked = item.offered is not None and is_unasked(self.wanted, item.offered, known=self.known)
        everywhere = catalogue.COUNTRY not in (item.facts.areas or ())
        near = min((fit.distance_rank(place, item.facts.areas) for place in self.places), default=everywhere)
        return (
            PARTS.index(item.part),
            fit.asks_testimony(item.facts),
            unasked,
            self._need_rank(item),
            -round(STEPS * item.relevance),
            near,
            item.facts.opening != "24_7",
        )

    def _need_rank(self, item: Candidate) -> int:
        """Return how long the chosen needs that a service meets can wait."""
        types = item.document["service"]["types"]
        return min((rank for rank, codes in enumerate(self.urgency) if codes & {*types}), default=len(self.urgency))


def _forgiving(words: Sequence[SearchWord]) -> Iterator[list[Group]]:
    """Yield the terms of the index for each part of each typed word or phrase."""
    tokens = [_parts_of(word) for word in words]
    groups = iter(search.forgiving_groups([*chain.from_iterable(tokens)]))
    yield from ([*islice(groups, len(parts))] for parts in tokens)


def _parts_of(word: SearchWord) -> list[str]:
    return tokenize(word.text)[:WORDS_OF_A_RUN]


def _word_group(word: SearchWord, groups: Sequence[Group]) -> tuple[Group, Wanted]:
    """Return the terms of the index, and the spellings and weights, of a typed word or phrase."""
    tokens, group = _parts_of(word), _any_of(groups)
    weights = word.weights or dict.fromkeys(word.codes, 1.0)
    spoken = frozenset(code.removeprefix(SAYS) for code in word.codes if code.startswith(SAYS))
    codes = spoken | {queries.term_of(code) for code in word.codes if not code.startswith(SAYS)}
    if weights and len(tokens) > 1:
        return Group(codes), Wanted(weights=weights)
    starts = tuple(start for start in group.starts if len(start) >= SHORTEST_START)
    # A word with a meaning is no misspelling of a name.
    spellings = group.terms & {*tokens} if weights else group.terms
    return Group(spellings | codes, group.starts), Wanted(spellings, starts, weights)


def _any_of(groups: Sequence[Group]) -> Group:
    return Group(
        frozenset(chain.from_iterable(group.terms for group in groups)),
        frozenset(chain.from_iterable(group.starts for group in groups)),
    )


def _offered(document: Snapshot, facts: ServiceFacts) -> Offered:
    service, provider = document["service"], document["provider"] or {"name": {}}
    known = catalogue.types()
    return Offered(
        [(code, known[code]["group"]) for code in service["types"]],
        audience(facts),
        frozenset(chain.from_iterable(map(tokenize, service["name"].values()))),
        frozenset(chain.from_iterable(map(tokenize, [*service["description"].values(), *provider["name"].values()]))),
    )


def _listed(candidates: Sequence[Candidate], language: str | None) -> Iterator[Listed]:
    language, today = language or active_language(), clock.today()
    for item in candidates:
        yield Listed(cards.build_card(item.document, language=language, today=today), item.part)


def _parse_cursor(after: str) -> tuple[int, int, int]:
    """Return where the window begins and which of its services is next; anything else is the beginning."""
    parts = after.split(".")
    if len(parts) == 3 and len(after) < 24 and all(part.isascii() and part.isdecimal() for part in parts):
        tier, position, start = map(int, parts)
        return tier, position, start
    return 0, 0, 0
