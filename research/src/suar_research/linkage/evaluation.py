"""The accuracy of a match against known pairs: precision, recall, F1, calibration of probabilities.

Source: Brier 1950, Monthly Weather Review 78, 1-3 (score); Murphy & Winkler 1977, Applied Statistics 26, 41-47
(reliability: of pairs with about one probability, how many are one person).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from suar_research.files import refuse, rows_of
from suar_research.linkage.matching import Matched, Pair, joined
from suar_research.linkage.mixtures import Numbers
from suar_research.linkage.probabilities import Chances
from suar_research.linkage.tokens import TokenFile
from suar_research.tables.statistics import wilson

SIDES = 2
BEYOND, ROWS, FINEST = 10, 10, 2
"""Hundredths: how far above the threshold the table goes, and its least step."""
BANDS = (0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 1.0)
Rate = dict[str, float] | None
"""A share from 0 to 1 with its 95% interval (`value`, `low`, `high`, `level`); None of a base of nobody."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Which rows of two lists are one person; every other two are two people."""

    lists: tuple[int, int]
    pairs: frozenset[tuple[int, int]]


def rate(count: int, base: int) -> Rate:
    """Return the share count/base with its interval.

    Source: Wilson 1927, JASA 22, 209-212.
    """
    if not base:
        return None
    limits = wilson(count, base)
    return _rate(count / base, limits.low, limits.high, limits.level)


def _rate(value: float, low: float, high: float, level: float) -> Rate:
    return {"value": round(value, 6), "low": round(low, 6), "high": round(high, 6), "level": level}


def scores(sure: float, result: int, right: int, wanted: int) -> dict[str, Any]:
    """Return precision, recall and F1 of a threshold from counts of pairs: found, right, and true at all.

    F1 is no share, but F* is (right over all that are found, true or both), and F1 = 2 F* / (1 + F*) rises with it: the
    limits of F* become those of F1.
    Source: Christen 2012, Data Matching, chapter 7 (precision, recall); Hand, Christen & Kirielle 2021, Machine
    Learning 110, 451-456 (F*).
    """
    star, f1 = result + wanted - right, None
    if star:
        limits = wilson(right, star)
        low, value, high = (2 * share / (1 + share) for share in (limits.low, right / star, limits.high))
        f1 = _rate(value, low, high, limits.level)
    counts = {"sure": sure, "found": result, "right": right}
    return {**counts, "precision": rate(right, result), "recall": rate(right, wanted), "f1": f1}


def read_known_pairs(text: str, lists: Sequence[TokenFile]) -> Truth:
    """Read pairs of codes under the names of two organisations; raises Unreadable with the row."""
    header, body = rows_of(text)
    houses = [file.organisation for file in lists]
    if len(header) != SIDES:
        refuse([f"row 1: {len(header)} columns; two are needed, each named for one of the organisations"])
    unknown = [name for name in header if name not in houses]
    refuse(f"column {name}: none of the files of tokens is of this organisation" for name in unknown)
    one, other = (houses.index(name) for name in header)
    row_of = [{code: row for row, code in enumerate(lists[at].codes)} for at in (one, other)]
    first_row: dict[tuple[int, int], int] = {}
    problems = []
    for number, cells in body:
        rows = [known.get(cell.strip()) for known, cell in zip(row_of, cells, strict=True)]
        unknown = [name for name, row in zip(header, rows, strict=True) if row is None]
        problems += [f"row {number}, column {name}: no code of this list" for name in unknown]
        if rows[0] is not None and rows[1] is not None:
            first = first_row.setdefault((rows[0], rows[1]), number)
            problems += [f"row {number}: this pair stands in row {first} already"] if first != number else []
    refuse(problems or ([] if first_row else ["it holds no pair"]))
    return Truth((one, other), frozenset(first_row))


def of_people(truth: Truth, known: Chances) -> Truth:
    """Return the known pairs of people where double entries were united."""
    if not known.places:
        return truth
    one, other = (known.places[at].tolist() for at in truth.lists)
    return Truth(truth.lists, frozenset((one[left], other[right]) for left, right in truth.pairs))


def judged(matched: Matched, truth: Truth, sure: float) -> dict[str, Any]:
    """Return the scores of a match against the known pairs of two lists."""
    one, other = truth.lists
    rows = [dict(person) for person in matched.people]
    result = {(row_of[one], row_of[other]) for row_of in rows if one in row_of and other in row_of}
    return scores(sure, len(result), len(result & truth.pairs), len(truth.pairs))


def over_thresholds(
    lists: Sequence[TokenFile], pairs: Sequence[Pair], truth: Truth, thresholds_of: tuple[float, float]
) -> Iterator[dict[str, Any]]:
    """Yield the scores of some thresholds, in order; `thresholds_of` are unsure and sure.

    `pairs` are all those that are similar from unsure on: lower thresholds cannot be judged.
    """
    for sure in thresholds(*thresholds_of):
        yield judged(joined(lists, pairs, sure), truth, sure)


def thresholds(unsure: float, sure: float) -> list[float]:
    """Return about a dozen thresholds from unsure to a little above sure, both among them."""
    low, high = -int(-unsure * 100 // 1), min(100, int(sure * 100) + BEYOND)
    step = max(FINEST, (high - low) // ROWS)
    return sorted({unsure, sure, *(hundredths / 100 for hundredths in range(low, high + 1, step))})


def calibrated(known: Chances, truth: Truth) -> dict[str, Any]:
    """Compare the probabilities of pairs of two lists with what is true of them.

    `brier` is the mean squared distance from 0 or 1, `brier_of_none` that of one probability for all; `unseen` counts
    true pairs that were not compared; each band of `reliability` has its pairs, their mean probability (`told`) and
    the share that is one person (`true`). Raises StopIteration if `truth` is of lists that were not compared.
    Source: Brier 1950, Monthly Weather Review 78, 1-3; Murphy & Winkler 1977, Applied Statistics 26, 41-47.
    """
    lists = tuple(sorted(truth.lists))
    wanted = truth.pairs if truth.lists == lists else {(b, a) for a, b in truth.pairs}
    pairs = next(candidates for candidates in known.pairs if candidates.between.lists == lists)
    ends = zip(pairs.between.left.tolist(), pairs.between.right.tolist(), strict=True)
    same = np.array([pair in wanted for pair in ends], float)
    chance = pairs.chance
    return {
        "brier": round(float(((chance - same) ** 2).mean()), 6) if len(same) else 0.0,
        "brier_of_none": round(float(same.var()), 6) if len(same) else 0.0,
        "expected": round(float(chance.sum()), 2),
        "true": int(same.sum()),
        "unseen": len(wanted) - int(same.sum()),
        "reliability": list(_bands(chance, same)),
    }


def _bands(chance: Numbers, same: Numbers) -> Iterator[dict[str, Any]]:
    for low, high in pairwise(BANDS):
        inside = (chance >= low) & ((chance < high) | (high == BANDS[-1]))
        if inside.any():
            pairs = int(inside.sum())
            data = round(float(chance[inside].mean()), 4)
            yield {"low": low, "high": high, "pairs": pairs, "told": data, "true": rate(int(same[inside].sum()), pairs)}
