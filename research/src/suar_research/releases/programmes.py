"""Linear and whole-number programmes, solved by HiGHS.

Source: Huangfu & Hall 2018, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10, 119-142.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from suar_research.reading import Unreadable
from suar_research.releases.cells import Numbers, Sums, Whole

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
class Found:
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

    def __init__(
        self,
        rows: Sums,
        low: Numbers,
        high: Numbers,
        right_low: Numbers,
        right_high: Numbers,
    ) -> None:
        # `highspy.Highs` prints a line of its own before it can be told not to.
        self._solver = highspy._Highs()  # type: ignore[attr-defined] # not in its stubs
        for name, value in {"output_flag": False, "threads": 1, "parallel": "off"}.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(_model(rows, (low, high), (right_low, right_high)))
        self._columns, self._on, self._strategy = rows.cells, False, DUAL
        self._all = np.arange(rows.cells, dtype=np.int32)

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

    def least(self) -> Found:
        """Find the least; raises Impossible when there is none, Unsolved when none was found."""
        if self._on:
            self._solver.clearSolver()
        status = self._run() or self._afresh(PRIMAL) or self._afresh(DUAL)
        if status is None:
            raise Unsolved(self._solver.modelStatusToString(self._solver.getModelStatus()))
        if status in NOTHING:
            raise Impossible(self._solver.modelStatusToString(status))
        told, solution = self._solver.getInfo(), self._solver.getSolution()
        best = float(told.objective_function_value)
        bound = float(told.mip_dual_bound) if status == STOPPED else best
        return Found(np.array(solution.col_value), np.array(solution.row_dual), best, bound)

    def _run(self) -> highspy.HighsModelStatus | None:
        """Let the solver work; gives how it ended, None where it came to nothing."""
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


def _model(rows: Sums, columns: tuple[Numbers, Numbers], right: tuple[Numbers, Numbers]) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = rows.cells, rows.rows
    model.col_cost_ = np.zeros(rows.cells)
    model.col_lower_, model.col_upper_ = (_limits(each) for each in columns)
    model.row_lower_, model.row_upper_ = (_limits(each) for each in right)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.start.astype(np.int32)
    model.a_matrix_.index_ = rows.cell.astype(np.int32)
    model.a_matrix_.value_ = rows.coefficient
    return model


def _limits(values: Numbers) -> Numbers:
    return np.asarray(np.clip(values, -NO_LIMIT, NO_LIMIT), dtype=float)
