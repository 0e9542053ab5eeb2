"""Languages and translated texts: the only module that names a language code.

The list of languages is data: `languages.json`. A text that is read aloud is a mapping of language
to text, `{"en": "Yes", "id": "Ya"}`; `localize` picks one. Interface texts use gettext.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header
from pydantic import TypeAdapter

from suar.core.refusals import Refused

SOURCE_LANGUAGE = "en"
"""The language in which the code is written, and the last fallback of every text."""
_DATA = json.loads((Path(__file__).parent / "languages.json").read_text("utf-8"))
OFFICIAL_LANGUAGES: Mapping[str, str] = _DATA["official"]
"""The language of the authorities by country code; elsewhere the source language is used."""


@dataclass(frozen=True, slots=True)
class Translation:
    """Translators and reviewers of the texts of one site; `made_by` is empty for originals."""

    made_by: str
    checked: str

    @property
    def draft(self) -> bool:
        """Return True for a translation that no native speaker has checked."""
        return bool(self.made_by) and not self.checked


@dataclass(frozen=True, slots=True)
class Language:
    """A language, and its translation of each site (None where that site does not offer it)."""

    code: str
    name: str
    rtl: bool = False
    day_format: str = "j F Y"
    month_format: str = "F Y"
    public: Translation | None = None
    staff: Translation | None = None
    talk: Translation | None = None
    """The wording of the talk, in a language in which the staff site is not offered."""


LANGUAGES: Mapping[str, Language] = {
    row.code: row for row in TypeAdapter(list[Language]).validate_python(_DATA["languages"])
}


def public_languages() -> tuple[Language, ...]:
    """Return the languages of the public site."""
    return tuple(language for language in LANGUAGES.values() if language.public)


def staff_languages() -> tuple[Language, ...]:
    """Return the languages of the staff site."""
    return tuple(language for language in LANGUAGES.values() if language.staff)


def talk_languages(*, demo: bool) -> tuple[Language, ...]:
    """Return the further languages of the talk. A draft is offered in the demonstration only."""
    return tuple(row for row in LANGUAGES.values() if row.talk and (demo or not row.talk.draft))


def refuse_unchecked_wording() -> None:
    """Raise Refused("language_is_draft") if what is read aloud now is a draft and people are real."""
    language = active_language()
    known = LANGUAGES.get(language)
    if known and known.talk and language not in settings.SUAR_TALK_LANGUAGES:
        raise Refused("language_is_draft")


def active_language() -> str:
    """Return the code of the language that is active in this thread."""
    return get_language() or SOURCE_LANGUAGE


def localize(texts: Mapping[str, str], language: str = "") -> str:
    """Return the text in `language` (the active one by default), or the nearest one that exists.

    Falls back to a dialect or the base language, the source language, and then any text.
    """
    code = nearest(language or active_language(), texts)
    return texts.get(code) or texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()), "")


def nearest(tag: str, codes: Iterable[str]) -> str:
    """Return the code that a browser's language tag such as km-KH means, or an empty string."""
    wanted = tag.lower()
    base = wanted.partition("-")[0]
    matching = [code for code in codes if code in (wanted, base) or code.startswith(f"{base}-")]
    return max(matching, key=lambda code: (code == wanted, code == base), default="")


def accepted_language(request: HttpRequest, codes: Collection[str]) -> str:
    """Return the first of these languages that the browser asks for, or an empty string."""
    for tag, _priority in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if language := nearest(str(tag), codes):
            return language
    return ""


def format_day(day: date) -> str:
    """Format a date in the active language, such as 17 November 2026, with digits from 0 to 9."""
    return formats.date_format(day, _active().day_format)


def format_month(day: date) -> str:
    """Format the month and year of a date in the active language."""
    return formats.date_format(day, _active().month_format)


def format_size(size_bytes: int) -> str:
    """Format the size of a file in kB, or in MB from a million bytes on, such as 12 kB or 1.5 MB."""
    if size_bytes < 1_000_000:
        return f"{-(-size_bytes // 1000)}\N{NO-BREAK SPACE}kB"
    return f"{formats.number_format(size_bytes / 1_000_000, 1)}\N{NO-BREAK SPACE}MB"


def _active() -> Language:
    return LANGUAGES.get(active_language(), LANGUAGES[SOURCE_LANGUAGE])
