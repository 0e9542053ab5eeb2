"""The answers of releases: what was hidden, what an audit found, what noise costs."""

from collections.abc import Iterator, Sequence
from itertools import groupby, product
from typing import Any

import numpy as np

from suar_research.coverage import texts
from suar_research.releases.auditing import Audit, where
from suar_research.releases.cells import VISIBLE, Key, Published, Rules, says
from suar_research.releases.dependencies import Possible
from suar_research.releases.making import PEOPLE, Made
from suar_research.releases.noise import Compared, Noisy, epsilon
from suar_research.report import Block, Cell, Report, Section, Table

Data = dict[str, Any]
MOST_NAMED, DELTA = 12, 1e-6
TEXTS = texts("releases.report")


def release_report(created: Made, audit: Audit, rules: Rules, spared: str) -> Report:
    """Report tables that were made, for the person who made them."""
    notices = [*created.notices, *_one_code_notices(created.published), *TEXTS["cannot"]]
    data = {
        "cells": len(created.published.counts),
        "hidden": created.published.hidden,
        "hidden_small": created.small,
        "hidden_for_others": created.others,
        "cost": round(created.cost, 4),
        "bound": round(created.bound, 4),
        **audit_json(audit, 1, rules),
        "notices": notices,
    }
    blocks = (TEXTS["hiding"].format(**data), *_how(created, audit, rules, spared), Section("Notices", notices))
    return Report("Tables of identified people", blocks, data)


def _one_code_notices(published: Published) -> Iterator[str]:
    """Name groups whose people all have one code of another column: hiding counts does not hide that."""
    possible, found = Possible(published.impossible), dict[tuple[Key, str], Key]()
    for whole, parts in published.design.sums():
        can_be = [part for part in parts if possible(part)]
        filled = [part for part in can_be if published.counts[part] != 0]
        if whole != published.design.where and len(can_be) > len(filled) == 1 and published.counts[whole] != 0:
            column = next(name for name, code in filled[0] if (name, code) not in whole)
            found[whole, column] = filled[0]
    if found:
        columns = ", ".join(sorted({column for _, column in found}))
        example = says(next(iter(found.values())))
        yield TEXTS["one_code"].format(groups=len(found), columns=columns, example=example)


def _how(created: Made, audit: Audit, rules: Rules, spared: str) -> Iterator[str]:
    yield _empty_cells(rules)
    if created.cost <= created.bound + 1e-6:
        yield "No choice hides less."
    else:
        unit = "people" if spared == PEOPLE else "cells"
        yield TEXTS["optimum"].format(cost=created.cost, bound=created.bound, unit=unit)
    yield from _audit_lines(audit, 1)


def _empty_cells(rules: Rules) -> str:
    return "Empty cells are shown." if rules.zeros == VISIBLE else "Empty cells are hidden like small ones."


def public_report(created: Made, audit: Audit, version: str) -> Report:
    """Report the tables for readers.

    It does not say how many cells are small, nor whether the choice is the best, nor the digest of the file: somebody
    who knows all but a few cells could try which counts fit.
    """
    published = created.published
    tables = [_table(published, names) for names in published.design.tables]
    only = f" Only: {says(published.design.where)}." if published.design.where else ""
    how = [_empty_cells(published.rules), *_audit_lines(audit, 1), *created.notices, *TEXTS["cannot"]]
    blocks: tuple[Block, ...] = (f"{TEXTS['hidden_note']}{only}", *tables, Section("How it was made", how))
    return Report("Tables of identified people", blocks, {}, (f"Suar {version}",), (TEXTS["coverage"],))


def _table(created: Published, names: tuple[str, ...]) -> Table:
    """Lay out a table: the last column across, the others down, joined with commas."""
    down, across = names[:-1], [*created.design.codes[names[-1]], None]
    rows: list[tuple[Cell, ...]] = []
    for chosen in product(*((*created.design.codes[name], None) for name in down)):
        fixed = [(name, code) for name, code in zip(down, chosen, strict=True) if code is not None]
        keys = [
            tuple(sorted((*fixed, *([(names[-1], code)] if code else []), *created.design.where))) for code in across
        ]
        counts = ["x" if count is None else count for count in (created.counts[key] for key in keys)]
        rows.append((", ".join(code or "all" for code in chosen) or "people", *counts))
    heads = (", ".join(down) or names[-1], *(code or "all" for code in across))
    return Table(" x ".join(names), heads, tuple(rows))


def audit_json(audit: Audit, times: int, rules: Rules) -> Data:
    """Return the result of an audit."""
    weak = [
        {"cell": dict(cell.column.key), "low": cell.low, "high": cell.high, "says": where(cell, times)}
        for cell in audit.weak
    ]
    return {
        "threshold": rules.threshold,
        "width": rules.width,
        "zeros": rules.zeros,
        "only_added": audit.grown,
        "narrowest": None if np.isinf(audit.narrowest) else audit.narrowest,
        "weak": weak,
    }


def audit_blocks(audit: Audit, times: int, more: Sequence[str] = ()) -> tuple[Block, ...]:
    """Return the result of an audit in words, with more notices."""
    return (*_audit_lines(audit, times), Section("Notices", [*audit.notices, *more, *TEXTS["cannot"]]))


def _audit_lines(audit: Audit, times: int) -> Iterator[str]:
    weak = audit.weak
    if weak:
        yield f"Audit: {len(weak)} cells CAN BE WORKED OUT, exactly or nearly:"
        yield from (f"- {where(cell, times)}" for cell in weak[:MOST_NAMED])
        if len(weak) > MOST_NAMED:
            yield f"- and {len(weak) - MOST_NAMED} more"
    elif np.isinf(audit.narrowest):
        yield f"Audit: {audit.cells} cells, none of them hidden, and no small change shows."
    else:
        yield TEXTS["protected_in_part" if audit.notices else "protected"].format(narrowest=audit.narrowest)


def anonymity_report(result: Data, people: int) -> Report:
    """Report how many people share all codes, and who stands alone."""
    names = ", ".join(result["columns"])
    blocks: list[Block] = [TEXTS["groups"].format(people=people, groups=result["groups"], names=names)]
    blocks += [TEXTS["smallest"].format(**result), TEXTS["alone"].format(**result)]
    if result["l"] is not None:
        blocks.append(f"In the poorest group there are {result['l']} different answers (l).")
    rows = tuple(
        (", ".join(part["columns"]), part["people_below_k"], part["people_alone"], part["groups"])
        for part in result["combinations"][:MOST_NAMED]
    )
    blocks.append(Table("Columns that identify most", ("columns", "people below k", "alone", "groups"), rows))
    return Report("Anonymity", tuple(blocks), result)


def _cost(rho: float) -> Data:
    return {"rho": rho, "epsilon": round(epsilon(rho, DELTA), 4), "delta": DELTA}


def noise_report(
    tables: Sequence[Noisy], rho: float, steps: Sequence[str], seed: int | None, more: Sequence[str] = ()
) -> Report:
    """Report how noisy tables are, with more notices."""
    notices = [*more, *TEXTS["noise_notices"], *([TEXTS["repeatable"]] if seed is not None else [])]
    data = {
        "seed": seed,
        **_cost(rho),
        "expected_error": round(tables[0].error, 4),
        "within_95": tables[0].off,
        "smoothed": list(steps),
        "tables": [{"columns": list(table.names), "cells": int(table.counts.size)} for table in tables],
        "notices": notices,
    }
    blocks = (
        TEXTS["noise"].format(tables=len(tables), **_cost(rho)),
        TEXTS["off"].format(error=tables[0].error, off=tables[0].off),
        TEXTS["smoothed"].format(steps=", ".join(steps)) if steps else TEXTS["not_smoothed"],
        Section("Notices", notices),
    )
    return Report("Tables with noise", blocks, data)


def synthetic_report(result: Sequence[Compared], number: int, rho: float, seed: int | None) -> Report:
    """Report how similar real and synthetic people are; not to be published."""
    compared = [{"columns": list(one.names), "apart": round(one.apart, 4), "worst": one.worst} for one in result]
    notices = list(TEXTS["noise_notices"])
    data = {"seed": seed, **_cost(rho), "people": number, "compared": compared, "notices": notices}
    items = []
    for size, same in groupby(result, key=lambda one: len(one.names)):
        tables = list(same)
        worst = max(tables, key=lambda one: one.apart)
        mean, names = np.mean([one.apart for one in tables]), ", ".join(worst.names)
        items.append(TEXTS["distance"].format(size=size, mean=mean, most=worst.apart, names=names))
    title = "How far cross-tables are apart (do not publish: this is not private)"
    return Report("Synthetic people", (f"{number} synthetic people.", Section(title, items)), data)
