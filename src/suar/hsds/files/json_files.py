"""Read HSDS as JSON: one object, a list, a page of a list, or the tables in one object."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from suar.hsds.files.csv_files import add_rows
from suar.hsds.files.objects import guess_kind, object_types, table_kinds
from suar.hsds.files.tables import Row, Stop, Tables

DEEPEST = 100
PAGE = "contents"
API_KEYS = {"openapi_url", "profile"}


def read_json(text: str) -> tuple[Tables, Mapping[str, Any]]:
    """Read a JSON file into tables, and give what its envelope says.

    Raises Stop when it is not JSON, too deep, or nothing HSDS knows.
    """
    content = _load_json(text)
    _check_depth(content)
    found = Tables()
    envelope = content if isinstance(content, Mapping) else {}
    if _is_tables(envelope):
        for name, rows in envelope.items():
            add_rows(found, table_kinds()[name.removesuffix(".csv")], rows)
        return found, {}
    if API_KEYS & set(envelope):
        return found, {}
    for number, entry in enumerate(_entries(content), 1):
        _add_entry(found, entry, f"entry {number}")
    return found, envelope


def _load_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except Stop:
        raise
    except RecursionError:
        raise Stop("too_deep", str(DEEPEST)) from None
    except ValueError as error:
        line = getattr(error, "lineno", "")
        raise Stop("bad_json", str(line)) from None


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise Stop("repeated_key", next(name for name in names if names.count(name) > 1)[:40])
    return made


def _no_constant(name: str) -> Any:
    raise Stop("bad_json", name)


def _check_depth(content: Any) -> None:
    """Stop when objects and lists stand deeper in one another than 100."""
    level, depth = [content], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Stop("too_deep", str(DEEPEST))
        level = [inner for each in level for inner in _children_of(each)]


def _children_of(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _is_tables(content: Mapping[str, Any]) -> bool:
    names = {name.removesuffix(".csv") for name in content}
    return bool(content) and names <= set(table_kinds()) and all(isinstance(rows, list) for rows in content.values())


def _entries(content: Any) -> list[Any]:
    if isinstance(content, Mapping):
        content = content.get(PAGE, [content])
    if not isinstance(content, list):
        raise Stop("not_hsds")
    return content


def _add_entry(found: Tables, entry: Any, where: str) -> None:
    if not isinstance(entry, Mapping):
        found.refuse(where, "", "not_object")
        return
    kind = guess_kind(entry)
    if kind is None:
        _explain_unknown(found, entry, where)
        return
    row = _add_object(found, kind, entry, where)
    if row and row.where != where and "," not in row.where:
        found.refuse(where, "id", "duplicate_id", row.where)


def _explain_unknown(found: Tables, entry: Mapping[str, Any], where: str) -> None:
    """Report what is missing of the kind the entry looks most like."""
    guesses = {
        kind: len(set(entry) & {*object_types()[kind].fields, *object_types()[kind].lists})
        for kind in ("service", "organization", "location")
    }
    likely = max(guesses, key=lambda kind: guesses[kind])
    missing = [name for name in object_types()[likely].required if name not in entry]
    if guesses[likely] < 2 or not missing:
        found.refuse(where, "", "not_hsds")
    for name in missing if guesses[likely] >= 2 else ():
        found.refuse(where, name, "missing", likely)


def _add_object(found: Tables, kind: str, raw: Mapping[str, Any], where: str) -> Row | None:
    shape = object_types()[kind]
    row = found.add(shape, raw, where)
    for name, child in shape.ones.items():
        if name in raw:
            _link_object(found, row, _add_nested(found, child, raw[name], f"{where}, {name}"), above=child)
    for name, child in shape.lists.items():
        if name in raw:
            _add_list(found, row, child, raw[name], f"{where}, {name}")
    return row


def _add_list(found: Tables, row: Row | None, kind: str, raw: Any, where: str) -> None:
    if not isinstance(raw, list):
        found.refuse(where, "", "null" if raw is None else "not_list")
        return
    if row:
        row.told.add(kind)
    for number, each in enumerate(raw, 1):
        found.link(row, _add_nested(found, kind, each, f"{where} {number}"))


def _add_nested(found: Tables, kind: str, raw: Any, where: str) -> Row | None:
    if not isinstance(raw, Mapping):
        found.refuse(where, "", "null" if raw is None else "not_object")
        return None
    return _add_object(found, kind, raw, where)


def _link_object(found: Tables, row: Row | None, other: Row | None, *, above: str) -> None:
    """Link an object told in one place: an organization stands above, a location below."""
    if above == "organization":
        found.link(other, row)
    else:
        found.link(row, other)
