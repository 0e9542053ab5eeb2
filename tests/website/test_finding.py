"""Finding help without script, account or trace."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from suar.core import clock
from suar.directory import freshness
from suar.website.forms import FindForm
from tests.directory.entries import editing
from tests.house.public_words import public_words_in
from tests.website.asking import OWN, TICKET, ask, ticket_of
from tests.website.conftest import LEGAL_AID, OLD, SHELTER, STREET

pytestmark = pytest.mark.db_contract

TITLES = {"en": "<title>Information</title>", "id": "<title>Informasi</title>"}
START = "What do you need?"
ENGLISH = "Here you see the English text."


def test_a_search_for_a_bed_shows_reasons(visitor, directory):
    page = ask(visitor, needs="bed", place="31.71", papers="no").content.decode()
    assert "Night house" in page
    assert "It is for people in Jakarta." in page
    assert "You need no papers." in page
    assert "Checked by a person" in page
    assert "Wage desk" not in page


def test_what_was_chosen_stays_out_of_addresses_and_titles(visitor, directory):
    page = ask(visitor, needs="bed", place="31.71").content.decode()
    assert TITLES["en"] in page
    assert 'action="/"' in page
    assert "?" not in "".join(part.split('"')[0] for part in page.split('href="')[1:])


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("path", ["", "about", "others", "phone", f"s/{SHELTER}", "nothing"])
def test_titles_are_neutral(visitor, directory, language, path):
    page = visitor.get(f"/{language}/{path}").content.decode()
    assert TITLES[language] in page
    assert f'<html lang="{language}"' in page


def test_the_start_page_uses_the_language_of_the_browser(visitor, directory):
    page = visitor.get("/", headers={"accept-language": "id-ID,id;q=0.9,en;q=0.5"})
    assert page["Content-Language"] == "id"
    assert visitor.get("/", headers={"accept-language": "xx,*"})["Content-Language"] == "en"


def test_results_use_the_language_of_their_form(visitor, directory):
    page = ask(visitor, needs="bed", lang="id")
    assert page["Content-Language"] == "id"
    assert "Night house (id)" in page.content.decode()


def test_a_service_opens_out_of_the_list_and_leads_back_to_it(visitor, directory):
    found = ask(visitor, needs="wages")
    opened = visitor.post(
        "/",
        {"ticket": ticket_of(found), "lang": "en", "needs": "wages", "open": LEGAL_AID},
        headers=OWN,
    )
    page = opened.content.decode()
    assert "How to ask" in page
    assert "Monday to Friday, 08:00-16:00" in page
    back = visitor.post("/", {"ticket": ticket_of(opened), "lang": "en", "needs": "wages"}, headers=OWN)
    assert "Wage desk" in back.content.decode()


def test_an_opened_service_names_the_place_that_was_chosen_and_else_each_place(visitor, directory):
    found = ask(visitor, place="32.74", needs="wages")
    opened = visitor.post(
        "/",
        {"ticket": ticket_of(found), "lang": "en", "place": "32.74", "open": LEGAL_AID},
        headers=OWN,
    )
    assert "It is for people in Cirebon City." in opened.content.decode()
    alone = visitor.get(f"/en/s/{LEGAL_AID}").content.decode()
    [told] = re.findall("It is for people in ([^.]*)", alone)
    assert {"Jakarta", "Kuningan Regency", "Cirebon City"} < set(told.split(", "))
    assert len(told.split(", ")) == 5
    assert '<li data-kind="note">It helps people at sea and in ports.</li>' in alone
    in_indonesian = visitor.get(f"/id/s/{LEGAL_AID}").content.decode()
    assert '<li data-kind="note">Membantu orang di laut dan di pelabuhan.</li>' in in_indonesian


def test_an_entry_shows_the_number_then_what_to_say_then_reasons_and_who_confirmed_it(visitor, directory):
    page = visitor.get(f"/en/s/{LEGAL_AID}").content.decode()
    parts = ("How to reach them", "What you can say", "How to ask", "Is it for you?", "You may say no")
    assert sorted(parts, key=page.index) == list(parts)
    assert "asked the service" not in page
    freshness.confirm_entry(LEGAL_AID, by=editing(at=clock.now()))
    assert "An editor of this directory asked the service." in visitor.get(f"/en/s/{LEGAL_AID}").content.decode()


@pytest.mark.parametrize("place", ["ABROAD", "SEA"])
def test_a_search_abroad_or_at_sea_is_not_widened_to_a_province(visitor, directory, place):
    page = ask(visitor, needs="bed", place=place).content.decode()
    assert "These help elsewhere" in page
    assert "same province" not in page


def test_a_hidden_place_shows_its_contact_only(visitor, directory):
    page = visitor.get(f"/en/s/{SHELTER}").content.decode()
    assert "kept secret to keep people safe" in page
    assert STREET not in page
    assert "31.74" not in page
    assert "Jalan Contoh 4" in visitor.get(f"/en/s/{LEGAL_AID}").content.decode()


def test_an_entry_nobody_confirmed_for_a_year_is_absent(visitor, directory):
    assert visitor.get(f"/en/s/{OLD}").status_code == 404
    assert "Long silent" not in ask(visitor, needs="wages").content.decode()


def test_a_text_in_another_language_is_marked_once(visitor, directory):
    for language, times in [("en", 0), ("id", 1), ("ar", 1)]:
        [said] = public_words_in(language).get((None, ENGLISH), [ENGLISH])
        page = visitor.get(f"/{language}/s/{LEGAL_AID}").content.decode()
        assert page.count(said) == times, language


def test_if_nothing_fits_the_search_widens_and_states_it(visitor, directory):
    page = ask(visitor, needs="wages", place="31.71", now="on").content.decode()
    assert "Wage desk" in page
    assert "Nobody is known to be open day and night for this." in page
    far = ask(visitor, needs="wages", place="11").content.decode()
    assert "These help elsewhere" in far


def test_an_empty_result_offers_to_change_the_search(visitor, directory):
    page = ask(visitor, needs="work").content.decode()
    assert "We found nobody for this yet" in page
    assert "Try fewer needs" in page


def test_an_empty_form_lists_all_services(visitor, directory):
    page = ask(visitor).content.decode()
    assert "Night house" in page
    assert "Wage desk" in page


def test_a_form_sent_again_shows_the_start_and_nothing_of_the_answer(visitor, directory):
    ticket = ticket_of(visitor.get("/en/"))
    assert "Night house" in ask(visitor, ticket=ticket, needs="bed").content.decode()
    again = ask(visitor, ticket=ticket, needs="bed", open=SHELTER).content.decode()
    assert START in again
    assert 'value="bed" id="id_needs_0">' in again
    assert "Night house" not in again


TICKED = 'value="bed" id="id_needs_0" checked'


def test_a_form_older_than_ten_minutes_shows_the_start_and_keeps_its_ticks_once(visitor, directory):
    ticket = ticket_of(visitor.get("/en/"))
    with clock.shifted(timedelta(minutes=11)):
        page = ask(visitor, ticket=ticket, needs="bed").content.decode()
        found = ask(visitor, ticket=TICKET.search(page)[1], needs="bed").content.decode()
    with clock.shifted(timedelta(minutes=11, seconds=10)):
        again = ask(visitor, ticket=ticket, needs="bed").content.decode()
    assert START in page
    assert "too old to be used again" in page
    assert TICKED in page
    assert "Night house" not in page
    assert START in again
    assert TICKED not in again
    assert "Night house" in found


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=11), timedelta(hours=25)])
def test_a_used_form_never_shows_its_choices_again(visitor, directory, later):
    ticket = ticket_of(visitor.get("/en/"))
    assert "Night house" in ask(visitor, ticket=ticket, needs="bed").content.decode()
    with clock.shifted(later):
        again = ask(visitor, ticket=ticket, needs="bed").content.decode()
    assert START in again
    assert TICKED not in again


@pytest.mark.parametrize(
    "chosen",
    [
        {"needs": "x" * 1_000_000},
        {"needs": ["bed", "nothing"]},
        {"place": "99.99"},
        {"place": "' OR 1=1 --"},
        {"who": "<script>alert(1)</script>"},
        {"spoken": "\x00"},
        {"papers": ["yes", "maybe"]},
        {"citizen": "MARS"},
    ],
    ids=["long", "need", "place", "quote", "markup", "null", "papers", "citizen"],
)
def test_an_unknown_choice_is_named_beside_its_field_and_not_repeated(visitor, directory, chosen):
    response = ask(visitor, **chosen)
    page = response.content.decode()
    assert response.status_code == 400
    assert "Please check these answers" in page
    assert "Please choose from the list." in page
    assert "<script>alert" not in page
    assert len(page) < 60_000


@pytest.mark.parametrize("after", ["x", "-1.0", "9" * 500, "1.999999999", "\x00", "٣.٣"])
def test_a_forged_page_position_is_ignored(visitor, directory, after):
    assert ask(visitor, after=after).status_code == 200


@pytest.mark.parametrize("opened", ["x", "", "../etc", "0" * 5000, str(OLD)])
def test_an_unknown_service_gets_404(visitor, directory, opened):
    assert ask(visitor, open=opened).status_code == 404


def test_a_request_that_is_too_large_gets_413(visitor, directory):
    response = ask(visitor, needs="x" * 3_000_000)
    assert response.status_code == 413
    assert "That was too much at once" in response.content.decode()
    many = {f"n{number}": "" for number in range(2000)}
    assert ask(visitor, **many).status_code == 413


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_change_nothing(visitor, directory, method):
    assert getattr(visitor, method)("/", headers=OWN).status_code == 405


def test_only_what_stands_in_a_list_may_be_chosen():
    for value, good in (("", True), ("32.74", True), ("32", True), ("99.99", False), ("id", False)):
        assert FindForm({"place": value}).is_valid() is good


def test_places_are_named_in_the_language_of_the_page():
    for language, words in (("id", False), ("en", True), ("id", False)):
        with translation.override(language):
            assert ("Anywhere" in str(FindForm()["place"])) is words


@pytest.mark.parametrize(("language", "browser", "title"), [("en", "id", "Weather"), ("id", "id", "Cuaca")])
def test_the_neutral_page_is_in_the_language_of_the_page_that_was_left(visitor, directory, language, browser, title):
    accepts = {"accept-language": browser}
    page = visitor.get(f"/{language}/", headers=accepts).content.decode()
    [address] = set(re.findall(r'data-exit="([^"]+)"', page))
    assert f"<title>{title}</title>" in visitor.get(address, headers=accepts).content.decode()


@pytest.mark.parametrize("more", [{}, {"open": str(LEGAL_AID)}, {"short": "on"}])
def test_no_page_gives_somebody_abroad_a_number_that_cannot_be_dialled_there(visitor, directory, more):
    assert 'href="tel:129"' not in ask(visitor, needs="wages", place="ABROAD", **more).content.decode()
    if "short" not in more:
        assert 'href="tel:129"' in ask(visitor, needs="wages", place="31", **more).content.decode()


def test_a_refused_age_can_be_mended_where_it_is_refused(directory, visitor):
    page = ask(visitor, needs="bed", age="300")
    assert page.status_code == 400
    assert '<input type="number" name="age" value="300"' in page.content.decode()
