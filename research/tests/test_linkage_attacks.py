"""A published attack reads what is weak, and what the page says of our own tokens is held here."""

import hashlib
import os
import random
import subprocess
import sys

import numpy as np
import pytest

from research.bench import frequency_attack as attacks
from research.bench import prove_attacks
from suar_research.linkage.report import CROWD
from suar_research.linkage.schema import NAMES_AND_BIRTH, SALTED
from support import RESEARCH, environment

PEOPLE, SEED = 900, 7
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def read():
    names = [prove_attacks.WEAK, prove_attacks.UNSALTED, prove_attacks.SALTED]
    return {item.scheme: item for item in prove_attacks.measured(PEOPLE, SEED, names)}


def test_names_alone_under_a_weak_hash_are_read(read):
    weak = read[prove_attacks.WEAK]
    assert weak.alone[0] > 1.5 * weak.blind[0] and weak.helped[0] > 0.6


def test_what_is_not_salted_is_read_as_the_page_says(read):
    ours = read[prove_attacks.UNSALTED]
    assert ours.alone[1] > 1.5 * ours.blind[1] and ours.helped[2] > 10 * ours.blind[2]
    assert "**Not salted falls.**" in prove_attacks.PAGE.read_text("utf-8")


def test_the_default_is_not_read_from_patterns_over_all_years(read):
    assert prove_attacks.SCHEMES[prove_attacks.SALTED] == SALTED
    salted = read[prove_attacks.SALTED]
    assert salted.patterns < read[prove_attacks.UNSALTED].patterns
    for guessed, blind in zip(salted.alone, salted.blind, strict=True):
        assert guessed < blind + 0.06


def test_year_by_year_few_people_are_read_less_than_all_at_once(read):
    """Eighteen people for each year: an attacker who can tell years apart gains little."""
    hidden, public = (prove_attacks.population(PEOPLE, seed=SEED + at) for at in range(2))
    told = prove_attacks.year_by_year(SALTED, hidden, public, SEED, tried=3)
    all_at_once = read[prove_attacks.UNSALTED]
    for guessed, blind, plain in zip(told.alone, told.blind, all_at_once.alone, strict=True):
        assert guessed - blind < (plain - blind) / 2


def test_many_people_of_one_year_are_read_though_they_are_salted():
    """The salt hides only among few: the page and the command say so."""
    name = prove_attacks.CROWDED
    [read] = prove_attacks.measured(PEOPLE, SEED, [name])
    assert read.alone[1] > 1.5 * read.blind[1]
    assert prove_attacks.ONE_YEAR[name] > CROWD


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


def test_the_attack_knows_parts_in_one_order_in_every_run():
    """Sets of words are walked in another order in each process; no figure may hang on that."""
    asked = (
        "from research.bench import frequency_attack as attacks, prove_attacks as p; from hashlib import sha256; "
        "c = attacks.corpus_of(p.population(300, seed=7), p.NAMES_AND_BIRTH); "
        "print(sha256(repr(c.parts).encode() + c.has.tobytes()).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", asked],
            cwd=RESEARCH.parent,
            env=environment(PYTHONHASHSEED=seed, PYTHONPATH=os.pathsep.join(sys.path)),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    corpus = attacks.corpus_of(prove_attacks.population(300, seed=7), NAMES_AND_BIRTH)
    here = hashlib.sha256(repr(corpus.parts).encode() + corpus.has.tobytes()).hexdigest()
    assert told == {here}
