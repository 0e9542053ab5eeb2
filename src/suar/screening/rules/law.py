"""What the international definition asks for: which path, which elements, whose consent counts.

Pure knowledge with its sources: act, means and purpose, and the rule for children.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

MAJORITY = 18


class Element(StrEnum):
    """The three elements of the international definition."""

    ACT = "ACT"
    MEANS = "MEANS"
    PURPOSE = "PURPOSE"


class Path(StrEnum):
    """Which test applies: under 18, or who may be, takes the child path."""

    ADULT = "ADULT"
    CHILD = "CHILD"


class AgeBand(StrEnum):
    """An age said roughly, when nobody knows the year."""

    UNDER_12 = "UNDER_12"
    FROM_12_TO_14 = "FROM_12_TO_14"
    FROM_15_TO_17 = "FROM_15_TO_17"
    ADULT = "ADULT"
    UNKNOWN = "UNKNOWN"


class Doubt(StrEnum):
    """What the worker answers to: could this person be under 18?"""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True)
class AgeFacts:
    """What is known of an age; `settled` is the result of a proper assessment, never of a look."""

    years: Annotated[int | None, Field(ge=0, le=120, strict=True)] = None
    band: AgeBand = AgeBand.UNKNOWN
    doubt: Doubt = Doubt.NOT_ASKED
    settled: Path | None = None


UNDER_18 = frozenset({AgeBand.UNDER_12, AgeBand.FROM_12_TO_14, AgeBand.FROM_15_TO_17})
NO_DOUBT = frozenset({Doubt.NO, Doubt.NOT_ASKED})


def path_of(age: AgeFacts) -> Path:
    """Say which path an age takes: whoever may be under 18 is a child until it is settled.

    A stated age of 18 or over is doubted where the worker doubts it; an unknown age is that of an
    adult only where the worker says that the person cannot be under 18. Never looks alone.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; CETS 197, art. 10(3).
    """
    if age.settled is not None:
        return age.settled
    if age.band in UNDER_18 or (age.years is not None and age.years < MAJORITY):
        return Path.CHILD
    if age.doubt is Doubt.NO:
        return Path.ADULT
    stated_adult = age.years is not None or age.band is AgeBand.ADULT
    return Path.ADULT if stated_adult and age.doubt in NO_DOUBT else Path.CHILD


def needed_elements(path: Path) -> frozenset[Element]:
    """Say which elements the definition needs: a child never needs means.

    Source: Palermo Protocol, art. 3(a) and 3(c).
    """
    return frozenset(Element) - ({Element.MEANS} if path is Path.CHILD else frozenset())
