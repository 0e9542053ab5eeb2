"""What somebody can work out about hidden cells from the cells that are shown.

The attacker knows every shown cell, how cells add up, and the least that a hidden cell can be.
What is left for a hidden cell is an interval, found by two linear programmes. Each programme
answers with a whole table that is possible, which says something about every other hidden cell too.

Source: Willenborg & de Waal 2001, Elements of Statistical Disclosure Control, chapter 9.
"""

from dataclasses import dataclass

import numpy as np

from suar_research.releases.cells import Flags, Numbers, Sums
from suar_research.releases.programmes import Impossible, Programme

TOLERANCE = 1e-6
# More people than anybody asks an interval to be wide.
FAR = 10_000.0


@dataclass(frozen=True, slots=True)
class Weak:
    """A cell whose interval is too narrow: its lowest value and its width."""

    cell: int
    lowest: float
    width: float


class Attack:
    """Works out intervals of hidden cells.

    `values`, shape (cells,): what is shown; of hidden cells they are not looked at. `low`: the
    least each can be, may be minus infinity. `hidden`: shape (cells,). Raises Impossible when
    shown cells contradict each other. `whole`: the attacker knows that counts are whole numbers,
    and narrows intervals to those. Below, "shape (hidden,)" is one number for each hidden cell, in
    order.
    """

    def __init__(self, sums: Sums, values: Numbers, low: Numbers, hidden: Flags, *, whole: bool = True) -> None:
        self._whole = whole
        self._sums, self.cells = sums, np.flatnonzero(hidden)
        shown = np.where(hidden, 0.0, values)
        right, kept = -sums.times(shown), sums.part(hidden)
        used = np.diff(kept.start) > 0
        if np.abs(right[~used]).max(initial=0.0) > TOLERANCE:
            raise Impossible("shown cells do not add up")
        self._used, right = np.flatnonzero(used), right[used]
        self._limits = (low[hidden], np.full(len(self.cells), _most(shown, low)))
        self._programme = Programme(kept.without_empty(), *self._limits, right, right)
        self._programme.only_costs_change()
        self._forget()

    def within(self, low: Numbers, high: Numbers) -> None:
        """Look from now on only at hidden cells within limits, shape (hidden,)."""
        self._programme.limits(low, high)
        self._forget()

    def see(self, values: Numbers) -> None:
        """Take note of values of all hidden cells that are possible, shape (hidden,)."""
        self.seen.append(values)
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)

    def possible(self) -> Numbers:
        """Give values of all hidden cells that fit what is shown, shape (hidden,)."""
        self._ask(np.zeros(len(self.cells)))
        return self.seen[-1]

    def weak(self, demand: Numbers) -> list[Weak]:
        """List the hidden cells whose interval is narrower than demanded, shape (hidden,)."""
        self._widen(demand)
        return [each for at in range(len(demand)) if (each := self._looked_at(at, demand)) is not None]

    def safe(self, demand: Numbers) -> bool:
        """Say whether every interval is as wide as demanded; stops at the first that is not."""
        self._widen(demand, turns=2)
        return all(self._looked_at(at, demand) is None for at in range(len(demand)))

    def known(self, at: int) -> tuple[float, float]:
        """Give what is known so far of one hidden cell: its lowest and its highest value."""
        low, high = self._rounded(self.low[at], self.high[at])
        return float(low), float(high)

    def limit(self, at: int, sign: float) -> Numbers:
        """Solve for one hidden cell (sign -1: its highest value); gives the weights of all sums."""
        cost = np.zeros(len(self.cells))
        cost[at] = sign
        every = np.zeros(self._sums.rows)
        every[self._used] = self._ask(cost)
        return every

    def holds(self, at: int, value: float, demand: Numbers) -> bool:
        """Show a hidden cell if the others stay as wide as demanded; says whether it was done."""
        before = self.seen
        self._programme.limit(at, value, value)
        self._recall([each for each in before if abs(each[at] - value) < TOLERANCE])
        kept = len(self.seen)
        if self.safe(demand):
            return True
        self._programme.limit(at, self._limits[0][at], self._limits[1][at])
        self._recall(before + self.seen[kept:])
        return False

    def _looked_at(self, at: int, demand: Numbers) -> Weak | None:
        if self._wide(at, demand):
            return None
        self.limit(at, -1.0)
        if self._wide(at, demand):
            return None
        self.limit(at, 1.0)
        if self._wide(at, demand):
            return None
        low, high = self._rounded(self.low[at], self.high[at])
        return Weak(int(self.cells[at]), float(low), float(high - low))

    def _wide(self, at: int, demand: Numbers) -> bool:
        low, high = self._rounded(self.low[at], self.high[at])
        return bool(high - low >= demand[at] - TOLERANCE)

    def _rounded(self, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
        if not self._whole:
            return low, high
        return np.ceil(low - TOLERANCE), np.floor(high + TOLERANCE)

    def _widen(self, demand: Numbers, *, turns: int = 6) -> None:
        """Look for tables that move many cells at once."""
        for turn in range(turns):
            short = self.high - self.low < demand - TOLERANCE
            if not short.any():
                return
            mixed = np.where(np.arange(len(short)) % (turn // 2 + 2) == 0, -1.0, 1.0)
            self._ask((1.0 if turn % 2 else -1.0) * mixed * short)

    def _ask(self, cost: Numbers) -> Numbers:
        self._programme.costs(cost)
        found = self._programme.least()
        self.see(found.values)
        return found.weights

    def _forget(self) -> None:
        self._recall([])

    def _recall(self, seen: list[Numbers]) -> None:
        self.seen: list[Numbers] = []
        self.low = np.full(len(self.cells), np.inf)
        self.high = np.full(len(self.cells), -np.inf)
        for values in seen:
            self.see(values)


def _most(shown: Numbers, low: Numbers) -> float:
    """Give more than any cell can be, so that the solver never runs off where a total is hidden."""
    least = np.abs(low[np.isfinite(low)]).max(initial=0.0)
    return float(2 * np.abs(shown).sum() + len(shown) * (2 + least)) + FAR
