"""Who is whom: the most alike first, and nobody twice on one list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from suar_research.linkage.files import TokenFile
from suar_research.linkage.similarity import pairs_above

Record = tuple[int, int]
"""Which list and which row of it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of two lists and how alike they are, from 0 to 1."""

    first: Record
    second: Record
    alike: float


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found: records that are one person, and pairs that somebody should look at.

    `people` holds each person as one record at most from each list. `unsure` are pairs less alike
    than the threshold, whose records were both left alone by it.
    """

    people: tuple[tuple[Record, ...], ...]
    sure: tuple[Pair, ...]
    unsure: tuple[Pair, ...]


def match(lists: Sequence[TokenFile], *, sure: float, unsure: float) -> Matched:
    """Compare all pairs of lists; from `sure` on two records are one person."""
    return joined(lists, compared(lists, min(sure, unsure)), sure)


def compared(lists: Sequence[TokenFile], least: float) -> list[Pair]:
    """Give the pairs of records of two lists that are alike from `least` on, most alike first."""
    return sorted(_pairs(lists, least), key=_most_alike_first)


def joined(lists: Sequence[TokenFile], pairs: Sequence[Pair], sure: float) -> Matched:
    """Make one person of two records from `sure` on; `pairs` as `compared` gives them."""
    groups = _Groups(lists)
    taken = tuple(pair for pair in pairs if pair.alike >= sure and groups.join(pair))
    alone = tuple(pair for pair in pairs if pair.alike < sure and groups.could_join(pair))
    return Matched(groups.people(), taken, _nearest_only(alone))


def _pairs(lists: Sequence[TokenFile], least: float) -> Iterable[Pair]:
    for one, other in combinations(range(len(lists)), 2):
        found = pairs_above(lists[one].tokens, lists[other].tokens, least)
        for left, right, alike in zip(*(each.tolist() for each in found), strict=True):
            yield Pair((one, left), (other, right), alike)


def _most_alike_first(pair: Pair) -> tuple[float, Record, Record]:
    return -pair.alike, pair.first, pair.second


def _nearest_only(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Of pairs to look at keep, for each record, the one with its nearest."""
    seen: set[Record] = set()
    kept = []
    for pair in pairs:
        if pair.first not in seen and pair.second not in seen:
            kept.append(pair)
            seen |= {pair.first, pair.second}
    return tuple(kept)


class _Groups:
    """Records joined into people, where no two may come from the same list."""

    def __init__(self, lists: Sequence[TokenFile]) -> None:
        everybody = [(at, row) for at, each in enumerate(lists) for row in range(len(each.tokens))]
        self._of: dict[Record, set[Record]] = {record: {record} for record in everybody}

    def could_join(self, pair: Pair) -> bool:
        """Tell whether the two are not one yet and share no list."""
        one, other = self._of[pair.first], self._of[pair.second]
        return one is not other and not {at for at, _ in one} & {at for at, _ in other}

    def join(self, pair: Pair) -> bool:
        """Make two into one where that may be, and tell whether it was done."""
        if not self.could_join(pair):
            return False
        whole = self._of[pair.first] | self._of[pair.second]
        for record in whole:
            self._of[record] = whole
        return True

    def people(self) -> tuple[tuple[Record, ...], ...]:
        """Give everybody once."""
        return tuple(sorted({tuple(sorted(each)) for each in self._of.values()}))


def patterns(people: Iterable[Sequence[Record]], lists: int) -> dict[tuple[int, ...], int]:
    """Count people by the lists they are on: 0 and 1 for each list, in its order."""
    counts: dict[tuple[int, ...], int] = {}
    for person in people:
        on = np.zeros(lists, int)
        on[[at for at, _ in person]] = 1
        pattern = tuple(on.tolist())
        counts[pattern] = counts.get(pattern, 0) + 1
    return dict(sorted(counts.items(), reverse=True))
