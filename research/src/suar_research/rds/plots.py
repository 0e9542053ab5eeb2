"""Two pictures of a sample as one SVG: does the share settle, and do the trees agree."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from suar_research.rds.diagnostics import by_wave
from suar_research.rds.groups import Part
from suar_research.rds.samples import SEED, Sample
from suar_research.rds.study import Study

WIDTH, HEIGHT, EDGE, TOP = 760, 420, 56, 72
PANEL = (WIDTH - 3 * EDGE) / 2
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
INK, LINE = "#1f2a2e", "#0f5c55"
# A tree of fewer people than this says too little to be drawn.
FEWEST = 5


def settling(study: Study | Part, value: str) -> str:
    """Draw the RDS-II share of a value: all people by wave (left), each tree by wave (right).

    Of a group, its own people only.
    """
    at = study.sample.values.index(value)
    whole = [each.shares[at] for each in study.waves]
    shown = next(each for each in study.found.answers[value] if each.name == "rds2").shown
    says = (
        f"Share with {value} by RDS-II as waves are added. Left: all {study.waves[-1].people:,} "
        f"people, with the 95% interval of whole trees. Right: each tree by itself."
    )
    band = (
        f'<rect x="{EDGE}" y="{_up(shown.high):.1f}" width="{PANEL:.1f}" '
        f'height="{_up(shown.low) - _up(shown.high):.1f}" fill="{LINE}" fill-opacity="0.15"/>'
    )
    last = study.waves[-1].wave
    lines = "".join(_line(each, last, 2 * EDGE + PANEL, 1.5) for each in _trees(study.sample, at))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(says)}</title>'
        f'<rect width="100%" height="100%" fill="#fbf8f1"/>'
        f'<text x="{EDGE}" y="26" font-size="15" fill="{INK}">Share with {escape(value)}, RDS-II, '
        f"as waves are added</text>"
        f"{_frame(EDGE, 'all people, and the 95% interval of whole trees', last)}{band}"
        f"{_line(whole, last, EDGE, 3)}"
        f"{_frame(2 * EDGE + PANEL, 'each tree by itself', last)}{lines}</svg>\n"
    )


def _trees(sample: Sample, at: int) -> list[list[float]]:
    """Give the share by wave in each tree that is large enough."""
    found = []
    for tree in range(len(sample.seeds)):
        inside = np.flatnonzero(sample.tree == tree)
        if len(inside) >= FEWEST:
            found.append([each.shares[at] for each in by_wave(_only(sample, inside))])
    return found


def _only(sample: Sample, people: np.ndarray) -> Sample:
    """Keep some people, of whom each recruiter is one."""
    place = np.full(sample.people + 1, SEED)
    place[people] = np.arange(len(people))
    return Sample(
        sample.values,
        place[sample.recruiter[people]],
        sample.degree[people],
        sample.group[people],
    )


def _up(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - EDGE)


def _line(shares: Sequence[float], last: int, left: float, wide: float) -> str:
    points = " ".join(
        f"{left + wave / max(last, 1) * PANEL:.1f},{_up(share):.1f}"
        for wave, share in enumerate(shares)
        if np.isfinite(share)
    )
    return f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="{wide}" stroke-opacity="0.8"/>'


def _frame(left: float, name: str, last: int) -> str:
    rules = "".join(
        f'<line x1="{left:.1f}" x2="{left + PANEL:.1f}" y1="{_up(tick):.1f}" y2="{_up(tick):.1f}" '
        f'stroke="{INK}" stroke-opacity="0.2"/>'
        f'<text x="{left - 6:.1f}" y="{_up(tick) + 4:.1f}" text-anchor="end" fill="{INK}">'
        f"{tick:.0%}</text>"
        for tick in TICKS
    )
    return (
        f'<text x="{left:.1f}" y="{TOP - 16}" fill="{INK}">{escape(name)}</text>{rules}'
        f'<text x="{left:.1f}" y="{HEIGHT - 24}" fill="{INK}">wave 0 (seeds)</text>'
        f'<text x="{left + PANEL:.1f}" y="{HEIGHT - 24}" text-anchor="end" fill="{INK}">'
        f"wave {last}</text>"
    )
