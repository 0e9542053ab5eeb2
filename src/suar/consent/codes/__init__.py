"""Codes of consent. Their labels are in the JSON files beside this module."""

from enum import StrEnum

from suar.core.codes import code_list

CONTACT_RULES = code_list("consent", "contact_rules")
FIELDS = code_list("consent", "fields")
PURPOSES = code_list("consent", "purposes")
REQUIRED = code_list("consent", "required")
REFUSALS = code_list("consent", "refusals")
HOW_GIVEN = code_list("consent", "how_given")
INTERPRETATION = code_list("consent", "interpretation")
GUARDIANS = code_list("consent", "guardians")
INVOLVEMENT = code_list("consent", "involvement")


class Purpose(StrEnum):
    """The purpose of sharing; one consent has one purpose."""

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
    """The kind of receiving organisation; it limits which fields may be shared."""

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


class Field(StrEnum):
    """The fields a person can consent to share, in the order in which the worker reads them out."""

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
    """The eleven parts that every consent must state."""

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
    """The form in which consent was given."""

    SIGNATURE = "signature"
    MARK = "mark"
    AUDIO = "audio"
    SPOKEN = "said"
    GUARDIAN = "guardian"


class Interpretation(StrEnum):
    """The part of an interpreter; a relative is never one."""

    NOT_NEEDED = "not_needed"
    IN_THE_ROOM = "in_the_room"
    BY_PHONE = "by_phone"


class AgeStatus(StrEnum):
    """Adult, child, or either."""

    CHILD = "AB_U18"
    ADULT = "AB_18"
    MAY_BE_CHILD = "AB_MAYBE"
    UNKNOWN = "AB_UNK"


class Guardian(StrEnum):
    """A guardian's part in a child's consent."""

    CONSENTED = "consented"
    INDEPENDENT_CONSENTED = "independent_consented"
    REFUSED = "refused"
    NONE_THERE = "none_there"
    NOT_ASKED = "kept_out"


class Involvement(StrEnum):
    """The possible part of a parent or guardian in the harm."""

    NO_SIGN = "no_sign"
    POSSIBLE = "possible"
    NOT_CHECKED = "not_checked"


class ContactWay(StrEnum):
    """The wording for `safe_contact`: as a number or not."""

    NUMBER = "number"
    OTHER = "other"


class ContactRule(StrEnum):
    """A way in which a person must not be reached, or who must not hear; in lower case a field of `SafeContact`."""

    NO_CALLS = "NO_CALLS"
    NO_MESSAGES = "NO_MESSAGES"
    NO_VISITS = "NO_VISITS"
    NO_FAMILY = "NO_FAMILY"
    NO_EMPLOYER = "NO_EMPLOYER"
    NO_OFFICES = "NO_OFFICES"


class ExclusionKind(StrEnum):
    """The kind of an exclusion: an organisation of the directory, a colleague, or somebody in words."""

    ORGANISATION = "organisation"
    WORKER = "worker"
    WORDS = "words"
