"""Case files as a table: one row for each person, or one for each kind of person with a count.

An error names the row and the column and never repeats what stood there: it may be a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suar_research.reading import Unreadable, refuse, rows_of

Counts = NDArray[np.int64]
# More values than this are names, numbers or dates of people, and no kinds to count by.
MOST_VALUES = 60
LARGEST = 10**9
MISSING = "not recorded"
PARTS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Wanted:
    """What is read of a file: which column counts people, which rows, and which words say nothing.

    `rows`, pairs of a column and a value, keeps only rows that hold all of them.
    """

    count: str | None = None
    rows: tuple[tuple[str, str], ...] = ()
    missing: frozenset[str] = frozenset()
    order: str = "name"


@dataclass(frozen=True)
class Frame:
    """The rows that are counted: cells by column, their row numbers, and how many people each is.

    `left_out` is how many people stood in rows that were not asked for.
    """

    cells: dict[str, list[str]]
    numbers: list[int]
    people: Counts
    wanted: Wanted
    left_out: int = 0

    def total(self) -> int:
        """Count the people."""
        return int(self.people.sum())


@dataclass(frozen=True)
class Variable:
    """One column as codes: `values` in order, `codes` of shape (rows,), -1 where nothing stands."""

    name: str
    values: tuple[str, ...]
    codes: Counts

    @property
    def lacking(self) -> bool:
        """Say whether any row has nothing in this column."""
        return bool((self.codes < 0).any())


def read(text: str, columns: Sequence[str], wanted: Wanted) -> Frame:
    """Read the columns that are asked for; raises Unreadable."""
    filters = [column for column, _ in wanted.rows]
    counted = [wanted.count] if wanted.count else []
    header, body = rows_of(text, [*columns, *filters, *counted])
    if not body:
        raise Unreadable(["there is no row under the names of the columns"])
    people = _people(header, body, wanted.count)
    at = {name: header.index(name) for name in {*columns, *filters}}
    kept = [
        place
        for place, (_, row) in enumerate(body)
        if all(row[at[column]].strip() == value for column, value in wanted.rows)
    ]
    refuse(_filter_problems(body, at, wanted.rows) if not kept else [])
    cells = {name: [body[place][1][at[name]].strip() for place in kept] for name in columns}
    numbers = [body[place][0] for place in kept]
    left_out = int(people.sum() - people[kept].sum())
    found = Frame(cells, numbers, people[kept], wanted, left_out)
    if not found.total():
        raise Unreadable(["nobody is counted in the rows that were asked for"])
    return found


def _people(header: list[str], body: Sequence[tuple[int, list[str]]], count: str | None) -> Counts:
    if count is None:
        return np.ones(len(body), dtype=np.int64)
    at = header.index(count)
    refuse(
        f"row {number}, column {count}: not a whole number of people from 0"
        for number, row in body
        if not _is_count(row[at].strip())
    )
    return np.array([int(row[at]) for _, row in body], dtype=np.int64)


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and int(word) <= LARGEST


def _filter_problems(
    body: Sequence[tuple[int, list[str]]], at: dict[str, int], rows: tuple[tuple[str, str], ...]
) -> list[str]:
    never = [
        f"column {column}: no row has the value that was asked for"
        for column, value in rows
        if not any(row[at[column]].strip() == value for _, row in body)
    ]
    return never or ["no row has all the values that were asked for"]


def variable(frame: Frame, name: str) -> Variable:
    """Code one column; raises Unreadable when it holds nothing, or too many different words."""
    cells = frame.cells[name]
    known = [cell for cell in dict.fromkeys(cells) if not is_missing(cell, frame.wanted)]
    if not known:
        raise Unreadable([f"column {name}: no row says anything"])
    if len(known) > MOST_VALUES:
        raise Unreadable(
            [
                f"column {name}: {len(known)} different values; at most {MOST_VALUES} can be a "
                "table, and names or numbers of people never should be"
            ]
        )
    values = _ordered(frame, name, known)
    place = {value: code for code, value in enumerate(values)}
    return Variable(name, values, np.array([place.get(cell, -1) for cell in cells]))


def _ordered(frame: Frame, name: str, known: list[str]) -> tuple[str, ...]:
    by_name = sorted(known, key=natural)
    if frame.wanted.order == "file":
        return tuple(known)
    if frame.wanted.order == "size":
        sizes = dict.fromkeys(known, 0)
        for cell, people in zip(frame.cells[name], frame.people.tolist(), strict=True):
            if cell in sizes:
                sizes[cell] += people
        return tuple(sorted(by_name, key=lambda value: -sizes[value]))
    return tuple(by_name)


def is_missing(cell: str, wanted: Wanted) -> bool:
    """Say whether a cell says nothing: it is empty, or one of the words that were named."""
    return not cell or cell in wanted.missing


def natural(word: str) -> tuple[list[tuple[int, int, str]], str]:
    """Order words as people do: 9 before 10, capitals beside small letters."""
    parts = PARTS.split(word.casefold())
    return [(1, 0, part) if at % 2 == 0 else (0, int(part), "") for at, part in enumerate(parts)], word
