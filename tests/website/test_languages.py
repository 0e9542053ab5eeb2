"""Each language of the public site: whole, marked as a draft, and silent where that may hurt."""

import json
import re
from dataclasses import replace

import pytest
from django.conf import settings as configured

from suar.contact.documents import CodeKind
from suar.contact.return_codes import kinds_in
from suar.core.i18n import LANGUAGES, Translation, nearest, public_languages
from suar.directory import catalogue
from suar.website import languages
from tests.house.public_words import public_words, public_words_in
from tests.house.reading import SUAR
from tests.html import squeeze
from tests.website.asking import OWN, ask, ticket_of
from tests.website.conftest import LEGAL_AID, SHELTER
from tests.website.foreign import in_latin_letters, left_over

CODES = tuple(code for code, _ in configured.LANGUAGES)
OTHERS = [code for code in CODES if code != "en"]
ABROAD = [code for code in CODES if code not in ("en", "id")]
PAGES = [
    "",
    "about",
    *(f"read/{number}" for number in range(1, 14)),
    "others",
    "phone",
    "changed",
    "booklets",
    f"s/{LEGAL_AID}",
    f"s/{SHELTER}",
    "nothing",
]
PLACES = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_of_the_public_site_is_missing(language):
    """What is listed here has to be added at the end of the catalogue of the language."""
    words = public_words()
    assert len(words) > 300
    assert [(where, key) for key, where in words.items() if key not in public_words_in(language)] == []


def test_a_message_missing_in_khmer_is_detected():
    assert (None, "Planted") not in public_words_in("km")
    assert (None, "Find help") in public_words_in("km")


@pytest.mark.parametrize("language", ABROAD)
def test_a_message_keeps_its_places(language):
    wrong = [
        key[1]
        for key, said in public_words_in(language).items()
        if any(set(PLACES.findall(item)) != set(PLACES.findall(key[1])) for item in said if item)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_places_languages_and_kinds_have_names(language):
    coded = [
        *catalogue.places().values(),
        *catalogue.languages().values(),
        *catalogue.types().values(),
        *catalogue.groups().values(),
    ]
    assert [one.code for one in coded if language not in one.labels] == []
    fields = catalogue.access_fields().items()
    assert [code for code, row in fields if language not in row["words"]] == []


@pytest.mark.parametrize("language", ABROAD)
def test_nothing_on_a_page_is_left_in_english(visitor, directory, language):
    pages = {path: visitor.get(f"/{language}/{path}").content.decode() for path in PAGES}
    found = {path: left for path, page in pages.items() if (left := left_over(page))}
    assert found == {}


@pytest.mark.parametrize("language", ABROAD)
def test_nothing_is_left_in_english_on_the_way_to_help(visitor, directory, language):
    pages = [
        ask(visitor, lang=language, needs="wages"),
        ask(visitor, lang=language, needs="bed", place="32.74", spoken="id", who="boy", now="on"),
        ask(visitor, lang=language, needs="wages", open=str(LEGAL_AID)),
        ask(visitor, lang=language, needs="planted"),
        ask(visitor, lang=language, check="1"),
        ask(visitor, lang=language, ticket="planted"),
        ask(visitor, lang=language, wrong=str(LEGAL_AID)),
        ask(visitor, lang=language, wrong=str(LEGAL_AID), report="1"),
        ask(visitor, lang=language, wrong=str(LEGAL_AID), report="1", kind="CLOSED"),
        *(ask(visitor, lang=language, do=act) for act in ("ask", "enter_code", "pictures", "choose_stage")),
        ask(visitor, lang=language, do="complain"),
        ask(visitor, lang=language, do="read", code="planted"),
    ]
    assert [left_over(page.content.decode()) for page in pages] == [[]] * len(pages)


def test_text_left_in_english_is_detected(visitor, directory):
    assert "Find help" in left_over(visitor.get("/en/").content.decode())
    assert left_over('<html lang="km"><p>ក <b lang="en">kept</b> planted</p></html>') == ["planted"]
    assert left_over('<html lang="km"><p aria-label="planted">ក<bdi>x y name</bdi></p>') == ["planted"]
    for language in in_latin_letters():
        page = f'<html lang="{language}"><p>Bali<b lang="en">Kept</b></p>Find help</html>'
        assert left_over(page) == ["Find help"]


@pytest.mark.parametrize("language", CODES)
def test_a_page_states_its_direction_and_names_other_languages_in_their_script(visitor, language):
    page = squeeze(visitor.get(f"/{language}/phone").content)
    way = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{way}"' in page
    for other in configured.SUAR_LANGUAGES.values():
        turn = "rtl" if other.rtl else "ltr"
        link = (
            f'<a href="/{other.code}/phone" hreflang="{other.code}" lang="{other.code}" dir="{turn}">{other.name}</a>'
        )
        assert (link in page) is (other.code != language)
    [own] = [name for code, name in configured.LANGUAGES if code == language]
    here = f'<a href="/{language}/phone" hreflang="{language}" aria-current="true">{own}</a>'
    assert page.count(here) == 1
    assert page.count('aria-current="true"') == 1
    [folded] = re.findall(r"<details([^>]*)><summary>.*?</summary>\s*<nav", page)
    assert "open" not in folded
    assert f"<span>{own}</span></summary>" in page


@pytest.mark.parametrize("language", CODES)
def test_a_draft_is_marked_once_on_each_page(visitor, directory, language):
    [said] = public_words_in(language).get((None, DRAFT), [DRAFT])
    for path in PAGES[:-1]:
        page = visitor.get(f"/{language}/{path}").content.decode()
        assert page.count(said) == (language != "en" or path.startswith("read/")), path


DRAFT = "These words are a draft. Nobody who grew up with this language has checked them yet."


@pytest.mark.parametrize("path", ["about", "others", "phone"])
def test_a_live_site_shows_critical_texts_in_the_official_language(visitor, directory, settings, path):
    settings.SUAR_MODE = "run"
    answer = visitor.get(f"/ar/{path}")
    page = squeeze(answer.content)
    assert '<html lang="id" dir="ltr"' in page
    assert answer["Content-Language"] == "id"
    assert 'lang="ar" dir="rtl">هذه الصفحة ليست بلغتك بعد.' in page
    assert 'href="/ar/"' in page
    assert 'href="/id/"' not in page.replace('href="/id/" hreflang', "")
    settings.SUAR_COUNTRY = "KH"
    assert '<html lang="en"' in visitor.get(f"/ar/{path}").content.decode()


def test_a_live_site_accepts_letters_in_the_official_language(visitor, directory, settings):
    settings.SUAR_MODE = "run"
    ticket = ticket_of(visitor.get("/km/"))
    sent = {"ticket": ticket, "lang": "km", "do": "enter_code"}
    page = visitor.post("/", sent, headers=OWN).content.decode()
    assert '<html lang="id"' in page
    assert 'name="lang" value="km"' in page


def test_the_start_page_states_what_is_stored_in_checked_text_only(visitor, directory, settings):
    assert 'lang="id" dir="ltr">Halaman ini' not in squeeze(visitor.get("/km/").content)
    settings.SUAR_MODE = "run"
    page = squeeze(visitor.get("/km/").content)
    assert '<html lang="km"' in page
    assert 'lang="id" dir="ltr">Halaman ini tidak menyimpan' in page


def test_a_language_that_was_checked_speaks_for_itself(visitor, settings):
    settings.SUAR_MODE = "run"
    read = replace(configured.SUAR_LANGUAGES["km"], public=Translation("machine", "a teacher, 2026-11"))
    settings.SUAR_LANGUAGES = {**settings.SUAR_LANGUAGES, "km": read}
    assert '<html lang="km"' in visitor.get("/km/phone").content.decode()


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("km", "km"),
        ("km-KH", "km"),
        ("AR-sa", "ar"),
        ("zh", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh-Hans", "zh-hans"),
        ("sr-RS", "sr-latn"),
        ("ka", ""),
        ("k", ""),
        ("", ""),
    ],
)
def test_a_tag_of_a_browser_finds_the_nearest_language(tag, found):
    assert nearest(tag, ("en", "ar", "km", "zh-hans", "sr-latn")) == found


def test_a_browser_that_asks_for_khmer_gets_khmer(visitor, directory):
    answer = visitor.get("/", headers={"accept-language": "fr, km-KH;q=0.8, en;q=0.5"})
    assert answer["Content-Language"] == "km"


def test_words_of_a_code_are_offered_only_where_they_are_words_of_the_language():
    assert CodeKind.WORDS in kinds_in("id")
    assert kinds_in("km") == [CodeKind.DIGITS, CodeKind.PICTURES, CodeKind.NONE]


def test_a_language_without_words_to_read_has_a_row_and_is_not_offered():
    names = {language.code: language.name for language in LANGUAGES.values()}
    assert {"my", "lo", "vi", "th", "ru", "ro", "sq", "sr-latn", "zh-hans", "ur", "uk"} <= set(names)
    assert len(set(names.values())) == len(names)
    there = {path.stem.partition("-1-")[2] for path in (SUAR / "website/data").glob("*-1-*.json")}
    assert {public_language.code for public_language in public_languages()} == there


def test_digits_are_those_that_every_phone_shows():
    for code in ABROAD:
        texts = [item for said in public_words_in(code).values() for item in said]
        texts.append((SUAR / f"website/data/understanding-1-{code}.json").read_text("utf-8"))
        assert not [text for text in texts if re.search(r"(?![0-9])\d", text)]


def test_the_checker_of_a_language_has_no_name_and_is_empty_if_unchecked():
    for code in ABROAD:
        raw = json.loads((SUAR / f"website/data/understanding-1-{code}.json").read_text("utf-8"))
        assert raw["checked"] == ""
        assert languages.is_draft(code)
