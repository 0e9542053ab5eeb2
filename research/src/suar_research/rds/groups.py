"""Shares within groups of one sample: the trees stay whole, and each group answers for itself.

Whoever belongs to another group stays in the trees and is counted in no share of this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from suar_research.files import Unreadable, refuse
from suar_research.rds import study
from suar_research.rds.panel import Panel, panels
from suar_research.rds.samples import FEWEST_PEOPLE, FEWEST_VALUES, MOST_VALUES, Places, Sample
from suar_research.rds.study import Mixing, Tree, Wave
from suar_research.running import Plan, Runner

# Of groups with answers: each pair is a group of its own when recruitment is drawn again.
MOST_PAIRS = 24


@dataclass(frozen=True)
class Groups:
    """People by group and answer: `sample` has a value for each pair that occurs.

    `places`: for each group the place in `sample.values` of each of its answers. `of`, shape
    (people,), says which group of `places` somebody belongs to, -1 for none of them. `left_out`
    says by group why nothing is estimated of it; `nowhere` counts people of whom no group is known.
    """

    by: str
    sample: Sample
    places: Mapping[str, Mapping[str, int]]
    of: Places
    left_out: Mapping[str, str]
    nowhere: int

    def alone(self, group: str) -> Sample:
        """Give the whole sample as this group sees it: of all others the answer is not known."""
        own = self.places[group]
        number = np.full(len(self.sample.values) + 1, len(own))
        number[list(own.values())] = np.arange(len(own))
        return replace(self.sample, values=tuple(own), group=number[self.sample.group])

    def apart(self) -> Sample:
        """Give the sample with its groups in the place of answers."""
        names = tuple(self.places)
        return replace(self.sample, values=names, group=np.where(self.of < 0, len(names), self.of))


@dataclass(frozen=True)
class Part:
    """What is told about one group; `people` have an answer, of `not_known` it is not known.

    `sample` has everybody in its trees; waves and trees count and weigh the people of the group.
    """

    sample: Sample
    people: int
    not_known: int
    found: Panel
    waves: list[Wave]
    trees: list[Tree]
    notices: list[str]


@dataclass(frozen=True)
class Parted:
    """The answer for each group, how groups recruit each other, and what holds for all of them.

    With one group `mixing` is empty and `homophily` no number (nan).
    """

    groups: Groups
    parts: Mapping[str, Part]
    mixing: list[Mixing]
    homophily: float
    notices: list[str]


def grouped(sample: Sample, named: Sequence[str], by: str) -> Groups:
    """Put people into groups by what is named for each, shape (people,), empty where nothing is.

    A group is left out when fewer than ten of it have an answer, or all the same. Raises Unreadable
    when none is left, or when they are too many.
    """
    found = {name: _answers(sample, named, name) for name in sorted({*named} - {""})}
    left_out = {name: why for name, each in found.items() if (why := _why(each))}
    kept = {name: list(each) for name, each in found.items() if name not in left_out}
    refuse(_too_many(kept, by))
    if not kept:
        said = [f"column {by}: {name}: {why}" for name, why in left_out.items()]
        raise Unreadable(said or [f"column {by}: it is empty"])
    pairs = [(name, value) for name, each in kept.items() for value in each]
    place = {pair: at for at, pair in enumerate(pairs)}
    order = {name: at for at, name in enumerate(kept)}
    return Groups(
        by,
        _of_pairs(sample, named, place),
        {name: {value: place[name, value] for value in each} for name, each in kept.items()},
        np.array([order.get(name, -1) for name in named]),
        left_out,
        sum(not name for name in named),
    )


def _of_pairs(sample: Sample, named: Sequence[str], place: Mapping[tuple[str, str], int]) -> Sample:
    """Give the sample with a value for each pair of a group and an answer."""
    said = (*sample.values, "")
    group = [place.get((name, said[at]), len(place)) for name, at in zip(named, sample.group, strict=True)]
    values = tuple(f"{name}: {value}" for name, value in place)
    return replace(sample, values=values, group=np.array(group))


def _answers(sample: Sample, named: Sequence[str], name: str) -> dict[str, int]:
    """Count the answers of a group, in the order of the sample."""
    own = sample.group[np.array([each == name for each in named])]
    counts = np.bincount(own, minlength=sample.groups).tolist()
    return {value: count for value, count in zip(sample.values, counts, strict=False) if count}


def _why(answers: Mapping[str, int]) -> str:
    people = sum(answers.values())
    if people < FEWEST_PEOPLE:
        return f"{people} people with an answer; at least {FEWEST_PEOPLE} are needed"
    if len(answers) < FEWEST_VALUES:
        return f"all {people} people have the same answer, so every share is 1"
    return ""


def _too_many(kept: Mapping[str, Sequence[str]], by: str) -> list[str]:
    pairs = sum(map(len, kept.values()))
    if len(kept) > MOST_VALUES or pairs > MOST_PAIRS:
        return [
            f"column {by}: {len(kept)} groups with {pairs} different answers; at most {MOST_VALUES}"
            f" groups and {MOST_PAIRS} answers can be told apart, put them into fewer"
        ]
    return []


def parted(groups: Groups, populations: Sequence[int], plan: Plan, runner: Runner) -> Parted:
    """Ask every method and every diagnostic about each group."""
    found = panels(groups.sample, groups.places, populations, plan, runner)
    between = groups.apart()
    several = len(groups.places) > 1
    return Parted(
        groups,
        {name: _part(groups, name, found[name]) for name in groups.places},
        study.mixing(between) if several else [],
        study.recruitment_homophily(between) if several else float("nan"),
        study.between_groups(groups.by, between, groups.left_out, groups.nowhere),
    )


def _part(groups: Groups, name: str, found: Panel) -> Part:
    sample = groups.alone(name)
    known = sample.group < len(sample.values)
    people = int(known.sum())
    waves = [replace(each, people=int((known & (sample.wave <= each.wave)).sum())) for each in study.by_wave(sample)]
    trees = [
        replace(each, people=int((known & (sample.tree == at)).sum())) for at, each in enumerate(study.by_tree(sample))
    ]
    number = list(groups.places).index(name)
    return Part(
        sample,
        people,
        int((groups.of == number).sum()) - people,
        found,
        waves,
        trees,
        study.of_group(sample, found, waves, trees),
    )
