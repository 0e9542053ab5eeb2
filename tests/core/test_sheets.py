"""Uploaded sheets: what is read of CSV and XLSX, which files are refused, and cells that no program runs."""

import io
import resource
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from suar.cases.codes import SHEET_REFUSALS
from suar.core import sandbox
from suar.core.files import sheet_child, sheets
from suar.core.files.sheets import SheetRefused, quote_cell, read_sheet, unquote_cell
from tests.contact.clamd import HARM, running
from tests.core.sheets import a_sheet_of, a_workbook, replaced

PEOPLE = 'name,city\nSiti,Kota Contoh\n\nBudi,"Desa A\nDusun 2"\n'
ENTITIES = b'<!DOCTYPE a [<!ENTITY a "1234567890">]><worksheet><sheetData/></worksheet>'


@pytest.mark.parametrize(
    "content",
    [
        PEOPLE.encode(),
        b"\xef\xbb\xbf" + PEOPLE.encode(),
        PEOPLE.encode("utf-16"),
        PEOPLE.encode("utf-16-le"),
        PEOPLE.encode("utf-16-be"),
        PEOPLE.replace(",", ";").encode(),
        PEOPLE.replace(",", "\t").encode(),
        a_workbook([["name", "city"], ["Siti", "Kota Contoh"], [], ["Budi", "Desa A\nDusun 2"]]),
    ],
)
def test_a_sheet_reads_the_same_from_every_kind_of_file(content: bytes) -> None:
    sheet = read_sheet(content)
    assert sheet.header == ["name", "city"]
    assert [tuple(row) for row in sheet.rows] == [(2, ["Siti", "Kota Contoh"]), (4, ["Budi", "Desa A\nDusun 2"])]


def test_dates_numbers_and_gaps_of_a_workbook_are_text() -> None:
    first = ["born", "age", "phone", "", "yes"]
    rows: list[list[Any]] = [first, [date(1990, 5, 4), 36, 6281234567890, None, True], ["", 1.5]]
    sheet = read_sheet(a_workbook(rows))
    assert sheet.rows[0].cells == ["1990-05-04", "36", "6281234567890", "", "TRUE"]
    assert sheet.rows[1].cells == ["", "1.5", "", "", ""]


@pytest.mark.parametrize("hide", ["hide", "very_hidden"])
def test_the_first_sheet_that_a_person_sees_is_read(hide: str) -> None:
    """Forms of offices begin with a hidden sheet of the words that their lists offer."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for number, cell in enumerate(("choices", "people", "notes")):
            sheet = book.add_worksheet()
            sheet.write_column(0, 0, [cell, f"row of {cell}"])
            if number == 0:
                getattr(sheet, hide)()
            if number == 1:
                sheet.set_first_sheet()
                sheet.activate()
    assert read_sheet(content.getvalue()).header == ["people"]


def test_a_workbook_of_hidden_sheets_only_is_refused() -> None:
    book = a_workbook([["name"], ["Siti"]])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        shown = archive.read("xl/workbook.xml")
    with pytest.raises(SheetRefused, match="broken"):
        read_sheet(replaced(book, workbook=shown.replace(b"<sheet ", b'<sheet state="hidden" ')))


HOSTILE = {
    "empty": (b"", "no_rows"),
    "only blanks": (b"\n,,\n", "no_rows"),
    "too large": (bytes(sheets.MAX_SHEET_BYTES + 1), "too_large"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), "old_workbook"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), "encoding"),
    "latin letters": ("naïf,é\n".encode("latin-1"), "encoding"),
    "zero bytes": (b"name\n" + b"a\0b", "not_a_sheet"),
    "open quote": (b'name\n"Siti\n', "quotes"),
    "long cell": (b"name\n" + b"x" * 40_000, "long_cell"),
    "very long cell": (b"name\n" + b"x" * 400_000, "long_cell"),
    "many columns": (b"x," * 1_000 + b"x", "too_many_columns"),
    "many rows": (b"x\n" * 50_001, "too_many_rows"),
    "1.2 million cells": ((b"," * 119 + b"\n") * 10_000, "too_many_cells"),
    "formula": (a_workbook([["name"], ["=1+1"]]), "formula"),
    "cut": (a_workbook([["name"]])[:-40], "broken"),
    "other zip": (replaced(a_workbook([["name"]])).replace(b"xl/workbook.xml", b"xl/workbooky.xm"), "not_a_sheet"),
    "entities": (replaced(a_workbook([["name"]]), sheet1=ENTITIES), "broken"),
    "deep": (replaced(a_workbook([["name"]]), sheet1=b"<a>" * 200_000), "broken"),
    "bomb": (replaced(a_workbook([["name"]]), sheet1=bytes(19_000_000)), "unpacked"),
    "large": (replaced(a_workbook([["name"]]), sheet1=bytes(21_000_000)), "unpacked"),
    "far cell": (replaced(a_workbook([["name"]]), sheet1=a_sheet_of('<c r="ZZZ1"><v>1</v></c>')), "too_many_columns"),
    "no such text": (replaced(a_workbook([["name"]]), sheet1=a_sheet_of('<c r="A1" t="s"><v>9</v></c>')), "broken"),
    "bad reference": (replaced(a_workbook([["name"]]), sheet1=a_sheet_of('<c r="1"><v>1</v></c>')), "broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_two_seconds_of_cpu_time(name: str) -> None:
    content, code = HOSTILE[name]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with pytest.raises(SheetRefused) as refused:
        read_sheet(content)
    assert refused.value.because == code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 2
    assert code in SHEET_REFUSALS


TAKEN_OVER = """
import sys
from suar.core.files import sheet_child as child

def read(content):
    {deed}
    return []

child.read = read
{before}
sys.exit(child.main())
"""


@pytest.mark.parametrize(
    "deed",
    ["bytearray(400 * 1024 * 1024)", "open('/etc/passwd')", "open({file!r}, 'wb', buffering=0).write(b'x')"],
)
def test_code_that_takes_over_the_process_can_do_nothing(deed: str, tmp_path: Path) -> None:
    """With a control: without the limits the same deed succeeds."""
    script = deed.format(file=str(tmp_path / "written"))
    assert ran(TAKEN_OVER.format(deed=script, before="")) == sheet_child.FAILED
    assert ran(TAKEN_OVER.format(deed=script, before="child.confine = lambda **_: None")) == 0


def ran(script: str) -> int:
    command = [sys.executable, "-s", "-B", "-c", script]
    return subprocess.run(command, input=b"", env={"PYTHONPATH": str(sandbox.SOURCES)}, check=False).returncode


def test_a_workbook_with_many_cells_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_child, "MAX_CELLS", 3)
    with pytest.raises(sheet_child.Unreadable, match="too_many_cells"):
        sheet_child.read(a_workbook([["a", "b"], ["c", "d"]]))
    assert len(sheet_child.read(a_workbook([["a"], ["b"], ["c"]]))) == 3


def test_a_sheet_in_which_the_scanner_finds_harm_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.SUAR_CLAMD_SOCKET = str(tmp_path / "clamd")
    with running(tmp_path / "clamd"):
        with pytest.raises(SheetRefused, match="harmful"):
            read_sheet(PEOPLE.encode() + HARM)
        assert read_sheet(PEOPLE.encode()).rows, "the control"


def test_a_refusal_names_the_row() -> None:
    with pytest.raises(SheetRefused) as refused:
        read_sheet(a_workbook([["name"], ["Siti"], ["=1+1"]]))
    assert refused.value.row == 3


@pytest.mark.parametrize("text", ["=1+1", "+62 21", "-1", "@sum", "\t1", "\uff1d1", "'=1", "''=1"])
def test_a_cell_that_a_program_may_run_is_quoted(text: str) -> None:
    assert quote_cell(text) == f"'{text}"


@given(st.text(alphabet="'=+-@a\t;,\n\" \uff1d"))
def test_quoting_is_undone(text: str) -> None:
    assert unquote_cell(quote_cell(text)) == text
