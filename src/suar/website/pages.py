"""Pages to read have an address, and are also reached by a button that the start answers.

Without script a link leaves an address in the history, and Back shows its page again after
somebody has left. A button sends that address to the start instead: the history names the
start only, and a form that is sent again shows the start (security.md, B18).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from suar.core import clock
from suar.core.refusals import NotYours
from suar.website import form_tokens

View = Callable[..., HttpResponse]
FIELD = "read"
LONGEST = 100
_readable: set[View] = set()


def readable(view: View) -> View:
    """Serve a page by its address and by a button of the start page."""
    by_address = gzip_page(require_safe(view))

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (view if through_the_start(request) else by_address)(request, *args, **kwargs)

    _readable.add(asked)
    return asked


def asked_again(view: View) -> View:
    """Let a browser cache a page without forms, and revalidate it each time."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if through_the_start(request):
            return response
        response["Cache-Control"] = "no-cache"
        set_response_etag(response)
        kept = get_conditional_response(request, etag=response["ETag"], response=response)
        return kept or response

    return told


def opened(request: HttpRequest) -> HttpResponse:
    """Show the reading page whose address a button sent. Raises NotYours if it is none."""
    path = wanted(request)
    try:
        match = resolve(path)
    except Resolver404 as error:
        raise NotYours from error
    if match.func not in _readable:
        raise NotYours
    request.reads = path  # type: ignore[attr-defined]  # a request carries what its page is
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer


def wanted(request: HttpRequest) -> str:
    """Return the address that a button sent, or an empty string."""
    return str(request.POST.get(FIELD, ""))[:LONGEST]


def language_of(path: str) -> str:
    """Return the language of an address, or an empty string."""
    first = path[1:].partition("/")[0]
    return first if first in dict(settings.LANGUAGES) else ""


def through_the_start(request: HttpRequest) -> bool:
    """Return True if the start page serves this reading page."""
    return hasattr(request, "reads")


def page_of(request: HttpRequest) -> str:
    """Return the address of the page that is shown, also if the start page serves it."""
    return str(getattr(request, "reads", request.path_info))


def tokens(request: HttpRequest) -> dict[str, str]:
    """Return the tokens of a page whose only buttons lead to reading pages.

    By its address it has links instead, so that a browser may keep it.
    """
    return form_tokens.for_a_page(at=clock.now()) if through_the_start(request) else {}


def speak(request: HttpRequest, language: str) -> None:
    """Activate the language of the page that a form was on."""
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language
