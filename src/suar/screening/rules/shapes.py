"""The shapes of the data files, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from suar.core.urgency import Urgency
from suar.law.terms import Element, Path
from suar.screening.terms import Fact, Outcome, Step, Strength, Value


@dataclass(frozen=True, slots=True)
class Text:
    """Wording in every language of the instrument."""

    en: str
    id: str

    def in_language(self, language: str) -> str:
        """Give the wording; a language we do not have is answered in English."""
        return self.id if language == "id" else self.en


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be tapped."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt; docs/decisions/0004 and 0019 say what each kind looks like and stores.

    `opened_with`: the set of prompts (ships, forced crime) that the worker opens; None is always.
    `groups`: the groups of needs that a list shows; none named shows all.
    """

    code: str
    kind: str
    to: str
    text: Text
    child: Text | None
    options: tuple[Option, ...]
    bad: frozenset[str]
    paths: frozenset[Path]
    theme: str | None
    asks: frozenset[Element]
    raises: str | None
    reminder: Text | None
    standard: tuple[str, ...]
    source: tuple[str, ...]
    opened_with: str | None = None
    groups: frozenset[str] = frozenset()

    def wording(self, path: Path) -> Text:
        """Give the wording for this path."""
        return self.child if self.child is not None and path is Path.CHILD else self.text


@dataclass(frozen=True, slots=True)
class StepSlot:
    """One step of a talk with its questions; part is before, during or after."""

    code: Step
    part: str
    title: Text
    why: Text
    skippable: bool
    questions: tuple[Question, ...]
    standard: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A heading over prompts."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Press:
    """An answer that presses a stop rule; path None holds on both paths."""

    question: str | None
    need: str | None
    path: Path | None
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop rule: where it is offered, what presses it, what to do and say, what is kept."""

    code: str
    always: bool
    offered_at: frozenset[Step]
    label: Text
    what: Text
    ask: Text | None
    now: tuple[Text, ...]
    say: Text
    child: Text
    pressed_by: tuple[Press, ...]
    ends_as: Outcome
    keeps: str
    level: Urgency | None
    services: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A level of urgency with its clock."""

    code: Urgency
    label: Text
    acknowledge_within_min: int
    first_contact_within_min: int


@dataclass(frozen=True, slots=True)
class Need:
    """An urgent need and the service types that meet it."""

    code: str
    level: Urgency
    services: tuple[str, ...]
    text: Text
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A kind of sign; a strength of None is shown and not scored."""

    code: str
    element: Element | None
    observed: bool
    strength: Mapping[Path, Strength | None]
    conditions: bool
    holds: bool
    text: Text
    source: tuple[str, ...]
    reminder: Text | None = None
    differs: Text | None = None


@dataclass(frozen=True, slots=True)
class MapLine:
    """A question can bear this sign, and why."""

    question: str
    sign: str
    paths: frozenset[Path]
    because: Text
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Counts that support an element when all are reached."""

    strong: int
    medium: int
    weak: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a decision table; None of an element means any value."""

    code: str
    when: Mapping[Element, frozenset[Value]]
    suggest: Outcome
    because: Text
    notes: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lift:
    """A reason to suggest at least this outcome, whatever the table says."""

    code: str
    when: str
    paths: frozenset[Path]
    at_least: Outcome
    because: Text


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be so before 'no signs' may be said."""

    code: str
    any_answered: tuple[str, ...]
    all_good: tuple[str, ...]
    all_yes: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """An outcome as the screen shows it, what is said to the person, what comes next, its rank."""

    code: Outcome
    rank: int
    label: Text
    say: Text
    child: Text
    next: Text


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason that can be tapped, and which choices it fits: LOWER, SAME, HIGHER."""

    code: str
    fits: frozenset[str]
    text: Text


@dataclass(frozen=True, slots=True)
class KeepRow:
    """One line of what survives; an outcome of None means any."""

    code: str
    stop_keeps: str
    outcome: Outcome | None
    facts: frozenset[Fact]
    wish: str
    because: Text


@dataclass(frozen=True, slots=True)
class OutcomeTables:
    """All that leads from elements to a choice."""

    outcomes: Mapping[Outcome, OutcomeWords]
    rows: Mapping[Path, tuple[Row, ...]]
    lifts: tuple[Lift, ...]
    gates: tuple[Gate, ...]
    notes: Mapping[str, Text]
    reasons: Mapping[str, ReasonWords]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one talk, whole."""

    code: str
    version: int
    minutes: int
    title: Text
    steps: tuple[StepSlot, ...]
    themes: tuple[Theme, ...]
    answer_sets: Mapping[str, tuple[Option, ...]]
    slots_after: tuple[str, ...]
    stops: Mapping[str, Stop]
    levels: Mapping[Urgency, Level]
    who_answers: Text
    until_then: Text
    needs: Mapping[str, Need]
    signs: Mapping[str, Sign]
    thresholds: tuple[Threshold, ...]
    lines: tuple[MapLine, ...]
    tables: OutcomeTables
    keeping: tuple[KeepRow, ...]
    draft_days: int
    codes_months: int
    words: Mapping[str, Text]
    questions: Mapping[str, Question]
    uses: Mapping[str, str]
    minutes_child: int
    pause_every: int | None
