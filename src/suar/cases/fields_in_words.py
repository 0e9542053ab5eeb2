"""Documents in plain words, field by field: labels and codes of data/archive.json."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from pydantic import BaseModel

from suar.cases import labels
from suar.cases.documents.parts import Strikable
from suar.cases.encounters import label_of, setting_choices
from suar.cases.rules.dates import PartialDate
from suar.core import clock
from suar.core.codes import code_list, read_data
from suar.core.i18n import format_day, localize
from suar.directory.labels import language_name, place_name, service_type_name

_DATA = read_data("cases", "archive")
GROUPS: list[dict[str, Any]] = _DATA["groups"]
"""The titles of groups of documents, with the names of their classes."""
FIELD_LABELS: Mapping[str, dict[str, Any]] = _DATA["fields"]
"""The label of each field by its name, and the list of its codes; `Class.name` where one class differs."""
NAMED: Mapping[str, Callable[[str], str]] = {
    "service_type": service_type_name,
    "district": place_name,
    "language": language_name,
    "setting": lambda code: dict(setting_choices()).get(code, code),
    "missed": lambda code: label_of("missed", code),
    "fact": lambda code: label_in_words(code),
    "barriers": lambda code: label_of("barriers", code),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A value with its label: a text, or rows of its own."""

    label: str
    text: str = ""
    rows: "list[Row] | None" = None


def label_of_field(owner: str, name: str) -> dict[str, Any]:
    """Return the row of data/archive.json about a field of a class; an unknown field is its own label."""
    return FIELD_LABELS.get(f"{owner}.{name}") or FIELD_LABELS.get(name) or {"label": {"": name}}


def label_in_words(name: str) -> str:
    """Return the label of a field that no class names otherwise."""
    return localize(label_of_field("", name)["label"])


def stored_fields(kind: type[BaseModel]) -> set[str]:
    """Return the fields of a document that hold no key to anything else."""
    return {name for name, field in kind.model_fields.items() if field.repr}


def rows_of(part: Any, names: Mapping[UUID, str], *, without: Collection[str] = ()) -> list[Row]:
    """Return the filled fields of a document or a part of one; ids only of those who have a name in `names`."""
    filled = ((value, description) for name, value, description in _filled_fields(part) if name not in without)
    rows = [_row(localize(description["label"]), value, description, names) for value, description in filled]
    return [row for row in rows if row.text or row.rows]


def lines_of(part: Any, *, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the filled fields of a part that are texts, in words and with their labels."""
    return [(row.label, row.text) for row in rows_of(part, {}, without=without) if row.text]


def values_in_words(part: Any) -> Iterator[tuple[str, str]]:
    """Yield the name of each filled field with its value in words."""
    for name, value, description in _filled_fields(part):
        yield name, _row("", value, description, {}).text


def _filled_fields(part: Any) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield the filled fields of a part: name, value, and the row of data/archive.json about it."""
    for name, value in _fields_of(part):
        if value is not False and value not in (None, "", (), frozenset()):
            yield name, value, label_of_field(type(part).__name__, name)


def _fields_of(part: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(part, BaseModel):
        # The content comes before who recorded it, and when.
        names = sorted(type(part).model_fields, key=lambda name: name in Strikable.model_fields)
        return [(name, getattr(part, name)) for name in names if name in stored_fields(type(part))]
    if is_dataclass(part):
        return [(field.name, getattr(part, field.name)) for field in fields(part)]
    items: Iterable[tuple[str, Any]] = part._asdict().items()
    return items


def _row(label: str, value: Any, description: Mapping[str, Any], names: Mapping[UUID, str]) -> Row:
    """Return a value in words, or the rows of the parts in it."""
    if _is_part(value):
        return Row(label, rows=rows_of(value, names))
    if isinstance(value, Mapping):
        keys = {**description, "codes": description.get("keys", "")}
        rows = [_row(_text(key, keys, names), item, description, names) for key, item in value.items()]
        return Row(label, rows=[row for row in rows if row.text or row.rows])
    if isinstance(value, list | tuple | set | frozenset):
        if any(map(_is_part, value)):
            rows = [Row("", rows=rows_of(item, names)) for item in value]
            return Row(label, rows=[row for row in rows if row.rows])
        return Row(label, ", ".join(filter(None, _texts(value, description, names))))
    return Row(label, _text(value, description, names))


def _texts(values: Iterable[Any], description: Mapping[str, Any], names: Mapping[UUID, str]) -> Iterator[str]:
    for value in values:
        yield " ".join(map(str, value)) if isinstance(value, tuple) else _text(value, description, names)


def _is_part(value: Any) -> bool:
    is_record = isinstance(value, BaseModel) or (is_dataclass(value) and not isinstance(value, PartialDate))
    return is_record or hasattr(value, "_asdict")


def _text(value: Any, description: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    """Return one value in words: a code by its label, a date as people write it, a worker by name."""
    if value is True or value is False:
        return _("Yes") if value else _("No")
    if isinstance(value, PartialDate):
        return labels.partial_date(value)
    if isinstance(value, datetime):
        return f"{format_day(clock.local_date(value))}, {formats.time_format(timezone.localtime(value), 'H:i')}"
    if isinstance(value, date):
        return format_day(value)
    if isinstance(value, UUID):
        return names.get(value, "")
    codes = description.get("codes", "")
    if codes in NAMED:
        return NAMED[codes](value)
    app, _dot, name = codes.partition(".")
    return code_list(app, name).label(value) if name else str(value)
