"""Three ways to draw a sample again: whole trees, chains of recruits, and a made-up population.

Each gives `Tallies` of many replicates at once, drawn side by side. None of them can come to a
place where it has nobody to draw: what each does there is said with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from suar.insight.answers import Numbers
from suar.insight.rds.samples import SEED, Places, Sample, Tallies, tallied, tally
from suar.insight.rds.successive import inclusion

# What is left of a class of people once the last part of a person has been drawn.
NOBODY = 1e-9
BROUGHT = 50


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
    found = [(replicate, person, recruiter)]
    while len(person):
        branches = sample.recruits[person]
        replicate, recruiter = np.repeat(replicate, branches), np.repeat(person, branches)
        chosen = (rng.random(len(recruiter)) * sample.recruits[recruiter]).astype(np.int64)
        person = order[starts[recruiter] + chosen]
        found.append((replicate, person, recruiter))
    whole = [np.concatenate(part) for part in zip(*found, strict=True)]
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


@dataclass(frozen=True)
class Population:
    """A made-up population like the one that the sample was drawn from.

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
    """Say how groups lean to each other, shape (groups, groups), from recruitments.

    A contact is one from both sides, so what each side says of the ties between two groups is
    averaged, and then brought to the contacts that each group has in all, shape (groups,). A group
    that recruited nobody is taken to lean to none.
    """
    apart = np.outer(contacts, contacts / contacts.sum())
    said = ties.sum(axis=1, keepdims=True)
    seen = np.where(said > 0, contacts[:, None] * ties / np.maximum(said, 1), apart)
    mutual = (seen + seen.T) / 2
    for _ in range(BROUGHT):
        scale = np.sqrt(contacts / np.maximum(mutual.sum(axis=1), NOBODY))
        mutual = mutual * np.outer(scale, scale)
    return np.asarray(mutual / np.maximum(apart, NOBODY))


def populations(
    sample: Sample, replicates: int, rng: np.random.Generator, population: int
) -> Tallies:
    """Draw samples from a made-up population, nobody twice, along trees of the same shape.

    Seeds have the groups that they had. Each recruit is of a group in proportion to the contacts
    that are left there and to how much the recruiter's group leans to it, and within the group in
    proportion to contacts. Where only groups are left to which the recruiter's never leans, by
    contacts alone. What is left of a class never falls below nobody, and chances are made from
    what is left, so they cannot be negative.
    Raises nothing; `population` must be more than were interviewed.

    Source: Gile 2011, JASA 106, 135-146 (bootstrap from a population made of the weighted sample,
    with the recruitment between groups that was seen). Own: ties between groups shrink with the
    contacts that are left, instead of being counted down one by one, and the shape of the trees
    is kept as it was.
    """
    like = population_like(sample, population)
    degrees, rows = sample.degrees.astype(np.float64), np.arange(replicates)
    # Replicates last: sums then run over whole rows of memory, side by side.
    left = np.repeat(like.there.T.reshape(-1, 1), replicates, axis=1)
    left = left.reshape(len(degrees), sample.groups * replicates)
    group, class_ = np.empty((2, sample.people, replicates), dtype=np.int64)
    # Written again for each person: new arrays would be new pages of memory each time.
    there, chances = np.empty((2, len(degrees), replicates))
    for place, shares in enumerate(rng.random((sample.people, 2, replicates))):
        contacts = (degrees @ left).reshape(sample.groups, replicates)
        if sample.recruiter[place] == SEED:
            wanted = np.eye(sample.groups)[:, [sample.group[place]]]
        else:
            wanted = like.leaning.T[:, group[sample.recruiter[place]]]
        group[place] = _drawn(_or_else(wanted * contacts, contacts), shares[0])
        where = group[place] * replicates + rows
        left.take(where, axis=1, out=there, mode="clip")
        class_[place] = _drawn(np.multiply(there, degrees[:, None], out=chances), shares[1])
        left[class_[place], where] = np.maximum(there[class_[place], rows] - 1, 0)
    return _counted(sample, group, class_)


def _counted(sample: Sample, group: Places, class_: Places) -> Tallies:
    """Count made-up people, shape (people, replicates), each in the place of one of the sample."""
    replicates = group.shape[1]
    groups, classes = sample.groups, len(sample.degrees)
    seeded, rows = sample.recruiter == SEED, np.arange(replicates) * groups
    cell = (rows + group) * classes + class_
    tie = (rows + group[sample.recruiter[~seeded]]) * groups + group[~seeded]

    def count(places: Places, *shape: int) -> Numbers:
        size = replicates * shape[0] * shape[1]
        counts = np.bincount(places.ravel(), minlength=size)
        return counts.reshape(replicates, *shape).astype(np.float64)

    return Tallies(
        sample.degrees.astype(np.float64), count(cell, groups, classes),
        count(cell[seeded], groups, classes), count(tie, groups, groups),
    )  # fmt: skip


def _or_else(chances: Numbers, others: Numbers) -> Numbers:
    """Take other chances, shape (places, replicates), in replicates where there are none."""
    return np.where(chances.sum(axis=0) > NOBODY, chances, others)


def _drawn(chances: Numbers, share: Numbers) -> Places:
    """Draw a place for each replicate, in proportion to its chances, shape (places, replicates).

    The chances are summed up in their own place, so that they are no chances any more.
    """
    # The same as np.cumsum, which goes down each column and takes four times as long.
    for above, below in pairwise(chances):
        below += above
    return np.asarray((chances <= share * chances[-1]).sum(axis=0))
