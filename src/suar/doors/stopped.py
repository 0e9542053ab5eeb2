"""The few pages that say an act stopped here; each is the same for everybody and names nothing."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from suar.doors.sides import is_public_door

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer alike for what is absent, refused or not this viewer's."""
    return _page(request, "absent", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what cannot be read; what is too large says so."""
    if isinstance(exception, TOO_LARGE):
        return _page(request, "too_large", status=413)
    return _page(request, "unreadable", status=400)


def too_busy(request: HttpRequest, *, retry_after_s: int) -> HttpResponse:
    """Ask to come back in a moment."""
    response = _page(request, "busy", status=503)
    response["Retry-After"] = str(retry_after_s)
    return response


def key_not_trusted(request: HttpRequest) -> HttpResponse:
    """Answer when a key of the house is missing or is not the one people here know."""
    return _page(request, "key_not_trusted", status=409)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when something broke; nothing of it is shown."""
    return _page(request, "broken", status=500)


def form_ran_out(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a staff form whose token does not fit, for example after signing in elsewhere."""
    return _page(request, "ran_out", status=403)


def _page(request: HttpRequest, kind: str, *, status: int) -> HttpResponse:
    template = "doors/stopped_public.html" if is_public_door() else "doors/stopped_staff.html"
    return HttpResponse(render_to_string(template, {"kind": kind}, request), status=status)
