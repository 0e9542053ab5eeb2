"""Who recruited whom, whom each knows, and what each said: the sample that estimates start from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from suar_research.answers import Numbers

Places = NDArray[np.int64]
SEED = -1
MOST_VALUES = 12


@dataclass(frozen=True)
class Sample:
    """People in the order of waves: nobody stands before the one who recruited them.

    `recruiter`, shape (people,): the place of the recruiter, or -1 for a seed. `degree`, shape
    (people,): how many of the population a person knows, from 1. `group`, shape (people,): the
    place in `values` of what a person said, or `len(values)` where it is not known.
    """

    values: tuple[str, ...]
    recruiter: Places
    degree: Places
    group: Places

    def __getstate__(self) -> dict[str, object]:
        """Travel without what was worked out: the same sample is the same bytes."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def people(self) -> int:
        """Count the people."""
        return len(self.recruiter)

    @property
    def groups(self) -> int:
        """Count the groups: one for each value and one for what is not known."""
        return len(self.values) + 1

    @property
    def not_known(self) -> int:
        """Count those of whom the answer is not known."""
        return int((self.group == len(self.values)).sum())

    @cached_property
    def seeds(self) -> Places:
        """Give the places of the seeds."""
        return np.flatnonzero(self.recruiter == SEED)

    @cached_property
    def recruits(self) -> Places:
        """Count the recruits of each person, shape (people,)."""
        return np.bincount(self.recruiter[self.recruiter >= 0], minlength=self.people)

    @cached_property
    def degrees(self) -> Places:
        """Give the numbers of contacts that occur, in order, shape (classes,)."""
        # np.unique would bring all of numpy.ma along.
        return np.array(sorted(set(self.degree.tolist())), dtype=np.int64)

    @cached_property
    def degree_class(self) -> Places:
        """Give the place in `degrees` of each person, shape (people,)."""
        return np.searchsorted(self.degrees, self.degree)

    @cached_property
    def wave(self) -> Places:
        """Count the steps from the seed, 0 for a seed, shape (people,)."""
        return self._down(np.zeros(self.people, dtype=np.int64), 1)

    @cached_property
    def tree(self) -> Places:
        """Give the place in `seeds` of the seed that each person comes from, shape (people,)."""
        first = np.zeros(self.people, dtype=np.int64)
        first[self.seeds] = np.arange(len(self.seeds))
        return self._down(first, 0)

    def _down(self, found: Places, step: int) -> Places:
        for place, recruiter in enumerate(self.recruiter):
            if recruiter >= 0:
                found[place] = found[recruiter] + step
        return found


def in_waves(recruiter: Places) -> Places:
    """Give an order in which every recruiter comes before the recruited, by waves.

    People whom no seed leads to, who recruited each other in a circle, are left out.
    """
    order = [np.flatnonzero(recruiter == SEED)]
    by_recruiter = np.argsort(recruiter, kind="stable")
    known = recruiter[by_recruiter]
    while len(order[-1]):
        low = np.searchsorted(known, order[-1], "left")
        high = np.searchsorted(known, order[-1], "right")
        spans = [by_recruiter[a:b] for a, b in zip(low, high, strict=True)]
        order.append(np.concatenate(spans))
    return np.concatenate(order)


@dataclass(frozen=True)
class Tallies:
    """Counts of one sample, or of many replicates of it: all that an estimate needs.

    `degrees`, shape (classes,), are numbers of contacts. `people` and `seeds`, shape (replicates,
    groups, classes), count everybody and the seeds alone; `ties`, shape (replicates, groups,
    groups), counts recruitments from a group (second axis) into a group (third). The last group
    holds those whose answer is not known.
    """

    degrees: Numbers
    people: Numbers
    seeds: Numbers
    ties: Numbers

    @property
    def without_seeds(self) -> Tallies:
        """Leave the seeds out; recruitments by them stay."""
        return Tallies(self.degrees, self.people - self.seeds, self.seeds * 0, self.ties)


def tallied(sample: Sample) -> Tallies:
    """Count the sample as it is: one replicate."""
    own = np.arange(sample.people)
    once = np.zeros(sample.people, dtype=np.int64)
    return tally(sample, 1, once, own, sample.recruiter)


def tally(sample: Sample, replicates: int, replicate: Places, person: Places, recruiter: Places) -> Tallies:
    """Count drawn people, each in a replicate and with the person who recruited them there.

    `replicate`, `person`, `recruiter`, shape (draws,): the recruiter is -1 for a seed.
    """
    shape = (replicates, sample.groups, len(sample.degrees))
    cell = (replicate * shape[1] + sample.group[person]) * shape[2] + sample.degree_class[person]
    whole = np.prod(shape)
    seed = recruiter == SEED
    from_, into = sample.group[recruiter[~seed]], sample.group[person[~seed]]
    tie = (replicate[~seed] * shape[1] + from_) * shape[1] + into
    return Tallies(
        sample.degrees.astype(np.float64),
        np.bincount(cell, minlength=whole).reshape(shape).astype(np.float64),
        np.bincount(cell[seed], minlength=whole).reshape(shape).astype(np.float64),
        np.bincount(tie, minlength=replicates * shape[1] ** 2)
        .reshape(replicates, shape[1], shape[1])
        .astype(np.float64),
    )
