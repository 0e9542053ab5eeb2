"""What is said of a release, an audit, a report: in words and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from suar_research.releases.anonymity import Alone, Anonymity
from suar_research.releases.auditing import Audit, where
from suar_research.releases.making import PEOPLE, Made
from suar_research.releases.noise import epsilon
from suar_research.releases.noisy import Noisy
from suar_research.releases.published import SHOWN, Rules
from suar_research.releases.synthetic import Compared
from suar_research.telling import wrapped

MOST_NAMED, DELTA = 12, 1e-6
CANNOT = (
    "The audit knows what is in these files and in the ledger. It does not know what a colleague, "
    "a relative or another organisation knows, nor tables that were published and not noted.",
    "Who knows by which rule cells were chosen may learn a little more than intervals say.",
)
NOISE_NOTICES = (
    "Which codes there are is taken as known to everybody; leave out a code that itself tells of somebody.",
    "One row must be one person. Somebody who stands in several rows is protected less.",
)


def made_json(made: Made, audit: Audit, rules: Rules) -> dict[str, Any]:
    """Say what was made, in numbers."""
    return {
        "cells": len(made.published.counts),
        "hidden": made.published.hidden,
        "hidden_small": made.small,
        "hidden_for_others": made.others,
        "cost": round(made.cost, 4),
        "bound": round(made.bound, 4),
        **audit_json(audit, 1, rules),
        "notices": [*made.notices, *CANNOT],
    }


def audit_json(audit: Audit, times: int, rules: Rules) -> dict[str, Any]:
    """Say what an audit found, in numbers."""
    return {
        "threshold": rules.threshold,
        "width": rules.width,
        "zeros": rules.zeros,
        "only_added": audit.grown,
        "narrowest": None if np.isinf(audit.narrowest) else audit.narrowest,
        "weak": [
            {"cell": dict(each.column.key), "low": each.low, "high": each.high, "says": where(each, times)}
            for each in audit.weak
        ],
    }


def made_words(made: Made, audit: Audit, rules: Rules, weigh: str) -> str:
    """Say what was made."""
    unit = "people" if weigh == PEOPLE else "cells"
    best = made.cost <= made.bound + 1e-6
    zeros = "Empty cells are shown." if rules.zeros == SHOWN else "Empty cells are hidden like small ones."
    lines = [
        f"{len(made.published.counts)} cells, {made.published.hidden} of them hidden: {made.small} "
        f"hold fewer than {rules.threshold} people, {made.others} protect these.",
        zeros,
        "No choice hides less."
        if best
        else f"The others cost {made.cost:.0f} {unit}; no choice is known that costs less, and none "
        f"costs less than {made.bound:.0f}.",
        *audit_lines(audit, 1),
        *(f"- {each}" for each in (*made.notices, *CANNOT)),
    ]
    return "".join(f"{wrapped(line)}\n" for line in lines)


def audit_words(audit: Audit, times: int) -> str:
    """Say what an audit found."""
    lines = [*audit_lines(audit, times), *(f"- {each}" for each in (*audit.notices, *CANNOT))]
    return "".join(f"{wrapped(line)}\n" for line in lines)


def audit_lines(audit: Audit, times: int) -> list[str]:
    """Say which cells can be worked out, or that none can."""
    if not audit.weak:
        if np.isinf(audit.narrowest):
            return [f"Audit: {audit.cells} cells, none of them hidden, and no small change shows."]
        return [
            "Audit: no hidden cell can be worked out. The narrowest interval left of one is "
            f"{audit.narrowest:.0f} wide."
        ]
    more = len(audit.weak) - MOST_NAMED
    return [
        f"Audit: {len(audit.weak)} cells CAN BE WORKED OUT, exactly or nearly:",
        *(f"- {where(each, times)}" for each in audit.weak[:MOST_NAMED]),
        *([f"- and {more} more"] if more > 0 else []),
    ]


def weak_problems(audit: Audit, times: int) -> list[str]:
    """Give the sentences of a refusal."""
    return [where(each, times) for each in audit.weak]


def anonymity_json(found: Anonymity, k: int) -> dict[str, Any]:
    """Give a report on groups, in numbers."""
    return {
        "k_asked": k,
        "k": found.whole.smallest,
        "l": found.diversity,
        "columns": list(found.whole.names),
        "groups": found.whole.groups,
        "people_alone": found.whole.unique,
        "people_below_k": found.whole.below,
        "group_sizes": {str(size): count for size, count in found.sizes.items()},
        "combinations": [_alone_json(each) for each in found.crossed],
    }


def _alone_json(each: Alone) -> dict[str, Any]:
    return {
        "columns": list(each.names),
        "groups": each.groups,
        "smallest": each.smallest,
        "people_alone": each.unique,
        "people_below_k": each.below,
    }


def anonymity_words(found: Anonymity, k: int, people: int) -> str:
    """Say the same."""
    whole = found.whole
    lines = [
        f"{people} people in {whole.groups} groups that share {', '.join(whole.names)}.",
        f"The smallest group holds {whole.smallest} (k = {whole.smallest}; {k} was asked).",
        f"{whole.unique} people stand alone; {whole.below} are in groups of fewer than {k}.",
    ]
    if found.diversity is not None:
        lines.append(f"In the poorest group there are {found.diversity} different answers (l).")
    lines += [
        "",
        "COLUMNS THAT TELL MOST",
        f"{'people below k':>15}{'alone':>8}{'groups':>8}   columns",
    ]
    lines += [
        f"{each.below:>15}{each.unique:>8}{each.groups:>8}   {', '.join(each.names)}"
        for each in found.crossed[:MOST_NAMED]
    ]
    return "\n".join(lines) + "\n"


def noise_json(tables: Sequence[Noisy], rho: float, steps: Sequence[str]) -> dict[str, Any]:
    """Say how noisy tables are."""
    return {
        **cost_json(rho),
        "expected_error": round(tables[0].error, 4),
        "within_95": tables[0].off,
        "smoothed": list(steps),
        "tables": [{"columns": list(each.names), "cells": int(each.counts.size)} for each in tables],
        "notices": list(NOISE_NOTICES),
    }


def cost_json(rho: float) -> dict[str, float]:
    """Say what privacy costs, in both ways in which it is counted."""
    return {"rho": rho, "epsilon": round(epsilon(rho, DELTA), 4), "delta": DELTA}


def noise_words(told: dict[str, Any]) -> str:
    """Say the same."""
    smoothed = ", ".join(told["smoothed"])
    lines = [
        f"{len(told['tables'])} tables with noise. Together they cost rho {told['rho']:g}: epsilon "
        f"{told['epsilon']:.2f} at delta {told['delta']:g}.",
        f"A cell is off by {told['expected_error']:.1f} people on average, and by at most "
        f"{told['within_95']} in 95 of 100 cells. A sum of cells is off by more.",
        f"Smoothed afterwards: {smoothed}. These bounds are of the noise before that."
        if smoothed
        else "Nothing was smoothed afterwards: counts may be below 0, and tables need not agree.",
        *(f"- {each}" for each in told["notices"]),
    ]
    return "".join(f"{wrapped(line)}\n" for line in lines)


def compared_json(found: Sequence[Compared]) -> list[dict[str, Any]]:
    """Give how alike real and invented people are."""
    return [{"columns": list(each.names), "apart": round(each.apart, 4), "worst": each.worst} for each in found]


def compared_words(found: Sequence[Compared], number: int) -> str:
    """Say the same."""
    lines = [
        f"{number} invented people.",
        "",
        "HOW FAR CROSS-TABLES ARE APART (do not publish: this is not private)",
    ]
    for size in sorted({len(each.names) for each in found}):
        apart = [each.apart for each in found if len(each.names) == size]
        worst = max((each for each in found if len(each.names) == size), key=lambda each: each.apart)
        lines.append(
            f"{size} columns: {np.mean(apart):.1%} of people in another cell on average, "
            f"at most {worst.apart:.1%} ({', '.join(worst.names)})"
        )
    return "\n".join(lines) + "\n"
