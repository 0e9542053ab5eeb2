"""Rules of follow-ups over years: from which day they count, which ones the person wants, and how they are tried."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from suar.cases.codes import CONTACT_KINDS, FOLLOW_UPS, Result
from suar.cases.documents.follow_ups import CalendarStart
from suar.cases.rules import REACHED, Due, Outcome, is_met_by
from suar.consent.codes import ContactRule
from suar.core.decisions import Decision

MAX_INTERVAL = 5 * 365


def anchor(start: CalendarStart, *, opened_on: date) -> date:
    """Return the day from which follow-ups count.

    It is the later of return home and end of a stay, else the day the plan was agreed, else the day the case began.
    Source: case management code lists, anchor rules, first.
    """
    returned = max((day for day in (start.returned_on, start.stay_ended_on) if day), default=None)
    return returned or start.plan_on or opened_on


def move_dues(dues: Iterable[Due], planned: Iterable[Due], outcomes: Collection[Outcome], *, today: date) -> list[Due]:
    """Return the planned follow-ups counted from another day.

    One whose window is open, or that the person postponed, stays where it is. One whose new window has passed is left
    out.
    Source: own design after the anchor rules of the case management code lists.
    """
    new, postponed = {due.code: due for due in planned}, {outcome.code for outcome in outcomes if outcome.again_on}
    moved = []
    for due in dues:
        if due.opens_on <= today or due.code in postponed:
            moved.append(due)
        elif (other := new.get(due.code, due)).closes_on >= today:
            moved.append(other)
    return sorted(moved, key=lambda due: due.due_on)


def choose_dues(
    wanted: Collection[str], dues: Iterable[Due], planned: Iterable[Due], outcomes: Sequence[Outcome], *, today: date
) -> list[Due]:
    """Return the follow-ups that the person wants: those planned before, and those that are still possible.

    Reviews of a child stay: the team looks at the case, also without a contact.
    Source: own design; anchor rules of the case management code lists, fourth.
    """
    current = {due.code: due for due in dues}
    settled = {outcome.code for outcome in outcomes if not outcome.again_on}
    chosen = []
    for due in planned:
        if FOLLOW_UPS[due.code]["who"] != "child" and due.code not in wanted:
            continue
        if due.code in current:
            chosen.append(current[due.code])
        elif due.code not in settled and due.closes_on >= today and not is_met_by(due, outcomes):
            chosen.append(due)
    return sorted(chosen, key=lambda due: due.due_on)


def may_choose(wanted: Collection[str], offered: Collection[str], *, asked_on: date, today: date) -> Decision:
    """Return whether a choice may be stored: of offered follow-ups, perhaps none, on a day that has come.

    Source: own design.
    """
    if asked_on > today:
        return Decision.refuse("asked_in_future")
    return Decision.require(set(wanted) <= set(offered), "not_offered")


def may_try(way: str, *, at: datetime, now: datetime, unsafe: Collection[ContactRule]) -> Decision:
    """Return whether an attempt may be recorded: in a way that is safe, and not in the future.

    Source: case management code lists, anchor rules, third.
    """
    if at > now:
        return Decision.refuse("in_the_future")
    return Decision.require(way in safe_ways(unsafe), "unsafe_way")


def is_too_early(outcome: Outcome, dues: Sequence[Due]) -> bool:
    """Return True if the person was reached before the planned follow-up counts.

    Source: case management code lists, follow-ups, window days.
    """
    return outcome.result in REACHED and any(due.code == outcome.code and outcome.on < due.opens_on for due in dues)


def safe_ways(unsafe: Collection[ContactRule]) -> dict[str, str]:
    """Return the ways in which the person may be reached, with their labels.

    Source: security.md 3.6; a condition on how to reach somebody binds everybody.
    """
    return {member.code: member.label for member in CONTACT_KINDS.members if member.get("not_if") not in unsafe}


def lost_since(outcomes: Sequence[Outcome], last_contact: date | None) -> date | None:
    """Return the day on which contact was lost: the first follow-up without reach since the last contact, or None.

    Source: case management code lists, FUR_NOT_REACHED and CL_NOCONTACT.
    """
    missed = [outcome.on for outcome in outcomes if outcome.result is Result.NOT_REACHED]
    return min((day for day in missed if last_contact is None or day > last_contact), default=None)


def may_set_intervals(intervals: Mapping[str, int]) -> Decision:
    """Return whether an organisation may follow people up on these days: in the order of the table, at least one.

    Source: own design after the case management code lists, whose days are proposals.
    """
    days = [intervals[code] for code in FOLLOW_UPS if code in intervals]
    ordered = all(earlier < later for earlier, later in pairwise(days))
    within = days and days[0] >= 1 and days[-1] <= MAX_INTERVAL
    return Decision.require(ordered and within, "intervals_out_of_order")
