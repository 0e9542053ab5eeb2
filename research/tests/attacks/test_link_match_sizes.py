"""Attack: `link match --probable` refuses lists of ordinary size."""

import time
import tracemalloc

import numpy as np
import pytest

from suar_research.files import Unreadable
from suar_research.linkage import matching, probabilities
from suar_research.linkage.tokens import TokenFile

LARGE, MOST_CPU_S, MOST_BYTES = 100_000, 2 * 30 * 60, 8 * 2**30
BITS = 1_024
PARTS, PARTS_A_PERSON = 400, 14
"""Strangers share some of 400 parts of names and dates, as people of one country do."""


def lists_of(people, *, lists, on_all, seed=1):
    """Return token files; the first `on_all` people of the population are on each of them."""
    chance = np.random.default_rng(seed)
    parts = np.sort(chance.integers(0, BITS, (PARTS, 20)), axis=1)
    weights = 1 / np.arange(1, PARTS + 1)
    files = []
    numbers = on_all + lists * (people - on_all)
    persons = chance.choice(PARTS, (numbers, PARTS_A_PERSON), p=weights / weights.sum())
    for at in range(lists):
        own = range(on_all + at * (people - on_all), on_all + (at + 1) * (people - on_all))
        rows = chance.permutation([*range(on_all), *own])
        bits = np.zeros((people, BITS), np.uint8)
        for column in range(PARTS_A_PERSON):
            slip = chance.random(people) < 0.04
            used = np.where(slip, chance.integers(0, PARTS, people), persons[rows, column])
            np.put_along_axis(bits, parts[used], 1, axis=1)
        codes = tuple(f"{'abcdef'[at]}{row}" for row in rows.tolist())
        files.append(TokenFile("abcdef"[at], "k", "s", BITS, codes, np.packbits(bits, axis=1)))
    return files


@pytest.mark.parametrize(("lists", "people"), [(3, 480), (4, 400), (2, 999), (6, 900)])
def test_lists_of_ordinary_size_are_matched(lists, people):
    files = lists_of(people, lists=lists, on_all=people // 4)
    chances = probabilities.of_tokens(files)
    true = people // 4 * lists * (lists - 1) // 2
    assert chances.expected == pytest.approx(true, rel=0.15)


@pytest.mark.long
def test_six_lists_are_compared_within_the_time_that_100_000_people_on_each_may_take():
    """A twentieth of each list is a 400th of all pairs: of half an hour on two cores, and of a peak of memory."""
    files = lists_of(LARGE // 20, lists=6, on_all=LARGE // 100)
    tracemalloc.start()
    begun = time.process_time()
    seen = probabilities.gathered(files)
    spent, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(len(item.left) for item in seen.between) > 15 * LARGE // 100, "the control: all are compared"
    assert spent <= MOST_CPU_S / 20**2
    assert peak * 20 <= MOST_BYTES, "what is kept grows with the lists, and the rest not at all"


def test_too_many_alike_pairs_name_an_option_that_helps():
    """Everybody has one token: no floor tells people apart."""
    token = lists_of(10, lists=1, on_all=0)[0].tokens[:1]
    codes = tuple(map(str, range(1_500)))
    same = [TokenFile(name, "k", "s", BITS, codes, token.repeat(1_500, axis=0)) for name in "ab"]
    with pytest.raises(Unreadable, match="more columns"):
        probabilities.of_tokens(same)
    with pytest.raises(Unreadable, match="raise --unsure"):
        matching.compared(same, 0.6)


@pytest.mark.parametrize("least", [0.4, 0.62, 0.9])
def test_pairs_above_are_those_of_a_plain_loop(least):
    one, other = (file.tokens for file in lists_of(60, lists=2, on_all=30))
    left, right, alike = matching.pairs_above(one, other, least)
    dice = {}
    for row, token in enumerate(one):
        for column, second in enumerate(other):
            both = int(np.bitwise_count(token & second).sum())
            dice[row, column] = 2 * both / int(np.bitwise_count(token).sum() + np.bitwise_count(second).sum())
    expected = {pair: value for pair, value in dice.items() if value >= least}
    assert dict(zip(zip(left.tolist(), right.tolist(), strict=True), alike.tolist(), strict=True)) == expected
