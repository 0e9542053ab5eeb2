"""`tabulate`: tables of case files, with tests, times to an event and charts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from suar_research import coverage
from suar_research.cli.options import Run, Seed, choice, column_value, day, names, numbers, usage_error, whole
from suar_research.files import FOR_ALL, FileError, OutputFile, reading, write_new
from suar_research.report import FORMATS, Report
from suar_research.tables.cross_tables import APART, LEAST_BASE, OWN, Layout
from suar_research.tables.data import Selection
from suar_research.tables.report import Request, report_of
from suar_research.tables.times import TimeColumns

SHARES = {"both": ("row", "column"), "row": ("row",), "column": ("column",), "none": ()}


def tabulate(
    run: Run,
    files: Annotated[str, typer.Argument(metavar="DATA.csv", help="a row for each person, or with --count")],
    rows: Annotated[str | None, typer.Option(metavar="COLUMN", help="the column whose values are the rows")] = None,
    columns: Annotated[str | None, typer.Option(metavar="COLUMN", help="the column whose values are columns")] = None,
    stratum: Annotated[str | None, typer.Option(metavar="COLUMN", help="one more table for each value")] = None,
    compare: Annotated[str | None, typer.Option(metavar="A,B", help="compare two values of --columns")] = None,
    period: Annotated[str | None, typer.Option(metavar="COLUMN", help="the column of periods")] = None,
    earlier: Annotated[str | None, typer.Option(metavar="VALUE", help="the period compared with")] = None,
    later: Annotated[str | None, typer.Option(metavar="VALUE", help="the period of the table")] = None,
    time: Annotated[str, typer.Option(metavar="COLUMN", help="a time, as a number")] = "",
    came: Annotated[str, typer.Option(metavar="COLUMN", help="1 if the event came, else 0")] = "",
    start: Annotated[str, typer.Option(metavar="COLUMN", help="the date it begins")] = "",
    end: Annotated[str, typer.Option(metavar="COLUMN", help="the date of the event, or empty")] = "",
    until: Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="last day cases were seen")] = None,
    entry: Annotated[str, typer.Option(metavar="COLUMN", help="when a case was first met")] = "",
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="a curve for each value")] = None,
    at: Annotated[str, typer.Option(metavar="N[,N]", help="who still waits after N")] = "",
    unit: Annotated[str, typer.Option(help="the unit of --time")] = "days",
    count: Annotated[str | None, typer.Option(metavar="COLUMN", help="how many people a row is")] = None,
    where: Annotated[
        list[str], typer.Option(parser=column_value, metavar="COLUMN=VALUE", help="only rows with it; repeatable")
    ] = [],  # noqa: B006 - typer copies it
    not_recorded: Annotated[str, typer.Option(metavar="WORD[,WORD]", help="words for nothing recorded")] = "",
    avenue: Annotated[list[str], choice(*sorted(coverage.avenues()))] = [],  # noqa: B006 - typer copies it
    missing: Annotated[str, choice(OWN, APART)] = OWN,
    percent: Annotated[str, choice(*SHARES)] = "both",
    digits: Annotated[int, typer.Option(min=0, max=2, help="digits of percentages")] = 0,
    least_base: Annotated[
        int, typer.Option(parser=whole(0), metavar="N", help="no percentage of fewer people")
    ] = LEAST_BASE,
    intervals: Annotated[bool, typer.Option("--intervals", help="intervals of single shares")] = False,
    order: Annotated[str, choice("name", "size", "file")] = "name",
    threshold: Annotated[int, typer.Option(parser=whole(1), metavar="N", help="warn of cells with fewer people")] = 5,
    chart: Annotated[str | None, choice("bar", "stacked")] = None,
    title: Annotated[str, typer.Option(help="title of the report")] = "",
    out: Annotated[
        list[str], typer.Option(metavar="FILE", help=f"write a file ({', '.join(FORMATS)}); repeatable")
    ] = [],  # noqa: B006 - typer copies it
    seed: Seed = 1,
) -> None:
    """Make the report of a case file, write it to files, and print it."""
    request = request_of(run.options)
    for name in out:
        if Path(name).suffix not in FORMATS:
            raise FileError(name, [f"its name must end with one of {', '.join(FORMATS)}"])
        if Path(name).suffix == ".svg" and not (chart or time or start):
            raise FileError(name, ["there is a chart only with --chart, --time or --start"])
    text, digest = run.inputs.read(files)
    with reading(files):
        report = make(run, request, text, digest)
    write_new(*(OutputFile(name, FORMATS[Path(name).suffix](report), FOR_ALL) for name in out))
    run.answer(report)


def make(run: Run, request: Request, text: str, digest: str) -> Report:
    """Make the report with its footer and JSON fields; raises Unreadable."""
    report = report_of(text, request)
    data = {**run.about(digest), **report.data, "inputs": run.inputs.as_json()}
    return replace(report, data=data, footer=run.footer())


def request_of(options: dict[str, Any]) -> Request:
    """Return the request of some options; raises a usage error if they do not go together."""
    present = {name for name, value in options.items() if value}
    if wrong := next((message for message, is_wrong in _conflicts(present, options) if is_wrong), None):
        raise usage_error(wrong)
    period = tuple(options[name] for name in ("period", "earlier", "later"))
    times = ("time", "came", "start", "end", "until", "entry")
    selection = Selection(
        options["count"], tuple(options["where"]), frozenset(names(options["not_recorded"])), options["order"]
    )
    percents = SHARES[options["percent"]]
    layout = Layout(options["missing"], percents, options["digits"], options["least_base"], options["intervals"])
    same = ("rows", "columns", "stratum", "by", "unit", "avenue", "threshold", "chart", "title", "seed")
    return Request(
        **{name: options[name] for name in same},
        period=period if options["period"] else None,
        compare=_two(options["compare"]),
        times=TimeColumns(**{name: options[name] for name in times}) if present & {"time", "start"} else None,
        at=numbers(options["at"], "--at"),
        selection=selection,
        layout=layout,
    )


def _conflicts(present: set[str], options: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    table, times = "rows" in present, bool(present & {"time", "start"})
    yield "say --rows for a table, or --time or --start for times", table == times
    yield "--time and --start are two ways; say one", {"time", "start"} <= present
    for pair in (("time", "came"), ("start", "end")):
        yield f"--{pair[0]} and --{pair[1]} go together", len(present & set(pair)) == 1
    of_tables = {"columns", "stratum", "period", "chart"}
    yield "--columns, --stratum, --period and --chart are for a table", not table and bool(present & of_tables)
    yield "--by, --at, --entry and --until are for times", table and bool(present & {"by", "at", "entry", "until"})
    periods = len(present & {"period", "earlier", "later"})
    yield "--period, --earlier and --later go together", periods not in (0, 3)
    alone = "period" in present and bool(present & {"columns", "stratum", "chart"})
    yield "--period cannot be used with --columns, --stratum or --chart", alone
    yield "--compare needs --columns", "compare" in present and "columns" not in present
    yield "a stacked chart needs --columns", options["chart"] == "stacked" and "columns" not in present


def _two(words: str | None) -> tuple[str, str] | None:
    if not words:
        return None
    both = [word.strip() for word in words.split(",")]
    if len(both) != 2 or not all(both) or both[0] == both[1]:
        raise usage_error("--compare: two different values with a comma between")
    return both[0], both[1]
