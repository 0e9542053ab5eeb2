"""Reading a file of comma-separated values, and refusing it with what is wrong and where.

An error names the row and the column and never repeats what stood there: it may be a name.
"""

import csv
import io
from collections.abc import Iterable, Sequence

MOST_PROBLEMS = 10


class Unreadable(ValueError):
    """The file cannot be used; `problems` are sentences that say what and where."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(first_of(problems)))
        self.problems = tuple(problems)


def first_of(problems: Sequence[str]) -> list[str]:
    """Give as many problems as somebody mends at a time, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([f"and {more:,} more"] if more > 0 else [])]


def rows_of(text: str, wanted: Sequence[str] = ()) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split a file into the names of its columns and its numbered rows; raises Unreadable."""
    rows = _cells(text.removeprefix("\ufeff"))
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise Unreadable(["row 1: a line with the names of the columns is missing"])
    header = [cell.strip() for cell in rows[0]]
    refuse(_other_commas(header))
    body = [(number, row) for number, row in enumerate(rows[1:], 2) if any(map(str.strip, row))]
    refuse(_header_problems(header))
    refuse(needed(name, header) for name in wanted if name not in header)
    refuse(
        f"row {number}: {len(row)} cells under {len(header)} names of columns"
        for number, row in body
        if len(row) != len(header)
    )
    return header, body


def needed(name: str, header: Sequence[str]) -> str:
    """Say that a column is not there, and where only its capitals differ, that."""
    alike = name.casefold() in {each.casefold() for each in header}
    return f"column {name}: it is needed and is not there" + (", but in other capitals" * alike)


def _other_commas(header: list[str]) -> list[str]:
    """Say what parts the cells where it is no comma: many sheet programs write another sign."""
    signs = {";": "semicolons", "\t": "tabs"}
    found = [name for sign, name in signs.items() if len(header) == 1 and sign in header[0]]
    return [f"row 1: its cells are parted by {name}; save it with commas between" for name in found]


def _cells(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=None), strict=True))
    except csv.Error as error:
        said = f"row {len(rows) + 1}: its cells cannot be told apart; is a quote left open?"
        raise Unreadable([said]) from error
    return rows


def refuse(problems: Iterable[str]) -> None:
    """Raise Unreadable when there is any problem."""
    found = list(problems)
    if found:
        raise Unreadable(found)


def _header_problems(header: list[str]) -> list[str]:
    problems = [f"column {at}: it has no name" for at, name in enumerate(header, 1) if not name]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    return problems + [f"column {name}: the name stands twice" for name in twice]
