"""Codes of two columns that cannot go together: nested columns, found in the data or declared.

An attacker knows that a district lies in one province and which ages are those of minors, so empty
combinations count as known to everybody. Two columns depend on each other where more combinations
are empty than chance leaves empty. Taking too many as known costs hidden cells, never protection.
Source: own design, docs/decisions/disclosure-control.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from suar_research.files import refuse, rows_of
from suar_research.releases.cells import Flags, Impossible, Key, People, Whole

DEVIATIONS = 2.0


def find_impossible(people: People, names: Sequence[str], where: Key = ()) -> Impossible:
    """Return the empty combinations of two columns that depend on each other; `where` is true of all these people."""
    result: set[Key] = set()
    for pair in combinations(sorted(names), 2):
        counts = people.crossed(pair)
        if dependent(counts):
            result |= _keys(pair, people.codes_of(pair), counts == 0, where)
    return frozenset(result)


def dependent(counts: Whole) -> bool:
    """Return True if a cross-table of two columns has more empty cells than independence explains.

    By chance a cell is empty with (1 - share of its column) to the power of the people of its row.
    """
    shares = counts.sum(axis=0) / max(counts.sum(), 1)
    empty = (1 - shares[None, :]) ** counts.sum(axis=1)[:, None]
    deviation = np.sqrt((empty * (1 - empty)).sum())
    return bool((counts == 0).sum() - empty.sum() > DEVIATIONS * deviation + 1e-6)


def declared(text: str, people: People) -> People:
    """Return people with codes declared impossible by a CSV of those that go together, a combination a row.

    Raises Unreadable if a code is in no row, or people have codes together that no row has.
    """
    header, body = rows_of(text)
    names = sorted(set(header) & set(people.names))
    refuse([] if len(names) > 1 else ["row 1: two columns of the people or more are needed"])
    rows = [dict(zip(header, map(str.strip, row), strict=True)) for _, row in body]
    result: set[Key] = set()
    for one, other in combinations(names, 2):
        codes = people.codes_of((one, other))
        together = {(row[one], row[other]) for row in rows}
        can_be = np.array([[(a, b) in together for b in codes[other]] for a in codes[one]])
        if people.crossed((one, other))[~can_be].any():
            refuse([f"columns {one} and {other}: some people have codes together that no row has"])
        result |= _keys((one, other), codes, ~can_be, ())
    return replace(people, impossible=frozenset(result))


def _keys(pair: Sequence[str], codes: Mapping[str, Sequence[str]], empty: Flags, where: Key) -> set[Key]:
    one, other = pair
    cells = product(codes[one], codes[other])
    return {
        tuple(sorted(((one, a), (other, b), *where)))
        for (a, b), is_empty in zip(cells, empty.ravel(), strict=True)
        if is_empty
    }


class Possible:
    """Decides whether a cell can hold somebody."""

    def __init__(self, impossible: Impossible) -> None:
        self._keys = impossible
        self._sizes = sorted({len(key) for key in impossible})

    def __call__(self, key: Key) -> bool:
        """Return True if no part of a cell is impossible."""
        return not any(part in self._keys for size in self._sizes for part in combinations(key, size))
