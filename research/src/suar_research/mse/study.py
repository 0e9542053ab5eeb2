"""One whole answer about a table: panel, diagnostics and notices, ready to be told."""

from collections.abc import Sequence
from dataclasses import dataclass

from suar_research.answers import Answer, Refused
from suar_research.mse import diagnostics, hierarchy, notices
from suar_research.mse.diagnostics import Changed, Known, Step
from suar_research.mse.hierarchy import AllModels
from suar_research.mse.panel import METHODS, order_for, panel
from suar_research.mse.tables import CaptureTable
from suar_research.resampling import Plan
from suar_research.running import Runner


@dataclass(frozen=True)
class Study:
    """What is told about one table; `compared` is None where there are too many models."""

    table: CaptureTable
    answers: list[Answer]
    refused: list[Refused]
    compared: AllModels | None
    left_out: list[Changed]
    merged: list[Changed]
    known: list[Known]
    steps: list[Step]
    notices: list[str]


def study(
    table: CaptureTable,
    plan: Plan,
    runner: Runner,
    names: Sequence[str] = tuple(METHODS),
    more: Sequence[Answer] = (),
) -> Study:
    """Ask every method and every diagnostic; `more` are answers that stand in the panel too."""
    answers, refused = panel(table, plan, runner, names)
    answers += more
    left_out = diagnostics.leave_one_list_out(table)
    compared = compare(table)
    return Study(
        table,
        answers,
        refused,
        compared,
        left_out,
        diagnostics.merge_two_lists(table),
        diagnostics.internal_consistency(table),
        diagnostics.trajectory(table, plan.seed),
        notices.notices(table, answers, refused, compared, left_out),
    )


def compare(table: CaptureTable) -> AllModels | None:
    """Fit all models where they can be counted."""
    try:
        return hierarchy.compare(table, order_for(table.places))
    except ValueError:
        return None
