"""Somebody sends a worker a spreadsheet that wants to stop the server, or to run something where it is opened."""

import io
import time
import tracemalloc
import zipfile
from datetime import date

import pytest

from suar.cases.htcds import importing
from suar.core.files import sheets
from suar.core.files.sheets import Sheet, SheetRefused, SheetRow, read_sheet, write_csv
from suar.records.models import Record
from suar.records.terms import Kind
from tests import cast as at_work
from tests.core.sheets import a_workbook, replaced
from tests.people import acting_as, client_of

world, cast = at_work.world, at_work.cast

LONG = "abcdefghij" * 3_000


def test_one_wide_row_above_many_narrow_ones_is_refused():
    with pytest.raises(SheetRefused, match="too_many_cells"):
        read_sheet(b"a," * 999 + b"a\n" + b"a\n" * 40_000)


def test_a_long_text_that_many_cells_share_is_refused():
    with pytest.raises(SheetRefused, match="unpacked"):
        read_sheet(a_workbook([[LONG] * 10] * 100))
    assert len(read_sheet(a_workbook([[LONG] * 10] * 10)).rows) == 9, "or large files are refused as well"


@pytest.mark.parametrize("number", [b"2", b"1", b"-3"])
def test_a_row_that_has_the_number_of_another_one_is_refused(number):
    """A sheet with two people under one number is refused; otherwise only the second would be imported."""
    book = a_workbook([["name"], ["Siti"], ["Rani"]])
    assert [row.number for row in read_sheet(book).rows] == [2, 3], "the control"
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    with pytest.raises(SheetRefused, match="broken"):
        read_sheet(replaced(book, sheet1=sheet.replace(b'<row r="3"', b'<row r="%s"' % number)))


def test_millions_of_unknown_codes_stop_nobody():
    rows = [SheetRow(number, ["a;" * 16_000]) for number in range(2, 60)]
    rows += [SheetRow(number, ["a;" * 190]) for number in range(60, 560)]
    sheet = Sheet(["vic_MethodsOfControl"], [*rows])
    begun = time.process_time()
    tracemalloc.start()
    check = importing.check_sheet(sheet, known=(), today=date(2026, 11, 30))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert check.warnings
    assert len(check.warnings) <= 10_000
    assert most < 50_000_000
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("text", ["Siti;=1+1", "Siti\n=1+1", "Siti;+1;@x", 'x ";-1', "Siti\t=1+1"])
def test_a_program_that_splits_at_semicolons_runs_nothing(text):
    """Where 1,5 is a number, as in Indonesia, spreadsheet programs split a CSV file at semicolons."""
    written = write_csv([["name", "age", "city", text]]).decode("utf-8-sig")
    plain = written.replace('"', "").replace("\t", ";").replace("\n", ";")
    assert not {part[:1] for part in plain.split(";")} & set("=+-@"), written
    assert sheets.unquote_cell(read_sheet(written.encode()).header[3]) == text


@pytest.mark.db_contract
def test_two_who_import_the_same_file_at_once_import_it_once(cast):
    sheet = read_sheet(write_csv([["suar_Case", "prs_FirstName"], ["one", "Siti"]]))
    by = acting_as(cast.esi)
    [team] = by.viewer.leads
    checks = [importing.check_sheet(sheet, known=importing.known_cases(by), today=date(2026, 11, 30)) for _ in range(2)]
    assert [importing.import_people(check.new, team=team, by=acting_as(cast.esi)) for check in checks] == [1, 0]
    assert Record.objects.filter(kind=Kind.CASE).count() == 1


@pytest.mark.parametrize(("mode", "status"), [("test", 200), ("run", 409)])
def test_no_sheet_of_people_is_taken_before_the_organisation_may_store_them(cast, settings, mode, status):
    settings.SUAR_MODE = mode
    kartika = client_of(cast.kartika)
    assert {kartika.get(page).status_code for page in ("/people/import", "/team/import")} == {status}
