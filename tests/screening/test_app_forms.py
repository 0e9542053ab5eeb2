"""Which form may be begun where and by whom, and what each page of the longer ones shows."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.records.terms import Compartment, Kind
from suar.screening.models import Talk
from suar.screening.rules.prompts import page_beside, page_of
from tests.people import client_of
from tests.screening.conversing import (
    AGREED,
    GROWN,
    KEPT,
    NOTHING_NEEDED,
    SAFE,
    START,
    STRONG_END,
    Conversation,
    led_to,
    left_at,
    text,
)

pytestmark = pytest.mark.django_db
FULL_SAFE = {
    **SAFE,
    "q-TI_OUTSIDE": "NO",
    "q-LG_UNDERSTAND": "YES",
    "q-LG_INTERPRETER": "NONE_NEEDED",
}
SIGN_ANSWERS = {
    "q-Q06": "YES",
    "q-BW_WHO": "THEM",
    "s-Q06": "I_A_TRANSFER",
    "q-Q21": "YES",
    "s-Q21": "I_M_CONFINE",
    "q-Q18": "YES",
    "s-Q18": "I_P_NO_PAY",
    "q-Q15": "YES",
    "s-Q15": "I_P_HOURS",
}
CHILD = {"q-AG_GUARDIAN": "HERE", "q-CH_SECOND": "YES"}
SIGNPOSTED = {"q-SF_HEARD": "NO", "q-SF_NEAR": "NO", "q-SF_PHONE": "YES"}


@pytest.fixture
def officer(village):
    return casting.join(village.house, "oki", "Oki", Role.VILLAGE_POLICE, at=clock.now())


@pytest.fixture
def full(village):
    talk = Conversation.begun_by(village.ben, form="full")
    for step, taps in {"SAFE": FULL_SAFE, "NEEDS": NOTHING_NEEDED}.items():
        talk.post(step, **taps)
    return talk


def listening(full, age=None, **consent):
    """Come to the page of prompts."""
    full.post("AGE", **(age or GROWN))
    full.post("CONSENT", **AGREED, **consent)
    return full


def start(player, **typed):
    return client_of(player).post(reverse("talk_start"), typed)


def test_each_place_has_its_briefing_and_the_forms_that_fit(village):
    page = text(start(village.ben, place="FISH_PORT"))
    assert "off the ship" in page
    assert 'value="short"' in page
    assert 'name="form" value="full"' not in page
    page_text = text(start(village.ben, place="POLICE_CUSTODY"))
    assert "A lawyer comes first here." in page_text
    assert 'value="full"' not in page_text
    assert 'name="form" value="full"' in text(start(village.ben, place="POLICE_CUSTODY", lawyer="on"))


@pytest.mark.parametrize("forged", [{"form": "full"}, {"later": "signpost"}, {"form": "../full"}])
def test_a_form_that_does_not_fit_is_not_begun(village, forged):
    answer = start(village.ben, place="COMMUNITY_GATHERING", **forged)
    assert answer.status_code == 400
    assert not Talk.objects.exists()


def test_an_unknown_place_is_asked_again(village):
    assert start(village.ben, place="MOON", form="short").status_code == 400


def test_police_read_their_duty_out_and_only_point_to_help(officer):
    page = start(officer, place="VILLAGE_OFFICE")
    page_text = text(page)
    assert page_text.index("I may have to write down or act on what I hear") < page_text.index('class="ways"')
    assert page.context["ways"][0].code == "signpost"
    assert len(page.context["ways"]) == 1
    assert start(officer, **START).status_code == 400
    talk = Conversation.begun_by(officer, form="signpost")
    assert "I may have to write down" in text(talk.page("SIGNPOST"))


def test_police_with_wider_permission_store_no_name(officer, settings):
    settings.SUAR_POLICE_TALKS = True
    talk = Conversation.begun_by(officer, form="short")
    assert "Today is no statement" in text(talk.page("SAFE"))
    talk.walk()
    page = talk.sum_up()
    assert "Police store no name here" in text(page)
    left = left_at(talk.end(**STRONG_END, **KEPT))
    record = talk.open(left)
    assert record.facts.kind is Kind.CODES
    assert not record.may(Compartment.IDENTITY)


def test_a_signpost_is_one_page_that_ends_with_codes(village, services):
    talk = Conversation.begun_by(village.ben, form="signpost", place="PRIVATE_HOUSEHOLD")
    page = text(talk.page("SIGNPOST"))
    assert 'href="tel:' in page
    assert "Who arranged" not in page
    answer = talk.post("SIGNPOST", **SIGNPOSTED)
    record = talk.open(left_at(answer))
    assert record.facts.kind is Kind.CODES
    stored_finding = record.read(Compartment.CODED, "findings")["list"][0]
    assert (stored_finding["outcome"], stored_finding["setting"]) == ("UNABLE", "PRIVATE_HOUSEHOLD")
    assert not stored_finding["signs"]


def test_a_signpost_next_to_somebody_who_decides_prints_nothing(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    answer = talk.post("SIGNPOST", **{**SIGNPOSTED, "q-SF_NEAR": "YES"})
    page = talk.client.get(answer["Location"])
    assert page.context["quiet"]
    stored_finding = talk.open(left_at(answer)).read(Compartment.CODED, "findings")["list"][0]
    assert stored_finding["stopped_by"] == "STOP_CONTROLLER"


def test_a_need_that_cannot_wait_holds_the_signpost_until_somebody_was_called(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    page = talk.post("SIGNPOST", **SIGNPOSTED, **{"n-ND_BED": "YES"})
    assert "Something cannot wait" in text(page)
    called = {"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"}
    assert left_at(talk.post("SIGNPOST", **SIGNPOSTED, **called))


def test_what_can_change_here_is_said_before_the_yes(full, settings):
    full.post("AGE", **GROWN)
    here = text(full.page("CONSENT"))
    assert here.count("Police:") == 1
    settings.SUAR_COUNTRY = "ZZ"
    assert "in this country" in text(full.page("CONSENT"))


def test_each_theme_of_prompts_is_a_page_without_text_field_and_special_themes_are_offered(full):
    listening(full)
    order, theme = [], ""
    while True:
        page = full.page("SIGNS", theme).context["page"]
        order.append(page["theme"])
        taps = {"theme": page["theme"], "go": "on"}
        led = led_to(full.post("SIGNS", **taps))
        if led == "WRITE":
            break
        theme = led.removeprefix("SIGNS?theme=")
    assert order == ["TH_BEFORE", "TH_TRAVEL", "TH_WORK", "TH_MONEY", "TH_FREEDOM", "TH_TREAT", "TH_END", "TH_FAMILY"]
    page = text(full.page("SIGNS"))
    assert '<input type="text"' not in page.split('id="talk"')[1].split("</form>")[0]
    assert 'value="theme-SEA"' in page
    assert led_to(full.post("SIGNS", theme="TH_BEFORE", go="theme-SEA")) == "SIGNS?theme=SEA&then=theme-TH_TRAVEL"
    assert 'name="q-QS2"' in text(full.page("SIGNS", "SEA"))
    assert led_to(full.post("SIGNS", theme="TH_TREAT", go="back")) == "SIGNS?theme=TH_FREEDOM"


def test_a_young_child_is_asked_nothing_and_a_forged_answer_is_not_taken(full):
    young = {"age-band": "UNDER_12", **CHILD}
    listening(full, young, **{"q-CN_GUARDIAN": "YES"})
    page = text(full.page("SIGNS"))
    assert "A child specialist continues" in page
    assert 'name="q-Q' not in page
    full.post("SIGNS", **SIGN_ANSWERS)
    assert not full.answers().signs


def test_somebody_not_trained_asks_a_child_of_thirteen_nothing(full):
    listening(full, {"age-years": "13", **CHILD}, **{"q-CN_GUARDIAN": "YES"})
    assert "Only someone trained" in text(full.page("SIGNS"))
    full.post("AGE", **{"age-years": "13", **CHILD, "q-CH_TRAINED": "YES"})
    page = text(full.page("SIGNS", "TH_WORK"))
    assert 'name="q-Q13"' in page
    assert 'name="q-Q06"' not in page, "few prompts"


def test_enough_for_today_is_said_when_the_answers_say_so(full):
    listening(full).post("SIGNS", **SIGN_ANSWERS)
    page = text(full.page("SIGNS"))
    assert "Enough for today" in page
    assert led_to(full.post("SIGNS", **SIGN_ANSWERS, go="WRITE")) == "WRITE"


def test_somebody_asked_before_skips_the_prompts(full):
    full.post("AGE", **GROWN)
    response = full.post("CONSENT", **AGREED, **{"q-AT_TOLD": "YES"}, go="WRITE")
    assert led_to(response) == "WRITE"


def test_codes_at_the_end_are_two_taps_and_a_forged_one_is_refused(full):
    listening(full).post("SIGNS", **SIGN_ANSWERS)
    taps = {"m-BR_BARRIERS": ["P_FEAR_TRAFFICKER", "P_MISTRUST"]}
    assert led_to(full.post("WRITE", **taps)) == "outcome"
    assert full.answers().picked["BR_BARRIERS"] == {"P_FEAR_TRAFFICKER", "P_MISTRUST"}
    assert full.post("WRITE", **{"m-BR_BARRIERS": "P_NOTHING"}).status_code == 400
    assert full.page("WRITE").content.decode().count(" checked") >= 2


def test_the_sum_up_shows_signs_with_their_prompts_and_what_was_not_asked(full):
    listening(full).post("SIGNS", **SIGN_ANSWERS, **{"q-Q19": "YES", "s-Q19": "I_M_DEBT"})
    page = text(full.sum_up())
    assert "Could you go out alone when you wanted?" in page
    assert "Not asked:" in page
    assert "Papers in order never lower an outcome." in page
    assert "What would change this" in page or "Strong signs" in page


def test_a_talk_offers_the_languages_of_its_words_and_no_other(full):
    listening(full)
    assert set(re.findall(r'value="speak-([a-z]+)"', text(full.page("SIGNS")))) == {"id"}


def test_the_language_changes_on_any_step_and_nothing_tapped_is_lost(full):
    listening(full)
    answer = full.post("SIGNS", **SIGN_ANSWERS, go="speak-id")
    assert led_to(answer) == "SIGNS"
    page = text(full.page("SIGNS", "TH_FREEDOM"))
    assert '<html lang="id"' in page
    assert re.search(r'name="q-Q21"[^>]* value="YES"[^>]*\schecked', page)
    ending = full.end(go="speak-en", outcome="UNABLE", name="Amina")
    assert '<html lang="en"' in text(ending)
    assert "Your decision" in text(ending)
    assert 'value="Amina"' in text(ending)
    assert Talk.objects.get().ended_at is None


def test_the_clock_warns_and_forces_nothing(talk):
    talk.walk()
    assert "The time" not in text(talk.page("SIGNS"))
    for minutes, note in ((4, ""), (8, "The time is nearly over"), (12, "The time is over")):
        with clock.shifted(timedelta(minutes=minutes)):
            assert note in text(talk.page("SIGNS"))


def test_what_is_written_later_reads_nothing_aloud(village):
    answer = start(village.ben, place="SOCIAL_SHELTER", later="full")
    talk = Conversation(village.ben, client_of(village.ben), answer["Location"].split("/")[2])
    page = text(talk.page("SAFE"))
    assert "Enter it as it was when you talked" in page
    assert 'class="spoken"' not in page
    assert talk.answers().choices["WR_HOW"] == "LATER"


def test_another_workers_talk_gets_404(full, strangers):
    assert full.seen_by(strangers.farid).page("SIGNS").status_code == 404


@pytest.mark.parametrize(("place", "at_sea"), [("FISH_PORT", True), ("AT_SEA", True), ("VILLAGE_OFFICE", False)])
def test_at_a_port_a_short_talk_asks_about_the_ship_too(village, place, at_sea):
    talk = Conversation.begun_by(village.ben, place=place).walk(SIGNS={})
    pages = [page_of(theme, talk.answers()) for theme in ("PROMISE", "PAPERS", "FREEDOM")]
    after_papers = page_beside(pages[1], talk.answers())
    assert after_papers == (("SEA",) if at_sea else pages[2])
    assert "between ports" in text(talk.page("SIGNS", "SEA"))
