"""The few pages that say an act stopped here; each is the same for everybody and names nothing."""

from collections.abc import Sequence

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from suar.accounts.rules import NEVER_REPEATED, RETURN_CODE_FIELD
from suar.website.rules import is_own_words
from suar.website.site import is_public_door

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
RETRY_UNWRITTEN_S = 60
FOR_PROGRAMS = "/hsds/"
IN_SHORT = {
    "too_large": "More was sent than any address takes.",
    "unreadable": "What was sent cannot be read.",
    "busy": "There is no room for this now: come back in a moment.",
    "method": "This address does not take that method; Allow names those it takes.",
    "broken": "Something broke here; it is not what was asked.",
}
NOT_SHOWN = NEVER_REPEATED | {"code", "version", "ident", "form_id", "verb"}


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the same 404 for what is absent, forbidden or not this viewer's."""
    return _page(request, "absent", status=404)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """Return 405 with the allowed methods."""
    response = _page(request, "method", status=405)
    response["Allow"] = allowed
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 400, or 413 if too much was sent."""
    if isinstance(exception, TOO_LARGE):
        return _page(request, "too_large", status=413)
    return _page(request, "unreadable", status=400)


def too_busy(request: HttpRequest, *, retry_after_s: int) -> HttpResponse:
    """Return 503 with the seconds to wait."""
    response = _page(request, "busy", status=503)
    response["Retry-After"] = str(retry_after_s)
    return response


def key_not_trusted(request: HttpRequest) -> HttpResponse:
    """Return 409 if a key of the organisation is missing or not trusted."""
    return _page(request, "key_not_trusted", status=409, typed=_typed(request))


def unwritten(request: HttpRequest) -> HttpResponse:
    """Return 503 if the audit entry could not be written; nothing is shown."""
    response = _page(request, "unwritten", status=503)
    response["Retry-After"] = str(RETRY_UNWRITTEN_S)
    return response


def changed_meanwhile(request: HttpRequest) -> HttpResponse:
    """Return 409 if a colleague changed the same data first."""
    return _page(request, "changed_meanwhile", status=409, typed=_typed(request))


def refused(request: HttpRequest) -> HttpResponse:
    """Return 422 if a rule refused the action."""
    return _page(request, "refused", status=422, typed=_typed(request))


def broken(request: HttpRequest) -> HttpResponse:
    """Return 500 without details."""
    return _page(request, "broken", status=500)


def form_ran_out(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 for a staff form with a wrong CSRF token, for example after signing in elsewhere."""
    return _page(request, "ran_out", status=403)


def _typed(request: HttpRequest) -> list[str]:
    """Return what was typed, to be shown again: a browser's Back empties the fields of a record.

    Secrets are left out, and a return code that is typed back. Nothing of it is kept here.
    """
    if request.method != "POST" or RETURN_CODE_FIELD in request.POST:
        return []
    sent = request.POST.lists()
    values = [value for name, each in sent if name not in NOT_SHOWN for value in each]
    return [value for value in values if is_own_words(value)]


def _page(request: HttpRequest, kind: str, *, status: int, typed: Sequence[str] = ()) -> HttpResponse:
    if is_public_door() and request.path_info.startswith(FOR_PROGRAMS):
        return _for_a_program(kind, status=status)
    template = "website/stopped_public.html" if is_public_door() else "website/stopped_staff.html"
    shown = render_to_string(template, {"kind": kind, "typed": typed}, request)
    return HttpResponse(shown, status=status)


def _for_a_program(kind: str, *, status: int) -> HttpResponse:
    """Return the error as problem+json for the API."""
    told = {
        "type": "about:blank",
        "title": kind.replace("_", " "),
        "status": status,
        "detail": IN_SHORT.get(kind, "Nothing here that everybody may read."),
    }
    return JsonResponse(
        told,
        status=status,
        content_type="application/problem+json",
        headers={"Access-Control-Allow-Origin": "*"},
    )
