"""Replicates in blocks with seeds of their own, until the limits of an interval settle."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from suar_research.answers import Numbers
from suar_research.running import Piece, Runner

BLOCK = 500
LEFT_OUT = 20

Making = Callable[[np.random.SeedSequence, int], Piece]


@dataclass(frozen=True)
class Plan:
    """How many replicates: at least, at most, and when the 95% limits are held to be settled.

    `wander` is the Monte Carlo standard error of a limit as a share of that limit. With
    `least == most` the number is fixed. Latent classes take turns by `least`, and settle by a rule
    of their own. `interval` is which one of an estimate of multiple systems must settle, and is
    shown first.
    """

    seed: int = 1
    least: int = 2_000
    most: int = 40_000
    wander: float = 0.01
    interval: str = "percentile"


def until_settled(
    block: Making, moved: Callable[[Numbers], float], plan: Plan, runner: Runner
) -> tuple[Numbers, float]:
    """Draw replicates until their limits settle; give all of them and how far limits still move.

    `block` makes the piece of work for a seed and a number of replicates; its results are laid one
    under the other, shape (replicates, ...). The number of workers changes nothing: each block of
    500 has its own seed, and settling is looked at after the same numbers of blocks.
    """
    found: list[Numbers] = []
    far = np.inf
    for size, blocks in _rounds(block, plan):
        found.extend(runner.each(blocks, f"{size:,} replicates"))
        far = moved(np.concatenate(found))
        if far <= plan.wander:
            break
    return np.concatenate(found), far


def _rounds(block: Making, plan: Plan) -> Iterable[tuple[int, list[Piece]]]:
    """Give the blocks of each round; a round adds as many as half of what there is, or `least`."""
    seeds, done = np.random.SeedSequence(plan.seed), 0
    while done < plan.most:
        wanted = min(max(plan.least, done // 2), plan.most - done)
        sizes = [min(BLOCK, wanted - start) for start in range(0, wanted, BLOCK)]
        done += wanted
        yield (
            done,
            [block(seed, size) for seed, size in zip(seeds.spawn(len(sizes)), sizes, strict=True)],
        )


def without_each_block(replicates: Numbers, limits: Callable[[Numbers], tuple[float, ...]]) -> Numbers:
    """Give the limits with one of 20 blocks of replicates left out at a time: shape (20, sides)."""
    blocks = np.array_split(replicates, LEFT_OUT)
    rest = (np.concatenate([each for place, each in enumerate(blocks) if place != out]) for out in range(LEFT_OUT))
    return np.array([limits(each) for each in rest])


def jackknife_error(left_out: Numbers) -> float:
    """Give the standard error from values with one block left out each, shape (blocks,)."""
    apart = left_out - left_out.mean()
    return float(np.sqrt((len(left_out) - 1) / len(left_out) * (apart**2).sum()))
