"""The pages that are read, and the check: light, without a trace, and nothing to send."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from suar.contact.models import Desk
from suar.core import clock
from suar.core.ids import new_id
from suar.demo import directory as demo
from suar.directory import actions as directory_actions
from suar.directory.rules import opus
from suar.website import texts
from suar.website.print import actions as printing
from suar.website.texts import structure
from tests.directory.entries import RANI, editing, entry, load, provider
from tests.html import read_file, squeeze
from tests.website.asking import OWN, ask, ticket_of
from tests.website.conftest import EDITOR, LEGAL_AID, SHELTER

NUMBERS = [page["number"] for page in structure()["pages"]]
PATHS = [
    "",
    "about",
    "others",
    "phone",
    "changed",
    "booklets",
    f"s/{SHELTER}",
    f"s/{LEGAL_AID}",
    *(f"read/{number}" for number in NUMBERS),
]
ROUND_TRIP_BYTES = 14_000
"""Ten segments of 1,460 bytes, less the headers."""
LINKED = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
TITLES = {"en": "<title>Information</title>", "id": "<title>Informasi</title>"}
TOKENS = re.compile(r'name="ticket"\s+value="([^"]+)"')


class Inputs(HTMLParser):
    """Lists the boxes of a page and the forms around any of them."""

    def __init__(self, page):
        super().__init__()
        self.boxes, self.forms, self.inside = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Take note of a box, or of a form that begins."""
        if tag == "form":
            self.forms.append(dict(attrs))
            self.inside = True
        elif tag == "input" and dict(attrs).get("type") == "checkbox":
            self.boxes.append((dict(attrs), self.inside))

    def handle_endtag(self, tag):
        """Take note that a form ends."""
        self.inside = self.inside and tag != "form"


def weight(visitor, response):
    """Count what a first visit fetches packed: the page with its sheet, script and icon."""
    assert response.status_code == 200
    linked = set(LINKED.findall(response.content.decode()))
    assert any(item.endswith("public.css") for item in linked)
    linked_files = [read_file(visitor.get(item)) for item in linked]
    return sum(len(gzip.compress(content)) for content in (response.content, *linked_files))


def create_desk():
    """Let an invented organisation answer letters."""
    Desk.objects.create(
        team=new_id(),
        organisation=new_id(),
        who_en="SYN",
        who_id="SYN",
        days="12345",
        answers_within_days=2,
        looked_at=clock.now(),
        by=new_id(),
    )


@pytest.fixture
def heard_and_printed(directory):
    """Let one page be heard, one booklet lie ready, a desk and a line answer: these pages are longer then."""
    always = {"number": "000-0000-0201", "tested": "2026-11-20", "hours": {"en": "Day and night"}}
    line = entry("Crisis line, day and night", types=["MEN_CRISIS"], areas=["NATIONAL"], urgent=always)
    assert load(provider(line)).applied
    for language in ("su", "en"):
        tone = opus.clean_recording(demo.TONE.read_bytes())
        slot = directory_actions.store_recording(
            tone, text="read-1", language=language, by=editing(EDITOR, at=clock.now())
        )
        directory_actions.publish_recording(slot, by=editing(RANI, at=clock.now()))
    printing.make_edition("31.71", language="en", by=EDITOR, at=clock.now())
    create_desk()


def test_every_page_to_read_fits_in_one_round_trip_with_its_sheet(visitor, heard_and_printed):
    weights = {}
    for language, _ in settings.LANGUAGES:
        paths = [f"/{language}/{path}" for path in PATHS]
        weights |= {path: weight(visitor, visitor.get(path)) for path in paths}
        response = ask(visitor, check="1", lang=language)
        weights[f"{language}, check"] = weight(visitor, response)
    assert {path: size for path, size in weights.items() if size > ROUND_TRIP_BYTES} == {}


@pytest.mark.parametrize("language", ["en", "id"])
def test_title_address_and_cookies_of_a_page_reveal_nothing(visitor, directory, language):
    for number in NUMBERS:
        response = visitor.get(f"/{language}/read/{number}")
        page = response.content.decode()
        assert TITLES[language] in page
        assert f'<html lang="{language}"' in page
        assert response["Cache-Control"] == "no-store"
        assert "ETag" not in response
        assert not response.cookies
        assert "draf" in page, "English: draft; Indonesian: draf"


def test_the_page_about_all_leads_to_each_page(visitor, directory):
    page = visitor.get("/id/about").content.decode()
    assert [n for n in NUMBERS if f'value="/id/read/{n}"' not in page] == []


def test_a_law_is_shown_with_its_article(visitor, directory):
    page = visitor.get("/en/read/3").content.decode()
    assert "Law 21 of 2007, article 27" in page
    assert "No lawyer has checked these sentences yet." in page
    assert "UU 21 Tahun 2007, pasal 27" in visitor.get("/id/read/3").content.decode()


@pytest.mark.parametrize("desks", [True, False])
def test_a_page_leads_to_asking_where_somebody_answers(visitor, directory, desks):
    if desks:
        create_desk()
    page = visitor.get("/en/read/12").content.decode()
    assert ('name="do" value="ask"' in page) is desks


def test_a_page_that_is_not_there_is_absent(visitor, directory):
    assert visitor.get("/en/read/99").status_code == 404
    assert visitor.get("/en/read/9" + "9" * 400).status_code == 404
    assert visitor.get("/en/read/sea").status_code == 404


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_check_has_no_form_and_nothing_that_could_be_sent(visitor, directory, language):
    response = ask(visitor, check="1", lang=language)
    page = response.content.decode()
    inputs = Inputs(page)
    assert len(inputs.boxes) >= 12
    assert inputs.forms == []
    for box, inside in inputs.boxes:
        assert not inside
        assert set(box) == {"type", "autocomplete", "data-leads"}
        assert box["autocomplete"] == "off"
    assert response["Cache-Control"] == "no-store"
    assert TITLES[language] in page
    # The one way on is the same whatever is ticked.
    assert page.count(f'class="act" href="/{language}/"') == 1
    assert "/s/" not in page


def test_a_check_in_a_fallback_language_states_it_at_each_part(visitor, directory, monkeypatch):
    english = texts.load_words("en")
    monkeypatch.setattr(texts, "load_words", lambda _: english)
    page = squeeze(ask(visitor, check="1", lang="id").content)
    assert '<div class="stack" lang="en" dir="ltr"><h1>' in page
    assert '<div class="check" lang="en" dir="ltr">' in page


def test_the_check_names_who_can_help_and_what_to_choose(visitor, directory):
    page = ask(visitor, check="1").content.decode()
    assert "000-0000-0009" in page
    assert "tel:129" in page
    assert "My wages or a debt" in page
    assert "decides nothing" in page


def test_a_check_asked_for_again_by_back_shows_the_start(visitor, directory):
    ticket = ticket_of(visitor.get("/en/read/1"))
    first = visitor.post("/", {"ticket": ticket, "lang": "en", "check": "1"}, headers=OWN)
    assert "data-leads" in first.content.decode()
    again = visitor.post("/", {"ticket": ticket, "lang": "en", "check": "1"}, headers=OWN)
    assert "data-leads" not in again.content.decode()
    assert "too old to be used again" in again.content.decode()


def test_a_live_site_has_no_self_check_before_its_text_is_checked(visitor, directory, settings):
    settings.SUAR_MODE = "run"
    for path in ("/en/", "/en/about", "/id/read/1"):
        assert 'name="check"' not in visitor.get(path).content.decode()
    assert ask(visitor, check="1").status_code == 404
    assert visitor.get("/en/read/13").status_code == 404


def test_the_sheet_shows_each_sentence_for_its_ticks_alone():
    css = Path(finders.find("website/css/public.css")).read_text("utf-8")
    for row in structure()["check"]["advice"]:
        code = row["code"]
        assert f".check:not(:has([data-leads={code}]:checked)) [data-advice={code}]" in css


def test_a_page_has_one_address(visitor, directory):
    answers = [visitor.get(f"/en/read/{number}").status_code for number in ("7", "07", "007")]
    assert answers == [200, 404, 404]


def test_each_visit_gets_its_own_tokens(visitor, directory):
    first, second = (TOKENS.findall(visitor.get("/en/read/1").content.decode()) for _ in range(2))
    assert len({*first, *second}) == len(first) + len(second) >= 4
