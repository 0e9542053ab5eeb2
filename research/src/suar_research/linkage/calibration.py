"""Whether probabilities mean what they say, where it is known who is whom.

Source: Brier 1950, Monthly Weather Review 78, 1-3 (score); Murphy & Winkler 1977, Applied
Statistics 26, 41-47 (reliability: of pairs said to be likely so and so, how many are).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from suar_research.linkage.chances import Candidates, Chances
from suar_research.linkage.judging import Rate, Truth, rate
from suar_research.linkage.likenesses import Numbers

BANDS = (0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs told as likely from `low` to `high`: how many, as likely on average, truly one."""

    low: float
    high: float
    pairs: int
    told: float
    true: Rate


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How well probabilities of the pairs looked at agree with what is true.

    `brier` is the mean squared distance from 0 or 1; `brier_of_none` that of one probability for
    all. `unseen` counts true pairs that were not alike enough to be looked at at all.
    """

    bands: tuple[Band, ...]
    brier: float
    brier_of_none: float
    expected: float
    true: int
    unseen: int


def calibrated(known: Chances, truth: Truth) -> Calibrated:
    """Compare the probabilities of pairs of two lists with what is true of them.

    Probabilities are from 0 to 1. Raises StopIteration where `truth` is of lists that were not
    compared.
    Source: Brier 1950, Monthly Weather Review 78, 1-3; Murphy & Winkler 1977, Applied Statistics
    26, 41-47.
    """
    pairs, wanted = _of(known, truth)
    same = np.array(
        [pair in wanted for pair in zip(pairs.between.left.tolist(), pairs.between.right.tolist(), strict=True)],
        float,
    )
    return Calibrated(
        tuple(_bands(pairs.chance, same)),
        float(((pairs.chance - same) ** 2).mean()) if len(same) else 0.0,
        float(same.var()) if len(same) else 0.0,
        float(pairs.chance.sum()),
        int(same.sum()),
        len(wanted) - int(same.sum()),
    )


def _of(known: Chances, truth: Truth) -> tuple[Candidates, frozenset[tuple[int, int]]]:
    """Find the pairs of the two lists, and turn true pairs to their order."""
    turned = truth.lists[0] > truth.lists[1]
    wanted = frozenset((b, a) for a, b in truth.pairs) if turned else truth.pairs
    lists = tuple(sorted(truth.lists))
    return next(each for each in known.pairs if each.between.lists == lists), wanted


def _bands(chance: Numbers, same: Numbers) -> Iterator[Band]:
    for low, high in pairwise(BANDS):
        held = (chance >= low) & ((chance < high) | (high == BANDS[-1]))
        found = rate(int(same[held].sum()), int(held.sum()))
        if found:
            yield Band(low, high, int(held.sum()), float(chance[held].mean()), found)
