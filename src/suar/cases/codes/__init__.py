"""Codes of cases. Their labels are in the JSON files beside this module."""

from enum import StrEnum

from suar.core.codes import code_list

ACTIVITIES = code_list("cases", "activities")
ACTIVITY_KINDS = code_list("cases", "activity_kinds")
ARCHIVE_PURPOSES = code_list("cases", "archive_purposes")
ATTACHMENT_KINDS = code_list("cases", "attachment_kinds")
ANSWERED = code_list("cases", "answered")
CASELOAD = code_list("cases", "caseload")
CLOSURE_BARS = code_list("cases", "closure_bars")
CLOSURE_REASONS = code_list("cases", "closure_reasons")
COMMUNITY_RESULTS = code_list("cases", "community_results")
COMMUNITY_WORK = code_list("cases", "community_work")
CONFIRMATIONS = code_list("cases", "confirmations")
CONTACT_KINDS = code_list("cases", "contact_kinds")
CORRECTION_OUTCOMES = code_list("cases", "correction_outcomes")
COUNTRIES = code_list("cases", "countries")
CURRENCIES = code_list("cases", "currencies")
DATE_CONFLICTS = code_list("cases", "date_conflicts")
DOMAINS = code_list("cases", "domains")
DUPLICATE_REASONS = code_list("cases", "duplicate_reasons")
DUES = code_list("cases", "dues")
EXPORT_PURPOSES = code_list("cases", "export_purposes")
ERASURE_ACTS = code_list("cases", "erasure_acts")
ERASURE_ASKERS = code_list("cases", "erasure_askers")
ERASURE_REPLIES = code_list("cases", "erasure_replies")
ERASURE_STATES = code_list("cases", "erasure_states")
EPISODE_FORMS = code_list("cases", "episode_forms")
EPISODE_MEANS = code_list("cases", "episode_means")
EPISODE_RELATIONS = code_list("cases", "episode_relations")
DECLINE_PARTS = code_list("cases", "decline_parts")
DECLINE_REASONS = code_list("cases", "decline_reasons")
DECLINE_SUBJECTS = code_list("cases", "decline_subjects")
ENCOUNTER_HARMS = code_list("cases", "encounter_harms")
ENCOUNTER_ROLES = code_list("cases", "encounter_roles")
FACT_PARTS = code_list("cases", "fact_parts")
FILE_REFUSALS = code_list("cases", "file_refusals")
FOLLOW_UPS = code_list("cases", "follow_ups")
GIVEN_KINDS = code_list("cases", "given_kinds")
GOAL_STATES = code_list("cases", "goal_states")
HANDOVER_CHECKS = code_list("cases", "handover_checks")
LIFE_FACTORS = code_list("cases", "life_factors")
LIFE_LEVELS = code_list("cases", "life_levels")
LIFE_STAGES = code_list("cases", "life_stages")
MESSENGERS = code_list("cases", "messengers")
LIFE_ACTS = code_list("cases", "life_acts")
LIFE_STATES = code_list("cases", "life_states")
NEED_ENDS = code_list("cases", "need_ends")
OFFER_OUTCOMES = code_list("cases", "offer_outcomes")
OFFER_SIDES = code_list("cases", "offer_sides")
OWN_PAGES = code_list("cases", "own_pages")
PLAN_ANSWERS = code_list("cases", "plan_answers")
PLAN_FIELDS = code_list("cases", "plan_fields")
RATINGS = code_list("cases", "ratings")
RECEIVERS = code_list("cases", "receivers")
RECONTACT_WAYS = code_list("cases", "recontact_ways")
RECORD_PAGES = code_list("cases", "record_pages")
REFUSALS = code_list("cases", "refusals")
RELATIONS = code_list("cases", "relations")
RELATIVES = code_list("cases", "relatives")
RESULTS = code_list("cases", "results")
RHYTHMS = code_list("cases", "rhythms")
RINGS = code_list("cases", "rings")
RETENTION_STOPS = code_list("cases", "retention_stops")
SAFE_TEXTS = code_list("cases", "safe_texts")
SECTORS = code_list("cases", "sectors")
SHEET_COLUMNS = code_list("cases", "sheet_columns")
STANCES = code_list("cases", "stances")
STEP_OWNERS = code_list("cases", "step_owners")
STEP_STATES = code_list("cases", "step_states")
SAFETY = code_list("cases", "safety")
SETBACKS = code_list("cases", "setbacks")
SHEET_REFUSALS = code_list("cases", "sheet_refusals")
TASK_KINDS = code_list("cases", "task_kinds")
TIE_ACTIONS = code_list("cases", "tie_actions")
TIE_LINKS = code_list("cases", "tie_links")
TIE_QUESTIONS = code_list("cases", "tie_questions")
TIMELINE_KINDS = code_list("cases", "timeline_kinds")


class Result(StrEnum):
    """The result of a follow-up."""

    REACHED = "FUR_REACHED"
    REACHED_BRIEF = "FUR_REACHED_BRIEF"
    NOT_REACHED = "FUR_NOT_REACHED"
    POSTPONED = "FUR_POSTPONED"
    REFUSED = "FUR_REFUSED"
    UNSAFE = "FUR_UNSAFE"
    MOVED = "FUR_MOVED"
    DIED = "FUR_DIED"


class StepState(StrEnum):
    """The state of a step of the plan."""

    PLANNED = "PLANNED"
    DONE = "DONE"
    DROPPED = "DROPPED"


class Stance(StrEnum):
    """The stance of somebody towards the person."""

    SUPPORTIVE = "SUPPORTIVE"
    AMBIVALENT = "AMBIVALENT"
    UNDERMINING = "UNDERMINING"
    DANGEROUS = "DANGEROUS"
    UNKNOWN = "UNKNOWN"


class Standing(StrEnum):
    """Reasons to take somebody off the ecomap: the tie ended, or was recorded by mistake."""

    ENDED = "ENDED"
    MISTAKE = "MISTAKE"


class TieLink(StrEnum):
    """A tie to the person besides a relation."""

    DEBT = "debt"
    STIGMA = "stigma"


class OfferOutcome(StrEnum):
    """The outcome of an offer; codes/offer_outcomes.json says which side decided."""

    ACCEPTED = "ACCEPTED"
    ACCEPTED_PARTLY = "ACCEPTED_PARTLY"
    DECLINED = "DECLINED"
    DECLINED_NOT_FREE = "DECLINED_NOT_FREE"
    POSTPONED = "POSTPONED"
    DROPPED_OUT = "DROPPED_OUT"
    NO_REPLY = "NO_REPLY"
    NOT_OFFERED = "NOT_OFFERED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    REFUSED_BY_PROVIDER = "REFUSED_BY_PROVIDER"


class Answered(StrEnum):
    """The result of an attempt to reach the person."""

    PERSON = "PERSON"
    OTHER = "OTHER"
    NOBODY = "NOBODY"


class ClosureReason(StrEnum):
    """Reasons for closing a case."""

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
    """Reasons that block closing a case."""

    URGENT_NEED = "BAR_URGENT"
    UNANSWERED_REFERRAL = "BAR_REFERRAL"


class SafetyCopy(StrEnum):
    """The copy of the safety plan that the person takes along."""

    NONE = "NONE"
    POCKET = "POCKET"
    FULL = "FULL"
