"""Noise is what it says: against its distribution, against OpenDP, and in what it costs."""

import json
import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from suar_research.releases import noise
from suar_research.releases.noise import Noisy
from support import FIXTURES
from support import release_world as world

OPENDP = FIXTURES / "releases" / "opendp_gaussian.json"
DRAWS = 20_000
# Chance of a larger chi-square below one in ten thousand, by degrees of freedom (published tables).
RARE = {7: 29.88, 8: 31.83, 9: 33.72, 10: 35.56, 11: 37.37, 12: 39.13, 13: 40.87, 14: 42.58, 15: 44.26, 16: 45.92}


def counted(draws, edge):
    """Count draws from -edge to edge, those beyond in the last ones."""
    clipped = np.clip(draws, -edge, edge)
    return np.bincount(clipped + edge, minlength=2 * edge + 1).astype(float)


def expected_of(variance, edge):
    chance = noise.chances(variance, 60)
    tail = sum(chance[edge:])
    return np.array([tail, *chance[edge - 1 : 0 : -1], *chance[:edge], tail])


@pytest.mark.parametrize(("variance", "edge"), [("7/2", 6), ("1/2", 4), ("10", 8)])
def test_draws_follow_the_discrete_gaussian(variance, edge):
    below = noise.random_source(11)
    drawn = np.array([noise.gaussian(Fraction(variance), below) for _ in range(DRAWS)])
    counts, wanted = counted(drawn, edge), expected_of(float(Fraction(variance)), edge) * DRAWS
    kept = wanted > 5
    far = ((counts - wanted)[kept] ** 2 / wanted[kept]).sum()
    assert far < RARE[max(int(kept.sum()) - 1, 7)]
    shifted = (np.roll(counts, 1) - wanted)[kept] ** 2 / wanted[kept]
    assert shifted.sum() > 10 * RARE[16], "another distribution would be noticed"


def test_draws_are_those_of_opendp():
    told = json.loads(OPENDP.read_text("utf-8"))
    theirs = np.repeat([int(at) for at in told["draws"]], list(told["draws"].values()))
    below = noise.random_source(5)
    ours = np.array([noise.gaussian(Fraction(told["variance"]), below) for _ in range(DRAWS)])
    one, other = counted(ours, 6), counted(theirs, 6)
    scale = math.sqrt(other.sum() / one.sum())
    far = ((one * scale - other / scale) ** 2 / (one + other)).sum()
    assert far < RARE[12]


def test_expected_error_and_bounds_are_those_of_the_distribution():
    chance = noise.chances(3.5, 80)
    assert chance[0] + 2 * sum(chance[1:]) == pytest.approx(1)
    off = noise.within(3.5, 0.95)
    assert chance[0] + 2 * sum(chance[1 : off + 1]) >= 0.95
    assert chance[0] + 2 * sum(chance[1:off]) < 0.95
    assert noise.expected(3.5) == pytest.approx(2 * sum(i * c for i, c in enumerate(chance)))
    assert noise.epsilon(0.5, 1e-6) == pytest.approx(0.5 + 2 * math.sqrt(0.5 * math.log(1e6)))


def test_tables_share_what_they_cost_and_errors_are_as_told():
    made = world.people((4, 5, 3, 4), 2_000, 1)
    tables = list(combinations(made.names, 2))
    assert noise.variance_of(Fraction(1, 2), 6) == 6
    released = noise.tables_of(made, tables, Fraction(1, 2), noise.random_source(3))
    off = np.concatenate([(item.counts - made.crossed(item.names)).ravel() for item in released])
    assert np.abs(off).mean() == pytest.approx(released[0].error, rel=0.25)
    assert (np.abs(off) <= released[0].off).mean() > 0.9
    assert (off == off.astype(int)).all()


def test_agreeing_tables_agree_and_are_nearer_to_the_truth():
    made = world.people((4, 5, 3, 4), 2_000, 1)
    tables = list(combinations(made.names, 2))
    released = noise.tables_of(made, tables, Fraction(1, 20), noise.random_source(3))
    agreeing = noise.consistent(released)
    by_name = {item.names: item.counts for item in agreeing}
    assert by_name["v0", "v1"].sum(axis=1) == pytest.approx(by_name["v0", "v2"].sum(axis=1))
    assert by_name["v0", "v1"].sum(axis=0) == pytest.approx(by_name["v1", "v3"].sum(axis=1))

    def error(each):
        return sum(np.abs(one.counts - made.crossed(one.names)).sum() for one in each)

    assert error(agreeing) < error(released)
    assert all((item.counts >= 0).all() for item in noise.without_negative(released))


def test_three_columns_in_common_are_spread_in_their_own_order():
    codes = (("a", "b"), ("c", "d", "e"))
    one = Noisy(("x", "y"), codes, np.arange(6.0).reshape(2, 3), 0, 0)
    other = Noisy(("y", "x"), codes[::-1], np.arange(6.0).reshape(2, 3).T + 2, 0, 0)
    first, second = noise.consistent([one, other])
    assert first.counts == pytest.approx(second.counts.T)
    assert first.counts == pytest.approx(one.counts + 1)


def test_invented_people_are_like_the_real_ones_and_the_more_the_more_is_spent():
    made = world.people((2, 4, 5, 3), 3_000, 4)
    linked = made.at.copy()
    linked[:, 3] = (linked[:, 1] + linked[:, 2]) % 3
    real = type(made)(made.names, made.codes, linked, made.count)
    apart = {}
    for rho in ("1/50", "20"):
        invented = noise.invent(real, real.names, Fraction(rho), noise.random_source(8))
        found = noise.compare(real, invented, most=2)
        apart[rho] = np.mean([item.apart for item in found])
        assert abs(invented.number - 3_000) < 300
    assert apart["20"] < 0.05 and apart["20"] < apart["1/50"]
    again = noise.invent(real, real.names, Fraction(20), noise.random_source(8))
    assert (again.at == invented.at).all(), "the same seed gives the same people"
