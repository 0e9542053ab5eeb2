"""Plain Django under an older name; call the model."""

from typing import Any

from django.db.models import Model


def new_row(model: type[Model], **values: Any) -> Any:
    """Return a row that is not stored yet."""
    return model(**values)
