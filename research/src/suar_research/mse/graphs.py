"""Averaging over decomposable graphs: which lists depend on each other is left open.

Source: Madigan & York 1997, Biometrika 84, 19-31; Dawid & Lauritzen 1993, Annals of Statistics 21
(hyper-Dirichlet laws); Lum, Johndrow & Ball 2015 (dga).
"""

from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy.special import gammaln

from suar_research.mse.tables import CaptureTable, Numbers, members

MOST_LISTS = 6
CHUNK = 512
# So many unseen people, and so many for all graphs together, are looked at: some 320 MB and some minutes.
MOST_UNSEEN, MOST_WORK = 10_000_000, 20_000_000_000
# The largest number of unseen people that is thought possible, for each person seen.
FARTHEST = 10
# An upper limit beyond this share of those that are looked at is one of them, not of the table.
NEAR = 0.95


@lru_cache(maxsize=8)
def decomposable(lists: int) -> np.ndarray:
    """List all decomposable graphs but the complete one as weights on sets of lists.

    Shape (graphs, 2**lists): the likelihood of a graph is the product over its cliques, divided by
    that over its separators. The complete graph learns nothing about who is not seen.
    """
    pairs = [(1 << a) | (1 << b) for a, b in combinations(range(lists), 2)]
    result = []
    for graph in range((1 << len(pairs)) - 1):
        edges = [pair for place, pair in enumerate(pairs) if graph >> place & 1]
        weights = _weights(lists, edges)
        if weights is not None:
            result.append(weights)
    return np.array(result)


def _weights(lists: int, edges: list[int]) -> np.ndarray | None:
    """Take lists out one by one whose neighbours all know each other; None where it gets stuck."""
    near = [sum(edge & ~(1 << item) for edge in edges if edge >> item & 1) for item in range(lists)]
    weights, left = np.zeros(1 << lists), (1 << lists) - 1
    while left:
        for item in members(left):
            around = near[item] & left
            if all(around & ~(near[other] | 1 << other) == 0 for other in members(around)):
                weights[around | 1 << item] += 1
                weights[around] -= 1
                left &= ~(1 << item)
                break
        else:
            return None
    return weights


def posterior(table: CaptureTable, farthest: int | None = None) -> Numbers:
    """Return the probability of 1, 2, ... `farthest` unseen people, shape (farthest,).

    Each graph has the same weight beforehand, N the weight 1/N, and the combinations together the
    weight of one person. ValueError with more than six lists, or more people than can be looked at.
    Source: Madigan & York 1997, Biometrika 84, 19-31 (hyper-Dirichlet, averaged over graphs).
    """
    if table.places > MOST_LISTS:
        raise ValueError(f"averaging over graphs is for at most {MOST_LISTS} lists")
    most = FARTHEST * table.seen if farthest is None else farthest
    graphs = decomposable(table.places)
    if most > min(MOST_UNSEEN, MOST_WORK // len(graphs)):
        raise ValueError(
            f"it would look at {most:,} unseen people, which takes too long: choose --methods without graphs"
        )
    unseen = np.arange(1.0, most + 1)
    logs = np.concatenate([_likelihoods(table, graphs, unseen[at : at + CHUNK]) for at in range(0, most, CHUNK)])
    # N! / n0! times 1/N: all that is left of the ways to arrange the people.
    steps = np.log(table.seen + unseen - 1.0) - np.log(unseen)
    logs = logs + np.cumsum(steps)
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _likelihoods(table: CaptureTable, graphs: Numbers, unseen: Numbers) -> Numbers:
    """Return the log-likelihood of some numbers of unseen people, summed over graphs."""
    by_set = np.stack([_marginal(table, lists, unseen) for lists in range(1 << table.places)])
    return _summed(graphs @ by_set)


def _marginal(table: CaptureTable, lists: int, unseen: Numbers) -> Numbers:
    """Return the log-likelihood of the table of some lists alone, for some numbers of unseen people.

    Without what all lists have alike, the ways to arrange everybody: a graph's weights on sets of
    lists, the empty one among them, add up to 0.
    """
    people = np.bincount(np.arange(len(table.counts)) & lists, weights=table.counts, minlength=lists + 1)
    weight = 1.0 / (1 << lists.bit_count())
    known = (gammaln(weight + people[1:]) - gammaln(weight)).sum()
    return np.asarray(known + gammaln(weight + people[0] + unseen) - gammaln(weight))


def _summed(logs: Numbers) -> Numbers:
    top = logs.max(axis=0)
    return np.asarray(top + np.log(np.exp(logs - top).sum(axis=0)))


def quantile(weights: Numbers, share: float) -> int:
    """Return the smallest number of unseen people that holds a share of the probability.

    `weights`, shape (farthest,), are probabilities of 1, 2, ... unseen people and add up to 1;
    `share` is from 0 to 1. Raises nothing: a share that rounding leaves out of reach gives one
    more than the last.
    Source: as `posterior`.
    """
    return int(np.searchsorted(np.cumsum(weights), share)) + 1
