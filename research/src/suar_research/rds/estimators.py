"""Shares of a hidden population from counts of a sample: each gives shape (replicates, values).

A share is between 0 and 1 and the shares of all values add up to 1. Where a replicate has no
estimate its shares are not numbers (nan). Nobody whose answer is not known is counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from suar_research.answers import Numbers
from suar_research.rds.samples import Tallies
from suar_research.rds.successive import inclusion

Estimator = Callable[[Tallies], Numbers]


def sample_mean(tallies: Tallies) -> Numbers:
    """Count everybody alike: what a share would be if anybody had been as easy to reach.

    Gives shape (replicates, values), from 0 to 1. Raises nothing: nan without any answer.
    Source: none is needed; shown for comparison.
    """
    return _shares(_known(tallies).sum(axis=2))


def rds2(tallies: Tallies) -> Numbers:
    """Weigh each person by one over their contacts.

    Gives shape (replicates, values), from 0 to 1. Raises nothing: nan without any answer.
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
    Gives shape (replicates, values), from 0 to 1. Raises nothing: nan where there is no estimate.

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
    Gives shape (replicates, values), from 0 to 1. Raises nothing: nan without any answer.
    Source: Gile 2011, JASA 106, 135-146, the estimator for proportions with the chances of
    `successive.inclusion`.
    """
    chances = inclusion(tallies.degrees, tallies.people.sum(axis=1), float(population))
    return _shares((_known(tallies) / chances[:, None, :]).sum(axis=2))


def by_successive_sampling(population: int) -> partial[Numbers]:
    """Give the estimator for one population, as one that may travel to another process."""
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

    What it gives of the values of one group adds up to 1; not numbers where a replicate holds
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
    """Give the part of each group's recruits in each group, shape (replicates, values, values)."""
    ties = tallies.ties[:, :-1, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(ties / ties.sum(axis=2, keepdims=True))


def equilibrium(moves: Numbers) -> Numbers:
    """Give where recruitment would settle, shape (replicates, values), from `transitions`.

    Not numbers where a row is undefined or where there is more than one place to settle.
    """
    values = moves.shape[1]
    found = np.full(moves.shape[:2], np.nan)
    ways = np.isfinite(moves).all(axis=(1, 2))
    balance = np.eye(values) - np.swapaxes(moves[ways], 1, 2)
    single = np.linalg.matrix_rank(balance, tol=1e-9) == values - 1
    balance[:, -1, :] = 1
    wanted = np.zeros((int(single.sum()), values, 1))
    wanted[:, -1] = 1
    settled = np.linalg.solve(balance[single], wanted)[:, :, 0]
    found[np.flatnonzero(ways)[single]] = np.clip(settled, 0, None)
    return found


def _known(tallies: Tallies) -> Numbers:
    return tallies.people[:, :-1]


def _shares(weights: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))
