"""What of a case is due on which day, sealed; only the next due day is a plain column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from suar.accounts.acting import Acting
from suar.cases import rules
from suar.cases.documents import Calendar, CaseCode, Plan, PostponementReasons
from suar.cases.rules import Due, Outcome
from suar.consent.documents import Person
from suar.records import actions as records
from suar.records.keyring import OpenRecord


def read_calendar(record: OpenRecord) -> tuple[Sequence[Due], Sequence[Outcome]]:
    """Return the follow-ups that are planned, and the outcomes of the others, in order."""
    calendar = record.get(Calendar) or Calendar()
    reasons = dict(enumerate((record.get(PostponementReasons) or PostponementReasons()).reasons))
    outcomes = [replace(outcome, reason=reasons.get(place, "")) for place, outcome in enumerate(calendar.outcomes)]
    return calendar.dues, outcomes


def store_calendar(record: OpenRecord, dues: Sequence[Due], outcomes: Sequence[Outcome], *, by: Acting) -> None:
    """Store the calendar; the caller then stores the next due day beside the record.

    The reason of a postponement is in the worker's words and is stored in the narrative: a
    statistics key opens the calendar.
    """
    record.put(Calendar(dues=tuple(dues), outcomes=tuple(outcomes)), by=by.worker, at=by.at)
    reasons = tuple(outcome.reason for outcome in outcomes)
    if any(reasons):
        record.put(PostponementReasons(reasons=reasons), by=by.worker, at=by.at)


def due_days(record: OpenRecord) -> dict[str, date]:
    """Return the next day of each kind of thing that is due."""
    plan = record.get(Plan) or Plan()
    open_steps = [step.by for step in plan.steps if step.by and not step.done]
    return rules.due_days(read_calendar(record)[0], review_on=plan.review_on, open_steps=open_steps)


def next_day(record: OpenRecord) -> date | None:
    """Return the next day on which anything is due."""
    return min(due_days(record).values(), default=None)


def update_index_entry(record: OpenRecord, *, by: Acting) -> Mapping[str, date]:
    """Store the name, or the code, and what is due when, in the sealed entry for lists.

    The caller has locked the record and opened it since.
    """
    person, code = record.get(Person), record.get(CaseCode)
    spoken, due = code.code if code else "", due_days(record)
    entry: dict[str, Any] = {"name": person.name, "aliases": [spoken]} if person and person.name else {"name": spoken}
    entry["due"] = {kind: str(day) for kind, day in due.items()}
    records.set_index_entry(record, entry, keys=by.keys, at=by.at)
    return due
