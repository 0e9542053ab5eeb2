"""Read HSDS as JSON, or as the CSV files of a tabular data package in a folder or a zip."""

import csv
import io
import json
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from suar.hsds.files.schema import EXTENSION, MAX_LENGTH, object_types, parent_kinds, table_kinds
from suar.hsds.files.tables import Record, Tables, UnreadableFile

MAX_BYTES = 20 * 1024 * 1024
MAX_RATIO = 100
MAX_FILES = 100
TOP_KINDS = ("service", "organization", "location", "service_at_location", "taxonomy_term", "taxonomy")
API_KEYS = {"openapi_url", "profile"}
MAX_NAMES = 500_000
"""The limit of names in a JSON file; 20 MB of entries have fewer."""
csv.field_size_limit(MAX_LENGTH * 4)


def read_folder(folder: Path) -> Tables:
    """Read the CSV files of a folder; other files are not opened."""
    files = {path.name: path for path in sorted(folder.glob("*.csv")) if path.stem in table_kinds() and path.is_file()}
    if sum(path.stat().st_size for path in files.values()) > MAX_BYTES:
        raise UnreadableFile("too_big", str(MAX_BYTES))
    return _read_csv_files({name: path.read_bytes() for name, path in files.items()})


def read_zip(content: bytes) -> Tables:
    """Read the CSV files of a zip without unpacking it to disk.

    Raises UnreadableFile on links, paths that lead outside, encrypted files, and too large contents.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_csv_files(_read_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        raise UnreadableFile("bad_zip") from None


def _read_members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_FILES:
        raise UnreadableFile("too_many_files", str(MAX_FILES))
    left, files = MAX_BYTES, {}
    for info in infos:
        _refuse_unsafe(info)
        path = PurePosixPath(info.filename)
        if path.suffix != ".csv" or path.stem not in table_kinds() or "__MACOSX" in path.parts:
            continue
        if path.name in files:
            raise UnreadableFile("duplicate_file", path.name)
        with archive.open(info) as member:
            files[path.name] = member.read(left + 1)
        left -= len(files[path.name])
        if left < 0:
            raise UnreadableFile("too_big", str(MAX_BYTES))
    return files


def _refuse_unsafe(info: zipfile.ZipInfo) -> None:
    path, name = PurePosixPath(info.filename), info.filename[:60]
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
        raise UnreadableFile("zip_path", name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile("zip_link", name)
    if info.flag_bits & 0x1:
        raise UnreadableFile("zip_secret", name)
    if info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise UnreadableFile("zip_bomb", name)


def _read_csv_files(files: Mapping[str, bytes]) -> Tables:
    if not files:
        raise UnreadableFile("no_tables")
    tables = Tables()
    for name, content in files.items():
        _add_table(tables, name, _read_csv(tables, name, decode(content, row=name)))
    return tables


def decode(content: bytes, *, row: str = "") -> str:
    """Return the text of a UTF-8 file; raises UnreadableFile."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile("bad_encoding", row=row) from None
    if "\x00" in text:
        raise UnreadableFile("nul", row=row)
    return text


def _read_csv(tables: Tables, name: str, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the place and the values of each row; empty cells are left out, the extension is JSON."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = list(reader.fieldnames or ())
        if len(set(header)) < len(header):
            raise UnreadableFile("repeated_key", row=name)
        for cells in reader:
            where = f"{name}, line {reader.line_num}"
            if None in cells or None in cells.values():
                tables.refuse(where, "", "cells", str(len(header)))
                continue
            row: dict[str, Any] = {name: cell for name, cell in cells.items() if cell}
            try:
                row |= {EXTENSION: json.loads(row[EXTENSION])} if EXTENSION in row else {}
            except ValueError:
                tables.refuse(where, EXTENSION, "bad_json")
                del row[EXTENSION]
            yield where, row
    except csv.Error:
        raise UnreadableFile("bad_csv", row=f"{name}, line {reader.line_num}") from None


def _add_table(tables: Tables, name: str, rows: Iterable[tuple[str, Any]]) -> None:
    kind = table_kinds()[name.removesuffix(".csv")]
    tables.stated_tables.add(kind)
    for where, raw in rows:
        if not isinstance(raw, Mapping):
            tables.refuse(where, "", "not_object")
            continue
        record = tables.add(kind, raw, where, from_table=True)
        if record is None:
            continue
        if record.where != where:
            tables.refuse(where, "id", "duplicate_id", record.where)
        for field, parent in parent_kinds(kind).items():
            if field in record.values:
                tables.link(parent, record.values[field], record)


def read_json(content: Any) -> tuple[Tables, Mapping[str, Any]]:
    """Read one object, a list, a page of a list, or tables by name; return also the page itself.

    The list is emptied while it is read, so that memory does not hold a large file twice.
    """
    tables, page = Tables(), content if isinstance(content, Mapping) else {}
    if page and all(name.removesuffix(".csv") in table_kinds() and isinstance(page[name], list) for name in page):
        for name, rows in page.items():
            table = f"{name.removesuffix('.csv')}.csv"
            _add_table(tables, table, ((f"{table}, row {number}", row) for number, row in enumerate(rows, 1)))
        return tables, {}
    if API_KEYS & set(page):
        return tables, {}
    entries = page.get("contents", [content]) if page else content
    if not isinstance(entries, list):
        raise UnreadableFile("not_hsds")
    entries.reverse()
    number = 0
    while entries:
        number += 1
        _add_entry(tables, entries.pop(), f"entry {number}")
    return tables, page


def load_json(text: str) -> Any:
    """Parse JSON; raises UnreadableFile for a repeated or an endless number of names."""
    # Counted before it is parsed: millions of names take long and much memory.
    if text.count(":") > MAX_NAMES:
        raise UnreadableFile("too_many_names", str(MAX_NAMES))
    try:
        return json.loads(text, object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except ValueError as error:
        raise UnreadableFile("bad_json", str(getattr(error, "lineno", ""))) from None


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, value in pairs:
        if name in content:
            raise UnreadableFile("repeated_key", name[:40])
        content[name] = value
    return content


def _refuse_constant(name: str) -> Any:
    raise UnreadableFile("bad_json", name)


def _add_entry(tables: Tables, entry: Any, where: str) -> None:
    if not isinstance(entry, Mapping):
        tables.refuse(where, "", "not_object")
        return
    kind = _guess_kind(entry)
    if kind is None:
        tables.refuse(where, "", "not_hsds")
        return
    record = _add_object(tables, kind, entry, where)
    if record and record.where != where and "," not in record.where:
        tables.refuse(where, "id", "duplicate_id", record.where)


def _guess_kind(entry: Mapping[str, Any]) -> str | None:
    """Return the object type whose required fields are present and that has most of the names."""
    complete = {kind: set(object_types()[kind].required) <= set(entry) for kind in TOP_KINDS}
    known = {kind: len(object_types()[kind].names & set(entry)) for kind in TOP_KINDS}
    likely = max(TOP_KINDS, key=lambda kind: (complete[kind], known[kind]))
    return likely if complete[likely] or known[likely] >= 2 else None


def _add_object(tables: Tables, kind: str, raw: Any, where: str) -> Record | None:
    if not isinstance(raw, Mapping):
        tables.refuse(where, "", "null" if raw is None else "not_object")
        return None
    type_, record = object_types()[kind], tables.add(kind, raw, where)
    for name, child_kind in type_.ones.items():
        if name in raw:
            child = _add_object(tables, child_kind, raw[name], f"{where}, {name}")
            if record and child:
                record.values[f"{child_kind}_id"] = child.values["id"]
    for name, child_kind in type_.lists.items():
        if name in raw:
            _add_list(tables, record, child_kind, raw[name], f"{where}, {name}")
    return record


def _add_list(tables: Tables, record: Record | None, kind: str, raw: Any, where: str) -> None:
    if not isinstance(raw, list):
        tables.refuse(where, "", "null" if raw is None else "not_list")
        return
    if record:
        record.stated.add(kind)
    for number, item in enumerate(raw, 1):
        child = _add_object(tables, kind, item, f"{where} {number}")
        if record and child:
            tables.link(record.kind, record.values["id"], child)
            if f"{record.kind}_id" in parent_kinds(kind):
                child.values[f"{record.kind}_id"] = record.values["id"]
