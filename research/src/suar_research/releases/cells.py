"""Cells of cross-tables with their margins, how they add up, and the people who are counted in them.

A cell is known by what its people share: `(("age", "child"), ("sex", "F"))`, sorted by variable,
and `()` for everybody. So a margin that two tables have in common is one cell, and the table of a
part of the people (`where`) meets the table of all.

A release is read and written as a CSV with a row for each cell, `(all)` for a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from suar_research.files import Unreadable, csv_text, refuse, rows_of

Key = tuple[tuple[str, str], ...]
Impossible = frozenset[Key]
"""Combinations of codes that everybody knows to hold nobody."""
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Equations = Any
"""A sparse matrix (scipy.sparse.csr_array), shape (rows, cells): coefficients times cells add up to 0 in each row."""
# Source: own design, docs/decisions/disclosure-control.md: counts from 1 to 4 are hidden, a second
# cell with them. A release of CTDC asks for 11 (its codebook, version 6).
THRESHOLD, WIDTH, MOST_VARIABLES = 5, 5, 4
VISIBLE, HIDDEN = "shown", "hidden"
COUNT, UNKNOWN, EVERY = "count", "(unknown)", "(all)"
MOST_CODES, MOST_COUNT = 400, 10**9
# How a hidden cell is written here and elsewhere; `<5` and the like too.
MARKS = ("", HIDDEN, "x", "X", "*", "..", ":", "c", "s", "-")
SUMMED = ("", EVERY, "total", "Total", "all")


@dataclass(frozen=True, slots=True)
class Design:
    """Which tables are made: variables of each, the codes of each variable, and of whom.

    Every table has all its margins. `where` holds for everybody in these tables.
    """

    tables: tuple[tuple[str, ...], ...]
    codes: Mapping[str, tuple[str, ...]]
    where: Key = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables, in the order in which tables name them."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table))

    def cells(self) -> list[Key]:
        """List every cell once: the whole first, then by number of variables."""
        return [
            self.key(names, codes)
            for names in self.margins()
            for codes in product(*(self.codes[name] for name in names))
        ]

    def key(self, names: Sequence[str], codes: Sequence[str]) -> Key:
        """Return the cell of these codes."""
        return tuple(sorted((*zip(names, codes, strict=True), *self.where)))

    def margins(self) -> list[tuple[str, ...]]:
        """List the sets of variables that are counted, the empty one first, each once."""
        margins: dict[frozenset[str], tuple[str, ...]] = {}
        for size in range(max(map(len, self.tables), default=0) + 1):
            for table in self.tables:
                for names in combinations(table, size):
                    margins.setdefault(frozenset(names), names)
        return list(margins.values())

    def sums(self) -> Iterator[tuple[Key, list[Key]]]:
        """Yield each cell that is a sum, with its parts, once for each way to split it."""
        counted = {frozenset(names) for names in self.margins()}
        for names in self.margins():
            for more in self.variables:
                if more not in names and frozenset((*names, more)) in counted:
                    for codes in product(*(self.codes[name] for name in names)):
                        parts = [self.key((*names, more), (*codes, code)) for code in self.codes[more]]
                        yield self.key(names, codes), parts


def sums_of(design: Design, place: Mapping[Key, int]) -> list[list[tuple[int, float]]]:
    """Return each sum of a design as a row: the whole less its parts; `place` numbers the cells."""
    return [[(place[whole], 1.0), *((place[part], -1.0) for part in parts)] for whole, parts in design.sums()]


def equations(rows: Sequence[Sequence[tuple[int, float]]], cells: int) -> Equations:
    """Make equations from (cell, coefficient) pairs."""
    members = [pair for row in rows for pair in row]
    columns = np.array([cell for cell, _ in members], dtype=np.int64)
    coefficients = np.array([coefficient for _, coefficient in members], dtype=float)
    start = np.cumsum([0, *map(len, rows)])
    return sparse.csr_array((coefficients, columns, start), shape=(len(rows), cells))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of hiding: counts from 1 below `threshold`, and how wide the interval of a hidden cell must be.

    `zeros`: `shown` publishes that nobody is there, and then everybody knows that a hidden cell
    holds somebody; `hidden` hides empty cells like small ones.
    """

    threshold: int = THRESHOLD
    width: int = WIDTH
    zeros: str = VISIBLE

    @property
    def least(self) -> int:
        """The least that a hidden cell can hold."""
        return 1 if self.zeros == VISIBLE else 0

    def hides(self, count: int) -> bool:
        """Return True if a count is too small to be shown."""
        return self.least <= count < self.threshold


@dataclass(frozen=True, slots=True)
class Published:
    """Tables of one group of people; a count of None is hidden.

    `absent`: sums that nobody published, in tables made elsewhere; they too have a count of None.
    `impossible`: combinations of codes that everybody knows to hold nobody.
    """

    design: Design
    counts: Mapping[Key, int | None]
    rules: Rules
    absent: frozenset[Key] = frozenset()
    impossible: Impossible = frozenset()

    @property
    def hidden(self) -> int:
        """The number of hidden cells."""
        return sum(count is None for count in self.counts.values()) - len(self.absent)


def as_json(created: Published) -> dict[str, Any]:
    """Return a release as JSON data, cells in the order of its design."""
    return {
        "tables": [list(table) for table in created.design.tables],
        "codes": {name: list(codes) for name, codes in created.design.codes.items()},
        "where": [list(pair) for pair in created.design.where],
        "rules": asdict(created.rules),
        "counts": [created.counts[key] for key in created.design.cells()],
        "impossible": [[list(pair) for pair in key] for key in sorted(created.impossible)],
    }


def of_json(data: Any) -> Published:
    """Read a release from JSON data; raises Unreadable."""
    try:
        codes = {str(name): tuple(map(str, item)) for name, item in data["codes"].items()}
        tables = tuple(tuple(map(str, table)) for table in data["tables"])
        design = Design(tables, codes, tuple((str(a), str(b)) for a, b in data["where"]))
        counts = [None if count is None else int(count) for count in data["counts"]]
        impossible = frozenset(tuple((str(a), str(b)) for a, b in key) for key in data.get("impossible", ()))
        cells = dict(zip(design.cells(), counts, strict=True))
        return Published(design, cells, Rules(**data["rules"]), impossible=impossible)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(["it is no release that was written by this command"]) from error


def says(key: Key) -> str:
    """Return the name of a cell."""
    return ", ".join(f"{name} {code}" for name, code in key) or "everybody"


def checked(tables: Sequence[Sequence[str]], known: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the variables of tables, each table once; raises Unreadable."""
    problems = []
    for table in tables:
        named = " x ".join(table)
        problems += [f"table {named}: there is no column {name}" for name in table if name not in known]
        if len(set(table)) < len(table):
            problems.append(f"table {named}: a column stands twice")
        if not 1 <= len(table) <= MOST_VARIABLES:
            problems.append(f"table {named}: 1 to {MOST_VARIABLES} columns can be crossed")
    refuse(problems)
    return tuple(dict.fromkeys(tuple(table) for table in tables))


@dataclass(frozen=True, slots=True)
class People:
    """Coded people: `codes` of each column in order, `at` of shape (rows, columns), `count` (rows,).

    `at` is the place of a row's code in its column. A row stands for `count` people. `impossible`
    are codes that were declared not to go together.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    at: Whole
    count: Whole
    impossible: Impossible = frozenset()

    @property
    def number(self) -> int:
        """The number of people."""
        return int(self.count.sum())

    def codes_of(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the codes of some columns."""
        return {name: self.codes[self.names.index(name)] for name in names}

    def where(self, wanted: Mapping[str, str]) -> People:
        """Return those with these codes; raises Unreadable for an unknown column or code."""
        selected = self.rows_of(wanted)
        return replace(self, at=self.at[selected], count=self.count[selected])

    def rows_of(self, wanted: Mapping[str, str]) -> Flags:
        """Return which rows have these codes and stand for somebody, shape (rows,)."""
        selected = self.count > 0
        for name, code in wanted.items():
            if name not in self.names:
                raise Unreadable([f"there is no column {name}"])
            place = self.names.index(name)
            if code not in self.codes[place]:
                raise Unreadable([f"column {name}: nobody has the code that was asked for"])
            selected &= self.at[:, place] == self.codes[place].index(code)
        return selected

    def crossed(self, names: Sequence[str]) -> Whole:
        """Count a cross-table, shape (codes of the first column, codes of the second, ...)."""
        places = [self.names.index(name) for name in names]
        shape = tuple(len(self.codes[place]) for place in places)
        cell = np.ravel_multi_index([self.at[:, place] for place in places], shape) if names else 0
        counts = np.bincount(np.broadcast_to(cell, len(self.at)), self.count, minlength=int(np.prod(shape)))
        return counts.astype(np.int64).reshape(shape)

    def counted(self, design: Design) -> dict[Key, int]:
        """Count every cell of a design with its margins; these people are all of it."""
        counts: dict[Key, int] = {}
        for names in design.margins():
            codes = product(*self.codes_of(names).values())
            cells = zip(codes, self.crossed(names).ravel().tolist(), strict=True)
            counts |= {design.key(names, chosen): count for chosen, count in cells}
        return counts


def read_people(text: str) -> People:
    """Read people, one in a row, or counts of them in a column `count`; raises Unreadable.

    An empty cell is a code of its own: that something is not known is information too.
    """
    header, body = rows_of(text)
    names = tuple(name for name in header if name != COUNT)
    refuse(f"column {name}: rename it to `{COUNT}`, or to a word of its own" for name in names if name.lower() == COUNT)
    refuse([] if names else ["row 1: there is no column beside the count"])
    refuse([] if body else ["it holds nobody"])
    cells = [(number, dict(zip(header, map(str.strip, row), strict=True))) for number, row in body]
    refuse(
        f"row {number}, column {COUNT}: not a whole number of people from 0"
        for number, row in cells
        if not _is_count(row.get(COUNT, "1"))
    )
    coded = [np.unique([row[name] or UNKNOWN for _, row in cells], return_inverse=True) for name in names]
    codes = tuple(tuple(map(str, values)) for values, _ in coded)
    refuse(
        f"column {name}: {EVERY} stands for everybody and cannot be a code"
        for name, item in zip(names, codes, strict=True)
        if EVERY in item
    )
    counts = np.array([int(row.get(COUNT, "1")) for _, row in cells], dtype=np.int64)
    return People(names, codes, np.column_stack([places for _, places in coded]).astype(np.int64), counts)


def _is_count(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and int(cell) <= MOST_COUNT


def tables_csv(created: Published) -> str:
    """Return a release as CSV; what holds for everybody stands in each row."""
    names = [*dict(created.design.where), *created.design.variables]
    rows: list[Sequence[object]] = [[*names, COUNT]]
    for key, count in created.counts.items():
        code = dict(key)
        rows.append([*(code.get(name, EVERY) for name in names), HIDDEN if count is None else count])
    return csv_text(rows)


def read_tables(text: str, rules: Rules) -> Published:
    """Read tables made here or elsewhere; raises Unreadable with what is wrong and where.

    A missing cell is empty if it is one of the finest, and was not published if it is a sum.
    """
    header, body = rows_of(text, [COUNT])
    counts: dict[Key, int | None] = {}
    problems = []
    for number, row in body:
        cells = dict(zip(header, map(str.strip, row), strict=True))
        count = cells.pop(COUNT)
        key = tuple(sorted((name, code) for name, code in cells.items() if code not in SUMMED))
        if key in counts:
            problems.append(f"row {number}: this cell stands twice")
        is_hidden = count in MARKS or count.startswith("<")
        if not is_hidden and not _is_count(count):
            problems.append(f"row {number}, column {COUNT}: neither a whole number nor a hidden cell")
            continue
        counts[key] = None if is_hidden else int(count)
    refuse(problems)
    return _published(counts, rules)


def _published(result: dict[Key, int | None], rules: Rules) -> Published:
    where = tuple(sorted(set.intersection(*map(set, result)))) if result else ()
    fixed = {name for name, _ in where}
    crossed = {frozenset(name for name, _ in key) - fixed for key in result}
    tables = tuple(
        sorted(tuple(sorted(item)) for item in crossed if item and not any(item < other for other in crossed))
    )
    refuse([] if tables else ["it holds no table: no row names a code"])
    refuse(f"more than {MOST_VARIABLES} columns are crossed" for table in tables if len(table) > MOST_VARIABLES)
    names = sorted({name for table in tables for name in table})
    codes = {name: tuple(sorted({dict(key)[name] for key in result if name in dict(key)})) for name in names}
    design = Design(tables, codes, where)
    finest = {frozenset((*table, *fixed)) for table in tables}
    cells = design.cells()
    absent = {key for key in cells if key not in result and frozenset(name for name, _ in key) not in finest}
    if not result.keys() <= set(cells):
        raise Unreadable(["some rows belong to no table of the others"])
    return Published(
        design, {key: None if key in absent else result.get(key, 0) for key in cells}, rules, frozenset(absent)
    )
