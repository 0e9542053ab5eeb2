"""Three ways to draw a sample again: whole trees, chains of recruits, and a synthetic population.

Each returns `Tallies` of many replicates at once, drawn side by side. None of them can come to a
place where it has nobody to draw: its docstring says what it does there.

People of a synthetic population are drawn group by group, nobody twice, in proportion to contacts
among those who are left. `Clocks` lets a clock ring for each person, as many times an hour as they
have contacts: who rings first is drawn first. All of them are sorted before anybody is drawn.
`Counts` counts who is left in each class and draws among classes; it takes longer for each draw, and
the same for any population. Both give the same chances.
Source: Rosén 1972, Annals of Mathematical Statistics 43, 373-397 (clocks).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from suar_research.answers import Numbers
from suar_research.rds.estimators import inclusion
from suar_research.rds.samples import SEED, Places, Sample, Tallies, tallied, tally


def trees(sample: Sample, replicates: int, rng: np.random.Generator) -> Tallies:
    """Draw seeds with replacement, then again and again the recruits of each who was drawn.

    As many seeds as there were, and for each drawn person as many recruits as that person had. So
    replicates differ in how many people they hold, and are as many as the sample on average.
    Tallies have shape (replicates, ...). Raises nothing.

    Source: Baraff, McCormick & Raftery 2016, PNAS 113, 14668-14673, the tree bootstrap.
    """
    order = np.argsort(sample.recruiter, kind="stable")
    starts = np.searchsorted(sample.recruiter[order], np.arange(sample.people))
    seeds = len(sample.seeds)
    replicate = np.repeat(np.arange(replicates), seeds)
    person = sample.seeds[rng.integers(seeds, size=len(replicate))]
    recruiter = np.full(len(person), SEED)
    result = [(replicate, person, recruiter)]
    while len(person):
        branches = sample.recruits[person]
        replicate, recruiter = np.repeat(replicate, branches), np.repeat(person, branches)
        chosen = (rng.random(len(recruiter)) * sample.recruits[recruiter]).astype(np.int64)
        person = order[starts[recruiter] + chosen]
        result.append((replicate, person, recruiter))
    whole = [np.concatenate(part) for part in zip(*result, strict=True)]
    return tally(sample, replicates, whole[0], whole[1], whole[2])


def chains(sample: Sample, replicates: int, rng: np.random.Generator) -> Tallies:
    """Draw one chain as long as the sample: each next from those whom a like person recruited.

    Like means of the same group. The first is drawn from everybody and counts as the seed. Where
    nobody of a group recruited anybody, the next is drawn from all who were recruited.
    Tallies have shape (replicates, ...). Raises nothing.

    Source: Salganik 2006, Journal of Urban Health 83, i98-i112.
    """
    everybody = np.flatnonzero(sample.recruiter != SEED)
    of_group = sample.group[sample.recruiter[everybody]]
    pools = [everybody[of_group == group] for group in range(sample.groups)]
    pools = [pool if len(pool) else everybody for pool in pools]
    sizes = np.array([len(pool) for pool in pools])
    starts, pool = np.cumsum(sizes) - sizes, np.concatenate(pools)
    drawn = np.empty((sample.people, replicates), dtype=np.int64)
    drawn[0] = rng.integers(sample.people, size=replicates)
    for step, share in enumerate(rng.random((sample.people - 1, replicates)), 1):
        group = sample.group[drawn[step - 1]]
        drawn[step] = pool[starts[group] + (share * sizes[group]).astype(np.int64)]
    before = np.vstack([np.full((1, replicates), SEED), drawn[:-1]])
    replicate = np.tile(np.arange(replicates), sample.people)
    return tally(sample, replicates, replicate, drawn.ravel(), before.ravel())


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

    Returns shape (groups, classes, replicates): each a whole number above or below, with the mean of
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
        selected = np.minimum(room.sum(axis=1), draws)
        ends = np.cumsum(selected + 1)
        self._starts = ends - selected - 1
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
        """Return the classes of a group in the order they ring in: shape (people, replicates).

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
    """Return when clocks that ring once an hour on average ring, or that with a minus: (many,).

    Two come from each number of 64 bits: a generator's own small numbers cost twice as much. An
    odd one is never 0, which would be a clock that never rings.
    """
    odd = rng.integers(WORDS, size=-(-many // 2), dtype=np.uint64).view(np.uint32)[:many]
    odd |= 1
    shares = odd.astype(np.float32)
    shares *= SHARE
    return np.log(shares, out=shares)


# What a group has at least that is divided by, and how much one leans at least to another.
NOBODY, NEVER = 1e-9, 1e-12
BROUGHT = 50
# Clocks are quicker where there are fewer people than a sixth of draws times classes, and where
# those of many replicates fit beside each other into memory: so many are wound at once.
QUICKER, MOST_PEOPLE, RING_AT_ONCE = 6, 20_000, 4_000_000


@dataclass(frozen=True)
class Population:
    """A synthetic population like the one that the sample was drawn from.

    `there`, shape (groups, classes): people of each group and class, not whole numbers.
    `leaning`, shape (groups, groups): how much more often somebody of a group (first axis) recruits
    from another (second axis) than contacts alone would have it.
    """

    there: Numbers
    leaning: Numbers


def population_like(sample: Sample, population: int) -> Population:
    """Make up a population from the sample weighted by successive sampling."""
    counted = tallied(sample)
    chances = inclusion(counted.degrees, counted.people.sum(axis=1), float(population))[0]
    there = counted.people[0] / chances
    there *= population / there.sum()
    contacts = there @ counted.degrees
    return Population(there, _leaning(counted.ties[0], contacts))


def _leaning(ties: Numbers, contacts: Numbers) -> Numbers:
    """Return how groups lean to each other, shape (groups, groups), from recruitments.

    A contact is one from both sides, so what each side says of the ties between two groups is
    averaged, and then brought to the contacts that each group has in all, shape (groups,). A group
    that recruited nobody is taken to lean to none.
    """
    apart = np.outer(contacts, contacts / contacts.sum())
    text = ties.sum(axis=1, keepdims=True)
    seen = np.where(text > 0, contacts[:, None] * ties / np.maximum(text, 1), apart)
    mutual = (seen + seen.T) / 2
    for _ in range(BROUGHT):
        scale = np.sqrt(contacts / np.maximum(mutual.sum(axis=1), NOBODY))
        mutual = mutual * np.outer(scale, scale)
    return np.asarray(mutual / np.maximum(apart, NOBODY))


def populations(sample: Sample, replicates: int, rng: np.random.Generator, population: int) -> Tallies:
    """Draw samples from a synthetic population, nobody twice, along trees of the same shape.

    Seeds have the groups that they had. Each recruit is of a group in proportion to the contacts
    that are left there and to how much the recruiter's group leans to it, and within the group in
    proportion to contacts. Where only groups are left to which the recruiter's never leans, by
    contacts alone. People are whole: each replicate rounds its own population.
    Raises nothing; `population` must be more than were interviewed.

    Source: Gile 2011, JASA 106, 135-146 (bootstrap from a population made of the weighted sample,
    with the recruitment between groups that was seen). Own: ties between groups shrink with the
    contacts that are left, instead of being counted down one by one, and the shape of the trees
    is kept as it was.
    """
    like, clocks = population_like(sample, population), by_clocks(sample, population)
    most = RING_AT_ONCE // population if clocks else replicates
    sizes = [min(most, replicates - done) for done in range(0, replicates, most)]
    parts = [_along_trees(sample, like, item, rng, clocks=clocks) for item in sizes]
    return Tallies(
        sample.degrees.astype(np.float64),
        np.concatenate([item.people for item in parts]),
        np.concatenate([item.seeds for item in parts]),
        np.concatenate([item.ties for item in parts]),
    )


def by_clocks(sample: Sample, population: int) -> bool:
    """Return True if samples are drawn from a population by clocks: where that is quicker."""
    classes = len(sample.degrees)
    few = population <= MOST_PEOPLE and QUICKER * population <= classes * sample.people
    return few and classes <= MOST_CLASSES


def _along_trees(
    sample: Sample, like: Population, replicates: int, rng: np.random.Generator, *, clocks: bool
) -> Tallies:
    """Draw samples side by side, from the groups that have anybody."""
    lived = np.flatnonzero(like.there.any(axis=1))
    there, degrees = whole(like.there[lived], replicates, rng), sample.degrees.astype(np.float64)
    urn: Urn = Clocks(there, degrees, sample.people, rng) if clocks else Counts(there, degrees)
    # How a recruiter's group leans to each; then a seed of each group, which leans to its own.
    leaning = np.hstack([like.leaning[np.ix_(lived, lived)].T, np.eye(len(lived))])
    leaning = np.maximum(leaning, NEVER)
    seed = len(lived) + np.searchsorted(lived, sample.group)
    group = np.zeros((sample.people, replicates), dtype=np.uint8)
    counted = []
    for places in np.split(np.arange(sample.people), [len(sample.seeds)]):
        for place in places:
            recruiter = sample.recruiter[place]
            # Recruits of one person often stand beside each other.
            if recruiter == SEED or recruiter != sample.recruiter[place - 1]:
                by = np.full(replicates, seed[place]) if recruiter == SEED else group[recruiter]
                leans = leaning.take(by, axis=1, mode="clip")
            chances = leans * urn.contacts()
            mark = rng.random(replicates)
            mark *= summed_down(chances)
            drawn = group[place]
            for row in chances[:-1]:
                drawn += row <= mark
            urn.draw(drawn, rng)
        counted.append(urn.drawn())
    return _tallied(sample, lived, group, counted)


def _tallied(sample: Sample, lived: Places, group: Bytes, counted: list[Numbers]) -> Tallies:
    """Count made-up people, each in the place of one of the sample; `counted` seeds, then all.

    `group`, shape (people, replicates), are places in `lived`, the groups that have anybody.
    """
    replicates, groups, classes = group.shape[1], sample.groups, len(sample.degrees)
    recruited = len(sample.seeds)
    ties = np.zeros((replicates, len(lived) ** 2))
    for rows in blocks(recruited, sample.people):
        tie = group[sample.recruiter[rows]] * np.uint16(len(lived)) + group[rows]
        ties += down_columns(tie, len(lived) ** 2)
    seeds, people = np.zeros((2, replicates, groups, classes))
    seeds[:, lived], people[:, lived] = counted
    between = np.zeros((replicates, groups, groups))
    between[:, lived[:, None], lived] = ties.reshape(replicates, len(lived), len(lived))
    return Tallies(sample.degrees.astype(np.float64), people, seeds, between)
