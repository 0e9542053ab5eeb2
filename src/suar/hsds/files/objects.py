"""The object types of HSDS 3: their fields, what is required, and how they nest."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "hsds-3.json"
Format = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One kind of object; a format is its name, or the list of values allowed."""

    kind: str
    table: str
    fields: Mapping[str, Format]
    required: tuple[str, ...]
    required_in_tables: tuple[str, ...]
    lists: Mapping[str, str]
    ones: Mapping[str, str]


@cache
def object_types() -> Mapping[str, ObjectType]:
    """Return every kind of object by name."""
    objects = json.loads(DATA.read_text("utf-8"))["objects"]
    return {
        kind: ObjectType(
            kind=kind,
            table=one["table"],
            fields=one["fields"],
            required=tuple(one["required"]),
            required_in_tables=tuple(one["required_in_tables"]),
            lists=one["lists"],
            ones=one["ones"],
        )
        for kind, one in objects.items()
    }


@cache
def table_kinds() -> Mapping[str, str]:
    """Return the kind of each table name."""
    return {shape.table: kind for kind, shape in object_types().items()}


@cache
def parent_kinds(kind: str) -> Mapping[str, str]:
    """Return the kinds an object may hang on, by the field that names them."""
    fields = (name for name in object_types()[kind].fields if name.endswith("_id"))
    found = {name: name.removesuffix("_id") for name in fields}
    return {name: other for name, other in found.items() if other in object_types() and other != kind}


def guess_kind(entry: Mapping[str, object]) -> str | None:
    """Return the object type of an entry without a name, or None when nothing fits.

    The kind whose required fields are there and that knows most of its keys wins.
    """
    best, most = None, 0
    for kind in ("service", "organization", "location", "service_at_location", "taxonomy_term", "taxonomy"):
        shape = object_types()[kind]
        known = {*shape.fields, *shape.lists, *shape.ones}
        keys = known & set(entry)
        if set(shape.required) <= set(entry) and len(keys) > most:
            best, most = kind, len(keys)
    return best
