"""Resampling of people with the choice of a model made anew each time, until the limits settle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from suar.insight.mse.intervals import acceleration, wander
from suar.insight.mse.tables import CaptureTable, Numbers
from suar.insight.running import Runner

BLOCK = 500


class Totals(Protocol):
    """A method that estimates how many people there are from many tables at once."""

    def totals(self, counts: Numbers) -> Numbers:
        """Estimate for each table, shape (rows, 2**lists); infinite where there is no estimate."""
        ...


@dataclass(frozen=True)
class Plan:
    """How many replicates: at least, at most, and when the 95% limits are held to be settled.

    `wander` is the Monte Carlo standard error of a limit as a share of that limit. With
    `least == most` the number is fixed and nothing is said about settling.
    """

    seed: int = 1
    least: int = 2_000
    most: int = 40_000
    wander: float = 0.01


@dataclass(frozen=True)
class Resampled:
    """An estimate with its replicates, shape (replicates,), and the acceleration for BCa."""

    estimate: float
    replicates: Numbers
    acceleration: float
    wander: float
    settled: bool


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
    """
    people = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(people, counts / people, size=replicates)
    return drawn.astype(np.float64)


def leave_one_out(method: Totals, counts: Numbers) -> tuple[Numbers, Numbers]:
    """Estimate with one person left out of each combination that holds anybody, and count them."""
    places = np.flatnonzero(counts)
    tables = np.repeat(counts[None], len(places), axis=0)
    tables[np.arange(len(places)), places] -= 1
    return method.totals(tables), counts[places]


def bootstrap(method: Totals, table: CaptureTable, plan: Plan, runner: Runner) -> Resampled:
    """Estimate, and draw replicates until the limits of the 95% BCa interval settle.

    The number of workers changes nothing: each block of 500 has its own seed, and settling is
    looked at after the same numbers of blocks.
    """
    counts = table.counts.astype(np.float64)
    estimate = float(method.totals(counts[None])[0])
    bend = acceleration(*leave_one_out(method, counts))
    found: list[Numbers] = []
    for size, blocks in _rounds(method, counts, plan):
        found.extend(runner.each(blocks, f"{size:,} replicates"))
        replicates = np.concatenate(found)
        moved = wander(estimate, replicates, bend, 0.95) if np.isfinite(estimate) else np.inf
        if moved <= plan.wander:
            break
    return Resampled(estimate, replicates, bend, moved, moved <= plan.wander)


def _rounds(method: Totals, counts: Numbers, plan: Plan) -> Iterable[tuple[int, list[Block]]]:
    """Give the blocks of each round; a round adds as many as half of what there is, or `least`."""
    seeds, done = np.random.SeedSequence(plan.seed), 0
    while done < plan.most:
        wanted = min(max(plan.least, done // 2), plan.most - done)
        sizes = [min(BLOCK, wanted - start) for start in range(0, wanted, BLOCK)]
        blocks = [
            Block(method, counts, seed, size)
            for seed, size in zip(seeds.spawn(len(sizes)), sizes, strict=True)
        ]
        done += wanted
        yield done, blocks
