"""Samples by recruitment at their limits: notices, trees, pictures and words, each by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest

from suar_research.answers import Answer, Limits, Refused
from suar_research.rds import report as telling
from suar_research.rds import study
from suar_research.rds.estimators import equilibrium, transitions
from suar_research.rds.panel import CHAIN, GILE, TREE, Panel
from suar_research.rds.samples import Columns, Sample, read_sample, tallied
from suar_research.rds.study import Mixing, Study, Tree, Wave
from support.samples import made

NAN = float("nan")
SAMPLE = read_sample(
    made([(n, "" if n < 10 else n - 10, 6, "abc"[(n + n // 10 * (n % 2)) % 3]) for n in range(60)]),
    Columns("said"),
)


def answer(name, estimate, low=0.45, high=0.55, **more):
    limits = {"tree": (Limits(0.95, low, high),)}
    return Answer(name, estimate, limits, "m", **{"replicates": 50, "settled": True, **more})


def panel(answers, **more):
    return Panel(**{"answers": answers, "refused": [], "lost": {}, "populations": (), **more})


def calm(number=7):
    return [Wave(at, 20, (0.5, 0.3, 0.2)) for at in range(number)]


def tree(said, people, *shares):
    return Tree(said, people, 3, shares or (0.5, 0.3, 0.2), (0.5, 0.3, 0.2))


TREES = [tree("a", 30), tree("b", 30)]


def said(answers, waves=None, trees=TREES, sample=SAMPLE, **more):
    return study.list_notices(sample, panel(answers, **more), waves or calm(), trees)[:-1]


def test_of_three_values_each_that_methods_disagree_on_is_told():
    far = {
        "a": [answer("rds1", 0.2), answer("rds2", 0.3)],
        "b": [answer("rds1", 0.4)],
        "c": [answer("rds2", 0.3), answer("rds1", 0.4), answer("mean", 0.9)],
    }
    assert said(far) == [
        f"UNSTABLE: the methods disagree on {value!r}, from {low} ({first}) to {high} ({last}). No "
        "single one of these shares should be published or planned with."
        for value, low, first, high, last in (
            ("a", "20.0%", "rds1", "30.0%", "rds2"),
            ("c", "30.0%", "rds2", "40.0%", "rds1"),
        )
    ]


def test_everybody_alike_disagrees_with_nobody():
    assert said({"a": [answer("mean", 0.1)], "b": [answer("mean", 0.9)]}) == []


def test_limits_a_quarter_apart_are_not_wide_and_each_method_is_named_once():
    assert said({"a": [answer("rds1", 0.4, 0.25, 0.5)]}) == []
    wide = [answer("rds1", 0.4, 0.25, 0.51), answer("rds2", 0.4, 0.25, 0.75), answer("ss", 0.4)]
    assert said({"a": wide, "b": wide[:1], "c": wide[:1]}) == [
        "Wide: the limits are over 25% of the people apart for rds1, rds2."
    ]


def test_whole_trees_say_little_by_their_95_percent():
    def told(low, high):
        limits = {
            "salganik": (Limits(0.95, 0.4, 0.5), Limits(0.8, 0.41, 0.49)),
            "tree": (Limits(0.95, low, high), Limits(0.8, 0.44, 0.46)),
        }
        return said({"a": [Answer("rds1", 0.45, limits, "m", 50, True)]})

    assert told(0.405, 0.495) == []
    assert told(0.42, 0.48)[0].startswith("Drawing whole trees again gives a narrower interval")


def test_twenty_recruitments_between_groups_are_not_few():
    def told(crossing):
        group = np.arange(60) % 2
        recruiter = np.where(np.arange(60) < 2, -1, group)
        recruiter[2 : 2 + crossing] = 1 - group[2 : 2 + crossing]
        return list(study._few_crossings(Sample(("a", "b"), recruiter, np.full(60, 5), group)))

    assert told(20) == []
    assert told(19) == ["Few recruitments go from one group to another: 19. Everything that rds1 says rests on them."]


def test_a_share_that_moves_by_two_points_has_settled():
    def moved(share):
        shares = [0.9, 0.0, 0.0, share]
        return said({}, waves=[Wave(3 + at, 20, (0.5, b, 0.5)) for at, b in enumerate(shares)])

    assert moved(0.02) == []
    assert moved(0.3) == ["Not settled: the share of 'b' still moved by 30.0 percentage points after wave 5 of 6."]


def test_replicates_that_had_not_settled_are_told_by_their_number():
    far = [answer("rds1", 0.4, settled=False), answer("ss", 0.4, settled=None)]
    more = [answer("rds2", 0.4, settled=False, replicates=2000), answer("mean", 0.4, settled=False, replicates=2000)]
    assert said({"a": [*more, *far], "b": [*more, *far]}) == [
        "The limits had not settled after 50 replicates for rds1.",
        "The limits had not settled after 2,000 replicates for rds2, mean.",
    ]


def test_what_was_lost_and_refused_is_named_in_its_order():
    assert said({}, lost={"rds1": 3, "ss": 1200}, refused=[Refused("x", "it is so")]) == [
        "x: no estimate, it is so.",
        "Some replicates have no estimate: rds1 (3), ss (1,200). They are left out of the "
        "interval, which is too narrow for that reason.",
    ]


def test_trees_that_differ_by_thirty_points_are_no_bottleneck():
    near = [tree("a", 30, 0.5, 0.0, 0.2), tree("b", 30, 0.5, 0.3, 0.2)]
    assert said({}, trees=near) == []
    far = [tree("a", 30, 0.5, 0.0, 0.2), tree("b", 30, 0.4, 0.31, 0.2)]
    far.append(tree("c", 30, NAN, 0.1, 0.2))
    assert said({}, trees=far) == [
        "Bottleneck: trees of 30 people and more say from 0% to 31% of 'b'. They may have gone "
        "through parts of the population that hardly know each other."
    ]
    assert said({}, trees=[far[0], tree("b", 29, 0.4, 0.9, 0.2)]) == []


def test_trees_of_whom_nothing_is_known_are_compared_with_none():
    silent = [tree(item, 30, NAN, NAN, NAN) for item in "bc"]
    assert said({}, trees=silent) == []
    assert said({}, trees=[tree("a", 30, 0.5, 0.0, 0.2), *silent]) == []


SMALL = Sample(
    ("a", "b"),
    np.array([-1, -1, -1, 0, 0, 1, 2, 3]),
    np.array([2, 4, 1, 4, 2, 2, 4, 1]),
    np.array([0, 1, 2, 1, 0, 0, 0, 1]),
)
"""Three trees of four, two and two people, of whom the seed of the last did not say."""


def test_shares_by_wave_and_by_tree_are_worked_out_by_hand():
    """One over contacts: a 2/4 and b 1/4 at first, then a 7/4 and b 2/4, then b 6/4."""
    waves = study.by_wave(SMALL)
    assert [(wave.wave, wave.people) for wave in waves] == [(0, 3), (1, 7), (2, 8)]
    assert [wave.shares[0] for wave in waves] == pytest.approx([2 / 3, 7 / 9, 7 / 13])
    trees = study.by_tree(SMALL)
    assert [(tree.seed_value, tree.people, tree.waves) for tree in trees] == [
        ("a", 4, 2),
        ("b", 2, 1),
        (None, 2, 1),
    ]
    assert [tree.shares[0] for tree in trees] == pytest.approx([4 / 9, 2 / 3, 1])
    assert [tree.without[0] for tree in trees] == pytest.approx([3 / 4, 1 / 2, 1 / 2])
    shares = [item.shares for item in waves] + [item.shares for item in trees]
    assert all(sum(item) == pytest.approx(1) for item in shares)


def test_who_recruits_whom_is_worked_out_by_hand():
    """Shares 7/13 and 6/13, and half of the recruits of either are its own."""
    assert study.mixing(SMALL) == [
        Mixing("a", 4, pytest.approx(16 / 7), (1, 1), pytest.approx(-1 / 14)),
        Mixing("b", 3, pytest.approx(2), (1, 1), pytest.approx(1 / 14)),
    ]
    assert study.recruitment_homophily(SMALL) == pytest.approx(1)
    assert study.waves_needed(SMALL) == 1
    alone = replace(SMALL, recruiter=np.full(8, -1))
    assert np.isnan(study.recruitment_homophily(alone))


@pytest.mark.parametrize(("kept", "needed"), [(49, 79), (99, 160), (198, None)])
def test_recruitment_that_hardly_crosses_forgets_its_seeds_late_or_never(kept, needed):
    """Of kept + 1 recruits one is of the other kind: half of (kept-1)/(kept+1) to the power n."""
    size = kept + 1
    recruiter = np.repeat([-1, 0, 1], [2, size, size])
    group = np.array([0, 1, *[0] * kept, 1, *[1] * kept, 0])
    found = Sample(("a", "b"), recruiter, np.full(len(group), 5), group)
    assert transitions(tallied(found))[0, 0] == pytest.approx([kept / size, 1 / size])
    assert equilibrium(transitions(tallied(found)))[0] == pytest.approx([0.5, 0.5])
    assert study.waves_needed(found) == needed
    if needed:
        apart = [0.5 * ((kept - 1) / size) ** wave for wave in (needed, needed - 1)]
        assert apart[0] <= 0.02 < apart[1]


def a_study(sample=SMALL, **more):
    """Give a study of two answers by rds2, worked out by hand but for the answers."""
    both = {
        "tree": (Limits(0.95, 0.3, 0.8), Limits(0.8, 0.4, 0.7)),
        "salganik": (Limits(0.95, 0.35, 0.75), Limits(0.8, 0.4, 0.7)),
    }
    answers = {
        value: [Answer("rds2", share, both, "seeds counted", 500, True, 1.5)]
        for value, share in (("a", 7 / 13), ("b", 6 / 13))
    }
    parts = {
        "panel": panel(answers),
        "waves": study.by_wave(sample),
        "trees": study.by_tree(sample),
        "mixing": study.mixing(sample),
        "homophily": 1.0,
        "waves_needed": 1,
        "notices": ["Beware."],
    }
    return Study(sample, **{**parts, **more})


def test_every_way_of_drawing_is_told_by_its_name():
    assert list(telling.INTERVALS) == [TREE, CHAIN, GILE]
    assert list(telling.METHODS) == ["mean", "rds1", "rds2", "ss"]


def test_a_sample_in_json_holds_what_was_worked_out():
    told = telling.as_json(a_study(homophily=NAN), ["a"])
    assert told["methods"] == told["values"]["a"]["methods"]
    (method,) = told["methods"]
    assert (method["low"], method["high"], method["estimate"]) == (0.3, 0.8, 0.53846154)
    inside = told["diagnostics"]
    assert (inside["homophily"], inside["waves_needed"]) == (None, 1)
    assert inside["waves"][1] == {
        "wave": 1,
        "people": 7,
        "rds2": {"a": 0.77777778, "b": 0.22222222},
    }
    assert inside["trees"][2] == {
        "seed_value": None,
        "people": 2,
        "waves": 1,
        "rds2": {"a": 1.0, "b": 0.0},
        "rds2_without": {"a": 0.5, "b": 0.5},
    }
    assert inside["mixing"][0]["recruited"] == {"a": 1, "b": 1} and told["not_known"] == 1


def test_a_group_is_few_by_its_last_wave():
    waves = [Wave(at, people, (0.5, 0.3, 0.2)) for at, people in enumerate((31, 29, 30))]
    assert study.of_group(SAMPLE, panel({}), waves, TREES) == []
    waves.append(Wave(3, 29, (0.5, 0.3, 0.2)))
    assert study.of_group(SAMPLE, panel({}), waves, TREES)[0].startswith("Few people: 29 of")


def points(svg):
    return [
        [tuple(map(float, part.split(","))) for part in line.split()] for line in re.findall(r'points="([^"]*)"', svg)
    ]
