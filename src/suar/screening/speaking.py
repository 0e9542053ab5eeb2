"""The words of the talk in the language of the page."""

from django.conf import settings
from django.utils.translation import get_language

from suar.screening import rules
from suar.screening.rules.shapes import Instrument, Text


def say(text: Text | None) -> str:
    """Give a wording in the language of the page."""
    return text.in_language(language()) if text else ""


def language() -> str:
    """Give the language of the page as the instrument knows it."""
    return "id" if (get_language() or "en").startswith("id") else "en"


def country() -> str:
    """Name the country this house works in, as the talk's sentences on it know it."""
    return str(settings.SUAR_COUNTRY)


def code_words(talk: Instrument, code: str) -> str:
    """Say a code of the rules."""
    return say(rules.words_of(code, of=talk)) if code else ""
