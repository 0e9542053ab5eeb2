"""From a file to a report: which sheets are made, whom they cover, what to beware of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from suar_research import __version__, coverage
from suar_research.casefiles import charts
from suar_research.casefiles.changing import changed
from suar_research.casefiles.comparing import comparison, significance
from suar_research.casefiles.counting import Layout, counted
from suar_research.casefiles.crossing import Cross, crosses
from suar_research.casefiles.curves import curves
from suar_research.casefiles.frames import Frame, Wanted, read
from suar_research.casefiles.sheets import Chart, Report, Sheet, as_json
from suar_research.casefiles.timing import TimeColumns, Times, times
from suar_research.casefiles.waiting import difference, medians, waiting_at

NOT_FOR_PUBLISHING = (
    "SMALL CELLS: {count} cells hold 1 to {most} people. Somebody who knows a person may find that "
    "person, or learn something of them, even where no name stands. This table is for the desk it "
    "was made on. To publish, use `./suar release`, which hides cells so that they stay hidden."
)
INTERVALS = (
    "Intervals tell about chance in drawing people at random. A count of everybody who was "
    "identified "
    "has no such chance in it; read intervals only where these people stand for others."
)
ONLY_SOME = "Only rows with {what}: {people} people; {others} people in other rows are not in this."


@dataclass(frozen=True)
class Asked:
    """Everything that decides a report."""

    rows: str | None
    columns: str | None
    stratum: str | None
    periods: tuple[str, str, str] | None
    two: tuple[str, str] | None
    times: TimeColumns | None
    by: str | None
    moments: tuple[float, ...]
    unit: str
    wanted: Wanted
    layout: Layout
    avenues: tuple[str, ...]
    threshold: int
    chart: str | None
    title: str
    seed: int
    words: dict[str, object]

    def names(self) -> list[str]:
        """Name every column that must be read."""
        period = self.periods[0] if self.periods else None
        named = [each for each in (self.rows, self.columns, self.stratum, period, self.by) if each]
        return list(dict.fromkeys([*named, *(self.times.names() if self.times else [])]))

    def groups(self) -> list[str]:
        """Name the columns that put people into groups."""
        return [each for each in (self.rows, self.columns, self.stratum, self.by) if each]


def report_of(text: str, digest: str, asked: Asked) -> Report:
    """Make the report of a file; raises Unreadable."""
    frame = read(text, asked.names(), asked.wanted)
    groups = [(name, sorted(set(frame.cells[name]))) for name in asked.groups()]
    covered, short = coverage.notes(groups, asked.avenues), coverage.short(groups)
    sheets, chart, small = _made(frame, asked, covered)
    sheets = [_covered(sheet, short) for sheet in sheets]
    chart = replace(chart, sheet=_covered(chart.sheet, short)) if chart else None
    about = {"version": __version__, "input_sha256": digest, "seed": asked.seed}
    return Report(
        asked.title or _title(asked),
        tuple(sheets),
        (*covered, *_some(frame, asked)),
        tuple(_notices(asked, small)),
        about,
        _body(asked, sheets, chart),
        chart,
    )


def _covered(sheet: Sheet, note: str) -> Sheet:
    """Put the note of whom it covers under a table, where it stays when the table is copied."""
    return replace(sheet, notes=(*sheet.notes, note))


def _made(frame: Frame, asked: Asked, covered: Sequence[str]) -> tuple[list[Sheet], Chart | None, int]:
    """Give the sheets, the chart, and how many cells are small."""
    if asked.times is not None:
        found = times(frame, asked.times, asked.by, asked.unit)
        return *_times(found, asked, covered), _small_groups(found, asked.threshold)
    rows = asked.rows or ""
    if asked.periods:
        sheet = changed(frame, rows, asked.periods, asked.layout)
        return [sheet], None, _small(sheet, asked.threshold)
    tables = crosses(frame, rows, asked.columns, asked.stratum)
    sheets = [sheet for table in tables for sheet in _table(table, asked)]
    small = sum(_small(sheet, asked.threshold) for sheet in sheets)
    return sheets, _chart(tables[0], asked, covered), small


def _table(table: Cross, asked: Asked) -> list[Sheet]:
    """Give the sheets of one table: counts, then tests where there are columns."""
    sheets = [counted(table, asked.layout)]
    if table.columns is None:
        return sheets
    if (test := significance(table, asked.seed)) is not None:
        sheets.append(test)
    if asked.two:
        sheets.append(comparison(table, asked.two, asked.layout.digits, asked.layout.least))
    return sheets


def _chart(table: Cross, asked: Asked, covered: Sequence[str]) -> Chart | None:
    if asked.chart is None:
        return None
    draw = charts.bars if asked.chart == "bar" else charts.stacked
    return draw(table, asked.layout, " ".join(covered), asked.title)


def _times(found: Times, asked: Asked, covered: Sequence[str]) -> tuple[list[Sheet], Chart]:
    sheets = [medians(found)]
    sheets += [waiting_at(found, asked.moments)] if asked.moments else []
    if (test := difference(found)) is not None:
        sheets.append(test)
    return sheets, curves(found, " ".join(covered), asked.title)


def _small(sheet: Sheet, threshold: int) -> int:
    """Count the cells with somebody in them, and fewer people than the threshold."""
    return sum(1 for row in sheet.rows for cell in row[1:] if isinstance(cell, int) and 0 < cell < threshold)


def _small_groups(found: Times, threshold: int) -> int:
    return sum(int(((each.curve.events > 0) & (each.curve.events < threshold)).sum()) for each in found.groups)


def _some(frame: Frame, asked: Asked) -> list[str]:
    if not asked.wanted.rows:
        return []
    what = " and ".join(f"{column} = {value}" for column, value in asked.wanted.rows)
    said = ONLY_SOME.format(what=what, people=f"{frame.total():,}", others=f"{frame.left_out:,}")
    return [said]


def _notices(asked: Asked, small: int) -> list[str]:
    said = []
    if small:
        said.append(NOT_FOR_PUBLISHING.format(count=f"{small:,}", most=asked.threshold - 1))
    if asked.layout.intervals or asked.two:
        said.append(INTERVALS)
    return said


def _title(asked: Asked) -> str:
    if asked.times is not None:
        return "Time to an event" + (f", by {asked.by}" if asked.by else "")
    joined = " by ".join(each for each in (asked.rows, asked.columns) if each)
    if asked.periods:
        return f"{joined}: {asked.periods[1]} and {asked.periods[2]}"
    return joined + (f", for each {asked.stratum}" if asked.stratum else "")


def _body(asked: Asked, sheets: Sequence[Sheet], chart: Chart | None) -> dict[str, Any]:
    drawn = {"says": chart.says, **as_json(chart.sheet)} if chart else None
    return {"asked": asked.words, "tables": [as_json(each) for each in sheets], "chart": drawn}
