"""Opens the split session before a view runs and drops its keys afterwards."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from suar.accounts import sessions
from suar.accounts.acting import Anonymous
from suar.accounts.cookies import LANGUAGE_COOKIE, clear_session, cookies_of
from suar.accounts.http import StaffSiteRequest
from suar.accounts.sessions import SignedIn
from suar.core import clock
from suar.core.i18n import SOURCE_LANGUAGE, accepted_language

logger = logging.getLogger(__name__)
LEAVING = "leaving"
"""The field of a form that *Leave now* sends with what was typed: it is handled as usual, then the session ends."""


def languages() -> tuple[str, ...]:
    """Return the codes of the languages in which a worker may read."""
    return (*settings.SUAR_STAFF_LANGUAGES, *settings.SUAR_TALK_LANGUAGES)


class SplitSession:
    """Sets request.signed_in, request.viewer and request.keys (None when nobody is signed in)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: StaffSiteRequest) -> HttpResponse:
        cookies = cookies_of(request)
        signed_in = sessions.resume(cookies, at=clock.now()) if cookies.session and cookies.wrapping else None
        request.signed_in = signed_in
        request.viewer = signed_in.viewer if signed_in else None
        request.keys = signed_in.keys if signed_in else None
        with translation.override(_language(request, signed_in)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        if signed_in and request.method == "POST" and LEAVING in request.POST:
            sessions.end(cookies.session, by=Anonymous(at=clock.now(), known_worker=signed_in.viewer.worker))
            clear_session(response)
        request.keys = request.signed_in = None
        if signed_in and signed_in.to_note:
            try:
                sessions.note_seen(cookies.session, at=clock.now())
            except DatabaseError:
                # The session only ends sooner.
                logger.exception("a session was not noted as seen")
        return response


def _language(request: HttpRequest, signed_in: SignedIn | None) -> str:
    """Return the language that a worker chose; else that of this browser."""
    if signed_in and signed_in.session.worker.language:
        return signed_in.session.worker.language
    chosen = request.COOKIES.get(LANGUAGE_COOKIE)
    if chosen in languages():
        return chosen
    return accepted_language(request, languages()) or SOURCE_LANGUAGE
