"""Kaplan-Meier curves as SVG: steps with a dash of their own, ticks where cases were last seen."""

from __future__ import annotations

from math import floor, log10

import numpy as np

from suar_research.casefiles import drawing
from suar_research.casefiles.sheets import Chart
from suar_research.casefiles.timing import Times, Waiting
from suar_research.casefiles.waiting import steps
from suar_research.reading import Unreadable

TOP, HIGH, LEFT, RIGHT = 56, 280, 70, 24
MOST_TICKS, SHARES = 8, (0.0, 0.25, 0.5, 0.75, 1.0)
TICK = 4


def curves(found: Times, coverage: str, title: str = "") -> Chart:
    """Draw the share still waiting: each group, or everybody where there are no groups."""
    drawn = found.groups[1:] or found.groups
    if len(drawn) > drawing.MOST_SERIES:
        raise Unreadable([f"{len(drawn)} groups are too many for a chart"])
    longest = max(float(each.spans.time.max()) for each in drawn) or 1.0
    name = title or f"Still waiting, by {found.unit}" + (f" and {found.by}" if found.by else "")
    parts = [_frame(longest, found.unit)]
    y = TOP + HIGH + 58
    for at, each in enumerate(drawn):
        parts.append(_steps(each, longest, at))
        parts.append(_key(each, at, y))
        y += drawing.LINE
    says = f"{name}. " + " ".join(f"{each.name}: {len(each.spans):,} people, {_median(each)}." for each in drawn)
    return Chart(drawing.picture(name, says, "".join(parts), y, coverage), says, steps(found))


def _median(group: Waiting) -> str:
    value = group.median.value
    return f"half were through by {value:g}" if np.isfinite(value) else "fewer than half got through"


def _key(group: Waiting, at: int, y: float) -> str:
    label = f"{drawing.short(group.name)}: {len(group.spans):,} people, {_median(group)}"
    return _line([(LEFT, y - 4), (LEFT + 40, y - 4)], at) + drawing.words(LEFT + 50, y, label)


def _line(points: list[tuple[float, float]], at: int) -> str:
    dash = f' stroke-dasharray="{drawing.DASHES[at]}"' if drawing.DASHES[at] else ""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="{drawing.LINES[at]}" stroke-width="2.5"{dash}/>'


def _steps(group: Waiting, longest: float, at: int) -> str:
    curve, share = group.curve, 1.0
    points = [(_x(0, longest), _y(1.0))]
    for moment, waiting in zip(curve.moments.tolist(), curve.waiting.tolist(), strict=True):
        points += [(_x(moment, longest), _y(share)), (_x(moment, longest), _y(waiting))]
        share = waiting
    points.append((_x(float(group.spans.time.max()), longest), _y(share)))
    return _line(points, at) + "".join(
        f'<path d="M{_x(moment, longest):.1f} {_y(curve.at(moment)[0]) - TICK:.1f}v{2 * TICK}" stroke="{drawing.INK}"/>'
        for moment in np.unique(group.spans.time[~group.spans.came]).tolist()
    )


def _x(moment: float, longest: float) -> float:
    return LEFT + moment / longest * (drawing.WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return TOP + (1 - share) * HIGH


def round_moments(longest: float) -> list[float]:
    """Give round moments from 0 up to the longest time, at most eight steps."""
    size = 10.0 ** floor(log10(longest / MOST_TICKS))
    step = next(size * by for by in (1, 2, 5, 10) if size * by * MOST_TICKS >= longest)
    return [step * place for place in range(int(longest / step) + 1)]


def _frame(longest: float, unit: str) -> str:
    parts = []
    for share in SHARES:
        parts.append(
            f'<line x1="{LEFT}" x2="{drawing.WIDTH - RIGHT}" y1="{_y(share):.1f}" '
            f'y2="{_y(share):.1f}" stroke="{drawing.RULE}"/>'
            + drawing.words(LEFT - 8, _y(share) + 4, f"{share:.0%}", "end")
        )
    for moment in round_moments(longest):
        parts.append(drawing.words(_x(moment, longest), TOP + HIGH + 18, f"{moment:,g}", "middle"))
    parts.append(drawing.words(LEFT, TOP + HIGH + 36, f"{unit} (a tick: somebody last seen still waiting)"))
    return "".join(parts)
