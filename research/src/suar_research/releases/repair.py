"""Hiding a few more cells so that one hidden cell can move: quick, safe, not always the fewest.

Source: Kelly, Golden & Assad 1992, Cell suppression: disclosure protection for sensitive tabular
data, Networks 22, 397-417 (what one unit of movement costs stands for what hiding costs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from suar_research.releases.cells import Flags, Numbers, Sums
from suar_research.releases.programmes import NO_LIMIT, Programme

if TYPE_CHECKING:
    from suar_research.releases.suppression import Task

SMALL = 1e-7
# What moving a hidden cell costs: just enough not to move it for nothing.
FREE = 1e-5


class Repair:
    """Finds a cheap way for a cell to be higher than it is, by one linear programme for each cell.

    Each cell that may move has two columns: how much it rises and how much it falls.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._moves = task.must | task.may
        kept = task.sums.part(self._moves)
        self._cells = np.flatnonzero(self._moves)
        self._place = np.cumsum(self._moves) - 1
        self._room = (task.values - task.low)[self._cells]
        count = len(self._cells)
        nothing = np.zeros(kept.rows)
        self._programme = Programme(
            _both_ways(kept),
            np.zeros(2 * count),
            np.concatenate((np.full(count, NO_LIMIT), self._room)),
            nothing,
            nothing,
        )

    def rise(self, cell: int, amount: float, hidden: Flags) -> Numbers:
        """Give how much each cell moves, shape (cells,), where one cell rises by an amount.

        Raises Impossible when it cannot rise so much whatever is hidden.
        """
        at, count = int(self._place[cell]), len(self._cells)
        weight = np.where(hidden, FREE, self._task.weight)[self._cells] / amount
        falls = weight * np.maximum(1.0, amount / np.maximum(self._room, SMALL))
        self._programme.costs(np.concatenate((weight, falls)))
        self._programme.limit(at, amount, amount)
        self._programme.limit(count + at, 0.0, 0.0)
        try:
            found = self._programme.least().values
        finally:
            self._programme.limit(at, 0.0, NO_LIMIT)
            self._programme.limit(count + at, 0.0, float(self._room[at]))
        moved = np.zeros(self._task.sums.cells)
        moved[self._cells] = found[:count] - found[count:]
        return np.where(np.abs(moved) > SMALL, moved, 0.0)


def _both_ways(rows: Sums) -> Sums:
    """Double the columns: the second half takes away what the first adds."""
    start = rows.start * 2
    order = np.argsort(np.concatenate((rows.row, rows.row)), kind="stable")
    cell = np.concatenate((rows.cell, rows.cell + rows.cells))[order]
    coefficient = np.concatenate((rows.coefficient, -rows.coefficient))[order]
    return Sums(start, cell, coefficient, 2 * rows.cells)
