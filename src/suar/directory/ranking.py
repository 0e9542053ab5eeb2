"""The search of the public site: the most relevant services first, in groups by how they fit.

The database selects a window of services, the nearest first; they are ranked here. Source: docs/decisions/search.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    ADULT_YEARS,
    CREWS,
    GROUP_WEIGHT,
    MIN_SHARE,
    SEA,
    STEPS,
    TEXT_PREFIX,
    Offered,
    Wanted,
    audience,
    is_unasked,
    related_types,
    relevance,
    weight_of,
    weights_by_order,
)
from suar.directory.search import Group, SearchQuery, SearchWord
from suar.directory.tokens import tokenize

WINDOW, MIN_WINDOW, MAX_LATER, MAX_NOT_FITTING = 50, 20, 8, 5
MAX_RELATED, MAX_OF_A_TYPE, MAX_LOOKED_UP = 18, 3, 12
"""Maximum of related services that are listed, in all and of a type, and of the types that
are looked up first."""
CRISIS, SIGN, WORDS_OF_A_RUN, SHORTEST_START, FARTHEST_KM = "MEN_CRISIS", "SIGN", 4, 5, 10_000
ANSWERED_OUTCOMES = frozenset({"restricts", "mismatch", "perhaps", "full"})
"""Outcomes to ask about first. A limit that a service does not state is not one of them."""
ANYTHING = frozenset({"COORD"})
"""The need of somebody who is not sure: typed words say more."""
MONEY_BACK = frozenset({"JUS_RESTITUTION", "JUS_COMPENSATION"})
"""Types of help that nobody gets without a report, so that who asks for them knows."""
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
    `answers`: the share of chosen needs that a service meets, or 1 if one does what the words mostly mean, not only
    something near it.
    """

    listed: tuple[Listed, ...] = ()
    others: tuple[Listed, ...] = ()
    total: int = 0
    complete: bool = True
    next: str = ""
    unused: tuple[str, ...] = ()
    answers: float = 1


def rank_services(query: SearchQuery, *, most: int, language: str | None = None) -> RankedPage:
    """Return a page of services, the most relevant first; the first page has those that do not take the person."""
    ranking = _Ranking(query)
    tier, position, start = _parse_cursor(query.after)
    window, last = ranking.select(ranking.filters, after=(tier, position))
    candidates = ranking.rank(window)
    taking = [item for item in candidates if item.part is not Part.NO]
    others = [] if query.after else ranking.turned_away(candidates)
    related = ranking.related([*candidates, *others]) if taking and not query.after else []
    page = [*taking[start : start + most], *(item for item in related if item.part is Part.ALSO)]
    others += [item for item in related if item.part is not Part.ALSO]
    after = f"{tier}.{position}.{start + most}" if len(taking) > start + most else ""
    return RankedPage(
        tuple(_listed(page, language)),
        tuple(_listed(sorted(others, key=lambda item: PARTS.index(item.part)), language)),
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


def asked_type(words: Iterable[SearchWord]) -> str:
    """Return the type of help that all words of a search mean most, or an empty string."""
    known, meant = catalogue.types(), Counter[str]()
    for word in words:
        meant.update({code: weight for code, weight in (word.weights or {}).items() if code in known})
    return max(meant, key=meant.__getitem__, default="")


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
        self.people = _people(query)
        self.asked = asked_type(query.looked)
        tiles = catalogue.ranked_tiles(tile for tile in query.tiles if not (query.looked and {*tile} <= ANYTHING))
        self.urgency = [{*chain.from_iterable(map(catalogue.types_of, needs))} for needs in tiles]
        self.typed = [replace(word, weights=_weights_of_types(word)) for word in self.wanted]
        self.needs = [Wanted(weights=weights_by_order(codes)) for codes in query.tiles or [query.needs] if codes]
        self.groups += [Group(search.need_terms(query.needs))] if query.needs else []
        self.wanted += self.needs

    def select(
        self, filters: list[Group], *, after: tuple[int, int] = (0, 0)
    ) -> tuple[list[search.Match], search.Match | None]:
        """Return a window of services that have all that is wanted, and its last one if there are more.

        If these are few, those that have a part of it follow.
        """
        size = WINDOW if self.wanted or self.stated else MIN_WINDOW
        matches = self._select([*filters, *self.groups], after=after, most=size + 1)
        window, more = matches[:size], matches[size:]
        if after == (0, 0):
            terms = _any_of(self.groups)
            if any(terms) and len(window) < MIN_WINDOW and len(self.groups) > 1:
                known = {match.position for match in window}
                window += [m for m in self._select([*filters, terms], most=WINDOW) if m.position not in known]
        return window, window[size - 1] if more else None

    def rank(self, window: Sequence[search.Match]) -> list[Candidate]:
        """Return the services of a window, the most relevant first."""
        candidates = [self._candidate(match.document) for match in window]
        candidates = [item for item in candidates if item.relevance or not self.wanted]
        taking = [item for item in candidates if item.part is not Part.NO]
        calm = [item for item in taking if not fit.asks_testimony(item.facts)] or taking
        best = max((item.relevance for item in calm), default=0)
        limits = [(need, MIN_SHARE * max((self._meets(item, need) for item in calm), default=0)) for need in self.needs]

        def is_weak(item: Candidate) -> bool:
            meets = any(self._meets(item, need) >= limit > 0 for need, limit in limits)
            return item.part is not Part.NO and item.relevance < MIN_SHARE * best and not meets

        candidates = [replace(item, part=Part.ALSO) if is_weak(item) else item for item in candidates]
        return sorted(candidates, key=self._order)

    def _meets(self, item: Candidate, *wanted: Wanted) -> float:
        """Return how well a service meets a chosen need, or words, alone."""
        return relevance(wanted, item.offered, known=self.known) if item.offered else 0

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

    def related(self, known: Sequence[Candidate]) -> list[Candidate]:
        """Return services of other types that the same person often needs, the likeliest first, a few of each type.

        Those that ask for testimony or a report, or do not take the person, are left out.
        """
        weights = related_types(self._meant(), self.people)
        types = sorted(weights, key=lambda code: -weights[code])
        listed = {str(item.facts.id) for item in known} if self.wanted else set()
        documents = self._window(types[:MAX_LOOKED_UP], listed) if self.wanted else []
        if self.wanted and len(documents) < MAX_RELATED:
            documents += self._window(types[MAX_LOOKED_UP:], listed | {item["service"]["id"] for item in documents})
        counted, chosen = Counter[str](), []

        def order(item: Candidate) -> tuple[object, ...]:
            return item.part is Part.LATER, -max(weights[code] for code in _types(item)), item.part, self._near(item)

        for item in sorted(filter(None, map(self._as_related, documents)), key=order):
            best = max(_types(item), key=lambda code: weights[code])
            counted[best] += 1
            if counted[best] <= MAX_OF_A_TYPE:
                chosen.append(item if item.part is Part.LATER else replace(item, part=Part.ALSO))
        return chosen[:MAX_RELATED]

    def _window(self, types: Sequence[str], listed: Collection[str]) -> list[Snapshot]:
        """Return services of some types near the person, without those that are listed already."""
        places = [*self.places, *([SEA] if self.places and SEA in self.people else [])]
        tiers = search.tiers_by_distance([Group(search.need_terms(types))], *places)
        documents = [match.document for match in search.select(tiers, most=WINDOW)]
        return [document for document in documents if document["service"]["id"] not in listed]

    def _as_related(self, document: Snapshot) -> Candidate | None:
        """Return a service that may be listed because the same person often needs it, or None."""
        item = self._candidate(document, with_words=False)
        if self._is_closed(item):
            item = replace(item, part=Part.LATER)
        is_safe = not (fit.asks_testimony(item.facts) or self._is_unasked(item))
        return item if is_safe and item.part is not Part.NO else None

    def _meant(self) -> Mapping[str, float]:
        """Return the weight of each type that the words and needs mean together."""
        meant = Counter[str]()
        for wanted in self.wanted:
            for code, weight in (wanted.weights or {}).items():
                types = [code] if code in catalogue.types() else catalogue.types_of([code])
                meant.update(dict.fromkeys(types, weight if types == [code] else GROUP_WEIGHT * weight))
        return meant

    def answers(self, taking: Sequence[Candidate]) -> float:
        """Return the share of the needs, or of what the words mostly mean, that a service does for the person.

        One for crews, children or the bereaved only is no answer unless somebody speaks of them.
        """
        taking, asked = [item for item in taking if not self._is_unasked(item)], [[need] for need in self.needs]
        asked = asked or [self.typed]
        limits = [
            MIN_SHARE * max(chain.from_iterable((word.weights or {}).values() for word in one), default=0)
            for one in asked
        ]
        answered = (
            any(self._meets(item, *one) >= limit for item in taking) for one, limit in zip(asked, limits, strict=True)
        )
        return sum(answered) / len(asked)

    def unused(self, candidates: Sequence[Candidate]) -> tuple[str, ...]:
        """Return the words without a meaning that no service in a list has."""
        offered = [item.offered for item in candidates if item.offered]
        used = {word.text for word, wanted in self.words if any(weight_of(wanted, item) for item in offered)}
        return tuple(dict.fromkeys(word.text for word, _ in self.words if not word.codes and word.text not in used))

    def _select(self, groups: list[Group], *, most: int, after: tuple[int, int] = (0, 0)) -> list[search.Match]:
        return search.select(search.tiers_by_distance(groups, *self.places), after=after, most=most)

    def _is_closed(self, item: Candidate) -> bool:
        """Return True if nothing but the hour keeps the person from a service."""
        reasons = item.fit.because if item.fit else ()
        return {reason.attribute for reason in reasons if reason.effect is Effect.AGAINST} - {"EL_AREA"} == {"EL_TIME"}

    def _candidate(self, document: Snapshot, *, with_words: bool = True) -> Candidate:
        facts = cards.service_facts(document, today=clock.today())
        result = fit.fit(self.person, facts) if self.stated else None
        part = self._part(result) if result else Part.FITS
        offered = _offered(document, facts, with_words=with_words) if self.wanted else None
        score = relevance(self.wanted, offered, known=self.known) if offered else 0.0
        return Candidate(document, facts, result, offered, score, part)

    def _part(self, result: Fit) -> Part:
        stated = [reason for reason in result.because if reason.attribute in self.stated]
        if any(reason.effect is Effect.AGAINST for reason in stated):
            return Part.NO
        asks = any(reason.effect is Effect.ASK and reason.outcome in ANSWERED_OUTCOMES for reason in stated)
        return Part.ASK if asks else Part.FITS

    def _order(self, item: Candidate) -> tuple[object, ...]:
        """Return the sort key: part, testimony, unasked and voice last, urgency of need, relevance, nearness, opening.

        The window has cost and freshness. A service with a site in the place comes before one that serves the place
        from elsewhere. Without a place, one for the whole country comes before others.
        """
        return (
            PARTS.index(item.part),
            fit.asks_testimony(item.facts) and not MONEY_BACK & {self.asked} & {*_types(item)},
            self._is_unasked(item),
            self.query.without_voice
            and SIGN not in (item.facts.disability or ())
            and cards.is_by_voice_only(item.document),
            self._need_rank(item),
            -round(STEPS * item.relevance),
            self._near(item),
            item.facts.opening != "24_7",
        )

    def _is_unasked(self, item: Candidate) -> bool:
        return item.offered is not None and is_unasked(self.wanted, item.offered, known=self.known)

    def _near(self, item: Candidate) -> int:
        areas, home = item.facts.areas or frozenset(), self.query.home
        places = self.places or [home] * bool(home)
        is_local = catalogue.COUNTRY not in areas
        rank = min((fit.distance_rank(place, areas) for place in places), default=int(is_local))
        if not home or rank < fit.WIDER or not is_local:
            return rank
        distances = (catalogue.distance_km(home, area) for area in item.facts.districts or areas)
        return rank + min((km for km in distances if km is not None), default=FARTHEST_KM)

    def _need_rank(self, item: Candidate) -> int:
        """Return the rank of the most urgent chosen need that the service meets; 0 is the most urgent."""
        types = {*_types(item)}
        return min((rank for rank, codes in enumerate(self.urgency) if codes & types), default=len(self.urgency))


def _people(query: SearchQuery) -> set[str]:
    """Return the codes of `related.json` for the people a search is for."""
    person = person_facts(query)
    is_child = person.age_status == search.AGES["CHILD"] or (query.age_years or ADULT_YEARS) < ADULT_YEARS
    are = {
        "CHILD": is_child,
        "WITH_CHILDREN": query.children,
        "FOREIGN": query.nationality in ("FOREIGN", "STATELESS"),
        "NOW": query.now,
        "SEA": query.place == SEA or any(SEA in (word.weights or ()) for word in query.looked if word.text),
        "TRANS": query.sex == "TRANS",
        "ANYBODY": True,
    }
    return {code for code, is_so in are.items() if is_so}


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
    spoken = frozenset(code.removeprefix(TEXT_PREFIX) for code in word.codes if code.startswith(TEXT_PREFIX))
    codes = spoken | {queries.term_of(code) for code in word.codes if not code.startswith(TEXT_PREFIX)}
    if weights and len(tokens) > 1:
        return Group(codes), Wanted(weights=weights)
    starts = tuple(start for start in group.starts if len(start) >= SHORTEST_START)
    # A word with a meaning is no misspelling of a name.
    spellings = group.terms & {*tokens} if weights else group.terms
    return Group(spellings | codes, group.starts), Wanted(spellings, starts, weights)


def _weights_of_types(word: Wanted) -> Mapping[str, float]:
    """Return the weights of the types of a word; a crisis line is none of them unless it is mostly meant."""
    known = catalogue.types().keys() | catalogue.groups().keys()
    weights = {code: weight for code, weight in (word.weights or {}).items() if code in known}
    mostly = max(weights, key=lambda code: weights[code], default="")
    return {code: weight for code, weight in weights.items() if code != CRISIS or code == mostly}


def _any_of(groups: Sequence[Group]) -> Group:
    return Group(
        frozenset(chain.from_iterable(group.terms for group in groups)),
        frozenset(chain.from_iterable(group.starts for group in groups)),
    )


def _types(item: Candidate) -> Sequence[str]:
    types: Sequence[str] = item.document["service"]["types"]
    return types


def _offered(document: Snapshot, facts: ServiceFacts, *, with_words: bool = True) -> Offered:
    service, provider = document["service"], document["provider"] or {"name": {}}
    known = catalogue.types()
    names = service["name"].values() if with_words else ()
    texts = [*service["description"].values(), *provider["name"].values()] if with_words else ()
    return Offered(
        [(code, known[code]["group"]) for code in service["types"]],
        audience(facts),
        frozenset(chain.from_iterable(map(tokenize, names))),
        frozenset(chain.from_iterable(map(tokenize, texts))),
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
