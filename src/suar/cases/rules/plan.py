"""What a plan needs before it counts as agreed."""

from datetime import date, timedelta

from suar.cases.rules.words import read
from suar.cases.terms import Because, PlanFacts, PlanField
from suar.kernel.decisions import Decision


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
    return Decision.yes()
