"""Counts of one column by another, with everybody who lacks a value kept in sight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suar_research.casefiles.frames import MISSING, Counts, Frame, Variable, variable
from suar_research.reading import Unreadable

EVERYBODY = "everybody"


@dataclass(frozen=True)
class Cross:
    """One table: `counts`, shape (rows + 1, columns + 1), whose last row and column lack a value.

    With one column only, `columns` is None and `counts` has the shape (rows + 1, 1).
    """

    stratum: str
    rows: Variable
    columns: Variable | None
    counts: Counts

    @property
    def known(self) -> Counts:
        """Give the counts of those who have both values, shape (rows, columns)."""
        return self.counts[:-1, :-1] if self.columns else self.counts[:-1]

    @property
    def total(self) -> int:
        """Count everybody in the table."""
        return int(self.counts.sum())

    @property
    def lacking(self) -> int:
        """Count those who lack a value in the rows or in the columns."""
        return self.total - int(self.known.sum())


def crosses(frame: Frame, rows: str, columns: str | None, stratum: str | None) -> list[Cross]:
    """Count a frame: one table for everybody, then one for each stratum; raises Unreadable."""
    names = [name for name in (rows, columns, stratum) if name]
    if len(set(names)) < len(names):
        raise Unreadable([f"column {rows}: it cannot be crossed with itself"])
    down = variable(frame, rows)
    across = variable(frame, columns) if columns else None
    found = [Cross(EVERYBODY, down, across, _counted(down, across, frame.people))]
    if stratum is None:
        return found
    layer = variable(frame, stratum)
    codes = range(-1 if layer.lacking else 0, len(layer.values))
    for code in sorted(codes, key=lambda code: code < 0):
        people = np.where(layer.codes == code, frame.people, 0)
        name = layer.values[code] if code >= 0 else MISSING
        found.append(Cross(f"{stratum}: {name}", down, across, _counted(down, across, people)))
    return found


def _counted(rows: Variable, columns: Variable | None, people: Counts) -> Counts:
    across = columns.codes if columns else np.zeros(len(people), dtype=np.int64)
    wide = len(columns.values) + 1 if columns else 1
    counts = np.zeros((len(rows.values) + 1, wide), dtype=np.int64)
    np.add.at(counts, (rows.codes, across), people)
    return counts
