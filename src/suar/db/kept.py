"""Plain Django under the names of a statement cache that is gone; write the query where it is used."""

from collections.abc import Callable, Iterable, Sequence
from functools import update_wrapper
from typing import Any

from django.db.models import Model, QuerySet

Change = tuple[QuerySet, dict[str, Any]]
Ready = Model


class rows:
    """A query; called, it returns its rows as a list."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        update_wrapper(self, make)

    def __call__(self, *values: Any) -> list[Any]:
        return list(self._make(*values))

    def as_stored(self, *values: Any) -> list[Any]:
        """Return the columns of the rows, to be compared with earlier ones."""
        return list(self._make(*values).values_list())

    def one(self, *values: Any) -> Any:
        """Return the first row, or None."""
        return next(iter(self(*values)), None)


class change(rows):
    """An update: the rows, and what is set in them."""

    def __call__(self, *values: Any) -> Any:
        queryset, changes = self._make(*values)
        return queryset.update(**changes)


class removal(rows):
    """A deletion."""

    def __call__(self, *values: Any) -> Any:
        return self._make(*values).delete()[0]


def add(new: Iterable[Model], *, unless: Sequence[str] = (), then_set: Sequence[str] = ()) -> None:
    """Insert rows of one model, or replace fields of those that stand already."""
    objects = [*new]
    if objects:
        manager = type(objects[0])._default_manager
        manager.bulk_create(
            objects, update_conflicts=bool(unless), unique_fields=unless or None, update_fields=then_set or None
        )


def made_ready(new: Iterable[Model]) -> list[Model]:
    """Return the rows."""
    return [*new]


def add_ready(rows: Sequence[Model]) -> None:
    """Insert rows."""
    add(rows)
