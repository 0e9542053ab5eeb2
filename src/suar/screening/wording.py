"""The wording of the talk in the language of the page."""

from django.conf import settings

from suar.core.i18n import localize
from suar.screening.rules.instrument import Instrument, Wording


def say(text: Wording | None) -> str:
    """Return a wording in the language of the page, "" if there is none."""
    return localize(text) if text else ""


def code_words(talk: Instrument, code: str) -> str:
    """Return the wording of a code that a rule returned, "" if there is none."""
    return say(talk.words_of(code)) if code else ""


def country() -> str:
    """Return the code of the country this site works in."""
    return str(settings.SUAR_COUNTRY)
