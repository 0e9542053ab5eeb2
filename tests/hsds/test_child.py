"""The reading process, run in this process: its output, and the limit of memory."""

import io
import sys
from pathlib import Path

import pytest

from bench import synthetic
from suar.core import sandbox
from suar.hsds import files, reading
from suar.hsds.files import MAX_BYTES, from_json
from tests.hsds.files import CSV_FOLDERS, as_json, service


@pytest.fixture(autouse=True)
def unconfined(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, tuple[int, int]]]:
    """Record the limits instead of setting them, because they would apply to the whole test run."""
    noted: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(sandbox.resource, "setrlimit", lambda *limit: noted.append(limit))
    return noted


def printed(capsys: pytest.CaptureFixture[str]) -> object:
    return from_json(capsys.readouterr().out)


def test_the_process_reads_its_input_or_a_folder_within_limits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unconfined: list
) -> None:
    content = as_json(service())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert reading.main([]) == 0
    assert printed(capsys) == files.parse(content)
    assert reading.main([str(CSV_FOLDERS[0])]) == 0
    assert printed(capsys) == files.parse_folder(CSV_FOLDERS[0])
    assert {most for _, (most, _) in unconfined} == {reading.MEMORY_BYTES, reading.SECONDS, 0}


def test_too_much_memory_is_reported_as_a_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def greedy(folder: Path) -> None:
        raise MemoryError

    monkeypatch.setattr(files, "parse_folder", greedy)
    assert reading.ENDINGS[reading.main(["anywhere"])] == "too_much_memory"
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_a_file_of_10_000_services_is_read_within_the_limits() -> None:
    """The process itself, also on a busy machine: the limit is its computing time, not the time on the wall."""
    content = as_json(*synthetic.services(10_000))
    assert len(content) > MAX_BYTES // 2
    parsed = reading.read_upload(content)
    assert [problem.why for problem in parsed.refused] == []
    assert len(parsed.services) == 10_000


def test_what_the_process_writes_is_what_is_stored() -> None:
    parsed = files.parse(as_json(service("one"), service("two"), {"id": "no id"}))
    out = io.StringIO()
    files.write_json(parsed, out)
    assert from_json(out.getvalue()) == parsed == from_json(files.to_json(parsed))
