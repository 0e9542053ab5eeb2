"""The attack: what somebody can work out about hidden cells from the cells that are shown.

The attacker knows every shown cell, how cells add up, and the least that a hidden cell can be.
A hidden cell is left with an interval, found by two linear programmes. Each programme
answers with a whole table that is possible, which says something about every other hidden cell too.

Source: Willenborg & de Waal 2001, Elements of Statistical Disclosure Control, chapter 9.

Linear and whole-number programmes, solved by HiGHS.

Source: Huangfu & Hall 2018, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10, 119-142.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from suar_research.files import Unreadable
from suar_research.releases.cells import Equations, Flags, Numbers, Whole

NO_LIMIT = float(highspy.kHighsInf)
SOLVED = highspy.HighsModelStatus.kOptimal
STOPPED = highspy.HighsModelStatus.kSolutionLimit
NOTHING = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
    highspy.HighsModelStatus.kUnbounded,
)
DUAL, PRIMAL = 1, 4


class Impossible(ValueError):
    """No values satisfy what is asked."""


class Unsolved(Unreadable):
    """The solver came to no answer: not that there is one, and not that there is none."""

    def __init__(self, status: str) -> None:
        super().__init__(
            [
                f"the solver came to no answer ({status}), so nothing is known to be safe: leave a "
                "column out or merge codes"
            ]
        )


@dataclass(frozen=True, slots=True)
class Optimum:
    """An answer: `values` of the columns, `weights` of the rows (duals), and `best`.

    `best` is the objective; `bound` the least that any answer can reach, equal to `best` when the
    answer is proved to be the best.
    """

    values: Numbers
    weights: Numbers
    best: float
    bound: float


class Programme:
    """Minimises or maximises over the same equations again and again, going on from the last
    answer.

    `low` and `high`: limits of the columns; `right_low`, `right_high`: limits of the rows.
    """

    def __init__(self, rows: Equations, low: Numbers, high: Numbers, right_low: Numbers, right_high: Numbers) -> None:
        # `highspy.Highs` prints a line of its own before it can be told not to.
        self._solver = highspy._Highs()  # type: ignore[attr-defined] # not in its stubs
        for name, value in {"output_flag": False, "threads": 1, "parallel": "off"}.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(_model(rows, (low, high), (right_low, right_high)))
        self._columns, self._on, self._strategy = rows.shape[1], False, DUAL
        self._all = np.arange(rows.shape[1], dtype=np.int32)

    def only_costs_change(self) -> None:
        """Go on from the last answer in the way that suits new costs (the primal simplex)."""
        self._strategy = PRIMAL
        self._solver.setOptionValue("simplex_strategy", PRIMAL)

    def whole(self, *, on: bool) -> None:
        """Ask for whole numbers in all columns, or no longer."""
        kind = highspy.HighsVarType.kInteger if on else highspy.HighsVarType.kContinuous
        self._solver.changeColsIntegrality(self._columns, self._all, np.full(self._columns, kind))
        self._on = on

    def stop_after(self, nodes: int) -> None:
        """Stop a whole-number search after so many nodes."""
        self._solver.setOptionValue("mip_max_nodes", nodes)

    def limit(self, column: int, low: float, high: float) -> None:
        """Change the limits of one column."""
        self._solver.changeColBounds(column, low, high)

    def limits(self, low: Numbers, high: Numbers) -> None:
        """Change the limits of all columns."""
        self._solver.changeColsBounds(self._columns, self._all, _limits(low), _limits(high))

    def costs(self, costs: Numbers) -> None:
        """Change what is minimised, shape (columns,)."""
        self._solver.changeColsCost(self._columns, self._all, np.asarray(costs, dtype=float))

    def add(self, columns: Whole, by: Numbers, least: float) -> None:
        """Add a row: coefficients times columns reach at least `least`."""
        places = np.asarray(columns, dtype=np.int32)
        self._solver.addRow(least, NO_LIMIT, len(places), places, np.asarray(by, dtype=float))

    def least(self) -> Optimum:
        """Find the least; raises Impossible when there is none, Unsolved when none was found."""
        if self._on:
            self._solver.clearSolver()
        status = self._run() or self._afresh(PRIMAL) or self._afresh(DUAL)
        if status is None:
            raise Unsolved(self._solver.modelStatusToString(self._solver.getModelStatus()))
        if status in NOTHING:
            raise Impossible(self._solver.modelStatusToString(status))
        data, solution = self._solver.getInfo(), self._solver.getSolution()
        best = float(data.objective_function_value)
        bound = float(data.mip_dual_bound) if status == STOPPED else best
        return Optimum(np.array(solution.col_value), np.array(solution.row_dual), best, bound)

    def _run(self) -> highspy.HighsModelStatus | None:
        """Let the solver work; returns how it ended, None where it came to nothing."""
        self._solver.run()
        status = self._solver.getModelStatus()
        valid = status in (SOLVED, STOPPED) and self._solver.getSolution().value_valid
        return status if valid or status in NOTHING else None

    def _afresh(self, strategy: int) -> highspy.HighsModelStatus | None:
        """Begin again without the last answer, whose rounding can lead nowhere."""
        self._solver.clearSolver()
        self._solver.setOptionValue("simplex_strategy", strategy)
        status = self._run()
        self._solver.setOptionValue("simplex_strategy", self._strategy)
        return status


def _model(rows: Equations, columns: tuple[Numbers, Numbers], right: tuple[Numbers, Numbers]) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = np.zeros(rows.shape[1])
    model.col_lower_, model.col_upper_ = (_limits(item) for item in columns)
    model.row_lower_, model.row_upper_ = (_limits(item) for item in right)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.indptr.astype(np.int32)
    model.a_matrix_.index_ = rows.indices.astype(np.int32)
    model.a_matrix_.value_ = rows.data
    return model


def _limits(values: Numbers) -> Numbers:
    return np.asarray(np.clip(values, -NO_LIMIT, NO_LIMIT), dtype=float)


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

    def __init__(self, sums: Equations, values: Numbers, low: Numbers, hidden: Flags, *, whole: bool = True) -> None:
        self._whole = whole
        self._sums, self.cells = sums, np.flatnonzero(hidden)
        known = np.where(hidden, 0.0, values)
        right, selected = -(sums @ known), sums[:, np.flatnonzero(hidden)]
        used = np.diff(selected.indptr) > 0
        if np.abs(right[~used]).max(initial=0.0) > TOLERANCE:
            raise Impossible("shown cells do not add up")
        self._used, right = np.flatnonzero(used), right[used]
        self._limits = (low[hidden], np.full(len(self.cells), _most(known, low)))
        self._programme = Programme(selected[self._used], *self._limits, right, right)
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
        """Return values of all hidden cells that fit what is shown, shape (hidden,)."""
        self._ask(np.zeros(len(self.cells)))
        return self.seen[-1]

    def weak(self, demand: Numbers) -> list[Weak]:
        """List the hidden cells whose interval is narrower than demanded, shape (hidden,)."""
        self._widen(demand)
        return [item for at in range(len(demand)) if (item := self._looked_at(at, demand)) is not None]

    def safe(self, demand: Numbers) -> bool:
        """Return True if every interval is as wide as demanded; stops at the first that is not."""
        self._widen(demand, turns=2)
        return all(self._looked_at(at, demand) is None for at in range(len(demand)))

    def known(self, at: int) -> tuple[float, float]:
        """Return what is known so far of one hidden cell: its lowest and its highest value."""
        low, high = self._rounded(self.low[at], self.high[at])
        return float(low), float(high)

    def limit(self, at: int, sign: float) -> Numbers:
        """Solve for one hidden cell (sign -1: its highest value); returns the weights of all sums."""
        cost = np.zeros(len(self.cells))
        cost[at] = sign
        every = np.zeros(self._sums.shape[0])
        every[self._used] = self._ask(cost)
        return every

    def holds(self, at: int, value: float, demand: Numbers) -> bool:
        """Show a hidden cell if the others stay as wide as demanded; says whether it was done."""
        before = self.seen
        self._programme.limit(at, value, value)
        self._recall([item for item in before if abs(item[at] - value) < TOLERANCE])
        number = len(self.seen)
        if self.safe(demand):
            return True
        self._programme.limit(at, self._limits[0][at], self._limits[1][at])
        self._recall(before + self.seen[number:])
        return False

    def weak_beside(self, at: int, demand: Numbers) -> list[Weak]:
        """List the hidden cells that are narrower than demanded for somebody who knows the true count of one."""
        before, value = self.seen, float(self.seen[0][at])
        self._programme.limit(at, value, value)
        self._recall([item for item in before if abs(item[at] - value) < TOLERANCE])
        weak = self.weak(np.where(np.arange(len(demand)) == at, 0.0, demand))
        self._programme.limit(at, self._limits[0][at], self._limits[1][at])
        self._recall([*before, *self.seen])
        return weak

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
        result = self._programme.least()
        self.see(result.values)
        return result.weights

    def _forget(self) -> None:
        self._recall([])

    def _recall(self, seen: list[Numbers]) -> None:
        self.seen: list[Numbers] = []
        self.low = np.full(len(self.cells), np.inf)
        self.high = np.full(len(self.cells), -np.inf)
        for values in seen:
            self.see(values)


def _most(values: Numbers, low: Numbers) -> float:
    """Return more than any cell can be, so that the solver never runs off where a total is hidden."""
    least = np.abs(low[np.isfinite(low)]).max(initial=0.0)
    return float(2 * np.abs(values).sum() + len(values) * (2 + least)) + FAR
