"""Cross-tables as printed: counts with percentages, changes between periods, tests, two groups compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import Limits
from suar_research.coverage import texts
from suar_research.files import Unreadable
from suar_research.report import MISSING_NUMBER, Cell, Number, Table
from suar_research.tables.data import MISSING, CaseFile, CrossTable, cross_tables
from suar_research.tables.formats import RULE, change, decimal, p_value, percent, points, signed
from suar_research.tables.statistics import (
    LEVEL,
    Counts,
    ExactTest,
    Fisher,
    clopper_pearson,
    exact_test,
    fisher,
    holm,
    newcombe,
    pearson,
    wilson,
)

OWN, APART = "own", "apart"
LEAST_BASE, FEW_EXPECTED, TWO = 10, 5, 2
TOTAL, WITH_VALUE = "total", "total with a value"
DASH = Number(MISSING_NUMBER)
TEXTS = texts("tables.cross_tables")
WHAT_CHANGED: str = TEXTS["what_changed"]
NOBODY = "Nobody of one of the two groups is in this table: there is nothing to compare."
LESS_THAN_ALL: str = TEXTS["less_than_all"]
HOLM = "The last column corrects p for how many lines were looked at (Holm 1979)."


@dataclass(frozen=True)
class Layout:
    """How a table is printed.

    `missing`: people who lack a value are a group of their own inside percentages ("own"), or are
    counted beside the total and outside of percentages ("apart"). `percents`: which of "row" and
    "column" are printed. `least`: no percentage of a smaller base is printed.
    """

    missing: str = OWN
    percents: tuple[str, ...] = ("row", "column")
    digits: int = 0
    least: int = LEAST_BASE
    intervals: bool = False

    def percent(self, count: int, base: int) -> Number:
        """Format a percentage by these rules."""
        return percent(count, base, self.digits, self.least)

    def base_notes(self) -> list[str]:
        """Return the notes that go with every table of percentages."""
        few = [f"No percentage is printed of fewer than {self.least} people."] if self.least else []
        return [RULE, *few]


@dataclass(frozen=True)
class Line:
    """A row or column: the places it sums, and whether it has percentages."""

    name: str
    places: tuple[int, ...]
    based: bool = True


@dataclass(frozen=True)
class Side:
    """All rows or all columns of a table, and the places that are the base of percentages."""

    lines: tuple[Line, ...]
    base: tuple[int, ...]


def side(values: Sequence[str], lacking: int, missing: str) -> Side:
    """Lay out the values of one variable, the people who lack one (the last place), and totals."""
    size = len(values)
    known = tuple(Line(name, (place,)) for place, name in enumerate(values))
    inside, everybody = tuple(range(size)), tuple(range(size + 1))
    if not lacking:
        return Side((*known, Line(TOTAL, inside)), inside)
    if missing == OWN:
        return Side((*known, Line(MISSING, (size,)), Line(TOTAL, everybody)), everybody)
    after = (Line(WITH_VALUE, inside), Line(MISSING, (size,), False), Line(TOTAL, everybody, False))
    return Side((*known, *after), inside)


def count_table(cross: CrossTable, layout: Layout) -> Table:
    """Print the counts of a cross-table with percentages."""
    table = _one_way(cross, layout) if cross.columns is None else _two_way(cross, layout)
    name, heads, rows, groups = table
    return Table(f"{name}, {cross.stratum}", heads, rows, _notes(cross, layout), groups)


Printed = tuple[str, tuple[str, ...], tuple[tuple[Cell, ...], ...], tuple[tuple[str, int], ...]]


def _one_way(cross: CrossTable, layout: Layout) -> Printed:
    down = side(cross.rows.values, int(cross.counts[-1].sum()), layout.missing)
    base = cross.summed(down.base, [0])
    rows: list[tuple[Cell, ...]] = []
    for line in down.lines:
        count = cross.summed(line.places, [0])
        cells: list[Cell] = [line.name, count, layout.percent(count, base) if line.based else DASH]
        if layout.intervals:
            cells += _intervals(count, base, layout) if line.based and len(line.places) == 1 else ("", "")
        rows.append(tuple(cells))
    intervals = (f"{LEVEL:.0%} between (exact)", f"{LEVEL:.0%} between (Wilson)") if layout.intervals else ()
    return cross.name, (cross.rows.name, "people", "%", *intervals), tuple(rows), ()


def _intervals(count: int, base: int, layout: Layout) -> list[Cell]:
    if base < max(layout.least, 1):
        return [DASH, DASH]
    found = clopper_pearson(count, base), wilson(count, base)
    return [Number(f"{each.low * 100:.1f} to {each.high * 100:.1f}%") for each in found]


def _two_way(cross: CrossTable, layout: Layout) -> Printed:
    down = side(cross.rows.values, int(cross.counts[-1].sum()), layout.missing)
    across = side(cross.column_values, int(cross.counts[:, -1].sum()), layout.missing)
    rows: list[tuple[Cell, ...]] = []
    for line in down.lines:
        cells: list[Cell] = [line.name]
        for on in across.lines:
            count = cross.summed(line.places, on.places)
            bases = {"row": cross.summed(line.places, across.base), "column": cross.summed(down.base, on.places)}
            based = line.based and on.based
            cells += [count, *(layout.percent(count, bases[each]) if based else DASH for each in layout.percents)]
        rows.append(tuple(cells))
    inner = ("people", *(f"{each} %" for each in layout.percents))
    groups = tuple((line.name, len(inner)) for line in across.lines)
    return cross.name, (cross.rows.name, *inner * len(across.lines)), tuple(rows), groups


def _notes(cross: CrossTable, layout: Layout) -> tuple[str, ...]:
    both = [(cross.rows.name, int(cross.counts[-1].sum()))]
    if cross.columns:
        both.append((cross.columns.name, int(cross.counts[:, -1].sum())))
    lacking = [f"{name}: {MISSING} for {count:,} of {cross.total:,} people." for name, count in both]
    if not cross.lacking:
        base = "Percentages are of everybody in the table."
    elif layout.missing == OWN:
        base = (
            f"Percentages are of everybody in the table; those with a value that is {MISSING} are a group of their own."
        )
    else:
        base = "Percentages are of those with a value only; the others are counted beside them."
    return (*lacking, base, *layout.base_notes())


def change_table(file: CaseFile, rows: str, periods: tuple[str, str, str], layout: Layout) -> Table:
    """Compare two periods, given as (column, earlier, later); raises Unreadable."""
    column, *words = periods
    cross = cross_tables(file, rows, column, None)[0]
    if not set(words) <= set(cross.column_values):
        raise Unreadable([f"column {column}: no row has the period that was asked for"])
    places = [cross.column_values.index(word) for word in words]
    down = side(cross.rows.values, int(cross.counts[-1, places].sum()), layout.missing)
    bases = [cross.summed(down.base, [place]) for place in places]
    lines: list[tuple[Cell, ...]] = []
    for line in down.lines:
        before, after = (cross.summed(line.places, [place]) for place in places)
        if not before and not after:
            continue
        shares = [
            layout.percent(count, base) if line.based else DASH
            for count, base in zip((before, after), bases, strict=True)
        ]
        moved = points((before, bases[0]), (after, bases[1]), max(layout.digits, 1))
        lines.append(
            (
                line.name,
                before,
                shares[0],
                after,
                shares[1],
                Number(signed(f"{abs(after - before):,}", after - before), after - before),
                change(before, after, layout.digits, layout.least),
                moved if line.based else DASH,
            )
        )
    heads = (rows, "people", "%", "people", "%", "change", "change %", "points")
    groups = ((words[0], 2), (words[1], 2), ("from the first to the second", 3))
    notes = _change_notes(cross, layout, places, words)
    return Table(f"{rows}, {words[0]} and {words[1]}", heads, tuple(lines), notes, groups)


def _change_notes(cross: CrossTable, layout: Layout, places: Sequence[int], words: Sequence[str]) -> tuple[str, ...]:
    others = cross.total - int(cross.counts[:, places].sum())
    inside = "are a group of their own" if layout.missing == OWN else "are outside of percentages"
    notes = [
        f"{cross.rows.name}: not recorded for {int(cross.counts[-1, place]):,} people in {word}."
        for place, word in zip(places, words, strict=True)
    ]
    notes.append(f"People with nothing recorded {inside}.")
    if others:
        notes.append(f"{others:,} people are of other periods, or of none, and are not in this table.")
    return (*notes, *layout.base_notes(), WHAT_CHANGED)


def without_empty(table: Counts) -> Counts:
    """Remove rows and columns in which nobody is."""
    return np.asarray(table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0])


def significance_table(cross: CrossTable, seed: int) -> Table | None:
    """Test a table of the people with both values; None if it is smaller than two by two."""
    table = without_empty(cross.known)
    if min(table.shape) < TWO:
        return None
    chi = pearson(table)
    rows: list[tuple[Cell, ...]] = [
        (
            "Pearson chi-square",
            decimal(chi.statistic),
            decimal(chi.freedom, 0),
            p_value(chi.p),
            f"Cramer's V {chi.v:.2f}",
        )
    ]
    if table.shape == (TWO, TWO):
        exact = fisher(table)
        rows.append(("Fisher exact", "", "", p_value(exact.p), _odds_words(exact)))
    else:
        found = exact_test(table, seed)
        rows.append(("Fisher-Freeman-Halton exact", "", "", p_value(found.p), _exact_words(found)))
    notes = [f"Tested are {int(table.sum()):,} people with both values recorded."]
    if chi.expected < FEW_EXPECTED:
        notes.append(
            f"The smallest expected count is {chi.expected:.1f}, under {FEW_EXPECTED}: take the "
            "exact test and not chi-square."
        )
    heads = ("test", "statistic", "degrees of freedom", "p", "besides")
    return Table(f"Tests of {cross.name}, {cross.stratum}", heads, tuple(rows), (*notes, LESS_THAN_ALL), left=1)


def _odds_words(found: Fisher) -> str:
    if found.odds is None or found.limits is None:
        return "no odds ratio: a row or column decides all"
    low, high = decimal(found.limits.low).text, decimal(found.limits.high).text
    return f"odds ratio {decimal(found.odds).text} (95% {low} to {high}), conditional"


def _exact_words(found: ExactTest) -> str:
    if found.limits is None:
        return "all tables with these totals were looked at"
    return (
        f"too many tables to look at: {found.draws:,} were drawn; the exact p is between "
        f"{found.limits.low:.5f} and {found.limits.high:.5f} with 99% confidence"
    )


@dataclass(frozen=True)
class Compared:
    """One line of two groups compared: counts and bases, the difference, Fisher's test, Holm's p."""

    name: str
    first: tuple[int, int]
    second: tuple[int, int]
    difference: float
    limits: Limits
    fisher: Fisher
    holm: float


def compare(cross: CrossTable, two: tuple[str, str]) -> list[Compared]:
    """Compare two columns line by line, among people with both values.

    Returns nothing if one of the columns is empty. Raises Unreadable for an unknown column.
    """
    if missing := [word for word in two if word not in cross.column_values]:
        name = cross.columns.name if cross.columns else ""
        raise Unreadable([f"column {name}: {len(missing)} of the two groups to compare stand in no row"])
    table = cross.known[:, [cross.column_values.index(word) for word in two]]
    bases = [int(base) for base in table.sum(axis=0)]
    if not all(bases):
        return []
    names = [name for name, row in zip(cross.rows.values, table, strict=True) if row.any()]
    lines = table[table.any(axis=1)].tolist()
    tests = [fisher(np.array([[a, b], [bases[0] - a, bases[1] - b]])) for a, b in lines]
    adjusted = holm([test.p for test in tests])
    found = []
    for at, (a, b) in enumerate(lines):
        gap = newcombe((a, bases[0]), (b, bases[1]))
        found.append(Compared(names[at], (a, bases[0]), (b, bases[1]), gap.value, gap.limits, tests[at], adjusted[at]))
    return found


def comparison_table(cross: CrossTable, two: tuple[str, str], layout: Layout) -> Table:
    """Print two groups compared; raises Unreadable."""
    rows = tuple(_compared_row(each, layout) for each in compare(cross, two))
    heads = (cross.rows.name, "people", "%", "people", "%", "difference in points", "95% between")
    more = ("odds ratio", "95% between", "p (Fisher)", "p (Holm)")
    notes = (
        "Only people with both values recorded. Each line is compared with all other lines together.",
        "Intervals: Newcombe's for the difference, exact for the conditional odds ratio.",
        HOLM,
        LESS_THAN_ALL,
    )
    return Table(
        f"{cross.rows.name}: {two[0]} and {two[1]}, {cross.stratum}",
        heads + more,
        rows,
        notes if rows else (NOBODY, *notes),
        ((two[0], 2), (two[1], 2), (f"{two[0]} against {two[1]}", 6)),
    )


def _compared_row(each: Compared, layout: Layout) -> tuple[Cell, ...]:
    few = min(each.first[1], each.second[1]) < layout.least
    odds, limits = each.fisher.odds, each.fisher.limits
    gap = [decimal(value * 100, 1) for value in (each.difference, each.limits.low, each.limits.high)]
    return (
        each.name,
        each.first[0],
        layout.percent(*each.first),
        each.second[0],
        layout.percent(*each.second),
        DASH if few else gap[0],
        DASH if few else Number(f"{gap[1].text} to {gap[2].text}"),
        decimal(odds) if odds is not None else DASH,
        Number(f"{decimal(limits.low).text} to {decimal(limits.high).text}") if limits else DASH,
        p_value(each.fisher.p),
        p_value(each.holm),
    )
