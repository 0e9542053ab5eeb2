"""The shape of CTDC's global files: 27 columns, one row a person, read strictly and written.

A flag is `1` or empty there, never 0: that something did not happen cannot be told from not
knowing.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from suar_research.files import Unreadable, refuse, rows_of

SHAPE = Path(__file__).parent / "data" / "ctdc.json"
YEAR, COUNTRY = re.compile(r"(19|20)\d\d"), re.compile(r"[A-Z]{3}")
NOT_SO = ("0", "no", "No", "NO")
SO = ("1", "yes", "Yes", "YES")
UNKNOWN = ("", "-99")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, a name in other files, its kind, and its codes where it has a list."""

    name: str
    also: str
    kind: str
    codes: tuple[str, ...]

    def takes(self, cell: str) -> bool:
        """Return True if a file may hold this."""
        if cell == "":
            return True
        if self.kind == "codes":
            return cell in self.codes
        if self.kind == "flag":
            return cell == "1"
        return bool((YEAR if self.kind == "year" else COUNTRY).fullmatch(cell))


@cache
def columns() -> tuple[Column, ...]:
    """Return the 27 columns in order."""
    data = json.loads(SHAPE.read_text("utf-8"))
    return tuple(
        Column(item["name"], item.get("also", item["name"]), item["kind"], tuple(item.get("codes", ())))
        for item in data["columns"]
    )


def read(text: str) -> list[list[str]]:
    """Read a file of the shape, with commas or tabs; raises Unreadable with row and column.

    Returns rows in the order of `columns`, whatever the order of the file.
    """
    header, body = rows_of(_commas(text))
    places, problems = [], []
    for item in columns():
        result = [name for name in dict.fromkeys((item.name, item.also)) if name in header]
        problems += [] if len(result) == 1 else [f"column {item.name}: it is needed once"]
        places += [header.index(name) for name in result[:1]]
    known = {name for item in columns() for name in (item.name, item.also)}
    problems += [f"column {name}: the shape has no such column" for name in header if name not in known]
    refuse(problems)
    rows = [(number, [row[place].strip() for place in places]) for number, row in body]
    refuse(_cell_problems(rows))
    return [row for _, row in rows]


def shaped(text: str) -> tuple[list[list[str]], list[str]]:
    """Bring coded people into the shape; returns rows, and the columns that were not there.

    Names are those of the shape; a column that is not there stays empty. A flag may be written as 1
    or yes, 0 or no; `-99` is not known. Raises Unreadable with row and column.
    """
    header, body = rows_of(_commas(text))
    known = {name: item for item in columns() for name in (item.name, item.also)}
    refuse(f"column {name}: the shape has no such column" for name in header if name not in known)
    places = {known[name].name: at for at, name in enumerate(header)}
    refuse([] if len(places) == len(header) else ["two columns are the same column of the shape"])
    rows = [
        (number, [_cell(item, row[places[item.name]].strip()) if item.name in places else "" for item in columns()])
        for number, row in body
    ]
    refuse(_cell_problems(rows))
    return [row for _, row in rows], [item.name for item in columns() if item.name not in places]


def written(rows: Sequence[Sequence[str]]) -> str:
    """Write a file of the shape, with tabs between as CTDC does."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow([item.name for item in columns()])
    writer.writerows(rows)
    return text.getvalue()


def _commas(text: str) -> str:
    first = text.partition("\n")[0]
    if first.count("\t") <= first.count(","):
        return text
    created = io.StringIO()
    try:
        csv.writer(created, lineterminator="\n").writerows(csv.reader(io.StringIO(text), delimiter="\t"))
    except csv.Error as error:
        raise Unreadable(["its cells cannot be told apart; is a quote left open?"]) from error
    return created.getvalue()


def _cell(column: Column, cell: str) -> str:
    if cell in UNKNOWN or (column.kind == "flag" and cell in NOT_SO):
        return ""
    return "1" if column.kind == "flag" and cell in SO else cell


def _cell_problems(rows: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
    return [
        f"row {number}, column {column.name}: {_wanted(column)}"
        for number, row in rows
        for column, cell in zip(columns(), row, strict=True)
        if not column.takes(cell)
    ]


def _wanted(column: Column) -> str:
    text = {
        "year": "a year of four digits",
        "country": "a country of three letters (ISO 3166)",
        "flag": "1 or nothing",
        "codes": f"one of {', '.join(column.codes)}",
    }
    return f"not {text[column.kind]}"
