"""Intervals for shares, tests of two-way tables, and correction for several tests.

The exact test of a table larger than 2 x 2, where it can be had; else by drawing tables.

Columns are filled one after another; what was filled so far is kept only as what each row still
needs and how likely the way there was. A way is closed as soon as the likeliest or unlikeliest
way on decides about it.

Source: Freeman & Halton 1951, Biometrika 38, 141-149 (test); Mehta & Patel 1983, JASA 78, 427-434
(network, longest and shortest path); Patefield 1981, Applied Statistics 30, 91-97 (drawing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from suar_research.answers import Limits, Numbers

Counts = NDArray[np.int64]
LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """The first share minus the second, from -1 to 1, with its interval."""

    value: float
    limits: Limits


@dataclass(frozen=True)
class Fisher:
    """A two-sided p-value and the conditional odds ratio.

    The odds ratio and its limits may be 0 or infinite, and are None if a margin is empty.
    """

    p: float
    odds: float | None
    limits: Limits | None


@dataclass(frozen=True)
class Pearson:
    """The chi-square test without correction, Cramer's V, and the smallest expected count."""

    statistic: float
    freedom: int
    p: float
    v: float
    expected: float


def clopper_pearson(count: int, base: int, level: float = LEVEL) -> Limits:
    """Return the exact interval of the share count/base; its coverage is never below `level`.

    Raises nothing: for a base of 0 the limits are 0 and 1.
    Source: Clopper & Pearson 1934, Biometrika 26, 404-413.
    """
    return _interval(count, base, level, "exact") if base else Limits(level, 0.0, 1.0)


def wilson(count: int, base: int, level: float = LEVEL) -> Limits:
    """Return the score interval of the share count/base.

    Raises ValueError for a base of 0.
    Source: Wilson 1927, JASA 22, 209-212.
    """
    return _interval(count, base, level, "wilson")


def _interval(count: int, base: int, level: float, method: str) -> Limits:
    result = stats.binomtest(count, base).proportion_ci(level, method=method)
    return Limits(level, float(result.low), float(result.high))


def newcombe(first: tuple[int, int], second: tuple[int, int], level: float = LEVEL) -> Difference:
    """Compare two shares, each given as (count, base), by their Wilson intervals.

    Raises ValueError for a base of 0.
    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10.
    """
    one, other = first[0] / first[1], second[0] / second[1]
    mine, theirs = wilson(*first, level), wilson(*second, level)
    low = one - other - sqrt((one - mine.low) ** 2 + (theirs.high - other) ** 2)
    high = one - other + sqrt((mine.high - one) ** 2 + (other - theirs.low) ** 2)
    return Difference(one - other, Limits(level, low, high))


def fisher(table: Counts, level: float = LEVEL) -> Fisher:
    """Test a table of shape (2, 2) and estimate the conditional odds ratio with its exact interval.

    Raises nothing.
    Source: Fisher 1935, The Design of Experiments, chapter 2; Cornfield 1956, Proceedings of the
    Third Berkeley Symposium 4, 135-148 (interval).
    """
    if not (table.sum(axis=0).all() and table.sum(axis=1).all()):
        return Fisher(1.0, None, None)
    odds = stats.contingency.odds_ratio(table, kind="conditional")
    result = odds.confidence_interval(level)
    return Fisher(
        float(stats.fisher_exact(table).pvalue),
        float(odds.statistic),
        Limits(level, float(result.low), float(result.high)),
    )


def pearson(table: Counts) -> Pearson:
    """Test a table of shape (rows, columns) without empty rows or columns.

    Raises ValueError for an empty row or column.
    Source: Pearson 1900, Philosophical Magazine 50, 157-175; Cramer 1946, Mathematical Methods of
    Statistics, chapter 21 (V).
    """
    result = stats.chi2_contingency(table, correction=False)
    v = sqrt(result.statistic / (table.sum() * (min(table.shape) - 1)))
    return Pearson(float(result.statistic), int(result.dof), float(result.pvalue), v, float(result.expected_freq.min()))


def holm(p_values: list[float]) -> list[float]:
    """Correct p-values for their number. Source: Holm 1979, Scandinavian J. Statistics 6, 65-70."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = largest
    return adjusted


Ways = tuple[Numbers, Numbers]
# Ways of filling looked at, and kept at one time, before the test gives up being exact.
MOST_WAYS, MOST_STORED, MOST_FILLINGS = 1_000_000, 500_000, 20_000
# Draws of a table, fewer where it has very many cells.
DRAWS, FEWEST_DRAWS, MOST_CELLS = 100_000, 10_000, 30_000_000
ROUNDED = 9
# Two tables of the same probability differ in the last digits of floating point.
ALIKE = 1e-7


@dataclass(frozen=True)
class ExactTest:
    """A two-sided p; for drawn tables with its 99% interval and the number of draws."""

    p: float
    draws: int = 0
    limits: Limits | None = None


class TooLarge(Exception):
    """There are too many tables with these margins to look at."""


def exact_test(table: Counts, seed: int) -> ExactTest:
    """Test a table of counts, shape (rows, columns), without empty rows or columns.

    Raises nothing: where the table is too large for it, tables are drawn, and the answer says so.
    Source: Freeman & Halton 1951, Biometrika 38, 141-149; Mehta & Patel 1983, JASA 78, 427-434.
    """
    try:
        return ExactTest(Network(table).p())
    except TooLarge:
        draws = min(DRAWS, max(FEWEST_DRAWS, MOST_CELLS // table.size))
        return drawn(table, seed, draws)


@dataclass(frozen=True)
class Steps:
    """One column filled from every state: where each way begins and ends, and how likely it is.

    `starts` has one place per state and one more; `ends` and `terms` one per way, the term being
    the logarithm of 1 / product of a!. `states`, shape (states, rows), is what rows still need.
    """

    states: Counts
    starts: Counts
    ends: Counts
    terms: Numbers


class Network:
    """All tables with the margins of one table, as ways through what its rows still need."""

    def __init__(self, table: Counts) -> None:
        table = table.T if table.shape[0] > table.shape[1] else table
        self.columns = np.sort(table.sum(axis=0))[::-1]
        self.logs = special.gammaln(np.arange(1.0, int(table.sum()) + 2))
        self.seen = -float(self.logs[table].sum())
        states = -np.sort(-table.sum(axis=1))[None]
        self.constant = float(self.logs[states].sum() + self.logs[self.columns].sum() - self.logs[-1])
        self.stages: list[Steps] = []
        for total in self.columns.tolist():
            steps, states = self._filled(states, total)
            self.stages.append(steps)
        self.bounds = self._bounds()

    def _filled(self, states: Counts, total: int) -> tuple[Steps, Counts]:
        """Fill one column from every state; raises TooLarge."""
        left, terms, sizes = [], [], []
        for state in states:
            filled = fillings(state, total)
            sizes.append(len(filled))
            if sum(sizes) > MOST_WAYS:
                raise TooLarge
            left.append(-np.sort(-(state - filled), axis=1))
            terms.append(-self.logs[filled].sum(axis=1))
        there, ends = np.unique(np.concatenate(left), axis=0, return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return Steps(states, starts, ends.ravel(), np.concatenate(terms)), there

    def _bounds(self) -> list[tuple[Numbers, Numbers]]:
        """Return the likeliest and unlikeliest way to the end from each state of each stage."""
        bounds = [(np.zeros(1), np.zeros(1))]
        for steps in reversed(self.stages):
            most, least = bounds[0]
            first = steps.starts[:-1]
            bounds.insert(
                0,
                (
                    np.maximum.reduceat(steps.terms + most[steps.ends], first),
                    np.minimum.reduceat(steps.terms + least[steps.ends], first),
                ),
            )
        return bounds

    def p(self) -> float:
        """Sum the chances of all tables no likelier than the one seen; raises TooLarge."""
        selected = [(np.zeros(1), np.zeros(1))]
        total = 0.0
        for stage in range(len(self.stages)):
            closed, selected = self._one_column(stage, selected)
            total += closed
        return min(total, 1.0)

    def _one_column(self, stage: int, selected: Sequence[Ways]) -> tuple[float, list[Ways]]:
        """Go one column on; give the chance that is closed as no likelier, and the ways left."""
        steps, (most, least) = self.stages[stage], self.bounds[stage + 1]
        rest, closed, open_ = self._rest(stage), 0.0, []
        for at, (past, weight) in enumerate(selected):
            part = slice(*steps.starts[at : at + 2])
            ends = steps.ends[part]
            if len(past) * len(ends) > MOST_STORED:
                raise TooLarge
            ways = past[:, None] + steps.terms[part]
            less = ways + most[ends] <= self.seen + ALIKE
            chances = np.exp(ways + weight[:, None] + rest[ends] + self.constant)
            closed += float(chances[less].sum())
            going = ~less & (ways + least[ends] <= self.seen + ALIKE)
            rows, columns = np.nonzero(going)
            open_.append((ends[columns], ways[going], weight[rows]))
        return closed, _merged(open_, len(rest))

    def _rest(self, stage: int) -> Numbers:
        """Sum 1 / product of a! over all ways on from each state, as a logarithm: a multinomial."""
        after, left = stage + 1, self.columns[stage + 1 :]
        states = self.stages[after].states if len(left) else np.zeros((1, 1), dtype=np.int64)
        rows = self.logs[states].sum(axis=1)
        return np.asarray(self.logs[left.sum()] - rows - self.logs[left].sum())


def _merged(parts: Sequence[tuple[Counts, Numbers, Numbers]], states: int) -> list[Ways]:
    """Take ways of one state and one chance together, with the logarithm of how many they are."""
    ends, past, weight = (np.concatenate(item) for item in zip(*parts, strict=True))
    if len(ends) > MOST_STORED:
        raise TooLarge
    past = np.round(past, ROUNDED)
    order = np.lexsort((past, ends))
    ends, past, weight = ends[order], past[order], weight[order]
    new = np.ones(len(ends), dtype=bool)
    new[1:] = (np.diff(ends) > 0) | (np.diff(past) > 0)
    first = np.flatnonzero(new)
    weight = np.log(np.add.reduceat(np.exp(weight), first)) if len(first) else weight
    cuts = np.searchsorted(ends[first], np.arange(1, states))
    return list(zip(np.split(past[first], cuts), np.split(weight, cuts), strict=True))


def fillings(state: Counts, total: int) -> Counts:
    """List every way to spread `total` over rows with room for `state`, shape (ways, rows)."""
    room = np.concatenate([np.cumsum(state[::-1])[::-1], [0]])
    result, left = np.zeros((1, 0), dtype=np.int64), np.array([total])
    for at, most in enumerate(state.tolist()):
        low = np.maximum(left - room[at + 1], 0)
        sizes = np.minimum(left, most) - low + 1
        if sizes.sum() > MOST_FILLINGS:
            raise TooLarge
        chosen = np.repeat(low, sizes) + _counting(sizes)
        result = np.column_stack([np.repeat(result, sizes, axis=0), chosen])
        left = np.repeat(left, sizes) - chosen
    return result


def _counting(sizes: Counts) -> Counts:
    """Count 0, 1, ... within each size: [2, 3] gives 0, 1, 0, 1, 2."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)


def drawn(table: Counts, seed: int, draws: int) -> ExactTest:
    """Draw tables with the same margins; p counts the table seen as one of the draws."""
    chance = np.random.default_rng(seed)
    logs = special.gammaln(np.arange(1.0, int(table.sum()) + 2))
    seen = -float(logs[table].sum())
    left = np.repeat(table.sum(axis=1)[None], draws, axis=0)
    likely = np.zeros(draws)
    for size in table.sum(axis=0).tolist()[:-1]:
        column = _columns(left, size, chance)
        likely -= logs[column].sum(axis=1)
        left = left - column
    likely -= logs[left].sum(axis=1)
    result = int((likely <= seen + ALIKE).sum())
    return ExactTest((result + 1) / (draws + 1), draws, clopper_pearson(result, draws, 0.99))


def _columns(left: Counts, size: int, chance: np.random.Generator) -> Counts:
    """Fill one column of every table, row after row, by hypergeometric draws."""
    wanted = np.full(len(left), size)
    after = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    filled = []
    for here, on in pairwise(range(left.shape[1])):
        drawn = chance.hypergeometric(left[:, here], after[:, on], wanted)
        filled.append(drawn)
        wanted = wanted - drawn
    return np.column_stack([*filled, wanted])
