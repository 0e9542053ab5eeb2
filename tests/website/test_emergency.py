"""Numbers for somebody in danger: each with a source, and a page that never fails."""

import json
from datetime import date

import pytest
from django.conf import settings as configured

from suar.website import emergency
from suar.website.emergency import EmergencyNumber

PLACE = {
    "checked": "2026-12-01",
    "numbers": [
        {
            "number": "000-1234",
            "who": {"en": "The police of the place", "id": "Polisi setempat"},
            "source": "called on that day",
        }
    ],
}


@pytest.fixture
def folder(settings, tmp_path):
    """A data folder of its own."""
    settings.SUAR_DATA = tmp_path
    return tmp_path


def kept(folder, content) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "emergency.json").write_text(text, "utf-8")


def test_the_shipped_list_names_only_what_has_a_source():
    raw = json.loads(emergency.SHIPPED.read_text("utf-8"))
    assert [item["number"] for item in raw["numbers"]] == ["129"]
    for language in ("en", "id"):
        assert emergency.parse_numbers(emergency.SHIPPED.read_text("utf-8"), language=language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("SAPA 129", "From a service standard of the ministry, 2024, not called by us.")),
        ("id", ("SAPA 129", "Dari standar layanan kementerian, 2024, belum pernah kami telepon.")),
    ],
)
def test_a_number_without_a_test_call_is_shown(visitor, folder, language, words):
    page = visitor.get(f"/{language}/others").content.decode()
    assert all(word in page for word in words)
    assert "Last called" not in page
    for unchecked in (">110<", ">119<", " 110 ", " 119 "):
        assert unchecked not in page


def test_own_numbers_replace_the_shipped_ones(visitor, folder):
    kept(folder, PLACE)
    page = visitor.get("/en/others").content.decode()
    assert "000-1234" in page
    assert "The police of the place" in page
    assert "Last called on 1 December 2026." in page
    assert "129" not in page


def test_a_list_without_numbers_names_none(visitor, folder):
    kept(folder, {**PLACE, "numbers": []})
    page = visitor.get("/en/others").content.decode()
    assert "Call the police or an ambulance where you are." in page
    assert "Last called" not in page


def one(**changed) -> dict:
    return {**PLACE, "numbers": [{**PLACE["numbers"][0], **changed}]}


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[]",
        "[" * 100_000,
        {},
        {**PLACE, "checked": "yesterday"},
        one(number="<script>"),
        one(number=129),
        one(who={"en": "Only here"}),
        one(who="police"),
        one(who={"en": "Police", "id": " "}),
        one(source=" "),
        one(source={"en": "Only here"}),
        one(called="yesterday"),
    ],
    ids=range(13),
)
def test_an_unreadable_list_is_logged_and_the_shipped_one_is_used(folder, caplog, content):
    kept(folder, content)
    shown = emergency.list_numbers(language="en")
    assert [item.number for item in shown] == ["129"]
    assert "cannot be used" in caplog.text


def test_own_numbers_are_shown_in_the_language_of_the_page(folder):
    kept(folder, PLACE)
    shown = emergency.list_numbers(language="id")
    called = date(2026, 12, 1)
    assert shown == [EmergencyNumber("000-1234", "Polisi setempat", "called on that day", called, "id")]


def test_a_number_without_text_in_this_language_is_marked(folder):
    kept(folder, PLACE)
    assert [line.language for line in emergency.list_numbers(language="km")] == ["en"]
    assert emergency.list_numbers(language="id")[0].language == "id"


def test_the_shipped_number_has_texts_in_every_language(folder):
    for code, _name in configured.LANGUAGES:
        assert {line.language for line in emergency.list_numbers(language=code)} == {code}


def test_a_number_of_another_country_is_hidden(visitor, folder, settings):
    settings.SUAR_COUNTRY = "KH"
    page = visitor.get("/en/others").content.decode()
    assert "129" not in page
    assert "Call the police or an ambulance where you are." in page


def test_a_number_can_have_its_own_country_and_test_day(folder, settings):
    kept(folder, one(country="KH", called=""))
    assert emergency.list_numbers(language="en") == []
    settings.SUAR_COUNTRY = "KH"
    [line] = emergency.list_numbers(language="en")
    assert line.called is None


@pytest.mark.django_db
def test_the_start_page_shows_the_numbers_before_the_form(visitor, folder):
    kept(folder, PLACE)
    page = visitor.get("/en/").content.decode()
    assert page.index("In danger now?") < page.index("000-1234") < page.index("What do you need?")


@pytest.mark.django_db
def test_a_live_site_shows_numbers_in_a_checked_language(visitor, folder, settings):
    settings.SUAR_MODE = "run"
    page = visitor.get("/km/").content.decode()
    first = page.partition("<main")[2]
    told = first[first.index("<details") : first.index("</details>")]
    assert "129" in told
    assert "Jangan" in told
