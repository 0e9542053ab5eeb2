"""Writes what a request opened as one durable entry before the first byte leaves.

Source: security.md B9.
"""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from suar.audit import actions as audit
from suar.kernel import clock
from suar.kernel.refusals import AuditFailed


class AuditOpenings:
    """One 'open' entry for all records opened, one 'list' entry for all sheets shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        keys = getattr(request, "keys", None)
        if keys is None or not (keys.opened or keys.shown):
            return response
        try:
            write_openings(keys, path=_name_of(request))
        except Exception as failure:
            raise AuditFailed from failure
        return response


@transaction.atomic
def write_openings(keys, *, path: str) -> None:
    """Write the openings gathered in `keys` and empty it."""
    opened, shown = list(dict.fromkeys(keys.opened)), keys.shown
    at = clock.now()
    if opened:
        audit.record("open", by=keys.worker, at=at, about=opened, because=path)
    if shown:
        audit.record("list", by=keys.worker, at=at, because=path, shown=shown)
    keys.opened, keys.shown = [], 0


def _name_of(request: HttpRequest) -> str:
    """Give the name of the route, which holds no id."""
    return request.resolver_match.url_name or "" if request.resolver_match else ""
