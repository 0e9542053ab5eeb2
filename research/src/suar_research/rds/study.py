"""One whole answer about a sample: panel, diagnostics and notices, ready to be told.

What speaks for and against a sample: does it settle, does it mix, and who began it.

Source: Gile, Johnston & Salganik 2015, JRSS A 178, 241-269 (convergence, bottlenecks, seeds);
Heckathorn 1997, Social Problems 44, 174-199 (waves until equilibrium); Heckathorn 2002 (homophily).

When the estimates disagree or a sample did not mix, and what was published against it all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import Answer, Limits, Numbers
from suar_research.coverage import texts
from suar_research.rds.estimators import equilibrium, rds2, transitions
from suar_research.rds.panel import TREE, Panel, panel
from suar_research.rds.samples import SEED, Places, Sample, Tallies, tallied, tally
from suar_research.running import Plan, Runner

# Recruitment has reached its equilibrium when no start is further from it than this.
SETTLED = 0.02
FARTHEST_WAVE = 200


@dataclass(frozen=True)
class Wave:
    """The RDS-II shares of all people up to a wave, and how many they are."""

    wave: int
    people: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Tree:
    """All who come from one seed: how many, in how many waves, and their RDS-II shares.

    `seed_value` is what the seed said, None where it is not known; `without` are the shares when
    this tree is left out. Shares are not numbers (nan) where nothing is known.
    """

    seed_value: str | None
    people: int
    waves: int
    shares: tuple[float, ...]
    without: tuple[float, ...]


@dataclass(frozen=True)
class Mixing:
    """How a group recruits and how many it knows.

    `homophily` is 1 when a group recruits its own only, 0 when it recruits as if it did not see
    groups, -1 when it recruits others only. `contacts` is the harmonic mean, in people.
    """

    value: str
    people: int
    contacts: float
    recruited: tuple[int, ...]
    homophily: float


def by_wave(sample: Sample) -> list[Wave]:
    """Estimate again and again while waves are added: what still moves at the end is not settled.

    Does not depend on the order of rows, only on the trees.
    """
    waves = range(int(sample.wave.max()) + 1)
    chosen = [np.flatnonzero(sample.wave <= wave) for wave in waves]
    shares = _shares(sample, chosen)
    return [Wave(wave, len(people), each) for wave, people, each in zip(waves, chosen, shares, strict=True)]


def by_tree(sample: Sample) -> list[Tree]:
    """Estimate from each tree alone, and from all others: trees far apart are a bottleneck."""
    inside = [np.flatnonzero(sample.tree == tree) for tree in range(len(sample.seeds))]
    outside = [np.flatnonzero(sample.tree != tree) for tree in range(len(sample.seeds))]
    alone, without = _shares(sample, inside), _shares(sample, outside)
    said = (*sample.values, None)
    return [
        Tree(
            said[sample.group[sample.seeds[tree]]],
            len(people),
            int(sample.wave[people].max()),
            alone[tree],
            without[tree],
        )
        for tree, people in enumerate(inside)
    ]


def mixing(sample: Sample) -> list[Mixing]:
    """Say how each group recruits, in the measure of Heckathorn 2002, from RDS-II shares."""
    counted = tallied(sample)
    shares, moves = rds2(counted)[0], transitions(counted)[0]
    people = counted.people[0, :-1].sum(axis=1)
    contacts = people / (counted.people[0, :-1] @ (1 / counted.degrees))
    return [
        Mixing(
            value,
            int(people[at]),
            float(contacts[at]),
            tuple(int(each) for each in counted.ties[0, at, :-1]),
            _homophily(float(moves[at, at]), float(shares[at])),
        )
        for at, value in enumerate(sample.values)
    ]


def _homophily(own: float, share: float) -> float:
    """Compare the part of own recruits with the share of the group in the population."""
    return (own - share) / (1 - share) if own >= share else (own - share) / share


def recruitment_homophily(sample: Sample) -> float:
    """Give recruitments within a group, as a ratio to those if nobody had looked at groups.

    1 is no homophily. Not a number where nobody is expected within.
    """
    ties = tallied(sample).ties[0, :-1, :-1]
    expected = (ties.sum(axis=1) * ties.sum(axis=0)).sum() / ties.sum() if ties.any() else 0.0
    return float(np.trace(ties) / expected) if expected else float("nan")


def waves_needed(sample: Sample) -> int | None:
    """Count the waves until recruitment forgets its seeds, to within 2%; None if it never does.

    Raises nothing.
    Source: Heckathorn 1997, the first-order Markov chain of recruitment and its 2% rule.
    """
    moves = transitions(tallied(sample))
    wanted = equilibrium(moves)[0]
    if not np.isfinite(wanted).all():
        return None
    there = np.eye(len(wanted))
    for wave in range(FARTHEST_WAVE):
        if np.abs(there - wanted).max() <= SETTLED:
            return wave
        there = there @ moves[0]
    return None


def _shares(sample: Sample, chosen: list[Places]) -> list[tuple[float, ...]]:
    """Give RDS-II shares for each choice of people."""
    replicate = np.repeat(np.arange(len(chosen)), [len(each) for each in chosen])
    people = np.concatenate(chosen)
    counted: Tallies = tally(sample, len(chosen), replicate, people, np.full(len(people), -1))
    found: Numbers = rds2(counted)
    return [tuple(float(each) for each in row) for row in found]


# Estimates are not the same answer when they are this far apart as shares, or as odds.
APART, ODDS_APART = 0.05, 1.5
WIDE = 0.25
# Whole trees that are narrower than this part of another interval had little to draw from.
NARROWER = 0.8
BOTTLENECK, LARGE_TREE, ONE_TREE = 0.3, 30, 0.5
MOVED = 0.02
FEW_CROSSINGS = 20
# A group of fewer than this has shares in steps of more than three points.
FEW_PEOPLE = 30
LARGE_PART = 0.2
# Everybody alike is shown for comparison; nobody is surprised that it says another thing.
TOO_PLAIN = "mean"

TEXTS = texts("rds.notices")
CRITICISM: str = TEXTS["criticism"]
ASSUMPTIONS: tuple[str, ...] = tuple(TEXTS["assumptions"])


def list_notices(sample: Sample, found: Panel, waves: Sequence[Wave], trees: Sequence[Tree]) -> list[str]:
    """Say in plain sentences what a reader must know; the criticism is always the last."""
    return [
        *_unstable(found.answers),
        *_wide(found.answers),
        *_trees_say_little(found.answers),
        *_still_moving(sample, waves),
        *_few_waves(sample, waves),
        *_seeds(sample, trees),
        *_bottleneck(sample, trees),
        *_few_crossings(sample),
        *_large_part(sample, found.populations),
        *_odd_rows(sample),
        *(f"{each.name}: no estimate, {each.because}." for each in found.refused),
        *_lost(found.lost),
        *_not_settled(found.answers),
        CRITICISM,
    ]


def of_group(sample: Sample, found: Panel, waves: Sequence[Wave], trees: Sequence[Tree]) -> list[str]:
    """Say what a reader must know of one group; `waves` and `trees` count its people only."""
    return [
        *_unstable(found.answers),
        *_wide(found.answers),
        *_trees_say_little(found.answers),
        *_few_people(waves[-1].people, trees),
        *_still_moving(sample, waves),
        *_bottleneck(sample, trees),
        *(f"{each.name}: no estimate, {each.because}." for each in found.refused),
        *_lost(found.lost),
        *_not_settled(found.answers),
    ]


def between_groups(by: str, between: Sample, left_out: Mapping[str, str], nowhere: int) -> list[str]:
    """Say what holds for all groups together; `between` has the groups in the place of answers."""
    told = [f"{by} {name}: nothing is estimated, {why}." for name, why in left_out.items()]
    if nowhere:
        told.append(
            f"Of {nowhere:,} people the column {by} says nothing. They are kept in the trees and counted in no group."
        )
    return [*told, *(_few_crossings(between) if len(between.values) > 1 else [])]


def _unstable(answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    told = []
    for value in _telling(answers):
        each = answers[value]
        ordered = sorted((one.estimate, one.name) for one in each if one.name != TOO_PLAIN)
        if not ordered:
            continue
        (low, first), (high, last) = ordered[0], ordered[-1]
        if high - low > APART or high * (1 - low) > ODDS_APART * low * (1 - high):
            told.append(
                f"UNSTABLE: the methods disagree on {value!r}, from {low:.1%} ({first}) to "
                f"{high:.1%} ({last}). No single one of these shares should be published or "
                "planned with."
            )
    return told


def _telling(answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    """Give the values that say something of their own: of two, the one that fewer said."""
    if len(answers) != 2:
        return list(answers)
    return [min(answers, key=lambda value: answers[value][0].estimate)]


def _wide(answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    names = {one.name: None for each in answers.values() for one in each if _width(one.shown) > WIDE}
    if not names:
        return []
    return [f"Wide: the limits are over {WIDE:.0%} of the people apart for {', '.join(names)}."]


def _width(limits: Limits) -> float:
    return limits.high - limits.low


def _trees_say_little(answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    names = {
        one.name: None
        for each in answers.values()
        for one in each
        if _width(one.intervals[TREE][0]) < NARROWER * _width(one.shown)
    }
    if not names:
        return []
    return [
        f"Drawing whole trees again gives a narrower interval than another way for "
        f"{', '.join(names)}: few people recruited more than one, so there is little to draw. "
        "The wider one is shown, and may be too narrow as well."
    ]


def _few_people(people: int, trees: Sequence[Tree]) -> list[str]:
    reached = [each for each in trees if each.people]
    told = []
    if people < FEW_PEOPLE:
        told.append(
            f"Few people: {people} of this group have an answer. A share of so few is hardly more "
            "than a guess, and a reader may know who they are."
        )
    if len(reached) == 1 and len(trees) > 1:
        told.append("All of this group come from one seed.")
    return told


def _still_moving(sample: Sample, waves: Sequence[Wave]) -> list[str]:
    """Compare with the shares when two thirds of the waves had been made."""
    before, last = waves[(2 * (len(waves) - 1)) // 3], waves[-1]
    moves = np.abs(np.array(last.shares) - np.array(before.shares))
    if not np.isfinite(moves).all() or moves.max() <= MOVED:
        return []
    value = sample.values[int(moves.argmax())]
    return [
        f"Not settled: the share of {value!r} still moved by {100 * moves.max():.1f} percentage "
        f"points after wave {before.wave} of {last.wave}."
    ]


def _few_waves(sample: Sample, waves: Sequence[Wave]) -> list[str]:
    needed = waves_needed(sample)
    if needed is None:
        return ["Groups do not reach each other, or recruit each other only: recruitment never forgets who began it."]
    if waves[-1].wave >= needed:
        return []
    return [
        f"Too few waves: {waves[-1].wave}, where {needed} are needed until recruitment is within "
        f"{SETTLED:.0%} of forgetting who began it."
    ]


def _seeds(sample: Sample, trees: Sequence[Tree]) -> list[str]:
    if len(trees) == 1:
        return ["One seed: everybody comes from one person, and nothing says what another one would have begun."]
    said = {each.seed_value for each in trees}
    largest = max(each.people for each in trees)
    told = []
    if len(said) == 1 and None not in said:
        told.append(f"All {len(trees)} seeds said {next(iter(said))!r}: estimates lean to them.")
    if largest > ONE_TREE * sample.people:
        told.append(f"{largest:,} of {sample.people:,} people come from one seed.")
    return told


def _bottleneck(sample: Sample, trees: Sequence[Tree]) -> list[str]:
    large = [each.shares for each in trees if each.people >= LARGE_TREE]
    shares = np.array([each for each in large if not np.isnan(each).all()])
    if len(shares) < 2:
        return []
    spread = np.nanmax(shares, axis=0) - np.nanmin(shares, axis=0)
    if spread.max() <= BOTTLENECK:
        return []
    at = int(spread.argmax())
    low, high = np.nanmin(shares[:, at]), np.nanmax(shares[:, at])
    return [
        f"Bottleneck: trees of {LARGE_TREE} people and more say from {low:.0%} to {high:.0%} of "
        f"{sample.values[at]!r}. They may have gone through parts of the population that hardly "
        "know each other."
    ]


def _few_crossings(sample: Sample) -> list[str]:
    ties = tallied(sample).ties[0, :-1, :-1]
    crossings = int(ties.sum() - np.trace(ties))
    if crossings >= FEW_CROSSINGS:
        return []
    return [f"Few recruitments go from one group to another: {crossings}. Everything that rds1 says rests on them."]


def _large_part(sample: Sample, populations: Sequence[int]) -> list[str]:
    if not populations or sample.people <= LARGE_PART * min(populations):
        return []
    part = sample.people / min(populations)
    return [
        f"The sample is {part:.0%} of {min(populations):,} people: rds1 and rds2, which take it "
        "for a small part, lean to those with few contacts."
    ]


def _odd_rows(sample: Sample) -> list[str]:
    met = sample.recruits + (sample.recruiter != SEED)
    too_few = int((sample.degree < met).sum())
    told = []
    if too_few:
        told.append(
            f"{too_few:,} people say that they know fewer than recruited them or were recruited by "
            "them. The question on contacts may have been misunderstood."
        )
    if sample.not_known:
        told.append(
            f"Of {sample.not_known:,} people the answer is not known. They are kept in the trees "
            "and counted in no share."
        )
    return told


def _not_settled(answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    names = {one.name: one.replicates for each in answers.values() for one in each if one.settled is False}
    return [
        f"The limits had not settled after {count:,} replicates for "
        f"{', '.join(name for name, own in names.items() if own == count)}."
        for count in sorted(set(names.values()))
    ]


def _lost(lost: Mapping[str, int]) -> list[str]:
    if not lost:
        return []
    told = ", ".join(f"{name} ({count:,})" for name, count in lost.items())
    return [
        f"Some replicates have no estimate: {told}. They are left out of the interval, which is "
        "too narrow for that reason."
    ]


@dataclass(frozen=True)
class Study:
    """What is told about one sample."""

    sample: Sample
    found: Panel
    waves: list[Wave]
    trees: list[Tree]
    mixing: list[Mixing]
    homophily: float
    waves_needed: int | None
    notices: list[str]


def study(sample: Sample, populations: Sequence[int], plan: Plan, runner: Runner) -> Study:
    """Ask every method and every diagnostic."""
    found = panel(sample, populations, plan, runner)
    waves, trees = by_wave(sample), by_tree(sample)
    return Study(
        sample,
        found,
        waves,
        trees,
        mixing(sample),
        recruitment_homophily(sample),
        waves_needed(sample),
        list_notices(sample, found, waves, trees),
    )
