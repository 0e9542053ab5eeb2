"""How many people each combination of lists has met: the table that every estimate starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

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
        """Name a combination of lists: `NG:LA`."""
        return ":".join(self.lists[place] for place in members(term))

    def on(self, term: int) -> int:
        """Count the people who are on all lists of the term, whatever other list holds them."""
        holds = (np.arange(len(self.counts)) & term) == term
        return int(self.counts[holds].sum())

    def without(self, place: int) -> CaptureTable:
        """Leave one list out, and with it the people whom only this list has met."""
        kept = [each for each in range(self.places) if each != place]
        return self.regrouped([(each,) for each in kept])

    def merged(self, first: int, second: int) -> CaptureTable:
        """Make one list of two: a person is on it who was on either."""
        groups = [(each,) for each in range(self.places) if each not in (first, second)]
        return self.regrouped([*groups, (first, second)])

    def regrouped(self, groups: list[tuple[int, ...]]) -> CaptureTable:
        """Make a table whose lists are unions of these lists."""
        combinations_ = np.arange(len(self.counts))
        onto = np.zeros_like(combinations_)
        for place, group in enumerate(groups):
            held = (combinations_ & sum(1 << each for each in group)) > 0
            onto |= held.astype(onto.dtype) << place
        counts = np.bincount(onto, weights=self.counts)
        counts[0] = 0
        whole = counts.astype(np.int64)
        whole.setflags(write=False)
        names = tuple("+".join(self.lists[each] for each in group) for group in groups)
        return CaptureTable(names, whole)


def members(term: int) -> tuple[int, ...]:
    """List the places of the lists in a combination."""
    return tuple(place for place in range(term.bit_length()) if term >> place & 1)


def terms_of(lists: int, order: int) -> tuple[int, ...]:
    """List all combinations of up to `order` lists: the empty one, singles, pairs, ..."""
    sizes = (combinations(range(lists), size) for size in range(order + 1))
    return tuple(sum(1 << place for place in group) for size in sizes for group in size)


def design(lists: int, terms: tuple[int, ...]) -> Numbers:
    """Give the model matrix, shape (2**lists, terms): 1 where a combination contains the term."""
    combinations_ = np.arange(1 << lists)[:, None]
    wanted = np.array(terms)[None, :]
    return np.asarray((combinations_ & wanted) == wanted, dtype=np.float64)
