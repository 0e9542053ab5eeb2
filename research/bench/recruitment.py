"""Draws samples by recruitment from a whole network whose shares are known."""

from dataclasses import dataclass

import numpy as np

from suar_research.rds.samples import SEED, Sample

COUPONS = 2
SEEDS = 10


@dataclass(frozen=True)
class Network:
    """People by what they said, shape (people,), and the contacts of each."""

    group: np.ndarray
    contacts: list[np.ndarray]

    @property
    def share(self) -> float:
        """Give the true share of the second value."""
        return float(self.group.mean())


def network(group: list[int], ties: list[tuple[int, int]]) -> Network:
    """Make a network of people by place and of ties between places."""
    contacts: list[list[int]] = [[] for _ in group]
    for first, second in ties:
        contacts[first].append(second)
        contacts[second].append(first)
    return Network(np.array(group), [np.array(each) for each in contacts])


def recruit(whole: Network, size: int, rng: np.random.Generator, *, seeds_have: int | None) -> Sample:
    """Draw a sample of a size: ten seeds, two coupons each, nobody twice.

    Seeds are drawn in proportion to contacts, from all or (`seeds_have`) from those of one group.
    Each gives coupons to contacts who were not met yet, at random. Where nobody is left to
    recruit, another seed begins.
    """
    degree = np.array([len(each) for each in whole.contacts])
    fit = degree * (whole.group == seeds_have) if seeds_have is not None else degree
    first = rng.choice(len(degree), SEEDS, replace=False, p=fit / fit.sum())
    met, recruiter, at = list(first), [SEED] * SEEDS, 0
    known = set(met)
    while len(met) < size:
        if at == len(met):
            others = [each for each in np.flatnonzero(degree) if each not in known]
            met.append(int(rng.choice(others)))
            recruiter.append(SEED)
            known.add(met[-1])
        free = [each for each in whole.contacts[met[at]] if each not in known]
        for each in rng.permutation(free)[: min(COUPONS, size - len(met))]:
            met.append(int(each))
            recruiter.append(at)
            known.add(int(each))
        at += 1
    people = np.array(met)
    return Sample(("0", "1"), np.array(recruiter), degree[people], whole.group[people])
