"""Estimates of the unseen worked by hand: notices, pictures, words, intervals and profiles."""

import re
from math import exp, inf, lgamma, log

import numpy as np
import pytest

from suar_research.answers import Answer, Limits, Refused, quantiles
from suar_research.mse import diagnostics, graphs, hierarchy, links, notices, plots, telling
from suar_research.mse.classes import disagreement
from suar_research.mse.fitting import Family
from suar_research.mse.hierarchy import AllModels, ByBic, compare
from suar_research.mse.intervals import acceleration, bca, wander
from suar_research.mse.multinomial import profile
from suar_research.mse.nonnegative import solve
from suar_research.mse.panel import panel
from suar_research.mse.poisson import log_smaller_tail
from suar_research.mse.reading import read
from suar_research.mse.study import Study
from suar_research.mse.tables import CaptureTable, design, terms_of
from suar_research.reading import Unreadable
from suar_research.resampling import Plan
from suar_research.running import Runner
from support import published

FOUR = CaptureTable.of(
    tuple("ABCD"),
    {0b0001: 50, 0b0010: 40, 0b0100: 30, 0b1000: 20, 0b0011: 9, 0b0101: 7, 0b1100: 5, 0b1111: 2},
)


def answer(name, estimate, low=90.0, high=110.0):
    return Answer(name, estimate, {"bca": (Limits(0.95, low, high),)}, "A:B", 10)


def said(answers=(), refused=(), compared=None, changed=(), table=FOUR):
    return notices.notices(table, answers, refused, compared, changed)[:-1]


def models(bic, total):
    size = len(bic)
    empty = np.zeros(size)
    return AllModels(
        Family(3, terms_of(3, 2)), np.ones((size, 7), dtype=bool), np.array(total), empty, empty, np.array(bic)
    )


def test_methods_disagree_from_more_than_half_as_much_again_on():
    assert said([answer("a", 100.0), answer("b", 150.0)]) == []
    told = said([answer("a", 150.1), answer("main", 900.0), answer("c", 100.0), answer("d", inf)])
    assert told == [
        "UNSTABLE: the methods disagree, from 100 (c) to 150 (a). No single one of these numbers "
        "should be published or planned with."
    ]
    assert said([answer("a", 1.0), answer("main", 99.0)]) == []


def test_models_that_fit_as_well_disagree_likewise():
    assert said(compared=models([0.0, 6.0, 6.1, 1.0], [100.0, 150.0, 999.0, inf])) == []
    told = said(compared=models([6.0, 6.1, 0.0, 1.0], [151.0, 999.0, 100.0, inf]))
    assert told == ["The data do not choose: 2 models fit about equally well and say from 100 to 151."]
    assert said(compared=models([0.0], [inf])) == []


def test_one_list_decides_where_the_answer_without_it_is_far_off():
    own = [answer("other", 500.0, 400, 600), answer("stepwise", 400.0, 300, 500)]
    near = [diagnostics.Changed("without A", 600.0, 9), diagnostics.Changed("w", 400 / 1.5, 9)]
    assert said(own, changed=near) == []
    moved = {"without B": 601.0, "without C": 266.0, "without D": inf}
    far = [*near, *(diagnostics.Changed(what, people, 9) for what, people in moved.items())]
    assert said(own, changed=far) == [
        "The stepwise answer 400 hangs on single lists: without B 601; without C 266; without D no estimate."
    ]
    assert said([answer("other", 400.0, 300, 500)], changed=far) == []


def test_wide_few_and_refused_are_said_from_their_limits_on():
    assert said([answer("a", 2.0, 1.0, 3.0)]) == []
    assert said([answer("a", 2.0, 1.0, 3.01), answer("b", 2.0, 1.0, inf), answer("c", 2.0)]) == [
        "Wide: the upper limit is over 3 times the lower one for a, b."
    ]
    five, four = (CaptureTable.of(tuple("ABC"), {1: 95 - more, 2: more, 7: 5 - more}) for more in (0, 1))
    assert said(table=five) == []
    assert said(table=four)[0].startswith("Few people are on more than one list: 4 of 99.")
    assert said(refused=[Refused("bic", "it cannot")]) == ["bic: no estimate, it cannot."]


def test_the_picture_puts_each_model_where_it_belongs():
    compared = models([30.0, 0.0, 30.1, 12.0, 5.0], [1000.0, 100.0, 400.0, inf, 100.0])
    svg = plots.all_models(compared, FOUR)
    dots = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="(\d)"', svg)
    across = [64 + log(people / 90) / log(1100 / 90) * 592 for people in (100, 100, 1000)]
    assert [float(x) for x, _, _ in dots] == pytest.approx(across, abs=0.06)
    assert [(y, r) for _, y, r in dots] == [("64.0", "5"), ("116.0", "3"), ("376.0", "3")]
    ticks = re.findall(r'x="(\d+)" y="416" text-anchor="middle">([\d,]+)<', svg)
    steps = [90 * (1100 / 90) ** (at / 4) for at in range(5)]
    assert ticks == [(str(64 + 148 * at), f"{people:,.0f}") for at, people in enumerate(steps)]
    assert "3 models of 163 people on 4 lists: each dot is one model, from 100 to 1,000 people" in svg


def study_of(**more):
    parts = {
        "refused": [],
        "compared": None,
        "left_out": [],
        "merged": [],
        "known": [],
        "steps": [],
    }
    answers = [answer("stepwise", 1234.5, 1000.0, inf), answer("main", 300.0)]
    return Study(
        **{
            "table": FOUR,
            "answers": answers,
            "notices": ["Beware."],
            "compared": None,
            **parts,
            **more,
        }
    )


def test_a_study_is_told_line_by_line():
    told = telling.words(
        study_of(
            known=[diagnostics.Known("A", 2700, 2650.4)],
            left_out=[diagnostics.Changed("without A", inf, 9)],
            merged=[diagnostics.Changed("A and B as one", 70.6, 9)],
            steps=[diagnostics.Step(0.5, 10.0, 20.0, inf)],
        )
    ).splitlines()
    assert told[:7] == [
        "163 people were seen, on 4 lists: A 68, B 51, C 44, D 27.",
        "23 of them are on more than one list.",
        "",
        "method          people              95% between   model",
        "stepwise         1,234         1,000 - no limit   A:B",
        "main               300                 90 - 110   A:B",
        "",
    ]
    assert told[7:9] == ["NOTICES", "- Beware."]
    rest = told[told.index("LISTS THAT ARE KNOWN, ESTIMATED FROM THE OTHERS") :]
    assert rest[1:5] == [
        "  A: 2,700 people, estimated 2,650",
        "",
        "THE STEPWISE ANSWER WITHOUT ONE LIST, OR WITH TWO MADE ONE",
        "  without A: no limit",
    ]
    assert (rest[5], rest[-1]) == ("  A and B as one: 71", "  50%: 20 (10 - no limit)")
    assert sum(each.startswith("- ") for each in told) == 1 + len(notices.ASSUMPTIONS) + 2
    assert not [each for each in telling.words(study_of()).splitlines() if "KNOWN" in each]


def test_a_study_as_json_has_null_for_what_is_infinite():
    told = telling.as_json(
        study_of(
            known=[diagnostics.Known("A", 2700, inf)],
            steps=[diagnostics.Step(0.5, 1.0, 2.0, inf)],
            left_out=[diagnostics.Changed("x", 7.123456, 9)],
        )
    )
    assert (told["lists"], told["seen"], told["notices"]) == (list("ABCD"), 163, ["Beware."])
    assert told["assumptions"] == list(notices.ASSUMPTIONS)
    assert told["diagnostics"] == {
        "changed": [{"what": "x", "estimate": 7.1235, "seen": 9}],
        "known_lists": [{"name": "A", "known": 2700, "estimate": None}],
        "trajectory": [{"share": 0.5, "low": 1.0, "middle": 2.0, "high": None}],
    }
    first = told["methods"][0]
    assert (first["low"], first["high"], first["level"], first["model"]) == (
        1000,
        None,
        0.95,
        "A:B",
    )
    assert first["intervals"] == {"bca": [{"level": 0.95, "low": 1000.0, "high": None}]}
    assert (first["replicates"], first["settled"], first["cpu_s"]) == (10, None, 0.0)


def seen(table):
    return float(table.seen)


def test_lists_are_left_out_merged_and_hidden_as_they_are_named():
    found = diagnostics.leave_one_list_out(FOUR, seen)
    assert [(each.what, each.seen, each.estimate) for each in found] == [
        ("without A", 113, 113),
        ("without B", 123, 123),
        ("without C", 133, 133),
        ("without D", 143, 143),
    ]
    merged = diagnostics.merge_two_lists(FOUR, seen)
    assert [each.what for each in merged][::5] == ["A and B as one", "C and D as one"]
    assert [each.seen for each in merged] == [163] * 6
    known = diagnostics.internal_consistency(FOUR, seen)
    assert [(each.name, each.known, each.estimate) for each in known] == [
        ("A", 68, 18),
        ("B", 51, 11),
        ("C", 44, 14),
        ("D", 27, 7),
    ]
    alone = CaptureTable.of(tuple("ABCD"), {0b0001: 50, 0b0110: 4, 0b1010: 4})
    assert [each.name for each in diagnostics.internal_consistency(alone, seen)] == ["B", "C", "D"]


def test_a_trajectory_ends_at_the_answer_itself_and_begins_wide():
    steps = diagnostics.trajectory(published.table("kosovo_4"), 1, draws=21)
    whole = diagnostics.stepwise(published.table("kosovo_4"))
    assert [each.share for each in steps] == [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert steps[-1] == diagnostics.Step(1.0, whole, whole, whole)
    assert all(each.low < each.middle < each.high for each in steps[:-1])
    assert all(0.5 * whole < each.middle < 2 * whole for each in steps)


def test_links_are_likely_from_one_half_on():
    people = "person,list\n a ,A\nb,B\nc,C\n"
    found = links.read_links(people, "first,second,probability\na,b,0.5\n b ,c,0.49\n")
    assert found.likely.counts.tolist() == [0, 0, 0, 1, 1, 0, 0, 0]
    assert found.table(np.array([True, True])).counts.tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
    for chance in ("0", "1"):
        links.read_links(people, f"first,second,probability\na,b,{chance}\n")
    for chance in ("-0.1", "1.1", "nan", ""):
        with pytest.raises(Unreadable, match="row 2, column probability"):
            links.read_links(people, f"first,second,probability\na,b,{chance}\n")


@pytest.mark.parametrize("number", [2, 3, 10, 11])
def test_three_to_ten_lists_can_be_used(number):
    names = "ABCDEFGHIJK"[:number]
    rows = [[int(at in (one, 0)) for at in range(number)] for one in range(1, number)]
    text = ",".join([*names, "count"]) + "\n"
    text += "".join(f"{','.join(map(str, row))},2\n" for row in rows)
    if number in (3, 10):
        assert read(text)["all"].places == number
    else:
        with pytest.raises(Unreadable, match=f"row 1: {number} lists"):
            read(text)


def test_a_count_is_a_whole_number_up_to_a_thousand_million():
    text = "A,B,C,count\n1,1,0,{}\n0,1,1,3\n1,0,1,2\n"
    assert read(text.format(10**9))["all"].seen == 10**9 + 5
    for wrong in (10**9 + 1, "1.5", "-1", ""):
        with pytest.raises(Unreadable, match="row 2, column count: not a whole number"):
            read(text.format(wrong))


def test_decomposable_graphs_are_as_many_as_are_known():
    """2, 8, 61 and 822 chordal graphs of 2 to 5 points (OEIS A058862), without the complete one."""
    for lists, number in ((2, 1), (3, 7), (4, 60), (5, 821)):
        weights = graphs.decomposable(lists)
        assert len(weights) == number
        for place in range(lists):
            holds = (np.arange(1 << lists) >> place & 1).astype(bool)
            assert (weights[:, holds].sum(axis=1) == 1).all()


def test_the_posterior_of_graphs_knows_no_order_of_lists_and_ends_where_asked():
    weights = graphs.posterior(FOUR, 400)
    assert len(weights) == 400 and weights.sum() == pytest.approx(1)
    assert graphs.posterior(FOUR.regrouped([(2,), (0,), (3,), (1,)]), 400) == pytest.approx(weights)
    (told,), _ = panel(FOUR, Plan(), Runner(), ("graphs",))
    whole = graphs.posterior(FOUR)
    for limits, (low, high) in zip(told.intervals["posterior"], ((0.025, 0.975), (0.1, 0.9)), strict=True):
        found = (limits.low - 163, limits.high - 163)
        assert found == (graphs.quantile(whole, low), graphs.quantile(whole, high))
    small = CaptureTable.of(tuple("ABC"), {1: 3, 3: 2, 6: 2})
    assert len(graphs.posterior(small)) == 70
    shares = np.array([0.25, 0.25, 0.5])
    assert [graphs.quantile(shares, at) for at in (0.2, 0.25, 0.5, 0.51)] == [1, 1, 2, 3]
    seven = CaptureTable.of(tuple("ABCDEFG"), {3: 1})
    with pytest.raises(ValueError, match="at most 6 lists"):
        graphs.posterior(seven)


def test_criteria_of_the_saturated_model_are_worked_out_from_its_counts():
    table = published.table("korea_3")
    compared = compare(table, 2)
    counts = [int(each) for each in table.counts[1:]]
    height = sum(n * log(n) - n - lgamma(n + 1) for n in counts if n)
    assert compared.deviance[-1] == pytest.approx(0, abs=1e-6)
    assert compared.aic[-1] == pytest.approx(2 * 7 - 2 * height, rel=1e-9)
    assert compared.bic - compared.aic == pytest.approx((log(table.seen) - 2) * compared.chosen.sum(axis=1))
    assert (compared.deviance > -1e-6).all()
    whole = published.counts("korea_3")
    best = compared.total[compared.by_bic()[0]]
    for most in (1, 60):
        assert ByBic(compared, most).totals(whole)[0] == pytest.approx(best)


def test_a_model_is_written_by_its_largest_terms():
    family = Family(4, terms_of(4, 3))
    chosen = hierarchy.flags(family, [(0b0011, 0b0101, 0b0110, 0b0111)])[0]
    assert hierarchy.written(family, chosen, FOUR) == "D, A:B:C"
    assert hierarchy.written(family, hierarchy.flags(family, [()])[0], FOUR) == "A, B, C, D"


def test_the_profile_of_two_independent_lists_is_that_of_the_formula():
    """Two lists of 60 and 50 with 20 on both: the likelihood of N, written out."""
    assert 145 < profiled_as_written(40, 30, 20, np.arange(91.0, 400, 0.05)).estimate < 150


def test_a_limit_far_above_the_estimate_is_found():
    """With two on both lists the upper limit is more than twice as many unseen."""
    found = profiled_as_written(30, 20, 2, np.arange(53.0, 5_000, 0.1))
    assert found.limits[0.95][1] - 52 > 3 * (found.estimate - 52)


def profiled_as_written(first, second, both, grid):
    """Give the profile of two lists, once it is that of the likelihood on a grid of people."""
    counts, seen_ = np.array([0.0, first, second, both]), first + second + both

    def height(people):
        lists = (first + both, second + both)
        parts = [(each, people) for on in lists for each in (on, people - on)]
        ways = lgamma(people + 1) - lgamma(people - seen_ + 1)
        return ways + sum(a * log(a / b) for a, b in parts)

    family = Family(2, (0, 1, 2))
    found = profile(counts, family, np.ones(3, dtype=bool))
    heights = np.array([height(each) for each in grid])
    best = grid[heights.argmax()]
    assert found.estimate == pytest.approx(best, abs=0.06)
    for level, drop in ((0.95, 1.920729), (0.8, 0.821187)):
        inside = grid[heights >= heights.max() - drop]
        assert found.limits[level] == pytest.approx((inside[0], inside[-1]), abs=0.1)
    return found


def test_acceleration_and_bca_are_worked_out_by_hand():
    """Mean 2.75, squares 6.75, cubes 1.875; then limits at the shares of 1.645 bent by 0.1."""
    found = acceleration(np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 2.0]))
    assert found == pytest.approx(1.875 / (6 * 6.75**1.5))
    replicates = np.arange(1.0, 1000.0)
    bent = bca(500.0, replicates, 0.1, 0.9)
    assert (bent.low, bent.high) == pytest.approx((79.2, 975.2), abs=0.4)
    moved = bca(400.0, replicates, 0.0, 0.9)
    assert (moved.low, moved.high) == pytest.approx((15.7, 872.5), abs=1.5)
    half = bca(2.0, np.array([1.0, 2.0, 2.0, 3.0]), 0.0, 0.5)
    assert (half.level, half.low, half.high) == pytest.approx((0.5, 1 + 5 / 12, 3 - 5 / 12))
    assert wander(20.0, np.append(np.full(399, 20.0), inf), 0.0, 0.95) in (0.0, inf)


@pytest.mark.parametrize("seed", range(6))
def test_quantiles_are_the_median_unbiased_ones_of_numpy(seed):
    chance = np.random.default_rng(seed)
    drawn, shares = chance.lognormal(0, 1, chance.integers(1, 40)), tuple(chance.random(5))
    assert quantiles(drawn, (*shares, 0.0, 1.0)) == pytest.approx(
        np.quantile(drawn, (*shares, 0.0, 1.0), method="median_unbiased")
    )


@pytest.mark.parametrize("seed", range(20))
def test_least_squares_end_where_nothing_gets_nearer(seed):
    """Kuhn and Tucker: no weight below 0, no gain from a weight at 0, none either way elsewhere."""
    chance = np.random.default_rng(seed)
    matrix, wanted = chance.normal(size=(6, 9 - seed % 5)), chance.normal(size=6)
    found, distance = solve(matrix, wanted)
    gain = matrix.T @ (wanted - matrix @ found)
    assert (found >= 0).all() and (gain < 1e-8).all() and np.abs(gain * found).max() < 1e-8
    assert distance == pytest.approx(np.linalg.norm(wanted - matrix @ found))
    inside, far = solve(matrix, matrix @ np.ones(matrix.shape[1]))
    assert far < 1e-8 and (inside >= 0).all()


def test_far_tails_have_their_logarithms_and_nothing_expected_gives_nothing():
    """P(X >= 200) for a mean of 50 begins with exp(-50) 50**200/200!; P(X <= 0) is exp(-700)."""
    seen_, mean = np.array([200.0, 0.0, 3.0, 0.0]), np.array([50.0, 700.0, 0.0, 0.0])
    found = log_smaller_tail(seen_, mean, 0.05)
    first = -50 + 200 * log(50) - lgamma(201)
    assert found[0] == pytest.approx(first + log(1 / (1 - 50 / 201)), abs=0.01)
    assert found[1:].tolist() == [-700, 0, 0]
    large = log_smaller_tail(np.array([10.0, 10.0]), np.array([10.0, 9.5]), 0.05)
    assert (exp(large[0]) > 0.05) and (exp(large[1]) > 0.05) and (large <= 0).all()


def test_chains_that_agree_have_one_and_chains_apart_have_more():
    chance = np.random.default_rng(1)
    alike = chance.normal(size=(400, 6))
    assert disagreement(alike) == pytest.approx(1, abs=0.02)
    assert disagreement(alike + np.arange(6)) > 1.5
    assert disagreement(np.exp(3 * alike)) == pytest.approx(disagreement(alike))
    # Ranks 0, 2 and 1, 3: within 2, between 1/2; 1/2 + 1/4.
    assert disagreement(np.array([[1.0, 2.0], [3.0, 4.0]])) == pytest.approx(0.75**0.5)


def test_terms_and_the_matrix_of_a_model_are_listed_as_bits():
    assert terms_of(3, 2) == (0, 1, 2, 4, 3, 5, 6)
    assert design(2, (0, 1, 2, 3)).tolist() == [
        [1, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 0, 1, 0],
        [1, 1, 1, 1],
    ]
    assert (FOUR.on(0b0011), FOUR.on(0b0100), FOUR.name_of(0b1010)) == (11, 44, "B:D")
    assert FOUR.counts.flags.writeable is False
