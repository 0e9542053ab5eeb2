"""Least squares under x >= 0, which also decides whether a system has such a solution at all.

Source: Lawson & Hanson 1974, Solving Least Squares Problems, chapter 23 (NNLS).
"""

from __future__ import annotations

import numpy as np

from suar_research.mse.tables import Flags, Numbers

SMALL = 1e-10


def solve(matrix: Numbers, wanted: Numbers) -> tuple[Numbers, float]:
    """Give x >= 0 that brings matrix·x nearest to `wanted`, and the distance that remains.

    `matrix` has shape (equations, unknowns). The method ends after finitely many turns; a turn
    that goes on for longer than rounding allows raises ArithmeticError.
    """
    x = np.zeros(matrix.shape[1])
    free = np.zeros(matrix.shape[1], dtype=bool)
    for _ in range(3 * matrix.shape[1] + 30):
        gain = matrix.T @ (wanted - matrix @ x)
        gain[free] = -np.inf
        best = int(np.argmax(gain))
        if free.all() or gain[best] <= SMALL:
            return x, float(np.linalg.norm(wanted - matrix @ x))
        free[best] = True
        x = _inside(matrix, wanted, x, free)
    raise ArithmeticError("non-negative least squares did not end")


def _inside(matrix: Numbers, wanted: Numbers, x: Numbers, free: Flags) -> Numbers:
    """Solve on the free unknowns, and fix those again that would become negative."""
    while True:
        target = np.zeros_like(x)
        target[free] = np.linalg.lstsq(matrix[:, free], wanted, rcond=None)[0]
        below = free & (target <= SMALL)
        if not below.any():
            return target
        ratios = np.where(below, x / np.maximum(x - target, 1e-300), np.inf)
        x = x + float(ratios.min()) * (target - x)
        free &= (ratios > ratios.min()) & (x > SMALL)
