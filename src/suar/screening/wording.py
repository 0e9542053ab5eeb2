"""The wording of the talk in the language of the page."""

from functools import cache

from django.conf import settings

from suar.core.codes import code_list
from suar.core.i18n import SOURCE_LANGUAGE, active_language, localize
from suar.screening.rules.data_files import DATA, load_file
from suar.screening.rules.instrument import Instrument, Wording

DRAFTS = "drafts"
PROBLEMS = code_list("screening", "problems")


def say(text: Wording | None) -> str:
    """Return a wording in the language of the page, or "".

    In a draft language, wordings without a translation are shown in the source language.
    """
    if not text:
        return ""
    draft = draft_words(active_language())
    return draft.get(text.get(SOURCE_LANGUAGE, "")) or localize(text)


def code_words(talk: Instrument, code: str) -> str:
    """Return the wording of a code that a rule returned, "" if there is none."""
    return say(talk.words_of(code)) if code else ""


def problem_words(talk: Instrument, code: str) -> str:
    """Return the text of a problem: one of a page, or the reason of a rule; "" for no problem."""
    return PROBLEMS.label(code) if code in PROBLEMS else code_words(talk, code)


def country() -> str:
    """Return the code of the country this site works in."""
    return str(settings.SUAR_COUNTRY)


@cache
def draft_words(language: str) -> dict[str, str]:
    """Return the draft translations of a language by their source wording; {} if there is no draft."""
    if not (DATA / DRAFTS / f"{language}.json").is_file():
        return {}
    words: dict[str, str] = load_file(f"{DRAFTS}/{language}")["words"]
    return words
