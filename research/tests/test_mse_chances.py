"""What methods that draw from a posterior must draw: means and spreads by another formula."""

from itertools import product
from math import pi

import numpy as np
import pytest

from suar_research.mse import threshold
from suar_research.mse.tables import CaptureTable

TWO = CaptureTable.of(("A", "B"), {0b01: 400, 0b10: 100, 0b11: 20})


def mean_log(number):
    """Give the mean of the logarithm of a gamma variable of a whole number."""
    return sum(1 / index for index in range(1, number)) - np.euler_gamma


def variance_log(number):
    return pi**2 / 6 - sum(1 / index**2 for index in range(1, number))


@pytest.mark.parametrize(
    ("more", "spread"), [({}, 0), ({"threshold": 0}, 1), ({"threshold": 0, "variance": 0.25}, 0.25)]
)
def test_two_lists_have_the_posterior_of_gamma_variables(more, spread):
    """Unseen are a·b/ab times the odds of the pair, of which two lists can say nothing.

    Each count of the posterior is a gamma variable of what was seen, whatever the prior of lists;
    the odds keep their prior, lognormal with `variance`, or are 1 where the pair is not kept.
    """
    drawn = threshold.estimate(TWO, 1, **more)
    assert drawn.selected.tolist() == [True, True, True, bool(more)] and len(drawn.total) == 20_000
    unseen = np.log(drawn.total - TWO.seen)
    mean = mean_log(400) + mean_log(100) - mean_log(20)
    variance = spread + sum(variance_log(item) for item in (400, 100, 20))
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
    assert drawn.selected.tolist() == [True] * 4 + [kept, False, False]


def test_the_search_for_the_top_ends_where_the_posterior_has_no_slope():
    """Slope and curvature by small differences of the posterior, written out."""
    chance = np.random.default_rng(1)
    matrix = np.array([*product((1.0,), (0.0, 1.0), (0.0, 1.0))])
    counts, tightness = np.array([900.0, 3.0, 0.0, 40.0]), np.array([1e-4, 1e-4, 1.0])

    def height(at):
        return counts @ (matrix @ at) - np.exp(matrix @ at).sum() - tightness @ at**2 / 2

    top, spread = threshold._mode(matrix, counts, tightness)
    small = 1e-4 * np.eye(3)
    slope = [(height(top + item) - height(top - item)) / 2e-4 for item in small]
    assert slope == pytest.approx([0, 0, 0], abs=1e-3)
    for way in chance.normal(size=(5, 3)):
        bend = (height(top + 1e-3 * way) - 2 * height(top) + height(top - 1e-3 * way)) / 1e-6
        assert bend == pytest.approx(-way @ np.linalg.inv(spread) @ way, rel=1e-3)
    points = top + chance.normal(size=(4, 3))
    assert threshold._height(points, matrix, counts, tightness) == pytest.approx([height(point) for point in points])
