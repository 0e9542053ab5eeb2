"""Latent classes: people differ in how easily each kind of list meets them.

Source: Manrique-Vallier 2016, Biometrics 72, 1246-1254 (a Dirichlet-process mixture, LCMCR), with
its stick-breaking prior on the log scale.

One chain stays for tens of thousands of sweeps near its start when two population sizes fit a
table. So each run is parallel tempering over 16 temperatures: the lowest holds the table, each
higher one the same table thinned to fewer whole people, down to 6%. Neighbouring temperatures swap
their states by a Metropolis rule. Every temperature uses the sampler of the paper.
Source: Geyer 1991, Computing Science and Statistics 23, 156-163 (parallel tempering). Own: tempering
by thinned tables, and a start at the highest temperature, from which one after the other is lowered.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from suar_research.answers import Numbers
from suar_research.mse.fitting import Family
from suar_research.mse.tables import CaptureTable, Counts, terms_of
from suar_research.running import Plan, Runner

CLASSES = 10
# Shape and rate of the gamma prior of the concentration, as in the paper.
PRIOR = 0.25
RUNS, TEMPERATURES, TOP = 4, 16, 0.06
# The first sixth of the sweeps lowers the temperatures, one more sixth is burn-in; of the rest every
# tenth is kept. In each sweep neighbours may swap 16 times.
BURN_IN, THIN, SWAPS = 6, 10, 16
# Turns for each replicate that the plan asks for; the second only where runs disagree.
SWEEPS = (3, 9)
# Runs agree if each kept 100 numbers or more, rank R-hat is below 1.03, and median and limits are
# known to 5%.
FEWEST, AGREED, KNOWN, HALVES = 100, 1.03, 0.05, 2


@dataclass
class _Stacked:
    """Arrays whose first axis is the temperature."""

    def __getitem__(self, order: Counts) -> Self:
        return replace(self, **{name: item[order] for name, item in vars(self).items()})


@dataclass
class _State(_Stacked):
    """The state of each temperature.

    Shapes (temperatures, classes), (temperatures, classes, lists), (temperatures,). `weights` are
    logarithms: later classes may weigh less than the smallest float.
    """

    weights: Numbers
    chances: Numbers
    concentration: Numbers


@dataclass
class _Seen(_Stacked):
    """Probabilities that follow from a state.

    `shares`, shape (temperatures, combinations, classes): of which class somebody there is. `likely`: the
    logarithm of the chance of a combination for those who are on any list. `missed`, shape (temperatures,
    classes): the chance to be of a class and on no list.
    """

    shares: Numbers
    likely: Numbers
    missed: Numbers


@dataclass(frozen=True)
class TemperedRun:
    """One run of parallel tempering: draws how many people are on no list, shape (numbers kept,).

    `tempered`, shape (temperatures, combinations), are counts of people, the whole table first; `on`, shape
    (combinations, lists), is 1 where a combination is on a list; `begin`, shape (lists,), the
    chance to be on each list that chains begin with.
    """

    tempered: Counts
    on: Counts
    begin: Numbers
    seed: np.random.SeedSequence
    sweeps: int

    @property
    def sweeps_per_step(self) -> int:
        """Return after how many sweeps one more temperature is lowered."""
        return max(self.sweeps // (BURN_IN * len(self.tempered)), 1)

    def __call__(self) -> Numbers:
        """Run all sweeps; the same seed gives the same numbers anywhere."""
        rng, result = np.random.default_rng(self.seed), []
        state = self._start(rng)
        for sweep in range(self.sweeps):
            seen = _seen_by(state, self.on)
            if sweep >= self.sweeps_per_step * len(self.tempered):
                order = _swapped(seen.likely, self.tempered, rng)
                state, seen = state[order], seen[order]
            unseen = _sweep(state, seen, self.tables(sweep), self.on, rng)
            if BURN_IN * sweep >= 2 * self.sweeps and sweep % THIN == 0:
                result.append(unseen[0])
        return np.array(result, dtype=np.float64)

    def tables(self, sweep: int) -> Counts:
        """Return the table of each temperature in a sweep.

        At first all hold the most thinned table; the highest gets its own first. Nothing swaps before
        all have their own.
        """
        last = len(self.tempered) - 1
        given: Counts = self.tempered[np.maximum(np.arange(last + 1), last - sweep // self.sweeps_per_step)]
        return given

    def _start(self, rng: np.random.Generator) -> _State:
        """Start with one large class in which lists are independent."""
        shape = (len(self.tempered), CLASSES, len(self.begin))
        spread = rng.beta(50 * self.begin, 50 * (1 - self.begin), shape)
        halves = 0.5 ** np.arange(1, CLASSES + 1)
        weights = np.repeat(np.log(halves / halves.sum())[None], len(self.tempered), axis=0)
        return _State(weights, np.clip(spread, 1e-6, 1 - 1e-6), np.ones(len(self.tempered)))


def estimate(table: CaptureTable, plan: Plan, runner: Runner) -> Numbers:
    """Draw the number of people, seen or not, shape (numbers kept, 4): one column per run.

    Uses 3 sweeps per replicate of `plan.least`, and 9, started again, if the runs disagree and the plan
    allows more. The number of workers
    changes nothing. Raises ValueError if a chain diverges so far that no number can be drawn.
    Source: Manrique-Vallier 2016, Biometrics 72, 1246-1254 (blocked Gibbs sampler), on each temperature.
    """
    combinations = np.flatnonzero(table.counts)
    on = (combinations[:, None] >> np.arange(table.places)) & 1
    tempered, begin = _thinned(table.counts[combinations]), _alone(table)
    for item in SWEEPS if plan.most > plan.least else SWEEPS[:1]:
        sweeps = item * max(plan.least, TEMPERATURES)
        seeds = np.random.SeedSequence(plan.seed).spawn(RUNS)
        # Each begins with lists that meet half as many, and so with more people, than the last.
        runs = [TemperedRun(tempered, on, begin / 2**at, seed, sweeps) for at, seed in enumerate(seeds)]
        unseen = list(runner.results(runs, f"{sweeps:,} sweeps of classes"))
        people = table.seen + np.stack(unseen, axis=1)
        if agreed(people):
            break
    return people


def agreed(draws: Numbers) -> bool:
    """Return True if the runs agree; `draws` are people, shape (draws, runs).

    The halves of each run count as runs: rank R-hat of location and of spread, and how precisely they
    know the limits that are shown.
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
    """Return rank R-hat of draws, shape (draws, runs); 1 means that the runs are alike.

    Needs two draws per run. Raises nothing. Equal draws keep their order.
    Source: Gelman & Rubin 1992, Statistical Science 7, 457-472 (potential scale reduction), on
    ranks, since the distribution has a long tail.
    """
    ranks = draws.ravel().argsort(kind="stable").argsort(kind="stable").reshape(draws.shape)
    within = float(ranks.var(axis=0, ddof=1).mean())
    between = float(ranks.mean(axis=0).var(ddof=1))
    size = len(draws)
    return float(np.sqrt((size - 1) / size + between / within))


def _thinned(people: Counts) -> Counts:
    """Return ever more thinned tables, shape (temperatures, combinations), the whole one first.

    Rounding goes from the rarest combination up, so that the rare ones together keep their share.
    """
    order = np.argsort(people, kind="stable")
    shares = np.geomspace(1, max(TOP, 1 / people.sum()), TEMPERATURES)
    upto = np.floor(shares[:, None] * np.cumsum(people[order]) + 0.5).astype(np.int64)
    thinned = np.empty_like(upto)
    thinned[:, order] = np.diff(upto, axis=1, prepend=0)
    return thinned


def _alone(table: CaptureTable) -> Numbers:
    """Return the probability to be on each list, shape (lists,), if lists were independent."""
    family = Family(table.places, terms_of(table.places, 1))
    fit = family.fit(table.counts[None].astype(np.float64), np.ones((1, len(family.terms)), bool))
    odds = np.exp(np.clip(fit.parameters[0, 1:], -12, 12))
    alone: Numbers = np.clip(odds / (1 + odds), 1e-6, 1 - 1e-6)
    return alone


def _seen_by(state: _State, on: Counts) -> _Seen:
    """Return the probabilities that follow from a state."""
    yes, no = np.log(state.chances), np.log1p(-state.chances)
    logs = state.weights[:, None] + on @ yes.swapaxes(1, 2) + (1 - on) @ no.swapaxes(1, 2)
    most = logs.max(axis=2, keepdims=True)
    shares = np.exp(logs - most)
    whole = shares.sum(axis=2, keepdims=True)
    missed = np.exp(state.weights + no.sum(axis=2))
    likely = (most + np.log(whole))[:, :, 0] - np.log1p(-_hidden(missed))[:, None]
    return _Seen(shares / whole, likely, missed)


def _hidden(missed: Numbers) -> Numbers:
    """Return the probability to be on no list, shape (temperatures,)."""
    hidden: Numbers = np.minimum(missed.sum(axis=1), 1 - 1e-12)
    return hidden


def _swapped(likely: Numbers, tempered: Counts, rng: np.random.Generator) -> Counts:
    """Let neighbouring temperatures swap; return the new order of states, shape (temperatures,).

    A state of temperature k is as likely as its prior times the product of (p_x / (1 - p_0))^n_kx over
    combinations x, with p_0 the chance to be on no list: people are summed over, which the prior
    1/N makes possible, and `likely` is the logarithm of p_x / (1 - p_0). The prior is the same on
    all temperatures, so two states change with the chance min(1, what both are likely after it by before).
    """
    fits, order = (likely @ tempered.T).tolist(), list(range(len(tempered)))
    dice = np.log1p(-rng.random((SWAPS, len(order) - 1))).tolist()
    for sweep, logs in enumerate(dice):
        for below in range(sweep % 2, len(logs), 2):
            low, high = order[below], order[below + 1]
            gain = fits[high][below] - fits[high][below + 1]
            gain += fits[low][below + 1] - fits[low][below]
            if logs[below] < gain:
                order[below], order[below + 1] = high, low
    return np.array(order)


def _sweep(state: _State, seen: _Seen, people: Counts, on: Counts, rng: np.random.Generator) -> Numbers:
    """Draw everything once given the rest; return the unseen people of each temperature."""
    members = rng.multinomial(people, seen.shares)
    unseen = rng.negative_binomial(people.sum(axis=1), 1 - _hidden(seen.missed))
    missed = seen.missed / seen.missed.sum(axis=1, keepdims=True)
    _renew(state, members, rng.multinomial(unseen, missed), on, rng)
    return np.asarray(unseen, dtype=np.float64)


def _renew(state: _State, members: np.ndarray, outside: np.ndarray, on: np.ndarray, rng: np.random.Generator) -> None:
    # As numbers with a fraction: products of whole ones take five times as long.
    met = members.swapaxes(1, 2).astype(np.float64) @ on
    sizes = members.sum(axis=1) + outside
    state.chances = np.clip(rng.beta(1 + met, 1 + sizes[:, :, None] - met), 1e-12, 1 - 1e-12)
    after = sizes[:, ::-1].cumsum(axis=1)[:, ::-1] - sizes
    taken, left = _stick_breaking(1 + sizes[:, :-1], state.concentration[:, None] + after[:, :-1], rng)
    none = np.zeros((len(sizes), 1))
    upto = np.hstack([none, left.cumsum(axis=1)])
    state.weights = np.hstack([taken, none]) + upto
    state.concentration = rng.gamma(PRIOR + CLASSES - 1, 1 / (PRIOR - upto[:, -1]))


def _stick_breaking(taken: Numbers | Counts, left: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Draw from beta distributions; returns the logarithms of what is drawn and of what is left.

    Where little is left, one less what is drawn would be nothing, and the concentration, which
    hangs on how little, too large: so both are drawn as gammas. One of a small shape is one of a
    shape larger by one, times a power (Marsaglia & Tsang 2000, ACM TOMS 26, 363-372, section 6).
    """
    one = np.log(rng.standard_gamma(taken))
    other = np.log(rng.standard_gamma(left + 1)) + np.log1p(-rng.random(left.shape)) / left
    both = np.logaddexp(one, other)
    return one - both, other - both
