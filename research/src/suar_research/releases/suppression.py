"""Which further cells to hide so that no hidden cell can be worked out: as few as can be found.

The choice is a whole-number programme. What it does not know yet is found by attacking its answer:
each hidden cell whose interval is too narrow proves an inequality that every safe choice satisfies.

Source: Fischetti & Salazar-Gonzalez 2001, Solving the cell suppression problem on tabular data with
linear constraints, Management Science 47, 1008-1027.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from suar_research.releases.attack import Attack, Weak
from suar_research.releases.cells import Flags, Numbers, Sums
from suar_research.releases.cuts import SMALL, Cuts, cover
from suar_research.releases.programmes import Impossible
from suar_research.releases.repair import Repair
from suar_research.running import Progress, no_progress

ENOUGH = 1e-6
HALF = 0.5
SMALL_TABLE, MIDDLE_TABLE = 36, 400
BATCHES = 6
CHOOSING = "choosing what is hidden"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be protected; all arrays have shape (cells,).

    `values`: the true counts, or any that fit. `low`: the least a hidden cell can be, as the
    attacker knows it. `must` be hidden; `may` be hidden; `demand`: the width that a hidden cell
    needs; `weight`: what hiding costs.
    """

    sums: Sums
    values: Numbers
    low: Numbers
    must: Flags
    may: Flags
    demand: Numbers
    weight: Numbers

    def weak(self, hidden: Flags) -> list[Weak]:
        """List what is not protected when these cells are hidden."""
        attack = Attack(self.sums, self.values, self.low, hidden)
        attack.see(self.values[hidden])
        return attack.weak(self.demand[hidden])

    def largest(self) -> Flags:
        """Hide all that may be hidden and can be protected; raises Unprotected.

        The wider everything else is, the wider a cell. So what is too narrow here is so in every
        choice, and every safe choice is part of this one.
        """
        hidden = self.must | self.may
        while weak := self.weak(hidden):
            if never := [each.cell for each in weak if self.must[each.cell]]:
                raise Unprotected(never)
            hidden[[each.cell for each in weak]] = False
        return hidden

    def spared(self, hidden: Flags, most: int) -> Flags:
        """Show again, the dearest first, what need not be hidden; at most so many are tried."""
        attack = Attack(self.sums, self.values, self.low, hidden)
        values, demand = self.values[hidden], self.demand[hidden]
        attack.see(values)
        attack.weak(demand)
        extra = np.flatnonzero(~self.must[attack.cells])
        for at in extra[np.argsort(-self.weight[attack.cells[extra]], kind="stable")][:most]:
            wanted, demand[at] = float(demand[at]), 0.0
            if not attack.holds(int(at), float(values[at]), demand):
                demand[at] = wanted
        spared = hidden.copy()
        spared[attack.cells[(demand == 0) & (self.demand[hidden] > 0)]] = False
        return spared

    def cost(self, hidden: Flags) -> float:
        """Say what a choice costs beyond what must be hidden."""
        return float(self.weight[hidden & ~self.must].sum())


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to look.

    `rounds`: rounds of attack on whole choices; `nodes`: of each search; `parts`: rounds before,
    when cells may be hidden in part; `cuts`: inequalities of a round; `spared`: hidden cells that
    are tried one by one whether they may be shown after all; `glimpse`: how far shown cells are
    taken as hidden when an inequality is looked for, so that few of them stand in it.
    """

    rounds: int
    nodes: int
    parts: int = 20
    cuts: int = 200
    spared: int = 200
    glimpse: float = 0.01

    @classmethod
    def of(cls, cells: int) -> Effort:
        """Give what a table of so many cells is worth: exact where it is small."""
        if cells <= SMALL_TABLE:
            return cls(rounds=20, nodes=200)
        if cells <= MIDDLE_TABLE:
            return cls(rounds=6, nodes=50)
        return cls(rounds=1, parts=0, nodes=20, cuts=60, spared=0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A safe choice, what it costs, and the least that any safe choice costs."""

    hidden: Flags
    cost: float
    bound: float


class Unprotected(ValueError):
    """Some cells cannot be protected even when all that may be hidden is; `cells` says which."""

    def __init__(self, cells: list[int]) -> None:
        super().__init__(f"{len(cells)} cells cannot be protected")
        self.cells = cells


def suppress(task: Task, effort: Effort | None = None, progress: Progress = no_progress) -> Chosen:
    """Choose what to hide; raises Unprotected. Each round is told, of as many as there may be.

    Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47, 1008-1027.
    """
    task = replace(task, may=task.largest())
    if (task.may == task.must).all():
        progress(1, 1, CHOOSING)
        return Chosen(task.must, 0.0, 0.0)
    effort = effort or Effort.of(int((task.may & ~task.must).sum()))
    search = _Search(task, effort)
    search.learn_in_parts()
    for left in reversed(range(effort.rounds)):
        progress(effort.rounds - left - 1, effort.rounds, CHOOSING)
        hidden = search.ask()
        weak = task.weak(hidden)
        if not weak:
            search.keep(hidden)
            break
        if left:
            search.learn(weak, np.maximum(hidden, effort.glimpse))
        search.keep(search.mended(hidden, weak))
        if search.is_best():
            break
    progress(effort.rounds, effort.rounds, CHOOSING)
    return search.chosen()


class _Search:
    """The search between what is known to be needed and the best safe choice so far."""

    def __init__(self, task: Task, effort: Effort) -> None:
        self._task, self._effort = task, effort
        self._repair, self._cuts = Repair(task), Cuts(task)
        self._free = np.flatnonzero(task.may & ~task.must)
        self._best, self._cost, self._bound = task.must | task.may, np.inf, 0.0
        self._cover = cover(task, self._free)
        self._cover.stop_after(effort.nodes)
        self._steps = bool((task.weight[self._free] % 1 == 0).all())

    def learn_in_parts(self) -> None:
        """Learn inequalities as long as hiding cells in part tells something new."""
        for _ in range(self._effort.parts):
            found = self._cover.least()
            self._raise_bound(found.bound)
            share = self._task.must.astype(float)
            share[self._free] = found.values
            if not self.learn(self._cuts.weak(share), share):
                break
        self._cover.whole(on=True)

    def ask(self) -> Flags:
        """Give the cheapest choice that satisfies all inequalities known so far."""
        found = self._cover.least()
        self._raise_bound(found.bound)
        hidden = self._task.must.copy()
        hidden[self._free[found.values > HALF]] = True
        return hidden

    def learn(self, weak: list[Weak], share: Numbers) -> bool:
        """Add the inequalities that narrow intervals prove; says whether any was broken."""
        self._cuts.at(share)
        broken = False
        for each in weak[:: max(1, -(-len(weak) // self._effort.cuts))]:
            by, least = self._cuts.proved(each.cell)
            if by[self._free] @ share[self._free] < least - ENOUGH:
                places = np.flatnonzero(np.abs(by[self._free]) > SMALL)
                self._cover.add(places, by[self._free[places]], least)
                broken = True
        return broken

    def mended(self, hidden: Flags, weak: list[Weak]) -> Flags:
        """Make a safe choice from one that is not."""
        while weak:
            hidden = self._moved(weak, hidden)
            weak = self._task.weak(hidden)
        return self._task.spared(hidden, self._effort.spared)

    def keep(self, hidden: Flags) -> None:
        """Keep a safe choice if it is the cheapest so far."""
        cost = self._task.cost(hidden)
        if cost < self._cost:
            self._best, self._cost = hidden, cost

    def is_best(self) -> bool:
        """Say whether the best choice is near enough to what any choice costs."""
        return self._cost <= self._bound + ENOUGH

    def chosen(self) -> Chosen:
        """Give the best choice."""
        return Chosen(self._best, self._cost, min(self._bound, self._cost))

    def _raise_bound(self, bound: float) -> None:
        self._bound = max(self._bound, float(np.ceil(bound - ENOUGH) if self._steps else bound))

    def _moved(self, weak: list[Weak], hidden: Flags) -> Flags:
        """Hide what lets each weak cell rise far enough; one table often does so for several."""
        done = np.zeros(len(weak), dtype=bool)
        cells = np.array([each.cell for each in weak])
        falls = self._task.values[cells] - np.array([each.lowest for each in weak])
        amounts = self._task.demand[cells] - falls
        # Spread over the table: what the first moves protect is not asked again.
        for at in np.argsort(np.arange(len(weak)) % BATCHES, kind="stable")[: len(weak) // BATCHES + 5]:
            each = weak[at]
            if not done[at]:
                try:
                    moved = self._repair.rise(each.cell, float(amounts[at]), hidden)
                except Impossible:
                    # It may fall only, by what others rise: as much is hidden as may be.
                    return self._task.must | self._task.may
                hidden = hidden | (moved != 0)
                done |= moved[cells] >= amounts - ENOUGH
        return hidden
