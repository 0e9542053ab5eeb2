"""Rules of cases: the follow-up calendar, needs, the plan, and when a case may be closed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from suar.cases.codes import (
    CLOSURE_REASONS,
    FOLLOW_UPS,
    PLAN_FIELDS,
    RESULTS,
    TASK_KINDS,
    ClosureBar,
    ClosureReason,
    Result,
)
from suar.consent.codes import AgeStatus, ContactRule
from suar.core.codes import Code, read_data
from suar.core.decisions import Decision
from suar.core.urgency import Urgency
from suar.screening.rules.answers import AgeFacts

LIMITS: Mapping[str, Any] = read_data("cases", "rules")
MIN_ATTEMPTS = 3
MAX_DAYS_AHEAD = timedelta(days=90)
UNDO_WITHIN = timedelta(minutes=1)
ADULT_FROM = 18
REACHED = frozenset({Result.REACHED, Result.REACHED_BRIEF})
URGENT = frozenset({Urgency.NOW, Urgency.TODAY, Urgency.THREE_DAYS})


class Due(NamedTuple):
    """A planned follow-up: its code, its day, and the days between which it counts as done in time."""

    code: str
    due_on: date
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of a follow-up: its result, the days of safe attempts, and a new date if it moves."""

    code: str
    result: Result
    on: date
    tries_on: tuple[date, ...] = ()
    again_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """Everything that decides whether a case may end.

    `reviews` are the days on which a worker reviewed the goals with the person and found no crisis.
    """

    reason: ClosureReason
    today: date
    asked_by: UUID
    agreed_by: UUID | None = None
    confirmed: frozenset[str] = frozenset()
    open_urgent_needs: int = 0
    unanswered_since: tuple[date, ...] = ()
    reviews: tuple[date, ...] = ()
    tries_on: tuple[date, ...] = ()
    is_missing: bool = False


class Need(NamedTuple):
    """A need of the person: a service type and its urgency."""

    service_type: str
    urgency: Urgency

    @property
    def is_urgent(self) -> bool:
        """Return True if the need, while open, blocks closing: anything within three days.

        Source: case management code lists, urgency U1 to U3 and BAR_URGENT; own design.
        """
        return self.urgency in URGENT


# The follow-up calendar


def calendar(anchor: date, *, child: bool = False, intervals: Mapping[str, int] | None = None) -> list[Due]:
    """Return the follow-ups that are planned from the anchor day, soonest first.

    `intervals` are the days of the organisation by code, instead of those of the table. `child` adds reviews so that
    none is more than 30 days from the last in the first six months; no organisation can leave them out.
    Source: case management code lists, follow-up and anchor rules.
    """
    days = usual_intervals() if intervals is None else intervals
    reviews = {member.code: member["due_day"] for member in FOLLOW_UPS.members if child and member["who"] == "child"}
    dues = (_planned(anchor, FOLLOW_UPS[code], day) for code, day in {**days, **reviews}.items())
    return sorted(dues, key=lambda due: due.due_on)


def usual_intervals(*, on_wish: bool = False) -> dict[str, int]:
    """Return the follow-ups of every person with their days after the anchor; `on_wish` adds those only if wished.

    Source: case management code lists, follow-ups.
    """
    included = {"all", "wish"} if on_wish else {"all"}
    return {member.code: member["due_day"] for member in FOLLOW_UPS.members if member["who"] in included}


def may_record_outcome(
    outcome: Outcome, dues: Sequence[Due], outcomes: Collection[Outcome], *, today: date
) -> Decision:
    """Return whether this outcome may be recorded for one of the follow-ups still planned.

    Source: case management code lists, follow-up results.
    """
    due = next((due for due in dues if due.code == outcome.code), None)
    if due is None:
        return Decision.refuse("not_due")
    if outcome in outcomes:
        return Decision.refuse("already_kept")
    if outcome.on > today:
        return Decision.refuse("in_the_future")
    if outcome.result in REACHED | {Result.NOT_REACHED} and outcome.on < due.opens_on:
        return Decision.refuse("too_early")
    if outcome.result is Result.NOT_REACHED:
        days = {day for day in outcome.tries_on if due.opens_on <= day <= outcome.on}
        return Decision.require(len(days) >= MIN_ATTEMPTS, "too_few_tries")
    if _effect(outcome) == "moves":
        return _new_date_fits(outcome, due, dues)
    return Decision.allow()


def remaining_dues(dues: Iterable[Due], outcome: Outcome) -> list[Due]:
    """Return the follow-ups that stay planned after an outcome: it settles, moves or stops the calendar.

    Reaching the person settles each follow-up whose window includes that day or was over before it: an earlier one
    that was missed stays missed, and nobody is asked to contact the person once more for it. "No more contact" stops
    everything at once.
    Source: case management code lists, follow-up results and anchor rules.
    """
    effect = _effect(outcome)
    if effect == "stops":
        return []
    if effect == "moves":
        return sorted((_moved(due, outcome) for due in dues), key=lambda due: due.due_on)
    reached_on = outcome.on if outcome.result in REACHED else date.min
    open_dues = (due for due in dues if due.code != outcome.code and due.closes_on >= reached_on)
    return [due for due in open_dues if not is_met_by(due, [outcome])]


def is_met_by(due: Due, outcomes: Iterable[Outcome]) -> bool:
    """Return True if the person was reached within the window of a follow-up.

    Source: case management code lists, anchor rules, second.
    """
    return any(outcome.result in REACHED and due.opens_on <= outcome.on <= due.closes_on for outcome in outcomes)


def _new_date_fits(outcome: Outcome, due: Due, dues: Iterable[Due]) -> Decision:
    """Allow a new day after this one, within 90 days and not beyond the next follow-up."""
    if outcome.result is Result.UNSAFE and not outcome.reason.strip():
        return Decision.refuse("reason_needed")
    if outcome.again_on is None or outcome.again_on <= outcome.on:
        return Decision.refuse("new_date_needed")
    later = (other.due_on for other in dues if other.due_on > due.due_on)
    latest = min((*later, outcome.on + MAX_DAYS_AHEAD))
    return Decision.require(outcome.again_on <= latest, "new_date_too_far")


def _moved(due: Due, outcome: Outcome) -> Due:
    """Return a follow-up on its new day, with its window around it."""
    if due.code != outcome.code or outcome.again_on is None:
        return due
    shift = outcome.again_on - due.due_on
    return Due(due.code, due.due_on + shift, due.opens_on + shift, due.closes_on + shift)


def _effect(outcome: Outcome) -> str:
    effect: str = RESULTS[outcome.result]["effect"]
    return effect


def _planned(anchor: date, member: Code, day: int) -> Due:
    """Return a follow-up on a day after the anchor; its window has the width of the table."""
    shift = day - member["due_day"]
    opens, closes = member["window_days"]
    due_on, opens_on, closes_on = (anchor + timedelta(days=days) for days in (day, opens + shift, closes + shift))
    return Due(member.code, due_on, opens_on, closes_on)


# Closing


def may_close(facts: ClosingFacts) -> Decision:
    """Return whether this case may end for this reason; `because` is a bar, a confirmation or a code.

    The person's own wish passes every bar. A negative decision, declining a service and not testifying are no reasons:
    the list has none of them.
    Source: case management code lists, closure reasons and bars.
    """
    blocking = bars(facts)
    return Decision.first_refusal(
        Decision.refuse(blocking[0]) if blocking else Decision.allow(),
        _confirmed(facts),
        _history_allows(facts),
        _second_worker_agrees(facts),
    )


def may_close_on(day: date, *, today: date) -> Decision:
    """Return whether a case may end on this day: today, before, or soon, so that a second person is asked in time.

    Source: own design.
    """
    latest = today + timedelta(days=LIMITS["closing_ahead_days"])
    return Decision.require(day <= latest, "in_the_future")


def ask_closing_on(ends_on: date | None) -> date | None:
    """Return the day on which a second person is asked about the closing, or None without a planned end.

    Source: own design.
    """
    return ends_on - timedelta(days=LIMITS["ask_closing_days"]) if ends_on else None


def bars(facts: ClosingFacts) -> tuple[ClosureBar, ...]:
    """Return the bars that block closing now, for this reason.

    Source: case management code lists, closure bars.
    """
    limit = timedelta(days=LIMITS["unanswered_holds_days"])
    unanswered = any(facts.today - sent_on < limit for sent_on in facts.unanswered_since)
    blocks = {ClosureBar.URGENT_NEED: facts.open_urgent_needs > 0, ClosureBar.UNANSWERED_REFERRAL: unanswered}
    passes = CLOSURE_REASONS[facts.reason]["passes"]
    return tuple(bar for bar, holds in blocks.items() if holds and bar not in passes)


def confirmations(reason: ClosureReason) -> tuple[str, ...]:
    """Return the codes of what a worker confirms before a case ends for this reason.

    Source: case management code lists, closure reasons.
    """
    return tuple(CLOSURE_REASONS[reason]["confirms"])


def asks_the_person(reason: ClosureReason) -> bool:
    """Return whether the end was agreed with the person: not if the person could not be asked.

    Source: own design.
    """
    return reason not in {ClosureReason.DIED, ClosureReason.ERROR, ClosureReason.NO_CONTACT}


def _confirmed(facts: ClosingFacts) -> Decision:
    absent = [code for code in confirmations(facts.reason) if code not in facts.confirmed]
    return Decision.refuse(absent[0]) if absent else Decision.allow()


def _history_allows(facts: ClosingFacts) -> Decision:
    if facts.reason is ClosureReason.GOALS and not _far_enough_apart(facts.reviews, LIMITS["goals"]):
        return Decision.refuse("goals_not_stable")
    if facts.reason is ClosureReason.NO_CONTACT and facts.is_missing:
        return Decision.refuse("person_missing")
    if facts.reason is ClosureReason.NO_CONTACT and not _far_enough_apart(facts.tries_on, LIMITS["no_contact"]):
        return Decision.refuse("tries_too_close")
    return Decision.allow()


def _second_worker_agrees(facts: ClosingFacts) -> Decision:
    agrees = facts.agreed_by is not None and facts.agreed_by != facts.asked_by
    return Decision.require(agrees or not CLOSURE_REASONS[facts.reason]["needs_supervisor"], "second_worker_needed")


def _far_enough_apart(days: Iterable[date], limit: Mapping[str, int]) -> bool:
    """Return True if there are enough different days, and enough time from the first to the last."""
    ordered = sorted(set(days))
    return len(ordered) >= limit["times"] and (ordered[-1] - ordered[0]).days >= limit["days_apart"]


# Needs and the plan


def list_needs(wanted: Iterable[tuple[str, Urgency]]) -> list[Need]:
    """Return the needs by service type, most urgent first, each type once.

    Source: service types and groups; triage of the identification protocol.
    """
    soonest: dict[str, Urgency] = {}
    for service_type, urgency in wanted:
        soonest[service_type] = min(urgency, soonest.get(service_type, urgency))
    return sorted((Need(*need) for need in soonest.items()), key=lambda need: (need.urgency, need.service_type))


def may_save_plan(
    filled: Collection[str], *, review_on: date | None, new_days: Iterable[date], today: date
) -> Decision:
    """Return whether a plan may be stored; `because` is the first part that is absent, or a code.

    `filled` are the keys of codes/plan_fields.json that have content; `new_days` are the days of
    steps that the plan did not have before.
    Source: case management code lists, PLAN_REVIEW 'at most 90 days ahead'.
    """
    return Decision.first_refusal(
        is_complete(filled), may_review_on(review_on, today=today), may_plan_steps(new_days, today=today)
    )


def is_complete(filled: Collection[str]) -> Decision:
    """Return whether a plan has all that a first plan needs; `because` is the first part that is absent.

    Source: case management code lists, plan fields.
    """
    absent = [field.code for field in PLAN_FIELDS.members if field["first"] and field["key"] not in filled]
    return Decision.refuse(absent[0]) if absent else Decision.allow()


def may_review_on(review_on: date | None, *, today: date, from_tomorrow: bool = False) -> Decision:
    """Return whether a plan may be reviewed on a day: not in the past, at most 90 days ahead.

    A safety plan is reviewed from tomorrow: it was just agreed.
    Source: case management code lists, PLAN_REVIEW 'at most 90 days ahead'; a danger changes faster than a plan.
    """
    if review_on is None or review_on < today + timedelta(days=from_tomorrow):
        return Decision.refuse("review_in_the_past")
    return Decision.require(review_on <= today + timedelta(days=LIMITS["review_within_days"]), "review_too_far")


def may_have_happened(day: date, *, today: date) -> Decision:
    """Return whether something may be recorded for a day: one that has come, and not with a wrong year.

    Source: own design.
    """
    if day > today:
        return Decision.refuse("in_the_future")
    return Decision.require(day.year >= today.year - LIMITS["years_back"], "year_too_early")


def may_undo(done_by: UUID | None, done_at: datetime | None, *, worker: UUID, at: datetime) -> Decision:
    """Return whether a worker may undo an act: their own, within a minute.

    Source: own design; later a correction with its history takes the place of an undo.
    """
    in_time = done_at is not None and at - done_at <= UNDO_WITHIN
    return Decision.require(in_time and done_by == worker, "undo_too_late")


def may_plan_task(kind: str, due: date, *, unsafe: Collection[ContactRule], today: date) -> Decision:
    """Return whether a task may be planned: not on a past day, and never in a way that is not safe.

    Source: own design after security.md 3.6; a condition on how to reach somebody binds everybody.
    """
    if TASK_KINDS[kind].get("not_if") in unsafe:
        return Decision.refuse("unsafe_way")
    return may_plan_steps([due], today=today)


def may_plan_steps(days: Iterable[date], *, today: date) -> Decision:
    """Return whether steps may get these days; a step that is late already stays as it is.

    Source: own design; a new step that is late already helps nobody.
    """
    return Decision.require(all(day >= today for day in days), "step_in_the_past")


def age_facts(years: int, status: AgeStatus | None = None) -> dict[str, object]:
    """Return the age band and status that follow from years; after a doubt the person stays on the child path.

    Source: own design; `status` is what was recorded before.
    """
    if years < ADULT_FROM:
        status = AgeStatus.CHILD
    elif status is not AgeStatus.MAY_BE_CHILD:
        status = AgeStatus.ADULT
    return {"age_band": AgeFacts(years=years).best_band.value, "age_status": status}
