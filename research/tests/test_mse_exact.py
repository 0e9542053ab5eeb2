"""Methods for the unseen beside a second formula: choice by AIC, draws of links, the panel."""

from math import erfc, exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from suar_research.answers import Refused
from suar_research.files import Unreadable
from suar_research.mse import graphs, links, panel, stepwise, study, tables
from suar_research.mse import report as telling
from suar_research.mse.fitting import Family
from suar_research.mse.hierarchy import totals_and_likelihoods
from suar_research.mse.links import Pooled
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import CaptureTable, terms_of
from suar_research.running import Plan, Runner
from support import published
from support.fixed import fixed

APART = CaptureTable.of(tuple("ABC"), {1: 40, 2: 30, 4: 20})
NO_OVERLAP = "the model it chooses has no estimate: the lists overlap too little"


def paired(both):
    """Give three lists of which A and B share people, and the p-value of that pair written out.

    A and B depend on each other, C on neither: the odds of C are those of all on A or B, and
    whoever is only on C stands for those on neither, so that every estimate is a ratio of counts.
    """
    n = {1: 300, 2: 200, 4: 600, 3: 3 * both, 5: 100, 6: 67, 7: both}
    a, b, ab = n[1] + n[5], n[2] + n[6], n[3] + n[7]
    on_c, all_ = n[5] + n[6] + n[7], a + b + ab
    effect = log(ab * n[4] * all_ / (a * b * on_c))
    variance = 1 / ab + 1 / a + 1 / b + 1 / n[4] + 1 / on_c - 1 / all_
    return CaptureTable.of(tuple("ABC"), n), erfc(abs(effect) / sqrt(2 * variance))


def pairs(table, *significant):
    """Say which of the pairs A:B, A:C and B:C the choice by AIC takes."""
    family, chosen = stepwise.choose_by_aic(table, *significant)
    assert chosen[:4].all() and family.terms[4:] == (0b011, 0b101, 0b110)
    return chosen[4:].tolist()


def test_a_pair_is_taken_while_its_wald_test_is_below_the_limit():
    taken, left = [True, False, False], [False, False, False]
    table, p_value = paired(15)
    assert 0.02 < p_value < 0.1
    assert pairs(table, 1.001 * p_value) == taken and pairs(table, 0.999 * p_value) == left
    (sure, low), (unsure, high) = paired(16), paired(15)
    assert low < 0.05 < high
    assert pairs(sure) == taken and pairs(unsure) == left


def test_a_pair_that_lowers_aic_by_nothing_is_left_however_weak_the_test():
    """AIC asks for twice the gain in likelihood to be above 2: a Wald statistic about 1.41."""
    (near, first), (far, second) = paired(14), paired(8)
    one = 2 * (1 - NormalDist().cdf(sqrt(2)))
    assert second < 0.9 * one and first > 1.1 * one
    assert pairs(near, 1.0) == [False] * 3 and pairs(far, 1.0) == [True, False, False]


def test_a_pair_that_nobody_is_on_has_no_standard_error_and_ends_the_choice():
    table = CaptureTable.of(tuple("ABC"), {1: 300, 2: 200, 4: 300, 5: 60, 6: 40})
    assert pairs(table, 0.999) == [False] * 3
    assert pairs(table, 1.0) == [True, False, False], "then AIC alone decides"


def test_all_pairs_may_be_taken_and_the_choice_ends():
    people = {1: 100, 2: 100, 4: 100, 3: 200, 5: 200, 6: 200, 7: 800}
    assert pairs(CaptureTable.of(tuple("ABC"), people)) == [True] * 3


def test_what_is_told_of_methods_is_of_each_and_names_their_numbers():
    assert set(telling.METHODS) == {*panel.METHODS, "links", "fixed"}
    assert f"among the {panel.BEST_MODELS} best" in telling.METHODS["bic"]
    ten = "up to ten unseen people for each one seen"
    assert ten in telling.METHODS["graphs"] and graphs.FARTHEST == 10


def test_the_middle_of_all_graphs_has_half_of_the_probability_on_either_side():
    (found,), _ = panel.panel(LISTS, Plan(), Runner(), ("graphs",))
    weights = graphs.posterior(LISTS)
    unseen = int(found.estimate) - LISTS.seen
    assert weights[: unseen - 1].sum() < 0.5 <= weights[:unseen].sum()
    assert found.model == "7 decomposable graphs"


def test_lists_and_groups_stand_in_the_order_of_their_names():
    names = [f"L{at}" for at in range(9, -1, -1)]
    rows = "".join(f"p{at},{name},g{at % 5}\n" for at, name in enumerate(names))
    shared = "".join(f"q{at},{name},g{at % 5}\n" for at in range(5) for name in names)
    found = tables.read_lists(f"person,list,town\n{rows}{shared}", "town")
    assert list(found) == [f"g{at}" for at in range(5)]
    assert {item.lists for item in found.values()} == {tuple(sorted(names))}


def test_the_counts_of_a_table_cannot_be_changed_afterwards():
    table = CaptureTable.of(tuple("ABC"), {1: 4, 3: 2})
    with pytest.raises(ValueError, match="read-only"):
        table.counts[1] = 5


@pytest.mark.parametrize("number", [2, 11])
def test_people_named_on_too_few_or_too_many_lists_are_refused(number):
    rows = "".join(f"p{at},L{at:02}\np{at},L00\n" for at in range(1, number))
    with pytest.raises(Unreadable, match=f"row 1: {number} lists"):
        tables.read_lists(f"person,list\n{rows}")


@pytest.mark.parametrize("many", [20, 20_000_000])
def test_a_model_without_one_estimate_stops_nothing_however_many_people_there_are(many):
    """Nothing is known of those on no list, but what was seen comes out."""
    counts = many * np.array([[0.0, *[1] * 7], [0, 1, 1, 5, 1, 5, 5, 50]])
    family = Family(3, terms_of(3, 3))
    found = family.fit(counts, np.ones((2, 8), dtype=bool))
    assert found.expected[:, 1:] == pytest.approx(counts[:, 1:], rel=1e-6)
    total, _ = totals_and_likelihoods(family, counts, np.ones((2, 8), dtype=bool))
    assert total.tolist() == [np.inf, np.inf]


def test_quarters_of_a_trajectory_are_as_far_below_its_middle_as_above():
    """Three lists who meet people alike: a quarter of normal draws is 0.674 deviations off."""
    people = {place: 48_000 >> place.bit_count() for place in range(1, 8)}
    table = CaptureTable.of(tuple("ABC"), people)
    first = study.trajectory(table, 1, draws=300)[0]
    found = np.random.default_rng(2).binomial(table.counts, 0.5, size=(300, 8)).astype(float)
    apart = 2 * Stepwise(3).totals(found).std() * 0.6745
    assert (first.share, first.middle) == (0.5, pytest.approx(162_000, rel=0.01))
    assert first.high - first.middle == pytest.approx(apart, rel=0.3)
    assert first.middle - first.low == pytest.approx(apart, rel=0.3)


def test_lists_without_any_overlap_are_refused_by_whatever_needs_one():
    names = ("stepwise", "aic", "main", "bic")
    answers, refused = panel.panel(APART, Plan(1, 60, 60), Runner(), names)
    assert answers == [] and refused == [
        *(Refused(name, NO_OVERLAP) for name in names[:3]),
        Refused("bic", "no model has an estimate"),
    ]


def test_each_method_costs_what_was_spent_on_it_and_not_what_was_spent_before():
    runner, table = Runner(), published.table("korea_3")
    first, _ = panel.panel(table, Plan(1, 60, 60), runner, ("stepwise", "main"))
    before = runner.cpu_s()
    again, _ = panel.panel(table, Plan(1, 60, 60), runner, ("stepwise", "main"))
    assert again == first and all(item.cpu_s > 0 for item in again)
    assert sum(item.cpu_s for item in again) <= runner.cpu_s() - before


def test_models_of_three_are_compared_up_to_four_lists():
    assert [panel.order_for(lists) for lists in (3, 4, 5)] == [3, 3, 2]


def test_a_fixed_model_without_terms_takes_lists_as_independent():
    """Two thirds of those on A are on B, whoever is on C: 240 + 120 + 120 + 60 and so on."""
    people = {place: 480 >> place.bit_count() for place in range(1, 8)}
    table = CaptureTable.of(tuple("ABC"), people)
    found = fixed(table, (), Plan(1, 60, 60), Runner())
    assert (found.name, found.model) == ("fixed", "A, B, C") and found.smoothed is None
    assert found.estimate == pytest.approx(table.seen + 480)
    assert (found.replicates, list(found.intervals)) == (60, ["percentile", "bca"])


def test_a_fixed_model_holds_terms_of_every_size_that_were_named():
    """The model of Ball and others 2002 for Kosovo."""
    named = tuple(map(published.pattern, ("11", "101", "011", "111", "1001", "0011")))
    table = published.table("kosovo_4")
    found = fixed(table, named, Plan(1, 60, 60), Runner())
    (row,) = published.estimates("loglinear_fixed")
    assert found.estimate == pytest.approx(float(row["point"]), rel=1e-8)
    assert found.model == "EXH:HRW, OSCE:HRW, EXH:ABA:OSCE"


def test_draws_of_a_posterior_are_told_by_their_middle_and_both_limits():
    table = published.table("korea_3")
    found = panel.bayes_threshold(table, Plan(seed=4), Runner())
    wide, narrow = found.intervals["posterior"]
    assert (wide.level, narrow.level, found.replicates) == (0.95, 0.8, 20_000)
    assert table.seen < wide.low < narrow.low < found.estimate < narrow.high < wide.high


def rows(number, *, more=0):
    """Write draws of three lists, each the same but for people who are one or two."""
    body = []
    for draw in range(number):
        apart = more * (draw % 2)
        counts = {"1,0,0": 40 + apart, "0,1,0": 30 + apart, "0,0,1": 20, "1,1,0": 16 - apart, "0,1,1": 9, "1,0,1": 7}
        body += [f"{draw},{key},{count}" for key, count in counts.items()]
    return "\n".join(["draw,A,B,C,count", *body]) + "\n"


LISTS = CaptureTable.of(tuple("ABC"), {1: 40, 2: 30, 4: 20, 3: 16, 6: 9, 5: 7})


def test_twenty_draws_are_enough_and_nineteen_are_not():
    assert len(links.read_draws(rows(20), LISTS)) == 20
    with pytest.raises(Unreadable, match="19 draws; at least 20 are needed"):
        links.read_draws(rows(19), LISTS)


def test_whoever_is_on_a_list_stays_on_it_in_each_draw():
    text = rows(20).replace("\n7,1,0,0,40", "\n7,1,0,0,41").replace("\n9,0,1,1,9", "\n9,0,1,1,8")
    with pytest.raises(Unreadable) as refused:
        links.read_draws(text, LISTS)
    assert refused.value.problems == (
        "draw 7: column A: 64 people on this list, and 63 in the file of counts",
        "draw 9: column B: 54 people on this list, and 55 in the file of counts",
        "draw 9: column C: 35 people on this list, and 36 in the file of counts",
    )


def test_draws_are_pooled_into_about_two_thousand_resamples():
    found = links.pooled(links.read_draws(rows(20, more=6), LISTS), 1, "m")
    assert (found.draws, found.answer.replicates, found.answer.model) == (20, 2_000, "m")
    three = links.pooled([LISTS] * 3, 1, "m")
    assert three.answer.replicates == 2_001 and three.share == 0
    linked, drawn = found.answer.intervals["links"], found.answer.intervals["draws"]
    assert [item.level for item in (*linked, *drawn)] == [0.95, 0.8] * 2
    assert found.alone == drawn[0] and linked[0].low < linked[1].low < found.answer.estimate
    assert links.pooled([LISTS] * 3, 1, "m") == three != links.pooled([LISTS] * 3, 2, "m")


def test_half_of_the_resamples_are_below_the_pooled_answer():
    """By how it is made: the same people drawn from the same seed, and each estimated."""
    found = links.pooled([LISTS] * 4, 3, "m").answer
    one = panel.stepwise(LISTS, Plan(3, 2000, 2000), Runner())
    assert found.estimate == pytest.approx(one.smoothed, rel=0.02)
    assert found.interval.low == pytest.approx(one.interval.low, rel=0.05)
    assert found.interval.high == pytest.approx(one.interval.high, rel=0.1)


@pytest.mark.parametrize(
    ("alone", "found", "share"),
    [
        ([1, exp(2)], [1, exp(4)], 0.25),
        ([1, exp(4)], [1, exp(2)], 1),
        ([5, 5], [1, exp(2)], 0),
        ([5, 5], [7, 7], 0),
        ([1, exp(2), np.inf], [1, exp(4)], 0.25),
        ([1, exp(2), np.inf, np.inf], [1, exp(4)], None),
        ([1, exp(2)], [1, exp(4), np.inf, np.inf], None),
    ],
)
def test_the_share_of_doubt_from_links_is_one_variance_over_the_other(alone, found, share):
    assert links._share(np.array(alone), np.array(found)) == (share and pytest.approx(share))


def test_the_notice_of_draws_names_the_share_or_that_there_is_none():
    found = links.pooled(links.read_draws(rows(20), LISTS), 1, "m")
    limits = f"lie between {found.alone.low:.0f} and {found.alone.high:.0f} (95%)"
    assert "Who is whom was drawn 20 times. " in found.notice and limits in found.notice
    assert "(variance of the logarithm) 0% comes from the links" in found.notice
    none = Pooled(found.answer, found.alone, None, 1234)
    assert none.notice == "Who is whom was drawn 1,234 times; too often without an estimate."
