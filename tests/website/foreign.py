"""Finds English that was left in a page where another language should speak.

In a writing of its own any Latin letters are strange. A language that is itself written in them is
known by its words: strange is what the English texts say and its own texts say nowhere.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import polib
from django.utils.translation import to_locale

from suar.core.i18n import public_languages
from tests.house.public_words import public_words
from tests.house.reading import SUAR

LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]{2,}")
NAMES = {"Suar", "SAPA", "Esc", "Escape", "PDF", "JPG", "PNG", "MB"}
ALONE = {"input", "meta", "link", "br", "img", "use", "path", "circle", "rect", "hr"}
PASSED = {"script", "style", "symbol"}
SAID_ALOUD = ("aria-label", "placeholder", "alt", "title")


class Spoken(HTMLParser):
    """Collects what a page says in its own language; parts that name another one are passed.

    So are parts of which only the direction is left open: they are names and letters of people.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[bool] = [False]
        self.words: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether this part speaks the language of the page."""
        told = dict(attrs)
        if tag == "html":
            self.language = told.get("lang") or ""
        other = told.get("lang", self.language) != self.language
        own = tag == "bdi" or told.get("dir") == "auto" or told.get("translate") == "no"
        passed = self.inside[-1] or other or own or tag in PASSED
        if not passed:
            self.words += [str(told[name]) for name in SAID_ALOUD if told.get(name)]
        if tag not in ALONE:
            self.inside.append(passed)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read an element that closes itself; it holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        """Leave a part."""
        if tag not in ALONE and len(self.inside) > 1:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        """Keep what is said in the language of the page."""
        if not self.inside[-1] and data.strip():
            self.words.append(data.strip())


def left_over(page: str) -> list[str]:
    """List what a page of another language still says in English."""
    spoken = Spoken(page)
    strange = [text for text in spoken.words if _strange(text, spoken.language)]
    return list(dict.fromkeys(strange))


def _strange(text: str, language: str) -> set[str]:
    words = set(LATIN.findall(text.replace("\N{SOFT HYPHEN}", ""))) - NAMES
    if language not in in_latin_letters():
        return words
    return {word.lower() for word in words} & english_alone(language)


@cache
def in_latin_letters() -> set[str]:
    """Return the languages that share their letters with English, Indonesian aside."""
    return {public_language.code for public_language in public_languages() if LATIN.match(public_language.name)} - {
        "en",
        "id",
    }


@cache
def english_alone(language: str) -> set[str]:
    """Return the words of the English texts that no text of a language holds."""
    return _words(_english()) - _words(_own(language))


def _words(texts: Iterator[str]) -> set[str]:
    return {word.lower() for text in texts for word in LATIN.findall(text)}


def _english() -> Iterator[str]:
    yield from (words for _context, words in public_words())
    yield from _in_data("en")


def _own(language: str) -> Iterator[str]:
    for path in SUAR.glob(f"*/locale/{to_locale(language)}/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            yield from (entry.msgstr, *entry.msgstr_plural.values())
    yield from _in_data(language)


def _in_data(language: str) -> Iterator[str]:
    whole = SUAR / "website" / "data" / f"understanding-1-{language}.json"
    yield from json.loads(whole.read_text("utf-8"))["words"].values()
    for path in (*SUAR.glob("*/data/*.json"), *SUAR.glob("*/codes/*.json")):
        yield from _said(json.loads(path.read_text("utf-8")), {language, f"what_{language}"})


def _said(part: Any, keys: set[str]) -> Iterator[str]:
    for key, each in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(each, dict | list):
            yield from _said(each, keys)
        elif key in keys and isinstance(each, str):
            yield each
