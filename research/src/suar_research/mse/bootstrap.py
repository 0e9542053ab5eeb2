"""Resampling of people, choosing a model anew each time, until the limits settle; BCa and percentiles.

Source: Efron 1987, JASA 82, 171-185 (BCa); Chan, Silverman & Vincent 2021, section 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

import numpy as np

from suar_research.answers import Limits, limits_95, quantiles
from suar_research.mse.tables import CaptureTable, Numbers
from suar_research.running import Plan, Runner, jackknife_error, until_settled, without_one_block

ONE_SIDED = "nearly all replicates are on one side of the estimate, so there is no BCa interval"
PERCENTILE, BCA, SMOOTHED = "percentile", "bca", "smoothed"
KINDS = (PERCENTILE, BCA)
"""The first is shown unless another is asked for; which holds how often: docs/decisions/estimates.md"""
NORMAL = NormalDist()
# Replicates nearer to the estimate than this share of it are the estimate itself.
TIE = 1e-9


def smoothed(replicates: Numbers) -> float:
    """Return people in all, averaged over the choice of a model: the middle of the replicates.

    `replicates`, shape (replicates,), each with a choice of its own; those without an estimate are
    infinite and stay in as the largest, so that half of them make the middle infinite. The median
    is the same whether people, logarithms or the unseen are averaged (docs/decisions/estimates.md).
    Source: Efron 2014, JASA 109, 991-1007, section 2 (smoothing over the choice, there by the
    mean); Buehlmann 2003, in Recent Advances and Trends in Nonparametric Statistics, 19-34 (the
    median in its place).
    """
    return quantiles(replicates, (0.5,))[0]


def bca(estimate: float, replicates: Numbers, acceleration: float, level: float) -> Limits:
    """Return the bias-corrected and accelerated interval; a replicate tied with the estimate is half.

    With all replicates on one side of the estimate the correction is infinite, and ValueError is raised.
    `replicates`, shape (replicates,), and the limits are people; `level` is between 0 and 1, and
    any other raises StatisticsError.
    Source: Efron 1987, JASA 82, 171-185; as in Efron & Tibshirani 1993, section 14.3. Ties: own.
    """
    below = float((replicates < estimate * (1 - TIE)).mean())
    tied = float((np.abs(replicates - estimate) <= estimate * TIE).mean())
    share = below + tied / 2
    if not 0 < share < 1:
        raise ValueError(ONE_SIDED)
    z0 = NORMAL.inv_cdf(share)
    tail = (1 - level) / 2
    shares = [_moved(z0, acceleration, NORMAL.inv_cdf(item)) for item in (tail, 1 - tail)]
    low, high = quantiles(replicates, (shares[0], shares[1]))
    if low == high and replicates.min() < replicates.max():
        raise ValueError(ONE_SIDED)
    return Limits(level, low, high)


def _moved(z0: float, acceleration: float, z: float) -> float:
    return NORMAL.cdf(z0 + (z0 + z) / (1 - acceleration * (z0 + z)))


def acceleration(left_out: Numbers, people: Numbers) -> float:
    """Return the acceleration from estimates with one person left out of each combination.

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


def wander(replicates: Numbers, figures: Callable[[Numbers], tuple[float, ...]]) -> float:
    """Return the largest Monte Carlo standard error of some figures of replicates, as a share of the figure.

    By a jackknife that leaves out one of 20 blocks of replicates at a time. An infinite figure
    does not wander as long as it is infinite without any block.
    `replicates`, shape (replicates,), at least 20. Raises what `figures` raises.
    Source: own, docs/decisions/estimates.md (a jackknife over blocks of replicates).
    """
    return max(_spread(side) for side in without_one_block(replicates, figures).T)


def _spread(side: Numbers) -> float:
    if np.isinf(side).all():
        return 0.0
    if np.isinf(side).any():
        return float("inf")
    return jackknife_error(side) / float(side.mean())


class Totals(Protocol):
    """A method that estimates how many people there are from many tables at once."""

    def totals(self, counts: Numbers) -> Numbers:
        """Estimate for each table, shape (rows, 2**lists); infinite where there is no estimate."""
        ...


@dataclass(frozen=True)
class Resampled:
    """An estimate with its replicates, shape (replicates,), and the acceleration for BCa.

    `settled` speaks of the interval that had to settle, `unsettled` names all that had not.
    """

    estimate: float
    replicates: Numbers
    acceleration: float
    wander: float
    settled: bool
    unsettled: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A piece of the work: replicates of one table by one method from one seed of its own."""

    method: Totals
    counts: Numbers
    seed: np.random.SeedSequence
    replicates: int

    def __call__(self) -> Numbers:
        """Draw the tables and estimate from each."""
        return self.method.totals(resample(self.counts, self.replicates, self.seed))


def resample(counts: Numbers, replicates: int, seed: np.random.SeedSequence) -> Numbers:
    """Draw as many people as there are, with replacement, again and again.

    Returns shape (replicates, 2**lists). The same seed gives the same tables anywhere.
    Raises ValueError for a table of nobody.
    Source: Efron 1979, Annals of Statistics 7, 1-26.
    """
    people = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(people, counts / people, size=replicates)
    return drawn.astype(np.float64)


def leave_one_out(method: Totals, counts: Numbers) -> tuple[Numbers, Numbers]:
    """Estimate with one person left out of each combination that holds anybody, and count them.

    `counts`, shape (2**lists,). Both have shape (combinations with anybody,): people estimated,
    infinite where there is no estimate, and people there. Raises what the method raises.
    Source: Efron & Tibshirani 1993, section 14.3 (jackknife of the acceleration).
    """
    places = np.flatnonzero(counts)
    tables = np.repeat(counts[None], len(places), axis=0)
    tables[np.arange(len(places)), places] -= 1
    return method.totals(tables), counts[places]


def bootstrap(method: Totals, table: CaptureTable, plan: Plan, runner: Runner) -> Resampled:
    """Estimate, and draw replicates until the 95% limits that `plan` names settle.

    The number of workers changes nothing.
    Estimate and replicates are people. Raises Lost when whoever does the work goes away, and what
    the method raises.
    Source: Chan, Silverman & Vincent 2021, section 3 (the choice is made anew in each).
    """
    counts = table.counts.astype(np.float64)
    estimate = float(method.totals(counts[None])[0])
    bend = acceleration(*leave_one_out(method, counts))

    def block(seed: np.random.SeedSequence, size: int) -> Block:
        return Block(method, counts, seed, size)

    def moved(replicates: Numbers) -> float:
        return _wanders(estimate, replicates, bend)[plan.interval]()

    replicates, far = until_settled(block, moved, plan, runner)
    wanders = _wanders(estimate, replicates, bend)
    unsettled = tuple(name for name, moves in wanders.items() if moves() > plan.wander)
    return Resampled(estimate, replicates, bend, far, far <= plan.wander, unsettled)


def _wanders(estimate: float, replicates: Numbers, bend: float) -> dict[str, Callable[[], float]]:
    """Return how to ask of each figure how far it still moves, as a share of it."""
    if not np.isfinite(estimate):
        return dict.fromkeys((PERCENTILE, BCA, SMOOTHED), lambda: np.inf)

    def bca_limits(rest: Numbers) -> tuple[float, float]:
        try:
            limits = bca(estimate, rest, bend, 0.95)
        except ValueError:
            return np.inf, np.inf
        return limits.low, limits.high

    return {
        PERCENTILE: lambda: wander(replicates, limits_95),
        BCA: lambda: wander(replicates, bca_limits),
        SMOOTHED: lambda: wander(replicates, lambda rest: (smoothed(rest),)),
    }
