"""The words of the talk: answers, steps, levels, values, outcomes, and what it leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from suar.core.urgency import Urgency
from suar.law.terms import AgeFacts, Element
from suar.records.terms import Compartment


class Answer(StrEnum):
    """What stands beside a prompt; four of these are not a yes, and none of them is another."""

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
    """What was done about an urgent need: only SPOKE can mean that somebody knows."""

    SPOKE = "SPOKE"
    TRIED = "TRIED"
    NOT_YET = "NOT_YET"


class Strength(StrEnum):
    """How much a sign weighs."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class Value(StrEnum):
    """What the answers say of one element; SOME_SIGNS is told, and below the threshold."""

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


class Would(StrEnum):
    """What could change a suggestion: ask, wait for the person, name the kind, or clear all."""

    ASK = "WOULD_ASK"
    WAIT = "WOULD_WAIT"
    NAME = "WOULD_NAME"
    CLEAR = "WOULD_CLEAR"


class Fact(StrEnum):
    """The coded facts that a talk may leave behind; none is a name or a word that was said."""

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


class Unreadable(Exception):
    """A draft holds a code its instrument does not know; `where` names the place only."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class Opens:
    """How a talk begins: which form, where, and whether it was held before and is written now.

    `version` 0 is the latest that ships; a house's own version is named with its form.
    """

    form: str = "short"
    place: str = ""
    later: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class NeedAnswer:
    """One urgent need as told; a level of None is the default one."""

    answer: Answer = Answer.NOT_ASKED
    level: Urgency | None = None
    acted: Acted = Acted.NOT_YET
    who_answers: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that was tapped in one talk, in no order; a question that is missing was not asked.

    `choices`: question -> option. `signs`: question -> kinds of sign ticked under it. `picked`:
    question -> options, where several may hold. `sums`: element values that the worker set by hand,
    with a reason kept elsewhere. `stopped_by`: the stop rule that the worker tapped.
    """

    instrument: str = "short"
    version: int = 2
    choices: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needs: Mapping[str, NeedAnswer] = field(default_factory=dict)
    age: AgeFacts = field(default_factory=AgeFacts)
    sums: Mapping[Element, Value] = field(default_factory=dict)
    stopped_by: str | None = None
    picked: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Next:
    """Where the talk goes: a step, or None at the end; `stop` is the rule that ended it."""

    step: Step | None
    because: str
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class StopOffer:
    """A stop rule on a step; a pressing one is asked for by an answer and stands first."""

    stop: str
    pressing: bool


@dataclass(frozen=True, slots=True)
class UrgentNeed:
    """A need that was told; `known` is true only when somebody who will help was spoken to."""

    need: str
    level: Urgency
    services: tuple[str, ...]
    acted: Acted
    who_answers: str
    known: bool


@dataclass(frozen=True, slots=True)
class ElementSum:
    """One element: its value, why, the signs behind it, and the questions still open.

    `counted` is what the signs say; it differs from `value` only where the worker set the value.
    """

    element: Element
    value: Value
    counted: Value
    because: str
    signs: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elements:
    """The sum-up: three elements, told signs that no table scores, and what bars 'no signs'."""

    act: ElementSum
    means: ElementSum
    purpose: ElementSum
    unscored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the tables suggest, the codes of why, notes for the worker, and what may be chosen."""

    outcome: Outcome
    because: tuple[str, ...]
    notes: tuple[str, ...]
    offered: tuple[Outcome, ...]
    missing: tuple[str, ...] = ()
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would change the suggestion, and to what; no question: all that is open."""

    would: Would
    outcome: Outcome
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What was done at the end about something that cannot wait; whom a worker reached is typed."""

    acted: Acted
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the worker chose: a code, and words only with RS_WORDS."""

    code: str = ""
    words: str = ""


class SecondAnswer(StrEnum):
    """What a second person thinks of an outcome lower than the signs suggest."""

    AGREES = "AGREES"
    OFFER_MORE = "OFFER_MORE"
    TALK_AGAIN = "TALK_AGAIN"


class PartnerAnswer(StrEnum):
    """What a partner house thinks of such an outcome; it changes nothing by itself."""

    AGREES = "PARTNER_AGREES"
    LOOK_AGAIN = "PARTNER_LOOK_AGAIN"


class PartnerReason(StrEnum):
    """Why a partner house thinks so."""

    REASON_FITS = "REASON_FITS"
    SIGNS_WEIGH_MORE = "SIGNS_WEIGH_MORE"
    TOO_LITTLE_ASKED = "TOO_LITTLE_ASKED"
    CHILD_NEEDS_NO_MEANS = "CHILD_NEEDS_NO_MEANS"
    ANOTHER = "ANOTHER"


@dataclass(frozen=True, slots=True)
class Keeps:
    """What survives the end of a talk; everything else is destroyed."""

    compartments: frozenset[Compartment]
    facts: frozenset[Fact]
    because: str
