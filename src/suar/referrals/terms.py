"""The codes of referral and the facts its rules work on."""

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from suar.core.urgency import Urgency

ZONE: tzinfo = ZoneInfo("Asia/Jakarta")


class State(StrEnum):
    """Where a referral stands; derived from its acts, never stored by hand."""

    DRAFT = "DRAFT"
    READY = "READY"
    SENT = "SENT"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    WAITLISTED = "WAITLISTED"
    ACCEPTED = "ACCEPTED"
    CONTACT_TRIED = "CONTACT_TRIED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    ENDED_EARLY = "ENDED_EARLY"
    REFUSED = "REFUSED"
    NO_CONTACT = "NO_CONTACT"
    PERSON_DECLINED = "PERSON_DECLINED"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    RECALLED = "RECALLED"
    REDIRECTED = "REDIRECTED"
    FEEDBACK_DONE = "FEEDBACK_DONE"
    CLOSED_UNMET = "CLOSED_UNMET"
    CLOSED_CHOICE = "CLOSED_CHOICE"
    CANCELLED = "CANCELLED"


class Verb(StrEnum):
    """What somebody does to a referral; each done verb is a row."""

    READY = "ready"
    SEND = "send"
    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    DECLINE = "decline"
    LAPSE = "lapse"
    TRY_CONTACT = "try_contact"
    GIVE_UP_CONTACT = "give_up_contact"
    START = "start"
    COMPLETE = "complete"
    END_EARLY = "end_early"
    GIVE_FEEDBACK = "give_feedback"
    REDIRECT = "redirect"
    RECALL = "recall"
    WITHDRAW = "withdraw"
    DECLINE_BY_PERSON = "decline_by_person"
    CLOSE_UNMET = "close_unmet"
    CLOSE_CHOICE = "close_choice"
    CANCEL = "cancel"
    RENEW = "renew"
    TELL_LESS = "tell_less"
    YES_ENDS = "yes_ends"


class Actor(StrEnum):
    """In which part somebody acts."""

    SENDER = "SENDER"
    RECEIVER = "RECEIVER"
    LINK_HOLDER = "LINK_HOLDER"
    PERSON_THROUGH_WORKER = "PERSON_THROUGH_WORKER"
    CLOCK = "CLOCK"


class Owner(StrEnum):
    """Who has to do the next thing; NONE only when the referral has ended."""

    SENDER = "sender"
    RECEIVER = "receiver"
    PERSON = "person"
    NONE = "none"


class Share(StrEnum):
    """How much of the packet the receiver may be served."""

    NONE = "none"
    PREVIEW = "preview"
    FIELDS = "fields"


class Clock(StrEnum):
    """What a receiver is expected to have done by a given time."""

    ACKNOWLEDGE = "answer"
    FIRST_CONTACT = "first_contact"
    START = "start_of_help"
    EXPECTED_DATE = "expected_date"


class RefusalReason(StrEnum):
    """Why a receiver does not serve; counted to find gaps."""

    NO_PLACE = "RF_NO_PLACE"
    SEX = "RF_SEX"
    AGE = "RF_AGE"
    FORM = "RF_FORM"
    AREA = "RF_AREA"
    PAPERS = "RF_PAPERS"
    STATUS = "RF_STATUS"
    NATIONALITY = "RF_NATIONALITY"
    NEEDS = "RF_NEEDS"
    BUDGET = "RF_BUDGET"
    CLOSED = "RF_CLOSED"
    WRONG = "RF_WRONG"
    SAFETY = "RF_SAFETY"
    NO_ANSWER = "RF_NOANSWER"


class RecallReason(StrEnum):
    """Why the sender takes a referral back."""

    WRONG = "RC_WRONG"
    UNSAFE = "RC_UNSAFE"
    NO_ANSWER = "RC_NO_ANSWER"


class EarlyEndReason(StrEnum):
    """Why a service ended before it was planned to."""

    NEED_MET = "EE_NEED_MET"
    PERSON_STOPPED = "EE_PERSON_STOPPED"
    NOT_FITTING = "EE_NOT_FITTING"
    SERVICE_ENDED = "EE_SERVICE_ENDED"
    UNSAFE = "EE_UNSAFE"
    MOVED = "EE_MOVED"


class Standing(StrEnum):
    """What is known about a need; only the last two mean that it is met."""

    NOBODY_KNOWS_YET = "nobody_knows_yet"
    ASKED = "asked"
    AGREED = "agreed"
    SPOKEN_TO = "spoken_to"
    HELPED = "helped"


class Because(StrEnum):
    """Why a rule of referral says no."""

    NOT_FROM_HERE = "not_from_here"
    NOT_BY_YOU = "not_by_you"
    REASON_NEEDED = "reason_needed"
    REASON_NOT_YOURS = "reason_not_yours"
    DATE_NEEDED = "date_needed"
    TOO_FEW_TRIES = "too_few_tries"
    NOT_LAPSED = "not_lapsed"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row of a referral's history.

    `reason` is a code (refusal, recall or early end); `expected_on` belongs to a waiting list.
    """

    verb: Verb
    actor: Actor
    at: datetime
    by: UUID | None = None
    reason: str = ""
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """One weekly opening: `weekday` 0 is Monday; `closes` at or before `opens` is the next day."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When a receiver is there; an empty `weekly` means that nobody knows."""

    weekly: tuple[Open, ...] = ()
    closed_on: frozenset[date] = frozenset()
    zone: tzinfo = ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Until when a receiver should have acted, and when it did; None means not (yet).

    After a waiting list `first_contact_by` and `start_by` count from the acceptance; on it they
    are None and `expected_by` takes their place. `stopped_at` is when it left the receiver.
    """

    acknowledge_by: datetime
    first_contact_by: datetime | None
    start_by: datetime | None
    expected_by: datetime | None
    answered_at: datetime | None
    contacted_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """A need with everything that was done about it.

    `states` are those of its referrals; `spoke_at` says when a worker reached somebody.
    """

    urgency: Urgency
    states: tuple[State, ...] = ()
    spoke_at: tuple[datetime, ...] = ()
