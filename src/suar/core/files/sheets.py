"""Spreadsheets that somebody uploads: the first visible sheet as text, read in a process of its own, and safe cells.

The file is never written to the disk. The process that reads it has little memory and time, and opens nothing.
"""

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from pydantic import TypeAdapter, ValidationError

from suar.core.codes import read_data
from suar.core.files import clamav
from suar.core.files.clamav import Scan
from suar.core.files.sheet_child import BROKEN, CONTROL, FAILED, NOT_READ
from suar.core.refusals import Refused
from suar.core.sandbox import python_process

MAX_SHEET_BYTES = 10 * 1024 * 1024
MAX_WAIT_SECONDS = 30
CHILD = "suar.core.files.sheet_child"
FORMULA = "'*[=+\\-@\t\r\0\uff1d\uff0b\uff0d\uff20]"
CELL = '(?:\\A|(?<=[;,\t\r\n"]))'
"""The start of a cell, also for a program that splits a file elsewhere, such as at semicolons where 1,5 is a number."""
RISKY = re.compile(f"{CELL}(?={FORMULA})")
"""The start of a cell that a spreadsheet program may run as a formula, or that was quoted already."""
MADE_SAFE = re.compile(f"{CELL}'(?={FORMULA})")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS: Mapping[str, str] = read_data("core", "workbook")["parts"]
"""The parts of a workbook beside its sheet."""


class SheetRow(NamedTuple):
    """A row with its number in the file, from 1; it has as many cells as the header."""

    number: int
    cells: list[str]


class Sheet(NamedTuple):
    """The first row that is not empty, and those after it; a name in the header may be empty or occur twice."""

    header: list[str]
    rows: list[SheetRow]


class SheetRefused(Refused):
    """A file cannot be read as a sheet: the code of the reason, and the row, 0 if it is not of one row."""

    def __init__(self, because: str, row: int = 0) -> None:
        super().__init__(because)
        self.row = row


ROWS = TypeAdapter(list[tuple[int, list[str]]])
REFUSAL = TypeAdapter(tuple[str, int])


def read_sheet(content: bytes) -> Sheet:
    """Return the sheet of a CSV file or the first one of an XLSX workbook, as trimmed text; raises SheetRefused.

    Dates are as 2026-11-27. Empty rows are left out. Codes of refusals: cases/codes/sheet_refusals.json.
    Source: security.md B23, section 5.
    """
    if len(content) > MAX_SHEET_BYTES:
        raise SheetRefused("too_large")
    if clamav.scan(content) is Scan.HARMFUL:
        raise SheetRefused("harmful")
    try:
        child = subprocess.run(
            **python_process(CHILD), input=content, capture_output=True, timeout=MAX_WAIT_SECONDS, check=False
        )
        if child.returncode == NOT_READ:
            raise SheetRefused(*REFUSAL.validate_json(child.stdout))
        if child.returncode:
            raise SheetRefused(BROKEN if child.returncode == FAILED else "too_slow")
        rows = [SheetRow(*row) for row in ROWS.validate_json(child.stdout)]
    except subprocess.TimeoutExpired:
        raise SheetRefused("too_slow") from None
    except ValidationError:
        raise SheetRefused(BROKEN) from None
    width = max(len(row.cells) for row in rows)
    for row in rows:
        row.cells.extend([""] * (width - len(row.cells)))
    return Sheet(rows[0].cells, rows[1:])


def quote_cell(text: str) -> str:
    """Return the text of a cell so that no spreadsheet program runs a part of it: with an apostrophe before it.

    Source: security.md, section 5 (formula cells quoted).
    """
    return RISKY.sub("'", text)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as a CSV file in UTF-8 that a spreadsheet program recognises as such; cells are quoted."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([quote_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as an XLSX workbook with one sheet of texts, built in memory; cells are quoted.

    Source: ECMA-376, part 1, sections 12.3 and 18.3.
    """
    lines = (f"<row>{''.join(map(_as_cell, row))}</row>" for row in rows)
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            book.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{part}', zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _as_cell(text: str) -> str:
    if not text:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(CONTROL.sub("", quote_cell(text)))}</t></is></c>'


def unquote_cell(text: str) -> str:
    """Return the text of a cell as it was before `quote_cell`."""
    return MADE_SAFE.sub("", text)
