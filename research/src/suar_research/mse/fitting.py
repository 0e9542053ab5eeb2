"""Poisson log-linear models of many capture tables at once, by Newton's method.

The design and a linear programme decide if a model has one finite estimate.

Source: Chan, Silverman & Vincent 2021, Multiple systems estimation for sparse capture data,
JASA 116, section 3; Fienberg & Rinaldo 2012, Annals of Statistics 40, 996-1023 (existence);
McCullagh & Nelder 1989, section 2.5 (Newton's method).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
from scipy.optimize import nnls

from suar_research.mse.tables import Flags, Numbers, design

# A step this small, once taken, leaves an error of about its square.
CLOSE = 1e-6
MOST_TURNS = 100
HALVINGS = 30


@dataclass(frozen=True)
class Fitted:
    """The extended maximum-likelihood estimates of `rows` tables.

    `parameters`: shape (rows, terms), 0 where the term is not in the model or minus infinity.
    `expected`: shape (rows, 2**lists), people expected on each combination; place 0 is the number
    on no list. `settled`: shape (rows,), whether Newton's method came to rest.
    """

    parameters: Numbers
    expected: Numbers
    settled: Flags

    @property
    def unseen(self) -> Numbers:
        """Return the estimated number of people on no list, shape (rows,)."""
        return self.expected[:, 0]


class Family:
    """All models whose terms are among `terms`, for a number of lists; the empty term is first."""

    def __init__(self, lists: int, terms: tuple[int, ...]) -> None:
        self.terms = terms
        self.matrix = design(lists, terms)
        pairs = self.matrix[:, :, None] * self.matrix[:, None, :]
        self._products = pairs.reshape(len(self.matrix), -1)
        self._parts: dict[bytes, Family] = {}

    def part(self, used: Flags) -> Family:
        """Return the family of some of these terms, shape (terms,): smaller matrices, less work."""
        if used.all():
            return self
        key = used.tobytes()
        if key not in self._parts:
            terms = tuple(term for term, selected in zip(self.terms, used, strict=True) if selected)
            self._parts[key] = Family(len(self.matrix).bit_length() - 1, terms)
        return self._parts[key]

    def met(self, counts: Numbers) -> Flags:
        """Return which terms anybody's lists contain, shape (rows, terms)."""
        return counts @ self.matrix > 0

    def products(self, weights: Numbers, free: Flags) -> Numbers:
        """Return matrix.T·diag(weights)·matrix of each row, and 1 on the diagonal of what is fixed.

        `weights`: shape (rows, 2**lists); `free`: shape (rows, terms); returns (rows, terms, terms).
        """
        rows, terms = free.shape
        bend = (weights @ self._products).reshape(rows, terms, terms)
        bend *= free[:, :, None] & free[:, None, :]
        places = np.arange(terms)
        bend[:, places, places] += np.where(free, 0.0, 1.0)
        return bend

    def fit(self, counts: Numbers, chosen: Flags, start: Numbers | None = None, *, whole: bool = False) -> Fitted:
        """Fit a model to each table.

        `counts`: shape (rows, 2**lists), place 0 is looked at only when the tables are `whole`.
        `chosen`: shape (rows, terms). A chosen term that nobody's lists contain is minus infinity.
        The estimate must exist (`existence.status`); where it does not, `settled` may be False.
        """
        used: Flags = np.asarray(chosen.any(axis=0))
        if not used.all():
            return self._by_part(counts, chosen, start, used, whole=whole)
        free = chosen & self.met(counts)
        possible = ~((chosen & ~free) @ self.matrix.T > 0)
        seen = possible.copy()
        seen[:, 0] &= whole
        begin = self._start(counts, free, seen) if start is None else np.where(free, start, 0.0)
        parameters, settled = self._newton(counts, free, seen, begin)
        with np.errstate(over="ignore"):
            expected = np.exp(parameters @ self.matrix.T) * possible
        return Fitted(parameters, expected, settled)

    def _by_part(self, counts: Numbers, chosen: Flags, start: Numbers | None, used: Flags, *, whole: bool) -> Fitted:
        begin = None if start is None else start[:, used]
        result = self.part(used).fit(counts, chosen[:, used], begin, whole=whole)
        parameters = np.zeros(chosen.shape)
        parameters[:, used] = result.parameters
        return Fitted(parameters, result.expected, result.settled)

    def _newton(self, counts: Numbers, free: Flags, seen: Flags, begin: Numbers) -> tuple[Numbers, Flags]:
        parameters, settled = begin.copy(), np.zeros(len(counts), dtype=bool)
        rows = np.arange(len(counts))
        now, height = begin, self._height(begin, counts, seen)
        for _ in range(MOST_TURNS):
            step = self._step(now, counts, free, seen)
            done = np.abs(step).max(axis=1) < CLOSE
            now, height = self._uphill(now, step, height, counts, seen)
            parameters[rows], settled[rows] = now, done
            left = ~done & np.isfinite(height)
            if not left.any():
                break
            rows, now, height = rows[left], now[left], height[left]
            counts, free, seen = counts[left], free[left], seen[left]
        return parameters, settled

    def _step(self, now: Numbers, counts: Numbers, free: Flags, seen: Flags) -> Numbers:
        """Solve for the Newton step; what is not free has a 1 on the diagonal and stays."""
        expected = np.exp(now @ self.matrix.T) * seen
        slope = ((counts - expected) * seen) @ self.matrix * free
        bend = self.products(expected, free)
        # A breath of ridge: where no estimate exists the matrix turns singular on the way.
        places = np.arange(free.shape[1])
        bend[:, places, places] *= 1.0 + 1e-12
        try:
            return np.asarray(np.linalg.solve(bend, slope[:, :, None])[:, :, 0])
        except np.linalg.LinAlgError:
            return np.stack([np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(bend, slope, strict=True)])

    def _uphill(
        self, now: Numbers, step: Numbers, height: Numbers, counts: Numbers, seen: Flags
    ) -> tuple[Numbers, Numbers]:
        """Take the step, halved where it would lose likelihood."""
        with np.errstate(over="ignore", invalid="ignore"):
            ahead = now + step
            reached = self._height(ahead, counts, seen)
            slack = 1e-9 * (1.0 + np.abs(height))
            for turn in range(HALVINGS):
                short = ~(reached >= height - slack)
                if not short.any():
                    break
                ahead[short] = now[short] + step[short] / 2.0 ** (turn + 1)
                reached[short] = self._height(ahead[short], counts[short], seen[short])
        return ahead, reached

    def _height(self, parameters: Numbers, counts: Numbers, seen: Flags) -> Numbers:
        lines = parameters @ self.matrix.T
        height = (counts * lines - np.exp(np.minimum(lines, 700.0))) * seen
        return np.asarray(height.sum(axis=1))

    def _start(self, counts: Numbers, free: Flags, seen: Flags) -> Numbers:
        """Begin with the weighted least squares of the logarithms of the counts and a bit."""
        near = np.maximum(counts, 0.1) * seen
        bend = self.products(near, free)
        bend += 1e-9 * np.eye(free.shape[1])
        # What is added is lost beside a hundred million people: a part of them is not.
        bend *= 1.0 + 1e-12 * np.eye(free.shape[1])
        heights = np.log(np.where(near > 0, near, 1.0))
        wanted = (near * heights) @ self.matrix * free
        return np.asarray(np.linalg.solve(bend, wanted[:, :, None])[:, :, 0], dtype=np.float64)


SMALL = 1e-9
# Singular matrices of this kind come out below exp(-30) of their largest possible determinant.
SURE = -20.0


class Status(IntEnum):
    """The obstacle to an estimate; the codes are those of the paper's tables."""

    FINE = 0
    NO_ESTIMATE = 1
    NOT_IDENTIFIABLE = 2
    NEITHER = 3


def all_fine(counts: Numbers, chosen: Flags, family: Family) -> Flags:
    """Return True for each table and model whose estimate exists and is the only one.

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
    """Return True if the extended estimate of a model exists and is the only one.

    `present` has shape (2**lists,) and says which combinations hold anybody; `terms` are those of
    the model beyond the intercept, single lists among them. A term that nobody's lists contain has
    the parameter minus infinity: its combinations are left out before anything is asked.
    """
    return _status(present.tobytes(), terms)


@lru_cache(maxsize=200_000)
def _status(packed: bytes, terms: tuple[int, ...]) -> Status:
    present = np.frombuffer(packed, dtype=np.bool_)
    matrix, occupied = _reduced(present, terms)
    if np.linalg.matrix_rank(matrix[occupied]) == matrix.shape[1]:
        return Status.FINE
    identifiable = np.linalg.matrix_rank(matrix) == matrix.shape[1]
    missing = Status.FINE if identifiable else Status.NOT_IDENTIFIABLE
    return Status(missing + (Status.FINE if _exists(matrix, occupied) else Status.NO_ESTIMATE))


def _reduced(present: Flags, terms: tuple[int, ...]) -> tuple[Numbers, Flags]:
    """Return the model matrix without what is minus infinity, and which of its rows hold anybody."""
    whole = design(len(present).bit_length() - 1, (0, *terms))
    met: Flags = np.asarray((whole[present] > 0).any(axis=0))
    possible: Flags = np.asarray(~(whole[:, ~met] > 0).any(axis=1))
    possible[0] = False
    return whole[possible][:, met], present[possible]


def _exists(matrix: Numbers, occupied: Flags) -> bool:
    """Decide the linear programme: no direction raises a combination that holds nobody for ever.

    A direction d with matrix·d = 0 where somebody is, matrix·d >= 0 elsewhere and not all 0 takes
    the likelihood up without end. There is none exactly when positive weights y on the empty
    combinations give free.T·y = 0 (Stiemke), free being the empty rows on the null space.
    """
    _, sizes, rows = np.linalg.svd(matrix[occupied])
    rank = int((sizes > SMALL * max(matrix.shape)).sum())
    free = matrix[~occupied] @ rows[rank:].T
    free = free[np.abs(free).max(axis=1, initial=0.0) > SMALL]
    if not len(free):
        return True
    _, distance = nnls(free.T, -free.sum(axis=0))
    return float(distance) < SMALL * len(free) * 10
