"""Which model fields there are: docs/inventory.md says of each why it is kept and how long.

DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=src:. .venv/bin/python -m tests.house.inventory
prints a table to fill in.
"""

from collections.abc import Iterator

from django.apps import apps


def every_field() -> Iterator[str]:
    """Name every column of the stages as stage.Model.field, in a settled order."""
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each.__name__):
        if model.__module__.startswith("suar."):
            for field in model._meta.concrete_fields:
                yield f"{model._meta.app_label}.{model.__name__}.{field.name}"


def missing_from(text: str) -> list[str]:
    """List the fields that a text does not name between backticks."""
    return [name for name in every_field() if f"`{name}`" not in text]


if __name__ == "__main__":
    import django

    django.setup()
    print("| field | sealed or plain | why it is kept | how long |\n|---|---|---|---|")  # noqa: T201 - printed to be filled in
    for each in sorted(every_field()):
        print(f"| `{each}` | | | |")  # noqa: T201 - printed to be filled in
