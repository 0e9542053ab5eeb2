"""The language of a page: that of its URL, unless critical texts are only an unchecked draft in it.

Texts about danger, consent and storage are critical. A live installation shows them in a checked translation, or in
the official language of the country.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import override

from suar.core.environment import Mode
from suar.core.i18n import OFFICIAL_LANGUAGES, Language, Translation, active_language

View = Callable[..., HttpResponse]


def is_draft(code: str) -> bool:
    """Return True if nobody has checked the messages of a language."""
    translation = _public_translation(code)
    return bool(translation and translation.draft)


def official_language() -> str:
    """Return the official language of this country, the fallback of all others."""
    return OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, str(settings.LANGUAGE_CODE))


def critical_language(code: str) -> str:
    """Return the language in which critical texts may be shown to a reader of `code`."""
    return official_language() if settings.SUAR_MODE == Mode.RUN and is_draft(code) else code


def is_unchecked(code: str) -> bool:
    """Return True if a live site shows critical texts that no native speaker has checked.

    That may be the official language, or a language in which the texts were written.
    """
    translation = _public_translation(code)
    return settings.SUAR_MODE == Mode.RUN and not (translation and translation.checked)


def lang_attributes(code: str, around: str = "") -> SafeString:
    """Return the `lang` and `dir` attributes of a part in another language than the page around it.

    An unknown language only gets `dir="auto"`.
    """
    around = around or active_language()
    if code in (around, around.partition("-")[0]):
        return SafeString("")
    if code not in settings.SUAR_LANGUAGES:
        return SafeString(' dir="auto"')
    direction = "rtl" if settings.SUAR_LANGUAGES[code].rtl else "ltr"
    return format_html(' lang="{}" dir="{}"', code, direction)


def _public_translation(code: str) -> Translation | None:
    language: Language | None = settings.SUAR_LANGUAGES.get(code)
    return language.public if language else None


def critical(view: View) -> View:
    """Show a view in a language that may be used for critical texts; its links keep the language of the address."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address_language = active_language()
        language = critical_language(address_language)
        request.critical_unchecked = is_unchecked(language)  # type: ignore[attr-defined]  # for its page
        if language == address_language:
            return view(request, *args, **kwargs)
        request.address_language = address_language  # type: ignore[attr-defined]  # for its page
        with override(language):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = language
        return response

    return wrapper
