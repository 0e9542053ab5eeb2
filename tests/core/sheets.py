"""Sheets for tests, good and hostile."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

OTHER_PARTS = ("xl/sharedStrings.xml", "xl/styles.xml")


def a_workbook(rows: Sequence[Sequence[Any]], **options: Any) -> bytes:
    """Return an XLSX workbook with one sheet; a date is written as a date, text that begins with = as a formula."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd/mm/yyyy", **options}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def replaced(book: bytes, **parts: bytes) -> bytes:
    """Return a workbook with other parts: sheet1=... replaces xl/worksheets/sheet1.xml."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stem = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts.get(stem, old.read(name)))
    return content.getvalue()


def a_sheet_of(cells: str) -> bytes:
    """Return the XML of a sheet with some cells in its first row."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode()
