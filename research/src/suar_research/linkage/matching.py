"""Matching by similarity: the most similar first, and nobody twice on one list.

Similarity is the Dice coefficient, for all pairs of two lists, exact, without storing them all. The
product of two matrices of bits counts what tokens share. Only a part of the bits is multiplied; what
the rest could add at most rules out nearly every pair, and the few that are left are counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from suar_research.files import refuse
from suar_research.linkage.tokens import TokenFile

ROWS_AT_ONCE, COLUMNS_AT_ONCE, PAIRS_AT_ONCE = 1_024, 16_384, 2**18
MOST_PAIRS = 2_000_000
TOO_MANY = (
    f"more than {MOST_PAIRS:,} pairs of two lists are alike: raise --unsure and --sure, or look "
    "whether the tokens are of different people"
)
SPREAD = 0.1
Tokens = NDArray[np.uint8]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def pairs_above(left: Tokens, right: Tokens, least: float) -> Pairs:
    """Return the pairs with a Dice of at least `least`, from tokens of shape (people, bytes).

    Returns rows of `left`, rows of `right` and their Dice, in the order of rows. Dice is twice the
    bits both have, over the bits of one and of the other; 0 where neither has any.
    Raises Unreadable when they are too many to be of different people.
    Source: Schnell et al. 2011, section 3.
    """
    if not len(left) or not len(right):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    cut, result, many = _cut(left, right, least), [], 0
    for start in range(0, len(right), COLUMNS_AT_ONCE):
        for some in _beside(left, right[start : start + COLUMNS_AT_ONCE], least, cut):
            result.append((some[0], some[1] + start, some[2]))
            many += len(some[0])
            refuse([TOO_MANY] if many > MOST_PAIRS else [])
    first, second, alike = (np.concatenate(item) for item in zip(*result, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], alike[order]


def _beside(left: Tokens, right: Tokens, least: float, cut: int) -> Iterator[Pairs]:
    right_first, right_all = _as_numbers(right[:, :cut]).T.copy(), counted(right)
    for start in range(0, len(left), ROWS_AT_ONCE):
        rows = left[start : start + ROWS_AT_ONCE]
        both = _as_numbers(rows[:, :cut]) @ right_first
        rest, whole = counted(rows[:, cut:]), counted(rows)
        # Shared + what the rest may add >= least / 2 * (all of one + all of the other)
        need = np.float32(least / 2) * whole - rest
        both -= need[:, None].astype(np.float32)
        left_at, right_at = np.nonzero(both >= np.float32(least / 2) * right_all - np.float32(1e-3))
        for some in range(0, max(len(left_at), 1), PAIRS_AT_ONCE):
            part = slice(some, some + PAIRS_AT_ONCE)
            yield _counted_exactly(rows, right, (left_at[part], right_at[part]), least, start)


def _cut(left: Tokens, right: Tokens, least: float) -> int:
    """Choose how many bytes are multiplied, so that tokens which meet by chance are ruled out."""
    full = max(float(counted(item).mean()) / (8 * item.shape[1]) for item in (left, right))
    share = (1 - least + SPREAD) / (1 - min(full, 0.9))
    return max(1, int(left.shape[1] * min(share, 1.0)))


def counted(tokens: Tokens) -> NDArray[np.float32]:
    """Count the bits of each token."""
    bits: NDArray[np.int64] = np.bitwise_count(tokens).sum(axis=1, dtype=np.int64)
    return bits.astype(np.float32)


def _as_numbers(tokens: Tokens) -> NDArray[np.float32]:
    return np.unpackbits(tokens, axis=1).astype(np.float32)


def _counted_exactly(
    rows: Tokens, right: Tokens, maybe: tuple[NDArray[np.int64], ...], least: float, start: int
) -> Pairs:
    left_at, right_at = maybe
    both = np.bitwise_count(rows[left_at] & right[right_at]).sum(axis=1, dtype=np.int64)
    total = counted(rows)[left_at].astype(np.float64) + counted(right)[right_at]
    alike = np.divide(2.0 * both, total, out=np.zeros(len(total)), where=total > 0)
    selected = alike >= least
    return left_at[selected] + start, right_at[selected], alike[selected]


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
    """The result of a match: records that are one person, and pairs that somebody should look at.

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
    """Return the pairs of records of two lists that are alike from `least` on, most alike first."""
    return sorted(_pairs(lists, least), key=_most_alike_first)


def joined(lists: Sequence[TokenFile], pairs: Sequence[Pair], sure: float) -> Matched:
    """Make one person of two records from `sure` on; `pairs` as `compared` gives them."""
    groups = _Groups(lists)
    taken = tuple(pair for pair in pairs if pair.alike >= sure and groups.join(pair))
    alone = tuple(pair for pair in pairs if pair.alike < sure and groups.could_join(pair))
    return Matched(groups.people(), taken, _nearest_only(alone))


def _pairs(lists: Sequence[TokenFile], least: float) -> Iterable[Pair]:
    for one, other in combinations(range(len(lists)), 2):
        result = pairs_above(lists[one].tokens, lists[other].tokens, least)
        for left, right, alike in zip(*(item.tolist() for item in result), strict=True):
            yield Pair((one, left), (other, right), alike)


def _most_alike_first(pair: Pair) -> tuple[float, Record, Record]:
    return -pair.alike, pair.first, pair.second


def _nearest_only(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Of pairs to look at keep, for each record, the one with its nearest."""
    seen: set[Record] = set()
    selected = []
    for pair in pairs:
        if pair.first not in seen and pair.second not in seen:
            selected.append(pair)
            seen |= {pair.first, pair.second}
    return tuple(selected)


class _Groups:
    """Records joined into people, where no two may come from the same list."""

    def __init__(self, lists: Sequence[TokenFile]) -> None:
        everybody = [(at, row) for at, item in enumerate(lists) for row in range(len(item.tokens))]
        self._of: dict[Record, set[Record]] = {record: {record} for record in everybody}

    def could_join(self, pair: Pair) -> bool:
        """Return True if the two are not one yet and share no list."""
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
        """Return everybody once."""
        return tuple(sorted({tuple(sorted(item)) for item in self._of.values()}))


def patterns(people: Iterable[Sequence[Record]], lists: int) -> dict[tuple[int, ...], int]:
    """Count people by the lists they are on: 0 and 1 for each list, in its order."""
    counts: dict[tuple[int, ...], int] = {}
    for person in people:
        on = np.zeros(lists, int)
        on[[at for at, _ in person]] = 1
        pattern = tuple(on.tolist())
        counts[pattern] = counts.get(pattern, 0) + 1
    return dict(sorted(counts.items(), reverse=True))
