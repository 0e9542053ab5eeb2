"""Rules of cases: the follow-up calendar, needs, the plan, and when a case may be closed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from suar.cases.codes import (
    CLOSURE_REASONS,
    FOLLOW_UPS,
    NEED_GROUPS,
    PLAN_FIELDS,
    RESULTS,
    Because,
    ClosureBar,
    ClosureReason,
    Confirmed,
    DueKind,
    Effect,
    FollowUp,
    NeedGroup,
    PlanField,
    Result,
)
from suar.core.codes import Code
from suar.core.decisions import Decision
from suar.core.urgency import Urgency

LIMITS: Mapping[str, Any] = json.loads((Path(__file__).parent / "data" / "rules.json").read_text("utf-8"))
MIN_ATTEMPTS = 3
MAX_DAYS_AHEAD = timedelta(days=90)
REACHED = frozenset({Result.REACHED, Result.REACHED_BRIEF})
TYPE_PREFIX = 3
URGENT = frozenset({Urgency.NOW, Urgency.TODAY, Urgency.THREE_DAYS})


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One follow-up: the day it is due and the days between which it counts as kept."""

    due_on: date
    opens_on: date
    closes_on: date
    code: FollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one follow-up: the days of safe tries, and a new date when it moves."""

    code: FollowUp
    result: Result
    on: date
    tries_on: tuple[date, ...] = ()
    again_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review of the plan: the person's rating by domain, 1 to 5; others are left out."""

    on: date
    ratings: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """Everything that decides whether a case may end."""

    reason: ClosureReason
    today: date
    asked_by: UUID
    agreed_by: UUID | None = None
    confirmed: frozenset[Confirmed] = frozenset()
    prompted_by: frozenset[ClosureBar] = frozenset()
    open_urgent_needs: int = 0
    unanswered_since: tuple[date, ...] = ()
    serious_complaint_open: bool = False
    reviews: tuple[Review, ...] = ()
    tries_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """A plan about to be agreed: the keys of the parts that hold something, and its review day.

    Keys are those of codes/plan_fields.json: goal, steps, review_on and so on. `new_days` are the days of
    steps that the plan did not hold before.
    """

    filled: frozenset[str] = frozenset()
    review_on: date | None = None
    new_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A need of the person, tied to a service type and how soon it matters."""

    group: NeedGroup
    service_type: str
    urgency: Urgency


# The follow-up calendar


def anchor(*, plan_agreed_on: date, returned_on: date | None = None, stay_ended_on: date | None = None) -> date:
    """Return the day the calendar counts from.

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
    rows = (member for member in FOLLOW_UPS.members if for_whom[member["who"]])
    return sorted(_planned(anchor, member) for member in rows)


def may_record_outcome(outcome: Outcome, dues: Iterable[Due], outcomes: Iterable[Outcome], *, today: date) -> Decision:
    """Return whether this result may be written down for one of the follow-ups still planned.

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


def remaining_dues(dues: Iterable[Due], outcome: Outcome) -> list[Due]:
    """Return what stays planned after a result: it settles, moves or stops the calendar.

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
    """Return what is due today or was due before and is still open, soonest first.

    Source: own design; the day of the follow-up itself, not the opening of its window.
    """
    return sorted(each for each in dues if each.due_on <= today)


def next_due(dues: Iterable[Due]) -> date | None:
    """Return the next day something is due, or None when nothing is planned.

    Source: own design; it is the one date of the calendar that is not sealed.
    """
    return min((each.due_on for each in dues), default=None)


def is_late(due: Due, today: date) -> bool:
    """Return whether the window of a follow-up has closed.

    Source: case management code lists, window days.
    """
    return today > due.closes_on


def is_met_by(due: Due, outcomes: Iterable[Outcome]) -> bool:
    """Return whether the person was reached within the window.

    Source: case management code lists, anchor rules, second.
    """
    return any(each.result in REACHED and due.opens_on <= each.on <= due.closes_on for each in outcomes)


def _tried_enough(outcome: Outcome, due: Due) -> Decision:
    """Three tries on three days, none before the window opened or after the result."""
    days = {day for day in outcome.tries_on if due.opens_on <= day <= outcome.on}
    return Decision.yes() if len(days) >= MIN_ATTEMPTS else Decision.no(Because.TOO_FEW_TRIES)


def _new_date_fits(outcome: Outcome, due: Due, dues: Sequence[Due]) -> Decision:
    """A new day comes after this one, within 90 days, and not beyond the next follow-up."""
    if outcome.result is Result.UNSAFE and not outcome.reason.strip():
        return Decision.no(Because.REASON_NEEDED)
    if outcome.again_on is None or outcome.again_on <= outcome.on:
        return Decision.no(Because.NEW_DATE_NEEDED)
    later = (each.due_on for each in dues if each > due)
    latest = min((*later, outcome.on + MAX_DAYS_AHEAD))
    return Decision.yes() if outcome.again_on <= latest else Decision.no(Because.NEW_DATE_TOO_FAR)


def _moved(due: Due, outcome: Outcome) -> Due:
    """Move one follow-up to its new day, with its window around it."""
    if due.code is not outcome.code or outcome.again_on is None:
        return due
    by = outcome.again_on - due.due_on
    return Due(due.due_on + by, due.opens_on + by, due.closes_on + by, due.code)


def _settled(due: Due, outcome: Outcome) -> bool:
    return due.code is outcome.code or is_met_by(due, [outcome])


def _effect(result: Result) -> Effect:
    return Effect(RESULTS[result]["effect"])


def _planned(anchor: date, member: Code) -> Due:
    days = (member["due_day"], *member["window_days"])
    due_on, opens_on, closes_on = (anchor + timedelta(days=day) for day in days)
    return Due(due_on, opens_on, closes_on, FollowUp(member.code))


# Closing


def may_close(facts: ClosingFacts) -> Decision:
    """Return whether this case may end for this reason; `because` is a bar, a confirmation or a code.

    The person's own wish passes every bar; a negative decision, declining a service and not
    testifying are never a ground.
    Source: case management code lists, closure reasons and bars.
    """
    held = bars(facts)
    return Decision.first_refusal(
        Decision.no(held[0]) if held else Decision.yes(),
        _confirmed(facts),
        _history_allows(facts),
        _second_worker_agrees(facts),
    )


def bars(facts: ClosingFacts) -> tuple[ClosureBar, ...]:
    """Return what holds the closure now, for this reason.

    Source: case management code lists, closure bars.
    """
    passes = frozenset(map(ClosureBar, CLOSURE_REASONS[facts.reason]["passes"]))
    return tuple(bar for bar in ClosureBar if bar not in passes and _holds(bar, facts))


def confirmations(reason: ClosureReason) -> tuple[Confirmed, ...]:
    """Return what a worker confirms before a case ends for this reason.

    Source: case management code lists, closure reasons.
    """
    return tuple(map(Confirmed, CLOSURE_REASONS[reason]["confirms"]))


def asks_the_person(reason: ClosureReason) -> bool:
    """Return whether something was agreed with the person: not when nobody could be asked.

    Source: own design.
    """
    return reason not in {ClosureReason.DIED, ClosureReason.ERROR, ClosureReason.NO_CONTACT}


def attested(day: date) -> Review:
    """Return the review of a day on which a worker says the goals were looked at and all was well.

    No domain is rated by it: it holds the rule's own least good value in each urgent one.
    Source: own design; data/closing.json, goals.
    """
    goals = LIMITS["goals"]
    return Review(day, dict.fromkeys(goals["urgent_domains"], goals["vulnerable"] + 1))


def _holds(bar: ClosureBar, facts: ClosingFacts) -> bool:
    if bar is ClosureBar.URGENT_NEED:
        return facts.open_urgent_needs > 0
    if bar is ClosureBar.UNANSWERED_REFERRAL:
        holds_for = timedelta(days=LIMITS["unanswered_holds_days"])
        return any(facts.today - sent_on < holds_for for sent_on in facts.unanswered_since)
    if bar is ClosureBar.SERIOUS_COMPLAINT:
        return facts.serious_complaint_open
    return bar in facts.prompted_by


def _confirmed(facts: ClosingFacts) -> Decision:
    absent = [code for code in confirmations(facts.reason) if code not in facts.confirmed]
    return Decision.no(absent[0]) if absent else Decision.yes()


def _history_allows(facts: ClosingFacts) -> Decision:
    if facts.reason is ClosureReason.GOALS and not _goals_are_stable(facts.reviews):
        return Decision.no(Because.GOALS_NOT_STABLE)
    if facts.reason is ClosureReason.NO_CONTACT and not _tried_long_enough(facts.tries_on):
        return Decision.no(Because.TRIES_TOO_CLOSE)
    return Decision.yes()


def _second_worker_agrees(facts: ClosingFacts) -> Decision:
    if not CLOSURE_REASONS[facts.reason]["needs_supervisor"]:
        return Decision.yes()
    if facts.agreed_by is None or facts.agreed_by == facts.asked_by:
        return Decision.no(Because.SECOND_WORKER_NEEDED)
    return Decision.yes()


def _goals_are_stable(reviews: Sequence[Review]) -> bool:
    """The newest reviews in a row are good, two or more of them, 60 days from first to last."""
    good: list[date] = []
    for each in sorted(reviews, key=lambda review: review.on, reverse=True):
        if not _is_good(each):
            break
        good.append(each.on)
    apart = timedelta(days=LIMITS["goals"]["days_apart"])
    return bool(good) and good[0] - good[-1] >= apart


def _is_good(review: Review) -> bool:
    """Nothing is in crisis and no urgent domain vulnerable; what does not apply is left out."""
    goals = LIMITS["goals"]
    urgent = (value for domain, value in review.ratings.items() if domain in goals["urgent_domains"])
    return (
        bool(review.ratings)
        and all(value > goals["crisis"] for value in review.ratings.values())
        and all(value > goals["vulnerable"] for value in urgent)
    )


def _tried_long_enough(tries_on: Sequence[date]) -> bool:
    rule, days = LIMITS["no_contact"], sorted(set(tries_on))
    apart = timedelta(days=rule["days_apart"])
    return len(days) >= rule["tries"] and days[-1] - days[0] >= apart


# Needs


def first_needs(wanted: Iterable[tuple[str, Urgency]]) -> tuple[Need, ...]:
    """Make the list of needs from service types, most urgent first, each type once.

    Source: service types and groups; triage of the identification protocol.
    """
    soonest: dict[str, Urgency] = {}
    for service_type, urgency in wanted:
        soonest[service_type] = min(urgency, soonest.get(service_type, urgency))
    needs = (Need(need_group(each), each, urgency) for each, urgency in soonest.items())
    return tuple(sorted(needs, key=lambda need: (need.urgency, need.service_type)))


def need_group(service_type: str) -> NeedGroup:
    """Return the group of a service type; an unknown one goes where a worker looks at it.

    Source: service types, groups.
    """
    prefix = service_type[:TYPE_PREFIX]
    found = next((code for code in NEED_GROUPS if NEED_GROUPS[code]["prefix"] == prefix), NeedGroup.COORDINATION)
    return NeedGroup(found)


def is_urgent(need: Need) -> bool:
    """Return whether an open need of this kind holds a closure: anything within three days.

    Source: case management code lists, urgency U1 to U3 and BAR_URGENT; own design.
    """
    return need.urgency in URGENT


# The plan


def first_plan_fields() -> tuple[PlanField, ...]:
    """Return the parts a first plan cannot do without: a goal, a step, a day to look again.

    Source: case management code lists, plan fields; which are needed first is own design.
    """
    return tuple(PlanField(code) for code in PLAN_FIELDS if PLAN_FIELDS[code]["first"])


def plan_holds(facts: PlanFacts, *, today: date) -> Decision:
    """Return whether a plan may be kept; `because` is the first part that is absent, or a code.

    Source: case management code lists, PLAN_REVIEW 'at most 90 days ahead'.
    """
    absent = [code for code in first_plan_fields() if PLAN_FIELDS[code]["key"] not in facts.filled]
    if absent:
        return Decision.no(PlanField(absent[0]))
    if facts.review_on is None or facts.review_on < today:
        return Decision.no(Because.REVIEW_IN_THE_PAST)
    if facts.review_on > today + timedelta(days=LIMITS["review_within_days"]):
        return Decision.no(Because.REVIEW_TOO_FAR)
    return step_days_fit(facts.new_days, today=today)


def step_days_fit(days: Iterable[date], *, today: date) -> Decision:
    """Return whether steps may get these days; one whose day went by keeps it until it is done.

    Source: own design; a step that is late as it is written helps nobody.
    """
    return Decision.no(Because.STEP_IN_THE_PAST) if any(d < today for d in days) else Decision.yes()


def due_days(dues: Iterable[Due], *, review_on: date | None, open_steps: Iterable[date]) -> dict[DueKind, date]:
    """Return the next day of each kind of thing that is due: follow-up, review, open step.

    Source: own design; the earliest of them is the day by which lists are ordered.
    """
    days = {
        DueKind.FOLLOW_UP: next_due(dues),
        DueKind.REVIEW: review_on,
        DueKind.STEP: min(open_steps, default=None),
    }
    return {kind: day for kind, day in days.items() if day}
