"""Charts of case files by matplotlib: bars, stacked bars, and curves of who still waits."""

from typing import Any

import numpy as np

from suar_research.files import Unreadable
from suar_research.report import COLOURS, DASHES, HATCHES, INK, LINE_COLOURS, Cell, Figure, Table, figure, svg_of
from suar_research.tables.cross_tables import APART, OWN, Layout
from suar_research.tables.data import MISSING, CrossTable
from suar_research.tables.formats import percent
from suar_research.tables.times import Group, Times, step_table

LONGEST_LABEL = 30
# A part of a bar narrower than this share has no room for its number.
ROOM = 0.05


def bar_chart(cross: CrossTable, layout: Layout, coverage: str, title: str = "") -> Figure:
    """Draw people as bars, one per row, or one per row and column."""
    names, series, counts = _drawn(cross, layout)
    drawing, axes = figure(0.3 * counts.size + 0.25 * len(names) + 1.5)
    totals = counts.sum(axis=0)
    high = 0.8 / len(series)
    for at, label in enumerate(series):
        places = np.arange(len(names)) - 0.4 + (at + 0.5) * high
        bars = axes.barh(places, counts[:, at], high, label=label, **_fill(at))
        shares = [layout.percent(int(count), int(totals[at])).text for count in counts[:, at]]
        axes.bar_label(
            bars, [f"{count:,} ({text})" for count, text in zip(counts[:, at], shares, strict=True)], padding=4
        )
    _label_rows(axes, names)
    axes.set(xlabel="people", ylabel=cross.rows.name)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.margins(x=0.2)
    _legend(axes)
    biggest = int(counts.sum(axis=1).argmax())
    name = title or cross.name
    description = (
        f"Bars of {name}: {int(counts.sum()):,} people. The longest is {names[biggest]} with "
        f"{int(counts[biggest].sum()):,}.{_left_out(cross, layout)}"
    )
    return Figure(svg_of(drawing, name, description, coverage), description, _data(cross, layout, shares=False))


def stacked_chart(cross: CrossTable, layout: Layout, coverage: str, title: str = "") -> Figure:
    """Draw each row as one bar of 100%, divided by the columns; raises Unreadable without columns."""
    if cross.columns is None:
        raise Unreadable(["a stacked chart needs --columns"])
    names, series, counts = _drawn(cross, layout)
    drawing, axes = figure(0.4 * len(names) + 1.5)
    bases = counts.sum(axis=1)
    shares = counts / np.maximum(bases, 1)[:, None]
    start = np.zeros(len(names))
    for at, label in enumerate(series):
        bars = axes.barh(np.arange(len(names)), shares[:, at], 0.7, start, label=label, **_fill(at))
        texts = [
            layout.percent(int(count), int(base)).text if part >= ROOM else ""
            for count, base, part in zip(counts[:, at], bases, shares[:, at], strict=True)
        ]
        axes.bar_label(bars, texts, label_type="center", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
        start += shares[:, at]
    for at, base in enumerate(bases):
        axes.text(1.01, at, f"{base:,} people", va="center")
    _label_rows(axes, names)
    axes.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.set(xlim=(0, 1), xlabel=f"share of the people of one {cross.rows.name}", ylabel=cross.rows.name)
    _legend(axes)
    name = title or cross.name
    description = (
        f"Stacked bars of {name}: each bar is 100% of the people of one {cross.rows.name}, cut by "
        f"{cross.columns.name}.{_left_out(cross, layout)}"
    )
    return Figure(svg_of(drawing, name, description, coverage), description, _data(cross, layout, shares=True))


def waiting_chart(result: Times, coverage: str, title: str = "") -> Figure:
    """Draw the share still waiting over time: of each group, or of everybody."""
    drawn = result.groups[1:] or result.groups
    if len(drawn) > len(DASHES):
        raise Unreadable([f"{len(drawn)} groups are too many for a chart"])
    name = title or f"Still waiting, by {result.unit}" + (f" and {result.by}" if result.by else "")
    drawing, axes = figure(4 + 0.25 * len(drawn))
    for at, group in enumerate(drawn):
        curve, last = group.curve, float(group.spans.time.max())
        axes.step(
            [0, *curve.moments, last],
            [1, *curve.waiting, curve.waiting[-1] if len(curve.waiting) else 1],
            where="post",
            color=LINE_COLOURS[at],
            dashes=DASHES[at],
            linewidth=2,
            label=f"{_short(group.name)}: {_summary(group)}",
        )
        censored = np.unique(group.spans.time[~group.spans.came])
        axes.plot(censored, [curve.at(moment)[0] for moment in censored], "|", color=INK, markersize=7)
    axes.set_ylim(0, 1.02)
    axes.set_xlim(left=0)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.grid(axis="y")
    axes.set(xlabel=f"{result.unit} (a tick: somebody last seen still waiting)", ylabel="share still waiting")
    _legend(axes, columns=1)
    description = f"{name}. " + " ".join(f"{group.name}: {_summary(group)}." for group in drawn)
    return Figure(svg_of(drawing, name, description, coverage), description, step_table(result))


def _summary(group: Group) -> str:
    value = group.median.value
    half = f"half were through by {value:g}" if np.isfinite(value) else "fewer than half got through"
    return f"{len(group.spans):,} people, {half}"


def _fill(at: int) -> dict[str, object]:
    return {"color": COLOURS[at], "hatch": HATCHES[at], "edgecolor": INK, "linewidth": 0.7}


def _label_rows(axes: Any, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.invert_yaxis()


def _legend(axes: Any, columns: int = 3) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def _drawn(cross: CrossTable, layout: Layout) -> tuple[list[str], list[str], np.ndarray]:
    """Return the rows and columns that hold anybody, and their counts, without totals."""
    rows = [*cross.rows.values, *([MISSING] if layout.missing == OWN else [])]
    columns = [*cross.column_values, *([MISSING] if layout.missing == OWN else [])] if cross.columns else ["people"]
    counts = cross.counts[: len(rows), : len(columns)]
    down = np.flatnonzero(cross.counts[: len(rows)].any(axis=1))
    across = np.flatnonzero(cross.counts[:, : len(columns)].any(axis=0))
    if len(across) > len(COLOURS):
        raise Unreadable([f"{len(across)} columns are too many for a chart; at most {len(COLOURS)} can be told apart"])
    return [rows[at] for at in down], [columns[at] for at in across], counts[np.ix_(down, across)]


def _data(cross: CrossTable, layout: Layout, *, shares: bool) -> Table:
    names, series, counts = _drawn(cross, layout)
    rows: list[tuple[Cell, ...]] = []
    for name, row in zip(names, counts.tolist(), strict=True):
        cells: list[Cell] = []
        for count in row:
            cells += [count, percent(count, sum(row), layout.digits, layout.least)] if shares else [count]
        rows.append((name, *cells))
    heads = [head for name in series for head in ((name, f"{name} %") if shares else (name,))]
    return Table(f"Drawn in the chart: {cross.name}", (cross.rows.name, *heads), tuple(rows))


def _left_out(cross: CrossTable, layout: Layout) -> str:
    if layout.missing != APART or not cross.lacking:
        return ""
    return f" Not drawn are {cross.lacking:,} people with nothing recorded."
