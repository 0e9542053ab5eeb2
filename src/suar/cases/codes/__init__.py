"""Codes of cases. Their labels stand in the JSON files beside this module."""

from enum import StrEnum

from suar.core.codes import code_list

ACTIVITIES = code_list("cases", "activities")
ACTIVITY_KINDS = code_list("cases", "activity_kinds")
CLOSURE_BARS = code_list("cases", "closure_bars")
CLOSURE_REASONS = code_list("cases", "closure_reasons")
CONFIRMATIONS = code_list("cases", "confirmations")
DUES = code_list("cases", "dues")
FOLLOW_UPS = code_list("cases", "follow_ups")
NEED_ENDS = code_list("cases", "need_ends")
NEED_GROUPS = code_list("cases", "need_groups")
PLAN_FIELDS = code_list("cases", "plan_fields")
REFUSALS = code_list("cases", "refusals")
RESULTS = code_list("cases", "results")


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
