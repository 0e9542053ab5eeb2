"""Whether probabilities mean what they say, where it is known who is whom.

Source: Brier 1950, Monthly Weather Review 78, 1-3 (score); Murphy & Winkler 1977, Applied
Statistics 26, 41-47 (reliability: of pairs said to be likely so and so, how many are).

How right a match was, where it is known who is whom: precision, recall and F1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from suar_research.answers import Limits
from suar_research.files import refuse, rows_of
from suar_research.linkage.matching import Matched, Pair, joined
from suar_research.linkage.probabilities import Candidates, Chances, Numbers
from suar_research.linkage.tokens import TokenFile
from suar_research.tables.statistics import wilson

SIDES = 2
BEYOND, ROWS, FINEST = 10, 10, 2
"""Hundredths: how far above the threshold the table goes, and the least step of it."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Which rows of two lists are one person; every other two are two people."""

    lists: tuple[int, int]
    pairs: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share from 0 to 1 with its interval; None where there was nothing to take a share of."""

    value: float
    limits: Limits


@dataclass(frozen=True, slots=True)
class Judged:
    """What a threshold finds: pairs found, how many of them are right, how many are true at all."""

    sure: float
    found: int
    right: int
    wanted: int

    @property
    def precision(self) -> Rate | None:
        """Of the pairs that were found, the share that is right."""
        return rate(self.right, self.found)

    @property
    def recall(self) -> Rate | None:
        """Of the pairs that are true, the share that was found."""
        return rate(self.right, self.wanted)

    @property
    def f1(self) -> Rate | None:
        """Twice the right pairs over those found and those true.

        F1 is no share, but F* is (right over all that are found, true or both), and F1 = 2 F* /
        (1 + F*) rises with it: the limits of F* become those of F1.
        Source: Hand, Christen & Kirielle 2021, Machine Learning 110, 451-456.
        """
        star = rate(self.right, self.found + self.wanted - self.right)
        if star is None:
            return None
        low, high = (2 * each / (1 + each) for each in (star.limits.low, star.limits.high))
        return Rate(2 * star.value / (1 + star.value), Limits(star.limits.level, low, high))


def rate(count: int, base: int) -> Rate | None:
    """Give a share with its 95% interval, from 0 to 1; None of a base of nobody.

    `count` is from 0 to `base`. Raises nothing.
    Source: Wilson 1927, JASA 22, 209-212.
    """
    return Rate(count / base, wilson(count, base)) if base else None


def read_known_pairs(text: str, lists: Sequence[TokenFile]) -> Truth:
    """Read pairs of codes under the names of two houses; raises Unreadable with the row."""
    header, body = rows_of(text)
    refuse(_header_problems(header, [each.house for each in lists]))
    sides = [next(at for at, each in enumerate(lists) if each.house == name) for name in header]
    row_of = [{code: row for row, code in enumerate(lists[at].codes)} for at in sides]
    pairs: list[tuple[int, int]] = []
    seen: dict[tuple[int, int], int] = {}
    problems = []
    for number, cells in body:
        found = [known.get(cell.strip()) for known, cell in zip(row_of, cells, strict=True)]
        problems += [
            f"row {number}, column {name}: no code of this list"
            for name, row in zip(header, found, strict=True)
            if row is None
        ]
        one, other = found
        if one is None or other is None:
            continue
        if (first := seen.setdefault((one, other), number)) != number:
            problems.append(f"row {number}: this pair stands in row {first} already")
        pairs.append((one, other))
    refuse(problems or ([] if pairs else ["it holds no pair"]))
    return Truth((sides[0], sides[1]), frozenset(pairs))


def _header_problems(header: Sequence[str], houses: Sequence[str]) -> list[str]:
    if len(header) != SIDES:
        return [f"row 1: {len(header)} columns; two are needed, each named for one of the houses"]
    unknown = [name for name in header if name not in houses]
    return [f"column {name}: none of the files of tokens is of this house" for name in unknown]


def judged(matched: Matched, truth: Truth, sure: float) -> Judged:
    """Compare what was found between the two lists with what is true of them.

    Counts pairs. Raises nothing; shares of none are None.
    Source: Christen 2012, Data Matching, chapter 7 (precision, recall); F1: `Judged.f1`.
    """
    one, other = truth.lists
    found = set()
    for person in matched.people:
        row_of = dict(person)
        if one in row_of and other in row_of:
            found.add((row_of[one], row_of[other]))
    return Judged(sure, len(found), len(found & truth.pairs), len(truth.pairs))


def over_thresholds(
    lists: Sequence[TokenFile], pairs: Sequence[Pair], truth: Truth, asked: tuple[float, float]
) -> Iterator[Judged]:
    """Judge what each of some thresholds would find, in order; `asked` are unsure and sure.

    `pairs` are all those that are alike from unsure on: lower thresholds cannot be told.
    """
    for sure in thresholds(*asked):
        yield judged(joined(lists, pairs, sure), truth, sure)


def thresholds(unsure: float, sure: float) -> list[float]:
    """Give about a dozen thresholds from unsure to a little above sure, both among them."""
    low, high = -int(-unsure * 100 // 1), min(100, int(sure * 100) + BEYOND)
    step = max(FINEST, (high - low) // ROWS)
    return sorted({unsure, sure, *(each / 100 for each in range(low, high + 1, step))})


BANDS = (0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs told as likely from `low` to `high`: how many, as likely on average, truly one."""

    low: float
    high: float
    pairs: int
    told: float
    true: Rate


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How well probabilities of the pairs looked at agree with what is true.

    `brier` is the mean squared distance from 0 or 1; `brier_of_none` that of one probability for
    all. `unseen` counts true pairs that were not alike enough to be looked at at all.
    """

    bands: tuple[Band, ...]
    brier: float
    brier_of_none: float
    expected: float
    true: int
    unseen: int


def calibrated(known: Chances, truth: Truth) -> Calibrated:
    """Compare the probabilities of pairs of two lists with what is true of them.

    Probabilities are from 0 to 1. Raises StopIteration where `truth` is of lists that were not
    compared.
    Source: Brier 1950, Monthly Weather Review 78, 1-3; Murphy & Winkler 1977, Applied Statistics
    26, 41-47.
    """
    pairs, wanted = _of(known, truth)
    same = np.array(
        [pair in wanted for pair in zip(pairs.between.left.tolist(), pairs.between.right.tolist(), strict=True)],
        float,
    )
    return Calibrated(
        tuple(_bands(pairs.chance, same)),
        float(((pairs.chance - same) ** 2).mean()) if len(same) else 0.0,
        float(same.var()) if len(same) else 0.0,
        float(pairs.chance.sum()),
        int(same.sum()),
        len(wanted) - int(same.sum()),
    )


def _of(known: Chances, truth: Truth) -> tuple[Candidates, frozenset[tuple[int, int]]]:
    """Find the pairs of the two lists, and turn true pairs to their order."""
    turned = truth.lists[0] > truth.lists[1]
    wanted = frozenset((b, a) for a, b in truth.pairs) if turned else truth.pairs
    lists = tuple(sorted(truth.lists))
    return next(each for each in known.pairs if each.between.lists == lists), wanted


def _bands(chance: Numbers, same: Numbers) -> Iterator[Band]:
    for low, high in pairwise(BANDS):
        held = (chance >= low) & ((chance < high) | (high == BANDS[-1]))
        found = rate(int(same[held].sum()), int(held.sum()))
        if found:
            yield Band(low, high, int(held.sum()), float(chance[held].mean()), found)
