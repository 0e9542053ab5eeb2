"""In which language a page may speak: that of its address, unless its words there are a draft.

In a running house what is said of danger, of consent and of what is kept is said in words that
somebody checked, or in the official language of the country.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suar.core.environment import Mode
from suar.core.i18n import OFFICIAL_LANGUAGES, Language

View = Callable[..., HttpResponse]


def by_code() -> dict[str, Language]:
    """Give every offered language by its code."""
    every: dict[str, Language] = settings.SUAR_LANGUAGES
    return every


def is_draft(code: str) -> bool:
    """Say whether the messages of a language are a draft."""
    return code in by_code() and by_code()[code].public.draft


def official() -> str:
    """Give the language that stands in for all others where this house works."""
    return OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, str(settings.LANGUAGE_CODE))


def of_grave_words(code: str) -> str:
    """Give the language in which grave messages may be shown to somebody who reads `code`."""
    return official() if settings.SUAR_MODE == Mode.RUN and is_draft(code) else code


def nobody_checked(code: str) -> bool:
    """Say whether a running house says grave things in words that nobody has checked yet.

    So it does in the language of the house, and in one whose messages were written in it.
    """
    here = by_code().get(code)
    return settings.SUAR_MODE == Mode.RUN and not (here and here.public.checked)


def now() -> str:
    """Give the language of this moment."""
    return translation.get_language() or str(settings.LANGUAGE_CODE)


def mark(code: str, around: str = "") -> SafeString:
    """Mark a part that speaks another language than the page around it, and how that is written.

    An unknown language only lets each line find its own direction.
    """
    here = around or now()
    if code in (here, here.partition("-")[0]):
        return SafeString("")
    if code not in by_code():
        return SafeString(' dir="auto"')
    way = "rtl" if by_code()[code].rtl else "ltr"
    return format_html(' lang="{}" dir="{}"', code, way)


def grave(view: View) -> View:
    """Let a view speak of grave things; its links still lead through the language asked for."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        here = now()
        spoken = of_grave_words(here)
        unchecked = nobody_checked(spoken)
        request.grave_unchecked = unchecked  # type: ignore[attr-defined]  # its page says so
        if spoken == here:
            return view(request, *args, **kwargs)
        request.asked_for_in = here  # type: ignore[attr-defined]  # for its page
        with translation.override(spoken):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = spoken
        return response

    return told
