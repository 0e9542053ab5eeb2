"""A report as a file: text, HTML, LaTeX, CSV, XLSX, JSON, or its figure as SVG.

All files are made whole in memory. Words of the user are text, never formulas or markup.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from html import escape
from typing import Any

import xlsxwriter
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from suar_research.files import csv_text
from suar_research.report import MINUS, MISSING_NUMBER, Cell, Number, Report, Table, shown

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
    made = Environment(
        loader=PackageLoader("suar_research"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"shown": shown, "latex": escape_latex}
    return made


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
    text = shown(cell)
    if isinstance(cell, Number) and cell.value is not None:
        text = text.replace(MINUS, "-").replace(",", "")
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def xlsx(report: Report) -> bytes:
    """Return a workbook with a sheet for each table, and a last one that says whom they cover."""
    about = Table("About", ("Who is in these numbers",), tuple((line,) for line in _about(report)))
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        names: set[str] = set()
        for number, table in enumerate([*report.tables(), about], 1):
            sheet = book.add_worksheet(_sheet_name(table.name, number, names))
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.flat_heads(), bold)
            for at, row in enumerate(table.rows, 1):
                for column, cell in enumerate(row):
                    _write_cell(book, sheet, (at, column), cell)
            for at, note in enumerate(table.notes, len(table.rows) + 2):
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
        sheet.write_string(*place, shown(cell))


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
