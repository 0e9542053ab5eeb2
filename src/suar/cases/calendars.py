"""What of a case is due on which day, sealed; only the next due day is a plain column."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from suar.accounts.keys import Keys
from suar.cases import rules
from suar.cases.codes import DueKind
from suar.cases.documents import Calendar, CaseCode, FollowUpOutcome, Plan, PostponementReasons
from suar.cases.rules import Due, Outcome
from suar.consent.documents import Person
from suar.records import actions as records
from suar.records.keyring import OpenRecord


def read_calendar(record: OpenRecord) -> tuple[list[Due], list[Outcome]]:
    """Return the follow-ups that are planned, and what came of the others, in order."""
    calendar = record.get(Calendar) or Calendar()
    reasons = record.get(PostponementReasons) or PostponementReasons()
    dues = [Due(due_on, opens_on, closes_on, code) for code, due_on, opens_on, closes_on in calendar.dues]
    outcomes = [
        Outcome(**dict(stored), reason=reason)
        for stored, reason in zip_longest(calendar.outcomes, reasons.reasons, fillvalue="")
    ]
    return dues, outcomes


def store_calendar(
    record: OpenRecord, dues: Sequence[Due], outcomes: Sequence[Outcome], *, by: UUID, at: datetime
) -> None:
    """Store the calendar; the caller then stores the next due day beside the record.

    The reason of a postponement is in the worker's words and stands in the narrative: a statistics
    key opens the calendar.
    """
    calendar = Calendar(
        dues=tuple((due.code, due.due_on, due.opens_on, due.closes_on) for due in dues),
        outcomes=tuple(
            FollowUpOutcome(
                code=each.code, result=each.result, on=each.on, tries_on=each.tries_on, again_on=each.again_on
            )
            for each in outcomes
        ),
    )
    record.put(calendar, by=by, at=at)
    reasons = tuple(each.reason for each in outcomes)
    if any(reasons):
        record.put(PostponementReasons(reasons=reasons), by=by, at=at)


def due_days(record: OpenRecord) -> dict[DueKind, date]:
    """Return the next day of each kind of thing that is due."""
    plan = record.get(Plan) or Plan()
    open_steps = [step.by for step in plan.steps if step.by and not step.done]
    return rules.due_days(read_calendar(record)[0], review_on=plan.review_on, open_steps=open_steps)


def next_day(record: OpenRecord) -> date | None:
    """Return the next day on which anything is due."""
    return min(due_days(record).values(), default=None)


def update_index_entry(record: OpenRecord, *, keys: Keys, at: datetime) -> None:
    """Store the name, or the code, and what is due when, in the sealed entry for lists.

    The caller has locked the record and opened it since.
    """
    person, code = record.get(Person), record.get(CaseCode)
    spoken = code.code if code else ""
    entry: dict[str, Any] = {"name": person.name, "aliases": [spoken]} if person and person.name else {"name": spoken}
    records.set_sheet(record, entry | due_in_index(due_days(record)), keys=keys, at=at)


def due_in_index(due: Mapping[DueKind, date]) -> dict[str, dict[str, str]]:
    """Return what is due when as an index entry contains it, so that a list can show which."""
    return {"due": {kind.value: str(day) for kind, day in due.items()}}
