"""One whole answer about a recruited sample: the panel of methods, diagnostics, and notices.

Diagnostics show what speaks for and against a sample: does it settle, does it mix, and who began it.
Source: Gile, Johnston & Salganik 2015, JRSS A 178, 241-269 (convergence, bottlenecks, seeds);
Heckathorn 1997, Social Problems 44, 174-199 (waves until equilibrium); Heckathorn 2002 (homophily).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import Answer, Limits
from suar_research.coverage import texts
from suar_research.rds.estimators import equilibrium, rds2, transitions
from suar_research.rds.panel import TREE, Panel, panel
from suar_research.rds.samples import SEED, Places, Sample, tallied, tally
from suar_research.running import Plan, Runner

# Recruitment has reached its equilibrium when no start is further from it than this.
SETTLED = 0.02
FARTHEST_WAVE = 200
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
Answers = Mapping[str, Sequence[Answer]]


@dataclass(frozen=True)
class Wave:
    """The RDS-II shares of all people up to a wave, and how many they are."""

    wave: int
    people: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Tree:
    """All who come from one seed: how many, in how many waves, and their RDS-II shares.

    `seed_value` is the answer of the seed, None if it is not known; `without` are the shares when
    this tree is left out. Shares are nan where nothing is known.
    """

    seed_value: str | None
    people: int
    waves: int
    shares: tuple[float, ...]
    without: tuple[float, ...]


@dataclass(frozen=True)
class Mixing:
    """The recruitment of a group, and how many it knows.

    `homophily` is 1 when a group recruits its own only, 0 when it recruits as if it did not see
    groups, -1 when it recruits others only. `contacts` is the harmonic mean, in people.
    """

    value: str
    people: int
    contacts: float
    recruited: tuple[int, ...]
    homophily: float


@dataclass(frozen=True)
class Study:
    """The answer about one sample."""

    sample: Sample
    panel: Panel
    waves: list[Wave]
    trees: list[Tree]
    mixing: list[Mixing]
    homophily: float
    waves_needed: int | None
    notices: list[str]


def study(sample: Sample, populations: Sequence[int], plan: Plan, runner: Runner) -> Study:
    """Run every method and every diagnostic."""
    result, waves, trees = panel(sample, populations, plan, runner), by_wave(sample), by_tree(sample)
    homophily, notices = recruitment_homophily(sample), list_notices(sample, result, waves, trees)
    return Study(sample, result, waves, trees, mixing(sample), homophily, waves_needed(sample), notices)


def by_wave(sample: Sample) -> list[Wave]:
    """Estimate again as each wave is added: an estimate that still moves at the end is not settled.

    Does not depend on the order of rows, only on the trees.
    """
    chosen = [np.flatnonzero(sample.wave <= wave) for wave in range(int(sample.wave.max()) + 1)]
    shares = zip(chosen, _shares(sample, chosen), strict=True)
    return [Wave(wave, len(people), item) for wave, (people, item) in enumerate(shares)]


def by_tree(sample: Sample) -> list[Tree]:
    """Estimate from each tree alone, and from all others: trees far apart are a bottleneck."""
    inside = [np.flatnonzero(sample.tree == tree) for tree in range(len(sample.seeds))]
    outside = [np.flatnonzero(sample.tree != tree) for tree in range(len(sample.seeds))]
    alone, without = _shares(sample, inside), _shares(sample, outside)
    values = [(*sample.values, None)[group] for group in sample.group[sample.seeds]]
    waves = [int(sample.wave[people].max()) for people in inside]
    return [Tree(*row) for row in zip(values, map(len, inside), waves, alone, without, strict=True)]


def mixing(sample: Sample) -> list[Mixing]:
    """Return how each group recruits, in the measure of Heckathorn 2002, from RDS-II shares."""
    counted = tallied(sample)
    shares, moves = rds2(counted)[0], transitions(counted)[0]
    people = counted.people[0, :-1].sum(axis=1)
    contacts = people / (counted.people[0, :-1] @ (1 / counted.degrees))
    rows = []
    for at, value in enumerate(sample.values):
        own, share = float(moves[at, at]), float(shares[at])
        # The part of own recruits, beside the share of the group in the population.
        homophily = (own - share) / (1 - share) if own >= share else (own - share) / share
        recruited = tuple(int(count) for count in counted.ties[0, at, :-1])
        rows.append(Mixing(value, int(people[at]), float(contacts[at]), recruited, homophily))
    return rows


def recruitment_homophily(sample: Sample) -> float:
    """Return recruitments within a group, as a ratio to those if nobody had looked at groups.

    1 is no homophily; nan if nobody is expected within.
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
    """Return RDS-II shares for each choice of people."""
    replicate = np.repeat(np.arange(len(chosen)), [len(item) for item in chosen])
    people = np.concatenate(chosen)
    counted = tally(sample, len(chosen), replicate, people, np.full(len(people), SEED))
    return [tuple(float(share) for share in row) for row in rds2(counted)]


def list_notices(sample: Sample, result: Panel, waves: Sequence[Wave], trees: Sequence[Tree]) -> list[str]:
    """Return what a reader must know; the criticism is always the last."""
    return [
        *_of_answers(result.answers),
        *_still_moving(sample, waves),
        *_few_waves(sample, waves),
        *_seeds(sample, trees),
        *_bottleneck(sample, trees),
        *_few_crossings(sample),
        *_of_people(sample, result.populations),
        *_of_methods(result),
        TEXTS["criticism"],
    ]


def of_group(sample: Sample, result: Panel, waves: Sequence[Wave], trees: Sequence[Tree]) -> list[str]:
    """Return what a reader must know of one group; `waves` and `trees` count its people only."""
    people = waves[-1].people
    return [
        *_of_answers(result.answers),
        *([TEXTS["few_people"].format(people=people)] if people < FEW_PEOPLE else []),
        *(
            ["All of this group come from one seed."]
            if sum(bool(tree.people) for tree in trees) == 1 < len(trees)
            else []
        ),
        *_still_moving(sample, waves),
        *_bottleneck(sample, trees),
        *_of_methods(result),
    ]


def between_groups(by: str, between: Sample, left_out: Mapping[str, str], nowhere: int) -> list[str]:
    """Return what holds for all groups together; `between` has the groups in the place of answers."""
    return [
        *(f"{by} {name}: nothing is estimated, {why}." for name, why in left_out.items()),
        *([TEXTS["nowhere"].format(people=nowhere, by=by)] if nowhere else []),
        *(_few_crossings(between) if len(between.values) > 1 else []),
    ]


def _of_answers(answers: Answers) -> Iterator[str]:
    """Find methods that disagree, wide intervals, and trees that have little to draw from."""
    # Of two values, the one with the smaller share says all.
    smaller = min(answers, key=lambda value: answers[value][0].estimate) if len(answers) == 2 else None
    for value in answers if smaller is None else [smaller]:
        ordered = sorted((item.estimate, item.name) for item in answers[value] if item.name != TOO_PLAIN)
        if ordered:
            (low, first), (high, last) = ordered[0], ordered[-1]
            if high - low > APART or high * (1 - low) > ODDS_APART * low * (1 - high):
                yield TEXTS["unstable"].format(value=value, low=low, first=first, high=high, last=last)
    every = [item for row in answers.values() for item in row]
    if wide := dict.fromkeys(item.name for item in every if _width(item.interval) > WIDE):
        yield TEXTS["wide"].format(wide=WIDE, names=", ".join(wide))
    thin = (item.name for item in every if _width(item.intervals[TREE][0]) < NARROWER * _width(item.interval))
    if names := dict.fromkeys(thin):
        yield TEXTS["trees_say_little"].format(names=", ".join(names))


def _width(limits: Limits) -> float:
    return limits.high - limits.low


def _still_moving(sample: Sample, waves: Sequence[Wave]) -> Iterator[str]:
    """Compare with the shares when two thirds of the waves had been made."""
    before, last = waves[(2 * (len(waves) - 1)) // 3], waves[-1]
    moves = np.abs(np.array(last.shares) - np.array(before.shares))
    if np.isfinite(moves).all() and moves.max() > MOVED:
        value, points = sample.values[int(moves.argmax())], 100 * moves.max()
        yield TEXTS["still_moving"].format(value=value, points=points, before=before.wave, last=last.wave)


def _few_waves(sample: Sample, waves: Sequence[Wave]) -> Iterator[str]:
    needed = waves_needed(sample)
    if needed is None:
        yield TEXTS["never_forgets"]
    elif waves[-1].wave < needed:
        yield TEXTS["few_waves"].format(waves=waves[-1].wave, needed=needed, settled=SETTLED)


def _seeds(sample: Sample, trees: Sequence[Tree]) -> Iterator[str]:
    if len(trees) == 1:
        yield TEXTS["one_seed"]
        return
    values = {tree.seed_value for tree in trees}
    largest = max(tree.people for tree in trees)
    if len(values) == 1 and None not in values:
        yield f"All {len(trees)} seeds said {next(iter(values))!r}: estimates lean to them."
    if largest > ONE_TREE * sample.people:
        yield f"{largest:,} of {sample.people:,} people come from one seed."


def _bottleneck(sample: Sample, trees: Sequence[Tree]) -> Iterator[str]:
    shares = np.array([tree.shares for tree in trees if tree.people >= LARGE_TREE and not np.isnan(tree.shares).all()])
    if len(shares) < 2:
        return
    low, high = np.nanmin(shares, axis=0), np.nanmax(shares, axis=0)
    at = int((high - low).argmax())
    if high[at] - low[at] > BOTTLENECK:
        value = sample.values[at]
        yield TEXTS["bottleneck"].format(large=LARGE_TREE, low=low[at], high=high[at], value=value)


def _few_crossings(sample: Sample) -> Iterator[str]:
    ties = tallied(sample).ties[0, :-1, :-1]
    crossings = int(ties.sum() - np.trace(ties))
    if crossings < FEW_CROSSINGS:
        yield TEXTS["few_crossings"].format(crossings=crossings)


def _of_people(sample: Sample, populations: Sequence[int]) -> Iterator[str]:
    if populations and sample.people > LARGE_PART * min(populations):
        yield TEXTS["large_part"].format(part=sample.people / min(populations), population=min(populations))
    too_few = int((sample.degree < sample.recruits + (sample.recruiter != SEED)).sum())
    if too_few:
        yield TEXTS["too_few_contacts"].format(people=too_few)
    if sample.not_known:
        yield TEXTS["not_known"].format(people=sample.not_known)


def _of_methods(result: Panel) -> Iterator[str]:
    """Name methods without an estimate, with lost replicates, and with limits that had not settled."""
    yield from (f"{method.name}: no estimate, {method.because}." for method in result.refused)
    if result.lost:
        lost = ", ".join(f"{name} ({count:,})" for name, count in result.lost.items())
        yield TEXTS["lost"].format(lost=lost)
    every = [item for row in result.answers.values() for item in row]
    unsettled = {item.name: item.replicates for item in every if item.settled is False}
    for count in sorted(set(unsettled.values())):
        names = ", ".join(name for name, own in unsettled.items() if own == count)
        yield f"The limits had not settled after {count:,} replicates for {names}."
