"""Parts that every chart shares: colours with a pattern each, a legend, a frame with its words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, PAPER, RULE = "#1f2a2e", "#ffffff", "#c9cfd1"
WIDTH, EDGE, LINE, LETTER = 760, 24, 20, 7.2
# Told apart by people who see few colours (Okabe & Ito 2008), and in grey by pattern and dash.
COLOURS = (
    "#0072b2",
    "#e69f00",
    "#56b4e9",
    "#d55e00",
    "#009e73",
    "#f0e442",
    "#cc79a7",
    "#8a8f91",
)
PATTERNS = (
    "",
    "M0 8L8 0",
    "M2 2h1v1h-1zM6 6h1v1h-1z",
    "M0 4H8",
    "M0 0L8 8M0 8L8 0",
    "M4 0V8",
    "M0 0L8 8",
    "M0 4H8M4 0V8",
)
# Dark enough as a thin line on white (at least 4.5 to 1).
LINES = (
    "#0072b2",
    "#b34700",
    "#006b4f",
    "#7a3e8e",
    "#1f2a2e",
    "#806000",
    "#a3195b",
    "#55606a",
)
DASHES = ("", "7 3", "2 3", "10 3 2 3", "4 2 1 2 1 2", "12 4", "1 2", "8 2 2 2 2 2")
MOST_SERIES = len(COLOURS)
LONGEST_LABEL = 30


def patterns(count: int) -> str:
    """Give the fills of the first `count` series: a colour, and lines over it."""
    parts = []
    for at in range(count):
        lines = f'<path d="{PATTERNS[at]}" stroke="{INK}" stroke-width="1" fill="none"/>'
        parts.append(
            f'<pattern id="p{at}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{COLOURS[at]}"/>{lines if PATTERNS[at] else ""}'
            "</pattern>"
        )
    return f"<defs>{''.join(parts)}</defs>"


def words(x: float, y: float, text: str, anchor: str = "start", *, heavy: bool = False) -> str:
    """Write words; `anchor` is start, middle or end."""
    weight = ' font-weight="600"' if heavy else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{INK}"{weight}>{escape(text)}</text>'


def box(x: float, y: float, wide: float, high: float, series: int) -> str:
    """Draw a filled box with an edge, so that it is seen on any paper."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0):.1f}" height="{high:.1f}" '
        f'fill="url(#p{series})" stroke="{INK}" stroke-width="0.7"/>'
    )


def upright(x: float, top: float, bottom: float) -> str:
    """Draw a thin line from top to bottom."""
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" stroke="{RULE}"/>'


def short(label: str) -> str:
    """Cut a long label; the sheet beside the chart has it whole."""
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def room(labels: Sequence[str]) -> float:
    """Give the width that labels need."""
    return max((len(short(each)) for each in labels), default=0) * LETTER + 10


def legend(names: Sequence[str], y: float) -> tuple[str, float]:
    """Draw the legend in as many lines as it needs; give it and where it ends."""
    parts, x = [], float(EDGE)
    for at, name in enumerate(names):
        wide = 26 + len(short(name)) * LETTER + 14
        if x + wide > WIDTH - EDGE and x > EDGE:
            x, y = float(EDGE), y + LINE
        parts.append(box(x, y - 11, 16, 13, at) + words(x + 22, y, short(name)))
        x += wide
    return "".join(parts), y + LINE


def lines_of(text: str) -> list[str]:
    """Break a sentence into lines that fit above a chart."""
    most, lines = int((WIDTH - 2 * EDGE) / LETTER), [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def picture(name: str, says: str, body: str, height: float, coverage: str) -> str:
    """Put a chart together; its name and whom it covers are printed in it, and told to readers."""
    foot, at = [], height + 6
    for line in lines_of(coverage):
        foot.append(words(EDGE, at, line))
        at += LINE - 3
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {at + 6:.0f}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>{escape(name)}</title>'
        f"<desc>{escape(says)} {escape(coverage)}</desc>"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        f"{words(EDGE, 26, name, heavy=True)}{body}{''.join(foot)}</svg>\n"
    )
