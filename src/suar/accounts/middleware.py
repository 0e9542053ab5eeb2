"""Opens the split session before a view runs and drops its keys afterwards."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from suar.accounts import sessions
from suar.accounts.http import StaffSiteRequest
from suar.accounts.sessions import Cookies, Signed
from suar.core import clock
from suar.core.i18n import SOURCE_LANGUAGE, nearest

SESSION_COOKIE, WRAPPING_COOKIE = "__Host-suar", "__Host-suar-w"
LANGUAGE_COOKIE = "__Host-suar-language"
KNOWN_COOKIE = "__Host-suar-known"

MESSAGE_COOKIE = "__Host-suar-message"

KNOWN_FOR = timedelta(days=30)
"""How long a browser is told apart from strangers after a sign-in."""
logger = logging.getLogger(__name__)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages in which a worker may read."""
    return (*settings.SUAR_STAFF_LANGUAGES, *settings.SUAR_TALK_LANGUAGES)


class MessageCookie(CookieStorage):
    """Keeps the success message after a save until the next page; a message names no person, place or code."""

    cookie_name = MESSAGE_COOKIE


class SplitSession:
    """Sets request.signed, request.viewer and request.keys (None when nobody is signed in)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: StaffSiteRequest) -> HttpResponse:
        cookies = cookies_of(request)
        signed = sessions.resume(cookies, at=clock.now()) if cookies.session and cookies.wrapping else None
        request.signed = signed
        request.viewer = signed.viewer if signed else None
        request.keys = signed.keys if signed else None
        with translation.override(_language(request, signed)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        request.keys = request.signed = None
        if signed and signed.to_note:
            _note_seen(cookies)
        return response


def _note_seen(cookies: Cookies) -> None:
    """Record that the session was used, after the page was rendered.

    If this fails, the session only ends sooner.
    """
    try:
        sessions.note_seen(cookies.session, at=clock.now())
    except DatabaseError:
        logger.exception("a session was not noted as seen")


def cookies_of(request: HttpRequest) -> Cookies:
    """Return both halves as the browser sent them, empty if it sent none."""
    return Cookies(request.COOKIES.get(SESSION_COOKIE, ""), request.COOKIES.get(WRAPPING_COOKIE, ""))


def set_cookie(response: HttpResponse, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie for this host only, out of reach of scripts; without `max_age` until the browser closes."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Strict")


def remember_browser(response: HttpResponse, known: str) -> None:
    """Let this browser be told apart from strangers who guess; the cookie opens nothing."""
    set_cookie(response, KNOWN_COOKIE, known, max_age=int(KNOWN_FOR.total_seconds()))


def set_cookies(response: HttpResponse, cookies: Cookies) -> None:
    """Set both halves of a session."""
    set_cookie(response, SESSION_COOKIE, cookies.session)
    set_cookie(response, WRAPPING_COOKIE, cookies.wrapping)


def clear_cookies(response: HttpResponse) -> None:
    """Delete both halves, and a message that no page has shown."""
    for name in (SESSION_COOKIE, WRAPPING_COOKIE, MESSAGE_COOKIE):
        set_cookie(response, name, "", max_age=0)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _language(request: HttpRequest, signed: Signed | None) -> str:
    """Return the language that a worker chose; else that of this browser."""
    if signed and signed.session.worker.language:
        return signed.session.worker.language
    chosen = request.COOKIES.get(LANGUAGE_COOKIE)
    if chosen in languages():
        return chosen
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if language := nearest(str(wanted), languages()):
            return language
    return SOURCE_LANGUAGE
