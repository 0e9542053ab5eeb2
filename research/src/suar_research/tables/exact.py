"""The exact test of a table larger than 2 x 2, where it can be had; else by drawing tables.

Columns are filled one after another; what was filled so far is kept only as what each row still
needs and how likely the way there was. A way is closed as soon as the likeliest or unlikeliest
way on decides about it.

Source: Freeman & Halton 1951, Biometrika 38, 141-149 (test); Mehta & Patel 1983, JASA 78, 427-434
(network, longest and shortest path); Patefield 1981, Applied Statistics 30, 91-97 (drawing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import special

from suar_research.answers import Limits, Numbers
from suar_research.tables.statistics import Counts, clopper_pearson

Ways = tuple[Numbers, Numbers]
# Ways of filling looked at, and kept at one time, before the test gives up being exact.
MOST_WAYS, MOST_KEPT, MOST_FILLINGS = 1_000_000, 500_000, 20_000
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
        """Give the likeliest and unlikeliest way to the end from each state of each stage."""
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
        kept = [(np.zeros(1), np.zeros(1))]
        total = 0.0
        for stage in range(len(self.stages)):
            closed, kept = self._one_column(stage, kept)
            total += closed
        return min(total, 1.0)

    def _one_column(self, stage: int, kept: Sequence[Ways]) -> tuple[float, list[Ways]]:
        """Go one column on; give the chance that is closed as no likelier, and the ways left."""
        steps, (most, least) = self.stages[stage], self.bounds[stage + 1]
        rest, closed, open_ = self._rest(stage), 0.0, []
        for at, (past, weight) in enumerate(kept):
            part = slice(*steps.starts[at : at + 2])
            ends = steps.ends[part]
            if len(past) * len(ends) > MOST_KEPT:
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
    ends, past, weight = (np.concatenate(each) for each in zip(*parts, strict=True))
    if len(ends) > MOST_KEPT:
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
    found, left = np.zeros((1, 0), dtype=np.int64), np.array([total])
    for at, most in enumerate(state.tolist()):
        low = np.maximum(left - room[at + 1], 0)
        sizes = np.minimum(left, most) - low + 1
        if sizes.sum() > MOST_FILLINGS:
            raise TooLarge
        chosen = np.repeat(low, sizes) + _counting(sizes)
        found = np.column_stack([np.repeat(found, sizes, axis=0), chosen])
        left = np.repeat(left, sizes) - chosen
    return found


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
    found = int((likely <= seen + ALIKE).sum())
    return ExactTest((found + 1) / (draws + 1), draws, clopper_pearson(found, draws, 0.99))


def _columns(left: Counts, size: int, chance: np.random.Generator) -> Counts:
    """Fill one column of every table, row after row, by hypergeometric draws."""
    wanted = np.full(len(left), size)
    after = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    filled = []
    for here, on in pairwise(range(left.shape[1])):
        got = chance.hypergeometric(left[:, here], after[:, on], wanted)
        filled.append(got)
        wanted = wanted - got
    return np.column_stack([*filled, wanted])
