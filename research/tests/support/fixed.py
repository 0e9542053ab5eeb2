"""One model that is named and not chosen, as some published figures were made."""

from dataclasses import replace

import numpy as np

from suar_research.mse import hierarchy
from suar_research.mse.bootstrap import bootstrap
from suar_research.mse.fitting import Family
from suar_research.mse.hierarchy import totals_and_likelihoods, with_terms
from suar_research.mse.panel import _resampled
from suar_research.mse.tables import terms_of


class Fixed:
    """Estimates with one model, the same for every table."""

    def __init__(self, lists, order, terms=()):
        self.family = Family(lists, terms_of(lists, max(order, 1)))
        self.chosen = with_terms(self.family, terms)

    def totals(self, counts):
        """Estimate how many people there are for each table, shape (rows, 2**lists)."""
        return totals_and_likelihoods(self.family, counts, np.repeat(self.chosen[None], len(counts), axis=0))[0]


def fixed(table, terms, plan, runner):
    """Estimate with the one model that is named."""
    method = Fixed(table.places, max((term.bit_count() for term in terms), default=1), terms)
    model = hierarchy.written(method.family, method.chosen, table)
    return replace(_resampled("fixed", bootstrap(method, table, plan, runner), plan, model), smoothed=None)
