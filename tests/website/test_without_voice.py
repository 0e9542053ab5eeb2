"""Somebody who is deaf or cannot speak sees first what can be reached without voice."""

import pytest
from django.utils.translation import gettext, override

from suar.website.find_help import find
from suar.website.forms import FindForm
from tests.directory.entries import at_place, entry, entry_id, load, place, provider
from tests.website.asking import ask

pytestmark = pytest.mark.django_db
BY_VOICE = "They answer by voice. Somebody you trust can call for you."


def number(digits: str, kind: str = "voice") -> list[dict[str, str]]:
    return [{"id": str(entry_id(digits)), "number": f"+62 {digits}", "type": kind}]


@pytest.fixture
def lines(db: None) -> None:
    """Keep lines and safe places with and without voice."""
    always = {"number": "+62 001", "tested": "2026-11-20", "hours": {"en": "Always"}}
    everywhere = {"areas": ["NATIONAL"]}
    listed = provider(
        entry("crisis", types=["MEN_CRISIS"], urgent=always, **everywhere),
        entry("messages", types=["COO_INFO"], phones=number("002", "text"), **everywhere),
        entry("interpreter", types=["COO_INTERPRET"], phones=number("003"), languages=["id", "inl"], **everywhere),
        entry("risk", types=["SAF_RISK"], phones=number("004"), **everywhere),
        entry("office", types=["SAF_RISK"], phones=number("005"), service_at_locations=at_place("hall"), **everywhere),
        entry("signs", types=["SAF_RISK"], phones=number("006"), disability=["SIGN"], **everywhere),
        locations=[place("hall")],
    )
    assert load(listed).applied


def results_of(language: str = "id", **chosen: object) -> object:
    form = FindForm(chosen)
    assert form.is_valid()
    return find(form.search_query(), language=language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("saya tuli", "id"),
        ("saya tuli, mau kirim pesan saja", "id"),
        ("saya tunawicara", "id"),
        ("I am deaf", "en"),
        ("أنا أصم", "ar"),
        ("я глухая", "ru"),
        ("sunt surdă", "ro"),
        ("jam i shurdhër", "sq"),
        ("ja sam gluva", "sr-latn"),
        ("tôi bị điếc", "vi"),
        ("我是聋人", "zh-hans"),
    ],
)
def test_a_deaf_person_sees_messages_first_and_an_interpreter_by_phone_marked(lines, text, language):
    results = results_of(language, text=text)
    assert [entry.card.id for entry in results.written] == [entry_id("messages")]
    by_voice = {entry.card.id for entry in (*results.entries, *results.lines) if entry.by_voice_only}
    assert by_voice >= {entry_id("interpreter"), entry_id("crisis")}
    assert not results.lines_first


def test_what_answers_by_voice_only_comes_last_if_sign_language_is_chosen(lines):
    ids = [entry.card.id for entry in results_of(needs=["safety"], spoken="inl").entries[:3]]
    assert set(ids[:2]) == {entry_id("office"), entry_id("signs")}
    assert ids[2] == entry_id("risk")
    assert results_of(needs=["safety"]).written == ()


def test_the_page_offers_a_letter_and_messages_above_the_numbers_to_call(visitor, lines):
    page = ask(visitor, needs="safety", spoken="inl").content.decode()
    assert page.index("A service is missing here?") > page.index('href="tel:+62004"')
    assert page.index("Write to somebody") < page.index('href="sms:+62002"') < page.index('href="tel:+62005"')
    assert page.index('href="tel:+62005"') < page.index('href="tel:+62004"')
    marked = {
        digits: BY_VOICE in page.partition(f'href="tel:+62{digits}"')[0].rpartition('"entry"')[2]
        for digits in ("004", "005")
    }
    assert marked == {"004": True, "005": False}
    assert BY_VOICE not in ask(visitor, needs="safety").content.decode()


def test_no_heading_offers_to_write_where_nobody_reads_letters_or_messages(visitor, db):
    assert load(provider(entry("risk", types=["SAF_RISK"], phones=number("004"), areas=["NATIONAL"]))).applied
    page = ask(visitor, needs="safety", spoken="inl").content.decode()
    assert BY_VOICE in page
    assert "Write to somebody" not in page


def test_a_short_list_says_which_number_takes_messages_only(visitor, lines):
    chosen = {"needs": "safety", "spoken": "inl", "short": "on"}
    page = ask(visitor, **chosen).content.decode()
    assert "<bdi>+62 002 (Messages only)</bdi>" in page
    assert "%2B62%20002%20%28Messages%20only%29" in page, "the message too"
    assert "<bdi>+62 004</bdi>" in page


def test_the_question_stands_above_the_lines_for_messages(visitor, lines):
    page = ask(visitor, needs="family", spoken="inl").content.decode()
    places = [page.index(part) for part in ('value="family-died"', 'href="sms:+62002"', 'href="tel:+62001"')]
    assert places == sorted(places)


def test_a_line_for_messages_shows_them_to_everybody(visitor, lines):
    page = ask(visitor, text="messages").content.decode()
    assert 'href="sms:+62002"' in page
    with override("id"):
        assert gettext(BY_VOICE) != BY_VOICE
