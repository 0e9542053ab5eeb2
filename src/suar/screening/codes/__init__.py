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


class ContactResult(StrEnum):
    """What was done about an urgent need. Only after SPOKE somebody can know of it."""

    SPOKE = "SPOKE"
    TRIED = "TRIED"
    NOT_YET = "NOT_YET"


class Strength(StrEnum):
    """How much a sign weighs."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class Value(StrEnum):
    """The value of one element by the answers. SOME_SIGNS was reported and is below the threshold."""

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


class ChangeKind(StrEnum):
    """What could change a suggestion: ask, wait for the person, name the kind of sign, or clear all."""

    ASK = "WOULD_ASK"
    WAIT = "WOULD_WAIT"
    NAME = "WOULD_NAME"
    CLEAR = "WOULD_CLEAR"
