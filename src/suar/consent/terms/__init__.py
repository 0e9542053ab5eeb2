"""The codes of consent and the facts its rules work on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

ZONE: tzinfo = ZoneInfo("Asia/Jakarta")
"""Where days begin and end, unless the facts name another place."""


class Purpose(StrEnum):
    """What a share is for; one consent has one purpose."""

    SERVICE = "PU_SERVICE"
    ASSESS = "PU_ASSESS"
    PROTECT = "PU_PROTECT"
    FORMAL = "PU_FORMAL"
    CRIMINAL = "PU_CRIMINAL"
    RETURN = "PU_RETURN"
    TRACE = "PU_TRACE"
    CONTINUE = "PU_CONTINUE"
    CLAIM = "PU_CLAIM"
    STATISTICS = "PU_STAT"
    RESEARCH = "PU_RESEARCH"
    FEEDBACK = "PU_FEEDBACK"


class RecipientKind(StrEnum):
    """What kind of body receives; it limits what may be told at all."""

    SHELTER = "SHELTER"
    HEALTH = "HEALTH"
    MENTAL = "MENTAL"
    LEGAL = "LEGAL"
    PROTECTION = "PROTECTION"
    RETURN = "RETURN"
    FORMAL = "FORMAL"
    CRIMINAL = "CRIMINAL"
    CHILD = "CHILD"
    STATUS = "STATUS"
    EMERGENCY = "EMERGENCY"
    HOME_VISIT = "HOME_VISIT"
    OTHER = "OTHER"


class DataGroup(StrEnum):
    """The groups of facts that a law or a recipient speaks of."""

    CONTACT = "DG_CONTACT"
    ALIAS = "DG_ALIAS"
    NAME = "DG_NAME"
    BIRTH = "DG_BIRTH"
    SEX = "DG_SEX"
    LANGUAGE = "DG_LANG"
    NEEDS = "DG_NEEDS"
    RISK = "DG_RISK"
    HEALTH = "DG_HEALTH"
    FORM = "DG_FORM"
    NARRATIVE = "DG_NARRATIVE"
    FAMILY = "DG_FAMILY"
    PAPERS = "DG_ID"
    LOCATION = "DG_LOCATION"
    STATUS = "DG_STATUS"


class Field(StrEnum):
    """What a person says yes or no to, one by one; each belongs to one data group."""

    CALLED_NAME = "called_name"
    SAFE_CONTACT = "safe_contact"
    LEGAL_NAME = "legal_name"
    AGE_BAND = "age_band"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    LANGUAGE = "language"
    NEEDS = "needs"
    RISK = "risk"
    HEALTH = "health"
    FORM = "form"
    NARRATIVE = "narrative"
    FAMILY = "family"
    PAPERS = "papers"
    PLACE = "place"
    STATUS = "status"


class Required(StrEnum):
    """The eleven things each consent record holds."""

    WHO = "CF_WHO"
    WHY = "CF_WHY"
    WHAT = "CF_WHAT"
    UNTIL = "CF_UNTIL"
    HOW = "CF_HOW"
    LANGUAGE = "CF_LANG"
    UNDERSTOOD = "CF_UNDERSTOOD"
    ALTERNATIVE = "CF_ALT"
    CHILD = "CF_CHILD"
    WITHDRAW = "CF_WITHDRAW"
    BY = "CF_BY"


class HowGiven(StrEnum):
    """How the yes was given."""

    SIGNATURE = "signature"
    MARK = "mark"
    AUDIO = "audio"
    SAID = "said"
    GUARDIAN = "guardian"


class LegalBasis(StrEnum):
    """What allows a share; all but the first belong to the duty rule."""

    CONSENT = "consent"
    THREAT_TO_LIFE = "threat_to_life"
    CHILD_IN_DANGER = "child_in_danger"


class Interpretation(StrEnum):
    """Whether an interpreter took part; a relative is never one."""

    NOT_NEEDED = "not_needed"
    IN_THE_ROOM = "in_the_room"
    BY_PHONE = "by_phone"


class AgeStatus(StrEnum):
    """Which path age leads to."""

    CHILD = "AB_U18"
    ADULT = "AB_18"
    MAY_BE_CHILD = "AB_MAYBE"
    UNKNOWN = "AB_UNK"


class Guardian(StrEnum):
    """What a guardian's part in a child's consent was."""

    CONSENTED = "consented"
    INDEPENDENT_CONSENTED = "independent_consented"
    REFUSED = "refused"
    NONE_THERE = "none_there"
    KEPT_OUT = "kept_out"


class Involvement(StrEnum):
    """Whether a parent or guardian may have had a part in the harm."""

    NO_SIGN = "no_sign"
    POSSIBLE = "possible"
    NOT_CHECKED = "not_checked"


class ContactWay(StrEnum):
    """What `safe_contact` is when it is said aloud."""

    NUMBER = "number"
    OTHER = "other"


class Because(StrEnum):
    """Why a rule of consent says no, beside the codes of `Required`."""

    NOT_GIVEN_YET = "not_given_yet"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    OTHER_RECIPIENT = "other_recipient"
    OTHER_PURPOSE = "other_purpose"
    NOTHING_ASKED = "nothing_asked"
    FIELD_NOT_COVERED = "field_not_covered"
    FIELD_NOT_FOR_RECIPIENT = "field_not_for_recipient"
    FIELD_NOT_FOR_PURPOSE = "field_not_for_purpose"
    PURPOSE_NOT_FOR_RECIPIENT = "purpose_not_for_recipient"
    GIVEN_IN_THE_FUTURE = "given_in_the_future"
    END_IN_THE_PAST = "end_in_the_past"
    END_TOO_FAR = "end_too_far"
    UNKNOWN_TEXT = "unknown_text"
    NO_ASSENT = "no_assent"
    GUARDIAN_NOT_NEEDED = "guardian_not_needed"
    GUARDIAN_REFUSED = "guardian_refused"
    GUARDIAN_MAY_BE_INVOLVED = "guardian_may_be_involved"
    GUARDIAN_NOT_CHECKED = "guardian_not_checked"
    ONLY_SAFETY_AND_NEEDS = "only_safety_and_needs"
    WIDER = "wider"
    NOTHING_LEFT = "nothing_left"
    NO_REASON = "no_reason"
    NOT_A_DUTY = "not_a_duty"
    MORE_THAN_LEAST = "more_than_least"
    SUPERVISOR_NOT_TOLD = "supervisor_not_told"
    NEVER_TELL = "never_tell"
    NOT_YOURSELF = "not_yourself"
    NOBODY_NAMED = "nobody_named"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """A consent that was given, with every withdrawal there is of it.

    `ends_on` is the last day it holds, in `zone`, unless what was asked was over before: then
    `over_at`. `withdrawals` has no default on purpose: who builds these facts must have looked.
    """

    recipient: UUID
    recipient_kind: RecipientKind
    purpose: Purpose
    fields: frozenset[Field]
    given_at: datetime
    ends_on: date
    withdrawals: tuple[datetime, ...]
    status_required: bool = False
    over_at: datetime | None = None
    zone: tzinfo = ZONE

    @property
    def ends_at(self) -> datetime:
        """Give the first moment at which it no longer holds."""
        said = datetime.combine(self.ends_on + timedelta(days=1), time.min, self.zone)
        return min(said, self.over_at or said)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFacts:
    """What matters for consent when the person is or may be a child."""

    age: AgeStatus
    assent: bool = False
    guardian: Guardian | None = None
    involvement: Involvement = Involvement.NOT_CHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A consent about to be recorded; None or empty means it was not filled in.

    `language` is the language it was read in, `text_version` the version of the words read.
    `status_required` says that the recipient cannot serve without the formal status.
    """

    recipient: UUID | None = None
    recipient_kind: RecipientKind | None = None
    purpose: Purpose | None = None
    fields: frozenset[Field] = frozenset()
    ends_on: date | None = None
    how: HowGiven | None = None
    language: str = ""
    interpretation: Interpretation | None = None
    said_back: bool = False
    told_of_refusal: bool = False
    told_of_withdrawal: bool = False
    child: ChildFacts | None = None
    by: UUID | None = None
    given_on: date | None = None
    text_version: int | None = None
    status_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFacts:
    """A share without consent, because a life or a child is in danger."""

    basis: LegalBasis
    recipient: UUID
    recipient_kind: RecipientKind
    reason: str
    fields: frozenset[Field]
    sent_at: datetime
    supervisor_told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What the one spoken sentence is made of; `about` is a service type or need group."""

    recipient: str
    purpose: Purpose
    fields: frozenset[Field]
    ends_on: date
    about: str = ""
    contact: ContactWay = ContactWay.NUMBER


@dataclass(frozen=True, slots=True)
class Opening:
    """That somebody read shared fields: who, in words, and on which day."""

    who: str
    on: date
