"""From a case file to a report: its tables, whom they cover, what to beware of."""

from dataclasses import dataclass, replace
from typing import Any

from suar_research import coverage
from suar_research.coverage import texts
from suar_research.report import Block, Figure, Report, Section, Table
from suar_research.tables.charts import bar_chart, stacked_chart, waiting_chart
from suar_research.tables.cross_tables import Layout, change_table, comparison_table, count_table, significance_table
from suar_research.tables.data import CaseFile, CrossTable, Selection, cross_tables, read
from suar_research.tables.times import TimeColumns, Times, log_rank_table, median_table, read_times, waiting_table

TEXTS = texts("tables.report")
NOT_FOR_PUBLISHING: str = TEXTS["not_for_publishing"]
INTERVALS: str = TEXTS["intervals"]
ONLY_SOME = "Only rows with {what}: {people} people; {others} people in other rows are not in this."


@dataclass(frozen=True)
class Request:
    """Everything that decides a report. With `times` the report is about times, else about `rows`."""

    rows: str | None = None
    columns: str | None = None
    stratum: str | None = None
    periods: tuple[str, str, str] | None = None
    two: tuple[str, str] | None = None
    times: TimeColumns | None = None
    by: str | None = None
    moments: tuple[int, ...] = ()
    unit: str = "days"
    selection: Selection = Selection()
    layout: Layout = Layout()
    avenues: tuple[str, ...] = ()
    threshold: int = 5
    chart: str | None = None
    title: str = ""
    seed: int = 1

    def names(self) -> list[str]:
        """Return every column to read."""
        named = [*self.groups(), *([self.periods[0]] if self.periods else [])]
        return list(dict.fromkeys([*named, *(self.times.names() if self.times else [])]))

    def groups(self) -> list[str]:
        """Return the columns that put people into groups."""
        return [name for name in (self.rows, self.columns, self.stratum, self.by) if name]

    def default_title(self) -> str:
        """Return the title for a report without one."""
        if self.times is not None:
            return "Time to an event" + (f", by {self.by}" if self.by else "")
        joined = " by ".join(name for name in (self.rows, self.columns) if name)
        if self.periods:
            return f"{joined}: {self.periods[1]} and {self.periods[2]}"
        return joined + (f", for each {self.stratum}" if self.stratum else "")


def report_of(text: str, request: Request) -> Report:
    """Make the report of a case file; raises Unreadable."""
    file = read(text, request.names(), request.selection)
    groups = [(name, sorted(set(file.cells[name]))) for name in request.groups()]
    covered, short = coverage.notes(groups, request.avenues), coverage.short(groups)
    tables, figure, small = _contents(file, request, " ".join(covered))
    tables = [replace(table, notes=(*table.notes, short)) for table in tables]
    if figure and figure.table:
        figure = replace(figure, table=replace(figure.table, notes=(*figure.table.notes, short)))
    covered = (*covered, *_only_some(file, request))
    notices = _notices(request, small)
    drawn = {"says": figure.description, **(figure.table.as_json() if figure.table else {})} if figure else None
    made: dict[str, Any] = {"tables": [table.as_json() for table in tables], "chart": drawn}
    blocks: list[Block] = [*tables, *([Section("Notices", notices)] if notices else [])]
    title = request.title or request.default_title()
    data = {"title": title, **made, "coverage": list(covered), "notices": notices}
    return Report(title, tuple(blocks), data, (), covered, figure)


def _contents(file: CaseFile, request: Request, covered: str) -> tuple[list[Table], Figure | None, int]:
    """Return the tables, the figure, and how many cells are small."""
    if request.times is not None:
        found = read_times(file, request.times, request.by, request.unit)
        return _time_tables(found, request), waiting_chart(found, covered, request.title), _small_steps(found, request)
    rows = request.rows or ""
    if request.periods:
        tables = [change_table(file, rows, request.periods, request.layout)]
        return tables, None, _small_cells(tables, request)
    crossed = cross_tables(file, rows, request.columns, request.stratum)
    tables = [table for cross in crossed for table in _tables(cross, request)]
    draw = {"bar": bar_chart, "stacked": stacked_chart}.get(request.chart or "")
    figure = draw(crossed[0], request.layout, covered, request.title) if draw else None
    return tables, figure, _small_cells(tables, request)


def _tables(cross: CrossTable, request: Request) -> list[Table]:
    """Return the counts of one cross-table, then tests if it has columns."""
    tables = [count_table(cross, request.layout)]
    if cross.columns and (test := significance_table(cross, request.seed)) is not None:
        tables.append(test)
    if cross.columns and request.two:
        tables.append(comparison_table(cross, request.two, request.layout))
    return tables


def _time_tables(found: Times, request: Request) -> list[Table]:
    tables = [median_table(found)]
    tables += [waiting_table(found, request.moments)] if request.moments else []
    test = log_rank_table(found)
    return [*tables, *([test] if test else [])]


def _small_cells(tables: list[Table], request: Request) -> int:
    cells = [cell for table in tables for row in table.rows for cell in row[1:] if isinstance(cell, int)]
    return sum(0 < cell < request.threshold for cell in cells)


def _small_steps(found: Times, request: Request) -> int:
    return sum(
        int(((group.curve.events > 0) & (group.curve.events < request.threshold)).sum()) for group in found.groups
    )


def _only_some(file: CaseFile, request: Request) -> list[str]:
    if not request.selection.rows:
        return []
    what = " and ".join(f"{column} = {value}" for column, value in request.selection.rows)
    return [ONLY_SOME.format(what=what, people=f"{file.total:,}", others=f"{file.left_out:,}")]


def _notices(request: Request, small: int) -> list[str]:
    notices = []
    if small:
        notices.append(NOT_FOR_PUBLISHING.format(count=f"{small:,}", most=request.threshold - 1))
    if request.layout.intervals or request.two:
        notices.append(INTERVALS)
    return notices
