"""Reading pages have a URL, and are also opened by a button of the start page.

A link would leave its URL in the browser history, and without script the Back button would show the page after a
quick exit. A button posts the URL to the start page instead: the history names the start page only, and a repeated
post shows the start page (security.md, B18).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response, set_response_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from suar.core import clock
from suar.core.refusals import NotYours
from suar.website.form_tokens import issue_tokens

View = Callable[..., HttpResponse]
BUTTON, MAX_PATH_CHARACTERS = "read", 100
_reading_pages: set[View] = set()


def reading_page(view: View) -> View:
    """Serve a page by its address and by a button of the start page."""
    by_address = gzip_page(require_safe(view))

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (view if is_opened_from_start(request) else by_address)(request, *args, **kwargs)

    _reading_pages.add(wrapper)
    return wrapper


def revalidated(view: View) -> View:
    """Let a browser cache a page without forms, and revalidate it each time."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if is_opened_from_start(request):
            return response
        response["Cache-Control"] = "no-cache"
        set_response_etag(response)
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return wrapper


def open_page(request: HttpRequest) -> HttpResponse:
    """Show the reading page whose address a button sent. Raises NotYours if it is none."""
    path = requested_path(request)
    try:
        match = resolve(path)
    except Resolver404 as error:
        raise NotYours from error
    if match.func not in _reading_pages:
        raise NotYours
    request.opened_path = path  # type: ignore[attr-defined]  # a request carries which page it shows
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def requested_path(request: HttpRequest) -> str:
    """Return the address that a button sent, or an empty string."""
    return str(request.POST.get(BUTTON, ""))[:MAX_PATH_CHARACTERS]


def language_of(path: str) -> str:
    """Return the language of an address, or an empty string."""
    first = path[1:].partition("/")[0]
    return first if first in dict(settings.LANGUAGES) else ""


def is_opened_from_start(request: HttpRequest) -> bool:
    """Return True if the start page serves this reading page."""
    return hasattr(request, "opened_path")


def path_of(request: HttpRequest) -> str:
    """Return the address of the page that is shown, also if the start page serves it."""
    return str(getattr(request, "opened_path", request.path_info))


def start_tokens(request: HttpRequest) -> dict[str, str]:
    """Return the tokens of a page whose only buttons lead to reading pages.

    By its address it has links instead, so that a browser may cache it.
    """
    return issue_tokens(at=clock.now()) if is_opened_from_start(request) else {}
