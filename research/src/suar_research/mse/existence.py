"""Whether a log-linear model has a finite estimate at all, and whether it has only one.

Source: Chan, Silverman & Vincent 2021, Multiple systems estimation for sparse capture data,
JASA 116, section 3; Fienberg & Rinaldo 2012, Annals of Statistics 40, 996-1023.
"""

from enum import IntEnum
from functools import lru_cache

import numpy as np
from scipy.optimize import nnls

from suar_research.mse.fitting import Family
from suar_research.mse.tables import Flags, Numbers, design

SMALL = 1e-9
# Singular matrices of this kind come out below exp(-30) of their largest possible determinant.
SURE = -20.0


class Status(IntEnum):
    """What stands in the way of an estimate; the codes are those of the paper's tables."""

    FINE = 0
    NO_ESTIMATE = 1
    NOT_IDENTIFIABLE = 2
    NEITHER = 3


def all_fine(counts: Numbers, chosen: Flags, family: Family) -> Flags:
    """Say for each table and model whether the estimate exists and is the only one.

    `counts`: shape (rows, 2**lists); `chosen`: shape (rows, terms of the family). Most pass by
    their determinant: where the combinations that hold anybody have full rank, nothing can run
    off. Only the others are asked by `status`.
    """
    used: Flags = np.asarray(chosen.any(axis=0))
    family, chosen = family.part(used), chosen[:, used]
    present = counts > 0
    present[:, 0] = False
    bend = family.products(present.astype(float), chosen & family.met(counts))
    scale = np.sqrt(np.diagonal(bend, axis1=1, axis2=2))
    size = np.linalg.slogdet(bend / (scale[:, :, None] * scale[:, None, :]))
    fine: Flags = np.asarray((size.sign > 0) & (size.logabsdet > SURE))
    terms = np.array(family.terms)
    for row in np.flatnonzero(~fine):
        wanted = tuple(int(term) for term in terms[chosen[row]] if term)
        fine[row] = status(present[row], wanted) is Status.FINE
    return fine


def status(present: Flags, terms: tuple[int, ...]) -> Status:
    """Say whether the extended estimate of a model exists and is the only one.

    `present` has shape (2**lists,) and says which combinations hold anybody; `terms` are those of
    the model beyond the intercept, single lists among them. A term that nobody's lists contain has
    the parameter minus infinity: its combinations are left out before anything is asked.
    """
    return _status(present.tobytes(), terms)


@lru_cache(maxsize=200_000)
def _status(packed: bytes, terms: tuple[int, ...]) -> Status:
    present = np.frombuffer(packed, dtype=np.bool_)
    matrix, held = _reduced(present, terms)
    if np.linalg.matrix_rank(matrix[held]) == matrix.shape[1]:
        return Status.FINE
    identifiable = np.linalg.matrix_rank(matrix) == matrix.shape[1]
    missing = Status.FINE if identifiable else Status.NOT_IDENTIFIABLE
    return Status(missing + (Status.FINE if _exists(matrix, held) else Status.NO_ESTIMATE))


def _reduced(present: Flags, terms: tuple[int, ...]) -> tuple[Numbers, Flags]:
    """Give the model matrix without what is minus infinity, and which of its rows hold anybody."""
    whole = design(len(present).bit_length() - 1, (0, *terms))
    met: Flags = np.asarray((whole[present] > 0).any(axis=0))
    possible: Flags = np.asarray(~(whole[:, ~met] > 0).any(axis=1))
    possible[0] = False
    return whole[possible][:, met], present[possible]


def _exists(matrix: Numbers, held: Flags) -> bool:
    """Decide the linear programme: no direction raises a combination that holds nobody for ever.

    A direction d with matrix·d = 0 where somebody is, matrix·d >= 0 elsewhere and not all 0 takes
    the likelihood up without end. There is none exactly when positive weights y on the empty
    combinations give free.T·y = 0 (Stiemke), free being the empty rows on the null space.
    """
    _, sizes, rows = np.linalg.svd(matrix[held])
    rank = int((sizes > SMALL * max(matrix.shape)).sum())
    free = matrix[~held] @ rows[rank:].T
    free = free[np.abs(free).max(axis=1, initial=0.0) > SMALL]
    if not len(free):
        return True
    _, distance = nnls(free.T, -free.sum(axis=0))
    return float(distance) < SMALL * len(free) * 10
