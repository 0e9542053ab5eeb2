"""Tables as files of comma-separated values: a row for each cell, `(all)` for a sum."""

from collections.abc import Sequence

from suar_research.files import csv_text
from suar_research.reading import Unreadable, refuse, rows_of
from suar_research.releases.cells import Design, Key
from suar_research.releases.people import COUNT, EVERY, MOST_COUNT
from suar_research.releases.published import MOST_VARIABLES, Published, Rules

HIDDEN = "hidden"
# How a hidden cell is written here and elsewhere; `<5` and the like too.
MARKS = ("", HIDDEN, "x", "X", "*", "..", ":", "c", "s", "-")
SUMMED = ("", EVERY, "total", "Total", "all")


def of_release(made: Published) -> str:
    """Write a release; what holds for everybody stands in each row."""
    names = [*dict(made.design.where), *made.design.variables]
    rows: list[Sequence[object]] = [[*names, COUNT]]
    for key, count in made.counts.items():
        code = dict(key)
        rows.append([*(code.get(name, EVERY) for name in names), HIDDEN if count is None else count])
    return csv_text(rows)


def read(text: str, rules: Rules) -> Published:
    """Read tables made here or elsewhere; raises Unreadable with what is wrong and where.

    A cell that is not there is empty when it is one of the finest, and was not published when it
    is a sum.
    """
    header, body = rows_of(text, [COUNT])
    names = [name for name in header if name != COUNT]
    found: dict[Key, int | None] = {}
    problems = []
    for number, row in body:
        cells = dict(zip(header, map(str.strip, row), strict=True))
        key = tuple(sorted((name, cells[name]) for name in names if cells[name] not in SUMMED))
        if key in found:
            problems.append(f"row {number}: this cell stands twice")
        try:
            found[key] = _count(cells[COUNT])
        except ValueError:
            problems.append(f"row {number}, column {COUNT}: neither a whole number nor a hidden cell")
    refuse(problems)
    return _published(found, rules)


def _count(cell: str) -> int | None:
    if cell in MARKS or cell.startswith("<"):
        return None
    if not (cell.isascii() and cell.isdigit() and int(cell) <= MOST_COUNT):
        raise ValueError
    return int(cell)


def _published(found: dict[Key, int | None], rules: Rules) -> Published:
    where = tuple(sorted(set.intersection(*map(set, found)))) if found else ()
    fixed = {name for name, _ in where}
    crossed = {frozenset(name for name, _ in key) - fixed for key in found}
    tables = tuple(
        sorted(tuple(sorted(each)) for each in crossed if each and not any(each < other for other in crossed))
    )
    refuse([] if tables else ["it holds no table: no row names a code"])
    refuse(f"more than {MOST_VARIABLES} columns are crossed" for each in tables if len(each) > MOST_VARIABLES)
    names = {name for table in tables for name in table}
    codes = {name: tuple(sorted({dict(key)[name] for key in found if name in dict(key)})) for name in sorted(names)}
    design = Design(tables, codes, where)
    finest = {frozenset((*table, *fixed)) for table in tables}
    counts: dict[Key, int | None] = {}
    absent = []
    for key in design.cells():
        if key not in found and frozenset(name for name, _ in key) not in finest:
            absent.append(key)
        counts[key] = found.get(key, None if key in absent[-1:] else 0)
    if set(found) - set(counts):
        raise Unreadable(["some rows belong to no table of the others"])
    return Published(design, counts, rules, frozenset(absent))
