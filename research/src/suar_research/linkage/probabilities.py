"""The probability that each pair is one person: from similarity, then from who else could be meant.

Each record of a list is at most one record of the other. All ways to pair records are weighed by
the product of the odds of their pairs; the probability of a pair is its share in that sum, computed
by message passing: exact where candidates form no circle, nearly so elsewhere, always converging.
Source: Bayati, Gamarnik, Katz, Nair & Tetali 2007, STOC, 122-127 (matchings by correlation decay).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from suar_research.coverage import texts
from suar_research.files import refuse
from suar_research.linkage import matching
from suar_research.linkage.matching import Matched, Pair, Pairs, Record, Tokens, pairs_above
from suar_research.linkage.mixtures import (
    FAR,
    SETTLED,
    Between,
    Likenesses,
    Mixture,
    Numbers,
    Rows,
    fitted,
    scale,
    united,
)
from suar_research.linkage.tokens import TokenFile

LOWEST, STEP = 0.4, 0.01
TRIED, ROWS = 3_000, 4_096
FEWEST_PEOPLE, FEWEST_STRANGERS = 25, 20
TEXTS = texts("linkage.likenesses")
TOO_FEW: str = TEXTS["too_few"]
TOO_ALIKE: str = TEXTS["too_alike"]


def gathered(lists: Sequence[TokenFile]) -> Likenesses:
    """Compare all records, between lists and inside each; raises Unreadable when they are few.

    Likenesses are Dice coefficients from 0 to 1, shape (pairs,).
    Source: own, docs/decisions/linkage.md (strangers are known from inside lists).
    """
    sizes = [len(item.tokens) for item in lists]
    refuse([TOO_FEW] if min(sizes) < FEWEST_PEOPLE else [])
    floor = _floor([item.tokens for item in lists])
    inside = tuple(
        Between((at, at), (sizes[at], sizes[at]), *alike_inside(item.tokens, floor)) for at, item in enumerate(lists)
    )
    refuse([TOO_FEW] if sum(len(item.alike) for item in inside) < FEWEST_STRANGERS else [])
    pairs = tuple(
        Between(
            (one, other),
            (sizes[one], sizes[other]),
            *pairs_above(lists[one].tokens, lists[other].tokens, floor, too_many=TOO_ALIKE),
        )
        for one, other in combinations(range(len(lists)), 2)
    )
    return Likenesses(floor, pairs, inside, scale(sizes))


def alike_inside(tokens: Tokens, least: float) -> Pairs:
    """Return the pairs of records of one list that are alike from `least` on, each two of them once.

    `tokens`, shape (people, bytes); returns rows and their Dice coefficients as `matching.pairs_above`.
    Raises Unreadable when too many are alike to be of different people.
    """
    result = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for start in range(0, len(tokens), ROWS):
        one, other, alike = pairs_above(tokens[start : start + ROWS], tokens[start:], least, too_many=TOO_ALIKE)
        once = one < other
        result.append((one[once] + start, other[once] + start, alike[once]))
    left, right, alike = (np.concatenate(item) for item in zip(*result, strict=True))
    return left, right, alike


def _floor(lists: Sequence[Tokens]) -> float:
    """Choose the least similarity: as many strangers between lists reach it as there are people.

    With fewer, the similarity of strangers is not known well; with more, matches are rare. It is
    read from pairs inside each list, of evenly chosen records where the list is long.
    """
    people = sum(map(len, lists))
    share = people / sum(len(one) * len(other) for one, other in combinations(lists, 2))
    alike = np.concatenate([_some_inside(tokens) for tokens in lists])
    at = len(alike) - 1 - min(int(share * len(alike)), len(alike) - 1)
    return max(LOWEST, round(float(np.partition(alike, at)[at]) // STEP * STEP, 2))


def _some_inside(tokens: Tokens) -> NDArray[np.float32]:
    """Return the similarities of all pairs of at most 3,000 records of one list."""
    some = tokens[np.linspace(0, len(tokens) - 1, min(len(tokens), TRIED)).astype(int)]
    bits = np.unpackbits(some, axis=1).astype(np.float32)
    both = bits @ bits.T
    total = np.maximum(np.add.outer(both.diagonal(), both.diagonal()), 1)
    alike: NDArray[np.float32] = (2 * both / total)[np.triu_indices(len(some), 1)]
    return alike


ROUNDS, PRIOR_ROUNDS, MESSAGES_SETTLED = 500, 50, 1e-7


def log_prior(people: tuple[int, int], matches: float) -> float:
    """Return the logarithm by which odds change when records are given away once.

    Of `people` one by other pairs, `matches` are expected. A record competes only with those that
    are not given away yet; when nearly all are, the few left are likelier to belong together.
    """
    one, other = (item - min(matches, item) + 1 for item in people)
    return float(np.log(people[0] * people[1] / (one * other)))


def probabilities(left: Rows, right: Rows, odds: Numbers) -> Numbers:
    """Return the probability of each pair, shape (pairs,), from its odds when nobody competes."""
    if not len(odds):
        return np.zeros(0)
    lefts, rights = _Ends(left), _Ends(right)
    to_left = odds
    for _ in range(ROUNDS):
        before = to_left
        to_right = odds / (1 + lefts.others(to_left))
        to_left = odds / (1 + rights.others(to_right))
        if float((np.abs(to_left - before) / (1 + to_left)).max()) < MESSAGES_SETTLED:
            break
    against = (1 + lefts.others(to_left)) * (1 + rights.others(to_right))
    shares: Numbers = odds / (odds + against)
    return shares


class _Ends:
    """Pairs grouped by the record of one list at which they end."""

    def __init__(self, ends: Rows) -> None:
        self._order = np.argsort(ends, kind="stable")
        ordered = ends[self._order]
        new = np.r_[True, ordered[1:] != ordered[:-1]]
        self._starts, self._group = np.flatnonzero(new), np.cumsum(new) - 1

    def others(self, messages: Numbers) -> Numbers:
        """Sum for each pair the messages of the other pairs that end at the same record."""
        ordered = messages[self._order]
        greatest = np.maximum.reduceat(ordered, self._starts)[self._group] == ordered
        # A sum less its greatest part would lose what is small beside it.
        rest = np.where(greatest, 0.0, ordered)
        whole, small = (np.add.reduceat(item, self._starts) for item in (ordered, rest))
        several = np.add.reduceat(greatest.astype(float), self._starts)[self._group] > 1
        result = np.empty_like(messages)
        result[self._order] = np.where(greatest & ~several, small[self._group], whole[self._group] - ordered)
        return result


Answers = Mapping[tuple[Record, Record], bool]
"""Answers of reviewers: True if a pair is one person."""
LEAST = 0.5
"""Of strangers more alike than any that were seen, half a pair is held possible."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs between two lists with the odds that they are one person when nobody competes.

    `log_odds` and `chance`, shape (pairs,): the logarithm of the odds with the prior of records
    given away once, and the probability beside all others. `beneath` is what `log_odds` would be
    of a pair that is just not alike enough to be looked at.
    """

    between: Between
    log_odds: Numbers
    chance: Numbers
    beneath: float


@dataclass(frozen=True, slots=True)
class Chances:
    """The probabilities of all pairs from a similarity `floor` on.

    `alike_inside` counts pairs of one list that would be taken for one person on two. None is told
    as likelier than `most`: such pairs are as sure as any can be. `places` number the people of each
    list by their rows where double entries were united.
    """

    pairs: tuple[Candidates, ...]
    floor: float
    alike_inside: int
    most: float = 1.0
    places: tuple[Rows, ...] = ()

    def first_records(self, lists: Sequence[TokenFile]) -> Sequence[TokenFile]:
        """Return the lists with the first record of each person."""
        if not self.places:
            return lists
        rows = [np.unique(place, return_index=True)[1].tolist() for place in self.places]
        return [
            replace(file, codes=tuple(file.codes[row] for row in first), tokens=file.tokens[first])
            for file, first in zip(lists, rows, strict=True)
        ]

    def double_entries(self, lists: Sequence[TokenFile]) -> dict[str, int]:
        """Return how many double entries were united, by organisation."""
        more = {lists[at].organisation: len(place) - 1 - int(place.max()) for at, place in enumerate(self.places)}
        return {name: number for name, number in more.items() if number}

    @property
    def expected(self) -> float:
        """Count the matches that are expected among all pairs looked at."""
        return float(sum(item.chance.sum() for item in self.pairs))

    def listed(self, least: float) -> list[Pair]:
        """Return pairs with a probability from `least` on as `joined` takes them, likeliest first.

        Of equally likely ones the more similar is first.
        """
        rows = [
            (-chance, -alike, *records)
            for candidates in self.pairs
            for records, alike, chance in zip(
                candidates.between.records(), candidates.between.alike.tolist(), candidates.chance.tolist(), strict=True
            )
            if chance >= least
        ]
        return [Pair(one, other, -chance) for chance, _, one, other in sorted(rows)]

    def alike(self) -> dict[tuple[Record, Record], float]:
        """Return the similarity of each pair that was compared."""
        similarities: dict[tuple[Record, Record], float] = {}
        for candidates in self.pairs:
            between = candidates.between
            similarities |= zip(between.records(), between.alike.tolist(), strict=True)
        return similarities


def of_tokens(lists: Sequence[TokenFile]) -> Chances:
    """Learn from tokens alone; raises Unreadable where there are too few people.

    Probabilities are from 0 to 1, shape (pairs,).
    Source: own, docs/decisions/linkage.md; see `fitted` and `probabilities`.
    """
    return learnt(gathered(lists))


def learnt(seen: Likenesses) -> Chances:
    """Return the probabilities of all pairs of people by the mixture that is fitted to them."""
    seen, places = united(seen)
    return replace(chances(seen, fitted(seen), _most(seen)), places=places)


def chances(seen: Likenesses, line: Mixture, most: float = 1.0) -> Chances:
    """Return the probabilities of all pairs by a mixture, none higher than `most`."""
    beneath = float(line.log_odds(np.array([seen.floor]))[0])
    result = tuple(candidates(item, line.log_odds(item.alike), beneath, most=most) for item in seen.between)
    return Chances(result, seen.floor, int((line.log_odds(_apart(seen)) > 0).sum()), most)


def candidates(between: Between, log_odds: Numbers, beneath: float, *, most: float = 1.0) -> Candidates:
    """Let the pairs of two lists compete; none is more probable than `most`.

    `log_odds`, shape (pairs,), are those of one pair by its likeness alone; `beneath` is what they
    would be just under the floor. The number of matches behind the prior is the one that comes out
    after the competition: before it, one record with several rivals counts several times. Raises nothing.
    Source: own, docs/decisions/linkage.md (a record has at most one other on a list).
    """
    matches = 0.0
    for _ in range(PRIOR_ROUNDS):
        more = log_prior(between.people, matches)
        chance = probabilities(between.left, between.right, np.exp(log_odds + more))
        before, matches = matches, float(chance.sum())
        if matches - before < SETTLED:
            break
    return Candidates(between, log_odds + more, np.minimum(chance, most), beneath + more)


def _apart(seen: Likenesses) -> Numbers:
    strangers = seen.strangers()
    return strangers if seen.weights is None else strangers[seen.weights > 0.5]


def _most(seen: Likenesses) -> float:
    """Return the greatest probability that what was looked at allows to tell.

    Above the most alike strangers no error can be seen; up to half a pair of strangers, as there
    are more pairs between lists than inside, may stand there unseen. The same above the second, and
    all further ones, with the strangers that are more alike: one pair of twins says little of all.
    """
    alike = np.sort(np.concatenate([item.alike for item in seen.between]))
    strangers = np.append(-np.sort(-_apart(seen)), 0.0)
    above = len(alike) - np.searchsorted(alike, strangers, side="right")
    unseen = (np.arange(len(strangers)) + LEAST) * seen.scale / (above + 1)
    return 1 - min(float(unseen.min()), LEAST)


def answered(known: Chances, answers: Answers) -> Chances:
    """Take what was looked at as known: a yes leaves nobody else for the two, a no is no pair."""
    yes = {pair for pair, same in answers.items() if same}
    taken = {(record, other[0]) for one, two in yes for record, other in ((one, two), (two, one))}
    pairs = tuple(_answered(item, answers, taken) for item in known.pairs)
    return replace(known, pairs=pairs, most=1.0)


def _answered(item: Candidates, answers: Answers, taken: set[tuple[Record, int]]) -> Candidates:
    one, other = item.between.lists
    log_odds = item.log_odds.copy()
    for at, pair in enumerate(item.between.records()):
        if answers.get(pair):
            log_odds[at] = FAR
        elif pair in answers or (pair[0], other) in taken or (pair[1], one) in taken:
            log_odds[at] = -FAR
    chance = probabilities(item.between.left, item.between.right, np.exp(log_odds))
    return replace(item, log_odds=log_odds, chance=chance)


def joined(lists: Sequence[TokenFile], known: Chances, probable: float) -> Matched:
    """Make one person of two records from `probable` on, the likeliest first."""
    return matching.joined(lists, known.listed(probable), probable)
