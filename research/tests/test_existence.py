"""Whether an estimate exists, by brute force: all models of pairs on all tables of three lists."""

from functools import cache
from itertools import product

import numpy as np
import pytest

from suar_research.mse.fitting import Family, Status, all_fine, status
from suar_research.mse.tables import terms_of

FAMILY = Family(3, terms_of(3, 2))
MODELS = [(1, 2, 4, *(pair for at, pair in enumerate((3, 5, 6)) if graph >> at & 1)) for graph in range(8)]


@cache
def ways_up(cells, terms):
    """Give the signs of all changes of parameters, shape (changes, cells): whole numbers to 2."""
    holds = np.array([[(cell & term) == term for term in terms] for cell in cells], dtype=int)
    steps = np.array(list(product(range(-2, 3), repeat=len(terms))))
    return np.unique(np.sign(steps @ holds.T), axis=0), holds


def by_hand(present, model):
    """Look for a change that moves nobody who was seen and raises a combination for ever.

    What contains a term that nobody is on has no place in the model.
    """
    held = [cell for cell in range(1, 8) if present[cell]]
    met = tuple(term for term in (0, *model) if any(cell & term == term for cell in held))
    gone = [term for term in model if term not in met]
    cells = tuple(cell for cell in range(1, 8) if not any(cell & term == term for term in gone))
    signs, holds = ways_up(cells, met)
    seen = np.array([present[cell] for cell in cells])
    still = (signs[:, seen] == 0).all(axis=1) & (signs >= 0).all(axis=1)
    exists = not signs[still].any()
    return exists, np.linalg.matrix_rank(holds) == len(met)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_an_estimate_exists_where_no_change_raises_the_likelihood_for_ever(model):
    tables = (2 * np.arange(1, 128)[:, None] >> np.arange(8) & 1).astype(bool)
    chosen = np.repeat([[term in (0, *model) for term in FAMILY.terms]], 127, axis=0)
    quick = all_fine(tables * 5.0, chosen, FAMILY)
    for present, fine in zip(tables, quick, strict=True):
        exists, only_one = by_hand(present, model)
        wanted = Status((0 if exists else 1) + (0 if only_one else 2))
        assert (status(present, model), bool(fine)) == (wanted, wanted is Status.FINE), present
