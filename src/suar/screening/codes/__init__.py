"""Codes of the talk on which its rules branch. They are stored, so they never change."""

from enum import StrEnum


class Answer(StrEnum):
    """An answer to a prompt. Four of these are not a yes, and none of them means another."""

    YES = "YES"
    NO = "NO"
    NOT_ASKED = "NOT_ASKED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


class Step(StrEnum):
    """The steps that a talk can have; each instrument names its own, in its own order."""

    SAFE = "SAFE"
    NEEDS = "NEEDS"
    AGE = "AGE"
    CONSENT = "CONSENT"
    SIGNS = "SIGNS"
    WRITE = "WRITE"
    SIGNPOST = "SIGNPOST"


class Way(StrEnum):
    """What is offered when the safety step has a bad answer."""

    MOVE = "MOVE"
    SIGNPOST = "SIGNPOST"
    LATER = "LATER"


class Acted(StrEnum):
    """What was done about an urgent need. Only SPOKE can mean that somebody knows."""

    SPOKE = "SPOKE"
    TRIED = "TRIED"
    NOT_YET = "NOT_YET"


class Strength(StrEnum):
    """How much a sign weighs."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class Value(StrEnum):
    """What the answers say about one element. SOME_SIGNS was told and is below the threshold."""

    SUPPORTED = "SUPPORTED"
    SOME_SIGNS = "SOME_SIGNS"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    UNKNOWN = "UNKNOWN"


class Outcome(StrEnum):
    """What the worker may choose. Screens show the action label, never this code."""

    PRESUMED_VICTIM = "PRESUMED_VICTIM"
    POSSIBLE_AT_RISK = "POSSIBLE_AT_RISK"
    NOT_INDICATED = "NOT_INDICATED"
    UNABLE = "UNABLE"
    DECLINED = "DECLINED"


class Would(StrEnum):
    """What could change a suggestion: ask, wait for the person, name the kind of sign, or clear all."""

    ASK = "WOULD_ASK"
    WAIT = "WOULD_WAIT"
    NAME = "WOULD_NAME"
    CLEAR = "WOULD_CLEAR"


class Fact(StrEnum):
    """The coded facts that a talk may leave behind. None is a name or free text."""

    INSTRUMENT = "INSTRUMENT"
    LANGUAGE = "LANGUAGE"
    STEP = "STEP"
    STOP = "STOP"
    OUTCOME = "OUTCOME"
    REASON = "REASON"
    PATH = "PATH"
    AGE_BAND = "AGE_BAND"
    NEEDS = "NEEDS"
    SIGNS = "SIGNS"
    SEEN = "SEEN"
    ELEMENTS = "ELEMENTS"
    SETTING = "SETTING"
    BARRIERS = "BARRIERS"
    MISSED = "MISSED"


class SecondAnswer(StrEnum):
    """What a second reader thinks of an outcome lower than the signs suggest."""

    AGREES = "AGREES"
    OFFER_MORE = "OFFER_MORE"
    TALK_AGAIN = "TALK_AGAIN"


class Because(StrEnum):
    """The reason that a rule returns with its decision; the wording of each code is in data/words-2.json."""

    TIE_OPEN = "TIE_OPEN"
    TIE_NONE = "TIE_NONE"
    TIE_NOT_KNOWN = "TIE_NOT_KNOWN"
    TIE_ME = "TIE_ME"
    TIE_FAMILY = "TIE_FAMILY"
    TIE_OFFICE = "TIE_OFFICE"
    TIE_OUTSIDE = "TIE_OUTSIDE"
    LANGUAGE_OPEN = "LANGUAGE_OPEN"
    INTERPRETER_FITS = "INTERPRETER_FITS"
    NO_INTERPRETER_NEEDED = "NO_INTERPRETER_NEEDED"
    INTERPRETER_NOT_FIT = "INTERPRETER_NOT_FIT"
    INTERPRETER_TIED = "INTERPRETER_TIED"
    INTERPRETER_RELATIVE = "INTERPRETER_RELATIVE"
    NOT_UNDERSTANDING = "NOT_UNDERSTANDING"
    POLICE_SIGNPOST = "POLICE_SIGNPOST"
    ROLE_SIGNPOST = "ROLE_SIGNPOST"
    ROLE_SHORT = "ROLE_SHORT"
    DEPLOYMENT_WIDENED = "DEPLOYMENT_WIDENED"
    SETTING_FULL = "SETTING_FULL"
    SETTING_SHORT = "SETTING_SHORT"
    SETTING_SIGNPOST = "SETTING_SIGNPOST"
    CHILD_WORKER_FIRST = "CHILD_WORKER_FIRST"
    LAWYER_FIRST = "LAWYER_FIRST"
    PERSON_ABSENT = "PERSON_ABSENT"
    TIME_ENOUGH = "TIME_ENOUGH"
    TIME_SOON = "TIME_SOON"
    TIME_OVER = "TIME_OVER"
    TIME_PAUSE = "TIME_PAUSE"
    CHILD_UNDER_12 = "CHILD_UNDER_12"
    CHILD_12_TO_14 = "CHILD_12_TO_14"
    CHILD_15_TO_17 = "CHILD_15_TO_17"
    CHILD_AGE_UNKNOWN = "CHILD_AGE_UNKNOWN"
    TRAINED_ONLY = "TRAINED_ONLY"
    SECOND_ADULT_OPEN = "SECOND_ADULT_OPEN"
    GOES_TO_SPECIALIST = "GOES_TO_SPECIALIST"
    MEN_TOO = "MEN_TOO"
    PAPERS_LAWFUL = "PAPERS_LAWFUL"
    STRANGE_LETTERS = "STRANGE_LETTERS"
    NEVER_ASKED = "NEVER_ASKED"
