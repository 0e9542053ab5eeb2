"""A published attack reads what is weak, and what the page says of our own tokens is held here."""

import random

import numpy as np
import pytest

from bench import attacks, prove_attacks
from suar.insight.linkage.schema import NAMES_AND_BIRTH

PEOPLE, SEED = 900, 7


@pytest.fixture(scope="module")
def read():
    names = [prove_attacks.WEAK, prove_attacks.DEFAULT, prove_attacks.SALTED]
    return {each.scheme: each for each in prove_attacks.measured(PEOPLE, SEED, names)}


def test_names_alone_under_a_weak_hash_are_read(read):
    weak = read[prove_attacks.WEAK]
    assert weak.alone[0] > 1.5 * weak.blind[0] and weak.helped[0] > 0.6


def test_the_default_is_read_too_as_the_page_says(read):
    """Whoever makes it hold turns this around and writes the page anew."""
    ours = read[prove_attacks.DEFAULT]
    assert ours.alone[1] > 1.5 * ours.blind[1] and ours.helped[2] > 10 * ours.blind[2]
    assert "**The default falls.**" in prove_attacks.PAGE.read_text("utf-8")


def test_tokens_salted_by_year_of_birth_are_not_read_from_frequencies(read):
    salted = read[prove_attacks.SALTED]
    assert salted.patterns < read[prove_attacks.DEFAULT].patterns
    for guessed, blind in zip(salted.alone, salted.blind, strict=True):
        assert guessed < blind + 0.06


def test_bits_that_mean_nothing_are_read_no_better_than_blindly():
    """The attack finds no pattern where none is: its figures are no artefact of its counting."""
    public = prove_attacks.population(PEOPLE, seed=SEED)
    drawn = np.random.default_rng(SEED)
    held = attacks.patterns(np.packbits(drawn.random((PEOPLE, 1_024)) < 0.15, axis=1))
    corpus = attacks.corpus_of(public, NAMES_AND_BIRTH)
    which = np.full(held.shape[1], -1)
    assert held.shape[1] == 0
    [guess] = set(attacks.guessed(held, which, corpus, NAMES_AND_BIRTH, 0))
    assert guess == max(corpus.words[0], key=corpus.words[0].get)


def test_a_pattern_is_found_by_the_bits_that_stand_together():
    chance = random.Random(3)
    has = [chance.random() < 0.2 for _ in range(500)]
    drawn = np.random.default_rng(3)
    bits = drawn.random((500, 512)) < 0.1
    bits[:, 100:110] |= np.array(has)[:, None]
    held = attacks.patterns(np.packbits(bits, axis=1))
    assert held.shape[1] == 1
    assert (held[:, 0] == np.array(has)).mean() > 0.99
