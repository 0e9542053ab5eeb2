"""Follow-ups over years: attempts and outcomes, the wishes of the person, the start, and usual intervals."""

from collections.abc import Mapping
from datetime import date

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars, rules
from suar.cases.codes import Answered
from suar.cases.documents import Calendar, CalendarBefore
from suar.cases.documents.follow_ups import Attempt, Attempts, CalendarStart, FollowUpWishes
from suar.cases.models import FollowUpSettings
from suar.cases.rules import Due, Outcome, usual_intervals
from suar.cases.rules import follow_ups as follow_up_rules
from suar.consent import life
from suar.consent.documents import SafeContact
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.records.keyring import OpenRecord
from suar.records.terms import Status


@act("follow_up", needs=Permission.MANAGE_CASE)
def record_outcome(
    record: OpenRecord,
    outcome: Outcome,
    *,
    by: Acting,
    attempt: Attempt | None = None,
    expected: int | None = None,
    reopen: bool = False,
) -> None:
    """Record the outcome of a follow-up with the attempt that led to it, and update the calendar.

    With `reopen` a closed case is opened again first. Raises Refused when the outcome does not fit
    (too early, too few attempts, no new date), the way is not safe, the person is not to be contacted, or the case is
    closed, and Conflict when the calendar is no longer the expected version.
    """
    if expected not in (None, record.version_of(Calendar)):
        raise Conflict
    if outcome.code not in _after_care(record):
        record = actions.ensure_open(record, by=by, reopen=reopen)
    if attempt:
        _store_attempt(record, attempt, by=by)
    life.check_contact(record)
    dues, outcomes = calendars.read_calendar(record)
    rules.may_record_outcome(outcome, dues, outcomes, today=by.today).enforce()
    before = CalendarBefore(dues=tuple(dues), by=by.worker, at=by.at)
    calendars.store_calendar(record, rules.remaining_dues(dues, outcome), [*outcomes, outcome], by=by, before=before)
    calendars.update_due(record, by=by)


@act("try_contact", needs=Permission.MANAGE_CASE)
def record_attempt(record: OpenRecord, attempt: Attempt, *, by: Acting) -> None:
    """Record an attempt that did not reach the person, or a contact that was not planned.

    Raises Refused for a way that is not safe, a moment to come, and a person who died or is missing.
    """
    _store_attempt(record, attempt, by=by)
    if attempt.answered is Answered.PERSON:
        calendars.update_due(record, by=by)


@act("choose_follow_ups", needs=Permission.MANAGE_CASE)
def choose_follow_ups(record: OpenRecord, wishes: FollowUpWishes, *, by: Acting, expected: int) -> None:
    """Store which follow-ups the person wants, perhaps none, and plan these.

    Raises Refused for what is not offered or a day to come, and Conflict when a colleague stored another choice.
    """
    actions.check_open(record)
    today, wanted = by.today, wishes.wanted or ()
    offered = {due.code for due in offered_follow_ups(record)}
    follow_up_rules.may_choose(wanted, offered, asked_on=wishes.asked_on or today, today=today).enforce()
    record.put(wishes, by=by.worker, at=by.at, expected=expected)
    dues, outcomes = calendars.read_calendar(record)
    planned = calendars.planned_follow_ups(record, on_wish=True)
    chosen = follow_up_rules.choose_dues(wanted, dues, planned, outcomes, today=today)
    calendars.store_calendar(record, chosen, outcomes, by=by)
    calendars.update_due(record, by=by)


@act("start_calendar", needs=Permission.MANAGE_CASE)
def set_start(record: OpenRecord, start: CalendarStart, *, by: Acting, expected: int) -> None:
    """Store from when follow-ups count and when the help is planned to end; raises Conflict and Refused."""
    actions.check_open(record)
    if any(day and day > by.today for day in (start.returned_on, start.stay_ended_on, start.plan_on)):
        raise Refused("in_the_future")
    calendars.store_start(record, start, by=by, expected=expected)
    calendars.update_due(record, by=by)


@act("stop_follow_ups", needs=Permission.MANAGE_CASE)
def stop_after_withdrawal(record: OpenRecord, *, by: Acting) -> None:
    """Empty the calendar after the person withdrew the consent; without a withdrawal nothing changes."""
    by.entry.skip = not calendars.follow_ups_stopped_on(record)
    if by.entry.skip:
        return
    calendars.store_calendar(record, [], calendars.read_calendar(record)[1], by=by)
    calendars.update_due(record, by=by)


@act("set_follow_ups", needs=Permission.SET_FOLLOW_UPS)
def set_intervals(intervals: Mapping[str, int], *, by: Acting) -> None:
    """Store which follow-ups the organisation plans, and when; raises Refused when they are not in order."""
    decision = follow_up_rules.may_set_intervals(intervals)
    if not decision or not set(intervals) <= set(usual_intervals(on_wish=True)):
        raise Refused(decision.because or "not_offered")
    columns = {"intervals": dict(intervals), "by": by.worker, "at": by.at}
    FollowUpSettings.objects.update_or_create(organisation=by.viewer.organisation, defaults=columns)


def offered_follow_ups(record: OpenRecord) -> list[Due]:
    """Return the follow-ups that the person can choose: what is planned, and what can still be planned."""
    planned = calendars.planned_follow_ups(record, on_wish=True)
    dues, outcomes = calendars.read_calendar(record)
    codes = [due.code for due in planned]
    return follow_up_rules.choose_dues(codes, dues, planned, outcomes, today=clock.today())


def failed_days(record: OpenRecord) -> tuple[date, ...]:
    """Return the days on which somebody tried and did not reach the person, in order."""
    failed = (attempt for attempt in calendars.list_attempts(record) if attempt.answered is not Answered.PERSON)
    return tuple(sorted({clock.local_date(attempt.at) for attempt in failed}))


def _store_attempt(record: OpenRecord, attempt: Attempt, *, by: Acting) -> None:
    """Store an attempt in the caller's act; raises Refused for an unsafe way, and if no contact is allowed."""
    life.check_contact(record)
    if record.facts.status is Status.CLOSED and not _after_care(record):
        raise Refused("closed_now")
    if calendars.follow_ups_stopped_on(record):
        raise Refused("consent_ended")
    unsafe = record.known_or_empty(SafeContact).rules
    follow_up_rules.may_try(attempt.way, at=attempt.at, now=by.at, unsafe=unsafe).enforce()
    record.put(Attempts(entries=(*calendars.list_attempts(record), attempt)), by=by.worker, at=by.at)


def _after_care(record: OpenRecord) -> set[str]:
    """Return the follow-ups that the person wants although the case is closed."""
    return {due.code for due in calendars.after_care(record)} if record.facts.status is Status.CLOSED else set()
