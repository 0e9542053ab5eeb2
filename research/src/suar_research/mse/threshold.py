"""A Bayesian model of all pairs, of which only the clear ones are kept.

Source: Silverman 2020, JRSS A 183, 691-736 (threshold 2, prior variance 1).
"""

from dataclasses import dataclass

import numpy as np

from suar_research.mse.fitting import Family
from suar_research.mse.tables import CaptureTable, Flags, Numbers, terms_of

THRESHOLD = 2.0
VARIANCE = 1.0
CHAINS, BURN, DRAWS, THIN = 200, 400, 100, 10
# A vague prior for intercept and lists: without any, an empty list would have no posterior.
VAGUE = 1e4


@dataclass(frozen=True)
class Draws:
    """Draws of the number of people, shape (draws,), and the pairs that were kept."""

    total: Numbers
    selected: Flags
    family: Family


def estimate(table: CaptureTable, seed: int, threshold: float = THRESHOLD, variance: float = VARIANCE) -> Draws:
    """Draw from the posterior with all pairs, keep those `threshold` deviations off 0, draw again.

    The prior of a pair is normal with mean 0 and `variance`; the draws are of seen people plus the
    expected number of unseen.
    Draws are people, shape (draws,). Raises LinAlgError where the posterior has no peak that can
    be found.
    Source: Silverman 2020, JRSS A 183, 691-736 (threshold 2, variance 1).
    """
    family = Family(table.places, terms_of(table.places, 2))
    pairs = np.array([term.bit_count() > 1 for term in family.terms])
    rng = np.random.default_rng(seed)
    first = _draw(family, table, np.ones(len(pairs), dtype=bool), variance, rng)
    clear = np.abs(first.mean(axis=0)) > threshold * first.std(axis=0)
    selected = ~pairs | clear
    second = _draw(family, table, selected, variance, rng)
    return Draws(table.seen + np.exp(second[:, 0]), selected, family)


def _draw(family: Family, table: CaptureTable, selected: Flags, variance: float, rng: np.random.Generator) -> Numbers:
    """Run random-walk chains side by side; returns shape (draws, terms), 0 for what is not kept."""
    pairs = np.array([term.bit_count() > 1 for term in family.terms])[selected]
    matrix, counts = family.matrix[1:][:, selected], table.counts[1:].astype(np.float64)
    tightness = np.where(pairs, 1 / variance, 1 / VAGUE)
    mode, spread = _mode(matrix, counts, tightness)
    step = np.linalg.cholesky(spread) * 2.38 / np.sqrt(len(mode))
    now = mode + 1.2 * rng.standard_normal((CHAINS, len(mode))) @ np.linalg.cholesky(spread).T
    height, result = _height(now, matrix, counts, tightness), []
    for turn in range(BURN + DRAWS * THIN):
        ahead = now + rng.standard_normal(now.shape) @ step.T
        reached = _height(ahead, matrix, counts, tightness)
        taken = np.log(rng.random(CHAINS)) < reached - height
        now, height = np.where(taken[:, None], ahead, now), np.where(taken, reached, height)
        if turn >= BURN and turn % THIN == 0:
            result.append(now)
    draws = np.zeros((len(result) * CHAINS, len(family.terms)))
    draws[:, selected] = np.concatenate(result)
    return draws


def _height(at: Numbers, matrix: Numbers, counts: Numbers, tightness: Numbers) -> Numbers:
    lines = at @ matrix.T
    fit = lines @ counts - np.exp(np.minimum(lines, 300.0)).sum(axis=1)
    return np.asarray(fit - (at**2 @ tightness) / 2)


def _mode(matrix: Numbers, counts: Numbers, tightness: Numbers) -> tuple[Numbers, Numbers]:
    """Find the top of the posterior by Newton's method, and the covariance round it."""
    at = np.linalg.lstsq(matrix, np.log(counts + 0.5), rcond=None)[0]
    for _ in range(100):
        expected = np.exp(matrix @ at)
        bend = (matrix * expected[:, None]).T @ matrix + np.diag(tightness)
        step = np.linalg.solve(bend, matrix.T @ (counts - expected) - tightness * at)
        at = at + step / max(1.0, float(np.abs(step).max()) / 2)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(at, dtype=np.float64), np.asarray(np.linalg.inv(bend), dtype=np.float64)
