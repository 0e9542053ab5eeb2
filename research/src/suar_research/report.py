"""One model for all answers: paragraphs, lists, tables and figures, written as text or JSON.

`report_files` writes the same model as HTML, LaTeX, CSV and XLSX.
"""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from suar_research.answers import Answer

WIDTH = 100
MISSING_NUMBER, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Number:
    """A number as printed, and its value for a spreadsheet (None if it is only text)."""

    text: str
    value: float | None = None
    digits: int = 0
    percent: bool = False


Cell = str | int | Number


@dataclass(frozen=True)
class Table:
    """A table: name, column heads, rows whose first cell names them, and notes.

    `groups` are heads above the columns after the first one, each with the number of columns it
    spans. `left` counts the last columns that are text.
    """

    kind: ClassVar[str] = "table"
    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    left: int = 0

    def flat_heads(self) -> tuple[str, ...]:
        """Return one head per column, with the head above it in front."""
        above = [name for name, span in self.groups for _ in range(span)]
        if not above:
            return self.heads
        joined = (f"{over}: {head}" if over else head for over, head in zip(above, self.heads[1:], strict=True))
        return (self.heads[0], *joined)

    def as_json(self) -> dict[str, Any]:
        """Return the table for `--json`: counts as numbers, other cells as printed."""
        rows = [[cell if isinstance(cell, int) else shown(cell) for cell in row] for row in self.rows]
        return {"name": self.name, "columns": list(self.flat_heads()), "rows": rows, "notes": list(self.notes)}


@dataclass(frozen=True)
class Section:
    """A title and a list of sentences."""

    kind: ClassVar[str] = "section"
    title: str
    items: Sequence[str]


@dataclass(frozen=True)
class Heading:
    """The title of a part, such as one group."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Lines:
    """Lines that stay as they are, with a title."""

    kind: ClassVar[str] = "lines"
    title: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, a description, and the table with the same numbers. Not part of the text."""

    kind: ClassVar[str] = "figure"
    svg: str
    description: str
    table: Table | None = None


Block = str | Section | Heading | Lines | Table | Figure


@dataclass(frozen=True)
class Report:
    """An answer: `data` is what `--json` prints, `footer` names version, seed and input files.

    `coverage` says whom the numbers are about; every format prints it.
    """

    title: str
    blocks: tuple[Block, ...]
    data: dict[str, Any] = field(default_factory=dict)
    footer: tuple[str, ...] = ()
    coverage: tuple[str, ...] = ()
    figure: Figure | None = None

    def tables(self) -> list[Table]:
        """Return all tables, the one of the figure last."""
        found = [block for block in self.blocks if isinstance(block, Table)]
        return found + ([self.figure.table] if self.figure and self.figure.table else [])

    def sections(self) -> list[Section]:
        """Return all lists of sentences."""
        return [block for block in self.blocks if isinstance(block, Section)]

    def json(self) -> str:
        """Return the JSON text."""
        return json.dumps(self.data, indent=1, ensure_ascii=False) + "\n"

    def text(self) -> str:
        """Return the text for a terminal."""
        blocks = [*self.blocks]
        if self.coverage:
            blocks = [Lines("", (self.title, "=" * len(self.title))), *blocks]
            blocks.append(Section("Who is in these numbers", self.coverage))
        blocks += [Lines("", self.footer)] if self.footer else []
        text = ""
        for before, block in pairwise(["", *blocks]):
            close = isinstance(before, str | Heading) and isinstance(block, str)
            if part := _block_text(block):
                text += ("" if not text else "\n" if close else "\n\n") + part
        return text + "\n"


def shown(cell: Cell) -> str:
    """Return a cell as text."""
    if isinstance(cell, Number):
        return cell.text
    return f"{cell:,}" if isinstance(cell, int) else cell


def wrap(sentence: str) -> str:
    """Break a sentence into lines for a terminal."""
    return textwrap.fill(sentence, WIDTH, subsequent_indent="  ")


def _block_text(block: Block) -> str:
    if isinstance(block, str):
        return wrap(block)
    if isinstance(block, Heading):
        return block.text
    if isinstance(block, Section):
        return "\n".join([block.title.upper(), *(wrap(f"- {item}") for item in block.items)]) if block.items else ""
    if isinstance(block, Lines):
        return "\n".join([*([block.title.upper()] if block.title else []), *block.lines])
    if isinstance(block, Table):
        return "\n".join([*_table_lines(block), *(wrap(f"- {note}") for note in block.notes)])
    return ""


def _table_lines(table: Table) -> Iterator[str]:
    rows = [list(table.heads), *([shown(cell) for cell in row] for row in table.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.heads))]
    at, above = 1, [" " * widths[0]]
    for name, span in table.groups:
        width = sum(widths[at : at + span]) + 2 * (span - 1)
        widths[at + span - 1] += max(0, len(name) - width)
        above.append(name.rjust(max(len(name), width)))
        at += span
    if table.name:
        yield table.name
    if table.groups:
        yield "  ".join(above).rstrip()
    text_from = len(table.heads) - table.left
    for number, row in enumerate(rows):
        line = "  ".join(
            cell.rjust(width) if 0 < at < text_from else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield line.rstrip()
        if not number:
            yield "-" * len(line)


def people(value: float) -> str:
    """Format a number of people; "no limit" if it is infinite."""
    return f"{value:,.0f}" if np.isfinite(value) else "no limit"


def finite(value: float, digits: int = 4) -> float | None:
    """Return a number for JSON, which has no infinity and no nan."""
    return round(float(value), digits) if np.isfinite(value) else None


def plain(value: Any, digits: int = 4) -> Any:
    """Return dataclasses, sequences and numbers as JSON data; infinite numbers and nan become None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name), digits) for each in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(each, digits) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, digits) for each in value]
    return finite(value, digits) if isinstance(value, float) else value


def answer_json(answer: Answer, digits: int = 4) -> dict[str, Any]:
    """Return one method's answer for `--json`; infinite values are null."""
    return {
        "name": answer.name,
        "estimate": finite(answer.estimate, digits),
        "low": finite(answer.shown.low, digits),
        "high": finite(answer.shown.high, digits),
        "level": answer.shown.level,
        "replicates": answer.replicates,
        "settled": answer.settled,
        "cpu_s": round(answer.cpu_s, 3),
        "model": answer.model,
        "intervals": plain(answer.intervals, digits),
    }
