"""Due days of a person or a case, sealed; only the next due day is a plain column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from suar.accounts.acting import Acting
from suar.cases import documents, rules
from suar.cases.codes import ERASURE_STATES, FOLLOW_UPS, Answered
from suar.cases.documents.follow_ups import Attempt, Attempts, CalendarStart, FollowUpWishes
from suar.cases.documents.plan import Plan, PlanStep
from suar.cases.models import Case, FollowUpSettings
from suar.cases.rules import Due, Outcome
from suar.cases.rules import follow_ups as follow_up_rules
from suar.consent import life
from suar.consent.codes import AgeStatus
from suar.consent.documents import Person, Profile, SafetyReview, Tasks
from suar.consent.facts import match_facts
from suar.core import clock
from suar.core.ids import short_code, spoken_code
from suar.records import actions as records
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status
from suar.referrals import queries as referrals
from suar.screening import next_steps
from suar.screening import queries as talk_queries


def read_calendar(record: OpenRecord) -> tuple[Sequence[Due], Sequence[Outcome]]:
    """Return the follow-ups that are planned, and the outcomes of the others, in order."""
    calendar = record.get_or_empty(documents.Calendar)
    reasons = dict(enumerate(record.get_or_empty(documents.PostponementReasons).reasons))
    outcomes = [replace(outcome, reason=reasons.get(place, "")) for place, outcome in enumerate(calendar.outcomes)]
    return calendar.dues, outcomes


def store_calendar(
    record: OpenRecord,
    dues: Sequence[Due],
    outcomes: Sequence[Outcome],
    *,
    by: Acting,
    before: documents.CalendarBefore | None = None,
) -> None:
    """Store the calendar; the caller then stores the next due day beside the record.

    The reason of a postponement is in the worker's words and is stored in the narrative: a
    statistics key opens the calendar.
    """
    record.put(documents.Calendar(dues=tuple(dues), outcomes=tuple(outcomes), before=before), by=by.worker, at=by.at)
    reasons = tuple(outcome.reason for outcome in outcomes)
    if any(reasons) or record.version_of(documents.PostponementReasons):
        record.put(documents.PostponementReasons(reasons=reasons), by=by.worker, at=by.at)


def intervals_of(organisation: UUID) -> dict[str, int]:
    """Return the follow-ups of an organisation, with their days after the anchor."""
    row = FollowUpSettings.objects.filter(organisation=organisation).first()
    return dict(row.intervals) if row else rules.usual_intervals()


def planned_follow_ups(record: OpenRecord, *, on_wish: bool = False) -> list[Due]:
    """Return all follow-ups of the organisation, counted from the anchor of a case.

    `on_wish` adds those that are only for people who ask for them.
    """
    intervals = intervals_of(record.facts.organisation)
    wished = rules.usual_intervals(on_wish=True) if on_wish else {}
    return rules.calendar(anchor_of(record), child=_is_child(record), intervals=wished | intervals)


def anchor_of(record: OpenRecord) -> date:
    """Return the day from which the follow-ups of a case count."""
    start = record.get_or_empty(CalendarStart)
    opened = Case.objects.filter(record=record.id).values_list("at", flat=True).first() or clock.now()
    return follow_up_rules.anchor(start, opened_on=clock.local_date(opened))


def store_start(record: OpenRecord, start: CalendarStart, *, by: Acting, expected: int | None = None) -> None:
    """Store the days from which follow-ups count, and move the calendar; the caller then stores what is due."""
    record.put(start, by=by.worker, at=by.at, expected=expected)
    dues, outcomes = read_calendar(record)
    moved = follow_up_rules.move_dues(dues, planned_follow_ups(record, on_wish=True), outcomes, today=by.today)
    store_calendar(record, moved, outcomes, by=by)


def follow_ups_stopped_on(record: OpenRecord) -> date | None:
    """Return the day on which a withdrawal of consent stopped the follow-ups of a case, or None."""
    if record.facts.kind is not Kind.CASE:
        return None
    return stopped_on(record, referrals.withdrawn_on(record.id, at=clock.now()))


def stopped_on(record: OpenRecord, withdrawn_on: date | None) -> date | None:
    """Return the day of a withdrawal; None if the person asked us for follow-ups themselves: those remain."""
    wishes = record.get(FollowUpWishes)
    return None if wishes and wishes.wanted is not None else withdrawn_on


def due_days(record: OpenRecord) -> dict[str, date]:
    """Return the next day of each kind of thing that is due.

    After a death nothing is due; while the person is missing, only tasks are. After a withdrawal no follow-up is.
    After the closing only the follow-ups that the person wants are due.
    """
    dues = [] if follow_ups_stopped_on(record) else read_calendar(record)[0]
    if record.facts.status is Status.CLOSED:
        wanted = after_care(record) if life.life_state(record) == life.OPEN else []
        days = [due.due_on for due in wanted if due in dues]
        return {"follow_up": min(days)} if days else {}
    return _due_days(record, dues)


def after_care(record: OpenRecord) -> list[Due]:
    """Return the follow-ups that the person asked for after the closing of a case."""
    last = record.get_or_empty(documents.Closing).last
    return [due for due in read_calendar(record)[0] if last and due.code in last.after_care]


def plan_dues(record: OpenRecord) -> list[tuple[str, date]]:
    """Return the next due days of the plan, by a code of codes/dues.json, soonest first."""
    due = _due_days(record, [])
    return sorted(((code, due[code]) for code in ("review", "step") if code in due), key=lambda item: item[1])


def due_steps(record: OpenRecord) -> list[PlanStep]:
    """Return the open steps of the plan that are due by today, or else the next one with a day."""
    next_day = dict(plan_dues(record)).get("step")
    if next_day is None:
        return []
    steps = (step for step in record.get_or_empty(Plan).steps if step.is_open and step.by)
    return [step for step in steps if step.by and step.by <= max(next_day, clock.today())]


def last_contact(record: OpenRecord) -> date | None:
    """Return the day on which a worker last reached the person, by talks, follow-ups and notes."""
    talks = [clock.local_date(finding.at) for finding in talk_queries.findings(record)]
    notes = [
        clock.local_date(note.at)
        for note in record.get_all(documents.Note).values()
        if note.way and not (note.struck or note.undone)
    ]
    reached = [clock.local_date(item.at) for item in list_attempts(record) if item.answered is Answered.PERSON]
    followed = [outcome.on for outcome in read_calendar(record)[1] if outcome.result in rules.REACHED]
    return max([*talks, *notes, *reached, *followed], default=None)


def list_attempts(record: OpenRecord) -> tuple[Attempt, ...]:
    """Return every attempt to reach the person, oldest first."""
    return record.get_or_empty(Attempts).entries


def update_index_entry(record: OpenRecord, *, by: Acting) -> Mapping[str, date]:
    """Store names, the code, the last contact and what is due when, in the sealed entry for lists.

    The caller has locked the record and opened it again.
    """
    person, code, due = record.get_or_empty(Person), record.get(documents.CaseCode), due_days(record)
    tasks, last = record.get_or_empty(Tasks).open, last_contact(record)
    names = person.names
    codes = [code.code if code else short_code(record.id)] if record.facts.kind is Kind.CASE else []
    entry: dict[str, Any] = {"name": next(iter([*names, *codes]), "") or spoken_code(5)}
    entry["aliases"] = [*codes, *names[1:]] if names else []
    entry["due"] = {kind: str(day) for kind, day in due.items()}
    entry |= {"last": str(last)} if last else {}
    entry |= {"task": tasks[0].kind} if tasks else {}
    entry |= {"life": state} if (state := life.life_state(record)) != life.OPEN else {}
    entry |= {"ending": end} if (end := erasure_state(record)) else {}
    entry |= match_facts(record) | next_steps.index_entry_step(record)
    records.set_index_entry(record, entry, keys=by.keys, at=by.at)
    return due


def update_due(record: OpenRecord, *, by: Acting) -> None:
    """Store what is due next.

    For a person an urgent need comes first, until somebody was reached. While a colleague is asked to close a case,
    that is due today. For a closed case only the follow-ups that the person wants are due.
    """
    due = update_index_entry(record, by=by)
    if record.facts.kind is Kind.PERSON:
        is_urgent = lists.due_on(record.id) is not None and not lists.is_task(record.id)
        if not is_urgent or life.life_state(record) != life.OPEN:
            next_steps.set_due(record)
    elif record.facts.status is Status.CLOSED or not record.get_or_empty(documents.Closing).is_asked:
        records.set_due(record.id, due=min(due.values(), default=None))


def erasure_state(record: OpenRecord) -> str:
    """Return the state of a legal hold, or else of a request to erase the record; empty if there is neither."""
    kinds = zip(documents.ENDINGS, ("hold", "erasure"), strict=True)
    states = (f"{name}_{kind.table().derive(record.get_or_empty(kind).entries)}" for kind, name in kinds)
    return next((state for state in states if state in ERASURE_STATES), "")


def _is_child(record: OpenRecord) -> bool:
    """Return True if the person is a child or may be one, by their profile or by the calendar of the case."""
    status = record.get_or_empty(Profile).age_status
    if status is not None:
        return status is not AgeStatus.ADULT
    dues, outcomes = read_calendar(record)
    codes = {*(due.code for due in dues), *(outcome.code for outcome in outcomes)}
    return any(FOLLOW_UPS[code]["who"] == "child" for code in codes)


def _due_days(record: OpenRecord, dues: Sequence[Due]) -> dict[str, date]:
    """Return the next day of each kind of thing that is due, by a code of codes/dues.json."""
    plan, tasks, state = record.get_or_empty(Plan), record.get_or_empty(Tasks), life.life_state(record)
    if state == life.DIED:
        return {}
    days = {
        "follow_up": min((due.due_on for due in dues), default=None),
        "review": plan.review_on,
        "step": min((step.by for step in plan.steps if step.by and step.is_open), default=None),
        "task": min((task.due for task in tasks.open), default=None),
        "safety": record.get_or_empty(SafetyReview).on,
        "closing": _closing_on(record),
    }
    return {kind: day for kind, day in days.items() if day and (kind == "task" or state != life.MISSING)}


def _closing_on(record: OpenRecord) -> date | None:
    """Return the agreed closing day, or the day to ask a second person; None while a second person is asked."""
    last = record.get_or_empty(documents.Closing).last
    if last and last.state in (documents.ASKED, documents.AGREED):
        return last.on if last.state == documents.AGREED else None
    return rules.ask_closing_on(record.get_or_empty(CalendarStart).ends_on)
