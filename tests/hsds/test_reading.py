"""Files from outside are read in a separate process with limits of memory and time."""

import json
import time
from pathlib import Path

import pytest

from suar.directory.documents import ParsedDirectory
from suar.hsds import files, reading
from suar.hsds.files import from_json, to_json
from tests.hsds.files import CSV_FOLDERS, OFFICIAL, an_id, as_json, as_zip, provider, service


def test_the_child_reads_what_this_process_reads() -> None:
    path = OFFICIAL / "3.1-dev" / "organization_full.json"
    assert reading.read_path(path) == files.parse(path.read_bytes())
    assert reading.read_path(CSV_FOLDERS[0]) == files.parse_folder(CSV_FOLDERS[0])


def test_a_large_file_is_refused_by_its_size_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    began = time.monotonic()
    assert [item.why for item in reading.read_path(path).refused] == ["too_big"]
    assert time.monotonic() - began < 0.5
    assert [item.why for item in reading.read_upload(b" " * (files.MAX_BYTES + 1)).refused] == ["too_big"]


HOSTILE = [
    (b"[" * 5_000_000, "too_deep"),
    (b"[" + b"{}," * 5_000_000 + b"{}]", "too_much_memory"),
    (b"[" + b"1," * 3_000_000 + b"1]", "too_many_problems"),
    (as_zip({"services.csv": b"\x00" * 15_000_000}), "zip_bomb"),
    (as_zip({"../../services.csv": "id"}), "zip_path"),
]


@pytest.mark.parametrize(("content", "why"), HOSTILE, ids=[why for _, why in HOSTILE])
def test_hostile_files_are_refused_and_this_process_goes_on(content: bytes, why: str) -> None:
    refused = reading.read_upload(content).refused
    assert refused[-1].why == why
    assert len(refused) <= 201


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_WAIT_SECONDS", 0.001)
    assert [item.why for item in reading.read_upload(b"[]").refused] == ["too_slow"]


@pytest.mark.parametrize("child", ["suar.no_such_module", "this"])
def test_a_child_that_fails_or_prints_garbage_is_a_refusal(child: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PROGRAM", child)
    assert [item.why for item in reading.read_upload(b"[]").refused] == ["child_failed"]


def test_entries_travel_between_processes_unchanged() -> None:
    parsed = files.parse(as_json(provider(service(assured_date="2026-01-02")), as_of="2026-01-03"))
    assert from_json(to_json(parsed)) == parsed


@pytest.mark.parametrize("change", [{"services": 4}, {"providers": [{}]}, {"as_of": 5}])
def test_output_that_is_no_directory_is_refused(change: dict) -> None:
    content = {**json.loads(to_json(ParsedDirectory())), **change}
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_json(json.dumps(content))


def test_an_id_of_a_file_is_stored() -> None:
    assert str(reading.read_upload(as_json(service())).services[0].id) == an_id("bed")
