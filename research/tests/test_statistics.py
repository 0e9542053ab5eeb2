"""Tests, intervals and curves of case files against printed figures and other software."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research.tables.statistics import (
    Network,
    TooLarge,
    clopper_pearson,
    drawn,
    exact_test,
    fillings,
    fisher,
    holm,
    newcombe,
    pearson,
    wilson,
)
from suar_research.tables.times import Spans, kaplan_meier, log_rank, median
from support import published_tables as figures

FEW = settings(max_examples=40, deadline=None)
SMALL = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=3)


def only(spans, chosen):
    return Spans(spans.time[chosen], spans.came[chosen], spans.entry[chosen])


def full(table):
    """Take a table without empty rows and columns, or None."""
    table = np.array(table)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return table if min(table.shape) > 1 else None


@pytest.mark.parametrize("row", figures.PUBLISHED, ids=lambda row: row["what"])
def test_a_printed_figure_comes_out_again(row):
    far = figures.half_of_last_digit(row["printed"])
    assert figures.ours(row) == pytest.approx(float(row["printed"]), abs=far)


@pytest.mark.parametrize("row", figures.ORACLE["fisher"], ids=lambda row: str(row["table"]))
def test_fisher_is_as_in_scipy(row):
    found = fisher(np.array(row["table"]))
    wanted = [math.inf if row[name] is None else row[name] for name in ("odds", "low", "high")]
    assert found.p == pytest.approx(row["p"], rel=1e-9)
    assert [found.odds, found.limits.low, found.limits.high] == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("row", figures.ORACLE["chi_square"], ids=lambda row: str(row["table"]))
def test_chi_square_is_as_in_scipy(row):
    found = pearson(np.array(row["table"]))
    assert (found.freedom, found.statistic, found.p) == pytest.approx(
        (row["freedom"], row["statistic"], row["p"]), rel=1e-9
    )


def test_intervals_of_shares_are_as_in_statsmodels():
    for row in figures.ORACLE["shares"]:
        exact, score = (how(row["count"], row["base"]) for how in (clopper_pearson, wilson))
        assert [exact.low, exact.high] == pytest.approx(row["exact"], rel=1e-8, abs=1e-12)
        assert [score.low, score.high] == pytest.approx(row["wilson"], rel=1e-8, abs=1e-12)
    for row in figures.ORACLE["differences"]:
        limits = newcombe(row["first"], row["second"]).limits
        assert [limits.low, limits.high] == pytest.approx([row["low"], row["high"]], abs=1e-9)


@pytest.mark.parametrize("row", figures.ORACLE["curves"], ids=["from the start", "delayed entry"])
def test_curves_are_as_in_lifelines(row):
    entry = np.array(row["entry"])
    spans = Spans(
        np.array(row["time"]),
        np.array(row["came"], dtype=bool),
        np.where(entry > 0, entry, -np.inf),
    )
    curve = kaplan_meier(spans)
    assert curve.moments.tolist() == row["moments"]
    some = curve.waiting > 0  # Where nobody waits, theirs is an interval of one point; ours is none.
    for name in ("waiting", "low", "high"):
        assert getattr(curve, name)[some] == pytest.approx(np.array(row[name])[some], abs=1e-9)
    assert median(curve).value == row["median"]
    if "log_rank" in row:
        groups = [only(spans, np.array(row["group"]) == group) for group in range(3)]
        test = log_rank(groups)
        assert (test.statistic, test.p) == pytest.approx(tuple(row["log_rank"].values()), rel=1e-9)


def by_looking_at_all(table):
    """Give the exact p by listing every table with the same totals."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    logs = {}
    for body in product(*(range(min(r, c) + 1) for r in rows[:-1] for c in columns[:-1])):
        inside = np.array(body).reshape(len(rows) - 1, -1)
        across = np.column_stack([inside, rows[:-1] - inside.sum(axis=1)])
        whole = np.vstack([across, columns - across.sum(axis=0)])
        if (whole >= 0).all():
            logs[body] = -sum(math.lgamma(item + 1) for item in whole.ravel())
    seen = -sum(math.lgamma(item + 1) for item in table.ravel())
    less = sum(math.exp(log) for log in logs.values() if log <= seen + 1e-9)
    return less / sum(map(math.exp, logs.values()))


@FEW
@given(SMALL)
def test_the_network_sums_what_listing_every_table_sums(table):
    table = full(table)
    if table is not None:
        p = Network(table).p()
        assert p == pytest.approx(by_looking_at_all(table), rel=1e-7)
        if table.shape == (2, 2):
            assert p == pytest.approx(fisher(table).p, rel=1e-7)


@FEW
@given(SMALL, st.randoms(use_true_random=False))
def test_no_order_of_rows_or_columns_changes_a_test(table, chance):
    table = full(table)
    if table is not None:
        order = chance.sample(range(len(table)), len(table))
        turned = table[order].T[chance.sample(range(table.shape[1]), table.shape[1])]
        assert Network(turned).p() == pytest.approx(Network(table).p(), rel=1e-7)
        assert pearson(turned).p == pytest.approx(pearson(table).p, rel=1e-9)


def test_what_is_too_large_is_drawn_and_says_so():
    table = np.array([[12, 20, 13, 14, 20], [15, 11, 19, 22, 9], [14, 17, 20, 10, 21]])
    table = np.vstack([table, table[::-1]])
    with pytest.raises(TooLarge):
        Network(table).p()
    found = exact_test(table, seed=4)
    assert found.draws == 100_000 and found.limits.low <= found.p <= found.limits.high
    assert found == exact_test(table, seed=4)
    assert found.p != exact_test(table, seed=5).p


def test_drawn_tables_agree_with_the_exact_test():
    table = np.array([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]])
    limits = drawn(table, 3, 40_000).limits
    assert limits.low <= 0.7826849 <= limits.high
    assert limits.high - limits.low < 0.02


def test_fillings_are_all_there_are():
    state = np.array([3, 2, 2])
    every = [body for body in product(range(4), range(3), range(3)) if sum(body) == 4]
    assert sorted(map(tuple, fillings(state, 4).tolist())) == sorted(every)


def test_a_table_that_its_totals_decide_has_no_odds_ratio():
    found = fisher(np.array([[0, 3], [0, 4]]))
    assert (found.p, found.odds, found.limits) == (1.0, None, None)


@FEW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_and_keeps_their_order(ps):
    found = holm(ps)
    assert all(after >= before for before, after in zip(ps, found, strict=True))
    order = sorted(range(len(ps)), key=ps.__getitem__)
    assert [found[at] for at in order] == sorted(found)
    assert max(found) <= 1


def test_holm_is_as_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@FEW
@given(st.integers(0, 2**32 - 1))
def test_without_anybody_lost_a_curve_is_the_share_itself(seed):
    chance = np.random.default_rng(seed)
    time = chance.integers(1, 9, 30).astype(float)
    spans = Spans(time, np.ones(30, dtype=bool), np.full(30, -np.inf))
    curve = kaplan_meier(spans)
    for moment, share in zip(curve.moments, curve.waiting, strict=True):
        assert share == pytest.approx((time > moment).mean())
    assert curve.at(0.5) == (1, 1, 1)
    assert math.isnan(curve.low[-1]) and curve.waiting[-1] == 0


@FEW
@given(st.integers(0, 2**32 - 1))
def test_neither_order_nor_unit_changes_a_curve_or_a_test(seed):
    chance = np.random.default_rng(seed)
    time, came = chance.integers(1, 40, 50).astype(float), chance.random(50) < 0.7
    entry = np.where(chance.random(50) < 0.4, time * 0.5, -np.inf)
    groups = chance.integers(0, 3, 50)
    order = chance.permutation(50)

    def told(spans, parts):
        test = log_rank([only(spans, parts == part) for part in (0, 1, 2)])
        return kaplan_meier(spans).waiting, test.statistic if test else None

    first = told(Spans(time, came, entry), groups)
    other = told(Spans(time[order] * 7, came[order], entry[order] * 7), 2 - groups[order])
    assert other[0] == pytest.approx(first[0])
    assert other[1] == pytest.approx(first[1])


def test_a_median_lies_between_two_steps_where_one_step_is_at_one_half():
    spans = Spans(np.array([1.0, 2, 4, 7]), np.ones(4, dtype=bool), np.full(4, -np.inf))
    assert median(kaplan_meier(spans)).value == 3
    few = Spans(np.array([1.0, 5, 5, 5]), np.array([1, 0, 0, 0], dtype=bool), np.full(4, -np.inf))
    assert median(kaplan_meier(few)).value == math.inf


def test_who_came_later_is_not_waiting_before():
    spans = Spans(np.array([2.0, 5, 6]), np.ones(3, dtype=bool), np.array([-np.inf, 2.0, 3.0]))
    assert spans.at_risk(np.array([2.0, 5.0, 6.0])).tolist() == [1, 2, 1]
