"""In which language a page may speak: that of its address, unless its words there are a draft.

In a running house what is said of danger, of consent and of what is kept is said in words that
somebody checked, or in the official language of the country.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from suar.settings.environment import Mode
from suar.settings.languages import OFFICIAL, Language, offered

View = Callable[..., HttpResponse]


@cache
def by_code() -> dict[str, Language]:
    """Give every offered language by its code."""
    return {each.code: each for each in offered()}


def is_draft(code: str) -> bool:
    """Say whether the messages of a language are a draft."""
    return code in by_code() and by_code()[code].draft


def official() -> str:
    """Give the language that stands in for all others where this house works."""
    return OFFICIAL.get(settings.SUAR_COUNTRY, str(settings.LANGUAGE_CODE))


def of_grave_words(code: str) -> str:
    """Give the language in which grave messages may be shown to somebody who reads `code`."""
    return official() if settings.SUAR_MODE == Mode.RUN and is_draft(code) else code


def now() -> str:
    """Give the language of this moment."""
    return translation.get_language() or str(settings.LANGUAGE_CODE)


def grave(view: View) -> View:
    """Let a view speak of grave things; its links still lead through the language asked for."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        here = now()
        spoken = of_grave_words(here)
        if spoken == here:
            return view(request, *args, **kwargs)
        request.asked_for_in = here  # type: ignore[attr-defined]  # for its page
        with translation.override(spoken):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = spoken
        return response

    return told
