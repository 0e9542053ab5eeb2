"""Intervals for shares, tests of two-way tables, and correction for several tests."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from suar_research.answers import Limits

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
    found = stats.binomtest(count, base).proportion_ci(level, method=method)
    return Limits(level, float(found.low), float(found.high))


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
    found = odds.confidence_interval(level)
    return Fisher(
        float(stats.fisher_exact(table).pvalue),
        float(odds.statistic),
        Limits(level, float(found.low), float(found.high)),
    )


def pearson(table: Counts) -> Pearson:
    """Test a table of shape (rows, columns) without empty rows or columns.

    Raises ValueError for an empty row or column.
    Source: Pearson 1900, Philosophical Magazine 50, 157-175; Cramer 1946, Mathematical Methods of
    Statistics, chapter 21 (V).
    """
    found = stats.chi2_contingency(table, correction=False)
    v = sqrt(found.statistic / (table.sum() * (min(table.shape) - 1)))
    return Pearson(float(found.statistic), int(found.dof), float(found.pvalue), v, float(found.expected_freq.min()))


def holm(p_values: list[float]) -> list[float]:
    """Correct p-values for their number. Source: Holm 1979, Scandinavian J. Statistics 6, 65-70."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = largest
    return adjusted
