"""The trend of one domain as a chart: two lines over time, with gaps where a rating has no number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 20, 312, 12, 104
LOWEST, HIGHEST = 1, 5


class Mark(NamedTuple):
    """One rating in the picture."""

    x: int
    y: int

    @property
    def corner(self) -> tuple[int, int]:
        """The corner of a square of 8 units around the mark."""
        return self.x - 4, self.y - 4


@dataclass(frozen=True, slots=True)
class Trend:
    """The marks of one rater, and the lines between those without a gap, as SVG writes them."""

    marks: list[Mark] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def draw_trend(points: Sequence[tuple[date, int | None]], *, first: date, last: date) -> Trend:
    """Return the trend of ratings, oldest first; None is an answer without a number and leaves a gap."""
    marks: list[Mark] = []
    runs: list[list[Mark]] = [[]]
    for day, number in points:
        if number is None:
            runs.append([])
            continue
        mark = Mark(_place(day, first, last), _level(number))
        marks.append(mark)
        runs[-1].append(mark)
    lines = [" ".join(f"{mark.x},{mark.y}" for mark in run) for run in runs if len(run) > 1]
    return Trend(marks, lines)


def scale() -> list[tuple[int, int]]:
    """Return each number of the scale with its height in the picture."""
    return [(number, _level(number)) for number in range(LOWEST, HIGHEST + 1)]


def _place(day: date, first: date, last: date) -> int:
    days = (last - first).days
    return RIGHT if days == 0 else LEFT + 8 + round((RIGHT - LEFT - 8) * (day - first).days / days)


def _level(number: int) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * (number - LOWEST) / (HIGHEST - LOWEST))
