"""Reading a table of capture patterns, or one row for each person and list, from CSV.

An error names the row and the column and never repeats what stood there: it may be a name.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence

from suar.insight.mse.tables import MOST_LISTS, CaptureTable

COUNT, PERSON, LIST = "count", "person", "list"
FEWEST_LISTS = 3
MOST_PROBLEMS = 10
LARGEST = 10**9
NEITHER = "row 1: neither `count` with a column of 0 and 1 for each list, nor `person` and `list`"


class Unreadable(ValueError):
    """The file cannot be used; `problems` are sentences that say what and where."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - MOST_PROBLEMS
        told = [*problems[:MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
        super().__init__("\n".join(told))
        self.problems = tuple(problems)


def rows_of(text: str, wanted: Sequence[str] = ()) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split a file into the names of its columns and its numbered rows; raises Unreadable."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise Unreadable(["row 1: a line with the names of the columns is missing"])
    header = [cell.strip() for cell in rows[0]]
    body = [(number, row) for number, row in enumerate(rows[1:], 2) if any(map(str.strip, row))]
    _refuse(_header_problems(header))
    _refuse(
        f"column {name}: it is needed and is not there" for name in wanted if name not in header
    )
    _refuse(
        f"row {number}: {len(row)} cells under {len(header)} names of columns"
        for number, row in body
        if len(row) != len(header)
    )
    return header, body


def read(text: str, by: str | None = None) -> dict[str, CaptureTable]:
    """Read a file into tables by the value of the column `by`; without it under the name "all".

    Raises Unreadable.
    """
    header, body = rows_of(text, [by] if by else [])
    if not {PERSON, LIST} <= set(header) and COUNT not in header:
        raise Unreadable([NEITHER])
    by_person = {PERSON, LIST} <= set(header)
    reading = _people if by_person else _patterns
    tables = reading(header, body, by)
    for name, table in tables.items():
        check(table, name if by else None)
    return tables


def check(table: CaptureTable, group: str | None = None) -> None:
    """Refuse a table from which nothing can be learnt; raises Unreadable."""
    _refuse([*_count_problems(table.lists), *_table_problems(table, group)])


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise Unreadable(found)


def _header_problems(header: list[str]) -> list[str]:
    problems = [f"column {at}: it has no name" for at, name in enumerate(header, 1) if not name]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    return problems + [f"column {name}: the name stands twice" for name in twice]


def _patterns(
    header: list[str], body: list[tuple[int, list[str]]], by: str | None
) -> dict[str, CaptureTable]:
    lists = tuple(name for name in header if name not in (COUNT, by))
    _refuse(_count_problems(lists))
    places = {name: header.index(name) for name in (*lists, COUNT)}
    problems, found = [], defaultdict[str, dict[int, int]](dict)
    rows: dict[tuple[str, int], int] = {}
    for number, row in body:
        wrong = _row_problems(number, row, lists, places)
        problems += wrong
        if wrong:
            continue
        group = row[header.index(by)].strip() if by else "all"
        pattern = sum(1 << at for at, name in enumerate(lists) if row[places[name]].strip() == "1")
        if not pattern:
            problems.append(f"row {number}: on no list; those whom no list has met are estimated")
        elif (group, pattern) in rows:
            problems.append(
                f"row {number}: the same lists as in row {rows[group, pattern]}; make them one"
            )
        rows[group, pattern] = number
        found[group][pattern] = int(row[places[COUNT]])
    _refuse(problems)
    return _tables(lists, found)


def _row_problems(
    number: int, row: list[str], lists: tuple[str, ...], places: dict[str, int]
) -> list[str]:
    problems = [
        f"row {number}, column {name}: neither 0 nor 1"
        for name in lists
        if row[places[name]].strip() not in ("0", "1")
    ]
    count = row[places[COUNT]].strip()
    if not (count.isascii() and count.isdigit() and int(count) <= LARGEST):
        problems.append(f"row {number}, column {COUNT}: not a whole number of people from 0")
    return problems


def _people(
    header: list[str], body: list[tuple[int, list[str]]], by: str | None
) -> dict[str, CaptureTable]:
    places = {name: header.index(name) for name in (PERSON, LIST, *([by] if by else []))}
    _refuse(
        f"row {number}, column {name}: it is empty"
        for number, row in body
        for name, place in places.items()
        if not row[place].strip()
    )
    lists = tuple(sorted({row[places[LIST]].strip() for _, row in body}))
    _refuse(_count_problems(lists))
    on: dict[str, int] = defaultdict(int)
    group_of: dict[str, tuple[str, int]] = {}
    problems = []
    for number, row in body:
        person = row[places[PERSON]].strip()
        group = row[places[by]].strip() if by else "all"
        on[person] |= 1 << lists.index(row[places[LIST]].strip())
        before, first = group_of.setdefault(person, (group, number))
        if before != group:
            problems.append(f"row {number}, column {by}: not as for the same person in row {first}")
    _refuse(problems)
    found = defaultdict[str, dict[int, int]](lambda: defaultdict(int))
    for person, pattern in on.items():
        found[group_of[person][0]][pattern] += 1
    return _tables(lists, found)


def _tables(lists: tuple[str, ...], found: dict[str, dict[int, int]]) -> dict[str, CaptureTable]:
    if not any(sum(each.values()) for each in found.values()):
        raise Unreadable(["the table holds nobody"])
    return {group: CaptureTable.of(lists, found[group]) for group in sorted(found)}


def _count_problems(lists: tuple[str, ...]) -> list[str]:
    if len(lists) < FEWEST_LISTS:
        return [
            f"row 1: {len(lists)} lists; at least {FEWEST_LISTS} are needed to see whether lists "
            "depend on each other"
        ]
    if len(lists) > MOST_LISTS:
        return [f"row 1: {len(lists)} lists; at most {MOST_LISTS} can be used, merge the smallest"]
    return []


def _table_problems(table: CaptureTable, group: str | None) -> list[str]:
    where = f"among those with {group}: " if group else ""
    problems = []
    for place, name in enumerate(table.lists):
        on = table.on(1 << place)
        if not on:
            problems.append(f"{where}column {name}: nobody is on this list; leave it out")
        elif on == table.counts[1 << place]:
            problems.append(
                f"{where}column {name}: nobody on this list is on another, so it says nothing "
                "about those on none; leave it out, merge it, or look at how people were matched"
            )
    return problems
