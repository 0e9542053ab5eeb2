"""HSDS 3, the Human Services Data Specification: from a file to directory entries, without Django."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from suar.directory.documents import ParsedDirectory, ServiceEntry
from suar.hsds.files.csv_files import MOST_BYTES, read_folder, read_zip
from suar.hsds.files.entries import build_entries
from suar.hsds.files.json_files import read_json
from suar.hsds.files.tables import Stop, Tables
from suar.hsds.files.values import InvalidValue, check_value

__all__ = ["MOST_BYTES", "moved", "parse", "parse_folder"]

ZIP = b"PK\x03\x04"
OTHER_SIGNATURES = {b"%PDF": "not_hsds", b"PK\x05\x06": "no_tables", b"\xd0\xcf\x11\xe0": "spreadsheet"}


def parse(content: bytes) -> ParsedDirectory:
    """Read a JSON file or a zip of CSV files; all that is wrong stands in `refused`.

    Runs in this process: a file from outside goes through `suar.hsds.reading`.
    """
    try:
        found, envelope = _read_tables(content)
        return replace(build_entries(found), as_of=_as_of(found, envelope))
    except Stop as stop:
        return ParsedDirectory(refused=(stop.problem,))


def parse_folder(folder: Path) -> ParsedDirectory:
    """Read a folder of CSV files; all that is wrong stands in `refused`."""
    try:
        return build_entries(read_folder(folder))
    except Stop as stop:
        return ParsedDirectory(refused=(stop.problem,))


def shift_dates(parsed: ParsedDirectory, *, to: date) -> ParsedDirectory:
    """Move every date of an invented file by the days between its `as_of` and another day."""
    by = to - parsed.as_of if parsed.as_of else timedelta(0)
    return replace(parsed, services=tuple(_shift_service(each, by) for each in parsed.services), as_of=to)


def _shift_service(entry: ServiceEntry, by: timedelta) -> ServiceEntry:
    let_in, urgent = entry.eligibility, entry.urgent
    if let_in and let_in.places_as_of:
        let_in = replace(let_in, places_as_of=let_in.places_as_of + by)
    if urgent and urgent.tested:
        urgent = replace(urgent, tested=urgent.tested + by)
    confirmed = entry.confirmed + by if entry.confirmed else None
    return replace(entry, confirmed=confirmed, eligibility=let_in, urgent=urgent)


def _as_of(found: Tables, envelope: Mapping[str, Any]) -> date | None:
    if "as_of" not in envelope:
        return None
    try:
        return check_value(envelope["as_of"], "date")  # type: ignore[no-any-return]  # a date
    except InvalidValue as wrong:
        raise Stop(wrong.why, wrong.detail, row="as_of") from None


def _read_tables(content: bytes) -> tuple[Tables, Mapping[str, Any]]:
    if len(content) > MOST_BYTES:
        raise Stop("too_big", str(MOST_BYTES))
    for start, why in OTHER_SIGNATURES.items():
        if content.startswith(start):
            raise Stop(why)
    if content.startswith(ZIP):
        return read_zip(content), {}
    return read_json(_text(content))


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Stop("bad_encoding") from None
    if "\x00" in text:
        raise Stop("nul")
    if not text:
        raise Stop("empty_file")
    if text.startswith("<"):
        raise Stop("xml")
    if not text.startswith(("{", "[")):
        raise Stop("not_hsds")
    return text
