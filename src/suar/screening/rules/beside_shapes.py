"""The shapes of what stands beside the questions of a talk, frozen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from suar.law.terms import AgeBand, Element
from suar.screening.reasons import Because
from suar.screening.rules.shapes import Text
from suar.screening.terms import Step


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence to say, with its wording for a child where it has one."""

    code: str
    text: Text
    child: Text | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where people meet: the longest form that fits, what to do first, what to beware of.

    `lawyer_first`: nothing about what happened before a lawyer was there. `child_worker`: only
    somebody trained for children talks with a child here. `absent`: the person is not here.
    """

    code: str
    label: Text
    form: str
    time: str
    privacy: str
    first: Text
    risks: tuple[Text, ...]
    lawyer_first: bool
    child_worker: bool
    absent: bool
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleRuns:
    """The longest form a role runs, and how far a deployment may widen that."""

    role: str
    runs: str
    may_widen_to: str
    police: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, what roles run there, and what police say first."""

    settings: Mapping[str, Setting]
    roles: Mapping[str, RoleRuns]
    police_first: Spoken
    police_widened: Spoken


@dataclass(frozen=True, slots=True)
class CountryLine:
    """One sentence on what can change; `state` is KNOWN, PARTLY or UNKNOWN."""

    topic: str
    state: str
    text: Text
    child: Text
    basis: Text
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """How a talk goes with a child of this age; no prompts named means all of the child path."""

    band: AgeBand
    because: Because
    minutes: int
    pause_every: int
    asks_experience: str
    prompts: tuple[str, ...]
    how: tuple[Text, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndCode:
    """A code that is tapped at the end; `response` is what helps against it."""

    code: str
    group: str
    text: Text
    response: Text | None
    stands_out_in: frozenset[str]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndGroup:
    """The first tap, with the codes of the second."""

    code: str
    label: Text
    codes: tuple[EndCode, ...]


@dataclass(frozen=True, slots=True)
class NeverAsked:
    """Something that is never asked or said, and the words it is known by in each language."""

    code: str
    label: Text
    because: Text
    patterns: tuple[re.Pattern[str], ...]
    examples: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A rule that ends the questions and not the talk; it leads to another step."""

    code: str
    offered_at: frozenset[Step]
    when: str
    leads_to: Step
    label: Text
    what: Text
    now: tuple[Text, ...]
    say: Text
    child: Text


@dataclass(frozen=True, slots=True)
class Closing:
    """What is done or said once the outcome is chosen; `to` is person or worker."""

    code: str
    to: str
    standard: str
    text: Text
    child: Text | None


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme tells of an element; `asked_by` are the prompts whose 'no sign' counts as asked."""

    theme: str
    element: Element
    asked_by: tuple[str, ...]
    because: Text


@dataclass(frozen=True, slots=True)
class Beside:
    """What one version of a talk has beside its steps."""

    opened_sets: Mapping[str, Text]
    closing: tuple[Closing, ...]
    turns: Mapping[str, Turn]
    themes: tuple[ThemeLine, ...]
    unmapped: Mapping[str, Text]
    bands: Mapping[AgeBand, Band]
