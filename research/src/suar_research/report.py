"""One model for all answers: paragraphs, lists, tables and figures.

A report is written as text, JSON, HTML, LaTeX, CSV, XLSX, or its figure as SVG. All files are made
whole in memory. Words of the user are text, never formulas or markup. Figures have colours with a
pattern each, and a text alternative inside.
"""

import io
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import xlsxwriter
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from suar_research.answers import Answer
from suar_research.files import csv_text

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
        rows = [[cell if isinstance(cell, int) else cell_text(cell) for cell in row] for row in self.rows]
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
        result = [block for block in self.blocks if isinstance(block, Table)]
        return result + ([self.figure.table] if self.figure and self.figure.table else [])

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


def cell_text(cell: Cell) -> str:
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
    rows = [list(table.heads), *([cell_text(cell) for cell in row] for row in table.rows)]
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
        return {item.name: plain(getattr(value, item.name), digits) for item in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(item, digits) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, digits) for item in value]
    return finite(value, digits) if isinstance(value, float) else value


def answer_json(answer: Answer, digits: int = 4) -> dict[str, Any]:
    """Return one method's answer for `--json`; infinite values are null."""
    return {
        "name": answer.name,
        "estimate": finite(answer.estimate, digits),
        "low": finite(answer.interval.low, digits),
        "high": finite(answer.interval.high, digits),
        "level": answer.interval.level,
        "replicates": answer.replicates,
        "settled": answer.settled,
        "cpu_s": round(answer.cpu_s, 3),
        "model": answer.model,
        "intervals": plain(answer.intervals, digits),
    }


INK = "#1f2a2e"
# Told apart by people who see few colours (Okabe & Ito 2008), and in grey by pattern and dash.
COLOURS = ("#0072b2", "#e69f00", "#56b4e9", "#d55e00", "#009e73", "#f0e442", "#cc79a7", "#8a8f91")
HATCHES = ("", "//", "..", "--", "xx", "||", "\\\\", "++")
# Dark enough as a thin line on white (at least 4.5 to 1).
LINE_COLOURS = ("#0072b2", "#b34700", "#006b4f", "#7a3e8e", "#1f2a2e", "#806000", "#a3195b", "#55606a")
DASHES = ((1, 0), (7, 3), (2, 3), (10, 3, 2, 3), (4, 2, 1, 2), (12, 4), (1, 2), (8, 2, 2, 2))
WIDTH_INCHES, LINE_INCHES, LETTERS_A_LINE = 8.0, 0.17, 105


def figure(height_inches: float, columns: int = 1) -> tuple[Any, Any]:
    """Return a new figure with its axes. matplotlib is imported here: most answers draw nothing."""
    from matplotlib.figure import Figure

    drawing = Figure((WIDTH_INCHES, height_inches), layout="constrained")
    axes = drawing.subplots(1, columns)
    for item in [axes] if columns == 1 else axes:
        item.spines[["top", "right"]].set_visible(False)
    return drawing, axes


def svg_of(drawing: Any, title: str, description: str, coverage: str = "") -> str:
    """Return a figure as SVG with title and description; `coverage` is printed under it too."""
    import matplotlib as mpl

    drawing.suptitle(title, x=0.01, ha="left", fontweight="bold")
    if coverage:
        lines = textwrap.wrap(coverage, LETTERS_A_LINE)
        drawing.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize="small")
        drawing.set_figheight(drawing.get_figheight() + LINE_INCHES * len(lines))
    content = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "suar", "font.family": "sans-serif"}):
        drawing.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    svg = "<svg" + content.getvalue().partition("<svg")[2]
    words = f"<title>{escape(title)}</title><desc>{escape(f'{description} {coverage}'.strip())}</desc>"
    head, end, body = svg.partition(">")
    return f'{head} role="img"{end}{words}{body}'


# Spreadsheets take a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)*%?")
LATEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    MISSING_NUMBER: "--",
    MINUS: "$-$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
}
LONGEST_SHEET_NAME, WIDEST_COLUMN = 31, 60
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


def html(report: Report) -> str:
    """Return one page that loads nothing: no script, font or image from elsewhere."""
    return _templates().get_template("report.html").render(report=report)


def latex(report: Report) -> str:
    """Return tables for a paper; they need no LaTeX package."""
    return _templates().get_template("report.tex").render(report=report)


@cache
def _templates() -> Environment:
    created = Environment(
        loader=PackageLoader("suar_research"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    created.filters |= {"cell_text": cell_text, "latex": escape_latex}
    return created


def escape_latex(text: str) -> str:
    """Escape text so that LaTeX prints it as it is."""
    return "".join(LATEX.get(sign, sign) for sign in text)


def csv(report: Report) -> str:
    """Return all tables below each other, each with its name and notes, then all sentences."""
    rows: list[Sequence[str]] = []
    for table in report.tables():
        rows += [[spreadsheet_safe(table.name)], [spreadsheet_safe(head) for head in table.flat_heads()]]
        rows += [[spreadsheet_safe(cell) for cell in row] for row in table.rows]
        rows += [*([spreadsheet_safe(note)] for note in table.notes), []]
    return csv_text([*rows, *([spreadsheet_safe(line)] for line in _about(report))])


def _about(report: Report) -> Iterator[str]:
    yield from report.coverage
    for section in report.sections():
        yield from section.items
    yield from report.footer


def spreadsheet_safe(cell: Cell) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, int):
        return str(cell)
    text = cell_text(cell)
    if isinstance(cell, Number) and cell.value is not None:
        text = text.replace(MINUS, "-").replace(",", "")
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def xlsx(report: Report) -> bytes:
    """Return a workbook with a sheet for each table, and a last one that says whom they cover."""
    about = Table("About", ("Who is in these numbers",), tuple((line,) for line in _about(report)))
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        # The time of writing would make two equal reports differ.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        bold = book.add_format({"bold": True})
        names: set[str] = set()
        for number, table in enumerate([*report.tables(), about], 1):
            sheet = book.add_worksheet(_sheet_name(table.name, number, names))
            sheet.freeze_panes(2, 0)
            sheet.write_string(0, 0, table.name or report.title, bold)
            sheet.write_row(1, 0, table.flat_heads(), bold)
            for at, row in enumerate(table.rows, 2):
                for column, cell in enumerate(row):
                    _write_cell(book, sheet, (at, column), cell)
            for at, note in enumerate(table.notes, len(table.rows) + 3):
                sheet.write_string(at, 0, note)
            sheet.autofit(WIDEST_COLUMN * 7)
    return content.getvalue()


def _write_cell(book: Any, sheet: Any, place: tuple[int, int], cell: Cell) -> None:
    if isinstance(cell, int):
        sheet.write_number(*place, cell, book.add_format({"num_format": "#,##0"}))
    elif isinstance(cell, Number) and cell.value is not None:
        decimals = f".{'0' * cell.digits}" if cell.digits else ""
        number_format = f"0{decimals}%" if cell.percent else "General"
        sheet.write_number(*place, cell.value, book.add_format({"num_format": number_format}))
    else:
        sheet.write_string(*place, cell_text(cell))


def _sheet_name(name: str, number: int, taken: set[str]) -> str:
    """Return a name that spreadsheets allow, unique in the workbook."""
    plain = NOT_IN_SHEET_NAMES.sub(" ", name).strip()[:LONGEST_SHEET_NAME] or f"Sheet {number}"
    if plain.casefold() in taken:
        plain = f"{plain[: LONGEST_SHEET_NAME - 4]} {number}"
    taken.add(plain.casefold())
    return plain


def svg(report: Report) -> str:
    """Return the figure; its text, whom it covers and its source are inside."""
    source = escape(" ".join(report.footer))
    return report.figure.svg.replace("</desc>", f" {source}</desc>", 1) if report.figure else ""


FORMATS: dict[str, Callable[[Report], str | bytes]] = {
    ".txt": Report.text,
    ".tex": latex,
    ".html": html,
    ".csv": csv,
    ".xlsx": xlsx,
    ".json": Report.json,
    ".svg": svg,
}
