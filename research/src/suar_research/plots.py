"""Figures as SVG by matplotlib: colours with a pattern each, and a text alternative inside."""

import io
import textwrap
from html import escape
from typing import Any

INK = "#1f2a2e"
# Told apart by people who see few colours (Okabe & Ito 2008), and in grey by pattern and dash.
COLOURS = ("#0072b2", "#e69f00", "#56b4e9", "#d55e00", "#009e73", "#f0e442", "#cc79a7", "#8a8f91")
HATCHES = ("", "//", "..", "--", "xx", "||", "\\\\", "++")
# Dark enough as a thin line on white (at least 4.5 to 1).
LINE_COLOURS = ("#0072b2", "#b34700", "#006b4f", "#7a3e8e", "#1f2a2e", "#806000", "#a3195b", "#55606a")
DASHES = ((1, 0), (7, 3), (2, 3), (10, 3, 2, 3), (4, 2, 1, 2), (12, 4), (1, 2), (8, 2, 2, 2))
WIDTH_INCHES, LINE_INCHES, LETTERS_A_LINE = 8.0, 0.17, 105


def figure(height_inches: float, columns: int = 1) -> tuple[Any, Any]:
    """Return a new figure with its axes. matplotlib is imported here: most answers draw nothing."""
    from matplotlib.figure import Figure

    drawing = Figure((WIDTH_INCHES, height_inches), layout="constrained")
    axes = drawing.subplots(1, columns)
    for each in [axes] if columns == 1 else axes:
        each.spines[["top", "right"]].set_visible(False)
    return drawing, axes


def svg_of(drawing: Any, title: str, description: str, coverage: str = "") -> str:
    """Return a figure as SVG with title and description; `coverage` is printed under it too."""
    import matplotlib as mpl

    drawing.suptitle(title, x=0.01, ha="left", fontweight="bold")
    if coverage:
        lines = textwrap.wrap(coverage, LETTERS_A_LINE)
        drawing.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize="small")
        drawing.set_figheight(drawing.get_figheight() + LINE_INCHES * len(lines))
    content = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "suar", "font.family": "sans-serif"}):
        drawing.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    svg = "<svg" + content.getvalue().partition("<svg")[2]
    words = f"<title>{escape(title)}</title><desc>{escape(f'{description} {coverage}'.strip())}</desc>"
    head, end, body = svg.partition(">")
    return f'{head} role="img"{end}{words}{body}'
