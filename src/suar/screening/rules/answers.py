"""The answers of a talk as frozen dataclasses, and the path (adult or child) that follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from suar.screening.codes import Answer, ContactResult

LATEST = {"full": 2, "short": 3, "signpost": 2, "report": 1}
"""The latest shipped version of each form."""
MAJORITY_YEARS = 18
SEEN_AGE_DOUBT = "I_O_AGE_DOUBT"
AGE_BEGAN = "BG_AGE"


class Element(StrEnum):
    """The three elements of the international definition."""

    ACT = "ACT"
    MEANS = "MEANS"
    PURPOSE = "PURPOSE"


class Path(StrEnum):
    """The definition that applies: adults or children. A person who may be under 18 is on the child path."""

    ADULT = "ADULT"
    CHILD = "CHILD"


class AgeBand(StrEnum):
    """An approximate age, if the years are unknown."""

    UNDER_12 = "UNDER_12"
    FROM_12_TO_14 = "FROM_12_TO_14"
    FROM_15_TO_17 = "FROM_15_TO_17"
    ADULT = "ADULT"
    UNKNOWN = "UNKNOWN"


class Doubt(StrEnum):
    """The answer of the worker to "Could this person be under 18?"."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"
    NOT_ASKED = "NOT_ASKED"


BANDS = ((12, AgeBand.UNDER_12), (15, AgeBand.FROM_12_TO_14), (MAJORITY_YEARS, AgeBand.FROM_15_TO_17))
"""The age bands of children with their upper limit in years (exclusive)."""
UNDER_18 = frozenset(band for _, band in BANDS)
YEARS = {band: (0 if band is AgeBand.UNDER_12 else end - 3, end - 1) for end, band in BANDS}
"""The first and the last year of each band of children."""


@dataclass(frozen=True, slots=True)
class AgeFacts:
    """Known facts about the age."""

    years: Annotated[int | None, Field(ge=0, le=120, strict=True)] = None
    band: AgeBand = AgeBand.UNKNOWN
    doubt: Doubt = Doubt.NOT_ASKED

    @property
    def best_band(self) -> AgeBand:
        """Return the band of the years, or the stated band if the years are unknown."""
        if self.years is None:
            return self.band
        return next((band for end, band in BANDS if self.years < end), AgeBand.ADULT)

    @property
    def contradicts(self) -> bool:
        """Return True if a stated band is not that of the years."""
        return self.years is not None and self.band not in (AgeBand.UNKNOWN, self.best_band)


class Unreadable(Exception):
    """Answers contain a code that their question set does not have; `where` names the field only."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class NeedAnswer:
    """The answer about one urgent need, and what was done about it."""

    answer: Answer = Answer.NOT_ASKED
    acted: ContactResult = ContactResult.NOT_YET
    who_answers: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of one talk. A question that is missing was not asked.

    `choices`: question -> option. `signs`: question -> kinds of sign ticked under it. `picked`: question -> options,
    where several may apply. `stopped_by`: the stop rule that the worker tapped.
    """

    instrument: str = "short"
    version: int = LATEST["short"]
    choices: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needs: Mapping[str, NeedAnswer] = field(default_factory=dict)
    age: AgeFacts = field(default_factory=AgeFacts)
    stopped_by: str | None = None
    picked: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call about a need that cannot wait; `whom` is free text."""

    acted: ContactResult
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason for an outcome: a code, and free text only with RS_WORDS."""

    code: str = ""
    words: str = ""


def path_of_age(age: AgeFacts) -> Path:
    """Return the path of an age: a person who may be under 18 is on the child path.

    If the worker doubts a stated age of 18 or over, the person is on the child path. With an unknown age the person
    is an adult only if the worker states that they cannot be under 18. Looks alone never decide.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; CETS 197, art. 10(3).
    """
    if age.band in UNDER_18 or age.best_band in UNDER_18:
        return Path.CHILD
    if age.doubt is Doubt.NO:
        return Path.ADULT
    return Path.ADULT if age.best_band is AgeBand.ADULT and age.doubt is Doubt.NOT_ASKED else Path.CHILD


def path_of(answers: Answers) -> Path:
    """Return the path of a talk; a ticked sign of doubt about the age counts like a stated doubt.

    A changed age can change the path and reopen steps.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    observed = any(SEEN_AGE_DOUBT in signs for signs in answers.signs.values())
    return path_of_age(replace(answers.age, doubt=Doubt.YES) if observed else answers.age)


def definition_path(answers: Answers) -> Path:
    """Return whose definition applies to what happened: the one for children too if it began before the age of 18.

    Source: Palermo Protocol, art. 3(c) and 3(d); docs/decisions/outcomes.md.
    """
    return Path.CHILD if answers.choices.get(AGE_BEGAN) == "UNDER_18" else path_of(answers)


def needed_elements(path: Path) -> frozenset[Element]:
    """Return the elements that the definition requires: a child never needs means.

    Source: Palermo Protocol, art. 3(a) and 3(c).
    """
    return frozenset(Element) - ({Element.MEANS} if path is Path.CHILD else frozenset())
