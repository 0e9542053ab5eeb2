"""Open now: by the hours and the clock of the place, and silent where they do not say."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from suar.core import clock
from suar.directory import catalogue, queries
from suar.directory.cards import CardHours, LocalText
from suar.directory.search import SearchQuery
from suar.website.entries import Entry, opening_words
from suar.website.find_help import ANYTHING, build_entry
from suar.website.rules import Opening, opening_at
from tests.website.asking import ask
from tests.website.conftest import LEGAL_AID, SHELTER

WEEK = CardHours((0, 1, 2, 3, 4), "08:00", "16:00", "")
SPLIT = (CardHours((0,), "08:00", "12:00", ""), CardHours((0,), "13:00", "16:00", ""))
NIGHT = CardHours((4,), "20:00", "04:00", "")
WORDS = CardHours((5,), "", "", "by appointment")
MONDAY, FRIDAY, SATURDAY, SUNDAY = 5, 9, 10, 11
"""Days of October 2026."""


def at(day, time):
    hour, minute = map(int, time.split(":"))
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "found"),
    [
        ([WEEK], at(MONDAY, "08:00"), Opening(True, 0, "16:00")),
        ([WEEK], at(MONDAY, "07:59"), Opening(False, 0, "08:00")),
        ([WEEK], at(MONDAY, "16:00"), Opening(False, 1, "08:00")),
        ([WEEK], at(FRIDAY, "17:00"), Opening(False, 0, "08:00")),
        ([WEEK], at(SUNDAY, "12:00"), Opening(False, 0, "08:00")),
        (SPLIT, at(MONDAY, "12:30"), Opening(False, 0, "13:00")),
        (SPLIT, at(MONDAY, "17:00"), Opening(False, 0, "08:00")),
        ([NIGHT], at(FRIDAY, "21:00"), Opening(True, 5, "04:00")),
        ([NIGHT], at(SATURDAY, "03:59"), Opening(True, 5, "04:00")),
        ([NIGHT], at(SATURDAY, "04:00"), Opening(False, 4, "20:00")),
        ([WEEK, WORDS], at(SATURDAY, "10:00"), None),
        ([WEEK, WORDS], at(MONDAY, "10:00"), Opening(True, 0, "16:00")),
        ([WORDS], at(MONDAY, "10:00"), None),
        ([CardHours((), "", "", "ring first")], at(MONDAY, "10:00"), None),
        ([], at(MONDAY, "10:00"), None),
    ],
)
def test_opening_at_returns_whether_a_service_is_open(hours, moment, found):
    assert opening_at(hours, moment) == found


@pytest.fixture
def card(directory):
    return queries.public_card(LEGAL_AID, language="en")


@pytest.fixture
def monday():
    """Set the clock to a Monday, nine in Jakarta, ten in Makassar, eleven in Jayapura."""
    with clock.shifted(at(MONDAY, "02:00") - clock.now()):
        yield


@pytest.mark.parametrize(
    ("closes", "districts", "words"),
    [
        ("16:00", ("31.71",), "Open now, until 16:00."),
        ("10:00", ("31.71",), "Open now, until 10:00."),
        ("10:00", ("73.71",), "Closed now. Opens on Tuesday at 08:00."),
        ("11:00", ("91.71",), "Closed now. Opens on Tuesday at 08:00."),
        ("16:00", ("31.71", "91.71"), ""),
    ],
)
def test_hours_use_the_time_zone_of_the_service(card, monday, closes, districts, words):
    hours = (CardHours((0, 1), "08:00", closes, ""),)
    with translation.override("en"):
        assert opening_words(replace(card, hours=hours, districts=districts)) == words


def test_later_today_and_next_week_differ(card, monday):
    with translation.override("en"):
        later = replace(card, hours=(CardHours((0,), "13:00", "15:00", ""),))
        assert opening_words(later) == "Closed now. Opens today at 13:00."
        early = replace(card, hours=(CardHours((0,), "07:00", "08:00", ""),))
        assert opening_words(early) == "Closed now. Opens on Monday at 07:00."


def test_a_service_open_day_and_night_shows_no_opening_time(directory, monday):
    assert opening_words(queries.public_card(SHELTER, language="en")) == ""


def test_the_list_and_the_service_page_show_the_hours(visitor, directory):
    for page in (ask(visitor, needs="wages"), visitor.get(f"/en/s/{LEGAL_AID}")):
        text = page.content.decode()
        assert "Open now, until 16:00." in text or "Closed now. Opens" in text or _saturday()


WHOLE_WEEK = CardHours(tuple(range(7)), "00:00", "24:00", "")


@pytest.mark.parametrize(
    ("language", "beside"), [("en", "day and night"), ("en", "Day and night, a woman answers"), ("en", "Ask for Ani")]
)
def test_a_card_says_day_and_night_once(directory, language, beside):
    card = queries.public_card(SHELTER, language=language)
    card = replace(card, hours=(WHOLE_WEEK,), urgent=replace(card.urgent, hours=LocalText(beside, language)))
    with translation.override(language):
        entry = build_entry(card, ANYTHING)
        context = {"card": card, "entry": entry, "language": language}
        reach = render_to_string("website/reach.html", context)
        listed = render_to_string("website/entry_list.html", {"entries": [entry], "language": language})
    for text in (reach, listed):
        assert text.casefold().count("day and night") == 1
    assert "Day and night" in listed


def test_other_hours_than_those_beside_the_number_stay(directory):
    card = queries.public_card(SHELTER, language="en")
    card = replace(card, urgent=replace(card.urgent, hours=LocalText("Monday to Friday 08:00-16:00", "en")))
    monday = replace(card, hours=(CardHours((0,), "", "", ""),))
    assert [line["when"] for line in Entry(monday).other_opening_lines] == ["Monday"]


def test_a_line_that_answers_day_and_night_does_not_hide_office_hours(directory):
    card = queries.public_card(SHELTER, language="en")
    card = replace(card, hours=(WHOLE_WEEK,), facts=replace(card.facts, opening="OFFICE_HOURS"))
    with translation.override("en"):
        words = [line.words for line in build_entry(card, SearchQuery(now=True)).reasons]
    assert "It is not open at every hour." in words


def test_hours_begin_with_a_capital_letter_in_each_language(directory):
    card = replace(queries.public_card(LEGAL_AID, language="en"), hours=(replace(WEEK, days=tuple(range(7))),))
    for language, when in (("en", "Every day, 08:00-16:00"), ("id", "Setiap hari, 08:00-16:00")):
        with translation.override(language):
            assert Entry(card).opening_lines == [{"when": when, "words": ""}]


def test_a_number_is_not_broken_at_its_hyphens(visitor, directory):
    for page in (ask(visitor, needs="wages"), visitor.get(f"/en/s/{SHELTER}"), visitor.get("/en/")):
        links = re.findall(r'<a[^>]*"(?:tel|sms):[^>]*>\s*(?:<strong[^>]*>)?', page.content.decode())
        assert links
        assert all('class="number"' in link for link in links)


def test_every_province_has_a_time_zone():
    provinces = {code for code in catalogue.places() if len(code) == 2 and code.isdigit()}
    assert set(catalogue.zones()) == provinces
    assert set(catalogue.zones().values()) == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}


def _saturday():
    """Say whether the wage desk tells no hours for today."""
    return clock.today().weekday() == SATURDAY - MONDAY
