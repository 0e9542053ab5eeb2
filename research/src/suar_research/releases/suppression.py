"""Which further cells to hide so that no hidden cell can be worked out: as few as can be found.

The choice is a whole-number programme. Missing inequalities are found by attacking its answer:
each hidden cell whose interval is too narrow proves an inequality that every safe choice satisfies.

Source: Fischetti & Salazar-Gonzalez 2001, Solving the cell suppression problem on tabular data with
linear constraints, Management Science 47, 1008-1027.

Inequalities that every safe choice satisfies, proved by attacks.

Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47, 1008-1027, sections 3 and 4.
Theirs ask for protection of the cells that were sensitive; ours of every hidden cell.

Hiding a few more cells so that one hidden cell can move: quick, safe, not always the fewest.

Source: Kelly, Golden & Assad 1992, Cell suppression: disclosure protection for sensitive tabular
data, Networks 22, 397-417 (what one unit of movement costs stands for what hiding costs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from suar_research.releases.attack import NO_LIMIT, Attack, Impossible, Programme, Weak
from suar_research.releases.cells import Equations, Flags, Numbers, Whole, equations
from suar_research.running import Progress, no_progress

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
        """Return an inequality for one cell: coefficients, shape (cells,), and what they reach."""
        task, at = self._task, int(self._place[cell])
        demand = float(task.demand[cell])
        above, below = self._attack.limit(at, -1.0), self._attack.limit(at, 1.0)
        by = np.minimum(self._reach(above, cell, -1.0) + self._reach(below, cell, 1.0), demand)
        by[cell] -= demand
        return by, -float(by[task.must].sum())

    def _reach(self, weights: Numbers, cell: int, sign: float) -> Numbers:
        """Return how far hiding each cell lets one cell move, by the weights of the sums."""
        left = -(self._task.sums.T @ weights)
        left[cell] += sign
        left[np.abs(left) < SMALL] = 0.0
        room = np.minimum(self._task.values - self._task.low, NO_LIMIT)
        return np.where(left < 0, NO_LIMIT, np.where(left > 0, left * room, 0.0))


def cover(task: Task, free: Whole) -> Programme:
    """Begin with what is plain: a hidden cell needs another hidden one in each of its sums."""
    number = np.full(task.sums.shape[1], -1)
    number[free] = np.arange(len(free))
    movable, rows = task.must | task.may, []
    for at in range(task.sums.shape[0]):
        cells = task.sums.indices[slice(*task.sums.indptr[at : at + 2])]
        must = cells[task.must[cells]]
        others = cells[movable[cells] & ~task.must[cells]]
        if len(must) == 1 and len(others) and task.demand[must[0]]:
            rows.append([(int(number[item]), 1.0) for item in others])
    count = len(free)
    programme = Programme(
        equations(rows, count), np.zeros(count), np.ones(count), np.ones(len(rows)), np.full(len(rows), NO_LIMIT)
    )
    programme.costs(task.weight[free])
    return programme


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
        selected = task.sums[:, np.flatnonzero(self._moves)]
        self._cells = np.flatnonzero(self._moves)
        self._place = np.cumsum(self._moves) - 1
        self._room = (task.values - task.low)[self._cells]
        count = len(self._cells)
        nothing = np.zeros(selected.shape[0])
        self._programme = Programme(
            sparse.hstack((selected, -selected), format="csr"),
            np.zeros(2 * count),
            np.concatenate((np.full(count, NO_LIMIT), self._room)),
            nothing,
            nothing,
        )

    def rise(self, cell: int, amount: float, hidden: Flags) -> Numbers:
        """Return how much each cell moves, shape (cells,), where one cell rises by an amount.

        Raises Impossible when it cannot rise so much whatever is hidden.
        """
        at, count = int(self._place[cell]), len(self._cells)
        weight = np.where(hidden, FREE, self._task.weight)[self._cells] / amount
        falls = weight * np.maximum(1.0, amount / np.maximum(self._room, SMALL))
        self._programme.costs(np.concatenate((weight, falls)))
        self._programme.limit(at, amount, amount)
        self._programme.limit(count + at, 0.0, 0.0)
        try:
            result = self._programme.least().values
        finally:
            self._programme.limit(at, 0.0, NO_LIMIT)
            self._programme.limit(count + at, 0.0, float(self._room[at]))
        moved = np.zeros(self._task.sums.shape[1])
        moved[self._cells] = result[:count] - result[count:]
        return np.where(np.abs(moved) > SMALL, moved, 0.0)


ENOUGH = 1e-6
HALF = 0.5
SMALL_TABLE, MIDDLE_TABLE = 36, 400
BATCHES = 6
CHOOSING = "choosing what is hidden"


@dataclass(frozen=True, slots=True)
class Task:
    """The cells to protect; all arrays have shape (cells,).

    `values`: the true counts, or any that fit. `low`: the least a hidden cell can be, as the
    attacker knows it. `must` be hidden; `may` be hidden; `demand`: the width that a hidden cell
    needs; `weight`: what hiding costs.
    """

    sums: Equations
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
            if never := [item.cell for item in weak if self.must[item.cell]]:
                raise Unprotected(never)
            hidden[[item.cell for item in weak]] = False
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
        """Return what a choice costs beyond what must be hidden."""
        return float(self.weight[hidden & ~self.must].sum())


@dataclass(frozen=True, slots=True)
class Effort:
    """The effort of a search.

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
        """Return what a table of so many cells is worth: exact where it is small."""
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


def worked_out(task: Task, hidden: Flags, person: Whole) -> list[tuple[int, int]]:
    """List (alone, cell): a person who is alone in a hidden cell works out another small one.

    `person`, shape (cells,): the row of the only person of a cell, -1 for all other cells.
    """
    attack = Attack(task.sums, task.values, task.low, hidden)
    attack.see(task.values[hidden])
    small = (task.must & (task.demand > 0))[attack.cells]
    pairs = []
    for at in np.flatnonzero(small & (person[attack.cells] >= 0)):
        own = person[attack.cells] == person[attack.cells[at]]
        weak = attack.weak_beside(int(at), (small & ~own).astype(float))
        pairs += [(int(attack.cells[at]), item.cell) for item in weak]
    return pairs


def protect_from_alone(task: Task, chosen: Chosen, person: Whole) -> Chosen:
    """Hide more until nobody who is alone in a cell works out another small cell; raises Unprotected."""
    task, hidden = replace(task, may=task.largest()), chosen.hidden
    while pairs := worked_out(task, hidden, person):
        before = hidden
        for alone in dict(pairs):
            fixed = np.arange(len(hidden)) == alone
            repair = Repair(replace(task, must=task.must & ~fixed, may=task.may & ~fixed))
            for cell in (victim for one, victim in pairs if one == alone):
                try:
                    hidden = hidden | (repair.rise(cell, 1.0, hidden) != 0)
                except Impossible:
                    hidden = hidden | task.may
        if (hidden == before).all():
            raise Unprotected([cell for _, cell in pairs])
        if weak := task.weak(hidden):
            hidden = _Search(task, Effort.of(len(hidden))).grown(hidden, weak)
    return replace(chosen, hidden=hidden, cost=task.cost(hidden))


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
            result = self._cover.least()
            self._raise_bound(result.bound)
            share = self._task.must.astype(float)
            share[self._free] = result.values
            if not self.learn(self._cuts.weak(share), share):
                break
        self._cover.whole(on=True)

    def ask(self) -> Flags:
        """Return the cheapest choice that satisfies all inequalities known so far."""
        result = self._cover.least()
        self._raise_bound(result.bound)
        hidden = self._task.must.copy()
        hidden[self._free[result.values > HALF]] = True
        return hidden

    def learn(self, weak: list[Weak], share: Numbers) -> bool:
        """Add the inequalities that narrow intervals prove; says whether any was broken."""
        self._cuts.at(share)
        broken = False
        for item in weak[:: max(1, -(-len(weak) // self._effort.cuts))]:
            by, least = self._cuts.proved(item.cell)
            if by[self._free] @ share[self._free] < least - ENOUGH:
                places = np.flatnonzero(np.abs(by[self._free]) > SMALL)
                self._cover.add(places, by[self._free[places]], least)
                broken = True
        return broken

    def mended(self, hidden: Flags, weak: list[Weak]) -> Flags:
        """Make a safe choice from one that is not."""
        return self._task.spared(self.grown(hidden, weak), self._effort.spared)

    def grown(self, hidden: Flags, weak: list[Weak]) -> Flags:
        """Hide more until a choice is safe."""
        while weak:
            hidden = self._moved(weak, hidden)
            weak = self._task.weak(hidden)
        return hidden

    def keep(self, hidden: Flags) -> None:
        """Keep a safe choice if it is the cheapest so far."""
        cost = self._task.cost(hidden)
        if cost < self._cost:
            self._best, self._cost = hidden, cost

    def is_best(self) -> bool:
        """Return True if the best choice is near enough to what any choice costs."""
        return self._cost <= self._bound + ENOUGH

    def chosen(self) -> Chosen:
        """Return the best choice."""
        return Chosen(self._best, self._cost, min(self._bound, self._cost))

    def _raise_bound(self, bound: float) -> None:
        self._bound = max(self._bound, float(np.ceil(bound - ENOUGH) if self._steps else bound))

    def _moved(self, weak: list[Weak], hidden: Flags) -> Flags:
        """Hide what lets each weak cell rise far enough; one table often does so for several."""
        done = np.zeros(len(weak), dtype=bool)
        cells = np.array([item.cell for item in weak])
        falls = self._task.values[cells] - np.array([item.lowest for item in weak])
        amounts = self._task.demand[cells] - falls
        # Spread over the table: what the first moves protect is not asked again.
        for at in np.argsort(np.arange(len(weak)) % BATCHES, kind="stable")[: len(weak) // BATCHES + 5]:
            item = weak[at]
            if not done[at]:
                try:
                    moved = self._repair.rise(item.cell, float(amounts[at]), hidden)
                except Impossible:
                    # It may fall only, by what others rise: as much is hidden as may be.
                    return self._task.must | self._task.may
                hidden = hidden | (moved != 0)
                done |= moved[cells] >= amounts - ENOUGH
        return hidden
