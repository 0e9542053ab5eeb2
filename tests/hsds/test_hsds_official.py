"""The official examples of HSDS 3.0 and 3.1-dev are read completely, as JSON and as tables."""

from pathlib import Path

import pytest

from suar.hsds import files
from tests.hsds.files import CSV_FOLDERS, JSON_FILES, OFFICIAL, folder_as_zip

EMPTY = ("base.json", "root.json", "taxonom")


@pytest.mark.parametrize("path", JSON_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_official_json_example_is_read_whole(path: Path) -> None:
    parsed = files.parse(path.read_bytes())
    assert parsed.refused == ()
    count = len(parsed.providers) + len(parsed.sites) + len(parsed.services)
    assert (count == 0) == path.name.startswith(EMPTY)


@pytest.mark.parametrize("folder", CSV_FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_official_table_is_read_whole(folder: Path) -> None:
    parsed = files.parse_folder(folder)
    assert parsed.refused == ()
    assert (len(parsed.providers), len(parsed.sites), len(parsed.services)) == (1, 1, 1)
    [service] = parsed.services
    assert service.sites == [str(parsed.sites[0].id)]
    assert service.hours[0]["days"] == [3, 4]
    assert service.phones[0]["number"] == "+44 1234 234567"


@pytest.mark.parametrize("folder", CSV_FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_zip_of_tables_reads_as_its_folder(folder: Path) -> None:
    for inside in ("", "datapackage/"):
        assert files.parse(folder_as_zip(folder, inside)) == files.parse_folder(folder)


@pytest.mark.parametrize("version", ["3.0", "3.1-dev"])
def test_tables_and_nested_json_give_the_same_service(version: str) -> None:
    nested = files.parse((OFFICIAL / version / "service_full.json").read_bytes()).services[0]
    tables = files.parse_folder(OFFICIAL / version / "csv").services[0]
    for field in ("id", "provider", "status", "name", "access", "confirmed", "eligibility", "hours"):
        assert getattr(nested, field) == getattr(tables, field)


def test_a_position_that_is_not_on_earth_is_left_out_with_a_note() -> None:
    parsed = files.parse((OFFICIAL / "3.0" / "location.json").read_bytes())
    assert parsed.sites[0].latitude is None
    assert [(item.field, item.why) for item in parsed.left_out] == [("latitude", "not_on_earth")]
