"""HSDS 3, the Human Services Data Specification: from a file to directory entries, without Django."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TextIO

from pydantic import TypeAdapter

from suar.directory.documents import Entry, ParsedDirectory
from suar.hsds.files.entries import build_entries
from suar.hsds.files.readers import MAX_BYTES, decode, load_json, read_folder, read_json, read_zip
from suar.hsds.files.tables import UnreadableFile

__all__ = ["MAX_BYTES", "from_json", "parse", "parse_folder", "shift_dates", "to_json"]

ZIP = b"PK\x03\x04"
OTHER_SIGNATURES = {b"%PDF": "not_hsds", b"PK\x05\x06": "no_tables", b"\xd0\xcf\x11\xe0": "spreadsheet"}
_DIRECTORY = TypeAdapter(ParsedDirectory)
LISTS = ("providers", "sites", "services")


def parse(content: bytes) -> ParsedDirectory:
    """Read a JSON file or a zip of CSV files; `refused` has all problems.

    Runs in this process: a file from outside goes through `suar.hsds.reading`.
    """
    try:
        if content.startswith(ZIP) and len(content) <= MAX_BYTES:
            return build_entries(read_zip(content))
        loaded = _load(content)
        # A large file and its text are freed before the objects are built.
        del content
        tables, page = read_json(loaded)
        del loaded
        return replace(build_entries(tables), as_of=_as_of(page))
    except RecursionError:
        return ParsedDirectory(refused=(UnreadableFile("too_deep").problem,))
    except UnreadableFile as stop:
        return ParsedDirectory(refused=(stop.problem,))


def parse_folder(folder: Path) -> ParsedDirectory:
    """Read a folder of CSV files; `refused` has all problems."""
    try:
        return build_entries(read_folder(folder))
    except UnreadableFile as stop:
        return ParsedDirectory(refused=(stop.problem,))


def to_json(parsed: ParsedDirectory) -> str:
    """Return the entries as ASCII JSON, for another process or the database."""
    return _DIRECTORY.dump_json(parsed, ensure_ascii=True).decode("ascii")


def write_json(parsed: ParsedDirectory, out: TextIO) -> None:
    """Write what `to_json` returns, one entry at a time: a large file has no second copy in memory."""
    out.write("{")
    for name in LISTS:
        out.write(f'"{name}":[')
        for number, entry in enumerate(getattr(parsed, name)):
            out.write(("," if number else "") + entry.model_dump_json(ensure_ascii=True))
        out.write("],")
    rest = _DIRECTORY.dump_python(parsed, mode="json", exclude={*LISTS})
    out.write(json.dumps(rest)[1:])


def from_json(text: str) -> ParsedDirectory:
    """Return the entries of a JSON text. Raises ValueError for anything else."""
    return _DIRECTORY.validate_json(text, strict=True)


def shift_dates(parsed: ParsedDirectory, *, to: date) -> ParsedDirectory:
    """Move every date of an invented file by the days between its `as_of` and another day."""
    by = to - parsed.as_of if parsed.as_of else timedelta(0)
    return replace(parsed, services=tuple(_shift_service(service, by) for service in parsed.services), as_of=to)


def _shift_service(entry: Entry, by: timedelta) -> Entry:
    stated = entry.stated
    shifted: dict[str, Any] = {"confirmed": _shift(stated.get("confirmed"), by)}
    for part, name in (("eligibility", "places_as_of"), ("urgent", "tested")):
        if part in stated:
            shifted[part] = {**stated[part], name: _shift(stated[part][name], by)}
    return entry.model_copy(update=shifted)


def _shift(day: str | None, by: timedelta) -> str | None:
    return (date.fromisoformat(day) + by).isoformat() if day else None


def _as_of(page: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(page["as_of"]) if "as_of" in page else None
    except (TypeError, ValueError):
        raise UnreadableFile("not_date", row="as_of") from None


def _load(content: bytes) -> Any:
    """Return the content of a JSON file; raises UnreadableFile for any other kind of file."""
    if len(content) > MAX_BYTES:
        raise UnreadableFile("too_big", str(MAX_BYTES))
    for start, why in OTHER_SIGNATURES.items():
        if content.startswith(start):
            raise UnreadableFile(why)
    text = decode(content).strip()
    if not text.startswith(("{", "[")):
        raise UnreadableFile("empty_file" if not text else "xml" if text.startswith("<") else "not_hsds")
    return load_json(text)
