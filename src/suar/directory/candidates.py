"""Services that a search of the public site may list, each with all that decides where it stands.

The database selects a window of services, the nearest first. `website/ranking.py` puts them in order.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, islice
from uuid import UUID

from suar.core import clock
from suar.directory import cards, catalogue, queries, search
from suar.directory.cards import ServiceCard, Snapshot
from suar.directory.codes import Effect
from suar.directory.facts import Fit, PersonFacts, ServiceFacts
from suar.directory.rules import fit
from suar.directory.rules.relevance import (
    CREWS,
    SEA,
    TEXT_PREFIX,
    Offered,
    Wanted,
    audience,
    is_for_others,
    relevance,
    weight_of,
    weights_by_order,
)
from suar.directory.search import Group, SearchQuery, SearchWord
from suar.directory.tokens import tokenize

WINDOW, MIN_WINDOW = 50, 20
"""Number of services that are ranked together, and of those without a word or a fact of the person to rank by."""
MAX_WORDS_OF_PHRASE, MIN_PREFIX_LENGTH = 4, 5
"""Words of a typed phrase that are searched, and letters from which a typed word is a beginning of others."""
FARTHEST_KM = 10_000
ASK_FIRST_OUTCOMES = frozenset({"restricts", "mismatch", "perhaps", "full"})
"""Outcomes to ask about first. A limit that a service does not state is not one of them."""
IGNORED_FOR_PARTS = frozenset({"EL_AREA", "EL_EXCLUSION", "EL_COOPERATION"})


class Part(StrEnum):
    """The part of a list of results in which a service stands, in this order."""

    FITS = "FITS"
    ASK = "ASK"
    ALSO = "ALSO"
    LATER = "LATER"
    NO = "NO"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that may be listed.

    `part` is FITS, ASK or NO until it is ranked. `relevance` is 0 if it has nothing that is searched. `is_for_others`:
    it is for children, the bereaved or crews only, and nothing speaks of them. `is_closed`: only the hour keeps the
    person from it. `distance`: 0 is nearest.
    """

    document: Snapshot
    facts: ServiceFacts
    offered: Offered | None
    relevance: float
    part: Part
    is_for_others: bool
    is_closed: bool
    distance: int

    @property
    def types(self) -> Sequence[str]:
        """Return the types of help."""
        types: Sequence[str] = self.document["service"]["types"]
        return types


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


def card_is_for_others(query: SearchQuery, card: ServiceCard) -> bool:
    """Return True if a service is for children, the bereaved or crews only, and nothing in a query speaks of them."""
    wanted = [Wanted(weights=word.weights or dict.fromkeys(word.codes, 1.0)) for word in query.words]
    groups = [(code, catalogue.types()[code]["group"]) for code in card.types]
    offered = Offered(groups, audience(card.facts), frozenset(), frozenset())
    return is_for_others(wanted, offered, known=_known_attributes(person_facts(query)))


class CandidateSearch:
    """A search of the public site in the forms that the index and the rules of relevance read.

    `words` are what was typed, `needs` what was chosen, and `wanted` is both.
    """

    def __init__(self, query: SearchQuery) -> None:
        self.query, self.person = query, person_facts(query)
        self.places = [place for place in (query.place, *query.nearby) if place]
        self._stated = fit.stated_attributes(self.person) - IGNORED_FOR_PARTS
        self._known = _known_attributes(self.person)
        self._filters = queries.filter_groups(replace(query, needs=(), language=""))
        words = query.words or tuple(SearchWord(word) for word in search.query_words(query.text))
        terms = [_parse_word(word, groups) for word, groups in zip(words, _index_terms(words), strict=True)]
        self.words = [(word, wanted) for word, (_group, wanted) in zip(words, terms, strict=True)]
        self.needs = [Wanted(weights=weights_by_order(codes)) for codes in query.tiles or [query.needs] if codes]
        self.wanted = [*(wanted for _group, wanted in terms), *self.needs]
        self._groups = [group for group, _wanted in terms]
        self._groups += [Group(search.need_terms(query.needs))] if query.needs else []

    def select(self, after: tuple[int, int] = (0, 0)) -> tuple[list[Candidate], search.Match | None]:
        """Return a window of services that match all that is wanted, and its last one if there are more.

        If these are few, those that match a part of it follow.
        """
        matches, last = self._select_window(self._filters, after=after)
        return self._build([match.document for match in matches]), last

    def select_unfiltered(self) -> list[Candidate]:
        """Return a window of services filtered by cost only; empty if nothing else is filtered, or nothing searched."""
        filters = queries.filter_groups(SearchQuery(free=self.query.free))
        matches = [] if filters == self._filters or not self._groups else self._select_window(filters)[0]
        return self._build([match.document for match in matches])

    def select_types(self, types: Sequence[str], *, places: Sequence[str], listed: Collection[UUID]) -> list[Candidate]:
        """Return services of some types near some places, without those that are listed already."""
        tiers = search.tiers_by_distance([Group(search.need_terms(types))], *places)
        documents = (match.document for match in search.select(tiers, most=WINDOW))
        unlisted = (document for document in documents if UUID(document["service"]["id"]) not in listed)
        return [self._candidate(document, with_texts=False) for document in unlisted]

    def _candidate(self, document: Snapshot, *, with_texts: bool = True) -> Candidate:
        """Return a service as a candidate; without its texts it is relevant by its types only."""
        facts = cards.service_facts(document, today=clock.today())
        result = fit.fit(self.person, facts) if self._stated else None
        offered = _offered(document, facts, with_texts=with_texts) if self.wanted else None
        return Candidate(
            document,
            facts,
            offered,
            relevance(self.wanted, offered, known=self._known) if offered else 0.0,
            self._part(result) if result else Part.FITS,
            offered is not None and is_for_others(self.wanted, offered, known=self._known),
            result is not None and _is_closed(result),
            self._distance(facts),
        )

    def relevance_for(self, candidate: Candidate, *wanted: Wanted) -> float:
        """Return the relevance of a service for one chosen need, or for some words, alone."""
        return relevance(wanted, candidate.offered, known=self._known) if candidate.offered else 0

    def unused_words(self, candidates: Sequence[Candidate]) -> tuple[str, ...]:
        """Return the words without a meaning that none of these services has."""
        offered = [item.offered for item in candidates if item.offered]
        used = {word.text for word, wanted in self.words if any(weight_of(wanted, item) for item in offered)}
        return tuple(dict.fromkeys(word.text for word, _ in self.words if not word.codes and word.text not in used))

    def _build(self, documents: Iterable[Snapshot]) -> list[Candidate]:
        candidates = map(self._candidate, documents)
        return [item for item in candidates if item.relevance or not self.wanted]

    def _select_window(
        self, filters: Sequence[Group], *, after: tuple[int, int] = (0, 0)
    ) -> tuple[list[search.Match], search.Match | None]:
        size = WINDOW if self.wanted or self._stated else MIN_WINDOW
        matches = self._select([*filters, *self._groups], after=after, most=size + 1)
        window, more = matches[:size], matches[size:]
        any_term = _merge_groups(self._groups)
        if after == (0, 0) and any(any_term) and len(window) < MIN_WINDOW and len(self._groups) > 1:
            positions = {match.position for match in window}
            window += [m for m in self._select([*filters, any_term], most=WINDOW) if m.position not in positions]
        return window, window[size - 1] if more else None

    def _select(self, groups: list[Group], *, most: int, after: tuple[int, int] = (0, 0)) -> list[search.Match]:
        return search.select(search.tiers_by_distance(groups, *self.places), after=after, most=most)

    def _part(self, result: Fit) -> Part:
        stated = [reason for reason in result.because if reason.attribute in self._stated]
        if any(reason.effect is Effect.AGAINST for reason in stated):
            return Part.NO
        asks = any(reason.effect is Effect.ASK and reason.outcome in ASK_FIRST_OUTCOMES for reason in stated)
        return Part.ASK if asks else Part.FITS

    def _distance(self, facts: ServiceFacts) -> int:
        """Return how far a service is: 0 to 2 by its areas, or more in kilometres if other places are searched.

        Without a place, a service for the whole country is the nearest.
        """
        areas, home = facts.areas or frozenset(), self.query.home
        places = self.places or [home] * bool(home)
        is_local = catalogue.COUNTRY not in areas
        rank = min((fit.distance_rank(place, areas) for place in places), default=int(is_local))
        if not home or rank < fit.WIDER or not is_local:
            return rank
        distances = (catalogue.distance_km(home, area) for area in facts.districts or areas)
        return rank + min((km for km in distances if km is not None), default=FARTHEST_KM)


def _known_attributes(person: PersonFacts) -> frozenset[str]:
    """Return the attributes by which it is known whether the person belongs to an audience."""
    crews = frozenset({CREWS} if person.place == SEA else ())
    return crews | (fit.stated_attributes(person) & {"EL_SEX", "EL_AGE", "EL_NATIONALITY"})


def _is_closed(result: Fit) -> bool:
    against = {reason.attribute for reason in result.because if reason.effect is Effect.AGAINST}
    return against - {"EL_AREA"} == {"EL_TIME"}


def _index_terms(words: Sequence[SearchWord]) -> Iterator[list[Group]]:
    """Yield the terms of the index for each part of each typed word or phrase."""
    tokens = [_tokens_of(word) for word in words]
    groups = iter(search.forgiving_groups([*chain.from_iterable(tokens)]))
    yield from ([*islice(groups, len(parts))] for parts in tokens)


def _tokens_of(word: SearchWord) -> list[str]:
    return tokenize(word.text)[:MAX_WORDS_OF_PHRASE]


def _parse_word(word: SearchWord, groups: Sequence[Group]) -> tuple[Group, Wanted]:
    """Return the terms of the index, and the spellings and weights, of a typed word or phrase."""
    tokens, group = _tokens_of(word), _merge_groups(groups)
    weights = word.weights or dict.fromkeys(word.codes, 1.0)
    spoken = frozenset(code.removeprefix(TEXT_PREFIX) for code in word.codes if code.startswith(TEXT_PREFIX))
    codes = spoken | {queries.term_of(code) for code in word.codes if not code.startswith(TEXT_PREFIX)}
    if weights and len(tokens) > 1:
        return Group(codes), Wanted(weights=weights)
    starts = tuple(start for start in group.starts if len(start) >= MIN_PREFIX_LENGTH)
    # A word with a meaning is no misspelling of a name.
    spellings = group.terms & {*tokens} if weights else group.terms
    return Group(spellings | codes, group.starts), Wanted(spellings, starts, weights)


def _merge_groups(groups: Sequence[Group]) -> Group:
    """Return a group that matches what any of these matches."""
    return Group(
        frozenset(chain.from_iterable(group.terms for group in groups)),
        frozenset(chain.from_iterable(group.starts for group in groups)),
    )


def _offered(document: Snapshot, facts: ServiceFacts, *, with_texts: bool) -> Offered:
    service, provider = document["service"], document["provider"] or {"name": {}}
    known = catalogue.types()
    names = service["name"].values() if with_texts else ()
    texts = [*service["description"].values(), *provider["name"].values()] if with_texts else ()
    return Offered(
        [(code, known[code]["group"]) for code in service["types"]],
        audience(facts),
        frozenset(chain.from_iterable(map(tokenize, names))),
        frozenset(chain.from_iterable(map(tokenize, texts))),
    )
