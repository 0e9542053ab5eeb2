"""Shares of a hidden population from counts of a sample: each gives shape (replicates, values).

A share is between 0 and 1 and the shares of all values add up to 1. Where a replicate has no
estimate its shares are not numbers (nan). Nobody whose answer is not known is counted.

The chance to be drawn when people are drawn one after another and nobody twice.

Drawing in proportion to contacts without putting back is the same as giving each person a clock
that rings at a rate of as many per hour as they have contacts, and taking the first who ring
(Rosén 1972, Annals of Mathematical Statistics 43, 373-397). With hundreds of people the hour at
which the sample is full is nearly the same in every draw. The chance of somebody with k contacts
is then 1 - exp(-k t), with t such that the chances add up to the size of the sample. So no draw
has to be simulated; the page research/docs/rds.md shows the difference from simulated draws.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from suar_research.answers import Numbers
from suar_research.rds.samples import Tallies

STEPS = 60
CLOSE = 1e-10


def inclusion(degrees: Numbers, sampled: Numbers, population: float) -> Numbers:
    """Return the chance of each class of contacts to be drawn: shape (replicates, classes).

    `degrees`, shape (classes,); `sampled`, shape (replicates, classes), counts those drawn. A
    replicate with as many people as the population, or more, has met everybody: its chances are 1.
    Raises nothing.

    Source: Gile 2011, JASA 106, 135-146, the mapping from the population to chances and its fixed
    point. The paper finds the chances by simulation and the fixed point by going round; here both
    are one equation, `full_at`.
    """
    open_ = sampled.sum(axis=1) < population
    chances = np.ones_like(sampled)
    hour = full_at(degrees, sampled[open_], population)
    chances[open_] = -np.expm1(-degrees * hour[:, None])
    return chances


def full_at(degrees: Numbers, sampled: Numbers, population: float) -> Numbers:
    """Return the hour at which a sample that was drawn so was full, shape (replicates,).

    Chances say how many people of each class there are: those drawn, each weighed by one over its
    chance. Made to add up to the population, they ring as often by the hour t as people were drawn
    just when they add up to it without being made to. So t is where the sum of n_k / (1 - exp(-k
    t)) is the population. That sum falls with t, ever slower, so that Newton's steps from an hour
    too early come nearer and never pass. It is too early when k t stands for 1 - exp(-k t).
    """
    hour: Numbers = (sampled / degrees).sum(axis=1) / population
    for _ in range(STEPS):
        chances = -np.expm1(-degrees * hour[:, None])
        people = sampled / chances
        falls = (people / chances - people) @ degrees
        step = (people.sum(axis=1) - population) / falls
        hour = hour + step
        if (step <= CLOSE * hour).all():
            break
    return hour


Estimator = Callable[[Tallies], Numbers]


def sample_mean(tallies: Tallies) -> Numbers:
    """Count everybody alike: what a share would be if anybody had been as easy to reach.

    Returns shape (replicates, values), from 0 to 1. Raises nothing: nan without any answer.
    Source: none is needed; shown for comparison.
    """
    return _shares(_known(tallies).sum(axis=2))


def rds2(tallies: Tallies) -> Numbers:
    """Weigh each person by one over their contacts.

    Returns shape (replicates, values), from 0 to 1. Raises nothing: nan without any answer.
    Source: Volz & Heckathorn 2008, Journal of Official Statistics 24, 79-97, the estimator for
    proportions: the sum of 1/d over those with the value, divided by the sum of 1/d over all.
    """
    return _shares(_known(tallies) @ (1 / tallies.degrees))


def rds1(tallies: Tallies) -> Numbers:
    """Combine who recruits whom with how many each group knows.

    The share of a group is in proportion to e / D: e is the part of the equilibrium of recruitment
    across groups, D the harmonic mean of contacts in the group. For two groups this is
    p1 = P01 D0 / (P01 D0 + P10 D1), where P01 is the part of the recruits of group 0 that are in
    group 1. No estimate where a group recruited nobody, or where the groups never reach each other.
    Returns shape (replicates, values), from 0 to 1. Raises nothing: nan where there is no estimate.

    Source: Heckathorn 2002, Social Problems 49, 11-34 (equilibrium, data smoothing for more than
    two groups); Salganik & Heckathorn 2004, Sociological Methodology 34, 193-239 (two groups).
    """
    known = _known(tallies)
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = known.sum(axis=2) / (known @ (1 / tallies.degrees))
        return _shares(equilibrium(transitions(tallies)) / harmonic)


def successive_sampling(tallies: Tallies, population: int) -> Numbers:
    """Weigh each person by one over the chance to be in a sample drawn without putting back.

    `population`: how many people there are in all, which must be more than were interviewed.
    Returns shape (replicates, values), from 0 to 1. Raises nothing: nan without any answer.
    Source: Gile 2011, JASA 106, 135-146, the estimator for proportions with the chances of
    `successive.inclusion`.
    """
    chances = inclusion(tallies.degrees, tallies.people.sum(axis=1), float(population))
    return _shares((_known(tallies) / chances[:, None, :]).sum(axis=2))


def by_successive_sampling(population: int) -> partial[Numbers]:
    """Return the estimator for one population, as one that may travel to another process."""
    return partial(successive_sampling, population=population)


@dataclass(frozen=True)
class WithoutSeeds:
    """An estimator that leaves the seeds out, whom the researcher chose."""

    estimator: Estimator

    def __call__(self, tallies: Tallies) -> Numbers:
        """Estimate from all but the seeds."""
        return self.estimator(tallies.without_seeds)


@dataclass(frozen=True)
class Within:
    """An estimator of shares within groups: `group` says for each value to which group it belongs.

    The shares of one group add up to 1; they are nan where a replicate holds
    nobody of the group. Source: Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling,
    chapter 10 (a share in a domain is a ratio of two sums over the whole sample).
    """

    estimator: Estimator
    group: tuple[int, ...]

    def __call__(self, tallies: Tallies) -> Numbers:
        """Estimate shares of everybody, and divide by what the own group has of them."""
        shares = self.estimator(tallies)
        same = np.equal.outer(self.group, self.group).astype(np.float64)
        with np.errstate(invalid="ignore"):
            return np.asarray(shares / (shares @ same))


def transitions(tallies: Tallies) -> Numbers:
    """Return the part of each group's recruits in each group, shape (replicates, values, values)."""
    ties = tallies.ties[:, :-1, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(ties / ties.sum(axis=2, keepdims=True))


def equilibrium(moves: Numbers) -> Numbers:
    """Return where recruitment would settle, shape (replicates, values), from `transitions`.

    Not numbers where a row is undefined or where there is more than one place to settle.
    """
    values = moves.shape[1]
    result = np.full(moves.shape[:2], np.nan)
    ways = np.isfinite(moves).all(axis=(1, 2))
    balance = np.eye(values) - np.swapaxes(moves[ways], 1, 2)
    single = np.linalg.matrix_rank(balance, tol=1e-9) == values - 1
    balance[:, -1, :] = 1
    wanted = np.zeros((int(single.sum()), values, 1))
    wanted[:, -1] = 1
    settled = np.linalg.solve(balance[single], wanted)[:, :, 0]
    result[np.flatnonzero(ways)[single]] = np.clip(settled, 0, None)
    return result


def _known(tallies: Tallies) -> Numbers:
    return tallies.people[:, :-1]


def _shares(weights: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))
