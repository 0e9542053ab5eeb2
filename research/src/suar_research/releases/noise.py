"""The discrete Gaussian, drawn exactly: whole numbers and chances that are fractions, no rounding.

Source: Canonne, Kamath & Steinke 2020, The discrete Gaussian for differential privacy, NeurIPS 33,
algorithms 1 to 3; Bun & Steinke 2016, Concentrated differential privacy, TCC 2016, proposition 1.3.
"""

import math
import random
from collections.abc import Callable
from fractions import Fraction

# Gives a whole number from 0 below its argument, each with the same chance.
Below = Callable[[int], int]


def source(seed: int | None) -> Below:
    """Give the randomness of the system; with a seed one that can be repeated, for tests only."""
    drawn = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - as said
    return drawn.randrange


def gaussian(variance: Fraction, below: Below) -> int:
    """Draw one whole number x with chance proportional to exp(-x^2 / (2 variance)).

    `variance` is above 0. Raises nothing.
    Source: Canonne, Kamath & Steinke 2020, algorithm 3.
    """
    up, down = variance.numerator, variance.denominator
    scale = math.isqrt(up // down) + 1
    while True:
        drawn = _laplace(scale, below)
        off = abs(drawn) * scale * down - up
        if _happens(off * off, 2 * scale * scale * down * up, below):
            return drawn


def chances(variance: float, most: int) -> list[float]:
    """Give the chance of 0, 1, ..., most (each also of its negative)."""
    far = max(most, int(12 * math.sqrt(variance)) + 12)
    weights = [math.exp(-each * each / (2 * variance)) for each in range(far + 1)]
    whole = weights[0] + 2 * math.fsum(weights[1:])
    return [weight / whole for weight in weights[: most + 1]]


def within(variance: float, share: float) -> int:
    """Give the smallest distance that at least this share of the draws does not exceed."""
    chance = chances(variance, int(12 * math.sqrt(variance)) + 12)
    reached, distance = chance[0], 0
    while reached < share:
        distance += 1
        reached += 2 * chance[distance]
    return distance


def expected(variance: float) -> float:
    """Give the expected distance from 0."""
    chance = chances(variance, int(12 * math.sqrt(variance)) + 12)
    return 2 * math.fsum(each * at for at, each in enumerate(chance))


def epsilon(rho: float, delta: float) -> float:
    """Say what `rho` of zero-concentrated privacy means as (epsilon, delta) privacy.

    `delta` of 0 raises ZeroDivisionError, one above 1 ValueError.
    Source: Bun & Steinke 2016, proposition 1.3.
    """
    return rho + 2 * math.sqrt(rho * math.log(1 / delta))


def _laplace(scale: int, below: Below) -> int:
    while True:
        part = below(scale)
        if not _happens(part, scale, below):
            continue
        whole = 0
        while _happens(1, 1, below):
            whole += 1
        size = part + scale * whole
        if below(2):
            return size
        if size:
            return -size


def _happens(up: int, down: int, below: Below) -> bool:
    """Let something happen with the chance exp(-up / down)."""
    while up > down:
        if not _happens(1, 1, below):
            return False
        up -= down
    turn = 1
    while below(down * turn) < up:
        turn += 1
    return turn % 2 == 1
