"""What is due on which day for a person or a case, sealed; only the next due day is a plain column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from suar.accounts.acting import Acting
from suar.cases import rules
from suar.cases.documents import Calendar, CalendarBefore, CaseCode, Note, PostponementReasons
from suar.cases.documents.plan import Plan
from suar.cases.rules import Due, Outcome
from suar.consent.documents import Person, SafetyReview, Tasks
from suar.core import clock
from suar.core.ids import short_code, spoken_code
from suar.records import actions as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.screening import queries as talk_queries


def read_calendar(record: OpenRecord) -> tuple[Sequence[Due], Sequence[Outcome]]:
    """Return the follow-ups that are planned, and the outcomes of the others, in order."""
    calendar = record.get(Calendar) or Calendar()
    reasons = dict(enumerate((record.get(PostponementReasons) or PostponementReasons()).reasons))
    outcomes = [replace(outcome, reason=reasons.get(place, "")) for place, outcome in enumerate(calendar.outcomes)]
    return calendar.dues, outcomes


def store_calendar(
    record: OpenRecord,
    dues: Sequence[Due],
    outcomes: Sequence[Outcome],
    *,
    by: Acting,
    before: CalendarBefore | None = None,
) -> None:
    """Store the calendar; the caller then stores the next due day beside the record.

    The reason of a postponement is in the worker's words and is stored in the narrative: a
    statistics key opens the calendar.
    """
    record.put(Calendar(dues=tuple(dues), outcomes=tuple(outcomes), before=before), by=by.worker, at=by.at)
    reasons = tuple(outcome.reason for outcome in outcomes)
    if any(reasons) or record.version_of(PostponementReasons):
        record.put(PostponementReasons(reasons=reasons), by=by.worker, at=by.at)


def due_days(record: OpenRecord) -> dict[str, date]:
    """Return the next day of each kind of thing that is due."""
    plan, tasks = record.get(Plan) or Plan(), record.get(Tasks) or Tasks()
    open_steps = [step.by for step in plan.steps if step.by and step.is_open]
    return rules.due_days(
        read_calendar(record)[0],
        review_on=plan.review_on,
        open_steps=open_steps,
        tasks=[task.due for task in tasks.open],
        safety_on=(record.get(SafetyReview) or SafetyReview()).on,
    )


def plan_dues(record: OpenRecord) -> list[tuple[str, date]]:
    """Return what of the plan is due next, by a code of codes/dues.json, soonest first."""
    due = due_days(record)
    return sorted(((code, due[code]) for code in ("review", "step") if code in due), key=lambda item: item[1])


def last_contact(record: OpenRecord) -> date | None:
    """Return the day on which a worker last reached the person, by talks, follow-ups and notes."""
    talks = [clock.local_date(finding.at) for finding in talk_queries.findings(record)]
    notes = [
        clock.local_date(note.at)
        for note in record.get_all(Note).values()
        if note.way and not (note.struck or note.undone)
    ]
    return max([*talks, *notes, *rules.days_reached(read_calendar(record)[1])], default=None)


def next_day(record: OpenRecord) -> date | None:
    """Return the next day on which anything is due."""
    return min(due_days(record).values(), default=None)


def update_index_entry(record: OpenRecord, *, by: Acting) -> Mapping[str, date]:
    """Store names, the code, the last contact and what is due when, in the sealed entry for lists.

    The caller has locked the record and opened it since.
    """
    person, code, due = record.get(Person) or Person(), record.get(CaseCode), due_days(record)
    tasks, last = (record.get(Tasks) or Tasks()).open, last_contact(record)
    names = person.names
    codes = [code.code if code else short_code(record.id)] if record.facts.kind is Kind.CASE else []
    entry: dict[str, Any] = {"name": next(iter([*names, *codes]), "") or spoken_code(5)}
    entry["aliases"] = [*codes, *names[1:]] if names else []
    entry["due"] = {kind: str(day) for kind, day in due.items()}
    entry |= {"last": str(last)} if last else {}
    entry |= {"task": tasks[0].kind} if tasks else {}
    records.set_index_entry(record, entry, keys=by.keys, at=by.at)
    return due
