"""Stepwise choice by AIC with a test of each pair, as for the first estimate of the UK.

Source: Silverman 2014 (Home Office); Bales, Hesketh & Silverman 2015, Significance 12(3), 16-21.
"""

from math import erfc, sqrt

import numpy as np

from suar_research.mse.fitting import Family
from suar_research.mse.tables import CaptureTable, Flags, Numbers, terms_of

SIGNIFICANT = 0.05


def choose(table: CaptureTable, significant: float = SIGNIFICANT) -> tuple[Family, Flags]:
    """Add the pair that lowers AIC most, while its Wald test is below `significant`.

    Gives the family of all pairs and the model, shape (terms,). A pair that nobody is on has no
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
        found, parameters, expected = _aic(family, counts, trials)
        best = int(np.argmin(found))
        p_value = _wald(family, trials[best], parameters[best], expected[best], int(pairs[best]))
        if found[best] >= lowest or p_value > significant:
            break
        chosen, lowest = trials[best], float(found[best])
    return family, chosen


def _aic(family: Family, counts: Numbers, chosen: Flags) -> tuple[Numbers, Numbers, Numbers]:
    fit = family.fit(np.repeat(counts[None], len(chosen), axis=0), chosen)
    expected = fit.expected[:, 1:]
    logs = np.log(np.where(expected > 0, expected, 1.0))
    likelihood = (counts[1:] * logs - expected).sum(axis=1)
    likelihood[~fit.settled] = -np.inf
    return 2 * chosen.sum(axis=1) - 2 * likelihood, fit.parameters, fit.expected


def _wald(family: Family, chosen: Flags, parameters: Numbers, expected: Numbers, pair: int) -> float:
    """Give the two-sided p-value of one parameter, 1 for one at minus infinity."""
    held = expected[1:] @ family.matrix[1:] > 0
    free = chosen & held
    if not free[pair]:
        return 1.0
    matrix = family.matrix[1:][:, free]
    information = (matrix * expected[1:, None]).T @ matrix
    place = int(free[:pair].sum())
    variance = float(np.linalg.pinv(information)[place, place])
    return erfc(abs(float(parameters[pair])) / sqrt(2 * variance))
