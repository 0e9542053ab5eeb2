"""What `./suar tabulate` is asked."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path

from suar_research import coverage
from suar_research.asking import Unusable, Work, content_of, of_file, size, words_of
from suar_research.casefiles.counting import APART, LEAST_BASE, OWN, Layout
from suar_research.casefiles.frames import Wanted
from suar_research.casefiles.reporting import Asked, report_of
from suar_research.casefiles.sheets import Report
from suar_research.casefiles.telling import FORMATS, tell
from suar_research.casefiles.timing import TimeColumns

THRESHOLD, MOST_DIGITS = 5, 2
SHARES = {"both": ("row", "column"), "row": ("row",), "column": ("column",), "none": ()}
PAIR = 2


def parser() -> argparse.ArgumentParser:
    """Make the command line of `./suar tabulate`."""
    made = argparse.ArgumentParser(prog="./suar tabulate", description="Tables of case files as research prints them.")
    made.set_defaults(ready=ready, parser=made)
    made.add_argument("files", metavar="DATA.csv", help="a row for each person, or with --count")
    _add_tables(made.add_argument_group("a table of people"))
    _add_times(made.add_argument_group("times to an event, instead of a table"))
    _add_reading(made.add_argument_group("what is read"))
    _add_printing(made.add_argument_group("how it is printed"))
    return made


def _add_tables(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--rows", metavar="COLUMN", help="the column whose values are the rows")
    group.add_argument("--columns", metavar="COLUMN", help="the column whose values are columns")
    group.add_argument("--stratum", metavar="COLUMN", help="one more table for each of its values")
    group.add_argument("--compare", metavar="A,B", help="compare two values of --columns by tests")
    group.add_argument("--period", metavar="COLUMN", help="the column that says which period")
    group.add_argument("--earlier", metavar="VALUE", help="the period compared with")
    group.add_argument("--later", metavar="VALUE", help="the period that is told")


def _add_times(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--time", metavar="COLUMN", default="", help="a time, as a number")
    group.add_argument("--came", metavar="COLUMN", default="", help="1 if the event came, else 0")
    group.add_argument("--start", metavar="COLUMN", default="", help="the date it begins")
    group.add_argument("--end", metavar="COLUMN", default="", help="the date of the event, or empty")
    group.add_argument("--until", metavar="DATE", type=_day, help="the last day cases were seen")
    group.add_argument("--entry", metavar="COLUMN", default="", help="when a case was first met")
    group.add_argument("--by", metavar="COLUMN", help="a curve for each value of a column")
    group.add_argument("--at", metavar="N[,N]", default="", help="tell who still waits after N")
    group.add_argument("--unit", default="days", help="the unit of --time (default: days)")


def _add_reading(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--count", metavar="COLUMN", help="how many people each row stands for")
    group.add_argument(
        "--where",
        metavar="COLUMN=VALUE",
        action="append",
        default=[],
        type=_where,
        help="only rows with it; may be said again",
    )
    group.add_argument(
        "--not-recorded", metavar="WORD[,WORD]", default="", help="words that mean that nothing was recorded"
    )
    group.add_argument(
        "--avenue",
        action="append",
        default=[],
        choices=sorted(coverage.avenues()),
        metavar="CODE",
        help="how people were reached",
    )


def _add_printing(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--missing", choices=(OWN, APART), default=OWN, help="who lacks a value: a group, or not in percentages"
    )
    group.add_argument("--percent", choices=tuple(SHARES), default="both")
    group.add_argument("--digits", type=int, choices=range(MOST_DIGITS + 1), default=0)
    group.add_argument(
        "--least-base", type=_whole, default=LEAST_BASE, metavar="N", help="no percentage of fewer people"
    )
    group.add_argument("--intervals", action="store_true", help="intervals of single shares")
    group.add_argument("--order", choices=("name", "size", "file"), default="name")
    group.add_argument("--threshold", type=size, default=THRESHOLD, metavar="N", help="warn of cells with fewer people")
    group.add_argument("--chart", choices=("bar", "stacked"), help="draw the table of everybody")
    group.add_argument("--title", default="", help="what stands above")
    group.add_argument(
        "--out",
        metavar="FILE",
        action="append",
        default=[],
        help=f"write a file ({', '.join(FORMATS)}); may be said again",
    )
    group.add_argument("--seed", type=int, default=1, help="for tests that draw tables")
    group.add_argument("--json", action="store_true", help="answer as JSON")


def ready(asked: argparse.Namespace) -> Work:
    """Read the file, make the report, and give the work of writing it; raises Unusable."""
    check_words(asked)
    _check_files(asked)
    text, digest = content_of(asked, asked.files)
    with of_file(asked.files):
        report = made(asked, text, digest)
    report = replace(report, about={**report.about, "inputs": asked.inputs.as_json()})
    return lambda: tell(report, asked.out, as_json=asked.json)


def made(asked: argparse.Namespace, text: str, digest: str) -> Report:
    """Make the report of a file from what was asked; raises Unreadable."""
    return report_of(text, digest, _asked(asked))


def _asked(asked: argparse.Namespace) -> Asked:
    missing = frozenset(word.strip() for word in asked.not_recorded.split(",") if word.strip())
    periods = (asked.period, asked.earlier, asked.later) if asked.period else None
    return Asked(
        rows=asked.rows,
        columns=asked.columns,
        stratum=asked.stratum,
        periods=periods,
        two=_pair(asked),
        times=_times(asked),
        by=asked.by,
        moments=_moments(asked),
        unit=asked.unit,
        wanted=Wanted(asked.count, tuple(asked.where), missing, asked.order),
        layout=Layout(asked.missing, SHARES[asked.percent], asked.digits, asked.least_base, asked.intervals),
        avenues=tuple(asked.avenue),
        threshold=asked.threshold,
        chart=asked.chart,
        title=asked.title,
        seed=asked.seed,
        words=words_of(asked, "tabulate"),
    )


def _times(asked: argparse.Namespace) -> TimeColumns | None:
    if not (asked.time or asked.start):
        return None
    return TimeColumns(asked.time, asked.came, asked.start, asked.end, asked.until, asked.entry)


def check_words(asked: argparse.Namespace) -> None:
    """Refuse words that do not go together; ends as the parser does."""
    for wrong, said in (
        (bool(asked.rows) == bool(asked.time or asked.start), "say --rows for a table, or --time or --start for times"),
        (bool(asked.time) and bool(asked.start), "--time and --start are two ways; say one"),
        (bool(asked.time) != bool(asked.came), "--time and --came go together"),
        (bool(asked.start) != bool(asked.end), "--start and --end go together"),
        (
            not asked.rows and bool(asked.columns or asked.stratum or asked.period or asked.chart),
            "--columns, --stratum, --period and --chart are for a table",
        ),
        (
            bool(asked.rows) and bool(asked.by or asked.at or asked.entry or asked.until),
            "--by, --at, --entry and --until are for times",
        ),
        (
            len({bool(asked.period), bool(asked.earlier), bool(asked.later)}) > 1,
            "--period, --earlier and --later go together",
        ),
        (
            bool(asked.period) and bool(asked.columns or asked.stratum or asked.chart),
            "--period cannot be used with --columns, --stratum or --chart",
        ),
        (bool(asked.compare) and not asked.columns, "--compare needs --columns"),
        (asked.chart == "stacked" and not asked.columns, "a stacked chart needs --columns"),
    ):
        if wrong:
            asked.parser.error(said)
    _pair(asked)
    _moments(asked)


def _check_files(asked: argparse.Namespace) -> None:
    for name in asked.out:
        if Path(name).suffix not in FORMATS:
            raise Unusable(name, [f"it must end with one of {', '.join(FORMATS)}"])
        if Path(name).suffix == ".svg" and not (asked.chart or asked.time or asked.start):
            raise Unusable(name, ["there is a chart only with --chart, --time or --start"])


def _pair(asked: argparse.Namespace) -> tuple[str, str] | None:
    if not asked.compare:
        return None
    both = [word.strip() for word in asked.compare.split(",")]
    if len(both) != PAIR or not all(both) or both[0] == both[1]:
        asked.parser.error("--compare: two different values with a comma between")
    return both[0], both[1]


def _moments(asked: argparse.Namespace) -> tuple[float, ...]:
    words = [word.strip() for word in asked.at.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() for word in words):
        asked.parser.error("--at: whole numbers with commas between")
    return tuple(sorted({float(word) for word in words}))


def _whole(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError("a whole number from 0")
    return int(word)


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date as 2026-11-27") from error


def _where(word: str) -> tuple[str, str]:
    column, equal, value = word.partition("=")
    if not equal or not column.strip():
        raise argparse.ArgumentTypeError("COLUMN=VALUE")
    return column.strip(), value.strip()
