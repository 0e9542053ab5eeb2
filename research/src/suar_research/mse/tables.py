"""The table that every estimate starts from: how many people each combination of lists has met.

It is read from CSV with capture patterns, or with one row for each person and list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from suar_research.files import Unreadable, refuse, rows_of

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class CaptureTable:
    """Counts of people by the lists that hold them.

    A combination of lists is an integer whose bit `j` says that list `j` holds the person.
    `counts` has shape (2**lists,) and whole numbers of people; its place 0, held by no list, is
    what is not known and stays 0.
    """

    lists: tuple[str, ...]
    counts: Counts

    @classmethod
    def of(cls, lists: tuple[str, ...], people: Mapping[int, int]) -> CaptureTable:
        """Make a table from the combinations that were seen."""
        counts = np.zeros(1 << len(lists), dtype=np.int64)
        for combination, number in people.items():
            counts[combination] = number
        counts.setflags(write=False)
        return cls(lists, counts)

    @property
    def seen(self) -> int:
        """Count the people on at least one list."""
        return int(self.counts.sum())

    @property
    def places(self) -> int:
        """Count the lists."""
        return len(self.lists)

    def name_of(self, term: int) -> str:
        """Return the name of a combination of lists: `NG:LA`."""
        return ":".join(self.lists[place] for place in members(term))

    def on(self, term: int) -> int:
        """Count the people who are on all lists of the term, whatever other list holds them."""
        holds = (np.arange(len(self.counts)) & term) == term
        return int(self.counts[holds].sum())

    def without(self, place: int) -> CaptureTable:
        """Leave one list out, and with it the people whom only this list has met."""
        selected = [item for item in range(self.places) if item != place]
        return self.regrouped([(item,) for item in selected])

    def merged(self, first: int, second: int) -> CaptureTable:
        """Make one list of two: a person is on it who was on either."""
        groups = [(item,) for item in range(self.places) if item not in (first, second)]
        return self.regrouped([*groups, (first, second)])

    def regrouped(self, groups: list[tuple[int, ...]]) -> CaptureTable:
        """Make a table whose lists are unions of these lists."""
        combinations_ = np.arange(len(self.counts))
        onto = np.zeros_like(combinations_)
        for place, group in enumerate(groups):
            caught = (combinations_ & sum(1 << item for item in group)) > 0
            onto |= caught.astype(onto.dtype) << place
        counts = np.bincount(onto, weights=self.counts)
        counts[0] = 0
        whole = counts.astype(np.int64)
        whole.setflags(write=False)
        names = tuple("+".join(self.lists[item] for item in group) for group in groups)
        return CaptureTable(names, whole)


def members(term: int) -> tuple[int, ...]:
    """List the places of the lists in a combination."""
    return tuple(place for place in range(term.bit_length()) if term >> place & 1)


def terms_of(lists: int, order: int) -> tuple[int, ...]:
    """List all combinations of up to `order` lists: the empty one, singles, pairs, ..."""
    sizes = (combinations(range(lists), size) for size in range(order + 1))
    return tuple(sum(1 << place for place in group) for size in sizes for group in size)


def design(lists: int, terms: tuple[int, ...]) -> Numbers:
    """Return the model matrix, shape (2**lists, terms): 1 where a combination contains the term."""
    combinations_ = np.arange(1 << lists)[:, None]
    wanted = np.array(terms)[None, :]
    return np.asarray((combinations_ & wanted) == wanted, dtype=np.float64)


Rows = list[tuple[int, list[str]]]
COUNT, PERSON, LIST, SALT_LOST = "count", "person", "list", "salt_lost"
LOST_MOST = 0.9
FEWEST_LISTS, MOST_LISTS = 3, 10
LARGEST = 10**9
NEITHER = "row 1: neither `count` with a column of 0 and 1 for each list, nor `person` and `list`"
SEE_START = "; research/docs/start.md shows both"
CAPITALS = "; they are there, but in other capitals"
BOTH = "row 1: `person` and `list` beside `count`: a row is one person on one list, or so many"


def read_lists(text: str, by: str | None = None) -> dict[str, CaptureTable]:
    """Read a file into tables by the value of the column `by`; without it under the name "all".

    Raises Unreadable.
    """
    header, body = rows_of(text, [by] if by else [])
    by_person = {PERSON, LIST} <= set(header)
    if not by_person and COUNT not in header:
        names = {name.casefold() for name in header}
        capitals = COUNT in names or {PERSON, LIST} <= names
        raise Unreadable([NEITHER + (CAPITALS if capitals else SEE_START)])
    if by_person and COUNT in header:
        raise Unreadable([BOTH])
    if by in (COUNT, PERSON, LIST):
        raise Unreadable([f"column {by}: it cannot part the file into groups"])
    tables = (_people if by_person else _patterns)(header, body, by)
    for name, table in tables.items():
        check(table, name if by else None)
    return tables


def salt_lost(text: str) -> float | None:
    """Return the share of lost pairs that counts from salted tokens are corrected for; None for other counts.

    Raises Unreadable.
    """
    header, body = rows_of(text)
    if SALT_LOST not in header or COUNT not in header:
        return None
    at = header.index(SALT_LOST)
    try:
        [share] = {float(cells[at]) for _, cells in body}
    except ValueError:
        share = -1.0
    refuse([] if 0 <= share <= LOST_MOST else [f"column {SALT_LOST}: not one share from 0 to {LOST_MOST} in all rows"])
    return share


def patterns_by(text: str, by: str) -> dict[str, CaptureTable]:
    """Read capture patterns into tables by the value of a column, unchecked; raises Unreadable."""
    header, body = rows_of(text, [by, COUNT])
    return _patterns(header, body, by)


def check(table: CaptureTable, group: str | None = None) -> None:
    """Refuse a table from which nothing can be learnt; raises Unreadable."""
    where = f"among those with {group}: " if group else ""
    problems = _list_problems(table.lists)
    for place, name in enumerate(table.lists):
        on = table.on(1 << place)
        if not on:
            problems.append(f"{where}column {name}: nobody is on this list; leave it out")
        elif on == table.counts[1 << place]:
            problems.append(
                f"{where}column {name}: nobody on this list is on another, so it says nothing "
                "about those on none; leave it out, merge it, or look at how people were matched"
            )
    refuse(problems)


def _patterns(header: list[str], body: Rows, by: str | None) -> dict[str, CaptureTable]:
    lists = tuple(name for name in header if name not in (COUNT, SALT_LOST, by))
    refuse(_list_problems(lists))
    problems, counts = [], defaultdict[str, dict[int, int]](dict)
    first: dict[tuple[str, int], int] = {}
    for number, cells in body:
        row = dict(zip(header, map(str.strip, cells), strict=True))
        wrong = [f"row {number}, column {name}: neither 0 nor 1" for name in lists if row[name] not in ("0", "1")]
        if not (row[COUNT].isascii() and row[COUNT].isdigit() and int(row[COUNT]) <= LARGEST):
            wrong.append(f"row {number}, column {COUNT}: not a whole number of people from 0")
        problems += wrong
        if wrong:
            continue
        group = row[by] if by else "all"
        pattern = sum(1 << at for at, name in enumerate(lists) if row[name] == "1")
        if not pattern:
            problems.append(f"row {number}: on no list; those whom no list has met are estimated")
        elif (group, pattern) in first:
            problems.append(f"row {number}: the same lists as in row {first[group, pattern]}; make them one")
        first[group, pattern] = number
        counts[group][pattern] = int(row[COUNT])
    refuse(problems)
    return _tables(lists, counts)


def _people(header: list[str], body: Rows, by: str | None) -> dict[str, CaptureTable]:
    rows = [(number, dict(zip(header, map(str.strip, cells), strict=True))) for number, cells in body]
    needed = (PERSON, LIST, *([by] if by else []))
    refuse(f"row {number}, column {name}: it is empty" for number, row in rows for name in needed if not row[name])
    lists = tuple(sorted({row[LIST] for _, row in rows}))
    refuse(_list_problems(lists))
    on: dict[str, int] = defaultdict(int)
    group_of: dict[str, tuple[str, int]] = {}
    problems = []
    for number, row in rows:
        on[row[PERSON]] |= 1 << lists.index(row[LIST])
        group = row[by] if by else "all"
        before, first = group_of.setdefault(row[PERSON], (group, number))
        if before != group:
            problems.append(f"row {number}, column {by}: not as for the same person in row {first}")
    refuse(problems)
    counts = defaultdict[str, dict[int, int]](lambda: defaultdict(int))
    for person, pattern in on.items():
        counts[group_of[person][0]][pattern] += 1
    return _tables(lists, counts)


def _tables(lists: tuple[str, ...], counts: dict[str, dict[int, int]]) -> dict[str, CaptureTable]:
    if not any(sum(patterns.values()) for patterns in counts.values()):
        raise Unreadable(["the table holds nobody"])
    return {group: CaptureTable.of(lists, counts[group]) for group in sorted(counts)}


def _list_problems(lists: tuple[str, ...]) -> list[str]:
    few = f"at least {FEWEST_LISTS} are needed to see whether lists depend on each other"
    many = f"at most {MOST_LISTS} can be used, merge the smallest"
    if FEWEST_LISTS <= len(lists) <= MOST_LISTS:
        return []
    return [f"row 1: {len(lists)} lists; {few if len(lists) < FEWEST_LISTS else many}"]
