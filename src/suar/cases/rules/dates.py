"""Dates as people remember them: a year, a month or a day, perhaps only about. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

ABOUT = "~"
STORED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(~?)")
OLDEST_YEAR, NEWEST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of reduced precision; without a month, only the year is known. `about` marks an approximate date.

    Its text is ISO 8601: `2024`, `2024-05`, `2024-05-17`, with a tilde at the end for about.
    Source: ISO 8601-1:2019 4.3 (reduced precision) and ISO 8601-2:2019 (approximate).
    """

    year: int
    month: int | None = None
    day: int | None = None
    about: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a date that does not exist."""
        if 0 in (self.month, self.day) or (self.day and not self.month):
            raise ValueError("no such month or day")
        if not OLDEST_YEAR <= self.year <= NEWEST_YEAR:
            raise ValueError("no such year")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the date that `str` wrote; raises ValueError for any other text."""
        match = STORED.fullmatch(text)
        if match is None:
            raise ValueError("not a date of reduced precision")
        year, month, day, about = match.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None, bool(about))

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts) + (ABOUT if self.about else "")

    @property
    def first(self) -> date:
        """The first day that is meant, without the margin of an approximate date."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day that is meant, without the margin of an approximate date."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def earliest(self) -> date:
        """The first day that is possible: an approximate date has a margin as wide as it is precise."""
        return self.first - self._margin

    @property
    def latest(self) -> date:
        """The last day that is possible."""
        return self.last + self._margin

    @property
    def _margin(self) -> timedelta:
        """The margin of an approximate date: half a year, a month or a week; own design."""
        if not self.about:
            return timedelta(0)
        return timedelta(days=7 if self.day else 31 if self.month else 183)

    def is_before(self, other: Self) -> bool:
        """Return True only if every day that is possible lies before every day of the other."""
        return self.latest < other.earliest

    def is_future(self, today: date) -> bool:
        """Return True if no day that is meant has come yet.

        Source: own design; an event of the past cannot lie in the future, however roughly it is remembered.
        """
        return self.first > today


def time_order(start: PartialDate | None, end: PartialDate | None = None) -> tuple[bool, date, date]:
    """Return the sort key of a span of time; one without any date comes last.

    Source: own design; a year sorts before its months.
    """
    first = start or end
    if first is None:
        return True, date.max, date.max
    return False, first.first, (end or first).last


def years_between(born: date, day: date) -> int:
    """Return how old somebody is on a day.

    Source: calendar.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
