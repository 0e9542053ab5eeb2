"""The API of HSDS 3.1, read only. No sign-in; search words are never logged.

Few requests are answered at once, and the others wait: the whole directory takes seconds to write, and nobody who
looks for help waits behind it. Source: security.md T18.
"""

import json
import os
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.gzip import gzip_page

from suar.core import locks
from suar.core.i18n import SOURCE_LANGUAGE
from suar.core.refusals import NotYours, TooBusy
from suar.hsds.api import lists, openapi, parameters
from suar.hsds.api.parameters import Invalid, Kind, Parameters, read_parameters

View = Callable[..., HttpResponseBase]
QUEUE, SLOTS, MAX_WAIT_S = "api", max(1, (os.cpu_count() or 1) // 2), 4.0


def endpoint(*methods: str) -> Callable[[View], View]:
    """Allow requests from any site and answer errors as problem documents.

    All of it is public and nothing changes, so any site may ask, and a POST needs no token.
    """

    def decorate(view: View) -> View:
        @gzip_page
        @wraps(view)
        def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = _respond(view, (*methods, "OPTIONS"), request, *args, **kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag"
            response["Content-Language"] = SOURCE_LANGUAGE
            return response

        respond.only_reads = True  # type: ignore[attr-defined]  # the middleware accepts posts from other sites
        return respond

    return decorate


@endpoint("GET", "HEAD")
def about(request: HttpRequest) -> HttpResponseBase:
    """Return the version of HSDS, and the URLs of our profile and of the OpenAPI document."""
    read_parameters(Parameters, request)
    return _json(
        request,
        {
            "version": settings.SUAR_HSDS_VERSION,
            "profile": openapi.url("profile"),
            "openapi_url": openapi.url("openapi.json"),
        },
    )


@endpoint("GET", "HEAD")
def openapi_document(request: HttpRequest) -> HttpResponseBase:
    """Return the OpenAPI document."""
    return _json(request, openapi.document())


@endpoint("GET", "HEAD")
def our_profile(request: HttpRequest) -> HttpResponseBase:
    """Return our additions to HSDS, as merge patches."""
    return _json(request, openapi.profile())


@endpoint("GET", "HEAD")
def data_package(request: HttpRequest) -> HttpResponseBase:
    """Return the whole directory as a zip of CSV tables."""
    read_parameters(Parameters, request)
    return HttpResponse(lists.export_tables(), content_type="application/zip")


@endpoint("GET", "HEAD", "POST")
def object_list(request: HttpRequest, kind: Kind) -> HttpResponseBase:
    """Return a page of a list, or all of it as lines."""
    query = read_parameters(parameters.LISTS[kind], request)
    listing = lists.LISTS[kind](query)
    if query.format == "ndjson":
        # Written as a whole: a slow reader of a stream would hold a thread and a slot.
        lines = b"".join(_encode(item) + b"\n" for item in listing.all())
        return HttpResponse(lines, content_type="application/x-ndjson")
    total = listing.count()
    on_one_page = getattr(query, "minimal", False) and "per_page" not in query.model_fields_set
    per_page = max(total, 1) if on_one_page else query.per_page
    contents = listing.page((query.page - 1) * per_page, per_page)
    pages = -(-total // per_page)
    page = {
        "total_items": total,
        "total_pages": pages,
        "page_number": query.page,
        "size": len(contents),
        "first_page": query.page == 1,
        "last_page": query.page >= pages,
        "empty": not contents,
        "contents": contents,
    }
    return _json(request, page, private=bool(query.search))


@endpoint("GET", "HEAD")
def object_detail(request: HttpRequest, kind: Kind, ident: UUID) -> HttpResponseBase:
    """Return one object in full; an absent, closed, outdated or hidden one is always the same 404.

    A merged entry redirects to the one that remains.
    """
    query = read_parameters(parameters.OBJECTS[kind], request)
    try:
        return _json(request, lists.OBJECTS[kind](ident, query))
    except NotYours:
        if kind not in lists.MOVED:
            raise
        location = f"{openapi.ROOT}{kind}/{lists.MOVED[kind](ident)}"
        return HttpResponse(status=308, headers={"Location": location, "Cache-Control": "no-cache"})


@endpoint("GET", "HEAD")
def unknown_url(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Answer any other URL of the API."""
    raise NotYours


def _respond(view: View, methods: tuple[str, ...], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _preflight(methods)
    try:
        if request.method not in methods:
            raise Invalid(405, f"Only {', '.join(methods)} are allowed here.")
        with locks.queue_slot(QUEUE, slots=SLOTS, longest_wait_s=MAX_WAIT_S):
            return view(request, *args, **kwargs)
    except TooBusy as busy:
        response = _problem(Invalid(503, "Too many requests are waiting."))
        response["Retry-After"] = str(busy.retry_after_s)
        return response
    except NotYours:
        return _problem(Invalid(404, "There is nothing public here."))
    except Invalid as error:
        response = _problem(error)
        if error.status == 405:
            response["Allow"] = ", ".join(methods)
        return response


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    """Answer a CORS preflight request."""
    headers = {
        "Allow": ", ".join(methods),
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return HttpResponse(status=204, headers=headers)


def _problem(error: Invalid) -> HttpResponse:
    """Return a problem document (RFC 9457)."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "errors": error.errors,
    }
    return HttpResponse(_encode(content), status=error.status, content_type="application/problem+json")


def _json(request: HttpRequest, content: Any, *, private: bool = False) -> HttpResponseBase:
    """Answer with JSON, or 304 if the client has it; the answer to a search is stored by no browser."""
    response = HttpResponse(_encode(content), content_type="application/json")
    if request.method == "POST" or private:
        return response
    response["Cache-Control"] = "no-cache"
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _encode(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
