"""The answers of releases: what was hidden, what an audit found, what noise costs."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from suar_research.coverage import texts
from suar_research.releases.anonymity import Alone, Anonymity
from suar_research.releases.auditing import Audit, where
from suar_research.releases.cells import SHOWN, Published, Rules, says
from suar_research.releases.making import PEOPLE, Made
from suar_research.releases.noise import Compared, Noisy, epsilon
from suar_research.report import Block, Cell, Report, Section, Table

Data = dict[str, Any]
MOST_NAMED, DELTA = 12, 1e-6
TEXTS = texts("releases.report")
CANNOT: tuple[str, ...] = tuple(TEXTS["cannot"])
NOISE_NOTICES: tuple[str, ...] = tuple(TEXTS["noise_notices"])
REPEATABLE = "Drawn with a seed: for trying only. Whoever knows the seed can take the noise off again."
COVERAGE = "These are people who were identified, not all who were trafficked."
HIDDEN_NOTE = "x: hidden, because it or another cell holds few people."


def release_report(made: Made, audit: Audit, rules: Rules, spared: str) -> Report:
    """Report tables that were made, for the person who made them."""
    data = {
        "cells": len(made.published.counts),
        "hidden": made.published.hidden,
        "hidden_small": made.small,
        "hidden_for_others": made.others,
        "cost": round(made.cost, 4),
        "bound": round(made.bound, 4),
        **audit_json(audit, 1, rules),
        "notices": [*made.notices, *CANNOT],
    }
    blocks: list[Block] = [
        f"{len(made.published.counts)} cells, {made.published.hidden} of them hidden: {made.small} "
        f"hold fewer than {rules.threshold} people, {made.others} protect these.",
        _zeros(rules),
        _optimum(made, spared),
        *_audit_lines(audit, 1),
        Section("Notices", [*made.notices, *CANNOT]),
    ]
    return Report("Tables of identified people", tuple(blocks), data)


def _zeros(rules: Rules) -> str:
    return "Empty cells are shown." if rules.zeros == SHOWN else "Empty cells are hidden like small ones."


def _optimum(made: Made, spared: str) -> str:
    if made.cost <= made.bound + 1e-6:
        return "No choice hides less."
    unit = "people" if spared == PEOPLE else "cells"
    return (
        f"The others cost {made.cost:.0f} {unit}; no choice is known that costs less, and none costs "
        f"less than {made.bound:.0f}."
    )


def public_report(made: Made, audit: Audit, spared: str, version: str) -> Report:
    """Report the tables for readers.

    It does not say how many cells are small, nor the digest of the file: whoever knows all but a
    few cells could try which counts fit.
    """
    tables = [_table(made.published, names) for names in made.published.design.tables]
    where_words = f" Only: {says(made.published.design.where)}." if made.published.design.where else ""
    rules = made.published.rules
    how = [_zeros(rules), _optimum(made, spared), *_audit_lines(audit, 1), *made.notices, *CANNOT]
    blocks: tuple[Block, ...] = (f"{HIDDEN_NOTE}{where_words}", *tables, Section("How it was made", how))
    return Report("Tables of identified people", blocks, {}, (f"Suar {version}",), (COVERAGE,))


def _table(made: Published, names: tuple[str, ...]) -> Table:
    """Lay out a table: the last column across, the others down, joined with commas."""
    down, across = names[:-1], [*made.design.codes[names[-1]], None]
    rows: list[tuple[Cell, ...]] = []
    for chosen in product(*((*made.design.codes[name], None) for name in down)):
        fixed = [(name, code) for name, code in zip(down, chosen, strict=True) if code is not None]
        keys = [tuple(sorted((*fixed, *([(names[-1], code)] if code else []), *made.design.where))) for code in across]
        counts = [made.counts[key] for key in keys]
        rows.append(
            (", ".join(code or "all" for code in chosen) or "people", *("x" if n is None else n for n in counts))
        )
    return Table(" x ".join(names), (", ".join(down) or names[-1], *(code or "all" for code in across)), tuple(rows))


def audit_json(audit: Audit, times: int, rules: Rules) -> Data:
    """Return what an audit found."""
    return {
        "threshold": rules.threshold,
        "width": rules.width,
        "zeros": str(rules.zeros),
        "only_added": audit.grown,
        "narrowest": None if np.isinf(audit.narrowest) else audit.narrowest,
        "weak": [
            {"cell": dict(each.column.key), "low": each.low, "high": each.high, "says": where(each, times)}
            for each in audit.weak
        ],
    }


def audit_blocks(audit: Audit, times: int) -> tuple[Block, ...]:
    """Return what an audit found, in words."""
    return (*_audit_lines(audit, times), Section("Notices", [*audit.notices, *CANNOT]))


def _audit_lines(audit: Audit, times: int) -> list[str]:
    if not audit.weak:
        if np.isinf(audit.narrowest):
            return [f"Audit: {audit.cells} cells, none of them hidden, and no small change shows."]
        return [f"Audit: no hidden cell can be worked out. The narrowest interval is {audit.narrowest:.0f} wide."]
    more = len(audit.weak) - MOST_NAMED
    named = [where(each, times) for each in audit.weak[:MOST_NAMED]]
    return [
        f"Audit: {len(audit.weak)} cells CAN BE WORKED OUT, exactly or nearly:",
        *(f"- {each}" for each in named),
        *([f"- and {more} more"] if more > 0 else []),
    ]


def anonymity_report(found: Anonymity, k: int, people: int) -> Report:
    """Report how many people share all codes, and who stands alone."""
    whole = found.whole
    blocks: list[Block] = [
        f"{people} people in {whole.groups} groups that share {', '.join(whole.names)}.",
        f"The smallest group holds {whole.smallest} (k = {whole.smallest}; {k} was asked).",
        f"{whole.unique} people stand alone; {whole.below} are in groups of fewer than {k}.",
    ]
    if found.diversity is not None:
        blocks.append(f"In the poorest group there are {found.diversity} different answers (l).")
    rows = tuple((", ".join(each.names), each.below, each.unique, each.groups) for each in found.crossed[:MOST_NAMED])
    blocks.append(Table("Columns that identify most", ("columns", "people below k", "alone", "groups"), rows))
    data = {
        "k_asked": k,
        "k": whole.smallest,
        "l": found.diversity,
        "columns": list(whole.names),
        "groups": whole.groups,
        "people_alone": whole.unique,
        "people_below_k": whole.below,
        "group_sizes": {str(size): count for size, count in found.sizes.items()},
        "combinations": [_alone_json(each) for each in found.crossed],
    }
    return Report("Anonymity", tuple(blocks), data)


def _alone_json(each: Alone) -> Data:
    return {
        "columns": list(each.names),
        "groups": each.groups,
        "smallest": each.smallest,
        "people_alone": each.unique,
        "people_below_k": each.below,
    }


def cost_json(rho: float) -> dict[str, float]:
    """Return the privacy cost, as rho and as epsilon at a delta."""
    return {"rho": rho, "epsilon": round(epsilon(rho, DELTA), 4), "delta": DELTA}


def noise_report(tables: Sequence[Noisy], rho: float, steps: Sequence[str], seed: int | None) -> Report:
    """Report how noisy tables are."""
    notices = [*NOISE_NOTICES, *([REPEATABLE] if seed is not None else [])]
    cost = cost_json(rho)
    data = {
        "seed": seed,
        **cost,
        "expected_error": round(tables[0].error, 4),
        "within_95": tables[0].off,
        "smoothed": list(steps),
        "tables": [{"columns": list(each.names), "cells": int(each.counts.size)} for each in tables],
        "notices": notices,
    }
    blocks = (
        f"{len(tables)} tables with noise. Together they cost rho {rho:g}: epsilon {cost['epsilon']:.2f} at "
        f"delta {DELTA:g}.",
        f"A cell is off by {tables[0].error:.1f} people on average, and by at most {tables[0].off} in 95 "
        "of 100 cells. A sum of cells is off by more.",
        f"Smoothed afterwards: {', '.join(steps)}. These bounds are of the noise before that."
        if steps
        else "Nothing was smoothed afterwards: counts may be below 0, and tables need not agree.",
        Section("Notices", notices),
    )
    return Report("Tables with noise", blocks, data)


def synthetic_report(found: Sequence[Compared], number: int, rho: float, seed: int | None) -> Report:
    """Report how alike real and synthetic people are; not to be published."""
    data = {
        "seed": seed,
        **cost_json(rho),
        "people": number,
        "compared": [
            {"columns": list(each.names), "apart": round(each.apart, 4), "worst": each.worst} for each in found
        ],
        "notices": list(NOISE_NOTICES),
    }
    items = list(_distances(found))
    title = "How far cross-tables are apart (do not publish: this is not private)"
    return Report("Synthetic people", (f"{number} synthetic people.", Section(title, items)), data)


def _distances(found: Sequence[Compared]) -> Iterator[str]:
    for size in sorted({len(each.names) for each in found}):
        alike = [each for each in found if len(each.names) == size]
        worst = max(alike, key=lambda each: each.apart)
        yield (
            f"{size} columns: {np.mean([each.apart for each in alike]):.1%} of people in another cell on "
            f"average, at most {worst.apart:.1%} ({', '.join(worst.names)})"
        )
