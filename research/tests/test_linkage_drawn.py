"""Draws of who is whom come as often as their weight says, and jump between ways that are alike."""

from collections import Counter
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from suar_research.linkage import drawing
from suar_research.linkage.probabilities import Chances
from test_linkage_chances import three, weights_of_tables
from test_linkage_exact import lists_of, told


def shares_of(known, *sizes, draws):
    """Give how often each table of counts is drawn."""
    found = Counter(tuple(sorted(table.items())) for table in drawing.tables(lists_of(*sizes), known, draws, 7))
    return {table: number / draws for table, number in found.items()}


def assert_drawn_as_weighed(odds, draws=2_500):
    found, wanted = shares_of(three(odds), 3, 3, 3, draws=draws), weights_of_tables(odds)
    assert set(found) <= set(wanted), "nobody is twice on one list"
    for table, share in wanted.items():
        assert found.get(table, 0) == pytest.approx(share, abs=0.05), table


def test_two_ways_that_are_as_good_are_both_drawn_though_all_between_them_is_unlikely():
    """Two of the first list and two of the second belong together, one way or the other.

    Who of the third list belongs to them tells which: they are alike one of the second only.
    """
    sure = exp(14.0)
    odds = {
        ((0, 0), (1, 0)): sure,
        ((0, 0), (1, 1)): sure,
        ((0, 1), (1, 0)): sure,
        ((0, 1), (1, 1)): sure,
        ((0, 0), (2, 0)): exp(2.0),
        ((1, 0), (2, 0)): exp(5.0),
    }
    assert_drawn_as_weighed(odds)


def test_rivals_change_places_only_as_often_as_that_is_likely():
    """Two pairs of two lists at odds of 5 to 1; crosswise they are strangers."""
    odds = {((0, 0), (1, 0)): 5.0, ((0, 1), (1, 1)): 5.0, ((0, 0), (1, 1)): 0.05, ((0, 1), (1, 0)): 0.05}
    found = shares_of(three(odds), 3, 3, draws=2_500)
    both = sum(dict(table).get((1, 1), 0) * share for table, share in found.items())
    assert both == pytest.approx((10.1 + 2 * 25.0025) / (1 + 10.1 + 25.0025), abs=0.05)


def test_a_rival_who_is_hardly_likely_takes_nobodys_place():
    odds = {((0, 0), (1, 0)): 5.0, ((0, 1), (1, 0)): 0.05}
    found = shares_of(three(odds), 3, 3, draws=2_500)
    one = sum(share for table, share in found.items() if (1, 1) in dict(table))
    assert one == pytest.approx(5.05 / 6.05, abs=0.03)


def test_records_of_two_lists_are_no_rivals_for_they_may_be_one_person_together():
    odds = {
        ((0, 0), (1, 0)): 3.0,
        ((0, 0), (2, 0)): 3.0,
        ((1, 0), (2, 0)): 0.3,
        ((0, 1), (1, 0)): 1.0,
        ((0, 1), (2, 0)): 2.0,
    }
    assert_drawn_as_weighed(odds)


def test_what_is_as_sure_as_can_be_told_is_always_drawn_and_what_is_likeliest_of_two_lists_is_not():
    known = Chances((told([0.97, 0.9], (0, 0), (1, 1)), told([0.6], (2, 2), lists=(0, 2))), 0.5, 0)
    for most, wanted in {0.97: {1, 2}, 1.0: {0, 1, 2}}.items():
        capped = replace(known, most=most)
        draws = list(drawing.tables(lists_of(3, 3, 3), capped, 60, 1))
        assert {draw.get((1, 1, 0), 0) for draw in draws} == wanted
        assert {draw.get((1, 0, 1), 0) for draw in draws} == {0, 1}


def test_the_likeliest_pairs_of_all_are_no_surer_than_they_are_told():
    """Words that differ alike have one probability: forty pairs at odds of 3 to 2."""
    pairs = [(at, at) for at in range(40)]
    known = Chances((told([0.6] * 40, *pairs, log_odds=[log(1.5)] * 40),), 0.0, 0)
    both = [table[1, 1] for table in drawing.tables(lists_of(40, 40), known, 200, 1)]
    assert np.mean(both) == pytest.approx(24, abs=0.7)
    assert np.std(both) == pytest.approx((40 * 0.6 * 0.4) ** 0.5, rel=0.2)


def test_the_order_in_which_pairs_were_told_changes_no_draw():
    chance = np.random.default_rng(3)
    pairs = sorted({tuple(item) for item in chance.integers(0, 30, (60, 2)).tolist()})
    odds = chance.normal(0, 1, len(pairs)).tolist()
    first, *others = (
        list(drawing.tables(lists_of(30, 30), Chances((mixed,), 0.5, 0), 20, 1))
        for mixed in (
            told([0.5] * len(pairs), *(pairs[at] for at in order), log_odds=[odds[at] for at in order])
            for order in (range(len(pairs)), *(chance.permutation(len(pairs)) for _ in range(3)))
        )
    )
    assert others == [first] * 3
    assert len({item[1, 1] for item in first}) > 3


def test_counts_stand_in_one_order_those_on_the_first_list_first():
    """Seven people, one on each set of lists; all of whom are sure."""
    pairs = [
        told([1, 1], (1, 0), (3, 1), log_odds=[20, 20]),
        told([1, 1], (3, 0), (2, 1), lists=(0, 2), log_odds=[20, 20]),
        told([1, 1], (1, 0), (2, 2), lists=(1, 2), log_odds=[20, 20]),
    ]
    [counts] = drawing.tables(lists_of(4, 4, 4), Chances(tuple(pairs), 0.5, 0), 1, 1)
    assert list(counts.items()) == [
        ((1, 0, 0), 1),
        ((1, 1, 0), 1),
        ((1, 1, 1), 1),
        ((1, 0, 1), 1),
        ((0, 1, 0), 1),
        ((0, 1, 1), 1),
        ((0, 0, 1), 1),
    ]


def test_two_who_are_near_to_one_are_in_doubt_however_sure_both_are():
    """One record of the first list is as sure as can be one person with each of two others."""
    both = told([0.999999, 0.999999], (0, 0), (0, 1), log_odds=[14, 14])
    draws = list(drawing.tables(lists_of(1, 2), Chances((both,), 0.5, 0), 5, 1))
    assert draws == [{(1, 1): 1, (0, 1): 1}] * 5
    apart = told([0.999999, 0.999999], (0, 0), (0, 1), log_odds=[-14, -14])
    draws = list(drawing.tables(lists_of(1, 2), Chances((apart,), 0.5, 0), 5, 1))
    assert draws == [{(1, 0): 1, (0, 1): 2}] * 5


def test_draws_of_lists_that_have_nobody_in_common_count_everybody_once():
    none = told(np.zeros(0))
    assert list(drawing.tables(lists_of(2, 3), Chances((none,), 0.5, 0), 2, 1)) == [{(1, 0): 2, (0, 1): 3}] * 2
