"""Reading how long people waited: until they were identified, reached, helped.

An error names the row and the column and never repeats what stood there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite

import numpy as np

from suar_research.casefiles.durations import (
    Curve,
    Median,
    Spans,
    kaplan_meier,
    median,
)
from suar_research.casefiles.frames import MISSING, Frame, Variable, is_missing, variable
from suar_research.reading import Unreadable, refuse

YES, NO = frozenset({"1", "yes", "true"}), frozenset({"0", "no", "false"})
LONGEST = 100_000.0


@dataclass(frozen=True)
class TimeColumns:
    """Which columns hold times.

    Either `time` (a number) with `came` (1 or 0), or the dates `start` and `end` with the last day
    `until`, an empty end being an event that had not come. `entry` is a number or a date alike.
    """

    time: str = ""
    came: str = ""
    start: str = ""
    end: str = ""
    until: date | None = None
    entry: str = ""

    def names(self) -> list[str]:
        """Name every column that must be read."""
        return [each for each in (self.time, self.came, self.start, self.end, self.entry) if each]


@dataclass(frozen=True)
class Waiting:
    """One group with its times."""

    name: str
    spans: Spans
    curve: Curve
    median: Median


@dataclass(frozen=True)
class Times:
    """All groups, first everybody; how many cases had no usable time; and the unit."""

    groups: tuple[Waiting, ...]
    by: str | None
    lacking: int
    unit: str
    delayed: bool


def times(frame: Frame, columns: TimeColumns, by: str | None, unit: str) -> Times:
    """Read the times of a frame, apart for each value of a column; raises Unreadable."""
    if (frame.people != 1).any():
        raise Unreadable(["times need a row for each person, and no column of counts"])
    reader = _Dates(columns) if columns.start else _Numbers(columns)
    spans, kept = reader.read(frame)
    groups = [_waiting("everybody", spans)]
    if by:
        groups += _apart(variable(frame, by), spans, kept)
    return Times(
        tuple(groups),
        by,
        len(frame.numbers) - len(kept),
        unit,
        bool(np.isfinite(spans.entry).any()),
    )


def _apart(parts: Variable, spans: Spans, kept: Sequence[int]) -> list[Waiting]:
    codes = parts.codes[list(kept)]
    named = [*enumerate(parts.values), (-1, MISSING)]
    return [_waiting(name, spans.only(codes == code)) for code, name in named if (codes == code).any()]


def _waiting(name: str, spans: Spans) -> Waiting:
    curve = kaplan_meier(spans)
    return Waiting(name, spans, curve, median(curve))


class _Numbers:
    """Times that stand as numbers, with a column that says whether the event came."""

    def __init__(self, columns: TimeColumns) -> None:
        self.columns = columns

    def read(self, frame: Frame) -> tuple[Spans, list[int]]:
        """Give the times, and the places of the rows that have one."""
        found, kept, problems = [], [], []
        for place, number in enumerate(frame.numbers):
            cells = [frame.cells[name][place] for name in (self.columns.time, self.columns.came)]
            if any(is_missing(cell, frame.wanted) for cell in cells):
                continue
            entry = _entry(frame, self.columns.entry, place)
            try:
                found.append(
                    (
                        _number(self.columns.time, cells[0]),
                        _flag(self.columns.came, cells[1]),
                        _number(self.columns.entry, entry) if entry else -inf,
                    )
                )
                kept.append(place)
            except ValueError as error:
                problems.append(_problem(number, error))
        refuse(problems)
        return _spans(found, [frame.numbers[place] for place in kept]), kept


class _Dates:
    """Times between two dates, as days."""

    def __init__(self, columns: TimeColumns) -> None:
        self.columns = columns

    def read(self, frame: Frame) -> tuple[Spans, list[int]]:
        """Give the days, and the places of the rows that have a first date."""
        found, kept, problems = [], [], []
        for place, number in enumerate(frame.numbers):
            start = frame.cells[self.columns.start][place]
            if is_missing(start, frame.wanted):
                continue
            try:
                found.append(self._one(frame, place, _date(self.columns.start, start)))
                kept.append(place)
            except ValueError as error:
                problems.append(_problem(number, error))
        refuse(problems)
        return _spans(found, [frame.numbers[place] for place in kept]), kept

    def _one(self, frame: Frame, place: int, start: date) -> tuple[float, bool, float]:
        end, until = frame.cells[self.columns.end][place], self.columns.until
        entry = _entry(frame, self.columns.entry, place)
        came = None if is_missing(end, frame.wanted) else _date(self.columns.end, end)
        last = came or until
        if last is None:
            raise ValueError("the event had not come; say until which day cases were seen")
        if until is not None and last > until:
            came, last = None, until
        first = float((_date(self.columns.entry, entry) - start).days) if entry else -inf
        return float((last - start).days), came is not None, first


def _entry(frame: Frame, column: str, place: int) -> str:
    word = frame.cells[column][place] if column else ""
    return "" if is_missing(word, frame.wanted) else word


def _problem(number: int, error: ValueError) -> str:
    """Say where: what is wrong with one cell begins with its column."""
    said = str(error)
    return f"row {number}{', ' if said.startswith('column ') else ': '}{said}"


def _number(column: str, word: str) -> float:
    try:
        value = float(word) if word.isascii() else inf
    except ValueError:
        value = inf
    if not isfinite(value) or not 0 <= value <= LONGEST:
        raise ValueError(f"column {column}: a time that is not a number from 0")
    return value


def _flag(column: str, word: str) -> bool:
    if word.casefold() not in YES | NO:
        raise ValueError(f"column {column}: whether the event came is not 1 or 0, yes or no")
    return word.casefold() in YES


def _date(column: str, word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise ValueError(f"column {column}: a date that is not written as 2026-11-27") from error


def _spans(found: list[tuple[float, bool, float]], numbers: Sequence[int]) -> Spans:
    """Put the times together; raises Unreadable for ends before starts and empty watches."""
    problems = []
    for (time, _, entry), number in zip(found, numbers, strict=True):
        if time < 0:
            problems.append(f"row {number}: it ends before it begins, or after the last day")
        elif entry >= time:
            problems.append(f"row {number}: it came under watch when it was over already")
    refuse(problems)
    if not found:
        raise Unreadable(["no row has a time"])
    time, entry = np.array([(each[0], each[2]) for each in found]).T
    came = np.array([each[1] for each in found])
    if not came.any():
        raise Unreadable(["the event came to nobody: there is nothing to tell of its time"])
    # From the start means before every moment, also before the moment 0.
    return Spans(time, came, np.where(entry <= 0, -inf, entry))
