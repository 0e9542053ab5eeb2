"""Intervals for a share, and for the difference between two shares.

Source: Clopper & Pearson 1934, Biometrika 26, 404-413; Wilson 1927, JASA 22, 209-212; Newcombe
1998, Statistics in Medicine 17, 873-890 (method 10: hybrid score, without continuity correction).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from suar_research.answers import Limits
from suar_research.casefiles.tails import beta_quantile, normal_quantile

LEVEL = 0.95


@dataclass(frozen=True)
class Difference:
    """How much larger the first share is than the second, between -1 and 1, with its interval."""

    value: float
    limits: Limits


def clopper_pearson(count: int, base: int, level: float = LEVEL) -> Limits:
    """Give the exact interval of `count` of `base`; its true level is never under `level`.

    Limits are shares from 0 to 1. Raises nothing: of nobody the limits are 0 and 1.
    Source: Clopper & Pearson 1934, Biometrika 26, 404-413.
    """
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else beta_quantile(tail, count, base - count + 1)
    high = 1.0 if count == base else beta_quantile(1 - tail, count + 1, base - count)
    return Limits(level, low, high)


def wilson(count: int, base: int, level: float = LEVEL) -> Limits:
    """Give the score interval of `count` of `base`, whose level is right on average.

    Limits are shares from 0 to 1. Raises ZeroDivisionError for a base of nobody.
    Source: Wilson 1927, JASA 22, 209-212.
    """
    z = normal_quantile(level)
    share, spread = count / base, z * z / base
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / base + spread / (4 * base))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return Limits(level, 0.0 if count == 0 else low, 1.0 if count == base else high)


def newcombe(first: tuple[int, int], second: tuple[int, int], level: float = LEVEL) -> Difference:
    """Compare two shares, each given as count and base, by their Wilson intervals.

    The difference is from -1 to 1. Raises ZeroDivisionError for a base of nobody.
    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10.
    """
    one, other = first[0] / first[1], second[0] / second[1]
    mine, theirs = wilson(*first, level), wilson(*second, level)
    low = one - other - sqrt((one - mine.low) ** 2 + (theirs.high - other) ** 2)
    high = one - other + sqrt((mine.high - one) ** 2 + (other - theirs.low) ** 2)
    return Difference(one - other, Limits(level, low, high))
