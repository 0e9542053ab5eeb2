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


@dataclass(frozen=True)
class Layout:
    """The layout of a printed table.

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


def lines_of(values: Sequence[str], lacking: int, missing: str) -> tuple[list[Line], tuple[int, ...]]:
    """Lay out the values of one variable, the people who lack one (the last place), and totals.

    Returns the lines, and the places that are the base of percentages.
    """
    size = len(values)
    known = [Line(name, (place,)) for place, name in enumerate(values)]
    inside, everybody = tuple(range(size)), tuple(range(size + 1))
    if not lacking:
        return [*known, Line(TOTAL, inside)], inside
    if missing == OWN:
        return [*known, Line(MISSING, (size,)), Line(TOTAL, everybody)], everybody
    after = (Line(WITH_VALUE, inside), Line(MISSING, (size,), False), Line(TOTAL, everybody, False))
    return [*known, *after], inside


def count_table(cross: CrossTable, layout: Layout) -> Table:
    """Print the counts of a cross-table with percentages."""
    return (_one_way if cross.columns is None else _two_way)(cross, layout)


def _one_way(cross: CrossTable, layout: Layout) -> Table:
    lines, base_places = lines_of(cross.rows.values, int(cross.counts[-1].sum()), layout.missing)
    base = cross.summed(base_places, [0])
    rows = []
    for line in lines:
        count = cross.summed(line.places, [0])
        cells: list[Cell] = [line.name, count, layout.percent(count, base) if line.based else DASH]
        if layout.intervals:
            cells += _intervals(count, base, layout) if line.based and len(line.places) == 1 else ("", "")
        rows.append(tuple(cells))
    intervals = (f"{LEVEL:.0%} between (exact)", f"{LEVEL:.0%} between (Wilson)") if layout.intervals else ()
    heads = (cross.rows.name, "people", "%", *intervals)
    return Table(f"{cross.name}, {cross.stratum}", heads, tuple(rows), _notes(cross, layout))


def _intervals(count: int, base: int, layout: Layout) -> list[Cell]:
    if base < max(layout.least, 1):
        return [DASH, DASH]
    both = clopper_pearson(count, base), wilson(count, base)
    return [Number(f"{limits.low * 100:.1f} to {limits.high * 100:.1f}%") for limits in both]


def _two_way(cross: CrossTable, layout: Layout) -> Table:
    down, down_base = lines_of(cross.rows.values, int(cross.counts[-1].sum()), layout.missing)
    across, across_base = lines_of(cross.column_values, int(cross.counts[:, -1].sum()), layout.missing)
    rows = []
    for line in down:
        cells: list[Cell] = [line.name]
        for on in across:
            count = cross.summed(line.places, on.places)
            bases = {"row": cross.summed(line.places, across_base), "column": cross.summed(down_base, on.places)}
            based = line.based and on.based
            cells += [count, *(layout.percent(count, bases[kind]) if based else DASH for kind in layout.percents)]
        rows.append(tuple(cells))
    inner = ("people", *(f"{kind} %" for kind in layout.percents))
    groups = tuple((line.name, len(inner)) for line in across)
    heads = (cross.rows.name, *inner * len(across))
    return Table(f"{cross.name}, {cross.stratum}", heads, tuple(rows), _notes(cross, layout), groups)


def _notes(cross: CrossTable, layout: Layout) -> tuple[str, ...]:
    both = [(cross.rows.name, int(cross.counts[-1].sum()))]
    if cross.columns:
        both.append((cross.columns.name, int(cross.counts[:, -1].sum())))
    lacking = [f"{name}: {MISSING} for {count:,} of {cross.total:,} people." for name, count in both]
    base = "base_all" if not cross.lacking else "base_own" if layout.missing == OWN else "base_apart"
    return (*lacking, TEXTS[base], *layout.base_notes())


def change_table(file: CaseFile, rows: str, periods: tuple[str, str, str], layout: Layout) -> Table:
    """Compare two periods, given as (column, earlier, later); raises Unreadable."""
    column, *words = periods
    cross = cross_tables(file, rows, column, None)[0]
    if not set(words) <= set(cross.column_values):
        raise Unreadable([f"column {column}: no row has the period that was asked for"])
    places = [cross.column_values.index(word) for word in words]
    lines, base_places = lines_of(cross.rows.values, int(cross.counts[-1, places].sum()), layout.missing)
    bases = [cross.summed(base_places, [place]) for place in places]
    printed = []
    for line in lines:
        before, after = (cross.summed(line.places, [place]) for place in places)
        if before or after:
            shares = [layout.percent(before, bases[0]), layout.percent(after, bases[1])]
            moved = points((before, bases[0]), (after, bases[1]), max(layout.digits, 1))
            shares, moved = (shares, moved) if line.based else ([DASH, DASH], DASH)
            difference = Number(signed(f"{abs(after - before):,}", after - before), after - before)
            percent_change = change(before, after, layout.digits, layout.least)
            printed.append((line.name, before, shares[0], after, shares[1], difference, percent_change, moved))
    heads = (rows, "people", "%", "people", "%", "change", "change %", "points")
    groups = ((words[0], 2), (words[1], 2), ("from the first to the second", 3))
    notes = _change_notes(cross, layout, places, words)
    return Table(f"{rows}, {words[0]} and {words[1]}", heads, tuple(printed), notes, groups)


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
    return (*notes, *layout.base_notes(), TEXTS["what_changed"])


def significance_table(cross: CrossTable, seed: int) -> Table | None:
    """Test a table of the people with both values; None if it is smaller than two by two."""
    table = cross.known[cross.known.sum(axis=1) > 0][:, cross.known.sum(axis=0) > 0]
    if min(table.shape) < TWO:
        return None
    chi = pearson(table)
    effect = f"Cramer's V {chi.v:.2f}"
    rows: list[tuple[Cell, ...]] = [
        ("Pearson chi-square", decimal(chi.statistic), decimal(chi.freedom, 0), p_value(chi.p), effect)
    ]
    if table.shape == (TWO, TWO):
        exact = fisher(table)
        odds = TEXTS["no_odds"] if exact.odds is None else f"odds ratio {_odds(exact)}, conditional"
        rows.append(("Fisher exact", "", "", p_value(exact.p), odds))
    else:
        drawn = exact_test(table, seed)
        limits = drawn.limits or Limits(LEVEL, 0, 0)
        how = TEXTS["drawn"].format(draws=drawn.draws, low=limits.low, high=limits.high)
        how = how if drawn.limits else "all tables with these totals were looked at"
        rows.append(("Fisher-Freeman-Halton exact", "", "", p_value(drawn.p), how))
    notes = [f"Tested are {int(table.sum()):,} people with both values recorded."]
    if chi.expected < FEW_EXPECTED:
        notes.append(TEXTS["few_expected"].format(expected=chi.expected, few=FEW_EXPECTED))
    heads = ("test", "statistic", "degrees of freedom", "p", "besides")
    name = f"Tests of {cross.name}, {cross.stratum}"
    return Table(name, heads, tuple(rows), (*notes, TEXTS["less_than_all"]), left=1)


def _odds(exact: Fisher) -> str:
    limits = exact.limits or Limits(LEVEL, 0, 0)
    return f"{decimal(exact.odds or 0.0).text} (95% {decimal(limits.low).text} to {decimal(limits.high).text})"


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
    compared = []
    for at, (a, b) in enumerate(lines):
        first, second = (a, bases[0]), (b, bases[1])
        gap = newcombe(first, second)
        compared.append(Compared(names[at], first, second, gap.value, gap.limits, tests[at], adjusted[at]))
    return compared


def comparison_table(cross: CrossTable, two: tuple[str, str], layout: Layout) -> Table:
    """Print two groups compared; raises Unreadable."""
    rows = tuple(_compared_row(line, layout) for line in compare(cross, two))
    heads = (cross.rows.name, "people", "%", "people", "%", "difference in points", "95% between")
    more = ("odds ratio", "95% between", "p (Fisher)", "p (Holm)")
    notes = (*([] if rows else [TEXTS["nobody"]]), *TEXTS["comparison"], TEXTS["less_than_all"])
    groups = ((two[0], 2), (two[1], 2), (f"{two[0]} against {two[1]}", 6))
    return Table(f"{cross.rows.name}: {two[0]} and {two[1]}, {cross.stratum}", heads + more, rows, notes, groups)


def _compared_row(line: Compared, layout: Layout) -> tuple[Cell, ...]:
    few = min(line.first[1], line.second[1]) < layout.least
    odds, limits = line.fisher.odds, line.fisher.limits
    gap, low, high = (decimal(value * 100, 1) for value in (line.difference, line.limits.low, line.limits.high))
    return (
        line.name,
        *(line.first[0], layout.percent(*line.first), line.second[0], layout.percent(*line.second)),
        DASH if few else gap,
        DASH if few else Number(f"{low.text} to {high.text}"),
        decimal(odds) if odds is not None else DASH,
        Number(f"{decimal(limits.low).text} to {decimal(limits.high).text}") if limits else DASH,
        p_value(line.fisher.p),
        p_value(line.holm),
    )
