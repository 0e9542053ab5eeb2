"""Writes what a request opened to the audit log before the first byte leaves.

If that fails the page does not leave: an empty response with `audit_failed` takes its place, and
the website writes its text. The same holds for a page that opens more records than a worker needs, with `budget_spent`.

Source: security.md B8, B9.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse

from suar.accounts import alarms
from suar.accounts.acting import route_name
from suar.accounts.codes import AlarmKind
from suar.accounts.form_replay import step_up_instead
from suar.accounts.http import StaffRequest
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records import budgets, queries
from suar.records.rules import Budget

logger = logging.getLogger(__name__)


class AuditOpenings:
    """One 'open' entry for all records opened, one 'list' entry for all index entries shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        keys = getattr(request, "keys", None)
        if keys is None or not (keys.opened or keys.has_listed or keys.records):
            return response
        try:
            keys.write_openings(page=route_name(request), noted=getattr(request, "noted_openings", ()))
        except Exception:
            logger.exception("openings were not written, so the page did not leave")
            withheld = HttpResponse(status=503)
            withheld.audit_failed = True  # type: ignore[attr-defined]  # read by the website
            return withheld
        return _within_budget(cast(StaffRequest, request), response)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Raise an alarm if a worker asked for a record that is hidden from them; the answer says nothing of it."""
        viewer, match = getattr(request, "viewer", None), request.resolver_match
        if viewer and match and isinstance(error, NotYours) and "record" in match.kwargs:
            hidden = queries.hidden_from(viewer)
            if hidden.filter(id=match.kwargs["record"]).exists():
                alarms.raise_access_alarm(AlarmKind.HIDDEN_TRIED, viewer.worker, at=clock.now())


def _within_budget(request: StaffRequest, response: HttpResponse) -> HttpResponse:
    """Return the page, or another one in its place if the worker opened too many different records.

    A redirect after a post shows nothing and says that something was saved: its openings count, and it leaves. One
    after a get may lead to a file.
    """
    if not request.keys.records:
        return response
    budget = budgets.count_openings(request.viewer, request.keys.records.keys(), at=clock.now())
    if budget is Budget.LEFT or (request.method == "POST" and response.status_code == HTTPStatus.FOUND):
        return response
    if budget is Budget.ASK:
        return step_up_instead(request)
    withheld = HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    withheld.budget_spent = True  # type: ignore[attr-defined]  # read by the website
    return withheld
