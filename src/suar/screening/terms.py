"""The words of the talk: answers, steps, levels, values, outcomes, and what a talk leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from suar.law.terms import AgeFacts, Element


class Answer(StrEnum):
    """What stands beside a prompt; four of these are not a no, and none of them is another."""

    YES = "YES"
    NO = "NO"
    NOT_ASKED = "NOT_ASKED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"


class Step(StrEnum):
    """The five steps of the short talk, in order."""

    SAFE = "SAFE"
    NEEDS = "NEEDS"
    AGE = "AGE"
    CONSENT = "CONSENT"
    SIGNS = "SIGNS"


class Way(StrEnum):
    """What is offered when the safety step has a bad answer."""

    MOVE = "MOVE"
    SIGNPOST = "SIGNPOST"
    LATER = "LATER"


class Urgency(StrEnum):
    """Now, Today, 3 days, This week, Planned."""

    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"


class Acted(StrEnum):
    """What was done about an urgent need: only SPOKE means that somebody knows."""

    SPOKE = "SPOKE"
    TRIED = "TRIED"
    NOT_YET = "NOT_YET"


class Value(StrEnum):
    """What the answers say of one element; SOME_SIGNS is asked and below the threshold."""

    SUPPORTED = "SUPPORTED"
    SOME_SIGNS = "SOME_SIGNS"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    UNKNOWN = "UNKNOWN"


class Outcome(StrEnum):
    """What the worker may choose; screens show the action label, never this code."""

    PRESUMED_VICTIM = "PRESUMED_VICTIM"
    POSSIBLE_AT_RISK = "POSSIBLE_AT_RISK"
    NOT_INDICATED = "NOT_INDICATED"
    UNABLE = "UNABLE"
    DECLINED = "DECLINED"


class Part(StrEnum):
    """The compartments of a record that a talk writes; equal to those of the vault."""

    IDENTITY = "identity"
    WHEREABOUTS = "whereabouts"
    NARRATIVE = "narrative"
    CODED = "coded"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class NeedAnswer:
    """One urgent need as told: whether it is there, how soon (None: the default), what was done."""

    answer: Answer = Answer.NOT_ASKED
    level: Urgency | None = None
    acted: Acted = Acted.NOT_YET


@dataclass(frozen=True, slots=True)
class Answers:
    """All that was tapped in one talk, in no order; a question that is missing was not asked.

    `choices`: question -> option code. `signs`: question -> kinds of sign ticked under it.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needs: Mapping[str, NeedAnswer] = field(default_factory=dict)
    age: AgeFacts = AgeFacts()
    sums: Mapping[Element, Value] = field(default_factory=dict)
