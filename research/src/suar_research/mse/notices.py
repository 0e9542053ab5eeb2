"""When the methods disagree, and what was published against the method itself."""

from collections.abc import Sequence

import numpy as np

from suar_research.answers import Answer, Refused
from suar_research.mse.diagnostics import Changed
from suar_research.mse.hierarchy import AllModels
from suar_research.mse.tables import CaptureTable
from suar_research.texts import texts

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
CRITICISM: str = TEXTS["criticism"]
ASSUMPTIONS: tuple[str, ...] = tuple(TEXTS["assumptions"])


def notices(
    table: CaptureTable,
    answers: Sequence[Answer],
    refused: Sequence[Refused],
    compared: AllModels | None,
    changed: Sequence[Changed],
) -> list[str]:
    """Say in plain sentences what a reader must know; the criticism is always the last."""
    found = [
        *_unstable(answers),
        *_models_disagree(compared),
        *_one_list_decides(answers, changed),
        *_wide(answers),
        *_few_shared(table),
        *(f"{each.name}: no estimate, {each.because}." for each in refused),
        *(
            f"{each.name}: the limits had not settled after {each.replicates:,} "
            f"{'draws' if 'posterior' in each.intervals else 'replicates'}."
            for each in answers
            if each.settled is False
        ),
    ]
    return [*found, CRITICISM]


def _unstable(answers: Sequence[Answer]) -> list[str]:
    finite = sorted(
        (each.estimate, each.name) for each in answers if np.isfinite(each.estimate) and each.name != TOO_PLAIN
    )
    if len(finite) < 2 or finite[-1][0] <= APART * finite[0][0]:
        return []
    (low, first), (high, last) = finite[0], finite[-1]
    return [
        f"UNSTABLE: the methods disagree, from {low:,.0f} ({first}) to {high:,.0f} ({last}). No "
        "single one of these numbers should be published or planned with."
    ]


def _models_disagree(compared: AllModels | None) -> list[str]:
    if compared is None or not np.isfinite(compared.total).any():
        return []
    best = compared.by_bic()
    near = best[compared.bic[best] - compared.bic[best[0]] <= ABOUT_AS_GOOD]
    low, high = compared.total[near].min(), compared.total[near].max()
    if high <= APART * low:
        return []
    return [
        f"The data do not choose: {len(near)} models fit about equally well and say from {low:,.0f} to {high:,.0f}."
    ]


def _one_list_decides(answers: Sequence[Answer], changed: Sequence[Changed]) -> list[str]:
    own = next((each.estimate for each in answers if each.name == "stepwise"), np.inf)
    found = (
        [
            each
            for each in changed
            if not np.isfinite(each.estimate) or max(each.estimate / own, own / max(each.estimate, 1.0)) > APART
        ]
        if np.isfinite(own)
        else []
    )
    if not found:
        return []
    worst = "; ".join(
        f"{each.what} {each.estimate:,.0f}" if np.isfinite(each.estimate) else f"{each.what} no estimate"
        for each in found
    )
    return [f"The stepwise answer {own:,.0f} hangs on single lists: {worst}."]


def _wide(answers: Sequence[Answer]) -> list[str]:
    names = [each.name for each in answers if each.shown.high > WIDE * each.shown.low]
    if not names:
        return []
    told = ", ".join(names)
    return [f"Wide: the upper limit is over {WIDE:.0f} times the lower one for {told}."]


def _few_shared(table: CaptureTable) -> list[str]:
    singles = sum(int(table.counts[1 << place]) for place in range(table.places))
    shared = table.seen - singles
    if shared >= FEW_SHARED * table.seen:
        return []
    return [
        f"Few people are on more than one list: {shared:,} of {table.seen:,}. Everything rests on "
        "them, and a few wrong matches change the answer."
    ]
