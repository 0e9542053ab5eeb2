"""Inequalities that every safe choice satisfies, proved by attacks.

Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47, 1008-1027, sections 3 and 4.
Theirs ask for protection of the cells that were sensitive; ours of every hidden cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from suar_research.releases.attack import Attack, Weak
from suar_research.releases.cells import Numbers, Sums, Whole
from suar_research.releases.programmes import NO_LIMIT, Programme

if TYPE_CHECKING:
    from suar_research.releases.suppression import Task

SMALL = 1e-7
# How many times the demanded width a cell is let rise where it is hidden whole. Only how good an
# inequality is depends on it, never whether it is true.
RISE = 4.0


class Cuts:
    """Attacks tables in which each cell is hidden in part: a share from 0 (shown) to 1 (hidden)."""

    def __init__(self, task: Task) -> None:
        self._task, self._moves = task, task.must | task.may
        self._attack = Attack(task.sums, task.values, task.low, self._moves, whole=False)
        self._place = np.cumsum(self._moves) - 1
        self._values = task.values[self._moves]
        self._room = np.minimum(self._values - task.low[self._moves], NO_LIMIT)
        self._rise = RISE * max(float(task.demand.max()), 1.0)

    def at(self, share: Numbers) -> None:
        """Hide each cell in part, shape (cells,)."""
        share = share[self._moves]
        self._attack.within(self._values - share * self._room, self._values + share * self._rise)
        self._attack.see(self._values)

    def weak(self, share: Numbers) -> list[Weak]:
        """List the cells that are protected less than their share asks."""
        self.at(share)
        return self._attack.weak((self._task.demand * share)[self._moves])

    def proved(self, cell: int) -> tuple[Numbers, float]:
        """Give an inequality for one cell: coefficients, shape (cells,), and what they reach."""
        task, at = self._task, int(self._place[cell])
        demand = float(task.demand[cell])
        above, below = self._attack.limit(at, -1.0), self._attack.limit(at, 1.0)
        by = np.minimum(self._reach(above, cell, -1.0) + self._reach(below, cell, 1.0), demand)
        by[cell] -= demand
        return by, -float(by[task.must].sum())

    def _reach(self, weights: Numbers, cell: int, sign: float) -> Numbers:
        """Say how far hiding each cell lets one cell move, by the weights of the sums."""
        left = -self._task.sums.turned(weights)
        left[cell] += sign
        left[np.abs(left) < SMALL] = 0.0
        room = np.minimum(self._task.values - self._task.low, NO_LIMIT)
        return np.where(left < 0, NO_LIMIT, np.where(left > 0, left * room, 0.0))


def cover(task: Task, free: Whole) -> Programme:
    """Begin with what is plain: a hidden cell needs another hidden one in each of its sums."""
    number = np.full(task.sums.cells, -1)
    number[free] = np.arange(len(free))
    movable, rows = task.must | task.may, []
    for at in range(task.sums.rows):
        cells = task.sums.cell[task.sums.start[at] : task.sums.start[at + 1]]
        must = cells[task.must[cells]]
        others = cells[movable[cells] & ~task.must[cells]]
        if len(must) == 1 and len(others) and task.demand[must[0]]:
            rows.append([(int(number[each]), 1.0) for each in others])
    count = len(free)
    programme = Programme(
        Sums.of(rows, count), np.zeros(count), np.ones(count), np.ones(len(rows)), np.full(len(rows), NO_LIMIT)
    )
    programme.costs(task.weight[free])
    return programme
