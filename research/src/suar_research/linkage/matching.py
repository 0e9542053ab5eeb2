"""Matching by similarity: the most similar first, and nobody twice on one list.

Similarity is the Dice coefficient, for all pairs of two lists, exact, without storing them all. Bits
are first summed into fewer columns: the product of the roots of two such matrices is at least what
two tokens share, so it rules out nearly every pair. The few that are left are counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from suar_research.files import refuse
from suar_research.linkage.tokens import TokenFile
from suar_research.running import cores

ROWS_AT_ONCE, COLUMNS_AT_ONCE, PAIRS_AT_ONCE = 1_024, 16_384, 8_192
MOST_PAIRS = 2_000_000
TOO_MANY = (
    f"more than {MOST_PAIRS:,} pairs of two lists are alike: raise --unsure and --sure, or look "
    "whether the tokens are of different people"
)
TRIED, WIDER = 512, 64
COLUMNS_OF_A_COUNT = 3_900
"""Counting the bits of one pair takes as long as so many columns of the product; measured."""
SLACK = 1e-2
"""More than rounding of single-precision sums can lose."""
Tokens = NDArray[np.uint8]
Numbers = NDArray[np.float32]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def pairs_above(left: Tokens, right: Tokens, least: float, *, too_many: str = TOO_MANY) -> Pairs:
    """Return the pairs with a Dice of at least `least`, from tokens of shape (people, bytes).

    Returns rows of `left`, rows of `right` and their Dice, in the order of rows. Dice is twice the
    bits both have, over the bits of one and of the other; 0 where neither has any.
    Raises Unreadable when they are too many to be of different people. All cores work.
    Source: Schnell et al. 2011, section 3.
    """
    result = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    width, many = _width(left, right, least), 0
    for start in range(0, len(right), COLUMNS_AT_ONCE):
        for left_at, right_at, alike in _beside(left, right[start : start + COLUMNS_AT_ONCE], width, least):
            result.append((left_at, right_at + start, alike))
            many += len(alike)
            refuse([too_many] if many > MOST_PAIRS else [])
    first, second, alike = (np.concatenate(item) for item in zip(*result, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], alike[order]


def _beside(left: Tokens, right: Tokens, width: int, least: float) -> Iterator[Pairs]:
    """Yield the pairs of each block of rows, as many blocks at a time as there are cores."""
    # Shared bits needed: least / 2 * (all of one + all of the other).
    sums, need = _summed(right, width).T.copy(), np.float32(least / 2) * counted(right) - np.float32(SLACK)

    def alike_from(start: int) -> Pairs:
        rows = left[start : start + ROWS_AT_ONCE]
        most = _summed(rows, width) @ sums
        most -= (np.float32(least / 2) * counted(rows))[:, None]
        left_at, right_at, alike = _counted_exactly(rows, right, np.flatnonzero(most >= need), least)
        return left_at + start, right_at, alike

    with ThreadPoolExecutor(cores()) as pool:
        for start in range(0, len(left), ROWS_AT_ONCE * cores()):
            ends = range(start, min(start + ROWS_AT_ONCE * cores(), len(left)), ROWS_AT_ONCE)
            yield from pool.map(alike_from, ends)


def _width(left: Tokens, right: Tokens, least: float) -> int:
    """Choose into how many columns bits are summed: few are quick, and leave more pairs to count exactly.

    Each width is tried on some rows, until a wider one costs more by its columns alone.
    """
    rows, others = (item[np.linspace(0, len(item) - 1, min(len(item), TRIED)).astype(int)] for item in (left, right))
    lowest, chosen = np.inf, WIDER
    for width in range(WIDER, 8 * left.shape[1] + 1, WIDER):
        if width >= lowest or not rows.size or not others.size:
            break
        shared = _summed(rows, width) @ _summed(others, width).T
        possible = shared >= np.float32(least / 2) * np.add.outer(counted(rows), counted(others)) - np.float32(SLACK)
        cost = width + COLUMNS_OF_A_COUNT * float(possible.mean())
        lowest, chosen = min((lowest, chosen), (cost, width))
    return chosen


def _summed(tokens: Tokens, width: int) -> Numbers:
    """Return the roots of bits summed into `width` columns: bit i into column i modulo `width`.

    Of n and m bits in a column at most the lesser is shared, and the product of their roots is never less.
    """
    bits = np.unpackbits(tokens, axis=1)
    bits = np.pad(bits, ((0, 0), (0, -bits.shape[1] % width)))
    sums: Numbers = bits.reshape(len(bits), -1, width).sum(axis=1, dtype=np.float32)
    return np.sqrt(sums)


def counted(tokens: Tokens) -> Numbers:
    """Count the bits of each token."""
    words = tokens.view(np.uint64) if tokens.shape[1] % 8 == 0 and tokens.flags.c_contiguous else tokens
    bits: NDArray[np.int64] = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
    return bits.astype(np.float32)


def _counted_exactly(left: Tokens, right: Tokens, possible: NDArray[np.int64], least: float) -> Pairs:
    """Return which of some pairs are alike, from their places in a table of all rows by all columns."""
    of_left, of_right, result = counted(left).astype(float), counted(right).astype(float), []
    for start in range(0, max(len(possible), 1), PAIRS_AT_ONCE):
        left_at, right_at = np.divmod(possible[start : start + PAIRS_AT_ONCE], max(len(right), 1))
        both, total = counted(left[left_at] & right[right_at]).astype(float), of_left[left_at] + of_right[right_at]
        alike = np.divide(2 * both, total, out=np.zeros(len(total)), where=total > 0)
        selected = alike >= least
        result.append((left_at[selected], right_at[selected], alike[selected]))
    first, second, similarity = (np.concatenate(item) for item in zip(*result, strict=True))
    return first, second, similarity


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
    return sorted(_pairs(lists, least), key=lambda pair: (-pair.alike, pair.first, pair.second))


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


def with_lost_links(counts: Mapping[tuple[int, ...], int], lost: float) -> dict[tuple[int, ...], int]:
    """Return the counts by list as they would be if a share of true pairs had not been lost.

    A record whose salt is wrong leaves its person and counts alone: with a share r of such records
    1 - (1 - r) ** 2 of all pairs are lost. So people on k lists are seen on j of them with
    (1 - r) ** j * r ** (k - j); that is solved from most lists to fewest, and each list stays as long.
    """
    intact = (1 - lost) ** 0.5
    several = sorted(product((0, 1), repeat=len(next(iter(counts)))), key=sum, reverse=True)
    true: dict[tuple[int, ...], int] = {}
    for on in (pattern for pattern in several if sum(pattern) > 1):
        within = [other for other in true if all(a <= b for a, b in zip(on, other, strict=True))]
        more = sum(true[item] * intact ** sum(on) * (1 - intact) ** (sum(item) - sum(on)) for item in within)
        true[on] = max(round((counts.get(on, 0) - more) / intact ** sum(on)), 0)
    for at, on in ((on.index(1), on) for on in several if sum(on) == 1):
        people = sum(number for pattern, number in counts.items() if pattern[at])
        true[on] = max(people - sum(number for pattern, number in true.items() if pattern[at] and sum(pattern) > 1), 0)
    return {on: number for on, number in sorted(true.items(), reverse=True) if number}
