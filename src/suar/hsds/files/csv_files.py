"""Read HSDS as a tabular data package: a folder or a zip of CSV files."""

import csv
import io
import json
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from suar.hsds.files import values
from suar.hsds.files.objects import ObjectType, object_types, parent_kinds, table_kinds
from suar.hsds.files.tables import EXTENSION, Stop, Tables

MOST_BYTES = 20 * 1024 * 1024
MOST_RATIO = 100
MOST_FILES = 100
csv.field_size_limit(values.LONGEST * 4)


def read_folder(folder: Path) -> Tables:
    """Read the CSV files of a folder; names that are no HSDS table are not touched."""
    files = {path.name: path for path in sorted(folder.glob("*.csv")) if path.is_file()}
    if sum(path.stat().st_size for path in files.values()) > MOST_BYTES:
        raise Stop("too_big", str(MOST_BYTES))
    return _read_tables({name: path.read_bytes() for name, path in files.items()})


def read_zip(content: bytes) -> Tables:
    """Read the CSV files of a zip, without unpacking it anywhere.

    Raises Stop on links, paths that lead out, secret files, and what grows too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_tables(_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        raise Stop("bad_zip") from None


def add_rows(found: Tables, kind: str, rows: Any) -> None:
    """Add the rows of one table, told as JSON."""
    shape = object_types()[kind]
    if not isinstance(rows, list):
        raise Stop("not_list", row=f"{shape.table}.csv")
    found.told_tables.add(kind)
    for number, raw in enumerate(rows, 1):
        where = f"{shape.table}.csv, row {number}"
        if isinstance(raw, Mapping):
            _add_row(found, shape, _as_text(shape, raw), where)
        else:
            found.refuse(where, "", "not_object")


def _as_text(shape: ObjectType, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Turn numbers into text where the field is text: a table knows no difference."""
    return {
        name: str(value) if type(value) in (int, float) and shape.fields.get(name) == "text" else value
        for name, value in raw.items()
    }


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise Stop("too_many_files", str(MOST_FILES))
    left, files = MOST_BYTES, {}
    for info in infos:
        _refuse_unsafe(info)
        path = PurePosixPath(info.filename)
        if path.suffix != ".csv" or path.stem not in table_kinds() or "__MACOSX" in path.parts:
            continue
        if path.name in files:
            raise Stop("duplicate_file", path.name)
        with archive.open(info) as member:
            files[path.name] = member.read(left + 1)
        left -= len(files[path.name])
        if left < 0:
            raise Stop("too_big", str(MOST_BYTES))
    return files


def _refuse_unsafe(info: zipfile.ZipInfo) -> None:
    path, name = PurePosixPath(info.filename), info.filename[:60]
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
        raise Stop("zip_path", name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise Stop("zip_link", name)
    if info.flag_bits & 0x1:
        raise Stop("zip_secret", name)
    if info.file_size > MOST_RATIO * max(info.compress_size, 1):
        raise Stop("zip_bomb", name)


def _read_tables(files: Mapping[str, bytes]) -> Tables:
    found, known = Tables(), table_kinds()
    wanted = {name: content for name, content in files.items() if name[:-4] in known}
    if not wanted:
        raise Stop("no_tables")
    for name, content in wanted.items():
        kind = known[name[:-4]]
        found.told_tables.add(kind)
        _table(found, object_types()[kind], name, _decoded(content, name))
    return found


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Stop("bad_encoding", row=name) from None
    if "\x00" in text:
        raise Stop("nul", row=name)
    return text


def _table(found: Tables, shape: ObjectType, name: str, text: str) -> None:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = list(reader.fieldnames or ())
        if len(set(header)) < len(header):
            raise Stop("repeated_key", row=name)
        for raw in reader:
            where = f"{name}, line {reader.line_num}"
            if None in raw or None in raw.values():
                found.refuse(where, "", "cells", str(len(header)))
            else:
                _add_row(found, shape, _cells(found, shape, raw, where), where)
    except csv.Error:
        raise Stop("bad_csv", row=f"{name}, line {reader.line_num}") from None


def _cells(found: Tables, shape: ObjectType, raw: Mapping[str, str], where: str) -> Mapping[str, Any]:
    """Leave empty cells out and give numbers their type; the extension is JSON in its cell."""
    row: dict[str, Any] = {
        name: values.from_cell(cell, shape.fields.get(name, "text"))
        for name, cell in raw.items()
        if cell != "" and name != EXTENSION
    }
    if raw.get(EXTENSION):
        try:
            row[EXTENSION] = json.loads(raw[EXTENSION])
        except (ValueError, RecursionError):
            found.refuse(where, EXTENSION, "bad_json")
    return row


def _add_row(found: Tables, shape: ObjectType, raw: Mapping[str, Any], where: str) -> None:
    row = found.add(shape, raw, where)
    for name in _missing_in_tables(shape, raw):
        found.refuse(where, name, "missing")
    if row is None:
        return
    if row.where != where:
        found.refuse(where, "id", "duplicate_id", row.where)
    for name, parent in parent_kinds(shape.kind).items():
        if name in row.values:
            found.link_ids(parent, row.values[name], row)


def _missing_in_tables(shape: ObjectType, raw: Mapping[str, Any]) -> Iterable[str]:
    """Return what tables must hold beyond what every form must hold."""
    return (n for n in shape.required_in_tables if n not in raw and n not in shape.required)
