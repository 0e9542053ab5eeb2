"""The handbook has the same pages in both languages, each with its pictures, and names buttons as the screens do."""

import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from tests.house.reading import ROOT
from tests.stories.handbook import PLACE, Picture

HANDBOOK = ROOT / "docs/handbook"
LANGUAGES = ("en", "id")
PICTURE = re.compile(r"!\[([^\]]+)\]\(\.\./pictures/([a-z-]+)-(en|id)\.png\)")


def pages(language: str) -> list[Path]:
    return sorted((HANDBOOK / language).glob("[0-9]*.md"))


def test_both_languages_have_the_same_twelve_pages() -> None:
    assert len(pages("en")) == 12
    assert [page.name for page in pages("en")] == [page.name for page in pages("id")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_shown_once_with_words_and_is_small(language: str) -> None:
    shown = [found for page in pages(language) for found in PICTURE.findall(page.read_text("utf-8"))]
    assert sorted(name for _words, name, _language in shown) == sorted(Picture)
    assert {of for _words, _name, of in shown} == {language}
    sizes = {name: (PLACE / f"{name}-{language}.png").stat().st_size for name in Picture}
    assert {name: size for name, size in sizes.items() if size > 60_000} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_short(language: str) -> None:
    words = {page.name: len(page.read_text("utf-8").split()) for page in pages(language)}
    assert {name: count for name, count in words.items() if count > 320} == {}


def bold(page: Path) -> list[str]:
    return [" ".join(words.split()) for words in re.findall(r"\*\*([^*]+)\*\*", page.read_text("utf-8"))]


def test_the_words_of_buttons_are_those_of_the_screens() -> None:
    in_templates = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("templates/**/*.html"))
    in_code = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    in_lists = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.json"))
    english = [words for page in pages("en") for words in bold(page)]
    assert [words for words in english if words not in in_templates + in_code + in_lists] == []


def test_the_indonesian_words_of_buttons_are_the_translations() -> None:
    stated = {words for page in pages("id") for words in bold(page)}
    in_lists = "\n".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.json"))
    with override("id"):
        known = {gettext(words) for page in pages("en") for words in bold(page)}
    assert {words for words in stated - known if words not in in_lists} == set()
