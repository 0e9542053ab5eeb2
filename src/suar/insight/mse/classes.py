"""Latent classes: people differ in how easily each kind of list meets them.

Source: Manrique-Vallier 2016, Biometrics 72, 1246-1254 (a Dirichlet-process mixture, LCMCR).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suar.insight.mse.fitting import Family
from suar.insight.mse.tables import CaptureTable, Numbers, terms_of

CLASSES = 10
# Shape and rate of the gamma prior of the concentration, as in the paper.
PRIOR = 0.25
CHAINS, BURN, KEPT, THIN = 20, 4_000, 200, 20
# Chains whose spread between them is below this share of the whole have come to one answer.
AGREED = 1.1


@dataclass
class _State:
    """What the chains hold: shapes (chains, classes), (chains, classes, lists), (chains,)."""

    weights: Numbers
    chances: Numbers
    concentration: Numbers


def estimate(
    table: CaptureTable, seed: int, *, burn: int = BURN, kept: int = KEPT, thin: int = THIN
) -> Numbers:
    """Draw the number of people by Gibbs sampling, shape (kept, 20); each chain runs apart.

    Gives people, seen ones with them. Raises ValueError where chances run so far off that no
    number can be drawn.
    Source: Manrique-Vallier 2016, Biometrics 72, 1246-1254 (blocked Gibbs sampler).
    """
    rng = np.random.default_rng(seed)
    combinations = np.flatnonzero(table.counts)
    on = (combinations[:, None] >> np.arange(table.places)) & 1
    people = table.counts[combinations]
    state = _start(table, rng)
    found = []
    for turn in range(burn + kept * thin):
        unseen = _turn(state, on, people, rng)
        if turn >= burn and turn % thin == 0:
            found.append(table.seen + unseen)
    return np.array(found, dtype=np.float64)


def disagreement(draws: Numbers) -> float:
    """Compare the spread of all draws, shape (draws, chains), with that inside chains; 1 is alike.

    There are two draws of a chain at least. Raises nothing. Draws that are alike keep the order
    in which they were made.
    Source: Gelman & Rubin 1992, Statistical Science 7, 457-472 (potential scale reduction), on
    ranks, since the distribution has a long tail.
    """
    ranks = draws.ravel().argsort(kind="stable").argsort(kind="stable").reshape(draws.shape)
    within = float(ranks.var(axis=0, ddof=1).mean())
    between = float(ranks.mean(axis=0).var(ddof=1))
    size = len(draws)
    return float(np.sqrt((size - 1) / size + between / within))


def _start(table: CaptureTable, rng: np.random.Generator) -> _State:
    """Begin with one large class that meets lists as if they were independent.

    From classes drawn at random the chains need 20,000 turns to come away from small numbers.
    """
    family = Family(table.places, terms_of(table.places, 1))
    fit = family.fit(table.counts[None].astype(np.float64), np.ones((1, len(family.terms)), bool))
    odds = np.exp(np.clip(fit.parameters[0, 1:], -12, 12))
    chance = np.clip(odds / (1 + odds), 1e-6, 1 - 1e-6)
    spread = rng.beta(50 * chance, 50 * (1 - chance), (CHAINS, CLASSES, table.places))
    halves = 0.5 ** np.arange(1, CLASSES + 1)
    weights = np.repeat((halves / halves.sum())[None], CHAINS, axis=0)
    return _State(weights, np.clip(spread, 1e-6, 1 - 1e-6), np.full(CHAINS, 1.0))


def _turn(state: _State, on: np.ndarray, people: np.ndarray, rng: np.random.Generator) -> Numbers:
    """Draw everything once given the rest; gives the unseen people of each chain."""
    yes, no = np.log(state.chances), np.log1p(-state.chances)
    prior = np.log(np.maximum(state.weights, 1e-300))
    logs = prior[:, None] + on @ yes.swapaxes(1, 2) + (1 - on) @ no.swapaxes(1, 2)
    shares = np.exp(logs - logs.max(axis=2, keepdims=True))
    shares /= shares.sum(axis=2, keepdims=True)
    members = rng.multinomial(people, shares)
    missed = np.exp(prior + no.sum(axis=2))
    hidden = np.minimum(missed.sum(axis=1), 1 - 1e-12)
    unseen = rng.negative_binomial(people.sum(), 1 - hidden)
    outside = rng.multinomial(unseen, missed / missed.sum(axis=1, keepdims=True))
    _renew(state, members, outside, on, rng)
    return np.asarray(unseen, dtype=np.float64)


def _renew(
    state: _State, members: np.ndarray, outside: np.ndarray, on: np.ndarray,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    met = members.swapaxes(1, 2) @ on
    sizes = members.sum(axis=1) + outside
    state.chances = np.clip(rng.beta(1 + met, 1 + sizes[:, :, None] - met), 1e-12, 1 - 1e-12)
    after = sizes[:, ::-1].cumsum(axis=1)[:, ::-1] - sizes
    sticks = rng.beta(1 + sizes[:, :-1], state.concentration[:, None] + after[:, :-1])
    sticks = np.clip(sticks, 1e-12, 1 - 1e-12)
    left = np.cumprod(1 - sticks, axis=1)
    state.weights = np.concatenate(
        [sticks[:, :1], sticks[:, 1:] * left[:, :-1], left[:, -1:]], axis=1
    )
    rate = PRIOR - np.log(np.maximum(state.weights[:, -1], 1e-300))
    state.concentration = rng.gamma(PRIOR + CLASSES - 1, 1 / rate)
