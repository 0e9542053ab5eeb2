"""The codes of case work and the facts its rules work on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from suar.core.urgency import Urgency


class FollowUp(StrEnum):
    """The contacts a case plans after its anchor date; the last five are for children."""

    WEEK_1 = "FU_1W"
    MONTH_1 = "FU_1M"
    MONTHS_3 = "FU_3M"
    MONTHS_6 = "FU_6M"
    MONTHS_12 = "FU_12M"
    MONTHS_24 = "FU_24M"
    MONTHS_36 = "FU_36M"
    CHILD_60 = "FU_CHILD_60"
    CHILD_90 = "FU_CHILD_90"
    CHILD_120 = "FU_CHILD_120"
    CHILD_150 = "FU_CHILD_150"
    CHILD_180 = "FU_CHILD_180"


class DueKind(StrEnum):
    """What of a case can be due on a day."""

    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    STEP = "step"


class Result(StrEnum):
    """What came of a follow-up."""

    REACHED = "FUR_REACHED"
    REACHED_BRIEF = "FUR_REACHED_BRIEF"
    NOT_REACHED = "FUR_NOT_REACHED"
    POSTPONED = "FUR_POSTPONED"
    REFUSED = "FUR_REFUSED"
    UNSAFE = "FUR_UNSAFE"
    MOVED = "FUR_MOVED"
    DIED = "FUR_DIED"


class Effect(StrEnum):
    """What a result does to the calendar."""

    SETTLES = "settles"
    MOVES = "moves"
    STOPS = "stops"


class ClosureReason(StrEnum):
    """Why a case may end."""

    GOALS = "CL_GOALS"
    PERSON = "CL_PERSON"
    TRANSFER = "CL_TRANSFER"
    NO_CONTACT = "CL_NOCONTACT"
    LEFT_COUNTRY = "CL_LEFT_COUNTRY"
    DIED = "CL_DIED"
    NOT_ELIGIBLE = "CL_NOT_ELIGIBLE"
    CHILD_ADULT = "CL_CHILD_ADULT"
    ERROR = "CL_ERROR"


class ClosureBar(StrEnum):
    """What holds a closure; the first three are never a ground for one."""

    FORMAL_NEGATIVE = "BAR_FORMAL_NEG"
    DECLINED_SERVICE = "BAR_DECLINE"
    NOT_TESTIFYING = "BAR_NOTESTIFY"
    URGENT_NEED = "BAR_URGENT"
    UNANSWERED_REFERRAL = "BAR_REFERRAL"
    SERIOUS_COMPLAINT = "BAR_COMPLAINT"


class Confirmed(StrEnum):
    """What a worker confirms before a case ends; the code is also the refusal without it."""

    PERSON_AGREES = "person_agrees"
    INFORMATION_LEFT = "information_left"
    NEW_MANAGER_MET_PERSON = "new_manager_met_person"
    NO_KNOWN_DANGER = "no_known_danger"
    ONWARD_CONTACT_OFFERED = "onward_contact_offered"
    REVIEW_HELD = "review_held"
    ACCEPTED_ELSEWHERE = "accepted_elsewhere"
    TURNED_18 = "turned_18"
    ADULT_PLAN_ACCEPTED = "adult_plan_accepted"


class PlanField(StrEnum):
    """The parts of a plan made with the person."""

    GOAL = "PLAN_GOAL"
    PRIORITY = "PLAN_PRIORITY"
    BASELINE = "PLAN_BASELINE"
    STEP = "PLAN_STEP"
    SERVICE = "PLAN_SERVICE"
    RISK = "PLAN_RISK"
    FAMILY = "PLAN_FAMILY"
    CONSENT = "PLAN_CONSENT"
    MEASURE = "PLAN_MEASURE"
    REVIEW = "PLAN_REVIEW"
    EXIT = "PLAN_EXIT"
    COPY = "PLAN_COPY"


class PlanCopy(StrEnum):
    """What became of the person's copy of the plan."""

    GIVEN = "given"
    NOT_WANTED = "not_wanted"
    UNSAFE_TO_HOLD = "unsafe_to_hold"


class Step(StrEnum):
    """The steps of case management, in order."""

    IDENTIFY = "STEP_IDENTIFY"
    ASSESS = "STEP_ASSESS"
    PLAN = "STEP_PLAN"
    IMPLEMENT = "STEP_IMPLEMENT"
    REVIEW = "STEP_REVIEW"
    CLOSE = "STEP_CLOSE"


class NeedGroup(StrEnum):
    """The twelve groups that needs and services are sorted into."""

    HOUSING = "HOUSING"
    HEALTH = "HEALTH"
    MENTAL = "MENTAL"
    BASIC = "BASIC"
    ECONOMIC = "ECONOMIC"
    EDUCATION = "EDUCATION"
    SAFETY = "SAFETY"
    STATUS = "STATUS"
    JUSTICE = "JUSTICE"
    FAMILY = "FAMILY"
    RETURN = "RETURN"
    COORDINATION = "COORD"


class NeedEnd(StrEnum):
    """What became of a need; one that was never answered stays open and counts as unmet."""

    OPEN = "open"
    MET = "met"
    ELSEWHERE = "elsewhere"
    NOT_WANTED = "not_wanted"


class Because(StrEnum):
    """Why a rule of case work says no, beside bars, confirmations and plan fields."""

    NOT_DUE = "not_due"
    ALREADY_KEPT = "already_kept"
    TOO_EARLY = "too_early"
    IN_THE_FUTURE = "in_the_future"
    TOO_FEW_TRIES = "too_few_tries"
    NEW_DATE_NEEDED = "new_date_needed"
    NEW_DATE_TOO_FAR = "new_date_too_far"
    REASON_NEEDED = "reason_needed"
    SECOND_WORKER_NEEDED = "second_worker_needed"
    GOALS_NOT_STABLE = "goals_not_stable"
    TRIES_TOO_CLOSE = "tries_too_close"
    REVIEW_TOO_FAR = "review_too_far"
    REVIEW_IN_THE_PAST = "review_in_the_past"
    STEP_IN_THE_PAST = "step_in_the_past"
    CLOSED_NOW = "closed_now"
    LEFT_OPEN = "left_open"


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

    Keys are those of data/plan.json: goal, steps, review_on and so on. `new_days` are the days of
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
