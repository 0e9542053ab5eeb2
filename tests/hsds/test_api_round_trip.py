"""Importing the served directory changes nothing here, and gives the same directory elsewhere."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from suar.directory import models
from suar.hsds import files
from suar.hsds.api import lists
from tests.directory.entries import apply, load
from tests.hsds.asking import get, lines
from tests.hsds.files import OFFICIAL, an_id
from tests.hsds.public import PUBLIC, world

pytestmark = pytest.mark.django_db
TABLES = (
    models.Provider,
    models.Site,
    models.Service,
    models.ServiceType,
    models.ServiceArea,
    models.ServiceSnapshot,
)


@pytest.fixture(autouse=True)
def invented(public_site: None) -> None:
    report = load(*world())
    assert report.applied, report.refused


def stored_entries() -> list[str]:
    """Return every row of the directory, without automatic ids."""
    counted = (models.ServiceType, models.ServiceArea)
    rows = []
    for table in TABLES:
        names = [
            concrete_field.attname
            for concrete_field in table._meta.concrete_fields
            if concrete_field.name != "id" or table not in counted
        ]
        rows += sorted(map(repr, table.objects.values_list(*names)))
    return rows + sorted(map(repr, models.Service.sites.through.objects.values_list("service", "site")))


def as_file(contents: list[Any]) -> bytes:
    return json.dumps({"contents": contents}).encode()


@pytest.mark.parametrize("path", ["/services", "/organizations", "/service_at_locations"])
def test_importing_the_served_directory_changes_nothing(path: str) -> None:
    before = stored_entries()
    parsed = files.parse(
        as_file(lines(path, full="true", full_service="true") if path == "/organizations" else lines(path, full="true"))
    )
    assert parsed.refused == ()
    report = apply(parsed)
    assert report.applied, report.refused
    assert (sum(numbers_of(report.created)), sum(numbers_of(report.changed))) == (0, 0)
    assert stored_entries() == before


def numbers_of(counted: Any) -> tuple[int, int, int]:
    return counted.providers, counted.sites, counted.services


def test_importing_lists_without_children_changes_nothing() -> None:
    before = stored_entries()
    for path in ("/services", "/organizations"):
        assert apply(files.parse(as_file(lines(path)))).applied
    assert stored_entries() == before


def test_an_import_on_another_installation_is_served_the_same() -> None:
    served = json.dumps(lists.export_directory())
    for table in reversed(TABLES):
        table.objects.all().delete()
    assert apply(files.parse(served.encode())).applied
    again = lists.export_directory()
    for item in (first := json.loads(served))["contents"] + again["contents"]:
        item.pop("last_modified")
    assert again == first
    assert {item["id"] for item in again["contents"]} == PUBLIC


def test_importing_the_data_package_changes_nothing() -> None:
    """Also the phones of organizations are in it: a table of phones without them would delete them."""
    before, package = stored_entries(), get("/datapackage.zip")
    assert package["Content-Type"] == "application/zip"
    parsed = files.parse(package.content)
    assert parsed.refused == ()
    report = apply(parsed)
    assert report.applied, report.refused
    assert (sum(numbers_of(report.created)), sum(numbers_of(report.changed))) == (0, 0)
    assert stored_entries() == before
    assert get("/datapackage.zip").content == package.content


def test_the_data_package_has_the_tables_and_columns_of_the_standard() -> None:
    with zipfile.ZipFile(io.BytesIO(get("/datapackage.zip").content)) as archive:
        tables = {name: archive.read(name).decode() for name in archive.namelist()}
    described = {table["path"]: table for table in json.loads(tables.pop("datapackage.json"))["resources"]}
    assert set(described) == set(tables) > {"services.csv", "organizations.csv", "locations.csv", "phones.csv"}
    for name, text in tables.items():
        [columns, *rows] = csv.reader(io.StringIO(text))
        official = (OFFICIAL / "3.1-dev" / "csv" / name).read_text("utf-8").splitlines()[0].split(",")
        assert set(columns) <= {*official, "suar"} and rows
        fields = described[name]["schema"]["fields"]
        assert [field["name"] for field in fields] == columns
        for field in fields:
            wanted = field.get("constraints", {}).get("required")
            assert all(row[columns.index(field["name"])] for row in rows) or not wanted


def test_phones_keep_their_type() -> None:
    [bed] = [service for service in lists.iter_services() if service["id"] == an_id("bed")]
    numbers = [("+62 000 0000 0201", "text"), ("+62 000 0000 0202", "voice"), ("+62 000 0000 0203", "carrier pigeon")]
    bed["phones"] = [{"id": an_id(number), "number": number, "type": type_} for number, type_ in numbers]
    assert apply(files.parse(as_file([bed]))).applied
    [served] = [service for service in lists.iter_services() if service["id"] == an_id("bed")]
    assert [phone["type"] for phone in served["phones"]] == ["text", "voice", "voice"]
    page = Client().get(f"/en/s/{an_id('bed')}").content.decode()
    assert 'href="sms:+6200000000201"' in page and "Messages only" in page
    assert 'href="tel:+6200000000201"' not in page and 'href="tel:+6200000000202"' in page


def test_a_hidden_place_stays_hidden_on_another_installation() -> None:
    served = json.dumps(lists.export_directory())
    for table in reversed(TABLES):
        table.objects.all().delete()
    apply(files.parse(served.encode()))
    [hidden] = models.Site.objects.filter(hidden=True)
    assert str(hidden.id) != an_id("secret")
    assert [str(item.id) for item in hidden.service_set.all()] == [an_id("safe")]


def test_a_service_loses_a_hidden_place_that_its_file_no_longer_states() -> None:
    """Positive control: only the placeholder keeps hidden places; a file with the sites may drop them."""
    [safe] = [service for service in lists.iter_services() if service["id"] == an_id("safe")]
    safe["service_at_locations"] = [
        item
        for item in safe["service_at_locations"]
        if "suar" not in item["location"] or "hidden" not in item["location"]["suar"]
    ]
    assert apply(files.parse(as_file([safe]))).changed.services == 1
    assert not models.Site.objects.filter(hidden=True, service__isnull=False).exists()
