"""Closing a case: one worker asks, a second one agrees where the reason needs it; and opening it again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from suar.accounts import notices
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import calendars, policy, rules
from suar.cases.documents import AGREED, ASKED, Closing, ClosingRequest, MergedInto
from suar.cases.rules import ClosingFacts
from suar.consent import life
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.refusals import Conflict, NotYours, Refused, value_or_refuse
from suar.records import actions as records
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import queries as referrals
from suar.referrals.rules import UNANSWERED

CLOSED, REOPENED, LEFT_OPEN = "closed", "reopened", "not_yet"


@act("ask_closing", needs=Permission.MANAGE_CASE)
def ask_closing(record: OpenRecord, request: ClosingRequest, *, by: Acting, replaces: str = "") -> str:
    """Close a case, or ask a second worker for it; return the state of the request.

    While a request waits, it is due today for everybody with access to the case, so that it is not forgotten. If it is
    for a later day, the case stays open until somebody closes it on that day. With `replaces`, the version of a request
    that the worker saw, that request is set aside first. Raises Conflict when another request waits or the case is
    closed, Refused when the rule refuses, and NotYours when the worker may not close it.
    """
    if replaces:
        record = _set_aside(record, seen=replaces, by=by)
    if record.facts.status is Status.CLOSED or current_request(record):
        raise Conflict
    if "ask_closing" not in policy.closing_acts(by.viewer, record.facts):
        raise NotYours
    decision = rules.may_close(_facts(record, request, at=by.at))
    if decision.because == "second_worker_needed":
        decision, request = Decision.allow(), request.model_copy(update={"state": ASKED})
    else:
        request = request.model_copy(update={"state": AGREED})
    Decision.first_refusal(rules.may_close_on(request.on, today=by.today), decision).enforce()
    _store(record, [*list_requests(record), request], by=by)
    if request.state == AGREED and request.on <= by.today:
        by.entry.verb = "close_case"
        _close(record, by=by)
        return CLOSED
    calendars.update_due(record, by=by)
    if request.state == ASKED:
        records.set_due(record.id, due=by.today)
        notices.notify(lists.leads_who_know(record.facts) - {by.worker}, at=by.at)
    return request.state


@act("close_case", needs=Permission.MANAGE_CASE)
def agree(record: OpenRecord, *, by: Acting) -> str:
    """Close a case as a colleague asked, or agree that it closes on a later day; return the state of the request.

    On that day it closes by the same act. Raises Refused or NotYours as `ask_closing` does.
    """
    request, today = _get_waiting(record), by.today
    is_agreed = request.state == AGREED
    if "close_case" not in policy.closing_acts(by.viewer, record.facts, request):
        raise Refused("second_worker_needed")
    if is_agreed and request.on > today:
        raise Refused("closes_later")
    agreed_by = request.agreed_by if is_agreed else by.worker
    rules.may_close(replace(_facts(record, request, at=by.at), agreed_by=agreed_by)).enforce()
    _change_last(record, by=by, state=AGREED, agreed_by=agreed_by)
    if request.on <= today:
        _close(record, by=by)
        return CLOSED
    by.entry.verb = "agree_closing"
    calendars.update_due(record, by=by)
    return AGREED


@act("keep_open", needs=Permission.MANAGE_CASE)
def leave_open(record: OpenRecord, *, by: Acting) -> None:
    """Reject a request to close, as the worker who asked, the assigned worker or the lead."""
    request = _get_waiting(record)
    if "keep_open" not in policy.closing_acts(by.viewer, record.facts, request):
        raise NotYours
    _change_last(record, by=by, state=LEFT_OPEN)
    calendars.update_due(record, by=by)


@act("reopen_case", needs=Permission.MANAGE_CASE)
def reopen(record: OpenRecord, *, by: Acting) -> None:
    """Open a closed case again with the calendar it had; twice is the same as once."""
    if record.facts.status is not Status.CLOSED:
        by.entry.skip = True
        return
    if "reopen_case" not in policy.closing_acts(by.viewer, record.facts):
        raise NotYours
    if record.get_or_empty(MergedInto).record:
        raise Refused("merged_already")
    if list_requests(record):
        _change_last(record, by=by, state=REOPENED, reopened_by=by.worker, reopened_at=by.at)
    records.reopen(record.id)
    calendars.update_due(record.reopen(by), by=by)


def list_requests(record: OpenRecord) -> tuple[ClosingRequest, ...]:
    """Return every request to close a case, oldest first."""
    return record.get_or_empty(Closing).requests


def current_request(record: OpenRecord) -> ClosingRequest | None:
    """Return the request that waits for a second worker or its day, or by which a closed case was closed."""
    last = record.get_or_empty(Closing).last
    is_closed = record.facts.status is Status.CLOSED
    return last if last and (last.state in (ASKED, AGREED) or (last.state == CLOSED and is_closed)) else None


def version(request: ClosingRequest | None) -> str:
    """Return the version of a request for forms: its time and its state."""
    return f"{request.asked_at.isoformat()} {request.state}" if request else ""


def _set_aside(record: OpenRecord, *, seen: str, by: Acting) -> OpenRecord:
    """Open a closed case again, or leave it open, within the caller's act.

    Raises Conflict if there is another request than the one that was `seen`, and Refused if the case was left open.
    """
    request = current_request(record)
    if request is None:
        raise Refused("left_open")
    if version(request) != seen:
        raise Conflict
    if record.facts.status is Status.CLOSED:
        reopen(record, by=by)
    else:
        leave_open(record, by=by)
    return record.reopen(by)


def _close(record: OpenRecord, *, by: Acting) -> None:
    """Close a case by its last request; what the person wants after it stays due."""
    _change_last(record, by=by, state=CLOSED, closed_at=by.at)
    records.close(record.id)
    closed = record.reopen(by)
    if calendars.after_care(closed):
        calendars.update_due(closed, by=by)


def _get_waiting(record: OpenRecord) -> ClosingRequest:
    """Return the request that waits; raises Refused when it was decided before, NotYours without any."""
    request = current_request(record) if record.facts.status is Status.OPEN else None
    if request is None and list_requests(record):
        raise Refused("closed_now" if record.facts.status is Status.CLOSED else "left_open")
    return value_or_refuse(request)


def _change_last(record: OpenRecord, *, by: Acting, **changes: Any) -> None:
    *former, last = list_requests(record)
    _store(record, [*former, last.model_copy(update=changes)], by=by)


def _store(record: OpenRecord, requests: Sequence[ClosingRequest], *, by: Acting) -> None:
    record.put(Closing(requests=tuple(requests)), by=by.worker, at=by.at)


def _facts(record: OpenRecord, request: ClosingRequest, *, at: datetime) -> ClosingFacts:
    unanswered = [sent for sent in referrals.sent_for(record) if sent.state in UNANSWERED]
    _, outcomes = calendars.read_calendar(record)
    return ClosingFacts(
        reason=request.reason,
        today=clock.local_date(at),
        asked_by=request.asked_by,
        confirmed=frozenset(request.confirmed),
        open_urgent_needs=request.open_urgent,
        unanswered_since=tuple(clock.local_date(sent.made_at) for sent in unanswered),
        reviews=request.reviews,
        tries_on=tuple(day for outcome in outcomes for day in outcome.tries_on),
        is_missing=life.life_state(record) == life.MISSING,
    )
