"""The process that reads a spreadsheet: little memory, little time, no way to open or write a file.

It reads a CSV file or an XLSX workbook from its input and prints the rows that are not empty as JSON.
Source: RFC 4180; ECMA-376, part 1, sections 18.3 (sheets), 18.4 (shared strings), 18.8.30 (number formats).
"""

import codecs
import csv
import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from xml.parsers import expat

from suar.core.sandbox import confine

MEMORY_BYTES, SECONDS, NICENESS = 300 * 1024 * 1024, 8, 10
FAILED, NOT_READ, BROKEN = 3, 4, "broken"
MAX_ROWS, MAX_COLUMNS, MAX_CELLS, MAX_CHARACTERS = 50_000, 1_000, 1_000_000, 32_767
MAX_UNPACKED_BYTES, MAX_RATIO, SMALL_BYTES, MAX_PARTS, MAX_DEPTH = 20 * 1024 * 1024, 100, 1024 * 1024, 500, 100
WORKBOOK, OLD_WORKBOOK = b"PK", b"\xd0\xcf\x11\xe0"
BYTE_ORDER = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DELIMITERS = ",;\t"
FIRST_DAY, FIRST_DAY_MAC = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - sheets have no time zone
DATE_FORMATS = {*range(14, 18), 22}
NOT_A_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
Attributes = dict[str, str]


class Unreadable(Exception):
    """The file cannot be used: a code of sheet_refusals.json, and the row, 0 for the whole file."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code, self.row = code, row


def main() -> int:
    """Read within the limits; a file that breaks its reader is refused."""
    os.nice(NICENESS)
    content = sys.stdin.buffer.read()
    # Loaded before files can no longer be opened.
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp437"):
        codecs.lookup(encoding)
    confine(memory_bytes=MEMORY_BYTES, seconds=SECONDS)
    try:
        answer: object = read(content)
        code = 0
    except Unreadable as error:
        answer, code = (error.code, error.row), NOT_READ
    except Exception:
        # A crafted file may raise anything in its reader.
        return FAILED
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"))
    return code


def read(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, with their numbers from 1; raises Unreadable."""
    if content.startswith(OLD_WORKBOOK):
        raise Unreadable("old_workbook")
    rows = _read_workbook(content) if content.startswith(WORKBOOK) else _read_csv(_decode(content))
    listed = [(number, cells) for number, cells in _clean(rows) if any(cells)]
    if not listed:
        raise Unreadable("no_rows")
    # Each row will be as wide as the widest one.
    if len(listed) * max(len(cells) for _, cells in listed) > MAX_CELLS:
        raise Unreadable("too_many_cells")
    return listed


def _clean(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows of trimmed text without control characters or empty cells at the end; raises Unreadable."""
    count = characters = 0
    for number, cells in rows:
        count += len(cells)
        # A text that many cells share is written out for each of them.
        characters += sum(map(len, cells))
        if characters > MAX_UNPACKED_BYTES:
            raise Unreadable("unpacked")
        if number > MAX_ROWS:
            raise Unreadable("too_many_rows")
        if count > MAX_CELLS:
            raise Unreadable("too_many_cells")
        trimmed = [CONTROL.sub("", cell).replace("\r\n", "\n").strip() if cell else cell for cell in cells]
        while trimmed and not trimmed[-1]:
            trimmed.pop()
        if len(trimmed) > MAX_COLUMNS:
            raise Unreadable("too_many_columns", number)
        if trimmed and max(map(len, trimmed)) > MAX_CHARACTERS:
            raise Unreadable("long_cell", number)
        yield number, trimmed


def _decode(content: bytes) -> str:
    """Return the text of a CSV file in UTF-8 or UTF-16; raises Unreadable."""
    encoding = BYTE_ORDER.get(content[:2], "utf-8-sig")
    if encoding == "utf-8-sig" and b"\0" in content[:2]:
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
    if "\0" in text:
        raise Unreadable("not_a_sheet")
    return text


def _read_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield numbered rows; the delimiter is the one that splits the first line most often."""
    first = next(filter(str.strip, text.splitlines()), "")
    delimiter = max(DELIMITERS, key=first.count)
    csv.field_size_limit(4 * MAX_CHARACTERS)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            yield number, cells
    except csv.Error as error:
        raise Unreadable("long_cell" if "limit" in str(error) else "quotes", number + 1) from None


def _read_workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the numbered rows of the first visible sheet; raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            book = Book(archive)
            yield from book.read_visible_sheet()
    except (zipfile.BadZipFile, expat.ExpatError, LookupError, ArithmeticError, ValueError, RuntimeError, OSError):
        raise Unreadable(BROKEN) from None


class Book:
    """A workbook whose parts are small enough to be unpacked."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise Unreadable("unpacked")
        if any(part.file_size > max(SMALL_BYTES, MAX_RATIO * part.compress_size) for part in parts):
            raise Unreadable("unpacked")
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("old_workbook")
        self._archive = archive
        self._names = {part.filename for part in parts}
        if "xl/workbook.xml" not in self._names:
            raise Unreadable("not_a_sheet")

    def read_visible_sheet(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the numbered rows of the first sheet that is not hidden; raises Unreadable."""
        items = self._list_elements("xl/workbook.xml", "sheet", "workbookPr")
        sheets = [item for name, item in items if name == "sheet" and item.get("state", "visible") == "visible"]
        targets = {
            item["Id"]: item["Target"] for _, item in self._list_elements("xl/_rels/workbook.xml.rels", "Relationship")
        }
        sheet = self._archive.read("xl/" + targets[sheets[0][RELATION]].removeprefix("/xl/"))
        if len(re.findall(rb"<(?:\w+:)?c[ >/]", sheet)) > MAX_CELLS:
            raise Unreadable("too_many_cells")
        mac = any(item.get("date1904") in ("1", "true") for name, item in items if name == "workbookPr")
        cells = CellReader(self._shared_texts(), self._date_styles(), FIRST_DAY_MAC if mac else FIRST_DAY)
        parse(sheet, cells.start, cells.end, cells.text)
        return iter(cells.rows)

    def _list_elements(self, part: str, *names: str) -> list[tuple[str, Attributes]]:
        """Return the elements of a part with their attributes; all, or those with some names."""
        listed: list[tuple[str, Attributes]] = []
        if part in self._names:
            parse(self._archive.read(part), lambda name, attributes: listed.append((name, attributes)))
        return [item for item in listed if not names or item[0] in names]

    def _shared_texts(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._names:
            return []
        shared = TextReader()
        parse(self._archive.read("xl/sharedStrings.xml"), shared.start, shared.end, shared.text)
        return shared.texts

    def _date_styles(self) -> set[int]:
        """Return the numbers of the cell styles that show a number as a date."""
        items, formats, dates = self._list_elements("xl/styles.xml"), dict[int, str](), set[int]()
        for name, item in items:
            if name == "numFmt":
                formats[int(item["numFmtId"])] = NOT_A_DATE.sub("", item["formatCode"].lower())
        is_style, number = False, 0
        for name, item in items:
            if name in ("cellXfs", "cellStyles", "dxfs"):
                is_style = name == "cellXfs"
            elif name == "xf" and is_style:
                chosen = int(item.get("numFmtId", 0))
                if chosen in DATE_FORMATS or re.search("[dy]", formats.get(chosen, "")):
                    dates.add(number)
                number += 1
        return dates


class TextReader:
    """Collects the shared texts of a workbook; how a word is pronounced is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_sound = False

    def start(self, name: str, _attributes: Attributes) -> None:
        """Begin an element."""
        self._is_text = name == "t" and not self._is_sound
        self._is_sound |= name == "rPh"

    def text(self, data: str) -> None:
        """Add text of the element."""
        if self._is_text:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        """End an element."""
        self._is_text = False
        if name == "rPh":
            self._is_sound = False
        elif name == "si":
            self.texts.append(_unescape("".join(self._pieces)))
            self._pieces.clear()


class CellReader:
    """Collects the rows of a sheet; raises Unreadable for a formula, because what it shows may change."""

    def __init__(self, shared: list[str], dates: set[int], first_day: datetime) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._shared, self._dates, self._first_day = shared, dates, first_day
        self._cells: list[str] = []
        self._number, self._kind, self._style, self._column = 0, "", 0, -1
        self._pieces: list[str] = []
        self._is_value = self._is_sound = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin an element; raises Unreadable."""
        if name == "c":
            self._kind, self._style = attributes.get("t", ""), int(attributes.get("s", 0))
            reference = attributes.get("r")
            self._column = _column(reference) if reference else self._column + 1
            if self._column >= MAX_COLUMNS:
                raise Unreadable("too_many_columns", self._number)
        elif name in ("v", "t"):
            self._is_value = not self._is_sound
        elif name == "row":
            before, self._column = self._number, -1
            self._number = int(attributes.get("r", before + 1))
            if self._number <= before:
                raise Unreadable(BROKEN)
        elif name == "f":
            raise Unreadable("formula", self._number)
        elif name == "rPh":
            self._is_sound = True

    def text(self, data: str) -> None:
        """Add text of the element."""
        if self._is_value:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        """End an element; empty cells between two are added."""
        self._is_value = False
        if name == "c":
            if self._pieces:
                self._cells += [""] * (self._column + 1 - len(self._cells))
                self._cells[self._column] = self._value("".join(self._pieces))
                self._pieces.clear()
        elif name == "row":
            self.rows.append((self._number, self._cells))
            self._cells = []
        elif name == "rPh":
            self._is_sound = False

    def _value(self, value: str) -> str:
        if self._kind == "s":
            return self._shared[int(value)]
        if self._kind in ("inlineStr", "str"):
            return _unescape(value)
        if self._kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if self._kind in ("", "n") and self._style in self._dates:
            moment = self._first_day + timedelta(days=float(value))
            return moment.isoformat(sep=" ", timespec="minutes") if float(value) % 1 else moment.date().isoformat()
        # A long number, such as one for calls, is stored as 6.28E+12.
        return str(int(float(value))) if "E" in value.upper() and float(value).is_integer() else value


def parse(
    part: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] = lambda _: None,
) -> None:
    """Call back for each element by its local name; raises Unreadable for a DTD and for elements too deep."""
    depth = 0

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable(BROKEN)
        start(name.rpartition(" ")[2], attributes)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(" ")[2])

    def refuse(*_: object) -> None:
        raise Unreadable(BROKEN)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, finish, text
    parser.Parse(part, True)


def _unescape(text: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _column(reference: str) -> int:
    """Return the number of a column, from 0: "B7" is in column 1."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - 64
    if not number > 0:
        raise Unreadable(BROKEN)
    return number - 1


if __name__ == "__main__":
    sys.exit(main())
