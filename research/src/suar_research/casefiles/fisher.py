"""Fisher's exact test of a 2 x 2 table, with the conditional odds ratio and its exact interval.

Source: Fisher 1935, The Design of Experiments, chapter 2; Cornfield 1956, Proceedings of the Third
Berkeley Symposium 4, 135-148 (interval); Agresti 2002, Categorical Data Analysis, 3.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf

import numpy as np
from numpy.typing import NDArray

from suar_research.answers import Limits, Numbers
from suar_research.casefiles.tails import halved

# Two tables of the same chance differ in the last digits of a computer.
ALIKE = 1e-7
FARTHEST = 1_000.0


@dataclass(frozen=True)
class Fisher:
    """What the test says: two-sided p, odds ratio (may be 0 or infinite, None without spread)."""

    p: float
    odds: float | None
    limits: Limits | None


class Margins:
    """Every 2 x 2 table with these margins: by the count in its first cell, and how likely."""

    def __init__(self, table: NDArray[np.int64]) -> None:
        (a, b), (c, d) = table.tolist()
        first, second, column = a + b, c + d, a + c
        self.seen = a
        self.counts = np.arange(max(0, column - second), min(first, column) + 1)
        logs = log_factorials(first + second)
        self._logs = -(
            logs[self.counts]
            + logs[first - self.counts]
            + logs[column - self.counts]
            + logs[second - column + self.counts]
        )

    def chances(self, log_odds: float = 0.0) -> Numbers:
        """Give the chance of each count when the logarithm of the odds ratio is `log_odds`."""
        logs = self._logs + self.counts * log_odds
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum())

    def mean(self, log_odds: float) -> float:
        """Give the mean count."""
        return float(self.chances(log_odds) @ self.counts)

    def at_least(self, log_odds: float) -> float:
        """Give the chance of as many as were seen, or more."""
        return float(self.chances(log_odds)[self.counts >= self.seen].sum())

    def at_most(self, log_odds: float) -> float:
        """Give the chance of as many as were seen, or fewer."""
        return float(self.chances(log_odds)[self.counts <= self.seen].sum())


def fisher(table: NDArray[np.int64], level: float = 0.95) -> Fisher:
    """Test a table of shape (2, 2): p sums the chances of all tables no likelier than this one.

    The odds ratio is the conditional maximum likelihood estimate, not a*d/(b*c); the interval is
    made of two one-sided tests, as Cornfield's.
    Raises nothing; the odds ratio and its limits may be 0 or infinite.
    Source: Fisher 1935, chapter 2; Cornfield 1956 (interval).
    """
    margins = Margins(table)
    chances = margins.chances()
    seen = chances[margins.counts == margins.seen][0]
    p = float(chances[chances <= seen * (1 + ALIKE)].sum())
    if len(margins.counts) == 1:
        return Fisher(1.0, None, None)
    return Fisher(min(p, 1.0), _odds(margins), _limits(margins, level))


def _odds(margins: Margins) -> float:
    if margins.seen == margins.counts[0]:
        return 0.0
    if margins.seen == margins.counts[-1]:
        return inf
    return exp(halved(lambda at: margins.mean(at) - margins.seen, -FARTHEST, FARTHEST))


def _limits(margins: Margins, level: float) -> Limits:
    tail = (1 - level) / 2
    low, high = 0.0, inf
    if margins.seen != margins.counts[0]:
        low = exp(halved(lambda at: margins.at_least(at) - tail, -FARTHEST, FARTHEST))
    if margins.seen != margins.counts[-1]:
        at = halved(lambda at: tail - margins.at_most(at), -FARTHEST, FARTHEST)
        high = exp(at) if at < np.log(np.finfo(float).max) else inf
    return Limits(level, low, high)


def log_factorials(upto: int) -> Numbers:
    """Give log 0!, log 1!, ... log upto!, shape (upto + 1,)."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, upto + 1, dtype=np.float64)))])
