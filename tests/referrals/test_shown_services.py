"""Services on the pages that offer them."""

import re
from dataclasses import replace
from html import unescape
from uuid import uuid4

from django.urls import resolve, reverse

from suar.directory import labels as directory_labels
from suar.directory import queries as directory
from suar.directory.cards import CardHotline, CardHours, LocalText
from suar.directory.codes import Age
from suar.referrals import messages
from suar.referrals.templatetags.referrals import reach
from tests.people import CLINIC, agreed, listed


def offered(ben, amina, service):
    """Return the option of a service on the options page."""
    options = ben.get(reverse("options", args=[amina.id])).context["options"]
    return next(item for item in listed(options) if item["card"].id == service)


def test_options_show_that_no_papers_are_needed(ben, amina):
    line = offered(ben, amina, CLINIC)
    first, more = (
        [directory_labels.reason_text(reason) for reason in item]
        for item in (line["reasons"].first, line["reasons"].more)
    )
    assert {"No papers needed", "No formal status needed", "Free"} <= set(first)
    assert {"No stay permit needed", "Helps without talking to the police"} <= set(more)
    page = ben.get(reverse("options", args=[amina.id])).content.decode()
    assert "More reasons" in page
    assert "No stay permit needed" in page


def test_each_page_that_offers_a_service_shows_how_to_reach_it(cast, ben, amina):
    """Check the options page, the consent page and the page with the code."""
    consent = agreed(amina, cast.ben, service=CLINIC)
    card = directory.service_card(CLINIC)
    hours = [directory_labels.hours_text(hour) for hour in card.hours]
    pages = [
        ben.get(reverse("options", args=[amina.id])),
        ben.get(reverse("consent_for", args=[amina.id, CLINIC])),
        ben.post(reverse("send_referral", args=[amina.id, consent])),
    ]
    assert "link" in pages[-1].context, "positive control: the page has the code"
    for item in pages:
        page = unescape(item.content.decode())
        for phone in card.phones:
            assert f">{phone.number}</a>" in page
        assert hours
        assert [line for line in hours if line not in page] == []
        entry = re.search(rf'<a href="[^"]*/en/s/{CLINIC}"([^>]*)>', page)[1]
        once = "data-handed-on" in page
        assert ("_blank" in entry) == once, "a page that is displayed once opens links in a new tab"


def test_the_public_entry_is_linked_only_while_it_is_public(cast, settings):
    card = directory.service_card(CLINIC)
    address = messages.public_address(card).removeprefix(settings.SUAR_PUBLIC_ORIGIN)
    resolved = resolve(address, urlconf="suar.website.public_urls")
    assert (resolved.url_name, resolved.kwargs) == ("service", {"service": CLINIC})
    assert reach(replace(card, age=Age.HIDDEN))["entry"] == ""
    assert reach(replace(card, status="inactive"))["entry"] == ""
    settings.SUAR_PUBLIC_ORIGIN = ""
    assert messages.public_address(card) == ""


def test_a_service_gone_from_the_directory_has_no_number(cast):
    assert "numbers" not in reach(uuid4())


def test_a_line_that_answers_now_comes_first_and_a_number_once(cast):
    card = directory.service_card(CLINIC)
    phone = card.phones[0]
    urgent = CardHotline(phone.number, LocalText("day and night", "en"), None)
    phones = reach(replace(card, urgent=urgent))["numbers"]
    assert [phone.number for phone in phones].count(phone.number) == 1
    assert str(phones[0].words) == "day and night"


def test_day_and_night_beside_a_number_is_not_repeated_below_it(cast):
    always = CardHours(tuple(range(7)), "00:00", "24:00", LocalText("", "en"))
    card = replace(directory.service_card(CLINIC), hours=(always,), urgent=None)
    number = replace(card.phones[0], words=LocalText("Day and night, a woman answers", "en"))
    assert reach(replace(card, phones=(number,)))["hours"] == []
    office = replace(number, words=LocalText("Office", "en"))
    assert reach(replace(card, phones=(office,)))["hours"] == ["day and night"]


def test_the_whole_link_is_visible_with_a_warning_about_copying(cast, ben, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    page = ben.post(reverse("send_referral", args=[amina.id, consent]))
    text = page.content.decode()
    link_field = re.search(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>", text)
    assert link_field[1] == page.context["link"]
    assert "A copied link stays on this device" in text
    assert re.search(r"<button[^>]*data-copies[^>]* hidden>", text), "visible only with JavaScript"
