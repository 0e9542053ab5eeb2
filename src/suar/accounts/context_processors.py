"""Names for all staff pages."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from suar.accounts import queries


def workers(request: HttpRequest) -> dict[str, Any]:
    """Return `workers`: the names of the viewer's colleagues by id, which are read once a page prints one."""
    viewer = getattr(request, "viewer", None)
    return {"workers": SimpleLazyObject(lambda: queries.colleague_names(viewer))} if viewer else {}
