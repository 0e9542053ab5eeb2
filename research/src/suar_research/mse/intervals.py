"""Intervals from replicates, BCa or by percentiles, and how far their limits still wander.

Source: Efron 1987, JASA 82, 171-185 (BCa); Chan, Silverman & Vincent 2021, section 3.
"""

from statistics import NormalDist

import numpy as np

from suar_research.answers import Limits, Numbers, percentile, quantiles
from suar_research.resampling import jackknife_error, without_each_block

PERCENTILE, BCA, SMOOTHED = "percentile", "bca", "smoothed"
KINDS = (PERCENTILE, BCA)
"""The first is shown unless another is asked for; which holds how often: docs/decisions/estimates.md"""
NORMAL = NormalDist()
# Replicates nearer to the estimate than this share of it are the estimate itself.
TIE = 1e-9


def smoothed(replicates: Numbers) -> float:
    """Give people in all, averaged over the choice of a model: the middle of the replicates.

    `replicates`, shape (replicates,), each with a choice of its own; those without an estimate are
    infinite and stay in as the largest, so that half of them make the middle infinite. The median
    is the same whether people, logarithms or the unseen are averaged (docs/decisions/estimates.md).
    Source: Efron 2014, JASA 109, 991-1007, section 2 (smoothing over the choice, there by the
    mean); Buehlmann 2003, in Recent Advances and Trends in Nonparametric Statistics, 19-34 (the
    median in its place).
    """
    return quantiles(replicates, (0.5,))[0]


def bca(estimate: float, replicates: Numbers, acceleration: float, level: float) -> Limits:
    """Give the bias-corrected and accelerated interval; a replicate tied with the estimate is half.

    With all replicates on one side of the estimate the correction is infinite: the limits are then
    the outermost replicate.
    `replicates`, shape (replicates,), and the limits are people; `level` is between 0 and 1, and
    any other raises StatisticsError.
    Source: Efron 1987, JASA 82, 171-185; as in Efron & Tibshirani 1993, section 14.3. Ties: own.
    """
    below = float((replicates < estimate * (1 - TIE)).mean())
    tied = float((np.abs(replicates - estimate) <= estimate * TIE).mean())
    share = below + tied / 2
    z0 = NORMAL.inv_cdf(share) if 0 < share < 1 else float(np.copysign(np.inf, share - 0.5))
    tail = (1 - level) / 2
    shares = [_moved(z0, acceleration, NORMAL.inv_cdf(each)) for each in (tail, 1 - tail)]
    low, high = quantiles(replicates, (shares[0], shares[1]))
    return Limits(level, low, high)


def _moved(z0: float, acceleration: float, z: float) -> float:
    if np.isinf(z0):
        return float(z0 > 0)
    return NORMAL.cdf(z0 + (z0 + z) / (1 - acceleration * (z0 + z)))


def acceleration(left_out: Numbers, people: Numbers) -> float:
    """Give the acceleration from estimates with one person left out of each combination.

    `left_out` and `people`, shape (combinations,): the estimate without one of the people there,
    and how many they are. Without any variation, or with an infinite estimate, 0.
    Raises ZeroDivisionError of nobody.
    Source: Efron & Tibshirani 1993, section 14.3 (by a jackknife over people).
    """
    if not np.isfinite(left_out).all():
        return 0.0
    apart = np.average(left_out, weights=people) - left_out
    spread = float((people * apart**2).sum())
    return float((people * apart**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0


def wander(estimate: float, replicates: Numbers, acceleration: float, level: float) -> float:
    """Give the larger Monte Carlo standard error of the two BCa limits, as a share of the limit.

    By a jackknife that leaves out one of 20 blocks of replicates at a time. An infinite limit
    does not wander as long as it is infinite without any block.
    `replicates`, shape (replicates,), at least 20. A level that is not between 0 and 1 raises
    StatisticsError.
    Source: own, docs/decisions/estimates.md (a jackknife over blocks of replicates).
    """

    def limits(rest: Numbers) -> tuple[float, float]:
        found = bca(estimate, rest, acceleration, level)
        return found.low, found.high

    return max(_spread(side) for side in without_each_block(replicates, limits).T)


def percentile_wander(replicates: Numbers, level: float) -> float:
    """Give the same of the two limits by percentiles.

    `replicates`, shape (replicates,), at least 20. Raises IndexError with fewer than two.
    Source: as `wander`.
    """

    def limits(rest: Numbers) -> tuple[float, float]:
        found = percentile(rest, level)
        return found.low, found.high

    return max(_spread(side) for side in without_each_block(replicates, limits).T)


def smoothed_wander(replicates: Numbers) -> float:
    """Give the same of the smoothed estimate."""

    def middle(rest: Numbers) -> tuple[float]:
        return (smoothed(rest),)

    return _spread(without_each_block(replicates, middle)[:, 0])


def _spread(side: Numbers) -> float:
    if np.isinf(side).all():
        return 0.0
    if np.isinf(side).any():
        return float("inf")
    return jackknife_error(side) / float(side.mean())
