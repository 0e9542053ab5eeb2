"""What every way of writing is handed: sheets of cells, sentences, and one chart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from suar_research.casefiles.shares import Printed

# A word of the file or of ours, a number of people, or another number as it is printed.
Cell = str | int | Printed


@dataclass(frozen=True)
class Sheet:
    """One table: its name, heads of its columns, rows whose first cell heads them, and notes.

    `groups` stand above the heads: a text and over how many columns it reaches, beginning after
    the first column; empty where nothing stands above.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()

    def flat_heads(self) -> tuple[str, ...]:
        """Give one head per column, with what stands above it in front."""
        above = [name for name, wide in self.groups for _ in range(wide)]
        if not above:
            return self.heads
        joined = (f"{over}: {head}" if over else head for over, head in zip(above, self.heads[1:], strict=True))
        return (self.heads[0], *joined)


@dataclass(frozen=True)
class Chart:
    """A drawing: SVG, what it shows in a sentence, and the sheet with the same numbers."""

    svg: str
    says: str
    sheet: Sheet


@dataclass(frozen=True)
class Report:
    """All that is told: sheets, whom they cover, what to beware of, about what, and as JSON."""

    title: str
    sheets: tuple[Sheet, ...]
    coverage: tuple[str, ...]
    notices: tuple[str, ...]
    about: dict[str, Any]
    body: dict[str, Any] = field(default_factory=dict)
    chart: Chart | None = None

    def line(self) -> str:
        """Say which version made this of which file, in one line."""
        named = "".join(f" ({each['name']}, {each['bytes']:,} bytes)" for each in self.about.get("inputs", []))
        return f"Suar {self.about['version']}, file {self.about['input_sha256']}{named}, seed {self.about['seed']}"


def shown(cell: Cell) -> str:
    """Write a cell for somebody who reads."""
    if isinstance(cell, Printed):
        return cell.text
    return f"{cell:,}" if isinstance(cell, int) else cell


def as_json(sheet: Sheet) -> dict[str, Any]:
    """Give a sheet as JSON: counts as numbers, all else as printed."""
    rows = [[cell if isinstance(cell, int) else shown(cell) for cell in row] for row in sheet.rows]
    return {
        "name": sheet.name,
        "columns": list(sheet.flat_heads()),
        "rows": rows,
        "notes": list(sheet.notes),
    }
