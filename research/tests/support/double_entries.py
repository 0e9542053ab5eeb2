"""Invented lists on which many people stand twice or more, as houses wrote them each time anew."""

import random

import numpy as np

from suar_research.linkage.schema import NAMES_AND_BIRTH
from suar_research.linkage.tokens import Encoder, TokenFile
from support import linkage_world as world
from support import traditions

SHARES = (0.4, 0.35, 0.3)
THIRD = 0.2
"""The share of those listed twice who are listed a third time."""


def rows_of(seed, *, people, doubles):
    """Return rows and their people for each list; `doubles` is the share of people who stand there again."""
    chance = random.Random(f"{seed}/double entries")
    everybody = traditions.population(people, chance)
    lists = []
    for share, double in zip(SHARES, doubles, strict=True):
        on = [at for at in range(people) if chance.random() < share]
        again = [at for at in on if chance.random() < double]
        on += again + [at for at in again if chance.random() < THIRD]
        chance.shuffle(on)
        lists.append([(world.with_slips(everybody[at], chance), at) for at in on])
    return lists


def lists_of(seed, **options):
    """Return token files without a salt, and the people of their rows."""
    encoder, files, who = Encoder(NAMES_AND_BIRTH, b"k" * 32), [], []
    for name, rows in zip("abc", rows_of(seed, **options), strict=True):
        tokens = np.array([encoder.token(list(row), "") for row, _ in rows])
        codes = tuple(f"{name}{at}" for at in range(len(rows)))
        files.append(TokenFile(name, "k", "s", NAMES_AND_BIRTH.length, codes, tokens))
        who.append([person for _, person in rows])
    return files, who
