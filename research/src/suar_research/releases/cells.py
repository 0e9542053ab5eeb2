"""Tables as files of comma-separated values: a row for each cell, `(all)` for a sum.

Cells of cross-tables with their margins, and how they add up.

A cell is known by what its people share: `(("age", "child"), ("sex", "F"))`, sorted by variable,
and `()` for everybody. So a margin that two tables have in common is one cell, and the table of a
part of the people (`where`) meets the table of all.

A release as it is published: cells with counts and cells that are hidden, and by which rules.

Reading coded people, one in a row, or counts of them; and counting them into cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suar_research.files import Unreadable, csv_text, refuse, rows_of

Key = tuple[tuple[str, str], ...]
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
        """Name all variables, in the order in which tables name them."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table))

    def cells(self) -> list[Key]:
        """List every cell once: the whole first, then by number of variables."""
        return [
            self.key(names, codes)
            for names in self.margins()
            for codes in product(*(self.codes[name] for name in names))
        ]

    def key(self, names: Sequence[str], codes: Sequence[str]) -> Key:
        """Give the cell of these codes."""
        return tuple(sorted((*zip(names, codes, strict=True), *self.where)))

    def margins(self) -> list[tuple[str, ...]]:
        """List the sets of variables that are counted, the empty one first, each once."""
        found: dict[frozenset[str], tuple[str, ...]] = {}
        for size in range(max(map(len, self.tables), default=0) + 1):
            for table in self.tables:
                for names in combinations(table, size):
                    found.setdefault(frozenset(names), names)
        return list(found.values())

    def sums(self) -> Iterator[tuple[Key, list[Key]]]:
        """Give each cell that is a sum, with its parts, once for each way to split it."""
        counted = {frozenset(names) for names in self.margins()}
        for names in self.margins():
            for more in self.variables:
                if more not in names and frozenset((*names, more)) in counted:
                    yield from self._split(names, more)

    def _split(self, names: tuple[str, ...], more: str) -> Iterator[tuple[Key, list[Key]]]:
        for codes in product(*(self.codes[name] for name in names)):
            parts = [self.key((*names, more), (*codes, code)) for code in self.codes[more]]
            yield self.key(names, codes), parts


@dataclass(frozen=True, slots=True)
class Sums:
    """Sparse equations: in each row, coefficients times cells add up to nothing.

    `start` has shape (rows + 1,); `cell` and `coefficient` have one entry for each member.
    """

    start: Whole
    cell: Whole
    coefficient: Numbers
    cells: int
    row: Whole = field(init=False)

    def __post_init__(self) -> None:
        """Say for each member in which row it stands."""
        rows = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        object.__setattr__(self, "row", rows)

    @classmethod
    def of(cls, rows: Sequence[Sequence[tuple[int, float]]], cells: int) -> Sums:
        """Put equations together from (cell, coefficient) pairs."""
        start = np.cumsum([0, *map(len, rows)]).astype(np.int64)
        members = [pair for row in rows for pair in row]
        cell = np.array([at for at, _ in members], dtype=np.int64)
        return cls(start, cell, np.array([by for _, by in members], dtype=float), cells)

    @property
    def rows(self) -> int:
        """Count the equations."""
        return len(self.start) - 1

    def times(self, values: Numbers) -> Numbers:
        """Give what each row adds up to, for values of shape (cells,)."""
        weighted = self.coefficient * values[self.cell]
        return np.asarray(np.bincount(self.row, weighted, self.rows), dtype=float)

    def turned(self, weights: Numbers) -> Numbers:
        """Give for each cell the weighted sum of its coefficients, for weights of shape (rows,)."""
        weighted = self.coefficient * weights[self.row]
        return np.asarray(np.bincount(self.cell, weighted, self.cells), dtype=float)

    def part(self, kept: Flags) -> Sums:
        """Keep the members whose cells are kept; the cells are numbered anew."""
        number = np.cumsum(kept) - 1
        on = kept[self.cell]
        counts = np.bincount(self.row[on], minlength=self.rows)
        start = np.concatenate(([0], np.cumsum(counts)))
        return Sums(start, number[self.cell[on]], self.coefficient[on], int(kept.sum()))

    def without_empty(self) -> Sums:
        """Leave out the rows without members."""
        counts = np.diff(self.start)
        start = np.concatenate(([0], np.cumsum(counts[counts > 0])))
        return Sums(start, self.cell, self.coefficient, self.cells)


def sums_of(design: Design, place: Mapping[Key, int]) -> list[list[tuple[int, float]]]:
    """Write each sum of a design as a row: the whole less its parts; `place` numbers the cells."""
    return [[(place[whole], 1.0), *((place[part], -1.0) for part in parts)] for whole, parts in design.sums()]


# Source: own design, docs/decisions/disclosure-control.md: counts from 1 to 4 are hidden, a second
# cell with them. A release of CTDC asks for 11 (its codebook, version 6).
THRESHOLD, WIDTH, MOST_VARIABLES = 5, 5, 4
SHOWN, HIDDEN = "shown", "hidden"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is hidden: counts from 1 below `threshold`, and how wide its interval has to be.

    `zeros`: `shown` says openly that nobody is there, and then everybody knows that a hidden cell
    holds somebody; `hidden` hides empty cells like small ones.
    """

    threshold: int = THRESHOLD
    width: int = WIDTH
    zeros: str = SHOWN

    @property
    def least(self) -> int:
        """Give the least that a hidden cell can hold."""
        return 1 if self.zeros == SHOWN else 0

    def hides(self, count: int) -> bool:
        """Say whether a count is too small to be shown."""
        return self.least <= count < self.threshold


@dataclass(frozen=True, slots=True)
class Published:
    """Tables of one group of people; a count of None is hidden.

    `absent`: sums that nobody published, in tables made elsewhere; they too have a count of None.
    """

    design: Design
    counts: Mapping[Key, int | None]
    rules: Rules
    absent: frozenset[Key] = frozenset()

    @property
    def hidden(self) -> int:
        """Count the hidden cells."""
        return sum(count is None for count in self.counts.values()) - len(self.absent)


def as_json(made: Published) -> dict[str, Any]:
    """Write a release down, cells in the order of its design."""
    return {
        "tables": [list(table) for table in made.design.tables],
        "codes": {name: list(codes) for name, codes in made.design.codes.items()},
        "where": [list(pair) for pair in made.design.where],
        "rules": asdict(made.rules),
        "counts": [made.counts[key] for key in made.design.cells()],
    }


def of_json(told: Any) -> Published:
    """Read a release that was written down; raises Unreadable."""
    try:
        codes = {str(name): tuple(map(str, each)) for name, each in told["codes"].items()}
        tables = tuple(tuple(map(str, table)) for table in told["tables"])
        design = Design(tables, codes, tuple((str(a), str(b)) for a, b in told["where"]))
        counts = [None if each is None else int(each) for each in told["counts"]]
        pairs = dict(zip(design.cells(), counts, strict=True))
        return Published(design, pairs, Rules(**told["rules"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(["it is no release that was written by this command"]) from error


def says(key: Key) -> str:
    """Say which cell it is."""
    return ", ".join(f"{name} {code}" for name, code in key) or "everybody"


def checked(tables: Sequence[Sequence[str]], known: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Check the variables of tables; raises Unreadable."""
    problems = []
    for table in tables:
        named = " x ".join(table)
        problems += [f"table {named}: there is no column {name}" for name in table if name not in known]
        if len(set(table)) < len(table):
            problems.append(f"table {named}: a column stands twice")
        if not 1 <= len(table) <= MOST_VARIABLES:
            problems.append(f"table {named}: 1 to {MOST_VARIABLES} columns can be crossed")
    if problems:
        raise Unreadable(problems)
    return tuple(dict.fromkeys(tuple(table) for table in tables))


COUNT, UNKNOWN, EVERY = "count", "(unknown)", "(all)"
MOST_CODES, MOST_COUNT = 400, 10**9


@dataclass(frozen=True, slots=True)
class People:
    """Coded people: `codes` of each column in order, `at` of shape (rows, columns), `count`
    (rows,).

    `at` says which code of its column a row has. A row stands for `count` people.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    at: Whole
    count: Whole

    @property
    def number(self) -> int:
        """Count the people."""
        return int(self.count.sum())

    def codes_of(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Give the codes of some columns."""
        return {name: self.codes[self.names.index(name)] for name in names}

    def where(self, wanted: Mapping[str, str]) -> People:
        """Keep those with these codes; raises Unreadable for what is not there."""
        kept = np.ones(len(self.at), dtype=bool)
        for name, code in wanted.items():
            if name not in self.names:
                raise Unreadable([f"there is no column {name}"])
            if code not in self.codes[self.names.index(name)]:
                raise Unreadable([f"column {name}: nobody has the code that was asked for"])
            place = self.names.index(name)
            kept &= self.at[:, place] == self.codes[place].index(code)
        return People(self.names, self.codes, self.at[kept], self.count[kept])

    def counted(self, design: Design) -> dict[Key, int]:
        """Count every cell of a design, its margins with it; these people are all of it."""
        found: dict[Key, int] = {}
        for names in design.margins():
            places = [self.names.index(name) for name in names]
            shape = [len(self.codes[place]) for place in places]
            cell = np.ravel_multi_index([self.at[:, place] for place in places], shape) if names else 0
            cells = np.broadcast_to(cell, len(self.at))
            counts = np.bincount(cells, self.count, minlength=int(np.prod(shape)))
            for number, count in enumerate(counts.tolist()):
                codes = np.unravel_index(number, shape) if names else ()
                said = [self.codes[place][code] for place, code in zip(places, codes, strict=True)]
                found[design.key(names, said)] = int(count)
        return found


def read_people(text: str) -> People:
    """Read people, one in a row, or counts of them in a column `count`; raises Unreadable.

    An empty cell is a code of its own, for not knowing tells something too.
    """
    header, body = rows_of(text)
    names = tuple(name for name in header if name != COUNT)
    refuse([] if names else ["row 1: there is no column beside the count"])
    refuse([] if body else ["it holds nobody"])
    counts = _counts(header, body)
    columns, codes = [], []
    for name in names:
        place = header.index(name)
        cells = [row[place].strip() or UNKNOWN for _, row in body]
        found = sorted(set(cells))
        codes.append(tuple(found))
        number = {code: at for at, code in enumerate(found)}
        columns.append([number[cell] for cell in cells])
    refuse(_code_problems(names, codes))
    return People(names, tuple(codes), np.array(columns, dtype=np.int64).T, counts)


def uncoded(people: People, names: Iterable[str]) -> list[str]:
    """Say which columns that are used hold too many different codes to be coded."""
    return [
        f"column {name}: more than {MOST_CODES} different codes; code it more coarsely first"
        for name in names
        if len(people.codes[people.names.index(name)]) > MOST_CODES
    ]


def subsets(names: Iterable[str], size: int) -> list[tuple[str, ...]]:
    """List the ways to take so many columns."""
    return list(combinations(names, size))


def _counts(header: list[str], body: list[tuple[int, list[str]]]) -> Whole:
    if COUNT not in header:
        return np.ones(len(body), dtype=np.int64)
    place = header.index(COUNT)
    cells = [(number, row[place].strip()) for number, row in body]
    refuse(
        f"row {number}, column {COUNT}: not a whole number of people from 0"
        for number, cell in cells
        if not (cell.isascii() and cell.isdigit() and int(cell) <= MOST_COUNT)
    )
    return np.array([int(cell) for _, cell in cells], dtype=np.int64)


def _code_problems(names: tuple[str, ...], codes: list[tuple[str, ...]]) -> list[str]:
    return [
        f"column {name}: {EVERY} stands for everybody and cannot be a code"
        for name, each in zip(names, codes, strict=True)
        if EVERY in each
    ]


HIDDEN = "hidden"
# How a hidden cell is written here and elsewhere; `<5` and the like too.
MARKS = ("", HIDDEN, "x", "X", "*", "..", ":", "c", "s", "-")
SUMMED = ("", EVERY, "total", "Total", "all")


def tables_csv(made: Published) -> str:
    """Write a release; what holds for everybody stands in each row."""
    names = [*dict(made.design.where), *made.design.variables]
    rows: list[Sequence[object]] = [[*names, COUNT]]
    for key, count in made.counts.items():
        code = dict(key)
        rows.append([*(code.get(name, EVERY) for name in names), HIDDEN if count is None else count])
    return csv_text(rows)


def read_tables(text: str, rules: Rules) -> Published:
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
