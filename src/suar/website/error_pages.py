"""Error pages of both sites. They name no record; `reason` selects text and status."""

import sys
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from suar.accounts.rules import RETURN_CODE_FIELD, SECRET_FIELDS
from suar.website.rules import is_own_words
from suar.website.site import is_public_site

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
STATUS = {
    "not_found": 404,
    "method": 405,
    "unreadable": 400,
    "too_large": 413,
    "busy": 503,
    "too_often": 429,
    "budget_spent": 429,
    "audit_failed": 503,
    "key_not_trusted": 409,
    "changed_meanwhile": 409,
    "refused": 422,
    "csrf_failed": 403,
    "server_error": 500,
}
SHOWS_TYPED = ("key_not_trusted", "changed_meanwhile", "refused")
"""Pages that show the typed text again, because the browser's Back button would lose it."""
NOT_REPEATED = SECRET_FIELDS | {"code", "version", "ident", "form_id", "verb"}
API = "/hsds/"
RETRY_DATABASE_S = 60


def error_page(request: HttpRequest, reason: str, **headers: Any) -> HttpResponse:
    """Return the page of a reason, or a problem document for the API."""
    if is_public_site() and request.path_info.startswith(API):
        response = _problem_document(STATUS[reason])
    else:
        template = "website/error_public.html" if is_public_site() else "website/error_staff.html"
        typed = _typed_texts(request) if reason in SHOWS_TYPED else []
        response = render(request, template, {"kind": reason, "typed": typed}, status=STATUS[reason])
    for name, value in headers.items():
        response[name.replace("_", "-")] = str(value)
    return response


def absent_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the same 404 for a page that does not exist and for one that is forbidden."""
    return error_page(request, "not_found")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 400, or 413 if too much was sent."""
    return error_page(request, "too_large" if isinstance(exception, TOO_LARGE) else "unreadable")


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500 without details, or 503 if the database had no connection or no lock for this request in time."""
    if isinstance(sys.exception(), OperationalError):
        return error_page(request, "busy", Retry_After=RETRY_DATABASE_S)
    return error_page(request, "server_error")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return 403 for a staff form with a wrong CSRF token, for example after signing in elsewhere."""
    return error_page(request, "csrf_failed")


def _typed_texts(request: HttpRequest) -> list[str]:
    """Return the texts of the posted form, without secrets; nothing if a return code was posted."""
    if request.method != "POST" or RETURN_CODE_FIELD in request.POST:
        return []
    fields = ((name, values) for name, values in request.POST.lists() if name not in NOT_REPEATED)
    return [value for _name, values in fields for value in values if is_own_words(value)]


def _problem_document(code: int) -> HttpResponse:
    """Return a problem document (RFC 9457)."""
    status, headers = HTTPStatus(code), {"Access-Control-Allow-Origin": "*"}
    content = {"type": "about:blank", "title": status.phrase, "status": code, "detail": status.description}
    return JsonResponse(content, status=code, content_type="application/problem+json", headers=headers)
