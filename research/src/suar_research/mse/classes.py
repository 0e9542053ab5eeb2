"""Latent classes: people differ in how easily each kind of list meets them.

Source: Manrique-Vallier 2016, Biometrics 72, 1246-1254 (a Dirichlet-process mixture, LCMCR).

One chain stays for tens of thousands of turns where it began when two sizes fit a table, one with
many people whom every list misses and one without. So each chain here is the lowest rung of a
ladder. On the rungs above it stands the same table with ever fewer people, down to six in a
hundred, which leave more open and let chains wander; neighbours change places by chance, so that
what was found above comes down. Thinned tables hold whole people, so that each rung is drawn as the
paper does.
Source: Geyer 1991, Computing Science and Statistics 23, 156-163 (chains that change places). Own:
the rungs are thinned tables, and all of them begin at the top and are let down together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from suar_research.answers import Numbers
from suar_research.mse.fitting import Family
from suar_research.mse.tables import CaptureTable, Counts, terms_of
from suar_research.resampling import Plan
from suar_research.running import Runner

CLASSES = 10
# Shape and rate of the gamma prior of the concentration, as in the paper.
PRIOR = 0.25
LADDERS, RUNGS, TOP = 4, 16, 0.06
# In the first sixth of the turns rungs are let down, a sixth more is forgotten; of the rest, one
# number in ten is kept. In each turn neighbours may change places so many times.
SHARE, THIN, CHANGES = 6, 10, 16
# Turns for each replicate that the plan asks for; the second only where ladders disagree.
TURNS = (3, 9)
# Ladders agree with so many numbers each, when their spread beside that inside them is below this,
# and limits and middle are known to this share of themselves.
FEWEST, AGREED, KNOWN, HALVES = 100, 1.03, 0.05, 2


@dataclass
class _Rungs:
    """Holds arrays whose first axis are the rungs of a ladder."""

    def __getitem__(self, order: Counts) -> Self:
        return replace(self, **{name: each[order] for name, each in vars(self).items()})


@dataclass
class _State(_Rungs):
    """What rungs hold: shapes (rungs, classes), (rungs, classes, lists), (rungs,).

    `weights` are logarithms: later classes may weigh less than the least number above nothing.
    """

    weights: Numbers
    chances: Numbers
    concentration: Numbers


@dataclass
class _Seen(_Rungs):
    """What a state says: of each combination, shape (rungs, combinations), and of nobody's list.

    `shares`, shape (rungs, combinations, classes): of which class somebody there is. `likely`: the
    logarithm of the chance of a combination for those who are on any list. `missed`, shape (rungs,
    classes): the chance to be of a class and on no list.
    """

    shares: Numbers
    likely: Numbers
    missed: Numbers


@dataclass(frozen=True)
class Ladder:
    """Draws how many people are on no list, shape (numbers kept,), in so many turns.

    `rungs`, shape (rungs, combinations), are people, the whole table first; `on`, shape
    (combinations, lists), is 1 where a combination is on a list; `begin`, shape (lists,), the
    chance to be on each list that chains begin with.
    """

    rungs: Counts
    on: Counts
    begin: Numbers
    seed: np.random.SeedSequence
    turns: int

    @property
    def pace(self) -> int:
        """Say after how many turns one rung more is let down."""
        return max(self.turns // (SHARE * len(self.rungs)), 1)

    def __call__(self) -> Numbers:
        """Take all turns; the same seed gives the same numbers anywhere."""
        rng, found = np.random.default_rng(self.seed), []
        state = self._start(rng)
        for turn in range(self.turns):
            seen = _seen_by(state, self.on)
            if turn >= self.pace * len(self.rungs):
                order = _places(seen.likely, self.rungs, rng)
                state, seen = state[order], seen[order]
            unseen = _turn(state, seen, self.tables(turn), self.on, rng)
            if SHARE * turn >= 2 * self.turns and turn % THIN == 0:
                found.append(unseen[0])
        return np.array(found, dtype=np.float64)

    def tables(self, turn: int) -> Counts:
        """Give what stands on each rung in a turn: at first the fewest people, at last its own.

        The highest is let down first, and nobody changes place until all are.
        """
        last = len(self.rungs) - 1
        given: Counts = self.rungs[np.maximum(np.arange(last + 1), last - turn // self.pace)]
        return given

    def _start(self, rng: np.random.Generator) -> _State:
        """Begin with one large class that meets lists as if they were independent."""
        shape = (len(self.rungs), CLASSES, len(self.begin))
        spread = rng.beta(50 * self.begin, 50 * (1 - self.begin), shape)
        halves = 0.5 ** np.arange(1, CLASSES + 1)
        weights = np.repeat(np.log(halves / halves.sum())[None], len(self.rungs), axis=0)
        return _State(weights, np.clip(spread, 1e-6, 1 - 1e-6), np.ones(len(self.rungs)))


def estimate(table: CaptureTable, plan: Plan, runner: Runner) -> Numbers:
    """Draw the number of people, shape (numbers kept, 4): one column for each of four ladders.

    Gives people, seen ones with them. Three turns are taken for each replicate of `plan.least`, and
    nine, begun anew, where ladders disagree and the plan may take more. The number of workers
    changes nothing. Raises ValueError where chains run so far off that no number can be drawn.
    Source: Manrique-Vallier 2016, Biometrics 72, 1246-1254 (blocked Gibbs sampler), on each rung.
    """
    combinations = np.flatnonzero(table.counts)
    on = (combinations[:, None] >> np.arange(table.places)) & 1
    rungs, begin = _thinned(table.counts[combinations]), _alone(table)
    for each in TURNS if plan.most > plan.least else TURNS[:1]:
        turns = each * max(plan.least, RUNGS)
        seeds = np.random.SeedSequence(plan.seed).spawn(LADDERS)
        # Each begins with lists that meet half as many, and so with more people, than the last.
        ladders = [Ladder(rungs, on, begin / 2**at, seed, turns) for at, seed in enumerate(seeds)]
        unseen = list(runner.each(ladders, f"{turns:,} turns of classes"))
        people = table.seen + np.stack(unseen, axis=1)
        if agreed(people):
            break
    return people


def agreed(draws: Numbers) -> bool:
    """Say whether ladders have come to one answer; `draws` are people, shape (draws, ladders).

    The two halves of each ladder are looked at as if they were ladders: their middles and spreads,
    and how well all of them know the limits that are shown.
    Source: Vehtari and others 2021, Bayesian Analysis 16, 667-718 (halves; ranks, folded).
    """
    if len(draws) < FEWEST:
        return False
    halves = np.hstack(np.array_split(draws[len(draws) % HALVES :], HALVES))
    apart = np.abs(halves - np.median(halves))
    limits = np.log(np.quantile(halves, [0.025, 0.5, 0.975], axis=0))
    known = limits.std(axis=1, ddof=1).max() / np.sqrt(halves.shape[1])
    return bool(max(disagreement(halves), disagreement(apart)) < AGREED and known < KNOWN)


def disagreement(draws: Numbers) -> float:
    """Compare the spread of all draws, shape (draws, ladders), with that inside each; 1 is alike.

    There are two draws of a ladder at least. Raises nothing. Draws that are alike keep the order
    in which they were made.
    Source: Gelman & Rubin 1992, Statistical Science 7, 457-472 (potential scale reduction), on
    ranks, since the distribution has a long tail.
    """
    ranks = draws.ravel().argsort(kind="stable").argsort(kind="stable").reshape(draws.shape)
    within = float(ranks.var(axis=0, ddof=1).mean())
    between = float(ranks.mean(axis=0).var(ddof=1))
    size = len(draws)
    return float(np.sqrt((size - 1) / size + between / within))


def _thinned(people: Counts) -> Counts:
    """Give tables of ever fewer people, shape (rungs, combinations), all of them first.

    The rarest combinations come first when parts of people are rounded, so that all the rare ones
    together keep their share.
    """
    order = np.argsort(people, kind="stable")
    shares = np.geomspace(1, max(TOP, 1 / people.sum()), RUNGS)
    upto = np.floor(shares[:, None] * np.cumsum(people[order]) + 0.5).astype(np.int64)
    thinned = np.empty_like(upto)
    thinned[:, order] = np.diff(upto, axis=1, prepend=0)
    return thinned


def _alone(table: CaptureTable) -> Numbers:
    """Estimate the chance to be on each list, shape (lists,), as if lists were independent."""
    family = Family(table.places, terms_of(table.places, 1))
    fit = family.fit(table.counts[None].astype(np.float64), np.ones((1, len(family.terms)), bool))
    odds = np.exp(np.clip(fit.parameters[0, 1:], -12, 12))
    alone: Numbers = np.clip(odds / (1 + odds), 1e-6, 1 - 1e-6)
    return alone


def _seen_by(state: _State, on: Counts) -> _Seen:
    """Work out what a state says of who is seen, and of who is not."""
    yes, no = np.log(state.chances), np.log1p(-state.chances)
    logs = state.weights[:, None] + on @ yes.swapaxes(1, 2) + (1 - on) @ no.swapaxes(1, 2)
    most = logs.max(axis=2, keepdims=True)
    shares = np.exp(logs - most)
    whole = shares.sum(axis=2, keepdims=True)
    missed = np.exp(state.weights + no.sum(axis=2))
    likely = (most + np.log(whole))[:, :, 0] - np.log1p(-_hidden(missed))[:, None]
    return _Seen(shares / whole, likely, missed)


def _hidden(missed: Numbers) -> Numbers:
    """Add up the chances to be on no list, shape (rungs,)."""
    hidden: Numbers = np.minimum(missed.sum(axis=1), 1 - 1e-12)
    return hidden


def _places(likely: Numbers, rungs: Counts, rng: np.random.Generator) -> Counts:
    """Let neighbours change places by chance, in turns; gives who comes where, shape (rungs,).

    A state of rung k is as likely as its prior times the product of (p_x / (1 - p_0))^n_kx over
    combinations x, with p_0 the chance to be on no list: people are summed over, which the prior
    1/N makes possible, and `likely` is the logarithm of p_x / (1 - p_0). The prior is the same on
    all rungs, so two states change with the chance min(1, what both are likely after it by before).
    """
    fits, order = (likely @ rungs.T).tolist(), list(range(len(rungs)))
    dice = np.log1p(-rng.random((CHANGES, len(order) - 1))).tolist()
    for turn, logs in enumerate(dice):
        for below in range(turn % 2, len(logs), 2):
            low, high = order[below], order[below + 1]
            gain = fits[high][below] - fits[high][below + 1]
            gain += fits[low][below + 1] - fits[low][below]
            if logs[below] < gain:
                order[below], order[below + 1] = high, low
    return np.array(order)


def _turn(state: _State, seen: _Seen, people: Counts, on: Counts, rng: np.random.Generator) -> Numbers:
    """Draw everything once given the rest; gives the unseen people of each rung."""
    members = rng.multinomial(people, seen.shares)
    unseen = rng.negative_binomial(people.sum(axis=1), 1 - _hidden(seen.missed))
    missed = seen.missed / seen.missed.sum(axis=1, keepdims=True)
    _renew(state, members, rng.multinomial(unseen, missed), on, rng)
    return np.asarray(unseen, dtype=np.float64)


def _renew(
    state: _State,
    members: np.ndarray,
    outside: np.ndarray,
    on: np.ndarray,
    rng: np.random.Generator,
) -> None:
    # As numbers with a fraction: products of whole ones take five times as long.
    met = members.swapaxes(1, 2).astype(np.float64) @ on
    sizes = members.sum(axis=1) + outside
    state.chances = np.clip(rng.beta(1 + met, 1 + sizes[:, :, None] - met), 1e-12, 1 - 1e-12)
    after = sizes[:, ::-1].cumsum(axis=1)[:, ::-1] - sizes
    taken, left = _sticks(1 + sizes[:, :-1], state.concentration[:, None] + after[:, :-1], rng)
    none = np.zeros((len(sizes), 1))
    upto = np.hstack([none, left.cumsum(axis=1)])
    state.weights = np.hstack([taken, none]) + upto
    state.concentration = rng.gamma(PRIOR + CLASSES - 1, 1 / (PRIOR - upto[:, -1]))


def _sticks(taken: Numbers | Counts, left: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Draw from beta distributions; gives the logarithms of what is drawn and of what is left.

    Where little is left, one less what is drawn would be nothing, and the concentration, which
    hangs on how little, too large: so both are drawn as gammas. One of a small shape is one of a
    shape larger by one, times a power (Marsaglia & Tsang 2000, ACM TOMS 26, 363-372, section 6).
    """
    one = np.log(rng.standard_gamma(taken))
    other = np.log(rng.standard_gamma(left + 1)) + np.log1p(-rng.random(left.shape)) / left
    both = np.logaddexp(one, other)
    return one - both, other - both
