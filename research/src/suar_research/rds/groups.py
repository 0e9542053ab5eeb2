"""Shares within groups of one sample: the trees stay whole, and each group is estimated by itself.

People of another group stay in the trees and are counted in no share of this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from suar_research.files import Unreadable, refuse
from suar_research.rds.panel import Panel, panels
from suar_research.rds.samples import FEWEST_PEOPLE, FEWEST_VALUES, MOST_VALUES, Places, Sample
from suar_research.rds.study import (
    Mixing,
    Tree,
    Wave,
    between_groups,
    by_tree,
    by_wave,
    mixing,
    of_group,
    recruitment_homophily,
)
from suar_research.running import Plan, Runner

# Of groups with answers: each pair is a group of its own when recruitment is drawn again.
MOST_PAIRS = 24


@dataclass(frozen=True)
class Groups:
    """People by group and answer: `sample` has a value for each pair that occurs.

    `places`: for each group the place in `sample.values` of each of its answers. `of`, shape
    (people,), is the group of `places` of each person, -1 for none of them. `left_out` holds by
    group why nothing is estimated of it; `nowhere` counts people without a known group.
    """

    by: str
    sample: Sample
    places: Mapping[str, Mapping[str, int]]
    of: Places
    left_out: Mapping[str, str]
    nowhere: int

    def alone(self, group: str) -> Sample:
        """Return the whole sample as this group sees it: of all others the answer is not known."""
        own = self.places[group]
        number = np.full(len(self.sample.values) + 1, len(own))
        number[list(own.values())] = np.arange(len(own))
        return replace(self.sample, values=tuple(own), group=number[self.sample.group])

    def apart(self) -> Sample:
        """Return the sample with its groups in the place of answers."""
        names = tuple(self.places)
        return replace(self.sample, values=names, group=np.where(self.of < 0, len(names), self.of))


@dataclass(frozen=True)
class Part:
    """The answer about one group; `people` have an answer, of `not_known` it is not known.

    `sample` has everybody in its trees; waves and trees count and weigh the people of the group.
    """

    sample: Sample
    people: int
    not_known: int
    panel: Panel
    waves: list[Wave]
    trees: list[Tree]
    notices: list[str]


@dataclass(frozen=True)
class Parted:
    """The answer for each group, how groups recruit each other, and what holds for all of them.

    With one group `mixing` is empty and `homophily` nan.
    """

    groups: Groups
    parts: Mapping[str, Part]
    mixing: list[Mixing]
    homophily: float
    notices: list[str]


def grouped(sample: Sample, named: Sequence[str], by: str) -> Groups:
    """Put people into groups by the name of each, shape (people,), empty if there is none.

    A group is left out when fewer than ten of it have an answer, or all the same. Raises Unreadable
    when none is left, or when they are too many.
    """
    selected: dict[str, list[str]] = {}
    left_out: dict[str, str] = {}
    for name in sorted({*named} - {""}):
        own = sample.group[np.array([item == name for item in named])]
        counts = np.bincount(own, minlength=sample.groups).tolist()[: len(sample.values)]
        answers = [value for value, count in zip(sample.values, counts, strict=True) if count]
        if sum(counts) < FEWEST_PEOPLE:
            left_out[name] = f"{sum(counts)} people with an answer; at least {FEWEST_PEOPLE} are needed"
        elif len(answers) < FEWEST_VALUES:
            left_out[name] = f"all {sum(counts)} people have the same answer, so every share is 1"
        else:
            selected[name] = answers
    pairs = [(name, value) for name, answers in selected.items() for value in answers]
    if len(selected) > MOST_VALUES or len(pairs) > MOST_PAIRS:
        problem = f"column {by}: {len(selected)} groups with {len(pairs)} different answers; at most {MOST_VALUES}"
        refuse([f"{problem} groups and {MOST_PAIRS} answers can be told apart, put them into fewer"])
    if not selected:
        problems = [f"column {by}: {name}: {why}" for name, why in left_out.items()]
        raise Unreadable(problems or [f"column {by}: it is empty"])
    place = {pair: at for at, pair in enumerate(pairs)}
    values, order = (*sample.values, ""), list(selected)
    group = [place.get((name, values[at]), len(place)) for name, at in zip(named, sample.group, strict=True)]
    of_pairs = replace(sample, values=tuple(f"{name}: {value}" for name, value in pairs), group=np.array(group))
    places = {name: {value: place[name, value] for value in answers} for name, answers in selected.items()}
    of = np.array([order.index(name) if name in selected else -1 for name in named])
    return Groups(by, of_pairs, places, of, left_out, sum(not name for name in named))


def parted(groups: Groups, populations: Sequence[int], plan: Plan, runner: Runner) -> Parted:
    """Run every method and every diagnostic for each group."""
    result = panels(groups.sample, groups.places, populations, plan, runner)
    between = groups.apart()
    parts = {name: _part(groups, number, name, result[name]) for number, name in enumerate(groups.places)}
    notices = between_groups(groups.by, between, groups.left_out, groups.nowhere)
    if len(parts) == 1:
        return Parted(groups, parts, [], float("nan"), notices)
    return Parted(groups, parts, mixing(between), recruitment_homophily(between), notices)


def _part(groups: Groups, number: int, name: str, result: Panel) -> Part:
    sample = groups.alone(name)
    known = sample.group < len(sample.values)
    people = int(known.sum())
    not_known = int((groups.of == number).sum()) - people
    waves = [replace(wave, people=int((known & (sample.wave <= wave.wave)).sum())) for wave in by_wave(sample)]
    trees = [replace(tree, people=int((known & (sample.tree == at)).sum())) for at, tree in enumerate(by_tree(sample))]
    return Part(sample, people, not_known, result, waves, trees, of_group(sample, result, waves, trees))
