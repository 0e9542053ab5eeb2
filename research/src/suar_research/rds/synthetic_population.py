"""The third way to draw a sample again: from a synthetic population like the one it came from."""

from dataclasses import dataclass

import numpy as np

from suar_research.answers import Numbers
from suar_research.rds.drawing import (
    MOST_CLASSES,
    Bytes,
    Clocks,
    Counts,
    Urn,
    blocks,
    down_columns,
    summed_down,
    whole,
)
from suar_research.rds.samples import SEED, Places, Sample, Tallies, tallied
from suar_research.rds.successive import inclusion

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
    parts = [_along_trees(sample, like, each, rng, clocks=clocks) for each in sizes]
    return Tallies(
        sample.degrees.astype(np.float64),
        np.concatenate([each.people for each in parts]),
        np.concatenate([each.seeds for each in parts]),
        np.concatenate([each.ties for each in parts]),
    )


def by_clocks(sample: Sample, population: int) -> bool:
    """Say whether samples are drawn from a population by clocks: where that is quicker."""
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
