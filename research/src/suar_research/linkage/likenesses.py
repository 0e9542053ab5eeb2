"""How alike records are, between two lists and inside one: what a probability is learnt from.

A list holds each person once. So any two records of one list are two people, and how alike they are
says how alike strangers are, without anybody having to say who is whom.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from suar_research.linkage.files import TokenFile
from suar_research.linkage.similarity import Tokens, pairs_above
from suar_research.reading import refuse
from suar_research.texts import texts

LOWEST, STEP = 0.4, 0.01
TRIED, ROWS = 500, 2_048
FEWEST_PEOPLE, FEWEST_STRANGERS = 25, 20
TEXTS = texts("linkage.likenesses")
TOO_FEW: str = TEXTS["too_few"]
Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Between:
    """Pairs of records of two lists that are alike from a floor on.

    `lists` are the places of the two, `people` how many each holds; `left`, `right` and `alike`
    have shape (pairs,).
    """

    lists: tuple[int, int]
    people: tuple[int, int]
    left: Rows
    right: Rows
    alike: Numbers


@dataclass(frozen=True, slots=True)
class Likenesses:
    """All pairs from `floor` on: between lists, and likenesses inside lists, shape (strangers,).

    `scale` is how many pairs there are between lists for each one inside a list, likely or not.
    """

    floor: float
    between: tuple[Between, ...]
    inside: Numbers
    scale: float


def gathered(lists: Sequence[TokenFile]) -> Likenesses:
    """Compare all records, between lists and inside each; raises Unreadable when they are few.

    Likenesses are Dice coefficients from 0 to 1, shape (pairs,).
    Source: own, docs/decisions/linkage.md (strangers are known from inside lists).
    """
    sizes = [len(each.tokens) for each in lists]
    refuse([TOO_FEW] if min(sizes) < FEWEST_PEOPLE else [])
    floor = _floor([each.tokens for each in lists])
    inside = np.concatenate([alike_inside(each.tokens, floor) for each in lists])
    refuse([TOO_FEW] if len(inside) < FEWEST_STRANGERS else [])
    pairs = tuple(
        Between((one, other), (sizes[one], sizes[other]), *pairs_above(lists[one].tokens, lists[other].tokens, floor))
        for one, other in combinations(range(len(lists)), 2)
    )
    across = sum(one * other for one, other in combinations(sizes, 2))
    return Likenesses(floor, pairs, inside, across / sum(n * (n - 1) / 2 for n in sizes))


def alike_inside(tokens: Tokens, least: float) -> Numbers:
    """Give how alike records of one list are, from `least` on, each two of them once.

    `tokens`, shape (people, bytes); gives Dice coefficients, shape (pairs,), from 0 to 1. Raises
    Unreadable when too many are alike to be of different people.
    Source: as `similarity.pairs_above`.
    """
    found = [np.zeros(0)]
    for start in range(0, len(tokens), ROWS):
        one, other, alike = pairs_above(tokens[start : start + ROWS], tokens[start:], least)
        found.append(alike[one < other])
    return np.concatenate(found)


def _floor(lists: Sequence[Tokens]) -> float:
    """Choose from where on pairs are looked at: about as many strangers as there are people.

    Among fewer, likenesses of strangers are not known well; among more, matches are rare. It is
    read from pairs of evenly chosen records.
    """
    some = np.concatenate(list(_spread(lists)))
    people = sum(map(len, lists))
    share = people / sum(len(one) * len(other) for one, other in combinations(lists, 2))
    alike = np.sort(alike_inside(some, STEP))[::-1]
    number = len(some) * (len(some) - 1) // 2
    at = min(int(share * number), len(alike) - 1)
    return max(LOWEST, round(float(alike[at]) // STEP * STEP, 2)) if len(alike) else LOWEST


def _spread(lists: Sequence[Tokens]) -> Iterator[Tokens]:
    for tokens in lists:
        yield tokens[:: max(1, len(tokens) // TRIED)]
