"""Asks the public door for its pages from within this process: the same views, headers apart."""

import io
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse

from suar.website.published.copy import Copy

URLS = "suar.website.published.urls"


class PageFailed(RuntimeError):
    """The door did not answer an address as a copy needs it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and of which kind, such as text/html."""

    kind: str
    content: bytes


class Door:
    """The public door, told that it is being published."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.handler = WSGIHandler()

    def ask(self, address: str, *, language: str) -> Answer:
        """Give what the door answers; raises PageFailed when that is no page."""
        request = WSGIRequest(_surroundings(address, language))
        vars(request).update(published=self.copy, urlconf=URLS)
        response = cast(HttpResponse, self.handler.get_response(request))
        if response.status_code != HTTPStatus.OK:
            raise PageFailed(f"{address}: {response.status_code}")
        return Answer(response["Content-Type"].partition(";")[0], response.content)


def _surroundings(address: str, language: str) -> dict[str, object]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "SERVER_NAME": settings.ALLOWED_HOSTS[0],
        "SERVER_PORT": "80",
        "HTTP_HOST": settings.ALLOWED_HOSTS[0],
        "HTTP_ACCEPT_LANGUAGE": language,
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
