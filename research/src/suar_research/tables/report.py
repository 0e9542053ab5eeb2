"""From a case file to a report: its tables, whom they cover, what to beware of."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from suar_research import coverage
from suar_research.coverage import texts
from suar_research.report import Block, Figure, Report, Section, Table
from suar_research.tables.charts import bar_chart, stacked_chart, waiting_chart
from suar_research.tables.cross_tables import Layout, change_table, comparison_table, count_table, significance_table
from suar_research.tables.data import CaseFile, Selection, cross_tables, read
from suar_research.tables.times import DAY_FIRST, TimeColumns, log_rank_table, median_table, read_times, waiting_table

TEXTS = texts("tables.report")


@dataclass(frozen=True, kw_only=True)
class Request:
    """Everything that decides a report. With `times` the report is about times, else about `rows`."""

    rows: str | None
    columns: str | None
    stratum: str | None
    period: tuple[str, str, str] | None
    compare: tuple[str, str] | None
    times: TimeColumns | None
    by: str | None
    at: Sequence[int]
    unit: str
    avenue: Sequence[str]
    threshold: int
    chart: str | None
    title: str
    seed: int
    selection: Selection = field(default_factory=Selection)
    layout: Layout = field(default_factory=Layout)

    def groups(self) -> list[str]:
        """Return the columns that put people into groups."""
        return [name for name in (self.rows, self.columns, self.stratum, self.by) if name]

    def default_title(self) -> str:
        """Return the title for a report without one."""
        if self.times is not None:
            return "Time to an event" + (f", by {self.by}" if self.by else "")
        joined = " by ".join(name for name in (self.rows, self.columns) if name)
        if self.period:
            return f"{joined}: {self.period[1]} and {self.period[2]}"
        return joined + (f", for each {self.stratum}" if self.stratum else "")


def report_of(text: str, request: Request) -> Report:
    """Make the report of a case file; raises Unreadable."""
    names = [*request.groups(), *([request.period[0]] if request.period else [])]
    file = read(
        text, list(dict.fromkeys([*names, *(request.times.names() if request.times else [])])), request.selection
    )
    groups = [(name, sorted(set(file.cells[name]))) for name in request.groups()]
    covered, short = coverage.notes(groups, request.avenue), coverage.short(groups)
    tables, figure, small = (_of_times if request.times else _of_rows)(file, request, " ".join(covered))
    tables = [replace(table, notes=(*table.notes, short)) for table in tables]
    chart = None
    if figure and figure.table:
        figure = replace(figure, table=replace(figure.table, notes=(*figure.table.notes, short)))
        chart = {"says": figure.description, **(figure.table.as_json() if figure.table else {})}
    if request.selection.rows:
        what = " and ".join(f"{column} = {value}" for column, value in request.selection.rows)
        covered = (*covered, TEXTS["only_some"].format(what=what, people=file.total, others=file.left_out))
    notices = [TEXTS["not_for_publishing"].format(count=f"{small:,}", most=request.threshold - 1)] if small else []
    dated = [
        name
        for name in (request.times.names() if request.times else [])
        if any(map(DAY_FIRST.fullmatch, file.cells[name]))
    ]
    notices += [TEXTS["day_first"].format(columns=", ".join(dated))] if dated else []
    notices += [TEXTS["intervals"]] if request.layout.intervals or request.compare else []
    blocks: list[Block] = [*tables, *([Section("Notices", notices)] if notices else [])]
    title = request.title or request.default_title()
    data: dict[str, Any] = {"title": title, "tables": [table.as_json() for table in tables], "chart": chart}
    data |= {"coverage": list(covered), "notices": notices}
    return Report(title, tuple(blocks), data, (), covered, figure)


def _of_times(file: CaseFile, request: Request, covered: str) -> tuple[list[Table], Figure | None, int]:
    """Return the tables, the figure, and how many steps are of few people."""
    result = read_times(file, request.times or TimeColumns(), request.by, request.unit)
    small = sum(
        int(((group.curve.events > 0) & (group.curve.events < request.threshold)).sum()) for group in result.groups
    )
    tables = [median_table(result), *([waiting_table(result, request.at)] if request.at else [])]
    test = log_rank_table(result)
    return [*tables, *([test] if test else [])], waiting_chart(result, covered, request.title), small


def _of_rows(file: CaseFile, request: Request, covered: str) -> tuple[list[Table], Figure | None, int]:
    """Return the tables, the figure, and how many cells are of few people."""
    rows, figure, tables = request.rows or "", None, []
    if request.period:
        tables = [change_table(file, rows, request.period, request.layout)]
    else:
        crossed = cross_tables(file, rows, request.columns, request.stratum)
        for cross in crossed:
            tables.append(count_table(cross, request.layout))
            if cross.columns and (test := significance_table(cross, request.seed)) is not None:
                tables.append(test)
            if cross.columns and request.compare:
                tables.append(comparison_table(cross, request.compare, request.layout))
        draw = {"bar": bar_chart, "stacked": stacked_chart}.get(request.chart or "")
        figure = draw(crossed[0], request.layout, covered, request.title) if draw else None
    cells = [cell for table in tables for row in table.rows for cell in row[1:] if isinstance(cell, int)]
    return tables, figure, sum(0 < cell < request.threshold for cell in cells)
