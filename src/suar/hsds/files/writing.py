"""Write organizations with their services as a tabular data package of HSDS: CSV files and datapackage.json."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from suar.hsds.files.schema import EXTENSION, object_types

Rows = dict[str, dict[str, dict[str, Any]]]
TYPES = {"date": "date", "date-time": "datetime"}
FORMATS = ("uuid", "email", "uri")


def write_zip(organizations: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the zip, equal for equal organizations."""
    rows: Rows = {}
    for organization in organizations:
        _add_rows(rows, "organization", organization)
    files = {f"{object_types()[kind].table}.csv": _write_csv(kind, table) for kind, table in rows.items()}
    package = {"name": "hsds", "profile": "tabular-data-package", "resources": [*map(_resource, sorted(rows))]}
    files["datapackage.json"] = json.dumps(package, indent=1)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _add_rows(rows: Rows, kind: str, content: Mapping[str, Any], **parent: str) -> None:
    """Add an object and the objects in it, each once and with the id of the one that it belongs to."""
    type_, columns = object_types()[kind], _columns(kind)
    values = {name: value for name, value in {**parent, **content}.items() if name in columns}
    rows.setdefault(kind, {}).setdefault(content["id"], {}).update(values)
    for name, child in type_.ones.items():
        if name in content:
            _add_rows(rows, child, content[name])
    for name, child in type_.lists.items():
        for item in content.get(name, ()):
            _add_rows(rows, child, item, **{f"{kind}_id": content["id"]})


def _columns(kind: str) -> list[str]:
    """Return the columns of a table, our extension last."""
    return sorted(object_types()[kind].model.model_fields, key=lambda name: name == EXTENSION)


def _write_csv(kind: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, _columns(kind))
    table.writeheader()
    for _id, row in sorted(rows.items()):
        extension = {EXTENSION: json.dumps(row[EXTENSION], ensure_ascii=False)} if row.get(EXTENSION) else {}
        table.writerow({**row, EXTENSION: "", **extension})
    return text.getvalue()


def _resource(kind: str) -> dict[str, Any]:
    """Return a file for datapackage.json, with its columns, their types, and which are required."""
    type_ = object_types()[kind]
    properties = type_.model.model_json_schema()["properties"]
    fields = [_field(properties[name], name, required=name in type_.required_in_tables) for name in _columns(kind)]
    return {
        "name": type_.table,
        "path": f"{type_.table}.csv",
        "profile": "tabular-data-resource",
        "schema": {"fields": fields, "primaryKey": "id"},
    }


def _field(schema: Mapping[str, Any], name: str, *, required: bool) -> dict[str, Any]:
    format_ = schema.get("format", "")
    field = {"name": name, "type": TYPES.get(format_, schema["type"])}
    field |= {"format": format_} if format_ in FORMATS else {}
    limits = {"required": True} if required else {}
    limits |= {"enum": schema["enum"]} if "enum" in schema else {}
    return field | ({"constraints": limits} if limits else {})
