"""Tails of the distributions that tests and intervals stand on, in plain arithmetic.

Source: Abramowitz & Stegun 1964, Handbook of Mathematical Functions, 26.4.4-26.4.5 (chi-square),
26.5.8 (incomplete beta as a continued fraction).
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

HALVINGS = 200
MOST_STEPS = 100_000
TINY = 1e-300
EXACT = 1e-15


def normal_quantile(level: float) -> float:
    """Give z of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf(1 - (1 - level) / 2)


def chi_square_tail(value: float, freedom: int) -> float:
    """Give the chance of a chi-square above `value`; `freedom` is a whole number from 1."""
    if value <= 0:
        return 1.0
    half = value / 2
    odd = freedom % 2
    total = erfc(sqrt(half)) if odd else 0.0
    for place in range(freedom // 2):
        power = place + odd / 2
        total += exp(power * log(half) - half - lgamma(power + 1))
    return min(total, 1.0)


def beta_share(upto: float, a: float, b: float) -> float:
    """Give the share of a beta distribution with parameters a and b that lies under `upto`."""
    if upto <= 0:
        return 0.0
    if upto >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(upto) + b * log1p(-upto))
    if upto < (a + 1) / (a + b + 2):
        return front * _fraction(upto, a, b) / a
    return 1 - front * _fraction(1 - upto, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Sum the continued fraction from its front (Lentz), until it stands still."""
    front, back = 1.0, 1 / _apart(1 - (a + b) * x / (a + 1))
    found = back
    for step in range(1, MOST_STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        moved = 1.0
        for part in (even, odd):
            back = 1 / _apart(1 + part * back)
            front = _apart(1 + part / front)
            moved = back * front
            found *= moved
        if abs(moved - 1) < EXACT:
            break
    return found


def _apart(value: float) -> float:
    return value if abs(value) > TINY else TINY


def beta_quantile(share: float, a: float, b: float) -> float:
    """Give the place under which `share` of a beta distribution lies."""
    return halved(lambda at: beta_share(at, a, b) - share, 0.0, 1.0)


def halved(rises: Callable[[float], float], low: float, high: float) -> float:
    """Give where a rising function is zero between two places, by halving."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rises(middle) < 0 else (low, middle)
    return (low + high) / 2
