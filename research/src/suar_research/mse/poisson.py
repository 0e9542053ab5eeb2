"""Tail probabilities of Poisson counts, for whole arrays and far into the tails."""

from __future__ import annotations

from math import pi

import numpy as np

from suar_research.mse.tables import Numbers

NOTHING = 1e-17
# Of some ten billion people a tail has ended by then.
MOST_TURNS = 1_000_000
# Sums of logarithms, for the numbers that most tables hold.
_SUMMED = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, 10_000.0)))])


def log_factorials(numbers: Numbers) -> Numbers:
    """Give log(n!) of each whole number, with memory for as many as there are, however large.

    From 10,000 on by Stirling's series: what is left out of it is below 1e-14.
    Source: Abramowitz & Stegun 1964, 6.1.41.
    """
    last = len(_SUMMED) - 1
    found = _SUMMED[np.minimum(numbers, last).astype(np.int64)]
    large = numbers > last
    far = numbers[large]
    found[large] = far * np.log(far) - far + (np.log(2 * pi * far) + 1 / (6 * far)) / 2
    return np.asarray(found)


def log_smaller_tail(seen: Numbers, expected: Numbers, enough: float) -> Numbers:
    """Give the logarithm of the smaller of P(X <= seen) and P(X >= seen), X Poisson(expected).

    Both arrays have the same shape; `seen` holds whole numbers, `expected` is positive (or 0,
    which gives 0.0: nothing was expected and nothing can be learnt). A tail that is larger than
    `enough` is returned as some value above log(enough): nobody asks how much larger.
    """
    below = seen < expected
    possible = expected > 0
    mean = np.where(possible, expected, 1.0)
    first = seen * np.log(mean) - mean - log_factorials(seen)
    total = _series(seen, mean, below, np.log(enough) - first)
    return np.where(possible, np.minimum(first + np.log(total), 0.0), 0.0)


def _series(seen: Numbers, mean: Numbers, below: np.ndarray, far: Numbers) -> Numbers:
    """Sum the tail in units of its first probability, until it is exact or beyond exp(far)."""
    total = np.ones(mean.size)
    limit = np.exp(np.minimum(far.ravel(), 700.0))
    rows = np.arange(mean.size)
    count, mu, down = seen.ravel().astype(float), mean.ravel(), below.ravel()
    term, sums = np.ones(mean.size), np.ones(mean.size)
    for turn in range(MOST_TURNS):
        ratio = np.where(down, (count - turn) / mu, mu / (count + turn + 1.0))
        term = term * np.maximum(ratio, 0.0)
        sums = sums + term
        left = (term > NOTHING * sums) & (sums <= limit)
        if not left.all():
            total[rows] = sums
            rows, term, sums = rows[left], term[left], sums[left]
            count, mu, down, limit = count[left], mu[left], down[left], limit[left]
            if not rows.size:
                return total.reshape(mean.shape)
    raise ArithmeticError("a Poisson tail did not end")
