"""Writes what a request opened as one durable entry before the first byte leaves.

When that fails the page does not leave: `Unaudited` stands in its place.

Source: security.md B9.
"""

import logging
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from suar.audit import actions as audit
from suar.kernel import clock

logger = logging.getLogger(__name__)


class Unaudited(HttpResponse):
    """An empty answer instead of a page whose openings could not be written; a door words it."""

    status_code = 503


class AuditOpenings:
    """One 'open' entry for all records opened, one 'list' entry for all sheets shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        keys = getattr(request, "keys", None)
        if keys is None or not (keys.opened or keys.looked):
            return response
        try:
            write_openings(keys, path=_name_of(request))
        except Exception:
            logger.exception("openings were not written, so the page did not leave")
            return Unaudited()
        return response


@transaction.atomic
def write_openings(keys, *, path: str) -> None:
    """Write the openings gathered in `keys` and empty it.

    A search that opened sheets and showed none is written as well: somebody was looked for.
    """
    opened, shown = list(dict.fromkeys(keys.opened)), keys.shown
    at = clock.now()
    if opened:
        audit.record("open", by=keys.worker, at=at, about=opened, because=path)
    if keys.looked:
        audit.record("list", by=keys.worker, at=at, because=path, shown=shown)
    keys.opened, keys.looked, keys.shown = [], False, 0


def _name_of(request: HttpRequest) -> str:
    """Give the name of the route, which holds no id."""
    return request.resolver_match.url_name or "" if request.resolver_match else ""
