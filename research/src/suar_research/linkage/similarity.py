"""How alike tokens are: Dice, for all pairs of two lists, exact, without keeping them all.

The product of two matrices of bits counts what tokens share. Only a part of the bits is multiplied;
what the rest could add at most rules out nearly every pair, and the few that are left are counted.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from suar_research.reading import refuse

ROWS_AT_ONCE, COLUMNS_AT_ONCE, PAIRS_AT_ONCE = 1_024, 16_384, 2**18
MOST_PAIRS = 2_000_000
TOO_MANY = (
    f"more than {MOST_PAIRS:,} pairs of two lists are alike: raise --unsure and --sure, or look "
    "whether the tokens are of different people"
)
SPREAD = 0.1
Tokens = NDArray[np.uint8]
Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def pairs_above(left: Tokens, right: Tokens, least: float) -> Found:
    """Give the pairs with a Dice of at least `least`, from tokens of shape (people, bytes).

    Returns rows of `left`, rows of `right` and their Dice, in the order of rows. Dice is twice the
    bits both have, over the bits of one and of the other; 0 where neither has any.
    Raises Unreadable when they are too many to be of different people.
    Source: Schnell et al. 2011, section 3.
    """
    if not len(left) or not len(right):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    cut, found, many = _cut(left, right, least), [], 0
    for start in range(0, len(right), COLUMNS_AT_ONCE):
        for some in _beside(left, right[start : start + COLUMNS_AT_ONCE], least, cut):
            found.append((some[0], some[1] + start, some[2]))
            many += len(some[0])
            refuse([TOO_MANY] if many > MOST_PAIRS else [])
    first, second, alike = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], alike[order]


def _beside(left: Tokens, right: Tokens, least: float, cut: int) -> Iterator[Found]:
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
    full = max(float(counted(each).mean()) / (8 * each.shape[1]) for each in (left, right))
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
) -> Found:
    left_at, right_at = maybe
    both = np.bitwise_count(rows[left_at] & right[right_at]).sum(axis=1, dtype=np.int64)
    total = counted(rows)[left_at].astype(np.float64) + counted(right)[right_at]
    alike = np.divide(2.0 * both, total, out=np.zeros(len(total)), where=total > 0)
    kept = alike >= least
    return left_at[kept] + start, right_at[kept], alike[kept]
