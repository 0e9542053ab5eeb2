"""The whole answer about a table: the panel of methods, diagnostics and notices.

Diagnostics show how much the answer depends on one list, on one pair of lists, and on how many were seen.
Source: Binette & Steorts 2021, On the reliability of multiple systems estimation for the
quantification of modern slavery (internal consistency: estimate what is known); Silverman 2014
(leaving out and merging lists).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from suar_research.answers import Answer, Refused
from suar_research.coverage import texts
from suar_research.mse import hierarchy
from suar_research.mse.hierarchy import AllModels
from suar_research.mse.panel import METHODS, order_for, panel
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner

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
    return [Changed(f"without {name}", estimate(item), item.seen) for name, item in changed]


def merge_two_lists(table: CaptureTable, estimate: Estimate = stepwise) -> list[Changed]:
    """Estimate again with each two lists made one; nothing with three lists.

    Estimates are people, infinite where there is none. Raises what `estimate` raises.
    Source: Silverman 2014 (Home Office).
    """
    if table.places < 4:
        return []
    return [
        Changed(f"{table.lists[a]} and {table.lists[b]} as one", estimate(item), item.seen)
        for a, b in combinations(range(table.places), 2)
        for item in [table.merged(a, b)]
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
    result = []
    for place, name in enumerate(table.lists):
        inside = _within(table, place)
        if inside.seen:
            result.append(Known(name, table.on(1 << place), estimate(inside)))
    return result


def _within(table: CaptureTable, place: int) -> CaptureTable:
    """Return the table of the other lists, for the people of one list."""
    others = [item for item in range(table.places) if item != place]
    people = {
        sum(1 << at for at, other in enumerate(others) if item >> other & 1): int(count)
        for item, count in enumerate(table.counts)
        if item >> place & 1 and item != 1 << place
    }
    return CaptureTable.of(tuple(table.lists[other] for other in others), people)


@dataclass(frozen=True)
class Step:
    """The estimate from a share of all people: quartiles of draws."""

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
        result = np.sort(method.totals(tables)) / share
        low, middle, high = (float(result[int(at * (len(result) - 1))]) for at in (0.25, 0.5, 0.75))
        steps.append(Step(share, low, middle, high))
    return steps


# Estimates further apart than this ratio are not the same answer.
APART = 1.5
# Models whose BIC is within this of the best are about as good (Raftery 1995: up to 6 "positive").
ABOUT_AS_GOOD = 6.0
# An interval whose upper limit is more than this times the lower one tells little.
WIDE = 3.0
FEW_SHARED = 0.05
# Independence of all lists is shown for comparison; nobody is surprised that it says another thing.
TOO_PLAIN = "main"
TEXTS = texts("mse.notices")


def list_notices(
    table: CaptureTable,
    answers: Sequence[Answer],
    refused: Sequence[Refused],
    compared: AllModels | None,
    changed: Sequence[Changed],
) -> list[str]:
    """Return in plain sentences what a reader must know; the criticism is always the last."""
    unsettled = [answer for answer in answers if answer.settled is False]
    return [
        *_disagreements(answers, compared),
        *_one_list_decides(answers, changed),
        *_wide_or_few(table, answers),
        *(f"{method.name}: no estimate, {method.because}." for method in refused),
        *(
            f"{answer.name}: the limits had not settled after {answer.replicates:,} "
            f"{'draws' if 'posterior' in answer.intervals else 'replicates'}."
            for answer in unsettled
        ),
        TEXTS["criticism"],
    ]


def _disagreements(answers: Sequence[Answer], compared: AllModels | None) -> Iterator[str]:
    """Find methods that disagree, and models that fit about equally well and disagree."""
    finite = sorted(
        (answer.estimate, answer.name)
        for answer in answers
        if np.isfinite(answer.estimate) and answer.name != TOO_PLAIN
    )
    if finite and finite[-1][0] > APART * finite[0][0]:
        (low, first), (high, last) = finite[0], finite[-1]
        yield TEXTS["unstable"].format(low=low, first=first, high=high, last=last)
    if compared is not None and len(best := compared.by_bic()):
        near = best[compared.bic[best] - compared.bic[best[0]] <= ABOUT_AS_GOOD]
        low, high = compared.total[near].min(), compared.total[near].max()
        if high > APART * low:
            yield TEXTS["models_disagree"].format(models=len(near), low=low, high=high)


def _one_list_decides(answers: Sequence[Answer], changed: Sequence[Changed]) -> Iterator[str]:
    own = next((answer.estimate for answer in answers if answer.name == "stepwise"), np.inf)
    far = [
        f"{change.what} {change.estimate:,.0f}" if np.isfinite(change.estimate) else f"{change.what} no estimate"
        for change in changed
        if not np.isfinite(change.estimate) or max(change.estimate / own, own / max(change.estimate, 1.0)) > APART
    ]
    if np.isfinite(own) and far:
        yield f"The stepwise answer {own:,.0f} hangs on single lists: {'; '.join(far)}."


def _wide_or_few(table: CaptureTable, answers: Sequence[Answer]) -> Iterator[str]:
    names = ", ".join(answer.name for answer in answers if answer.interval.high > WIDE * answer.interval.low)
    if names:
        yield f"Wide: the upper limit is over {WIDE:.0f} times the lower one for {names}."
    shared = table.seen - sum(int(table.counts[1 << place]) for place in range(table.places))
    if shared < FEW_SHARED * table.seen:
        yield TEXTS["few_shared"].format(shared=shared, seen=table.seen)


@dataclass(frozen=True)
class Study:
    """The answer about one table; `compared` is None where there are too many models."""

    table: CaptureTable
    answers: list[Answer]
    refused: list[Refused]
    compared: AllModels | None
    left_out: list[Changed]
    merged: list[Changed]
    known: list[Known]
    steps: list[Step]
    notices: list[str]


def study(
    table: CaptureTable, plan: Plan, runner: Runner, names: Sequence[str] = tuple(METHODS), more: Sequence[Answer] = ()
) -> Study:
    """Run every method and every diagnostic; `more` are answers that stand in the panel too."""
    answers, refused = panel(table, plan, runner, names)
    answers += more
    try:
        compared = hierarchy.compare(table, order_for(table.places))
    except ValueError:
        compared = None
    left_out = leave_one_list_out(table)
    return Study(
        table,
        answers,
        refused,
        compared,
        left_out,
        merge_two_lists(table),
        internal_consistency(table),
        trajectory(table, plan.seed),
        list_notices(table, answers, refused, compared, left_out),
    )
