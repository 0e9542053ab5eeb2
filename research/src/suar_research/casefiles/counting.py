"""Cross-tables as sheets: counts with row and column percentages, totals, and who lacks a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suar_research.answers import Limits
from suar_research.casefiles.crossing import Cross
from suar_research.casefiles.frames import MISSING, Counts, Variable
from suar_research.casefiles.intervals import LEVEL, clopper_pearson, wilson
from suar_research.casefiles.shares import NONE, RULE, Printed, percent
from suar_research.casefiles.sheets import Cell, Sheet

OWN, APART = "own", "apart"
LEAST_BASE = 10
TOTAL, WITH_VALUE = "total", "total with a value"
PEOPLE, ROW, COLUMN = "people", "row %", "column %"


@dataclass(frozen=True)
class Layout:
    """How a table is printed.

    `missing`: who lacks a value is a group of its own inside the base of percentages ("own"), or
    is told beside the total and outside of the base ("apart"). `least`: no percentage is printed
    of fewer people than this. `percents`: which of "row" and "column" are printed.
    """

    missing: str = OWN
    percents: tuple[str, ...] = ("row", "column")
    digits: int = 0
    least: int = LEAST_BASE
    intervals: bool = False

    def printed(self, count: int, base: int) -> Printed:
        """Print a percentage by these rules."""
        return percent(count, base, self.digits, self.least)


@dataclass(frozen=True)
class Line:
    """One row or column of a table: which places it sums, and whether percentages know it."""

    name: str
    places: tuple[int, ...]
    based: bool = True


@dataclass(frozen=True)
class Side:
    """The rows or the columns of a table, and which places are the base of percentages."""

    lines: tuple[Line, ...]
    base: tuple[int, ...]


def side(values: Sequence[str], lacking: int, missing: str) -> Side:
    """Lay out one side: its values, who lacks one (the last place), and totals."""
    size = len(values)
    known = tuple(Line(name, (place,)) for place, name in enumerate(values))
    inside, everybody = tuple(range(size)), tuple(range(size + 1))
    if not lacking:
        return Side((*known, Line(TOTAL, inside)), inside)
    if missing == OWN:
        return Side((*known, Line(MISSING, (size,)), Line(TOTAL, everybody)), everybody)
    after = (Line(WITH_VALUE, inside), Line(MISSING, (size,), False), Line(TOTAL, everybody, False))
    return Side((*known, *after), inside)


def counted(cross: Cross, layout: Layout) -> Sheet:
    """Print one table."""
    return _one_way(cross, layout) if cross.columns is None else _two_way(cross, layout)


def _one_way(cross: Cross, layout: Layout) -> Sheet:
    counts = cross.counts[:, 0]
    down = side(cross.rows.values, int(counts[-1]), layout.missing)
    base = int(counts[list(down.base)].sum())
    rows = []
    for line in down.lines:
        count = int(counts[list(line.places)].sum())
        share = layout.printed(count, base) if line.based else Printed(NONE)
        more = _intervals(count, base, layout) if line.based and len(line.places) == 1 else ()
        rows.append((line.name, count, share, *more, *_blank(layout, more)))
    heads: tuple[str, ...] = (cross.rows.name, PEOPLE, "%")
    if layout.intervals:
        heads = (*heads, f"{LEVEL:.0%} between (exact)", f"{LEVEL:.0%} between (Wilson)")
    return Sheet(_name(cross), heads, tuple(rows), notes(cross, layout))


def _blank(layout: Layout, more: Sequence[Cell]) -> tuple[Cell, ...]:
    return ("", "") if layout.intervals and not more else ()


def _intervals(count: int, base: int, layout: Layout) -> tuple[Cell, ...]:
    if not layout.intervals:
        return ()
    if base < max(layout.least, 1):
        return (Printed(NONE), Printed(NONE))
    return tuple(Printed(between(each)) for each in (clopper_pearson(count, base), wilson(count, base)))


def between(limits: Limits, digits: int = 1) -> str:
    """Print an interval of shares in percent."""
    return f"{limits.low * 100:.{digits}f} to {limits.high * 100:.{digits}f}%"


def sides(cross: Cross, missing: str) -> tuple[Side, Side]:
    """Lay out the rows and the columns of a table of two columns."""
    across: Sequence[str] = cross.columns.values if cross.columns else ()
    lacking_down, lacking_across = cross.counts[-1].sum(), cross.counts[:, -1].sum()
    return (
        side(cross.rows.values, int(lacking_down), missing),
        side(across, int(lacking_across), missing),
    )


def _two_way(cross: Cross, layout: Layout) -> Sheet:
    down, across = sides(cross, layout.missing)
    rows = tuple(
        (line.name, *(cell for on in across.lines for cell in _cells(cross.counts, (line, on), (down, across), layout)))
        for line in down.lines
    )
    inner = (PEOPLE, *(ROW if each == "row" else COLUMN for each in layout.percents))
    groups = tuple((line.name, len(inner)) for line in across.lines)
    heads = (cross.rows.name, *inner * len(across.lines))
    return Sheet(_name(cross), heads, rows, notes(cross, layout), groups)


def _name(cross: Cross) -> str:
    crossed = f"{cross.rows.name} by {cross.columns.name}" if cross.columns else cross.rows.name
    return f"{crossed}, {cross.stratum}"


def _cells(counts: Counts, place: tuple[Line, Line], table: tuple[Side, Side], layout: Layout) -> list[Cell]:
    """Give the count where a row and a column meet, and its percentages."""
    (line, on), (down, across) = place, table
    count = summed(counts, line.places, on.places)
    bases = {
        "row": summed(counts, line.places, across.base),
        "column": summed(counts, down.base, on.places),
    }
    known = line.based and on.based
    shares = (layout.printed(count, bases[each]) if known else Printed(NONE) for each in layout.percents)
    return [count, *shares]


def summed(counts: Counts, rows: Sequence[int], columns: Sequence[int]) -> int:
    """Sum the counts of some rows and columns."""
    return int(counts[list(rows)][:, list(columns)].sum())


def notes(cross: Cross, layout: Layout) -> tuple[str, ...]:
    """Say of a table what its percentages are of, and who lacks a value."""
    return (*lacking(cross), _base(cross, layout), RULE, *_few(layout))


def lacking(cross: Cross) -> list[str]:
    """Say for each column how many people have nothing in it; never silent."""
    said = []
    both: list[tuple[Variable, int]] = [(cross.rows, int(cross.counts[-1].sum()))]
    if cross.columns:
        both.append((cross.columns, int(cross.counts[:, -1].sum())))
    for each, count in both:
        said.append(f"{each.name}: {MISSING} for {count:,} of {cross.total:,} people.")
    return said


def _base(cross: Cross, layout: Layout) -> str:
    if not cross.lacking:
        return "Percentages are of everybody in the table."
    if layout.missing == OWN:
        return (
            f"Percentages are of everybody in the table; those with a value that is {MISSING} are a group of their own."
        )
    return "Percentages are of those with a value only; the others are counted beside them."


def _few(layout: Layout) -> list[str]:
    return [f"No percentage is printed of fewer than {layout.least} people."] if layout.least else []
