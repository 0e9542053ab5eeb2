"""Properties that hold for every table: of models, fits, tails and intervals."""

import tracemalloc
from fractions import Fraction
from itertools import combinations
from math import erfc, exp, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from suar_research.answers import percentile, quantiles
from suar_research.mse.bootstrap import _wanders, acceleration, bca
from suar_research.mse.fitting import Family, Status, all_fine, status
from suar_research.mse.hierarchy import compare, flags, models
from suar_research.mse.stepwise import Stepwise, log_smaller_tail
from suar_research.mse.tables import CaptureTable, members, terms_of
from support import published

SEEDED = settings(derandomize=True, max_examples=40, deadline=None)
PATTERNS = st.lists(st.integers(0, 60), min_size=15, max_size=15)


def tabled(numbers):
    return np.array([[0, *numbers]], dtype=float)


def relabelled(counts, order):
    found = np.zeros_like(counts)
    for pattern in range(counts.shape[1]):
        onto = sum(1 << order.index(place) for place in members(pattern))
        found[:, onto] = counts[:, pattern]
    return found


@SEEDED
@given(PATTERNS, st.permutations(range(4)))
def test_the_order_of_the_lists_changes_no_estimate_with_a_fixed_model(numbers, order):
    counts = tabled(numbers)
    family = Family(4, terms_of(4, 1))
    chosen = np.ones((1, 5), dtype=bool)
    if not all_fine(counts, chosen, family)[0]:
        return
    found = [family.fit(item, chosen).unseen[0] for item in (counts, relabelled(counts, order))]
    assert found[0] == pytest.approx(found[1], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", ["kosovo_4", "western_us_5", "uk2013_5"])
def test_the_order_of_the_lists_changes_no_stepwise_estimate(name):
    counts, lists = published.counts(name), published.table(name).places
    turned = relabelled(counts, list(range(lists))[::-1])
    found = Stepwise(lists).totals(np.concatenate([counts, turned]))
    assert found[0] == pytest.approx(found[1], rel=1e-9)


@SEEDED
@given(PATTERNS, st.integers(2, 9))
def test_as_many_times_the_people_give_as_many_times_the_estimate(numbers, times):
    counts = tabled(numbers)
    family = Family(4, terms_of(4, 2))
    chosen = flags(family, [(0b0011, 0b0110)])
    if not all_fine(counts, chosen, family)[0]:
        return
    one, more = (family.fit(item, chosen) for item in (counts, counts * times))
    assert one.settled[0]
    assert more.unseen[0] == pytest.approx(times * one.unseen[0], rel=1e-6, abs=1e-6)


@SEEDED
@given(PATTERNS)
def test_a_fit_has_the_overlaps_of_its_model(numbers):
    counts = tabled(numbers)
    family = Family(4, terms_of(4, 2))
    chosen = flags(family, [(0b0011, 0b1100)])
    if not all_fine(counts, chosen, family)[0]:
        return
    expected = family.fit(counts, chosen).expected.copy()
    expected[:, 0] = 0
    apart = np.abs((counts - expected) @ family.matrix)[chosen]
    assert apart.max() < 1e-6 * (1 + counts.sum())


@SEEDED
@given(PATTERNS, st.integers(0, 63))
def test_the_quick_answer_on_existence_is_the_slow_one(numbers, graph):
    """Few patterns hold anybody here, so that each answer comes up."""
    counts = tabled([number * (number > 40) for number in numbers])
    family = Family(4, terms_of(4, 2))
    pairs = tuple(term for place, term in enumerate(family.terms[5:]) if graph >> place & 1)
    chosen = flags(family, [pairs])
    slow = status(counts[0] > 0, (*family.terms[1:5], *pairs)) is Status.FINE
    assert all_fine(counts, chosen, family)[0] == slow


@SEEDED
@given(st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_positive_combination_of_rows_is_found_exactly_when_there_is_one(rows):
    """Against exact elimination (Fourier and Motzkin): y >= 1 with rows.T y = 0, or v beyond it."""
    matrix = np.array(rows, dtype=float)
    _, distance = nnls(matrix.T, -matrix.sum(axis=0))
    assert (distance < 1e-8) is not separable(rows)


def separable(rows):
    """Say whether some v has rows·v >= 0 with one row above 0, in exact numbers."""
    return any(feasible([*rows], strict) for strict in range(len(rows)))


def feasible(rows, strict):
    """Solve rows·v >= 0 and rows[strict]·v >= 1 by eliminating one unknown after the other."""
    system = [([Fraction(x) for x in row], Fraction(int(at == strict))) for at, row in enumerate(rows)]
    for unknown in range(3):
        above = [item for item in system if item[0][unknown] > 0]
        below = [item for item in system if item[0][unknown] < 0]
        system = [item for item in system if item[0][unknown] == 0]
        for left, least in above:
            for right, most in below:
                a, b = left[unknown], -right[unknown]
                row = [x / a + y / b for x, y in zip(left, right, strict=True)]
                system.append((row, least / a + most / b))
    return all(least <= 0 for _, least in system)


@SEEDED
@given(st.integers(0, 40), st.floats(0.01, 60))
def test_poisson_tails_are_the_sums_they_stand_for(seen, expected):
    chances = [exp(-expected) * expected**n / factorial(n) for n in range(150)]
    wanted = min(sum(chances[: seen + 1]), sum(chances[seen:]))
    found = exp(log_smaller_tail(np.array([seen * 1.0]), np.array([expected]))[0])
    assert found == pytest.approx(wanted, rel=1e-9) or seen == pytest.approx(expected, abs=1)


def test_counts_of_millions_need_no_more_memory_than_small_ones():
    table = CaptureTable.of(("a", "b"), {1: 30_000_000, 2: 20_000_000, 3: 3_000_000})
    tracemalloc.start()
    try:
        all_models = compare(table, 2)
        log_smaller_tail(np.array([30_000_000.0]), np.array([29_000_000.0]))
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert np.isfinite(all_models.bic).any()


def test_tails_of_a_billion_people_are_those_of_the_normal_law():
    away, mean = np.array([-3.0, -2.5, 2.5, 3.0]), 1e9
    found = np.exp(log_smaller_tail(np.round(mean + away * mean**0.5), np.full(4, mean)))
    assert found == pytest.approx([erfc(abs(item) / 2**0.5) / 2 for item in away], rel=2e-3)


def test_hierarchical_models_are_counted_right():
    """Dedekind's numbers stand behind these counts: 113 with four lists, 64 of pairs alone."""
    assert [len(models(3, 2)), len(models(4, 2)), len(models(4, 3)), len(models(5, 2))] == [
        8,
        64,
        113,
        1024,
    ]
    with pytest.raises(ValueError, match="8 lists have too many models"):
        models(8, 2)


def test_every_smaller_term_is_in_a_hierarchical_model():
    for model in models(4, 3):
        for term in model:
            inside = [sum(1 << p for p in part) for part in combinations(members(term), 2)]
            assert term.bit_count() == 2 or set(inside) <= set(model)


def test_quantiles_have_no_end_where_replicates_have_none():
    few = np.array([1.0, 2.0, 3.0, np.inf])
    assert quantiles(few, (0.0, 0.5, 1.0)) == (1.0, 2.5, np.inf)
    assert percentile(few, 0.95).high == np.inf


def test_a_shift_of_nothing_makes_bca_the_percentile_interval():
    replicates = np.arange(1.0, 1000.0)
    found, plain = bca(500.0, replicates, 0.0, 0.9), percentile(replicates, 0.9)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), rel=1e-6)


def test_one_sided_replicates_give_no_bca_interval():
    for estimate in (0.5, 10.0):
        with pytest.raises(ValueError, match="one side of the estimate"):
            bca(estimate, np.array([1.0, 2.0, 3.0]), 0.0, 0.9)


def moves(estimate, replicates):
    return _wanders(estimate, replicates, 0.0)["bca"]()


def test_without_variation_there_is_no_acceleration_and_limits_do_not_wander():
    assert acceleration(np.array([5.0, 5.0]), np.array([3, 4])) == 0
    assert acceleration(np.array([5.0, np.inf]), np.array([3, 4])) == 0
    assert moves(5.0, np.full(100, 5.0)) == 0
    assert moves(5.0, np.full(100, np.inf)) == 0


def test_limits_that_change_with_a_block_wander():
    drawn = np.random.default_rng(1).lognormal(3, 1, 400)
    assert 0.02 < moves(20.0, drawn) < 1
    some = np.where(np.arange(400) % 30 == 0, np.inf, drawn)
    assert moves(20.0, np.concatenate([some[:390], np.full(10, np.inf)])) > 0


def test_lists_are_merged_and_left_out():
    table = CaptureTable.of(("A", "B", "C"), {0b001: 4, 0b011: 3, 0b110: 2, 0b100: 7})
    merged = table.merged(0, 1)
    assert merged.lists == ("C", "A+B")
    assert list(merged.counts) == [0, 7, 7, 2] and not merged.counts.flags.writeable
    left = table.without(2)
    assert (left.lists, left.seen) == (("A", "B"), 9)
    assert table.name_of(0b101) == "A:C"
