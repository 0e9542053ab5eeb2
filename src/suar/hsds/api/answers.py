"""Answers of the interface: JSON, lines of JSON, or what is wrong; open to every page anywhere."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.gzip import gzip_page

from suar.core.i18n import SOURCE_LANGUAGE
from suar.core.refusals import NotYours
from suar.hsds.api.asked import Refused
from suar.hsds.api.extension import Told

READS, READS_OR_SENDS = ("GET", "HEAD"), ("GET", "HEAD", "POST")
TITLES = {400: "Cannot be read", 404: "Not found", 405: "Not done here", 413: "Too large", 415: "Not in a known form"}
View = Callable[..., HttpResponseBase]


def answering(*methods: str) -> Callable[[View], View]:
    """Allow requests from any site and answer errors as JSON.

    What is here is public, nobody signs in and nothing is changed: so any site may ask, and a
    post is no act.
    """

    def around(view: View) -> View:
        @gzip_page
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = _answer(view, methods, request, *args, **kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag"
            response["Content-Language"] = SOURCE_LANGUAGE
            return response

        answer.only_reads = True  # type: ignore[attr-defined]  # the doors let it be sent from afar
        return answer

    return around


def whole(request: HttpRequest, told: Told, *, private: bool = False) -> HttpResponse:
    """Answer with JSON; whoever has it already is told that it is the same.

    What was looked for by words is `private`: no browser keeps it.
    """
    response = HttpResponse(_written(told), content_type="application/json")
    if request.method == "POST" or private:
        return response
    response["Cache-Control"] = "no-cache"
    set_response_etag(response)
    kept = get_conditional_response(request, etag=response["ETag"], response=response)
    return kept or response


def elsewhere(address: str) -> HttpResponse:
    """Lead to another address for good, but for a browser that asks again each time."""
    return HttpResponse(status=308, headers={"Location": address, "Cache-Control": "no-cache"})


def lines(every: Iterable[Told]) -> StreamingHttpResponse:
    """Answer with one object a line, as they come."""
    return StreamingHttpResponse(_lines(every), content_type="application/x-ndjson")


def _answer(view: View, methods: tuple[str, ...], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _asked_before(methods)
    try:
        if request.method not in methods:
            raise Refused(405, f"Only {', '.join(methods)} can be asked here.")
        return view(request, *args, **kwargs)
    except Refused as refused:
        response = _wrong(refused)
        if refused.status == 405:
            response["Allow"] = ", ".join((*methods, "OPTIONS"))
        return response
    except NotYours:
        return _wrong(Refused(404, "There is nothing here that everybody may read."))


def _asked_before(methods: tuple[str, ...]) -> HttpResponse:
    """Answer a CORS preflight request."""
    allowed = ", ".join((*methods, "OPTIONS"))
    return HttpResponse(
        status=204,
        headers={
            "Allow": allowed,
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
            "Access-Control-Max-Age": "86400",
        },
    )


def _wrong(refused: Refused) -> HttpResponse:
    """Return a problem document (RFC 9457) without repeating the input."""
    told = {
        "type": "about:blank",
        "title": TITLES[refused.status],
        "status": refused.status,
        "detail": refused.detail,
        "errors": [{"where": where, "what": what} for where, what in refused.wrong],
    }
    return HttpResponse(_written(told), status=refused.status, content_type="application/problem+json")


def _lines(every: Iterable[Told]) -> Iterator[bytes]:
    for each in every:
        yield _written(each) + b"\n"


def _written(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
