"""Words that a house says otherwise are said at once, in every process of both doors.

Whoever publishes them writes a stamp beside their files last. Each request looks at the stamp;
when it is another one, what was made of the earlier words is let go.
"""

import gettext
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import trans_real

from suar.website import choices, entries, kept_pages, labels, lexicon, wordings, written

View = Callable[[HttpRequest], HttpResponse]
STAMP = "stamp"
SETTLED_S = 10
Mark = tuple[int, int, bool] | None


class FreshWords:
    """Looks at the stamp before each request: one question to the disk, of a microsecond or two."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.seen = mark()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = mark()
        if now != self.seen:
            let_go()
            self.seen = now
        return self.get_response(request)


def mark() -> Mark:
    """Tell one stamp from another; None while a house says nothing otherwise.

    It changes once more when the stamp is some seconds old: a request that was under way may
    have kept something of the earlier words after they were let go.
    """
    try:
        found = _place(settings.SUAR_DATA).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, time.time() - found.st_mtime > SETTLED_S


@cache
def _place(data: Path) -> Path:
    return data / wordings.OWN / STAMP


def let_go() -> None:
    """Let go of catalogues, of words to read, and of the parts and pages made of them.

    The catalogue that a request speaks with stays its own until it is answered.
    """
    gettext._translations = {}  # type: ignore[attr-defined]  # as Django itself lets go
    trans_real._translations = {}
    trans_real._default = None
    wordings.wording.cache_clear()
    for module in (choices, entries, labels, lexicon, written):
        module.forget()
    kept_pages.forget()
