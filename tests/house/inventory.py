"""Which columns and sealed values there are, and the page that says why each is stored.

The reasons stand in docs/inventory.json. After a change of models or of what is sealed:
DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=src:. .venv/bin/python -m tests.house.inventory
writes docs/inventory.md anew and lists what still has no reason.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from suar.records.documents import purpose_of
from tests.house.reading import ROOT
from tests.house.sealed_values import documents, every_value

REASONS = ROOT / "docs" / "inventory.json"
PAGE = ROOT / "docs" / "inventory.md"


def every_model() -> dict[str, type[models.Model]]:
    """Name every table as stage.Model, those of packages too, in a settled order."""
    found = {f"{model._meta.app_label}.{model.__name__}": model for model in apps.get_models(include_auto_created=True)}
    return dict(sorted(found.items()))


def every_field() -> Iterator[str]:
    """Name every column as stage.Model.field."""
    for name, model in every_model().items():
        for field in model._meta.concrete_fields:
            yield f"{name}.{field.name}"


def reasons() -> dict[str, Any]:
    """Read why each column and each sealed value is stored, and how long; documents say it themselves."""
    found = json.loads(REASONS.read_text("utf-8"))
    values = found["sealed"]["Sealed values of a record"]["values"]
    for name, kind in sorted(documents().items()):
        if name in values:
            raise ValueError(f"{name} has a document class: remove its reason from docs/inventory.json")
        values[name] = [purpose_of(kind), kind.storage.retention]
    return found


def explained(found: dict[str, Any]) -> set[str]:
    """Name the columns and sealed values that have a reason."""
    tables = found["tables"].items()
    columns = {f"{table}.{field}" for table, told in tables for field in told["fields"]}
    return columns | {value for part in found["sealed"].values() for value in part["values"]}


def page(found: dict[str, Any]) -> str:
    """Write docs/inventory.md."""
    lines = [*found["opening"], "", "| how long | what that means |", "|---|---|"]
    lines += [*(f"| {name} | {means} |" for name, means in found["spans"].items()), ""]
    for title, part in found["sealed"].items():
        lines += [
            f"## {title}",
            "",
            part["about"],
            "",
            "| value | what it holds, and why | how long |",
        ]
        lines += ["|---|---|---|", *(_row(part, *item) for item in part["values"].items())]
        lines.append("")
    for stage, about in found["stages"].items():
        lines += [f"## Columns of `{stage}`", "", about, ""]
        for table, told in found["tables"].items():
            if table.startswith(f"{stage}."):
                lines += _table(table, told)
    return "\n".join(lines).rstrip() + "\n"


def _table(table: str, told: dict[str, Any]) -> list[str]:
    rows = [
        f"| `{table}.{field}` | {kept[0]} | {kept[1]} | {_span(told, kept[2:])} |"
        for field, kept in told["fields"].items()
    ]
    head = ["| column | sealed or plain | why it is stored | how long |", "|---|---|---|---|"]
    return [f"**{table}**: {told['about']}", "", *head, *rows, ""]


def _row(part: dict[str, Any], name: str, kept: list[str]) -> str:
    return f"| `{name}` | {kept[0]} | {_span(part, kept[1:])} |"


def _span(told: dict[str, Any], own: list[str]) -> str:
    return own[0] if own else str(told["kept"])


if __name__ == "__main__":
    import django

    django.setup()
    told = reasons()
    PAGE.write_text(page(told), "utf-8")
    missing = sorted((set(every_field()) | every_value()) - explained(told))
    print("\n".join(["Without a reason:", *missing]) if missing else "Every one has a reason.")  # noqa: T201 - an answer to who runs it
