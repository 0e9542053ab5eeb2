"""Rows as lines of JSON that either database reads: one line names a table, the next are rows."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BinaryField, Field, ForeignKey, JSONField, Model

from suar.records.backups.archive import BackupBroken
from suar.records.backups.tables import stored_name, streams

CHUNK, BATCH = 2000, 500
Line = list[Any] | dict[str, Any]
Column = Field[Any, Any]


def lines_of(model: type[Model]) -> Iterator[Line]:
    """Return a table's name with its columns, then its rows in the order of their keys."""
    fields = model._meta.concrete_fields
    yield {"table": stored_name(model), "columns": [field.attname for field in fields]}
    rows = model._default_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=CHUNK):
        yield [_portable(field, value) for field, value in zip(fields, row, strict=True)]


def written(line: Line) -> bytes:
    """Write one line."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


class Loader:
    """Takes lines one after the other and puts rows into the tables they name."""

    def __init__(self, allowed: Iterable[type[Model]]) -> None:
        """Take rows for these tables only."""
        self._allowed = {stored_name(model): model for model in allowed}
        self._model: type[Model] | None = None
        self._fields: list[Column] = []
        self._dropped = False
        self._waiting: list[Model] = []
        self.counts: dict[str, int] = {}
        self.told: dict[str, Any] = {}

    def take(self, line: bytes) -> None:
        """Read one line: a table, a row, or what the backup tells of itself."""
        try:
            found = json.loads(line)
            if isinstance(found, list):
                self._row(found)
            elif "table" in found:
                self._table(found["table"], found["columns"])
            else:
                self.told |= found
        except (ValueError, TypeError, KeyError, LookupError, ValidationError) as error:
            raise BackupBroken("unreadable") from error

    def finish(self) -> None:
        """Write the rows that still wait."""
        if self._model is not None and self._waiting:
            self._model._default_manager.bulk_create(self._waiting, batch_size=BATCH)
            self.counts[stored_name(self._model)] += len(self._waiting)
        self._waiting = []

    def _table(self, label: str, columns: list[str]) -> None:
        self.finish()
        self._dropped = label in streams()["dropped"]  # a table that an older version had
        if self._dropped:
            return
        model = self._allowed.get(label)
        if model is None:
            raise BackupBroken("wrong_part")
        known = {field.attname: field for field in model._meta.concrete_fields}
        self._model, self._fields = model, [known[name] for name in columns]
        self.counts.setdefault(label, 0)

    def _row(self, values: list[Any]) -> None:
        if self._dropped:
            return
        if self._model is None:
            raise BackupBroken("unreadable")
        pairs = zip(self._fields, values, strict=True)
        row = self._model(**{field.attname: _native(field, value) for field, value in pairs})
        self._waiting.append(row)
        if len(self._waiting) >= CHUNK:
            self.finish()


def _portable(field: Column, value: Any) -> Any:
    if value is None or isinstance(field, JSONField):
        return value
    if isinstance(field, BinaryField):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _native(field: Column, value: Any) -> Any:
    if value is None or isinstance(field, JSONField):
        return value
    if isinstance(field, BinaryField):
        return base64.b64decode(value, validate=True)
    return (field.target_field if isinstance(field, ForeignKey) else field).to_python(value)
