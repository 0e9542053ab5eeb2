"""The first visible sheet of an XLSX workbook as CSV text: words, numbers, and dates as 2026-11-27.

Source: ECMA-376, part 1, sections 18.3 (sheets), 18.4 (shared strings), 18.8.30 (number formats).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree import ElementTree

from suar_research.files import Unreadable, csv_text

MOST_BYTES, MOST_COLUMNS, MOST_ROWS = 200_000_000, 16_384, 1_048_576
FIRST_DAY, FIRST_DAY_MAC = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - sheets have no time zone
DATE_FORMATS = {*range(14, 18), 22}
NOT_A_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
NOT_READ = "it is no workbook that can be read; save the sheet as CSV, with commas, in UTF-8"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def first_sheet(content: bytes) -> str:
    """Return the first visible sheet as CSV text; raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if sum(part.file_size for part in book.infolist()) > MOST_BYTES:
                raise Unreadable([f"the workbook is larger than {MOST_BYTES:,} bytes"])
            rows = list(_rows(book))
            width = len(next(filter(None, rows), []))
            return csv_text([*row, *[""] * (width - len(row))] if row else row for row in rows)
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        LookupError,
        ValueError,
        ArithmeticError,
        RuntimeError,
        SyntaxError,
    ) as error:
        raise Unreadable([NOT_READ]) from error


def _rows(book: zipfile.ZipFile) -> Iterator[list[str]]:
    """Yield the rows of the sheet up to their last word; those that it leaves out are empty."""
    root = _part(book, "xl/workbook.xml")
    visible = [sheet for sheet in _named(root, "sheet") if sheet.attrib.get("state", "visible") == "visible"]
    relations = {item.attrib["Id"]: item.attrib["Target"] for item in _part(book, "xl/_rels/workbook.xml.rels")}
    sheet = _part(book, "xl/" + relations[visible[0].attrib[RELATION]].removeprefix("/xl/"))
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = [_words(item) for item in _named(_part(book, "xl/sharedStrings.xml"), "si")]
    mac = any(item.attrib.get("date1904") in ("1", "true") for item in _named(root, "workbookPr"))
    dates, start = _date_styles(book), FIRST_DAY_MAC if mac else FIRST_DAY
    last = 0
    for row in _named(sheet, "row"):
        number = min(int(row.attrib.get("r", last + 1)), MOST_ROWS)
        yield from ([] for _ in range(last + 1, number if last else 0))
        last, cells = number, list[str]()
        for cell in _named(row, "c"):
            cells += [""] * (_column(cell.attrib["r"]) - len(cells))
            value = "".join(item.text or "" for item in _named(cell, "v"))
            if cell.attrib.get("t") == "s":
                value = shared[int(value)]
            elif cell.attrib.get("t") == "inlineStr":
                value = _words(cell)
            elif value and "t" not in cell.attrib and int(cell.attrib.get("s", 0)) in dates:
                value = (start + timedelta(days=float(value))).date().isoformat()
            cells.append(value)
        while cells and not cells[-1].strip():
            cells.pop()
        yield cells


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(name))  # noqa: S314 - expat refuses entities that grow and fetches nothing


def _named(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [item for item in element.iter() if item.tag.endswith("}" + name)]


def _words(element: ElementTree.Element) -> str:
    return "".join(item.text or "" for item in _named(element, "t"))


def _column(reference: str) -> int:
    """Return the number of a column, from 0: "B7" is in column 1."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - 64
    if not 0 < number <= MOST_COLUMNS:
        raise Unreadable([NOT_READ])
    return number - 1


def _date_styles(book: zipfile.ZipFile) -> set[int]:
    """Return the cell styles that show a number as a date."""
    if "xl/styles.xml" not in book.namelist():
        return set()
    root = _part(book, "xl/styles.xml")
    own = {int(item.attrib["numFmtId"]): item.attrib["formatCode"].lower() for item in _named(root, "numFmt")}
    dates = DATE_FORMATS | {number for number, code in own.items() if re.search("[dy]", NOT_A_DATE.sub("", code))}
    styles = [item for group in _named(root, "cellXfs") for item in group]
    return {at for at, item in enumerate(styles) if int(item.attrib.get("numFmtId", 0)) in dates}
