"""What speaks for and against a sample: does it settle, does it mix, and who began it.

Source: Gile, Johnston & Salganik 2015, JRSS A 178, 241-269 (convergence, bottlenecks, seeds);
Heckathorn 1997, Social Problems 44, 174-199 (waves until equilibrium); Heckathorn 2002 (homophily).
"""

from dataclasses import dataclass

import numpy as np

from suar_research.answers import Numbers
from suar_research.rds.estimators import equilibrium, rds2, transitions
from suar_research.rds.samples import Places, Sample, Tallies, tallied, tally

# Recruitment has reached its equilibrium when no start is further from it than this.
SETTLED = 0.02
FARTHEST_WAVE = 200


@dataclass(frozen=True)
class Wave:
    """The RDS-II shares of all people up to a wave, and how many they are."""

    wave: int
    people: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Tree:
    """All who come from one seed: how many, in how many waves, and their RDS-II shares.

    `seed_value` is what the seed said, None where it is not known; `without` are the shares when
    this tree is left out. Shares are not numbers (nan) where nothing is known.
    """

    seed_value: str | None
    people: int
    waves: int
    shares: tuple[float, ...]
    without: tuple[float, ...]


@dataclass(frozen=True)
class Mixing:
    """How a group recruits and how many it knows.

    `homophily` is 1 when a group recruits its own only, 0 when it recruits as if it did not see
    groups, -1 when it recruits others only. `contacts` is the harmonic mean, in people.
    """

    value: str
    people: int
    contacts: float
    recruited: tuple[int, ...]
    homophily: float


def by_wave(sample: Sample) -> list[Wave]:
    """Estimate again and again while waves are added: what still moves at the end is not settled.

    Does not depend on the order of rows, only on the trees.
    """
    waves = range(int(sample.wave.max()) + 1)
    chosen = [np.flatnonzero(sample.wave <= wave) for wave in waves]
    shares = _shares(sample, chosen)
    return [Wave(wave, len(people), each) for wave, people, each in zip(waves, chosen, shares, strict=True)]


def by_tree(sample: Sample) -> list[Tree]:
    """Estimate from each tree alone, and from all others: trees far apart are a bottleneck."""
    inside = [np.flatnonzero(sample.tree == tree) for tree in range(len(sample.seeds))]
    outside = [np.flatnonzero(sample.tree != tree) for tree in range(len(sample.seeds))]
    alone, without = _shares(sample, inside), _shares(sample, outside)
    said = (*sample.values, None)
    return [
        Tree(
            said[sample.group[sample.seeds[tree]]],
            len(people),
            int(sample.wave[people].max()),
            alone[tree],
            without[tree],
        )
        for tree, people in enumerate(inside)
    ]


def mixing(sample: Sample) -> list[Mixing]:
    """Say how each group recruits, in the measure of Heckathorn 2002, from RDS-II shares."""
    counted = tallied(sample)
    shares, moves = rds2(counted)[0], transitions(counted)[0]
    people = counted.people[0, :-1].sum(axis=1)
    contacts = people / (counted.people[0, :-1] @ (1 / counted.degrees))
    return [
        Mixing(
            value,
            int(people[at]),
            float(contacts[at]),
            tuple(int(each) for each in counted.ties[0, at, :-1]),
            _homophily(float(moves[at, at]), float(shares[at])),
        )
        for at, value in enumerate(sample.values)
    ]


def _homophily(own: float, share: float) -> float:
    """Compare the part of own recruits with the share of the group in the population."""
    return (own - share) / (1 - share) if own >= share else (own - share) / share


def recruitment_homophily(sample: Sample) -> float:
    """Give recruitments within a group, as a ratio to those if nobody had looked at groups.

    1 is no homophily. Not a number where nobody is expected within.
    """
    ties = tallied(sample).ties[0, :-1, :-1]
    expected = (ties.sum(axis=1) * ties.sum(axis=0)).sum() / ties.sum() if ties.any() else 0.0
    return float(np.trace(ties) / expected) if expected else float("nan")


def waves_needed(sample: Sample) -> int | None:
    """Count the waves until recruitment forgets its seeds, to within 2%; None if it never does.

    Raises nothing.
    Source: Heckathorn 1997, the first-order Markov chain of recruitment and its 2% rule.
    """
    moves = transitions(tallied(sample))
    wanted = equilibrium(moves)[0]
    if not np.isfinite(wanted).all():
        return None
    there = np.eye(len(wanted))
    for wave in range(FARTHEST_WAVE):
        if np.abs(there - wanted).max() <= SETTLED:
            return wave
        there = there @ moves[0]
    return None


def _shares(sample: Sample, chosen: list[Places]) -> list[tuple[float, ...]]:
    """Give RDS-II shares for each choice of people."""
    replicate = np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
    people = np.concatenate(chosen)
    counted: Tallies = tally(sample, len(chosen), replicate, people, np.full(len(people), -1))
    found: Numbers = rds2(counted)
    return [tuple(float(each) for each in row) for row in found]
