"""Times of cases as sheets: medians, who still waits, and whether groups wait alike."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np

from suar_research.casefiles.durations import log_rank
from suar_research.casefiles.frames import MISSING
from suar_research.casefiles.shares import NONE, Printed, decimal, p_value
from suar_research.casefiles.sheets import Cell, Sheet
from suar_research.casefiles.timing import Times, Waiting

STEP_NOTE = (
    "Each step of a curve is one person or a few. Where few wait, a step tells when something "
    "happened to somebody: publish curves of large groups only."
)
CENSORED = (
    "Cases whose event had not come are kept: they count as waiting until they were last seen. "
    "This "
    "takes for true that they would go on as the others do; those who were lost may differ."
)
DELAYED = (
    "Cases that came under watch later count as waiting only from then on. Those whose event came "
    "before anybody could have met them are in no file, and no method brings them back."
)
ONLY_MET = (
    "Only people who were met by somebody are here. Those never identified have no time to "
    "identification: the true times are longer than any in this table."
)


def medians(found: Times) -> Sheet:
    """Print how many cases, events and medians there are in each group."""
    rows = tuple(
        (
            each.name,
            len(each.spans),
            int(each.spans.came.sum()),
            len(each.spans) - int(each.spans.came.sum()),
            decimal(each.median.value, 0),
            Printed(f"{decimal(each.median.low, 0).text} to {decimal(each.median.high, 0).text}"),
        )
        for each in found.groups
    )
    heads = (
        found.by or "group",
        "people",
        "event came",
        "still waiting when last seen",
        f"median {found.unit}",
        "95% between",
    )
    return Sheet(f"Median {found.unit}", heads, rows, _notes(found))


def _notes(found: Times) -> tuple[str, ...]:
    said = [
        f"{found.lacking:,} people have no usable time and are in no curve.",
        ONLY_MET,
        CENSORED,
    ]
    if found.delayed:
        said.append(DELAYED)
    thin = [each.name for each in found.groups if _thin(each)]
    if thin:
        said.append(
            f"Almost nobody was under watch at some early moment in: {', '.join(thin)}. One "
            "event then "
            "moves the whole curve; read it with care."
        )
    return (*said, "Intervals by Greenwood's variance on the log-log scale.", STEP_NOTE)


def _thin(group: Waiting) -> bool:
    """Say whether fewer than three ever wait before half of all are under watch."""
    entered = np.sort(group.spans.entry)
    early = group.curve.moments <= entered[len(entered) // 2]
    return bool((group.curve.at_risk[early] < 3).any())


def waiting_at(found: Times, moments: Sequence[float]) -> Sheet:
    """Print the share of each group still waiting at some moments."""
    heads = [found.by or "group"]
    for moment in moments:
        heads += [f"waiting after {moment:g}", "95% between"]
    rows: list[tuple[Cell, ...]] = [
        (each.name, *(cell for moment in moments for cell in _still(each, moment))) for each in found.groups
    ]
    return Sheet(f"Share still waiting, {found.unit}", tuple(heads), tuple(rows))


def _still(group: Waiting, moment: float) -> list[Cell]:
    """Give the share still waiting with its interval; a dash past the last case."""
    if moment > float(group.spans.time.max()):
        return [Printed(NONE), Printed("nobody was watched so long")]
    share, low, high = group.curve.at(moment)
    limits = NONE if isnan(low) else f"{low:.1%} to {high:.1%}"
    return [_share(share), Printed(limits)]


def _share(share: float) -> Printed:
    return Printed(f"{share:.1%}", round(share, 3), 1, percent=True)


def difference(found: Times) -> Sheet | None:
    """Print the log-rank test of all groups but those whose value is not recorded."""
    groups = [each for each in found.groups[1:] if each.name != MISSING]
    test = log_rank([each.spans for each in groups]) if groups else None
    if test is None:
        return None
    rows = tuple((each.name, int(test.seen[at]), decimal(float(test.expected[at]))) for at, each in enumerate(groups))
    said = (
        f"Log-rank test: chi-square {test.statistic:.2f}, degrees of freedom {test.freedom}, p {p_value(test.p).text}."
    )
    heads = (found.by or "", "events", "expected if all waited alike")
    return Sheet("Do groups wait alike?", heads, rows, (said,))


def steps(found: Times) -> Sheet:
    """Print every step of every curve: the data of the chart."""
    heads = (
        found.by or "group",
        found.unit,
        "waiting before",
        "events",
        "still waiting",
        "standard error",
        "95% from",
        "95% to",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name,
            decimal(float(moment), 0 if float(moment).is_integer() else 2),
            int(each.curve.at_risk[at]),
            int(each.curve.events[at]),
            *(
                decimal(float(part[at]), 4)
                for part in (each.curve.waiting, each.curve.error, each.curve.low, each.curve.high)
            ),
        )
        for each in found.groups
        for at, moment in enumerate(each.curve.moments)
    ]
    return Sheet("Steps of the curves", heads, tuple(rows))
