"""People of a synthetic population, drawn group by group, nobody twice: many replicates at once.

Whoever draws says from which group, and the urn which class of contacts it was, in proportion to
contacts among those who are left. `Clocks` lets a clock ring for each person, as many times an
hour as they have contacts: who rings first is drawn first. All of them are sorted before anybody
is drawn, so that drawing is only to look at the next. `Counts` counts who is left in each class
and draws among classes; it takes longer for each draw, and the same for any population. Both give
the same chances. Source: Rosén 1972, Annals of Mathematical Statistics 43, 373-397 (clocks).
"""

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from suar_research.answers import Numbers
from suar_research.rds.samples import Places

Bytes = NDArray[np.uint8]
# One more stands for nobody in a byte.
MOST_CLASSES = 255
UNSIGNED = np.uint32(0x7FFFFFFF)
WORDS, SHARE = 2**64, np.float32(2.0**-32)
# So many rows are worked on at a time: fresh memory for all would cost more than the work.
ROWS = 64


class Urn(Protocol):
    """Replicates of one population, each as it is after those who were drawn."""

    def contacts(self) -> Numbers:
        """Add up the contacts of those who are left: shape (groups, replicates)."""

    def draw(self, group: Places | Bytes, rng: np.random.Generator) -> None:
        """Draw one person of a group, shape (replicates,), that has somebody left."""

    def drawn(self) -> Numbers:
        """Count those drawn until now: shape (replicates, groups, classes)."""


def whole(there: Numbers, replicates: int, rng: np.random.Generator) -> Places:
    """Round how many people there are, shape (groups, classes), anew for each replicate.

    Gives shape (groups, classes, replicates): each a whole number above or below, with the mean of
    what was given, and in all the same in each replicate.
    """
    upto = np.cumsum(there)
    # A last person who lacks a billionth is whole, and stands before empty classes at the end.
    upto[upto >= upto[-1]] = np.rint(upto[-1])
    marks = np.floor(upto[:, None] + rng.random(replicates)).astype(np.int64)
    return np.diff(marks, axis=0, prepend=0).reshape(*there.shape, replicates)


def summed_down(rows: Numbers) -> Numbers:
    """Add to each row all above it, in its own place, and give the last one.

    The same as np.cumsum, which goes down each column and takes four times as long.
    """
    for above, below in pairwise(rows):
        below += above
    last: Numbers = rows[-1]
    return last


def down_columns(kinds: NDArray[np.integer], many: int) -> Places:
    """Count each of so many kinds in every column of a table: shape (columns, many)."""
    columns = kinds.shape[1]
    cells = kinds + np.arange(columns) * many
    return np.bincount(cells.ravel(), minlength=columns * many).reshape(columns, many)


def blocks(start: int, stop: int) -> Iterator[slice]:
    """Cut rows into blocks of a few, in order."""
    for first in range(start, stop, ROWS):
        yield slice(first, min(first + ROWS, stop))


class Counts:
    """An urn that counts who is left of each class of each group."""

    def __init__(self, there: Places, degrees: Numbers) -> None:
        self._groups, classes, self._replicates = there.shape
        self._there, self._degrees = there, degrees
        # Replicates last: sums then run over whole rows of memory, side by side.
        self._left = there.transpose(1, 0, 2).reshape(classes, -1).astype(np.float64)
        self._rows = np.arange(self._replicates)
        # Written again for each person: a new one would be new pages of memory each time.
        self._chances = np.empty((classes, self._replicates))

    def contacts(self) -> Numbers:
        """Add up the contacts of those who are left: shape (groups, replicates)."""
        return (self._degrees @ self._left).reshape(self._groups, self._replicates)

    def draw(self, group: Places | Bytes, rng: np.random.Generator) -> None:
        """Draw one person of a group, shape (replicates,), that has somebody left."""
        where = group * np.int64(self._replicates) + self._rows
        chances = self._left.take(where, axis=1, out=self._chances, mode="clip")
        chances *= self._degrees[:, None]
        mark = rng.random(self._replicates) * summed_down(chances)
        self._left[(chances <= mark).sum(axis=0), where] -= 1

    def drawn(self) -> Numbers:
        """Count those drawn until now: shape (replicates, groups, classes)."""
        left = self._left.reshape(-1, self._groups, self._replicates)
        return np.ascontiguousarray((self._there.transpose(1, 0, 2) - left).transpose(2, 1, 0))


class Clocks:
    """An urn in which everybody's clock has rung: who is drawn next is known beforehand.

    At most `draws` people may be drawn; of a group that has more, only so many are kept in order.
    Two whose clocks ring within a 32,000th of the hour that passed until then, or a 16-millionth
    of an hour, are drawn by the order of their classes, of which there are at most `MOST_CLASSES`.
    """

    def __init__(self, there: Places, degrees: Numbers, draws: int, rng: np.random.Generator) -> None:
        self._degrees, self._replicates = degrees, there.shape[2]
        room = there.max(axis=2)
        kept = np.minimum(room.sum(axis=1), draws)
        ends = np.cumsum(kept + 1)
        self._starts = ends - kept - 1
        self._classes = np.empty((ends[-1], self._replicates), dtype=np.uint8)
        small = np.min_scalar_type(-int((room @ degrees).max()))
        self._left = np.empty((ends[-1], self._replicates), dtype=small)
        fewer = (-degrees).astype(small)
        for start, end, own, most in zip(self._starts, ends, there, room, strict=True):
            for some in blocks(0, self._replicates):
                order = self._order(own[:, some], most, rng)
                self._classes[start : end - 1, some] = order[: end - 1 - start]
            # Contacts that are left before anybody is drawn, after one, after two ...
            self._left[start] = degrees @ own
            for rows in blocks(start, end - 1):
                after = self._left[rows.start + 1 : rows.stop + 1]
                fewer.take(self._classes[rows], out=after, mode="clip")
            summed_down(self._left[start:end])
        self._next = (self._starts * self._replicates)[:, None] + np.arange(self._replicates)
        self._step = np.eye(len(there), dtype=np.int64) * self._replicates

    def _order(self, there: Places, room: Places, rng: np.random.Generator) -> Bytes:
        """Give the classes of a group in the order they ring in: shape (people, replicates).

        `there`, shape (classes, replicates), and `room` for the most of each class.
        """
        classes = np.repeat(np.arange(len(room)), room)
        shape = there.shape[1], len(classes)
        rings = _hours(prod(shape), rng).reshape(shape)
        rings /= self._degrees[classes].astype(np.float32)
        lived = room > 0
        last = np.cumsum(room)[lived] - 1
        never = (there < room[:, None])[lived].T
        rings[:, last] = np.where(never, np.inf, rings[:, last])
        # Whole numbers that begin like the hour, without its sign, sort as it does; they end with
        # the class.
        ends = np.uint32((1 << int(len(room) - 1).bit_length()) - 1)
        keys = rings.view(np.uint32)
        keys &= UNSIGNED & ~ends
        keys |= classes.astype(np.uint32)
        keys.sort(axis=1)
        keys &= ends
        return keys.astype(np.uint8).T

    def contacts(self) -> Numbers:
        """Add up the contacts of those who are left: shape (groups, replicates)."""
        left: Numbers = self._left.take(self._next, mode="clip")
        return left

    def draw(self, group: Places | Bytes, rng: np.random.Generator) -> None:
        """Draw one person of a group, shape (replicates,), that has somebody left."""
        self._next += self._step.take(group, axis=1, mode="clip")

    def drawn(self) -> Numbers:
        """Count those drawn until now: shape (replicates, groups, classes)."""
        classes = len(self._degrees)
        counted = np.zeros((len(self._starts), self._replicates, classes + 1))
        ends = self._next // self._replicates
        for own, start, end in zip(counted, self._starts, ends, strict=True):
            first = int(end.min())
            for rows in blocks(start, int(end.max())):
                drawn = self._classes[rows]
                if rows.stop > first:
                    past = np.arange(rows.start, rows.stop)[:, None] >= end
                    drawn = np.where(past, np.uint8(classes), drawn)
                own += down_columns(drawn, classes + 1)
        known: Numbers = counted[:, :, :-1].transpose(1, 0, 2)
        return known


def _hours(many: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Give when clocks that ring once an hour on average ring, or that with a minus: (many,).

    Two come from each number of 64 bits: a generator's own small numbers cost twice as much. An
    odd one is never 0, which would be a clock that never rings.
    """
    odd = rng.integers(WORDS, size=-(-many // 2), dtype=np.uint64).view(np.uint32)[:many]
    odd |= 1
    shares = odd.astype(np.float32)
    shares *= SHARE
    return np.log(shares, out=shares)
