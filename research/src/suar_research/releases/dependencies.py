"""Codes of two or three columns that cannot go together: nested columns, found in the data or declared.

An attacker knows that a district lies in one province and which ages are those of minors, so empty
combinations count as known to everybody. Columns depend on each other where more combinations
are empty than chance leaves empty. Taking too many as known costs hidden cells, never protection.
Source: own design, docs/decisions/disclosure-control.md.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from suar_research.files import refuse, rows_of
from suar_research.releases.cells import Flags, Impossible, Key, People, Whole

DEVIATIONS = 2.0
MOST_CELLS = 2_000_000


def find_impossible(people: People, names: Sequence[str], where: Key = ()) -> Impossible:
    """Return the empty combinations of two or three columns that depend on each other.

    `where` is true of all these people. Three columns are looked at where their table has at most two million cells.
    """
    result: set[Key] = set()
    for size in (2, 3):
        possible = Possible(frozenset(result))
        for group in combinations(sorted(names), size):
            codes = people.codes_of(group)
            if math.prod(map(len, codes.values())) <= MOST_CELLS or size == 2:
                counts = people.crossed(group)
                if dependent(counts):
                    result |= {key for key in _keys(codes, counts == 0, where) if possible(key)}
    return frozenset(result)


def dependent(counts: Whole) -> bool:
    """Return True if a cross-table of two or three columns has more empty cells than independence explains.

    By chance a cell is empty with (1 - share of its column) to the power of the people of its row. Two columns depend
    where this is so of one within the other, or the other way round. Three depend where it is so of two of them within
    each code of the third, whichever is the third: the age, the year of birth and the year of registration.
    """
    if counts.ndim == 2:
        return _has_too_many_empty(counts[None]) or _has_too_many_empty(counts.T[None])
    return all(_has_too_many_empty(np.moveaxis(counts, axis, 0)) for axis in range(counts.ndim))


def _has_too_many_empty(tables: Whole) -> bool:
    """Compare the empty cells of tables, shape (tables, rows, columns), with what chance leaves empty.

    Rows of one person are left out: they have as many empty cells either way, and hide what the others show.
    """
    shares = tables.sum(axis=1, keepdims=True) / np.maximum(tables.sum(axis=(1, 2), keepdims=True), 1)
    people = tables.sum(axis=2, keepdims=True)
    empty = np.where(people > 1, (1 - shares) ** people, 0)
    observed = ((tables == 0) & (people > 1)).sum()
    return bool(observed - empty.sum() > DEVIATIONS * np.sqrt((empty * (1 - empty)).sum()) + 1e-6)


def declared(text: str, people: People) -> People:
    """Return people with codes declared impossible by a CSV of those that go together, a combination a row.

    Raises Unreadable if a code is in no row, or people have codes together that no row has.
    """
    header, body = rows_of(text)
    names = sorted(set(header) & set(people.names))
    refuse([] if len(names) > 1 else ["row 1: two columns of the people or more are needed"])
    rows = [dict(zip(header, map(str.strip, row), strict=True)) for _, row in body]
    result: set[Key] = set()
    for group in (group for size in (2, 3) for group in combinations(names, size)):
        codes = people.codes_of(group)
        together = {tuple(row[name] for name in group) for row in rows}
        can_be = np.array([combination in together for combination in product(*codes.values())])
        if people.crossed(group).ravel()[~can_be].any():
            refuse([f"columns {' and '.join(group)}: some people have codes together that no row has"])
        possible = Possible(frozenset(result))
        result |= {key for key in _keys(codes, ~can_be, ()) if possible(key)}
    return replace(people, impossible=frozenset(result))


def _keys(codes: Mapping[str, Sequence[str]], empty: Flags, where: Key) -> Iterator[Key]:
    """Yield the cells of a cross-table that are empty."""
    for chosen, is_empty in zip(product(*codes.values()), empty.ravel().tolist(), strict=True):
        if is_empty:
            yield tuple(sorted((*zip(codes, chosen, strict=True), *where)))


class Possible:
    """Decides whether a cell can hold somebody."""

    def __init__(self, impossible: Impossible) -> None:
        self._keys = impossible
        self._sizes = sorted({len(key) for key in impossible})

    def __call__(self, key: Key) -> bool:
        """Return True if no part of a cell is impossible."""
        return not any(part in self._keys for size in self._sizes for part in combinations(key, size))
