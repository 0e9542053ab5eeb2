"""What a plan needs before it counts as agreed."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from suar.cases.rules.words import read
from suar.cases.terms import Because, Due, DueKind, PlanFacts, PlanField
from suar.core.decisions import Decision


def first_plan_fields() -> tuple[PlanField, ...]:
    """List the parts a first plan cannot do without: a goal, a step, a day to look again.

    Source: case management code lists, plan fields; which are needed first is own design.
    """
    return tuple(PlanField(row["code"]) for row in read("plan")["fields"] if row["first"])


def plan_holds(facts: PlanFacts, *, today: date) -> Decision:
    """Say whether a plan may be kept; `because` is the first part that is absent, or a code.

    Source: case management code lists, PLAN_REVIEW 'at most 90 days ahead'.
    """
    plan = read("plan")
    absent = [r["code"] for r in plan["fields"] if r["first"] and r["key"] not in facts.filled]
    if absent:
        return Decision.no(PlanField(absent[0]))
    if facts.review_on is None or facts.review_on < today:
        return Decision.no(Because.REVIEW_IN_THE_PAST)
    if facts.review_on > today + timedelta(days=plan["review_within_days"]):
        return Decision.no(Because.REVIEW_TOO_FAR)
    return step_days_fit(facts.new_days, today=today)


def step_days_fit(days: Iterable[date], *, today: date) -> Decision:
    """Say whether steps may get these days; one whose day went by keeps it until it is done.

    Source: own design; a step that is late as it is written helps nobody.
    """
    return Decision.no(Because.STEP_IN_THE_PAST) if any(d < today for d in days) else Decision.yes()


def due_days(dues: Iterable[Due], plan: Mapping[str, Any]) -> dict[DueKind, date]:
    """Give the next day of each kind of thing that is due: follow-up, review, step not done.

    Source: own design; the earliest of them is the day that lists go by.
    """
    steps = [step["by"] for step in plan.get("steps", ()) if step["by"] and not step.get("done")]
    found = {
        DueKind.FOLLOW_UP: min((each.due_on for each in dues), default=None),
        DueKind.REVIEW: date.fromisoformat(plan["review_on"]) if plan.get("review_on") else None,
        DueKind.STEP: min(map(date.fromisoformat, steps), default=None),
    }
    return {kind: day for kind, day in found.items() if day}
