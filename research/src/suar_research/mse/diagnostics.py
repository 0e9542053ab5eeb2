"""How much the answer hangs on one list, on one pair of lists, and on how many were seen.

Source: Binette & Steorts 2021, On the reliability of multiple systems estimation for the
quantification of modern slavery (internal consistency: estimate what is known); Silverman 2014
(leaving out and merging lists).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import CaptureTable

Estimate = Callable[[CaptureTable], float]
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
DRAWS = 200


@dataclass(frozen=True)
class Changed:
    """An estimate after a change of the table; infinite when there is none any more."""

    what: str
    estimate: float
    seen: int


@dataclass(frozen=True)
class Known:
    """A list whose size is known, estimated from those of its people whom other lists met."""

    name: str
    known: int
    estimate: float


def stepwise(table: CaptureTable) -> float:
    """Estimate people by the stepwise choice; the yardstick of all diagnostics."""
    return float(Stepwise(table.places).totals(table.counts[None].astype(np.float64))[0])


def leave_one_list_out(table: CaptureTable, estimate: Estimate = stepwise) -> list[Changed]:
    """Estimate again without each list; nothing with three lists, of which two would be left.

    Estimates are people, infinite where there is none. Raises what `estimate` raises.
    Source: Silverman 2014 (Home Office).
    """
    if table.places < 4:
        return []
    changed = [(name, table.without(place)) for place, name in enumerate(table.lists)]
    return [Changed(f"without {name}", estimate(each), each.seen) for name, each in changed]


def merge_two_lists(table: CaptureTable, estimate: Estimate = stepwise) -> list[Changed]:
    """Estimate again with each two lists made one; nothing with three lists.

    Estimates are people, infinite where there is none. Raises what `estimate` raises.
    Source: Silverman 2014 (Home Office).
    """
    if table.places < 4:
        return []
    return [
        Changed(f"{table.lists[a]} and {table.lists[b]} as one", estimate(each), each.seen)
        for a, b in combinations(range(table.places), 2)
        for each in [table.merged(a, b)]
    ]


def internal_consistency(table: CaptureTable, estimate: Estimate = stepwise) -> list[Known]:
    """Hide who is on one list alone, estimate that list from its overlaps, and compare.

    The people of a list whom other lists met are a table of the others. Its estimate counts those
    of the list whom no other met, and that number is known. Nothing with fewer than four lists.
    Estimates are people, infinite where there is none. Raises what `estimate` raises.
    Source: Binette & Steorts 2021 (internal consistency).
    """
    if table.places < 4:
        return []
    found = []
    for place, name in enumerate(table.lists):
        inside = _within(table, place)
        if inside.seen:
            found.append(Known(name, table.on(1 << place), estimate(inside)))
    return found


def _within(table: CaptureTable, place: int) -> CaptureTable:
    """Give the table of the other lists, for the people of one list."""
    others = [each for each in range(table.places) if each != place]
    people = {
        sum(1 << at for at, other in enumerate(others) if each >> other & 1): int(count)
        for each, count in enumerate(table.counts)
        if each >> place & 1 and each != 1 << place
    }
    return CaptureTable.of(tuple(table.lists[other] for other in others), people)


@dataclass(frozen=True)
class Step:
    """What a share of all people, seen or not, would have said about all: quartiles of draws."""

    share: float
    low: float
    middle: float
    high: float


def trajectory(table: CaptureTable, seed: int, draws: int = DRAWS) -> list[Step]:
    """Estimate from growing shares of the people: an answer that still moves is not one yet.

    Each person is kept with the chance `share`, so the estimate is divided by it.
    Quartiles are people and may be infinite. Raises as `Stepwise.choose`.
    Source: own, docs/decisions/estimates.md.
    """
    method, counts = Stepwise(table.places), table.counts
    rng = np.random.default_rng(seed)
    steps = []
    for share in SHARES:
        tables = rng.binomial(counts, share, size=(draws, len(counts))).astype(np.float64)
        tables = tables[tables.sum(axis=1) > 0]
        found = np.sort(method.totals(tables)) / share
        low, middle, high = (float(found[int(at * (len(found) - 1))]) for at in (0.25, 0.5, 0.75))
        steps.append(Step(share, low, middle, high))
    return steps
