"""Somebody in danger reads first a number that is answered, and somebody who hides is not led to who traces people."""

import pytest

from suar.directory.search import SearchQuery
from suar.website.find_help import find
from tests.directory.entries import entry, entry_id, load, provider
from tests.website.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(db):
    """Load a crisis line, a line for messages only, and a desk for papers."""
    always = {"number": "+62 001", "tested": "2026-11-20", "hours": {"en": "Always"}}
    messages = [{"id": str(entry_id("002")), "number": "+62 002", "type": "text"}]
    listed = provider(
        entry("line", types=["MEN_CRISIS"], areas=["NATIONAL"], urgent=always),
        entry("messages", types=["COO_INFO"], areas=["NATIONAL"], phones=messages),
        entry("papers", types=["STA_TRAVEL"], areas=["NATIONAL"]),
    )
    assert load(listed).applied


def danger_box(page: str) -> str:
    return page.partition('<details class="more"')[2].partition("</details>")[0]


def listed_ids(text: str, language: str) -> list:
    return [entry.card.id for entry in find(SearchQuery(text=text), language=language).entries]


@pytest.mark.parametrize("text", ["he beats me", "they beat me in the scam company, passport taken", "i want to die"])
def test_the_open_box_begins_with_the_number_of_a_line_that_answers(visitor, lines, text):
    box = danger_box(ask(visitor, text=text).content.decode())
    assert " open" in box.partition(">")[0]
    assert 'href="tel:"' not in box
    assert box.index('href="tel:+62001"') < box.index("Do not wait")


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_closed_box_of_the_start_page_begins_with_the_same_number(visitor, lines, language):
    box = danger_box(visitor.get(f"/{language}/").content.decode())
    assert " open" not in box.partition(">")[0]
    assert box.index('href="tel:+62001"') < box.index('href="tel:129"')


def test_the_box_of_the_start_page_has_no_line_where_none_is_known(visitor, db):
    box = danger_box(visitor.get("/en/").content.decode())
    assert 'href="tel:129"' in box
    assert "Answers now" not in box


def test_somebody_who_cannot_call_reads_the_number_for_messages_in_the_box(visitor, lines):
    box = danger_box(ask(visitor, text="i am deaf, he beats me").content.decode())
    assert box.index('href="sms:+62002"') < box.index("Messages only") < box.index("Do not wait")
    assert "Answers now" not in box
    assert "+62 001" not in box


def test_the_box_says_that_somebody_answers_now_only_if_that_is_known(visitor, db):
    desk = [{"id": str(entry_id("003")), "number": "+62 003", "type": "voice"}]
    assert load(provider(entry("desk", types=["COO_INFO"], areas=["NATIONAL"], phones=desk))).applied
    box = danger_box(ask(visitor, text="he beats me").content.decode())
    assert 'href="tel:+62003"' in box
    assert "Answers now" not in box


@pytest.fixture
def hiding(db):
    """Load who traces people, who helps to move away, and a safe house."""
    listed = provider(
        entry("trace", types=["FAM_TRACING"], areas=["NATIONAL"]),
        entry("waiting", types=["FAM_SECONDARY"], areas=["NATIONAL"]),
        entry("move", types=["SAF_RELOCATION"], areas=["NATIONAL"]),
        entry("refuge", types=["HOU_EMERGENCY"], areas=["NATIONAL"]),
    )
    assert load(listed).applied


@pytest.mark.parametrize(
    ("text", "language"),
    [("my husband is looking for me", "en"), ("takut suami mencari saya", "id"), ("suami nyari saya", "id")],
)
def test_somebody_whom_others_look_for_is_not_led_to_who_traces_people(hiding, text, language):
    listed = listed_ids(text, language)
    assert listed[0] in {entry_id("move"), entry_id("refuge")}
    assert not {entry_id("trace"), entry_id("waiting")} & {*listed[:2]}


@pytest.mark.parametrize(
    ("text", "language"), [("i look for my missing daughter", "en"), ("saya mencari anak saya yang hilang", "id")]
)
def test_somebody_who_looks_for_a_relative_is_led_to_who_traces(hiding, text, language):
    assert listed_ids(text, language)[0] == entry_id("trace")


@pytest.fixture
def at_sea(db):
    """Load what is for mourners, and who visits ships."""
    listed = provider(
        entry("mourn", types=["RET_REMAINS", "FAM_SECONDARY"], areas=["NATIONAL"]),
        entry("visit", types=["SAF_RISK"], areas=["SEA"]),
    )
    assert load(listed).applied


@pytest.mark.parametrize(
    ("text", "first"),
    [("anak di kapal", "visit"), ("suami saya meninggal di kapal", "mourn"), ("suami pulang dalam peti mati", "mourn")],
)
def test_no_examples_alone_lead_somebody_who_hopes_to_what_is_for_mourners(at_sea, text, first):
    assert listed_ids(text, "id")[:1] == [entry_id(first)]
