"""Bars and stacked bars of one table as SVG, with the same numbers as a sheet beside them."""

from __future__ import annotations

from collections.abc import Sequence

from suar_research.casefiles import drawing
from suar_research.casefiles.counting import APART, OWN, Layout, summed
from suar_research.casefiles.crossing import Cross
from suar_research.casefiles.frames import MISSING
from suar_research.casefiles.shares import percent
from suar_research.casefiles.sheets import Cell, Chart, Sheet
from suar_research.reading import Unreadable

BAR, GAP, TOP, TICKS = 16, 10, 44, (0, 25, 50, 75, 100)
# Room to the right of a bar for its number.
NUMBER = 110
INSIDE = 34


def bars(cross: Cross, layout: Layout, coverage: str, title: str = "") -> Chart:
    """Draw people as bars, one per row, or one per row and column."""
    names, series, table = _drawn(cross, layout)
    most = max(max(row) for row in table)
    head, y = drawing.legend(series, TOP + 6) if cross.columns else ("", float(TOP))
    left = drawing.EDGE + drawing.room(names)
    scale = (drawing.WIDTH - drawing.EDGE - NUMBER - left) / max(most, 1)
    totals = [sum(column) for column in zip(*table, strict=True)]
    parts = [head]
    for name, row in zip(names, table, strict=True):
        parts.append(drawing.words(left - 8, y + BAR - 3, drawing.short(name), "end"))
        for at, count in enumerate(row):
            share = layout.printed(count, totals[at]).text
            parts.append(drawing.box(left, y, count * scale, BAR, at))
            parts.append(drawing.words(left + count * scale + 6, y + BAR - 3, f"{count:,} ({share})"))
            y += BAR + 2
        y += GAP
    name = title or _name(cross)
    biggest = max(zip(names, table, strict=True), key=lambda each: sum(each[1]))
    says = (
        f"Bars of {name}: {sum(totals):,} people. The longest is {biggest[0]} with "
        f"{sum(biggest[1]):,}.{_left_out(cross, layout)}"
    )
    picture = drawing.picture(name, says, drawing.patterns(len(series)) + "".join(parts), y + 8, coverage)
    return Chart(picture, says, _data(cross, names, series, table, None))


def stacked(cross: Cross, layout: Layout, coverage: str, title: str = "") -> Chart:
    """Draw each row as one bar of 100%, cut by the columns."""
    if cross.columns is None:
        raise Unreadable(["a stacked chart needs --columns"])
    names, series, table = _drawn(cross, layout)
    head, y = drawing.legend(series, TOP + 6)
    left = drawing.EDGE + drawing.room(names)
    wide = drawing.WIDTH - drawing.EDGE - NUMBER - left
    top, parts = y, [head]
    for name, row in zip(names, table, strict=True):
        parts.append(drawing.words(left - 8, y + BAR + 1, drawing.short(name), "end"))
        parts.append(_one_stack(row, (left, y, wide), layout))
        parts.append(drawing.words(left + wide + 8, y + BAR + 1, f"{sum(row):,} people"))
        y += BAR + 6 + GAP
    rules = "".join(
        drawing.upright(left + tick / 100 * wide, top - 4, y - 4)
        + drawing.words(left + tick / 100 * wide, y + 10, f"{tick}%", "middle")
        for tick in TICKS
    )
    name = title or _name(cross)
    says = (
        f"Stacked bars of {name}: each bar is 100% of the people of one {cross.rows.name}, cut by "
        f"{cross.columns.name}.{_left_out(cross, layout)}"
    )
    body = drawing.patterns(len(series)) + rules + "".join(parts)
    picture = drawing.picture(name, says, body, y + 28, coverage)
    return Chart(picture, says, _data(cross, names, series, table, layout))


def _one_stack(row: Sequence[int], place: tuple[float, float, float], layout: Layout) -> str:
    (x, y, wide), base, parts = place, sum(row), []
    for at, count in enumerate(row):
        part = count / base * wide if base else 0.0
        parts.append(drawing.box(x, y, part, BAR + 6, at) if count else "")
        share = layout.printed(count, base).text
        if part >= INSIDE:
            middle = x + part / 2
            parts.append(
                f'<rect x="{middle - 16:.1f}" y="{y + 3:.1f}" width="32" height="{BAR}" '
                f'fill="{drawing.PAPER}" rx="2"/>' + drawing.words(middle, y + BAR, share, "middle")
            )
        x += part
    return "".join(parts)


def _drawn(cross: Cross, layout: Layout) -> tuple[list[str], list[str], list[list[int]]]:
    """Give what is drawn: single rows and columns with anybody in them, without totals."""
    everything = [list(range(size)) for size in cross.counts.shape]
    down = _singles(cross.rows.values, int(cross.counts[-1].sum()), layout)
    if cross.columns:
        lacking = int(cross.counts[:, -1].sum())
        across = _singles(cross.columns.values, lacking, layout)
    else:
        across = [("people", 0)]
    down = [each for each in down if summed(cross.counts, [each[1]], everything[1])]
    across = [each for each in across if summed(cross.counts, everything[0], [each[1]])]
    if len(across) > drawing.MOST_SERIES:
        raise Unreadable(
            [f"{len(across)} columns are too many for a chart; at most {drawing.MOST_SERIES} can be told apart"]
        )
    table = [[int(cross.counts[row, column]) for _, column in across] for _, row in down]
    return [name for name, _ in down], [name for name, _ in across], table


def _singles(values: Sequence[str], lacking: int, layout: Layout) -> list[tuple[str, int]]:
    known = list(zip(values, range(len(values)), strict=True))
    lacks = lacking and layout.missing == OWN
    return [*known, (MISSING, len(values))] if lacks else known


def _data(
    cross: Cross,
    names: Sequence[str],
    series: Sequence[str],
    table: list[list[int]],
    layout: Layout | None,
) -> Sheet:
    """Give the numbers that are drawn; with a layout also what part of the row each is."""
    rows: list[tuple[Cell, ...]] = []
    for name, row in zip(names, table, strict=True):
        cells: list[Cell] = []
        for count in row:
            cells.append(count)
            if layout:
                cells.append(percent(count, sum(row), layout.digits, layout.least))
        rows.append((name, *cells))
    heads = [each for name in series for each in ([name, f"{name} %"] if layout else [name])]
    return Sheet(f"Drawn in the chart: {_name(cross)}", (cross.rows.name, *heads), tuple(rows))


def _left_out(cross: Cross, layout: Layout) -> str:
    """Say how many are not drawn: who lacks a value where that is told apart."""
    if layout.missing != APART or not cross.lacking:
        return ""
    return f" Not drawn are {cross.lacking:,} people with nothing recorded."


def _name(cross: Cross) -> str:
    return f"{cross.rows.name} by {cross.columns.name}" if cross.columns else cross.rows.name
