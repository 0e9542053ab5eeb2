"""The panel of estimators: each with its intervals, for every value that people may have said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from suar_research.answers import LEVELS, Answer, Limits, Numbers, Refused, limits_95, percentile
from suar_research.rds import bootstraps
from suar_research.rds.estimators import (
    Estimator,
    Within,
    WithoutSeeds,
    by_successive_sampling,
    rds1,
    rds2,
    sample_mean,
)
from suar_research.rds.samples import Sample, Tallies, tallied
from suar_research.running import Plan, Runner, jackknife_error, until_settled, without_one_block

TREE, CHAIN, GILE = "tree", "salganik", "gile"
# The standard error that the limits may have, as a share: a third of a percentage point.
WANDER = 1 / 300
NORMAL = NormalDist()


@dataclass(frozen=True)
class Method:
    """An estimator, what it is told to be, and the ways in which its interval is made."""

    name: str
    estimator: Estimator
    model: str
    drawn: tuple[str, ...]


SEEDS_IN, SEEDS_OUT = "seeds counted", "seeds left out"
WITHOUT_POPULATION = (
    Method("mean", sample_mean, "everybody alike, seeds counted", (TREE, CHAIN)),
    Method("rds1", rds1, SEEDS_IN, (TREE, CHAIN)),
    Method("rds1_without_seeds", WithoutSeeds(rds1), SEEDS_OUT, (TREE, CHAIN)),
    Method("rds2", rds2, SEEDS_IN, (TREE, CHAIN)),
    Method("rds2_without_seeds", WithoutSeeds(rds2), SEEDS_OUT, (TREE, CHAIN)),
)


@dataclass(frozen=True)
class Block:
    """A piece of the work: replicates of a sample drawn in one way, and estimates from each.

    Returns shape (replicates, methods * values); not numbers where a replicate has no estimate.
    `population` is None but for the way that needs it.
    """

    way: str
    population: int | None
    estimators: tuple[Estimator, ...]
    sample: Sample
    seed: np.random.SeedSequence
    replicates: int

    def __call__(self) -> Numbers:
        """Draw the samples and estimate from each."""
        rng = np.random.default_rng(self.seed)
        if self.population is not None:
            drawn = bootstraps.populations(self.sample, self.replicates, rng, self.population)
        else:
            drawn = WAYS[self.way](self.sample, self.replicates, rng)
        return np.hstack([item(drawn) for item in self.estimators])


WAYS: Mapping[str, Callable[[Sample, int, np.random.Generator], Tallies]] = {
    TREE: bootstraps.trees,
    CHAIN: bootstraps.chains,
}


@dataclass(frozen=True)
class Panel:
    """Answers by value, methods and (by method) replicates without one, and populations used."""

    answers: Mapping[str, list[Answer]]
    refused: list[Refused]
    lost: Mapping[str, int]
    populations: tuple[int, ...]


def methods_for(populations: Sequence[int]) -> list[Method]:
    """List the methods: successive sampling once for each population that was named."""
    several = len(populations) > 1
    return [
        *WITHOUT_POPULATION,
        *(
            Method(
                f"ss_{item}" if several else "ss",
                by_successive_sampling(item),
                f"{item:,} people in all, seeds counted",
                (TREE, f"{GILE}:{item}"),
            )
            for item in populations
        ),
    ]


def panel(sample: Sample, populations: Sequence[int], plan: Plan, runner: Runner) -> Panel:
    """Run every method for every value; one that cannot answer says why.

    `populations`: how many people there may be in all; none leaves successive sampling out.
    """
    places = {value: at for at, value in enumerate(sample.values)}
    return panels(sample, {"": places}, populations, plan, runner)[""]


def panels(
    sample: Sample, groups: Mapping[str, Mapping[str, int]], populations: Sequence[int], plan: Plan, runner: Runner
) -> dict[str, Panel]:
    """Run every method for every value within each group, all from the same replicates.

    `groups`: for each group the place in `sample.values` of each value, every place in one group.
    Replicates are drawn with everybody in them, so that a tree that leads through other groups
    stays whole.
    """
    larger = tuple(item for item in populations if item > sample.people)
    refused, methods, estimates = _too_small(sample, populations), [], {}
    counted = tallied(sample)
    for item in methods_for(larger):
        method = _within(item, groups, len(sample.values))
        shares = method.estimator(counted)[0]
        if np.isfinite(shares).all():
            methods.append(method)
            estimates[method.name] = shares
        else:
            refused.append(Refused(method.name, _WHY))
    drawn = _replicates(sample, methods, plan, runner)
    return {
        group: Panel(
            {
                value: [_answer(one, float(estimates[one.name][at]), at, drawn) for one in methods]
                for value, at in places.items()
            },
            refused,
            _lost(estimates, list(places.values()), drawn),
            larger,
        )
        for group, places in groups.items()
    }


def _too_small(sample: Sample, populations: Sequence[int]) -> list[Refused]:
    if not populations:
        return [Refused("ss", "how many people there are in all was not said")]
    return [
        Refused("ss", f"{item:,} people in all are not more than the {sample.people:,} interviewed")
        for item in populations
        if item <= sample.people
    ]


def _within(method: Method, groups: Mapping[str, Mapping[str, int]], values: int) -> Method:
    if len(groups) == 1:
        return method
    own = {at: number for number, item in enumerate(groups.values()) for at in item.values()}
    group = tuple(own[at] for at in range(values))
    return replace(method, estimator=Within(method.estimator, group))


def _lost(names: Iterable[str], places: list[int], drawn: Mapping[str, _Drawn]) -> dict[str, int]:
    """Count by method the replicates that say nothing about some of these values."""
    lost = {
        name: max(
            int(np.isnan(way.replicates[name][:, places]).any(axis=1).sum())
            for way in drawn.values()
            if name in way.replicates
        )
        for name in names
    }
    return {name: count for name, count in lost.items() if count}


_WHY = "a group recruited nobody, or groups never recruited each other, so nothing says how recruitment would go on"


@dataclass(frozen=True)
class _Drawn:
    """Replicates of one way by method, shape (replicates, values), and what they cost."""

    replicates: Mapping[str, Numbers]
    settled: bool
    cpu_s: float


def _replicates(sample: Sample, methods: Sequence[Method], plan: Plan, runner: Runner) -> dict[str, _Drawn]:
    """Draw each way once, for all methods that use it."""
    ways = list(dict.fromkeys(way for method in methods for way in method.drawn))
    return {way: _drawn(way, sample, [item for item in methods if way in item.drawn], plan, runner) for way in ways}


def _drawn(way: str, sample: Sample, methods: Sequence[Method], plan: Plan, runner: Runner) -> _Drawn:
    name, _, population = way.partition(":")
    estimators = tuple(item.estimator for item in methods)

    def block(seed: np.random.SeedSequence, size: int) -> Block:
        return Block(name, int(population) if population else None, estimators, sample, seed, size)

    began = runner.cpu_s()
    rows, far = until_settled(block, _wander, Plan(plan.seed, plan.least, plan.most, WANDER), runner)
    spent = runner.cpu_s() - began
    parts = np.split(rows, len(methods), axis=1)
    result = {method.name: part for method, part in zip(methods, parts, strict=True)}
    return _Drawn(result, far <= WANDER, spent)


def _wander(rows: Numbers) -> float:
    """Return the largest standard error of any 95% limit, shape (replicates, methods * values)."""
    return max(_one_wanders(column[np.isfinite(column)]) for column in rows.T)


def _one_wanders(column: Numbers) -> float:
    if len(column) < 100:
        return float("inf")
    return max(jackknife_error(side) for side in without_one_block(column, limits_95).T)


def _answer(method: Method, estimate: float, at: int, drawn: Mapping[str, _Drawn]) -> Answer:
    """Return one answer, its widest interval first: that is the one which is shown."""
    ways = [drawn[way] for way in method.drawn]
    columns = [item.replicates[method.name][:, at] for item in ways]
    intervals = {
        way.partition(":")[0]: tuple(_limits(way, estimate, column[np.isfinite(column)], level) for level in LEVELS)
        for way, column in zip(method.drawn, columns, strict=True)
    }
    return Answer(
        method.name,
        estimate,
        dict(sorted(intervals.items(), key=_wide, reverse=True)),
        method.model,
        len(columns[0]),
        all(item.settled for item in ways),
        sum(item.cpu_s for item in ways),
    )


def _wide(interval: tuple[str, tuple[Limits, ...]]) -> float:
    return interval[1][0].high - interval[1][0].low


def _limits(way: str, estimate: float, column: Numbers, level: float) -> Limits:
    """Cut percentiles; for the synthetic population take the standard error, as its author does."""
    if not len(column):
        return Limits(level, 0.0, 1.0)
    if not way.startswith(GILE):
        return percentile(column, level)
    wide = NORMAL.inv_cdf((1 + level) / 2) * float(column.std())
    return Limits(level, max(estimate - wide, 0.0), min(estimate + wide, 1.0))
