"""The probability that each pair is one person: from similarity, then from who else could be meant.

A list holds each person once. So any two records of one list are two people, and their similarity
shows how similar strangers are, without labels. Similarities between lists are then a mixture of
strangers and matches.
Source: Fellegi & Sunter 1969 (matches and non-matches, each with its own distribution); Qin 1999,
Annals of Statistics 27, 1368-1384 (a mixture beside a sample of one of its two parts, whose ratio
is exponential), fitted by EM as in Zou, Fine & Yandell 2002, Biometrika 89, 61-75. That the sample
of non-matches comes from inside the lists is own design, docs/decisions/linkage.md.

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
from suar_research.linkage.matching import Matched, Pair, Record, Tokens, pairs_above
from suar_research.linkage.tokens import TokenFile

LOWEST, STEP = 0.4, 0.01
TRIED, ROWS = 3_000, 4_096
FEWEST_PEOPLE, FEWEST_STRANGERS = 25, 20
TEXTS = texts("linkage.likenesses")
TOO_FEW: str = TEXTS["too_few"]
TOO_ALIKE: str = TEXTS["too_alike"]
Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Between:
    """Pairs of records of two lists that are alike from a floor on.

    `lists` are the places of the two, `people` how many each holds; `left`, `right` and `alike`
    have shape (pairs,).
    """

    lists: tuple[int, int]
    people: tuple[int, int]
    left: Rows
    right: Rows
    alike: Numbers

    def records(self) -> list[tuple[Record, Record]]:
        """Return the two records of each pair."""
        one, other = self.lists
        return [
            ((one, left), (other, right)) for left, right in zip(self.left.tolist(), self.right.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Likenesses:
    """All pairs from `floor` on: between lists, and likenesses inside lists, shape (strangers,).

    `scale` is how many pairs there are between lists for each one inside a list, likely or not.
    """

    floor: float
    between: tuple[Between, ...]
    inside: Numbers
    scale: float


def gathered(lists: Sequence[TokenFile]) -> Likenesses:
    """Compare all records, between lists and inside each; raises Unreadable when they are few.

    Likenesses are Dice coefficients from 0 to 1, shape (pairs,).
    Source: own, docs/decisions/linkage.md (strangers are known from inside lists).
    """
    sizes = [len(item.tokens) for item in lists]
    refuse([TOO_FEW] if min(sizes) < FEWEST_PEOPLE else [])
    floor = _floor([item.tokens for item in lists])
    inside = np.concatenate([alike_inside(item.tokens, floor) for item in lists])
    refuse([TOO_FEW] if len(inside) < FEWEST_STRANGERS else [])
    pairs = tuple(
        Between(
            (one, other),
            (sizes[one], sizes[other]),
            *pairs_above(lists[one].tokens, lists[other].tokens, floor, too_many=TOO_ALIKE),
        )
        for one, other in combinations(range(len(lists)), 2)
    )
    return Likenesses(floor, pairs, inside, scale(sizes))


def scale(people: Sequence[int]) -> float:
    """Return how many pairs there are between lists of so many people for each one inside a list."""
    across = sum(one * other for one, other in combinations(people, 2))
    return across / max(sum(number * (number - 1) / 2 for number in people), 1)


def alike_inside(tokens: Tokens, least: float) -> Numbers:
    """Return the similarities of records of one list, from `least` on, each two of them once.

    `tokens`, shape (people, bytes); returns Dice coefficients, shape (pairs,), from 0 to 1. Raises
    Unreadable when too many are alike to be of different people.
    Source: as `similarity.pairs_above`.
    """
    result = [np.zeros(0)]
    for start in range(0, len(tokens), ROWS):
        one, other, alike = pairs_above(tokens[start : start + ROWS], tokens[start:], least, too_many=TOO_ALIKE)
        result.append(alike[one < other])
    return np.concatenate(result)


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


WIDTH = 0.0025
MOST_ROUNDS, NEWTON_STEPS, SETTLED = 500, 30, 1e-3
RIDGE, FAR = 1e-3, 40.0
FARTHEST, CLOSE = 20.0, 1e-7


@dataclass(frozen=True, slots=True)
class Mixture:
    """The logarithm of the odds of a match: `start + slope * likeness`."""

    start: float
    slope: float

    def log_odds(self, alike: Numbers) -> Numbers:
        """Return the logarithm of the odds that records so alike are one person; shape as given."""
        return np.clip(self.start + self.slope * alike, -FAR, FAR)


def fitted(seen: Likenesses) -> Mixture:
    """Fit by EM: strangers inside lists stay strangers, pairs between lists may be either.

    Likenesses are counted in steps of 0.0025. Each round weighs pairs between lists by how likely
    they are matches, then asks by which straight line in log odds matches differ from strangers.
    Strangers grow rare as likeness grows; matches may not, where likeness begins to be looked at:
    without that, a chance surplus of faint likenesses would be taken for matches.
    Log odds come as a function of likeness from 0 to 1. Raises nothing.
    Source: Qin 1999, Annals of Statistics 27, 1368-1384; Zou, Fine & Yandell 2002, Biometrika 89,
    61-75 (EM).
    """
    alike = np.concatenate([item.alike for item in seen.between])
    edges = np.arange(seen.floor - WIDTH / 2, 1 + WIDTH, WIDTH)
    middle = (edges[:-1] + edges[1:]) / 2
    between, inside = (np.histogram(item, edges)[0].astype(float) for item in (alike, seen.inside))
    # Of all who are surely or likely strangers, this share stands between lists.
    share = seen.scale / (1 + seen.scale)
    least = 1 / max(float((seen.inside - seen.floor).mean()), WIDTH)
    chance, line = _begun(between, seen.scale * inside), np.array([-least, least])
    for _ in range(MOST_ROUNDS):
        matches = between * chance
        line = _line(middle, matches, inside + between - matches, line)
        if line[1] < least:
            line = _line(middle, matches, inside + between - matches, line, slope=least)
        odds = np.exp(np.clip(line[0] + line[1] * middle, -FAR, FAR)) / share
        before, chance = chance, odds / (1 + odds)
        if float(between @ np.abs(chance - before)) < SETTLED:
            break
    return Mixture(float(line[0] - np.log(share)), float(line[1]))


def _begun(between: Numbers, strangers: Numbers) -> Numbers:
    """Begin with what is seen more often between lists than strangers would be, never falling."""
    more = (between - strangers) / np.maximum(between, 1)
    begun: Numbers = np.maximum.accumulate(np.clip(more, 0.001, 0.999))
    return begun


def _line(middle: Numbers, matches: Numbers, strangers: Numbers, line: Numbers, slope: float | None = None) -> Numbers:
    """Fit a logistic line to weighted likenesses by Newton steps, hardly held back.

    With a `slope` only where the line starts is fitted.
    """
    rows = np.stack([np.ones_like(middle), middle], axis=1)
    whole = matches + strangers
    if slope is not None:
        line = np.array([line[0] + (line[1] - slope) * middle.mean(), slope])
    for _ in range(NEWTON_STEPS):
        share = 1 / (1 + np.exp(-np.clip(rows @ line, -FAR, FAR)))
        rise = rows.T @ (matches - whole * share) - RIDGE * line
        bend = rows.T @ ((whole * share * (1 - share))[:, None] * rows) + RIDGE * np.eye(2)
        if slope is None:
            step = np.linalg.solve(bend, rise)
        else:
            step = np.array([rise[0] / bend[0, 0], 0.0])
        line = line + step * min(1.0, FARTHEST / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < CLOSE:
            break
    return line


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
    as likelier than `most`: such pairs are as sure as any can be.
    """

    pairs: tuple[Candidates, ...]
    floor: float
    alike_inside: int
    most: float = 1.0

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
    """Return the probabilities of all pairs by the mixture that is fitted to them."""
    return chances(seen, fitted(seen), _most(seen))


def chances(seen: Likenesses, line: Mixture, most: float = 1.0) -> Chances:
    """Return the probabilities of all pairs by a mixture, none higher than `most`."""
    beneath = float(line.log_odds(np.array([seen.floor]))[0])
    result = tuple(candidates(item, line.log_odds(item.alike), beneath, most=most) for item in seen.between)
    return Chances(result, seen.floor, int((line.log_odds(seen.inside) > 0).sum()), most)


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


def _most(seen: Likenesses) -> float:
    """Return the greatest probability that what was looked at allows to tell.

    Above the most alike strangers no error can be seen; up to half a pair of strangers, as there
    are more pairs between lists than inside, may stand there unseen.
    """
    alike = np.concatenate([item.alike for item in seen.between])
    above = int((alike > seen.inside.max(initial=0.0)).sum())
    return 1 - min(LEAST * seen.scale / (above + 1), LEAST)


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
