"""The rules of case work: the follow-up calendar, needs, the plan, and when a case may end."""

from suar.cases.rules.calendar import (
    after,
    anchor,
    calendar,
    due_today,
    is_kept,
    is_late,
    may_settle,
    next_due,
)
from suar.cases.rules.closing import (
    asks_the_person,
    attested,
    bars,
    confirmations,
    may_close,
)
from suar.cases.rules.needs import first_needs, is_urgent, need_group
from suar.cases.rules.plan import due_days, first_plan_fields, plan_holds, step_days_fit
from suar.cases.rules.words import content, then, words

__all__ = [
    "after",
    "anchor",
    "asks_the_person",
    "attested",
    "bars",
    "calendar",
    "confirmations",
    "content",
    "due_days",
    "due_today",
    "first_needs",
    "first_plan_fields",
    "is_kept",
    "is_late",
    "is_urgent",
    "may_close",
    "may_settle",
    "need_group",
    "next_due",
    "plan_holds",
    "step_days_fit",
    "then",
    "words",
]
