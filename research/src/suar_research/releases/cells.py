"""Cells of cross-tables with their margins, and how they add up.

A cell is known by what its people share: `(("age", "child"), ("sex", "F"))`, sorted by variable,
and `()` for everybody. So a margin that two tables have in common is one cell, and the table of a
part of the people (`where`) meets the table of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

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
