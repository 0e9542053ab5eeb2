"""Tables of a backup as lines of JSON that either database reads: one names a table, the next are its rows.

A table that data/streams.json does not place into a part stops the backup.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Field, Model, QuerySet

from suar.core.codes import read_data
from suar.records.backups.archive import BackupError

CHUNK, BATCH = 2000, 500
Line = list[Any] | dict[str, Any]


class Part(StrEnum):
    """A part of a backup."""

    DATA = "data"
    KEYS = "keys"


class NotPlaced(Exception):
    """Tables that data/streams.json does not name."""


@lru_cache(maxsize=1)
def streams() -> dict[str, Any]:
    """Read the table once."""
    return read_data("records", "streams")


def models_of(part: Part) -> list[type[Model]]:
    """Return the tables of a part in a fixed order; raises NotPlaced."""
    placed = {*streams()["data"], *streams()["keys"], *streams()["left_out"]}
    models = {stored_name(model): model for model in every_model()}
    if missing := sorted(set(models) - placed):
        raise NotPlaced(", ".join(missing))
    return [models[label] for label in streams()[part.value] if label in models]


def stored_name(model: type[Model]) -> str:
    """Return the name of a table in backups: it follows the table, so that a class can be renamed."""
    app = model._meta.app_label
    return f"{app}.{model._meta.db_table.removeprefix(f'{app}_')}"


def every_model() -> list[type[Model]]:
    """Return every table that Django knows."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def fill_indexes() -> None:
    """Fill what is derived from restored rows: words to search by, and the cases of referrals of earlier versions."""
    with connection.cursor() as cursor:
        for statement in streams()["afterwards"].get(connection.vendor, ()):
            cursor.execute(statement)


def lines_of(model: type[Model], rows: "QuerySet[Any]") -> Iterator[Line]:
    """Return a table's name with its columns, then its rows in the order of their keys."""
    fields = model._meta.concrete_fields
    yield {"table": stored_name(model), "columns": [field.column for field in fields]}
    names = [field.attname for field in fields]
    for row in rows.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK):
        yield list(row)


def encode_line(line: Line) -> bytes:
    """Return one line of a backup."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False, default=_portable).encode() + b"\n"


class Loader:
    """Takes lines one after the other and puts rows into the tables they name."""

    def __init__(self, allowed: Iterable[type[Model]]) -> None:
        """Take rows for these tables only."""
        self._allowed = {stored_name(model): model for model in allowed}
        self._model: type[Model] | None = None
        self._fields: list[Field[Any, Any]] = []
        self._dropped = False
        self._waiting: list[Model] = []
        self.counts: dict[str, int] = {}
        self.about: dict[str, Any] = {}
        """The lines of the backup about itself."""

    def load_line(self, line: bytes) -> None:
        """Read one line: a table, a row, or what the backup contains about itself."""
        try:
            content = json.loads(line)
            if isinstance(content, list):
                self._add_row(content)
            elif "table" in content:
                self._begin_table(content["table"], content["columns"])
            else:
                self.about |= content
        except (ValueError, TypeError, KeyError, LookupError, ValidationError) as error:
            raise BackupError("unreadable") from error

    def finish(self) -> None:
        """Write the rows that still wait."""
        if self._model is not None and self._waiting:
            self._model._default_manager.bulk_create(self._waiting, batch_size=BATCH)
            self.counts[stored_name(self._model)] += len(self._waiting)
        self._waiting = []

    def _begin_table(self, label: str, columns: list[str]) -> None:
        self.finish()
        self._dropped = label in streams()["dropped"]  # a table that an older version had
        if self._dropped:
            return
        if label not in self._allowed:
            raise BackupError("wrong_part")
        self._model = self._allowed[label]
        fields = {field.column: field for field in self._model._meta.concrete_fields}
        self._fields = [fields[column] for column in columns]
        self.counts.setdefault(label, 0)

    def _add_row(self, row: list[Any]) -> None:
        if self._dropped:
            return
        if self._model is None:
            raise BackupError("unreadable")
        pairs = zip(self._fields, row, strict=True)
        self._waiting.append(self._model(**{field.attname: field.to_python(value) for field, value in pairs}))
        if len(self._waiting) >= CHUNK:
            self.finish()


def _portable(value: Any) -> str:
    """Return a value that JSON does not know: bytes, a date or an id."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date) else str(value)
