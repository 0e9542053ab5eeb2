"""Code lists of the talk that rules use. Their values are stored and never change."""

from enum import StrEnum


class Answer(StrEnum):
    """An answer to a prompt. No other value but NOT_APPLICABLE may be treated as NO."""

    YES = "YES"
    NO = "NO"
    NOT_ASKED = "NOT_ASKED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Step(StrEnum):
    """The steps of a talk; a question set names its steps in order."""

    SAFE = "SAFE"
    NEEDS = "NEEDS"
    AGE = "AGE"
    CONSENT = "CONSENT"
    SIGNS = "SIGNS"
    WRITE = "WRITE"
    SIGNPOST = "SIGNPOST"
    REPORT = "REPORT"


class ContactResult(StrEnum):
    """The action on an urgent need. After SPOKE and HELPS_HERE a helper knows of it.

    TRIED: nobody answered. LATER: agreed with an adult for the next three days. NOT_WANTED: the person does not want
    help with it; a child cannot decide this.
    """

    SPOKE = "SPOKE"
    HELPS_HERE = "HELPS_HERE"
    TRIED = "TRIED"
    LATER = "LATER"
    NOT_WANTED = "NOT_WANTED"
    NOT_YET = "NOT_YET"


class Strength(StrEnum):
    """The weight of a sign."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class Value(StrEnum):
    """The value of an element. SOME_SIGNS: something was reported, below the threshold.

    NO_SIGN: nothing points to it, and not everything was asked. UNKNOWN: the person did not answer a prompt.
    """

    SUPPORTED = "SUPPORTED"
    SOME_SIGNS = "SOME_SIGNS"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    NO_SIGN = "NO_SIGN"
    UNKNOWN = "UNKNOWN"


class Outcome(StrEnum):
    """The outcome of a talk. Screens show its label, never its code."""

    PRESUMED_VICTIM = "PRESUMED_VICTIM"
    POSSIBLE_AT_RISK = "POSSIBLE_AT_RISK"
    NOT_INDICATED = "NOT_INDICATED"
    UNABLE = "UNABLE"
    DECLINED = "DECLINED"


class ChangeKind(StrEnum):
    """The kind of a change of a suggestion: ask, wait for the person, name the sign, or clear all open prompts."""

    ASK = "WOULD_ASK"
    WAIT = "WOULD_WAIT"
    NAME = "WOULD_NAME"
    CLEAR = "WOULD_CLEAR"
