"""Probabilities of pairs worked by hand: calibration, competition, answers, draws, thresholds."""

from dataclasses import replace
from itertools import pairwise
from math import exp, log

import numpy as np
import pytest

from suar_research.files import Unreadable
from suar_research.linkage import drawing, evaluation, probabilities, reviewing, schema
from suar_research.linkage.evaluation import Truth
from suar_research.linkage.mixtures import Between, Likenesses
from suar_research.linkage.probabilities import Candidates, Chances
from suar_research.linkage.tokens import TokenFile
from test_linkage_chances import probable, weighed


def between(*pairs, lists=(0, 1), people=(9, 9), alike=None):
    left, right = (np.array([pair[at] for pair in pairs], int) for at in range(2))
    same = np.full(len(pairs), 0.8) if alike is None else np.array(alike)
    return Between(lists, people, left, right, same)


def told(chance, *pairs, log_odds=None, **more):
    """Give pairs of two lists with the probability that was told of each."""
    odds = np.zeros(len(pairs)) if log_odds is None else np.array(log_odds, float)
    return Candidates(between(*pairs, **more), odds, np.array(chance, float), -3.0)


FOUR = [(0, 0), (0, 1), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    "truth",
    [Truth((0, 1), frozenset({(0, 0), (2, 2), (1, 0)})), Truth((1, 0), frozenset({(0, 0), (2, 2), (0, 1)}))],
)
def test_what_was_told_is_compared_with_what_is_true_in_either_order_of_the_lists(truth):
    """One of three true pairs was never looked at; squares of 0.1, 0.05, 0.4 and 0.8 are missed."""
    other = told([0.5], (0, 0), lists=(0, 2))
    known = Chances((other, told([0.9, 0.05, 0.4, 0.2], *FOUR)), 0.5, 0)
    found = evaluation.calibrated(known, truth)
    assert found["brier"] == pytest.approx((0.01 + 0.0025 + 0.16 + 0.64) / 4)
    assert (found["brier_of_none"], found["true"], found["unseen"]) == (0.25, 2, 1)
    assert found["expected"] == pytest.approx(1.55)
    names = ("low", "high", "pairs", "told")
    bands = [(*(item[name] for name in names), item["true"]["value"]) for item in found["reliability"]]
    assert bands == [(0.05, 0.2, 1, 0.05, 0), (0.2, 0.4, 1, 0.2, 1), (0.4, 0.6, 1, 0.4, 0), (0.8, 0.95, 1, 0.9, 1)]


def test_each_probability_stands_in_one_band_and_certainty_in_the_last():
    edges = [0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 1]
    pairs = [(at, at) for at in range(len(edges))]
    found = evaluation.calibrated(Chances((told(edges, *pairs),), 0.5, 0), Truth((0, 1), frozenset(pairs[-2:])))
    assert [(item["low"], item["high"]) for item in found["reliability"]] == list(pairwise(edges))
    assert [item["pairs"] for item in found["reliability"]] == [1] * 8 + [2]
    assert (found["reliability"][-1]["told"], found["reliability"][-1]["true"]["value"]) == (pytest.approx(0.995), 1)
    nobody = evaluation.calibrated(Chances((told([]),), 0.5, 0), Truth((0, 1), frozenset(pairs[:1])))
    assert (nobody["reliability"], nobody["brier"], nobody["brier_of_none"], nobody["unseen"]) == ([], 0, 0, 1)


@pytest.mark.parametrize(
    ("inside", "scale", "most"),
    [
        ([0.5, 0.6], 2.0, 2 / 3),
        ([0.5, 0.7], 1.0, 0.75),
        ([0.5, 0.9], 0.5, 0.8125),
        ([], 1.0, 0.875),
        ([0.9], 8.0, 0.5),
    ],
)
def test_nothing_is_surer_than_half_a_stranger_among_those_most_alike(inside, scale, most):
    """Half a pair of strangers, or one more than are more alike, times the scale, among those above and itself."""
    seen = Likenesses(
        0.4,
        (between(*FOUR[:2], alike=[0.55, 0.7]), between((0, 0), lists=(0, 2), alike=[0.8])),
        (between(*((0, 0) for _ in inside), lists=(0, 0), alike=inside),),
        scale,
    )
    assert probabilities._most(seen) == pytest.approx(most)


def test_odds_of_pairs_without_rivals_rise_by_the_matches_that_come_out():
    pairs = between((0, 0), (1, 1), people=(4, 5))
    more = log(4 * 5 / ((4 - 1.25 + 1) * (5 - 1.25 + 1)))
    assert probabilities.log_prior((4, 5), 1.25) == pytest.approx(more)
    found = probabilities.candidates(pairs, np.array([0.0, log(3)]), -2.0)
    more = found.log_odds[0]
    assert more == pytest.approx(probabilities.log_prior((4, 5), found.chance.sum()), abs=1e-3)
    assert found.log_odds == pytest.approx([more, log(3) + more])
    assert found.beneath == pytest.approx(-2 + more)
    assert found.chance == pytest.approx([exp(more) / (1 + exp(more)), 3 * exp(more) / (1 + 3 * exp(more))])
    sure = np.array([20.0, 0.0])
    assert probabilities.candidates(pairs, sure, -2.0).chance[0] > 0.999999
    capped = probabilities.candidates(pairs, sure, -2.0, most=0.9).chance
    assert capped[0] == 0.9 and capped[1] < 0.9


def test_one_record_with_ten_rivals_counts_as_one_match_in_the_prior():
    """Before the competition the ten would add up to more people than the first list holds."""
    pairs = between(*((0, at) for at in range(10)), people=(2, 10))
    found = probabilities.candidates(pairs, np.full(10, 3.0), -2.0)
    assert found.log_odds[0] - 3 == pytest.approx(probabilities.log_prior((2, 10), 1), abs=0.05)


def test_two_rivals_at_the_same_odds_are_heard_by_each_other():
    same = {(0, 0): 5.0, (0, 1): 5.0, (1, 1): 1.0, (2, 0): 0.5}
    assert probable(same) == pytest.approx(weighed(same), abs=1e-9)
    great = {(0, 0): exp(39), (0, 1): exp(39), (0, 2): 2.0, (1, 1): 1.0}
    assert probable(great) == pytest.approx(weighed(great), abs=1e-9)


def test_without_any_pair_there_is_no_probability():
    none = np.zeros(0, int)
    assert probabilities.probabilities(none, none, np.zeros(0)).shape == (0,)


@pytest.mark.parametrize("odds", [0.4, 5.0, 300.0])
def test_who_stands_far_off_in_a_long_chain_is_heard_too(odds):
    """Records that compete one with the next, six of each list: the chain ends in a sure pair."""
    ends = [(at // 2, (at + 1) // 2) for at in range(11)]
    chain = dict.fromkeys(ends, odds) | {ends[-1]: 1e6}
    assert probable(chain) == pytest.approx(weighed(chain), abs=1e-6)


def test_likely_pairs_are_listed_from_the_likeliest_and_the_more_alike_on():
    first = told([0.5, 0.9, 0.49], *FOUR[:3], alike=[0.6, 0.7, 0.8])
    second = told([0.5], (0, 3), lists=(1, 2), alike=[0.7])
    known = Chances((first, second), 0.5, 0)
    assert [(item.first, item.second, item.alike) for item in known.listed(0.5)] == [
        ((0, 0), (1, 1), 0.9),
        ((1, 0), (2, 3), 0.5),
        ((0, 0), (1, 0), 0.5),
    ]
    assert known.alike() == {((0, 0), (1, 0)): 0.6, ((0, 0), (1, 1)): 0.7, ((0, 1), (1, 1)): 0.8, ((1, 0), (2, 3)): 0.7}
    assert known.expected == pytest.approx(0.5 + 0.9 + 0.49 + 0.5)


def test_an_answer_counts_for_its_two_lists_and_leaves_the_third_as_it_was():
    odds = [log(2), log(5), log(0.5)]
    both = told([0.1] * 3, *FOUR[:3], log_odds=odds)
    third = told([0.1] * 2, (0, 0), (1, 0), lists=(0, 2), log_odds=odds[:2])
    known = Chances((both, third), 0.4, 7, 0.9)
    yes = probabilities.answered(known, {((0, 0), (1, 1)): True})
    assert yes.pairs[0].log_odds.tolist() == [-probabilities.FAR, probabilities.FAR, -probabilities.FAR]
    assert yes.pairs[0].chance == pytest.approx([0, 1, 0], abs=1e-9)
    assert yes.pairs[1].log_odds.tolist() == odds[:2]
    assert yes.pairs[1].chance == pytest.approx([2 / 8, 5 / 8])
    assert (yes.floor, yes.alike_inside, yes.most) == (0.4, 7, 1), "an answer may be surer"
    no = probabilities.answered(known, {((0, 0), (1, 1)): False})
    assert no.pairs[0].log_odds.tolist() == [odds[0], -probabilities.FAR, odds[2]]
    assert no.pairs[0].chance == pytest.approx([2 / 3, 0, 1 / 3])
    assert both.log_odds.tolist() == odds, "what was known before is not changed"


def lists_of(*sizes):
    return [
        TokenFile(name, "k", "s", 512, tuple(f"{name}{at}" for at in range(size)), np.zeros((size, 64), np.uint8))
        for name, size in zip("abc", sizes, strict=False)
    ]


def drawn(known, *sizes, draws=20, most=1.0):
    return list(drawing.tables(lists_of(*sizes), Chances((known,), 0.5, 0, most), draws, 1))


def test_odds_beyond_any_number_are_drawn_each_time_and_odds_beneath_never():
    """The first always, the second never, the third at times; the fourth is the surest of all."""
    chance, odds = [0.9, 0.5, 0.95, 0.97], [800, -800, 0, 0]
    found = drawn(told(chance, *((at, at) for at in range(4)), log_odds=odds), 4, 5, most=0.97)
    assert {item[1, 1] for item in found} == {2, 3}
    for item in found:
        assert item == {(1, 1): item[1, 1], (1, 0): 4 - item[1, 1], (0, 1): 5 - item[1, 1]}
        assert list(item) == [(1, 0), (1, 1), (0, 1)], "those on the first list first"


def test_a_pair_that_is_hardly_likely_is_never_drawn_and_the_likeliest_always():
    least = told([0.0009, 0.9999], (0, 0), (1, 1), log_odds=[3, 3])
    assert {item[1, 1] for item in drawn(least, 2, 2, most=0.9999)} == {1}
    more = told([0.001, 0.9999], (0, 0), (1, 1), log_odds=[3, 3])
    assert {item[1, 1] for item in drawn(more, 2, 2, draws=60, most=0.9999)} == {1, 2}


def test_an_answer_about_a_pair_that_was_never_looked_at_is_named_by_its_codes():
    known = Chances((told([0.5], (3, 2)),), 0.5, 0)
    lists = lists_of(4, 5)
    houses = [each.organisation for each in lists]
    rows = [f"{houses[0]},a3,{houses[1]},b2,yes", f"{houses[0]},a2,{houses[1]},b3,no"]
    with pytest.raises(Unreadable) as refused:
        reviewing.read("\n".join(["house,code,other_house,other_code,same", *rows]), lists, known)
    assert refused.value.problems == ("codes a2 and b3: they are not alike enough to be a pair of these lists",)


@pytest.mark.parametrize("folds", [0, 1, 2, 3, True])
def test_a_schema_folds_its_tokens_up_to_twice(folds):
    text = schema.format_schema(replace(schema.NAMES_AND_BIRTH, folds=folds))
    if folds in (0, 1, 2) and folds is not True:
        assert schema.parse_schema(text).folds == folds
        return
    with pytest.raises(Unreadable, match="`folds` is 0, 1 or 2"):
        schema.parse_schema(text)


@pytest.mark.parametrize("number", [24, 25])
def test_twenty_five_people_are_the_fewest(number):
    """All are written with half of the same words, so that strangers are alike enough."""
    parts = np.random.default_rng(number).random((2, number, 512)) < 0.2
    parts[:, :, :60] = True
    lists = [
        replace(each, tokens=np.packbits(bits, axis=1))
        for each, bits in zip(lists_of(number, number), parts, strict=True)
    ]
    if number == 25:
        assert probabilities.gathered(lists).between[0].people == (25, 25)
        return
    with pytest.raises(Unreadable, match="too few people"):
        probabilities.gathered(lists)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ((0.62, 0.7), [0.62, 0.64, 0.66, 0.68, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8]),
        ((0.95, 0.97), [0.95, 0.97, 0.99]),
        ((0.655, 0.655), [0.655, 0.66, 0.68, 0.7, 0.72, 0.74]),
        ((0.4, 0.9), [0.4, 0.46, 0.52, 0.58, 0.64, 0.7, 0.76, 0.82, 0.88, 0.9, 0.94, 1]),
    ],
)
def test_thresholds_go_in_even_steps_to_a_tenth_above(asked, wanted):
    assert evaluation.thresholds(*asked) == wanted
