"""Problems of a file are reported with row, field and reason."""

import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from suar.hsds import files
from suar.hsds.files import readers, tables
from tests.hsds.files import OFFICIAL, an_id, as_json, as_zip, provider, service

FULL = json.loads((OFFICIAL / "3.1-dev" / "organization_full.json").read_text())


def reasons_of(content: bytes) -> list[tuple[str, str]]:
    return [(item.field, item.why) for item in files.parse(content).refused]


def changed(path: str, value: Any = None, *, gone: bool = False) -> bytes:
    """Return the official full example with one change."""
    copy = json.loads(json.dumps(FULL))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = copy
    for step in way:
        place = place[step]
    if gone:
        del place[last]
    else:
        place[last] = value
    return json.dumps(copy).encode()


ALTERED = [
    ("services.0.id", "not-an-id", "id", "not_uuid"),
    ("services.0.id", 7, "id", "not_text"),
    ("services.0.status", "open", "status", "not_listed"),
    ("services.0.name", None, "name", "null"),
    ("services.0.name", ["a"], "name", "not_text"),
    ("services.0.name", "=cmd|' /C calc'!A0", "name", "formula"),
    ("services.0.name", "@SUM(1)", "name", "formula"),
    ("services.0.name", "\uff1d1+1", "name", "formula"),
    ("services.0.name", "a\u0000b", "name", "control_sign"),
    ("services.0.name", "safe\u202eexe", "name", "control_sign"),
    ("services.0.name", "x" * 20_001, "name", "too_long"),
    ("services.0.email", "nobody", "email", "not_email"),
    ("services.0.url", "javascript:alert(1)", "url", "not_uri"),
    ("services.0.url", "http://[", "url", "not_uri"),
    ("services.0.url", "http:///path", "url", "not_uri"),
    ("services.0.minimum_age", "12", "minimum_age", "not_number"),
    ("services.0.minimum_age", True, "minimum_age", "not_number"),
    ("services.0.minimum_age", -3, "minimum_age", "out_of_range"),
    ("services.0.maximum_age", 1e300, "maximum_age", "not_number"),
    ("services.0.assured_date", "yesterday", "assured_date", "not_date"),
    ("services.0.last_modified", "now", "last_modified", "not_moment"),
    ("services.0.schedules.0.opens_at", "late", "opens_at", "not_time"),
    ("services.0.phones", None, "", "null"),
    ("services.0.phones", {}, "", "not_list"),
    ("services.0.phones", ["123"], "", "not_object"),
    ("services.0.phones.0.number", None, "number", "null"),
    ("locations.0.location_type", "secret", "location_type", "not_listed"),
    ("locations", "x", "", "not_list"),
    ("suar", [], "suar", "not_object"),
]


@pytest.mark.parametrize(("path", "value", "field", "why"), ALTERED)
def test_an_altered_official_example_is_refused_at_its_field(path: str, value: Any, field: str, why: str) -> None:
    assert (field, why) in reasons_of(changed(path, value))


@pytest.mark.parametrize("path", ["services.0.id", "services.0.status", "locations.0.id"])
def test_a_missing_field_is_named(path: str) -> None:
    assert (path.split(".")[-1], "missing") in reasons_of(changed(path, gone=True))


def test_a_problem_names_its_row() -> None:
    [problem] = files.parse(as_json(provider(service(), service("food", email="x")))).refused
    assert problem.row == "entry 1, services 2"


def test_a_missing_id_of_an_entry_is_reported_with_its_guessed_type() -> None:
    nameless = {key: value for key, value in provider(service()).items() if key != "id"}
    assert reasons_of(as_json(nameless)) == [("id", "missing")]


ENTRIES = [
    ([service(), service()], [("id", "duplicate_id")]),
    ([service(), {**service(), "name": "Other"}], [("name", "differs"), ("id", "duplicate_id")]),
    (["text"], [("", "not_object")]),
    ([{"colour": "red"}], [("", "not_hsds")]),
    ([service(suar={"hidden": True})], [("suar.hidden", "unknown_key")]),
    ([service(suar={"types": ["HOU_CASTLE"]})], [("suar.types", "unknown_code")]),
    ([service(suar={"types": "HOU_MEN"})], [("suar.types", "not_list")]),
    ([service(suar={"areas": ["99.99"]})], [("suar.areas", "unknown_code")]),
    ([service(suar={"sex": [None]})], [("suar.sex", "null")]),
    ([service(suar={"papers": "LOTS"})], [("suar.papers", "not_listed")]),
    ([service(suar={"languages": ["Sundanese!"]})], [("suar.languages", "unknown_language")]),
    ([service(suar={"languages": "su"})], [("suar.languages", "not_list")]),
    ([service(suar={"cooperation": "no"})], [("suar.cooperation", "not_yes_no")]),
    ([service(suar={"age_min": 12.5})], [("suar.age_min", "not_whole")]),
    ([service(suar={"age_min": 130})], [("suar.age_min", "out_of_range")]),
    ([service(suar={"age_min": 18, "age_max": 3})], [("suar.age_max", "age_order")]),
    ([service(suar={"places": {"total": 3, "free": 4}})], [("suar.places.free", "out_of_range")]),
    ([service(suar={"places": {"as_of": "soon"}})], [("suar.places.as_of", "not_date")]),
    ([service(suar={"urgent": {"tested": "2026-01-01"}})], [("suar.urgent.number", "missing")]),
    ([service(schedules=[{"id": an_id("s"), "byday": "MO,XX"}])], [("byday", "not_weekday")]),
    ([service(suar={"urgent": "112"})], [("suar.urgent", "not_object")]),
    ([service(suar={"translations": []})], [("suar.translations", "not_object")]),
    ([service(suar={"translations": {"id": 1}})], [("suar.translations.id", "not_object")]),
    ([service(suar={"translations": {"id": {"access": 1}}})], [("suar.translations.id.access", "not_object")]),
    (
        [service(suar={"translations": {"id": {"access": {"AC_WHO": "x"}}}})],
        [("suar.translations.id.access.AC_WHO", "not_listed")],
    ),
    ([service(suar={"translations": {"id": {"name": 4}}})], [("suar.translations.id.name", "not_text")]),
    ([service(suar={"translations": {"Bahasa": {"name": "x"}}})], [("suar.translations.Bahasa", "unknown_language")]),
    ([service(suar={"urgent": {"number": "tel:112"}})], [("suar.urgent.number", "not_telephone")]),
    ([service(suar={"urgent": {"number": "112", "hours": "all"}})], [("suar.urgent.hours", "not_object")]),
    (
        [
            service(suar={}),
            service("food", organization={**provider(), "suar": {}}),
            service("rest", organization={**provider(), "suar": {"answers_by_link": True}}),
        ],
        [("suar", "differs")],
    ),
    (
        [service(service_at_locations=[{"id": an_id("at"), "location_id": an_id("nowhere")}])],
        [("location_id", "leads_nowhere")],
    ),
]


@pytest.mark.parametrize(("entries", "expected"), ENTRIES)
def test_entries_that_cannot_be_trusted_are_refused(entries: list, expected: list) -> None:
    assert reasons_of(as_json(*entries)) == expected


WHOLE_FILES = [
    (b"", "empty_file"),
    (b"  \n", "empty_file"),
    (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml"),
    (b"id,name\n1,x\n", "not_hsds"),
    (b"%PDF-1.7", "not_hsds"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet"),
    (b"{not json", "bad_json"),
    (b'{"contents": NaN}', "bad_json"),
    (b'{"contents": 5}', "not_hsds"),
    (b'{"id": "1", "id": "2"}', "repeated_key"),
    (b'{"a": "\xff"}', "bad_encoding"),
    (b'{"a"\x00: 1}', "nul"),
    (b"[" * 101 + b"]" * 101, "not_object"),
    (b"[" * 200_000, "too_deep"),
    (b'{"as_of": "today", "contents": []}', "not_date"),
    (b"PK\x03\x04 and nothing", "bad_zip"),
    (as_zip({"notes.txt": "hello"}), "no_tables"),
    (as_zip({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"}), "no_tables"),
    (as_zip({"../services.csv": "id"}), "zip_path"),
    (as_zip({"/etc/services.csv": "id"}), "zip_path"),
    (as_zip({"C:\\services.csv": "id"}), "zip_path"),
    (as_zip({"services.csv": "0" * 5_000_000}), "zip_bomb"),
    (as_zip({"a/services.csv": "id", "b/services.csv": "id"}), "duplicate_file"),
    (as_zip({f"{number}.csv": "id" for number in range(101)}), "too_many_files"),
    (as_zip({"services.csv": b"id,name\n\xff\xfe,x"}), "bad_encoding"),
    (as_zip({"services.csv": b"id,name\n\x00,x"}), "nul"),
    (as_zip({"services.csv": 'id,name\n"never closed'}), "bad_csv"),
    (as_zip({"services.csv": "id,id\n1,2\n"}), "repeated_key"),
    (b'{"services.csv": {}}', "not_hsds"),
    (b" " * (files.MAX_BYTES + 1), "too_big"),
    (b'{"services.csv": [3]}', "not_object"),
]


@pytest.mark.parametrize(("content", "why"), WHOLE_FILES, ids=range(len(WHOLE_FILES)))
def test_a_file_that_is_no_directory_is_refused_whole(content: bytes, why: str) -> None:
    assert [item.why for item in files.parse(content).refused] == [why]


def test_a_link_and_a_secret_file_in_a_zip_are_refused() -> None:
    link = zipfile.ZipInfo("services.csv")
    link.external_attr = 0o120777 << 16
    assert [p.why for p in files.parse(as_zip({link: "/etc/passwd"})).refused] == ["zip_link"]
    secret = bytearray(as_zip({"services.csv": "id"}))
    for start in (b"PK\x03\x04", b"PK\x01\x02"):
        secret[secret.index(start) + (6 if start.endswith(b"\x04") else 8)] |= 1
    assert [p.why for p in files.parse(bytes(secret)).refused] == ["zip_secret"]


HEADER = "id,organization_id,name,status"
ROWS = [
    (f"{HEADER}\n{an_id('a')},{an_id('o')},=1+1,active", ("name", "formula")),
    (f"{HEADER}\n{an_id('a')},{an_id('o')},x,active,more", ("", "cells")),
    (f"{HEADER}\n{an_id('a')},{an_id('o')},x", ("", "cells")),
    (f"{HEADER}\n{an_id('a')},,x,active", ("organization_id", "missing")),
    (f"{HEADER}\n" + f"{an_id('a')},{an_id('o')},x,active\n" * 2, ("id", "duplicate_id")),
    (f"{HEADER},suar\n{an_id('a')},{an_id('o')},x,active,{{", ("suar", "bad_json")),
    (f"{HEADER},minimum_age\n{an_id('a')},{an_id('o')},x,active,twelve", ("minimum_age", "not_number")),
]


@pytest.mark.parametrize(("table", "expected"), ROWS)
def test_a_wrong_row_of_a_table_is_named_by_its_line(table: str, expected: tuple) -> None:
    problems = files.parse(as_zip({"services.csv": table})).refused
    assert expected in [(problem.field, problem.why) for problem in problems]
    assert all(problem.row.startswith("services.csv, line ") for problem in problems)


def test_too_many_rows_and_too_many_problems_stop_the_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = json.dumps([{"id": an_id("x")}] * 300).encode()
    assert reasons_of(many)[-1] == ("", "too_many_problems")
    assert tables.MAX_ROWS == 50_000
    monkeypatch.setattr(tables, "MAX_ROWS", 50)
    rows = "id,label,url\n" + "".join(f"{an_id(str(n))},a,http://a\n" for n in range(51))
    assert reasons_of(as_zip({"url.csv": rows})) == [("", "too_many_rows")]


def test_a_phone_number_with_a_plus_is_not_a_formula() -> None:
    phones = [{"id": an_id("p"), "number": "+62 000 0000 0101"}]
    parsed = files.parse(as_json(provider(service(phones=phones))))
    assert parsed.services[0].phones[0]["number"] == "+62 000 0000 0101"


@pytest.mark.parametrize("number", ["javascript:alert(1)", "ask the guard", "12"])
def test_an_invalid_phone_number_of_a_service_or_provider_is_refused(
    number: str,
) -> None:
    phones = [{"id": an_id("p"), "number": number}]
    wrong = [("number", "not_telephone")]
    assert reasons_of(as_json(provider(service(phones=phones)))) == wrong
    assert reasons_of(as_json(provider(phones=phones))) == wrong


def test_a_folder_without_tables_or_with_far_too_large_ones_is_refused(tmp_path: Path) -> None:
    assert [p.why for p in files.parse_folder(tmp_path).refused] == ["no_tables"]
    with (tmp_path / "services.csv").open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    assert [p.why for p in files.parse_folder(tmp_path).refused] == ["too_big"]


def test_a_zip_with_too_large_contents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert readers.MAX_BYTES == 20 * 1024 * 1024
    monkeypatch.setattr(readers, "MAX_BYTES", 1000)
    noise = random.Random(1).randbytes(600)
    assert reasons_of(as_zip({"services.csv": noise, "phones.csv": noise})) == [("", "too_big")]


def test_ages_of_plain_hsds_must_be_in_order() -> None:
    assert reasons_of(as_json(service(minimum_age=40, maximum_age=20))) == [("maximum_age", "age_order")]
