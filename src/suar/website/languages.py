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
    """Return the languages of the public site by code."""
    every: dict[str, Language] = settings.SUAR_LANGUAGES
    return every


def is_draft(code: str) -> bool:
    """Return True if the messages of a language are a draft."""
    return code in by_code() and by_code()[code].public.draft


def official() -> str:
    """Return the official language of this country, the fallback of all others."""
    return OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, str(settings.LANGUAGE_CODE))


def of_grave_words(code: str) -> str:
    """Return the language in which critical texts may be shown to a reader of `code`."""
    return official() if settings.SUAR_MODE == Mode.RUN and is_draft(code) else code


def nobody_checked(code: str) -> bool:
    """Return True if a running site shows critical texts that no native speaker has checked.

    So it does in the language of the house, and in one whose messages were written in it.
    """
    here = by_code().get(code)
    return settings.SUAR_MODE == Mode.RUN and not (here and here.public.checked)


def now() -> str:
    """Return the active language."""
    return translation.get_language() or str(settings.LANGUAGE_CODE)


def mark(code: str, around: str = "") -> SafeString:
    """Return the `lang` and `dir` attributes of a part in another language than the page.

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
    """Show a view in a language that may be used for critical texts; its links keep the language of the address."""

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
