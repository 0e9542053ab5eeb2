"""Estimates that fix the number of people, and the intervals of their profile likelihood.

Source: Cormack 1992, Biometrics 48, 567-576; Baillargeon & Rivest 2007, Journal of Statistical
Software 19(5) (the profile of the multinomial likelihood).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import lgamma
from statistics import NormalDist

import numpy as np

from suar_research.mse.fitting import Family
from suar_research.mse.tables import Numbers

FARTHEST = 2.0**40
TURNS = 60


@dataclass(frozen=True)
class Profile:
    """A maximum-likelihood estimate of people, and limits by level; the upper may be infinite."""

    estimate: float
    limits: dict[float, tuple[float, float]]


def profile(counts: Numbers, family: Family, chosen: np.ndarray, levels: tuple[float, ...] = (0.95, 0.8)) -> Profile:
    """Estimate people from one table, shape (2**lists,), under one model, shape (terms,).

    Estimate and limits are people. Raises nothing: the upper limit may be infinite. The Poisson
    model must have an estimate.
    Source: Cormack 1992, Biometrics 48, 567-576 (profile likelihood interval).
    """
    first = family.fit(counts[None], chosen[None])
    seen, near = float(counts.sum()), float(first.unseen[0])
    height = _Height(counts, family, chosen, first.parameters[0])
    best = _peak(height, max(near, 1.0))
    top = float(height(np.array([best]))[0])
    drops = [NormalDist().inv_cdf((1 + level) / 2) ** 2 / 2 for level in levels]
    low = _crossing(height, best, top - np.array(drops), downwards=True)
    high = _crossing(height, best, top - np.array(drops), downwards=False)
    return Profile(seen + best, {item: (seen + a, seen + b) for item, a, b in zip(levels, low, high, strict=True)})


class _Height:
    """The profile log-likelihood at numbers of unseen people, shape (rows,)."""

    def __init__(self, counts: Numbers, family: Family, chosen: np.ndarray, start: Numbers) -> None:
        self._counts, self._family, self._chosen, self._start = counts, family, chosen, start

    def __call__(self, unseen: Numbers) -> Numbers:
        rows = np.repeat(self._counts[None].astype(float), len(unseen), axis=0)
        rows[:, 0] = unseen
        chosen = np.repeat(self._chosen[None], len(unseen), axis=0)
        start = np.repeat(self._start[None], len(unseen), axis=0)
        expected = self._family.fit(rows, chosen, start, whole=True).expected
        everybody = rows.sum(axis=1, keepdims=True)
        parts = np.where(expected > 0, expected, 1.0) / everybody
        ways = [lgamma(a + 1) - lgamma(b + 1) for a, b in zip(everybody[:, 0], unseen, strict=True)]
        return np.asarray(np.array(ways) + (rows * np.log(parts)).sum(axis=1))


def _peak(height: Callable[[Numbers], Numbers], near: float) -> float:
    """Find the top by narrowing a grid of logarithms round the best point."""
    low, high = np.log(near) - 2.0, np.log(near) + 2.0
    for _ in range(30):
        grid = np.linspace(low, high, 9)
        best = int(np.argmax(height(np.exp(grid))))
        width = grid[1] - grid[0]
        low, high = grid[best] - width, grid[best] + width
        if width < 1e-7:
            break
    return float(np.exp((low + high) / 2))


def _crossing(height: Callable[[Numbers], Numbers], best: float, wanted: Numbers, *, downwards: bool) -> Numbers:
    """Find where the likelihood falls to each wanted height, on one side of its top."""
    near = np.full(len(wanted), best)
    far = np.zeros(len(wanted)) if downwards else near * 2.0
    while not downwards and (above := height(far) > wanted).any() and far.max() < FARTHEST:
        far = np.where(above, far * 2.0, far)
    for _ in range(TURNS):
        middle = (near + far) / 2
        inside = height(middle) > wanted
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.where(far >= FARTHEST, np.inf, (near + far) / 2)
