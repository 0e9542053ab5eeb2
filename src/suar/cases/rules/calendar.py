"""The follow-up calendar: what is planned, what a result does to it, what is due today."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from suar.cases.rules.words import read
from suar.cases.terms import Because, Due, Effect, FollowUp, Outcome, Result
from suar.core.decisions import Decision

LEAST_TRIES = 3
MOST_DAYS_AHEAD = timedelta(days=90)
REACHED = frozenset({Result.REACHED, Result.REACHED_BRIEF})


def anchor(*, plan_agreed_on: date, returned_on: date | None = None, stay_ended_on: date | None = None) -> date:
    """Give the day the calendar counts from.

    Source: case management code lists, anchor rules: the later of return home and end of a
    residential stay; if neither, the day the plan was agreed.
    """
    known = [day for day in (returned_on, stay_ended_on) if day]
    return max(known, default=plan_agreed_on)


def calendar(anchor: date, *, on_wish: bool = False, child: bool = False) -> list[Due]:
    """Plan the follow-ups from the anchor, soonest first.

    `on_wish` adds the one after three years; `child` adds reviews so that none is more than
    30 days from the last in the first six months.
    Source: case management code lists, follow-up and anchor rules.
    """
    for_whom = {"all": True, "wish": on_wish, "child": child}
    rows = (row for row in read("calendar")["follow_ups"] if for_whom[row["who"]])
    return sorted(_planned(anchor, row) for row in rows)


def may_settle(outcome: Outcome, dues: Iterable[Due], outcomes: Iterable[Outcome], *, today: date) -> Decision:
    """Say whether this result may be written down for one of the follow-ups still planned.

    Source: case management code lists, follow-up results.
    """
    dues = list(dues)
    due = next((each for each in dues if each.code is outcome.code), None)
    if due is None:
        return Decision.no(Because.NOT_DUE)
    if outcome in outcomes:
        return Decision.no(Because.ALREADY_KEPT)
    if outcome.on > today:
        return Decision.no(Because.IN_THE_FUTURE)
    if outcome.result in REACHED | {Result.NOT_REACHED} and outcome.on < due.opens_on:
        return Decision.no(Because.TOO_EARLY)
    if outcome.result is Result.NOT_REACHED:
        return _tried_enough(outcome, due)
    if _effect(outcome.result) is Effect.MOVES:
        return _new_date_fits(outcome, due, dues)
    return Decision.yes()


def after(dues: Iterable[Due], outcome: Outcome) -> list[Due]:
    """Give what stays planned after a result: it settles, moves or stops the calendar.

    Reaching the person settles each follow-up whose window holds that day. "No more contact"
    stops everything at once.
    Source: case management code lists, follow-up results and anchor rules.
    """
    effect = _effect(outcome.result)
    if effect is Effect.STOPS:
        return []
    if effect is Effect.MOVES:
        return sorted(_moved(each, outcome) for each in dues)
    return [each for each in dues if not _settled(each, outcome)]


def due_today(dues: Iterable[Due], today: date) -> list[Due]:
    """List what is due today or was due before and is still open, soonest first.

    Source: own design; the day of the follow-up itself, not the opening of its window.
    """
    return sorted(each for each in dues if each.due_on <= today)


def next_due(dues: Iterable[Due]) -> date | None:
    """Give the next day something is due, or None when nothing is planned.

    Source: own design; it is the one date of the calendar that is not sealed.
    """
    return min((each.due_on for each in dues), default=None)


def is_late(due: Due, today: date) -> bool:
    """Say whether the window of a follow-up has closed.

    Source: case management code lists, window days.
    """
    return today > due.closes_on


def is_kept(due: Due, outcomes: Iterable[Outcome]) -> bool:
    """Say whether the person was reached within the window.

    Source: case management code lists, anchor rules, second.
    """
    return any(each.result in REACHED and due.opens_on <= each.on <= due.closes_on for each in outcomes)


def _tried_enough(outcome: Outcome, due: Due) -> Decision:
    """Three tries on three days, none before the window opened or after the result."""
    days = {day for day in outcome.tries_on if due.opens_on <= day <= outcome.on}
    return Decision.yes() if len(days) >= LEAST_TRIES else Decision.no(Because.TOO_FEW_TRIES)


def _new_date_fits(outcome: Outcome, due: Due, dues: Sequence[Due]) -> Decision:
    """A new day comes after this one, within 90 days, and not beyond the next follow-up."""
    if outcome.result is Result.UNSAFE and not outcome.reason.strip():
        return Decision.no(Because.REASON_NEEDED)
    if outcome.again_on is None or outcome.again_on <= outcome.on:
        return Decision.no(Because.NEW_DATE_NEEDED)
    later = (each.due_on for each in dues if each > due)
    latest = min((*later, outcome.on + MOST_DAYS_AHEAD))
    return Decision.yes() if outcome.again_on <= latest else Decision.no(Because.NEW_DATE_TOO_FAR)


def _moved(due: Due, outcome: Outcome) -> Due:
    """Move one follow-up to its new day, with its window around it."""
    if due.code is not outcome.code or outcome.again_on is None:
        return due
    by = outcome.again_on - due.due_on
    return Due(due.due_on + by, due.opens_on + by, due.closes_on + by, due.code)


def _settled(due: Due, outcome: Outcome) -> bool:
    return due.code is outcome.code or is_kept(due, [outcome])


def _effect(result: Result) -> Effect:
    rows = {row["code"]: row["effect"] for row in read("calendar")["results"]}
    return Effect(rows[result])


def _planned(anchor: date, row: Mapping[str, Any]) -> Due:
    days = (row["due_day"], *row["window_days"])
    due_on, opens_on, closes_on = (anchor + timedelta(days=day) for day in days)
    return Due(due_on, opens_on, closes_on, FollowUp(row["code"]))
