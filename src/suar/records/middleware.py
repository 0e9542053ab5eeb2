"""Writes what a request opened to the audit log before the first byte leaves.

If that fails the page does not leave: an empty response with `audit_failed` takes its place, and
the website writes its text.

Source: security.md B9.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from suar.accounts.acting import route_name

logger = logging.getLogger(__name__)


class AuditOpenings:
    """One 'open' entry for all records opened, one 'list' entry for all index entries shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        keys = getattr(request, "keys", None)
        if keys is None or not (keys.opened or keys.looked):
            return response
        try:
            keys.write_openings(page=route_name(request), noted=getattr(request, "noted_openings", ()))
        except Exception:
            logger.exception("openings were not written, so the page did not leave")
            withheld = HttpResponse(status=503)
            withheld.audit_failed = True  # type: ignore[attr-defined]  # read by the website
            return withheld
        return response
