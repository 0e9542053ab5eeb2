"""Cookies of the staff site: each for this host only and out of reach of scripts."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

SESSION_COOKIE, WRAPPING_COOKIE = "__Host-suar", "__Host-suar-w"
LANGUAGE_COOKIE = "__Host-language"
KNOWN_COOKIE = "__Host-device"
"""The only cookie that stays after signing out: its name and value name neither this site nor the worker."""
MESSAGE_COOKIE = "__Host-suar-message"
KNOWN_FOR = timedelta(days=30)
"""The time for which a browser counts as known, unlike strangers who guess; the cookie opens nothing."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """The two halves of a session that a browser stores: a random id, and the wrapping key W in hex."""

    session: str = field(repr=False)
    wrapping: str = field(repr=False)


class MessageCookie(CookieStorage):
    """Keeps the success message after a save until the next page; a message names no person, place or code.

    A page without a signed-in worker shows none and deletes the cookie.
    """

    cookie_name = MESSAGE_COOKIE

    def update(self, response: HttpResponseBase) -> list[Message] | None:
        """Store new messages; delete old ones that were shown or that nobody signed in may see."""
        if getattr(self.request, "viewer", None) is None and self.cookie_name in self.request.COOKIES:
            self.used = True
        return super().update(response)


def cookies_of(request: HttpRequest) -> Cookies:
    """Return both halves as the browser sent them, empty if it sent none."""
    return Cookies(request.COOKIES.get(SESSION_COOKIE, ""), request.COOKIES.get(WRAPPING_COOKIE, ""))


def set_cookie(response: HttpResponse, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie; without `max_age` until the browser closes."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Strict")


def set_session(response: HttpResponse, halves: Cookies) -> None:
    """Set both halves of a session."""
    set_cookie(response, SESSION_COOKIE, halves.session)
    set_cookie(response, WRAPPING_COOKIE, halves.wrapping)


def clear_session(response: HttpResponse) -> None:
    """Delete both halves, the language, a message that no page has shown, and the secret of forms."""
    for name in (SESSION_COOKIE, WRAPPING_COOKIE, LANGUAGE_COOKIE, MESSAGE_COOKIE, settings.CSRF_COOKIE_NAME):
        set_cookie(response, name, "", max_age=0)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
