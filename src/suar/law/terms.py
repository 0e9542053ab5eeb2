"""The words of the law that rules reason with."""

from dataclasses import dataclass
from enum import StrEnum


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

    years: int | None = None
    band: AgeBand = AgeBand.UNKNOWN
    doubt: Doubt = Doubt.NOT_ASKED
    settled: Path | None = None
