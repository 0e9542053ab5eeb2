"""What noise costs and invented people are worth, worked by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest

from suar_research.reading import Unreadable
from suar_research.releases import noise, noisy, synthetic, telling
from suar_research.releases import people as coded
from suar_research.releases.noisy import Noisy
from suar_research.releases.synthetic import Compared


def test_noise_is_told_with_what_it_costs():
    made = [Noisy(("a",), (("x", "y"),), np.zeros(2), 1.23456, 4)]
    told = telling.noise_json(made, 0.5, ("agreeing",))
    assert told["epsilon"] == pytest.approx(0.5 + 2 * math.sqrt(0.5 * math.log(1e6)), abs=1e-4)
    assert (told["rho"], told["delta"], told["expected_error"], told["within_95"]) == (
        0.5,
        1e-6,
        1.2346,
        4,
    )
    assert told["tables"] == [{"columns": ["a"], "cells": 2}] and told["smoothed"] == ["agreeing"]
    words = " ".join(telling.noise_words(told).split())
    assert words.startswith("1 tables with noise. Together they cost rho 0.5: epsilon 5.76 at ")
    assert "off by 1.2 people on average, and by at most 4 in 95 of 100" in words
    assert "Smoothed afterwards: agreeing." in words
    plain = telling.noise_words({**told, "smoothed": []})
    assert "Nothing was smoothed afterwards" in plain


def test_invented_people_are_compared_by_the_part_in_another_cell():
    real, made = (coded.read(f"a,b\n{rows}") for rows in ("x,p\nx,q\ny,p\ny,p\n", "x,p\nx,q\nx,q\ny,p\n"))
    found = synthetic.compare(real, made)
    assert found == [
        Compared(("a",), 0.25, 1.0),
        Compared(("b",), 0.25, 1.0),
        Compared(("a", "b"), 0.25, 1.0),
    ]
    words = telling.compared_words([*found, Compared(("a", "c"), 0.75, 9.0)], 4).splitlines()
    assert words[0] == "4 invented people."
    assert words[3:] == [
        "1 columns: 25.0% of people in another cell on average, at most 25.0% (a)",
        "2 columns: 50.0% of people in another cell on average, at most 75.0% (a, c)",
    ]
    assert telling.compared_json(found)[0] == {"columns": ["a"], "apart": 0.25, "worst": 1.0}
    assert len(synthetic.compare(real, made, most=1)) == 2


def test_two_to_forty_columns_can_be_invented_together():
    names = [f"c{at}" for at in range(41)]
    for number, fine in ((1, False), (2, True), (40, True), (41, False)):
        if fine:
            synthetic.check(names[:number])
        else:
            with pytest.raises(Unreadable, match="2 to 40 different columns"):
                synthetic.check(names[:number])
    with pytest.raises(Unreadable):
        synthetic.check(["a", "a", "b"])


def test_columns_that_tell_each_other_are_drawn_along_each_other():
    """b is a, c is b turned round, d is by itself: with hardly any noise people keep that."""
    rows = [(a, a, 1 - a, d) for a in (0, 1) for d in (0, 0, 1) for _ in range(200)]
    text = "a,b,c,d\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows)
    made = synthetic.invent(coded.read(text), tuple("dabc"), Fraction(90), noise.source(2))
    assert made.names == tuple("dabc") and abs(made.number - 1200) <= 2
    d, a, b, c = made.at.T
    assert (a == b).mean() > 0.99 and (b != c).mean() > 0.99
    assert d.mean() == pytest.approx(1 / 3, abs=0.01) and a.mean() == pytest.approx(0.5, abs=0.01)
    assert a[d == 1].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("variance", [0.4, 2.0, 9.5])
def test_bounds_of_noise_are_those_of_the_bell(variance):
    whole = sum(math.exp(-at * at / (2 * variance)) for at in range(-60, 61))
    chance = [math.exp(-at * at / (2 * variance)) / whole for at in range(61)]
    assert noise.chances(variance, 5) == pytest.approx(chance[:6])
    assert noise.expected(variance) == pytest.approx(2 * sum(at * p for at, p in enumerate(chance)))
    for share in (0.1, 0.5, 0.95, 0.999):
        off = noise.within(variance, share)
        reached = chance[0] + 2 * sum(chance[1 : off + 1])
        assert reached >= share and (off == 0 or reached - 2 * chance[off] < share)


def test_a_draw_uses_randomness_only_from_its_source_and_has_no_mean():
    below = noise.source(7)
    drawn = np.array([noise.gaussian(Fraction(5, 2), below) for _ in range(4_000)])
    assert abs(drawn.mean()) < 0.1 and drawn.var() == pytest.approx(2.5, rel=0.1)
    again = noise.source(7)
    assert [noise.gaussian(Fraction(5, 2), again) for _ in range(50)] == drawn[:50].tolist()
    assert noisy.variance_of(Fraction(1, 10), 3) == 15
