"""The box for danger is open with a number that somebody answers, whatever the list below begins with."""

import pytest

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


@pytest.mark.parametrize("text", ["he beats me", "they beat me in the scam company, passport taken", "i want to die"])
def test_the_open_box_begins_with_the_number_of_a_line_that_answers(visitor, lines, text):
    box = danger_box(ask(visitor, text=text).content.decode())
    assert " open" in box.partition(">")[0]
    assert 'href="tel:"' not in box
    assert box.index('href="tel:+62001"') < box.index("Do not wait")


def test_nobody_who_cannot_call_is_sent_to_a_voice_in_the_box(visitor, lines):
    box = danger_box(ask(visitor, text="i am deaf, he beats me").content.decode())
    assert " open" in box.partition(">")[0]
    assert "Answers now" not in box
