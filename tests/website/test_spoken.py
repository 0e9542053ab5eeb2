"""Each text of an entry says which language it is in, wherever a page speaks another one."""

import copy
import json
from html.parser import HTMLParser

import pytest

from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.directory import importing
from suar.directory.cards import LocalText, localise
from suar.directory.codes import UNKNOWN_LANGUAGE as UNKNOWN
from suar.directory.documents import Entry, ParsedDirectory
from tests.website.asking import ask
from tests.website.conftest import SHELTER, _entries
from tests.website.foreign import ALONE
from tests.website.publishing import built

NAME, HOUSE, WHAT, HOW, TELLS = "Malam House", "Rumah Satu", "Words alone", "Cara saja", "Bloß so"
LINE, SAYS, QUIET, DAYS = "any hour", "ស្ងាត់", "sunyi saja", "janji dulu"
IN = {
    NAME: "en",
    HOUSE: "id",
    WHAT: "en",
    HOW: "id",
    TELLS: "",
    LINE: "en",
    SAYS: "km",
    QUIET: "id",
    DAYS: "id",
}


class Marked(HTMLParser):
    """Gives for each piece of text the language and the direction around it."""

    def __init__(self, page):
        super().__init__()
        self.around, self.found = [("", "")], {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told, (language, way) = dict(attrs), self.around[-1]
        if told.get("dir") == "auto" and "lang" not in told:
            language = ""
        if tag not in ALONE:
            self.around.append((told.get("lang", language), told.get("dir", way)))

    def handle_endtag(self, tag):
        if tag not in ALONE and len(self.around) > 1:
            self.around.pop()

    def handle_data(self, data):
        self.found.setdefault(data.strip(), set()).add(self.around[-1])


@pytest.fixture
def mixed(db):
    """Keep one entry whose texts stand in different languages."""
    entries = _entries()
    [service] = [service for service in entries.services if service.id == SHELTER]
    values = {
        "name": {"en": NAME},
        "description": {"en": WHAT},
        "hours": [{"days": [0], "opens": "08:00", "closes": "12:00", "words": {"id": DAYS}}],
        "access": {"AC_HOW": {"id": HOW}, "AC_BRING": {UNKNOWN: TELLS}},
        "phones": [{"number": "000-0000-0002", "words": {"km": SAYS, "id": QUIET}}],
        "urgent": {"number": "000-0000-0009", "tested": clock.today(), "hours": {"en": LINE}},
    }
    service = Entry(**{**service.model_dump(), **values})
    house = Entry(**{**entries.providers[0].model_dump(), "name": {"id": HOUSE}})
    whole = ParsedDirectory(providers=(house,), sites=entries.sites, services=(service,))
    report = importing.import_file(whole, by=Anonymous(at=clock.now()))
    assert report.applied, report.refused


def wrongly_marked(page, language):
    """List the texts of the entry that a page holds without their own language and direction."""
    found, way = Marked(page).found, "rtl" if language == "ar" else "ltr"
    there = {text: spoken for text, spoken in IN.items() if text in found}
    right = {"": {("", "auto")}, language: {(language, way)}}
    return there, {
        text: found[text] for text, spoken in there.items() if found[text] != right.get(spoken, {(spoken, "ltr")})
    }


@pytest.mark.parametrize("language", ["ar", "km", "id", "en", "sr-latn"])
def test_each_text_of_an_entry_is_marked_with_its_own_language(visitor, mixed, language):
    service = visitor.get(f"/{language}/s/{SHELTER}").content.decode()
    there, wrong = wrongly_marked(service, language)
    assert wrong == {}
    phone = SAYS if language == "km" else QUIET
    assert {NAME, HOUSE, WHAT, HOW, TELLS, LINE, phone, DAYS} == set(there)
    for page in (
        ask(visitor, lang=language, needs="bed"),
        ask(visitor, lang=language, wrong=str(SHELTER)),
        ask(visitor, lang=language, check="1"),
    ):
        there, wrong = wrongly_marked(page.content.decode(), language)
        assert wrong == {}
        assert {NAME, HOUSE} <= set(there)


def test_a_text_without_its_language_is_detected():
    page = f'<html lang="ar" dir="rtl"><p>{NAME}</p><p lang="id" dir="ltr">{HOUSE}</p></html>'
    assert wrongly_marked(page, "ar")[1] == {NAME: {("ar", "rtl")}}


def test_the_search_index_has_the_language_of_each_name(public_site, mixed):
    files = built(languages=("km", "id"))
    [index] = [json.loads(each) for path, each in files.items() if path == "km-index.json"]
    spoken = {text: index["languages"][at] for text, at in zip(index["texts"], index["text_languages"], strict=True)}
    assert (spoken[NAME], spoken[HOUSE]) == ("en", "id")
    assert set(spoken.values()) == {"en", "id", "km"}


@pytest.mark.parametrize(
    ("texts", "language", "found"),
    [
        ({"en": "a", "km": "b"}, "km", LocalText("b", "km")),
        ({"en": "a", "zh": "b"}, "zh-hans", LocalText("b", "zh")),
        ({"id": "a", "km": ""}, "km", LocalText("a", "id")),
        ({"fr": "a"}, "km", LocalText("a", "fr")),
        ({UNKNOWN: "a", "fr": "b"}, "km", LocalText("a", "")),
        ({}, "km", LocalText("", "")),
    ],
)
def test_a_text_is_shown_in_the_nearest_language_with_its_code(texts, language, found):
    told = localise(texts, language)
    assert (told, told.language) == (found, found.language)
    assert copy.deepcopy(told).language == found.language
