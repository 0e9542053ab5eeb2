"""Codes of referrals. Their labels are in the JSON files beside this module and in data/states.json."""

from enum import StrEnum

from suar.core.codes import code_list

ACTORS = code_list("referrals", "actors")
ACTS = code_list("referrals", "acts")
AGE_BANDS = code_list("referrals", "age_bands")
CHANGES = code_list("referrals", "changes")
DEADLINES = code_list("referrals", "deadlines")
EXPLOITATION = code_list("referrals", "exploitation")
FIELDS = code_list("referrals", "fields")
FORMAL_STATUS = code_list("referrals", "formal_status")
PAPERS = code_list("referrals", "papers")
REASONS = code_list("referrals", "reasons")
REFUSALS = code_list("referrals", "refusals")
REPLACEMENTS = code_list("referrals", "replacements")
SEXES = code_list("referrals", "sexes")
URGENCY = code_list("referrals", "urgency")


class State(StrEnum):
    """The state of a referral; derived from its acts, never stored by hand."""

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
    """An act on a referral; every act is a row."""

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
    SHARE_LESS = "tell_less"
    CONSENT_ENDS = "yes_ends"


class Actor(StrEnum):
    """The part in which somebody acts."""

    SENDER = "SENDER"
    RECEIVER = "RECEIVER"
    LINK_HOLDER = "LINK_HOLDER"
    PERSON_THROUGH_WORKER = "PERSON_THROUGH_WORKER"
    CLOCK = "CLOCK"


class Owner(StrEnum):
    """The side with the next move; NONE only when the referral has ended."""

    SENDER = "sender"
    RECEIVER = "receiver"
    PERSON = "person"
    NONE = "none"


class Share(StrEnum):
    """The part of the packet that the receiver may read."""

    NONE = "none"
    PREVIEW = "preview"
    FIELDS = "fields"


class Deadline(StrEnum):
    """A step that a receiver should have done by a given time."""

    ACKNOWLEDGE = "answer"
    FIRST_CONTACT = "first_contact"
    START = "start_of_help"
    EXPECTED_DATE = "expected_date"


class NeedStatus(StrEnum):
    """The status of a need; only the last two mean that it is met."""

    NOBODY_INFORMED = "nobody_knows_yet"
    TRIED = "tried"
    NOT_WANTED = "not_wanted"
    LATER = "later"
    ASKED = "asked"
    AGREED = "agreed"
    INFORMED = "spoken_to"
    HELPED = "helped"
