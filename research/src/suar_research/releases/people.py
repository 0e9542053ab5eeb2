"""Reading coded people, one in a row, or counts of them; and counting them into cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from suar_research.reading import Unreadable, refuse, rows_of
from suar_research.releases.cells import Design, Key, Whole

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


def read(text: str) -> People:
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
