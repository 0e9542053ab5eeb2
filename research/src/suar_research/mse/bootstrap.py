"""Resampling of people with the choice of a model made anew each time, until the limits settle."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from suar_research.mse.intervals import (
    BCA,
    PERCENTILE,
    SMOOTHED,
    acceleration,
    percentile_wander,
    smoothed_wander,
    wander,
)
from suar_research.mse.tables import CaptureTable, Numbers
from suar_research.resampling import Plan, until_settled
from suar_research.running import Runner


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

    Gives shape (replicates, 2**lists). The same seed gives the same tables anywhere.
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
    """Give how to ask of each figure how far it still moves, as a share of it."""
    if not np.isfinite(estimate):
        return dict.fromkeys((PERCENTILE, BCA, SMOOTHED), lambda: np.inf)
    return {
        PERCENTILE: lambda: percentile_wander(replicates, 0.95),
        BCA: lambda: wander(estimate, replicates, bend, 0.95),
        SMOOTHED: lambda: smoothed_wander(replicates),
    }
