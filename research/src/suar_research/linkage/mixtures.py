"""Mixtures of strangers and matches: how alike pairs are, fitted without labels.

A list holds each person once. So any two records of one list are two people, and their similarity
shows how similar strangers are, without labels. Similarities between lists are then a mixture of
strangers and matches.
Source: Fellegi & Sunter 1969 (matches and non-matches, each with its own distribution); Qin 1999,
Annals of Statistics 27, 1368-1384 (a mixture beside a sample of one of its two parts, whose ratio
is exponential), fitted by EM as in Zou, Fine & Yandell 2002, Biometrika 89, 61-75. That the sample
of non-matches comes from inside the lists is own design, docs/decisions/linkage.md.

A person who stands twice on a list is as alike inside it as a match is between lists, and strangers
are then not seen there. Such double entries are found by the shape of strangers, whose similarities
fall off geometrically from the floor on, and united before lists are linked (own design, same page).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from suar_research.linkage.matching import Record

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]
WIDTH = 0.0025
MOST_ROUNDS, NEWTON_STEPS, SETTLED = 500, 30, 1e-3
RIDGE, FAR = 1e-3, 40.0
FARTHEST, CLOSE = 20.0, 1e-7


@dataclass(frozen=True, slots=True)
class Between:
    """Pairs of records of two lists, or of one, that are alike from a floor on.

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
    """All pairs from `floor` on: between lists, and inside each list, in the order of lists.

    `scale` is how many pairs there are between lists for each one inside a list, likely or not;
    `weights` how probably each pair inside a list is two people.
    """

    floor: float
    between: tuple[Between, ...]
    inside: tuple[Between, ...]
    scale: float
    weights: Numbers | None = None

    def strangers(self) -> Numbers:
        """Return the similarities of pairs inside lists, shape (strangers,)."""
        return np.concatenate([item.alike for item in self.inside])

    def counted(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return steps of similarity by their middles, and how many pairs between and inside lists fall on each."""
        edges = np.arange(self.floor - WIDTH / 2, 1 + WIDTH, WIDTH)
        alike = np.concatenate([item.alike for item in self.between])
        between = np.histogram(alike, edges)[0].astype(float)
        inside = np.histogram(self.strangers(), edges, weights=self.weights)[0].astype(float)
        return (edges[:-1] + edges[1:]) / 2, between, inside


def scale(people: Sequence[int]) -> float:
    """Return how many pairs there are between lists of so many people for each one inside a list."""
    across = sum(one * other for one, other in combinations(people, 2))
    return across / max(sum(number * (number - 1) / 2 for number in people), 1)


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
    middle, between, inside = seen.counted()
    # Of all who are surely or likely strangers, this share stands between lists.
    share = seen.scale / (1 + seen.scale)
    least = 1 / max(float(np.average(seen.strangers() - seen.floor, weights=seen.weights)), WIDTH)
    chance, line = _begun(between, seen.scale * inside), np.array([-least, least])
    for _ in range(MOST_ROUNDS):
        matches = between * chance
        line = fit_line(middle, matches, inside + between - matches, line)
        if line[1] < least:
            line = fit_line(middle, matches, inside + between - matches, line, slope=least)
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


def fit_line(
    middle: Numbers, matches: Numbers, strangers: Numbers, line: Numbers, slope: float | None = None
) -> Numbers:
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


FEWEST, TOP = 2, 0.25
"""Of the quarter of matches that are most alike, double entries have at least half of their share."""


def united(seen: Likenesses) -> tuple[Likenesses, tuple[Rows, ...]]:
    """Return likenesses of the first record of each person, and for each list the person of each row.

    The most alike pairs inside lists are united, as many as double entries are expected. The others
    count as strangers by their probability. Nothing is united where there are hardly any double entries.
    """
    copy = _double_entries(seen)
    if not (number := int(copy.sum())):
        return seen, ()
    least = float(np.sort(seen.strangers())[-number])
    places = tuple(_people(item, least) for item in seen.inside)
    first = [np.unique(place, return_index=True)[1] for place in places]
    between = tuple(_of_first(item, places, first) for item in seen.between)
    after, before = (sum(math.prod(item.people) for item in pairs) for pairs in (between, seen.between))
    return replace(seen, between=between, scale=seen.scale * after / before, weights=1 - copy), places


def _people(inside: Between, least: float) -> Rows:
    """Number the people of one list, in the order of their first records."""
    same, records = inside.alike >= least, inside.people[0]
    pairs = coo_array((np.ones(int(same.sum())), (inside.left[same], inside.right[same])), (records, records))
    people: Rows = connected_components(pairs, directed=False)[1].astype(np.int64)
    return people


def _of_first(item: Between, places: tuple[Rows, ...], first: list[Rows]) -> Between:
    """Return the pairs of the first records of people, by the number of the person."""
    one, other = item.lists
    taken = np.isin(item.left, first[one]) & np.isin(item.right, first[other])
    left, right = places[one][item.left[taken]], places[other][item.right[taken]]
    return Between(item.lists, (len(first[one]), len(first[other])), left, right, item.alike[taken])


def _double_entries(seen: Likenesses) -> Numbers:
    """Return the probability of each pair inside a list that it is one person; 0 for all if hardly any are."""
    middle, between, inside = seen.counted()
    steps = np.arange(1 + np.flatnonzero(between + inside).max(initial=1))
    high, between, inside = steps / steps[-1], between[: len(steps)], inside[: len(steps)]
    match = copy = 1 / (1 + np.exp(8 - 20 * high))
    line = np.array([-8.0, 20.0])
    for _ in range(MOST_ROUNDS):
        matches, copies = between * match, inside * copy
        rest = between + inside - matches - copies
        fall = float(rest @ steps) / max(float(rest @ (steps + 1)), 1.0)
        strangers = rest.sum() * (1 - fall) * fall**steps
        line = fit_line(high, matches + copies, strangers, line)
        odds = np.exp(np.clip(line[0] + line[1] * high, -FAR, FAR))
        share = matches.sum() / max(float((matches + copies).sum()), 1.0)
        before, match = match, 1 - 1 / (1 + odds * share * (1 + 1 / seen.scale))
        copy = 1 - 1 / (1 + odds * (1 - share) * (1 + seen.scale))
        if between @ np.abs(match - before) < SETTLED:
            break
    matches, copies = between * match, inside * copy
    top = np.cumsum(matches) >= (1 - TOP) * matches.sum()
    begin = high[(match >= 0.5).argmax()]
    # Strangers whose tail is not geometric are no second part: they fall off from where it begins.
    tail = (matches + copies) @ (high - begin) < (1 - begin) / 3 * (matches + copies).sum()
    if tail or copies[top].sum() < max(FEWEST, TOP / 2 * copies.sum()):
        copy = np.zeros_like(copy)
    chance: Numbers = np.interp(seen.strangers(), middle[: len(steps)], copy)
    return chance
