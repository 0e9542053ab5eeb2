"""Which table goes into which part of a backup; a table that nobody has placed stops it."""

import json
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

TABLE = Path(__file__).parent.parent / "data" / "streams.json"


class Part(StrEnum):
    """A part of a backup."""

    DATA = "data"
    KEYS = "keys"


class NotPlaced(Exception):
    """Tables that data/streams.json says nothing about."""


@lru_cache(maxsize=1)
def streams() -> dict[str, Any]:
    """Read the table once."""
    table: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    return table


def models_of(part: Part) -> list[type[Model]]:
    """Return the tables of a part in their settled order; raises NotPlaced."""
    known = {*streams()["data"], *streams()["keys"], *streams()["left_out"]}
    here = {stored_name(model): model for model in every_model()}
    if missing := sorted(set(here) - known):
        raise NotPlaced(", ".join(missing))
    return [here[label] for label in streams()[part.value] if label in here]


def stored_name(model: type[Model]) -> str:
    """Return the name of a table in backups: it follows the table, so that a class can be renamed."""
    app = model._meta.app_label
    return f"{app}.{model._meta.db_table.removeprefix(f'{app}_')}"


def every_model() -> list[type[Model]]:
    """List every table that Django knows of."""
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def fill_indexes() -> None:
    """Fill what is worked out from restored rows and is no table of its own."""
    with connection.cursor() as cursor:
        for statement in streams()["afterwards"].get(connection.vendor, ()):
            cursor.execute(statement)
