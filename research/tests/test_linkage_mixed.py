"""The straight line between matches and strangers, held against what it has to fulfil."""

import numpy as np
import pytest

from suar_research.linkage import mixtures
from suar_research.linkage.mixtures import Between, Likenesses

ALIKE = np.linspace(0.5, 1, 21)
SLOPE, START = 14.0, -11.0
WHOLE = np.linspace(4_000, 400, 21)


def shares(start, slope):
    return 1 / (1 + np.exp(-(start + slope * ALIKE)))


def test_a_line_is_found_again_from_the_shares_it_makes():
    matches = WHOLE * shares(START, SLOPE)
    for begun in ([0.0, 0.0], [-2.0, 2.0], [-60.0, 50.0]):
        found = mixtures.fit_line(ALIKE, matches, WHOLE - matches, np.array(begun))
        assert found == pytest.approx([START, SLOPE], abs=0.01), begun


@pytest.mark.parametrize("slope", [0.5, 5.0, 30.0])
def test_where_the_slope_is_held_as_many_matches_are_told_as_there_are(slope):
    matches = WHOLE * shares(START, SLOPE)
    for begun in ([0.0, 0.0], [-11.0, 14.0], [5.0, -8.0]):
        start, held = mixtures.fit_line(ALIKE, matches, WHOLE - matches, np.array(begun), slope=slope)
        assert held == slope
        assert (WHOLE * shares(start, slope)).sum() == pytest.approx(matches.sum(), rel=1e-3)


def likenesses(floor=0.5, inside=None, between=None, scale=1.0):
    pairs = [
        Between(lists, (900, 900), np.zeros(len(alike), int), np.zeros(len(alike), int), alike)
        for lists, alike in (((0, 1), between), ((0, 0), inside))
    ]
    return Likenesses(floor, (pairs[0],), (pairs[1],), scale)


def test_strangers_of_both_kinds_and_matches_apart_are_told_apart():
    """Strangers lie near the floor, three matches in ten pairs between lists near 1."""
    drawn = np.random.default_rng(6)
    inside, strangers = (0.5 + drawn.exponential(0.05, 2_000) for _ in range(2))
    matches = np.clip(drawn.normal(0.9, 0.03, 600), 0.5, 1)
    between = np.concatenate([strangers[strangers < 1], matches])
    line = mixtures.fitted(likenesses(inside=inside[inside < 1], between=between))
    chance = 1 / (1 + np.exp(-line.log_odds(between)))
    assert chance.sum() == pytest.approx(600, rel=0.03)
    assert chance[-600:].mean() > 0.97 and chance[:-600].mean() < 0.02


def test_twice_the_strangers_of_one_scale_tell_the_same_as_the_strangers_of_another():
    """Half of the pairs inside lists at twice the scale say the same of strangers between them."""
    drawn = np.random.default_rng(8)
    inside, strangers = (0.5 + drawn.exponential(0.04, 3_000) for _ in range(2))
    between = np.concatenate([strangers, drawn.normal(0.88, 0.02, 500)])
    whole = mixtures.fitted(likenesses(inside=inside, between=between, scale=1.0))
    half = mixtures.fitted(likenesses(inside=inside[::2], between=between, scale=2.0))
    expected = [(1 / (1 + np.exp(-item.log_odds(between)))).sum() for item in (whole, half)]
    assert expected == pytest.approx([500, 500], rel=0.05)


def test_faint_likenesses_are_not_taken_for_matches_where_there_are_none():
    drawn = np.random.default_rng(9)
    inside, between = (0.5 + drawn.exponential(0.04, 2_000) for _ in range(2))
    line = mixtures.fitted(likenesses(inside=inside, between=between))
    assert line.slope >= 1 / (inside - 0.5).mean() - 1e-9
    assert (1 / (1 + np.exp(-line.log_odds(between)))).sum() < 25


def test_records_with_the_very_same_token_are_counted_among_the_matches():
    drawn = np.random.default_rng(6)
    inside, strangers = (0.5 + drawn.exponential(0.04, 1_000) for _ in range(2))
    between = np.concatenate([strangers, np.ones(300)])
    line = mixtures.fitted(likenesses(inside=inside, between=between))
    assert 1 / (1 + np.exp(-line.log_odds(np.ones(1)))) > 0.99
    assert (1 / (1 + np.exp(-line.log_odds(between)))).sum() == pytest.approx(300, rel=0.05)


def test_odds_go_no_farther_than_forty_to_either_side():
    line = mixtures.Mixture(-100.0, 200.0)
    assert line.log_odds(np.array([0.0, 0.45, 0.55, 1.0])).tolist() == pytest.approx([-40, -10, 10, 40])
