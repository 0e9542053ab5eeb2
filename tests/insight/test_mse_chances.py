"""What methods that draw from a posterior must draw: means and spreads by another formula."""

from itertools import product
from math import pi

import numpy as np
import pytest

from suar.insight.mse import classes, threshold
from suar.insight.mse.tables import CaptureTable

TWO = CaptureTable.of(("A", "B"), {0b01: 400, 0b10: 100, 0b11: 20})


def mean_log(number):
    """Give the mean of the logarithm of a gamma variable of a whole number."""
    return sum(1 / each for each in range(1, number)) - np.euler_gamma


def variance_log(number):
    return pi**2 / 6 - sum(1 / each**2 for each in range(1, number))


@pytest.mark.parametrize(
    ("more", "spread"), [({}, 0), ({"threshold": 0}, 1), ({"threshold": 0, "variance": 0.25}, 0.25)]
)
def test_two_lists_have_the_posterior_of_gamma_variables(more, spread):
    """Unseen are a·b/ab times the odds of the pair, of which two lists can say nothing.

    Each count of the posterior is a gamma variable of what was seen, whatever the prior of lists;
    the odds keep their prior, lognormal with `variance`, or are 1 where the pair is not kept.
    """
    drawn = threshold.estimate(TWO, 1, **more)
    assert drawn.kept.tolist() == [True, True, True, bool(more)] and len(drawn.total) == 20_000
    unseen = np.log(drawn.total - TWO.seen)
    mean = mean_log(400) + mean_log(100) - mean_log(20)
    variance = spread + sum(variance_log(each) for each in (400, 100, 20))
    assert unseen.mean() == pytest.approx(mean, abs=0.03)
    assert unseen.var() == pytest.approx(variance, rel=0.08)


@pytest.mark.parametrize(("both", "kept"), [(140, False), (156, True)])
def test_a_pair_is_kept_from_two_deviations_off_nothing_on(both, kept):
    """Lists of which A and B share more: the effect log(both/100), pulled in by its prior."""
    variance = 1 / both + 3 / 100
    deviations = np.log(both / 100) / np.sqrt(variance * (1 + variance))
    assert 1.7 < deviations < 2.3 and (deviations > 2) == kept
    people = {**dict.fromkeys(range(1, 8), 100), 0b011: both, 0b111: both}
    drawn = threshold.estimate(CaptureTable.of(tuple("ABC"), people), 1)
    assert drawn.kept.tolist() == [True] * 4 + [kept, False, False]


def test_the_search_for_the_top_ends_where_the_posterior_has_no_slope():
    """Slope and curvature by small differences of the posterior, written out."""
    chance = np.random.default_rng(1)
    matrix = np.array([*product((1.0,), (0.0, 1.0), (0.0, 1.0))])
    counts, tightness = np.array([900.0, 3.0, 0.0, 40.0]), np.array([1e-4, 1e-4, 1.0])

    def height(at):
        return counts @ (matrix @ at) - np.exp(matrix @ at).sum() - tightness @ at**2 / 2

    top, spread = threshold._mode(matrix, counts, tightness)
    small = 1e-4 * np.eye(3)
    slope = [(height(top + each) - height(top - each)) / 2e-4 for each in small]
    assert slope == pytest.approx([0, 0, 0], abs=1e-3)
    for way in chance.normal(size=(5, 3)):
        bend = (height(top + 1e-3 * way) - 2 * height(top) + height(top - 1e-3 * way)) / 1e-6
        assert bend == pytest.approx(-way @ np.linalg.inv(spread) @ way, rel=1e-3)
    points = top + chance.normal(size=(4, 3))
    assert threshold._height(points, matrix, counts, tightness) == pytest.approx(
        [height(each) for each in points]
    )


def state(weights, chances=((0.5, 0.5),), chains=20_000, concentration=3.0):
    """Give chains of ten classes that all stand at one place."""
    whole = np.zeros(classes.CLASSES)
    whole[: len(weights)] = weights
    each = np.full((classes.CLASSES, 2), 0.5)
    each[: len(chances)] = chances
    return classes._State(
        np.repeat(whole[None], chains, axis=0), np.repeat(each[None], chains, axis=0),
        np.full(chains, concentration),
    )  # fmt: skip


ON = np.array([[1, 0], [0, 1], [1, 1]])


def test_the_unseen_of_a_turn_are_negative_binomial_by_the_chance_to_be_missed():
    people = np.array([30, 20, 10])
    missed = 0.5 * (0.5 * 0.8) + 0.5 * (0.9 * 0.9)
    unseen = classes._turn(
        state([0.5, 0.5], [[0.5, 0.2], [0.1, 0.1]]), ON, people, np.random.default_rng(1)
    )
    mean = 60 * missed / (1 - missed)
    assert unseen.mean() == pytest.approx(mean, rel=0.01)
    assert unseen.var() == pytest.approx(mean / (1 - missed), rel=0.05)


def test_a_turn_gives_people_to_classes_by_how_likely_each_would_be_met_so():
    """So many people that what follows is nearly sure: shares by Bayes, written out."""
    weights, chances = [0.4, 0.6], [[0.5, 0.2], [0.1, 0.3]]
    people = np.array([300_000, 200_000, 100_000])
    here = state(weights, chances, chains=10)
    unseen = classes._turn(here, ON, people, np.random.default_rng(1)).mean()
    met = np.array([
        [weight * np.prod(np.where(row, chance, 1 - chance)) for row in (*ON, np.zeros(2))]
        for weight, chance in zip(weights, np.array(chances), strict=True)
    ])  # fmt: skip
    inside = met / met.sum(axis=0) * [*people, unseen]
    size = inside.sum(axis=1)
    assert here.weights[:, :2].mean(axis=0) == pytest.approx(size / size.sum(), rel=0.01)
    held = inside[:, :3] @ ON / size[:, None]
    assert here.chances[:, :2].mean(axis=0) == pytest.approx(held, rel=0.01)
    assert here.weights.sum(axis=1) == pytest.approx(np.ones(10))


def test_chances_and_weights_of_small_classes_come_from_their_priors():
    """Class 0 holds one met by both and one by none, class 1 one met by A, the others nobody."""
    here, chains = state([1.0]), 20_000
    members = np.zeros((chains, 3, classes.CLASSES), dtype=int)
    members[:, 2, 0] = members[:, 0, 1] = 1
    outside = np.zeros((chains, classes.CLASSES), dtype=int)
    outside[:, 0] = 1
    classes._renew(here, members, outside, ON, np.random.default_rng(1))
    means = here.chances.mean(axis=0)
    assert means[:3] == pytest.approx(
        np.array([[1 / 2, 1 / 2], [2 / 3, 1 / 3], [1 / 2] * 2]), abs=0.01
    )
    assert here.chances.var(axis=0)[[0, 2], 0] == pytest.approx([1 / 20, 1 / 12], abs=0.003)
    # A stick is beta of 1 + own people, and the concentration of 3 + people of later classes.
    rest = np.cumprod([1, 1 - 3 / 7, 1 - 2 / 5, *[3 / 4] * 7])
    wanted = rest * [3 / 7, 2 / 5, *[1 / 4] * 7, 1]
    assert here.weights.mean(axis=0) == pytest.approx(wanted, abs=0.004)
    assert here.weights.sum(axis=1) == pytest.approx(np.ones(chains))


def test_the_concentration_is_drawn_given_the_last_weight():
    """Gamma of 1/4 + 10 - 1 with the rate 1/4 less the logarithm of the last weight."""
    here, chains = state([1.0]), 20_000
    nobody = np.zeros((chains, 3, classes.CLASSES), dtype=int)
    classes._renew(here, nobody, nobody[:, 0], ON, np.random.default_rng(1))
    alike = here.concentration * (0.25 - np.log(here.weights[:, -1]))
    assert alike.mean() == pytest.approx(9.25, abs=0.1)
    assert alike.var() == pytest.approx(9.25, rel=0.05)


def test_chains_begin_with_a_large_class_that_meets_lists_as_if_independent():
    """Half of 800 are on each of three lists."""
    table = CaptureTable.of(tuple("ABC"), dict.fromkeys(range(1, 8), 100) | {0b001: 100})
    begun = classes._start(table, np.random.default_rng(1))
    assert begun.weights.shape == (20, 10) and begun.chances.shape == (20, 10, 3)
    assert begun.weights.sum(axis=1) == pytest.approx(np.ones(20))
    assert (begun.weights[:, 0] > 0.5).all() and (np.diff(begun.weights) < 0).all()
    assert begun.chances.mean() == pytest.approx(0.5, abs=0.02)
    assert begun.concentration.tolist() == [1.0] * 20


def test_a_list_that_holds_everybody_stops_no_chain():
    table = CaptureTable.of(tuple("ABC"), {0b001: 50, 0b011: 30, 0b101: 20, 0b111: 10})
    begun = classes._start(table, np.random.default_rng(1))
    assert (begun.chances < 1).all() and begun.chances[:, :, 0].mean() > 0.99
    found = classes.estimate(table, 1, burn=2, kept=2, thin=1)
    assert np.isfinite(found).all() and (found >= 110).all()


def test_chains_that_meet_nobody_any_more_still_give_a_number():
    nobody = state([1.0], np.full((10, 2), 1e-12), chains=5)
    unseen = classes._turn(nobody, ON, np.array([1, 0, 0]), np.random.default_rng(1))
    assert np.isfinite(unseen).all() and (unseen > 1e6).all()


def test_as_many_draws_are_kept_as_are_asked_for_and_those_before_are_forgotten():
    table = CaptureTable.of(tuple("ABC"), dict.fromkeys(range(1, 8), 50))
    found = classes.estimate(table, 1, burn=4, kept=3, thin=2)
    assert found.shape == (3, 20) and (found >= table.seen).all()
    every = classes.estimate(table, 1, burn=0, kept=10, thin=1)
    assert (every[[4, 6, 8]] == found).all()
