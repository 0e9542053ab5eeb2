"""Stepwise choice of pairs of lists: by their Poisson tail, or by AIC with a test of each pair.

Source: Chan, Silverman & Vincent 2021, section 3 (Poisson tail; the threshold 0.02 is theirs);
Silverman 2014 (Home Office); Bales, Hesketh & Silverman 2015, Significance 12(3), 16-21 (AIC).
"""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from scipy import special

from suar_research.mse.fitting import Family, all_fine
from suar_research.mse.tables import CaptureTable, Flags, Numbers, terms_of

THRESHOLD = 0.02
SMALLEST = 1e-300


@dataclass(frozen=True)
class Chosen:
    """The result of the choice for each of `rows` tables.

    `total`: shape (rows,), people on any list or none; infinite where not even the model without
    pairs has an estimate. `pairs`: shape (rows, pairs), in the order of `Stepwise.pairs`.
    """

    total: Numbers
    pairs: Flags
    parameters: Numbers


class Stepwise:
    """The stepwise choice for tables of `lists` lists; p-values below `threshold` add a pair."""

    def __init__(self, lists: int, threshold: float = THRESHOLD) -> None:
        self.lists, self.threshold = lists, threshold
        self._family = Family(lists, terms_of(lists, 2))
        self._singles = 1 + lists
        self.pairs = self._family.terms[self._singles :]
        self._holds_pair = self._family.matrix[:, self._singles :]

    def choose(self, counts: Numbers) -> Chosen:
        """Choose a model for each table, shape (rows, 2**lists), and estimate with it.

        `counts` are people, place 0 (on no list) is not looked at. A table without an estimate has
        an infinite total.
        Source: Chan, Silverman & Vincent 2021, section 3 (Poisson tail, threshold 0.02).
        """
        chosen = np.zeros((len(counts), len(self._family.terms)), dtype=bool)
        chosen[:, : self._singles] = True
        begun = self._family.fit(counts, chosen)
        parameters, expected, total = begun.parameters, begun.expected, np.full(len(counts), np.inf)
        fine = all_fine(counts, chosen, self._family)
        total[fine] = (counts.sum(axis=1) + expected[:, 0])[fine]
        rows = np.flatnonzero(fine)
        while rows.size:
            added = self._next_pairs(counts[rows], expected[rows], chosen[rows])
            rows, added = rows[added >= 0], added[added >= 0]
            if rows.size:
                chosen[rows, self._singles + added] = True
                fit = self._family.fit(counts[rows], chosen[rows], parameters[rows])
                parameters[rows], expected[rows] = fit.parameters, fit.expected
                total[rows] = counts[rows].sum(axis=1) + fit.unseen
        return Chosen(total, chosen[:, self._singles :], parameters)

    def totals(self, counts: Numbers) -> Numbers:
        """Estimate how many people there are, seen or not, for each table.

        `counts`, shape (rows, 2**lists); returns people, shape (rows,), infinite where there is no
        estimate. Raises as `choose`.
        Source: as `choose`.
        """
        return self.choose(counts).total

    def _next_pairs(self, counts: Numbers, expected: Numbers, chosen: Flags) -> np.ndarray:
        """Return the pair to add to each model, or -1 where nothing more is added."""
        small = self._log_tails(counts, expected)
        small[chosen[:, self._singles :]] = np.inf
        small[small >= np.log(self.threshold)] = np.inf
        best = np.full(len(counts), -1)
        rows = np.flatnonzero(np.isfinite(small).any(axis=1))
        while rows.size:
            pairs = small[rows].argmin(axis=1)
            trial = chosen[rows].copy()
            trial[np.arange(rows.size), self._singles + pairs] = True
            fine = all_fine(counts[rows], trial, self._family)
            best[rows[fine]] = pairs[fine]
            rows, pairs = rows[~fine], pairs[~fine]
            small[rows, pairs] = np.inf
            rows = rows[np.isfinite(small[rows]).any(axis=1)]
        return best

    def _log_tails(self, counts: Numbers, expected: Numbers) -> Numbers:
        reached = expected.copy()
        reached[:, 0] = 0.0
        return log_smaller_tail(counts @ self._holds_pair, reached @ self._holds_pair)


def log_smaller_tail(seen: Numbers, expected: Numbers) -> Numbers:
    """Return the logarithm of the smaller of P(X <= seen) and P(X >= seen) for a Poisson count X.

    `seen` (whole numbers) and `expected` (the mean) have the same shape. Where `expected` is 0 the
    result is 0.0: nothing can be learnt. Below the smallest float, the probability of `seen` itself
    stands for the tail.
    """
    possible = expected > 0
    mean = np.where(possible, expected, 1.0)
    tail = np.where(seen < mean, special.pdtr(seen, mean), special.pdtrc(np.maximum(seen - 1, 0), mean))
    with np.errstate(divide="ignore"):
        logs = np.log(tail)
    far = special.xlogy(seen, mean) - mean - special.gammaln(seen + 1)
    return np.where(possible, np.where(tail > SMALLEST, logs, far), 0.0)


SIGNIFICANT = 0.05


def choose_by_aic(table: CaptureTable, significant: float = SIGNIFICANT) -> tuple[Family, Flags]:
    """Add the pair that lowers AIC most, while its Wald test is below `significant`.

    Returns the family of all pairs and the model, shape (terms,). A pair that nobody is on has no
    standard error and ends the choice, as in the published computations.
    A model that does not settle is never the best. Raises LinAlgError where its information is no
    number.
    Source: Bales, Hesketh & Silverman 2015, Significance 12(3), 16-21.
    """
    family = Family(table.places, terms_of(table.places, 2))
    counts = table.counts.astype(np.float64)
    chosen = np.array([term.bit_count() < 2 for term in family.terms])
    lowest = float(_aic(family, counts, chosen[None])[0].item())
    while not chosen.all():
        pairs = np.flatnonzero(~chosen)
        trials = np.repeat(chosen[None], len(pairs), axis=0)
        trials[np.arange(len(pairs)), pairs] = True
        result, parameters, expected = _aic(family, counts, trials)
        best = int(np.argmin(result))
        p_value = _wald(family, trials[best], parameters[best], expected[best], int(pairs[best]))
        if result[best] >= lowest or p_value > significant:
            break
        chosen, lowest = trials[best], float(result[best])
    return family, chosen


def _aic(family: Family, counts: Numbers, chosen: Flags) -> tuple[Numbers, Numbers, Numbers]:
    fit = family.fit(np.repeat(counts[None], len(chosen), axis=0), chosen)
    expected = fit.expected[:, 1:]
    logs = np.log(np.where(expected > 0, expected, 1.0))
    likelihood = (counts[1:] * logs - expected).sum(axis=1)
    likelihood[~fit.settled] = -np.inf
    return 2 * chosen.sum(axis=1) - 2 * likelihood, fit.parameters, fit.expected


def _wald(family: Family, chosen: Flags, parameters: Numbers, expected: Numbers, pair: int) -> float:
    """Return the two-sided p-value of one parameter, 1 for one at minus infinity."""
    positive = expected[1:] @ family.matrix[1:] > 0
    free = chosen & positive
    if not free[pair]:
        return 1.0
    matrix = family.matrix[1:][:, free]
    information = (matrix * expected[1:, None]).T @ matrix
    place = int(free[:pair].sum())
    variance = float(np.linalg.pinv(information)[place, place])
    return erfc(abs(float(parameters[pair])) / sqrt(2 * variance))
