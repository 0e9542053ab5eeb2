"""The five steps in a browser: nothing is skipped, nothing is lost, nothing is forced."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from suar.accounts.models import Membership
from suar.core import clock
from suar.demo import cast as casting
from suar.screening.codes import ContactResult
from suar.screening.models import Talk
from suar.screening.rules.instrument import instrument
from suar.screening.rules.needs import urgent_needs
from tests.html import squeeze
from tests.people import client_of
from tests.screening.conversing import (
    AGREED,
    GROWN,
    NEAR,
    NOTHING_NEEDED,
    SAFE,
    START,
    STRONG,
    YOUNG,
    Conversation,
    led_to,
    text,
    whole_database,
)

PAIN = {"n-ND_PAIN": "YES", "needs-all-asked": "yes"}
STEPS = ("SAFE", "NEEDS", "AGE", "CONSENT", "SIGNS", "WRITE")


def test_a_talk_begins_with_what_to_have_ready(village: SimpleNamespace) -> None:
    page = client_of(village.ben).get(reverse("talk_start"))
    assert "You and the person can stop at any time" in text(page)
    again = client_of(village.ben).post(reverse("talk_start"), {})
    assert again.status_code == 400
    there = client_of(village.ben).post(reverse("talk_start"), {"place": "VILLAGE_OFFICE"})
    assert "away from the counter" in text(there)
    assert not Talk.objects.exists()


def test_the_button_pressed_twice_begins_one_talk(village: SimpleNamespace) -> None:
    ben = client_of(village.ben)
    first, second = (ben.post(reverse("talk_start"), {**START, "form_id": "1"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    talk = Conversation(village.ben, ben, Talk.objects.get().record)
    talk.post("SAFE", **SAFE)
    assert ben.post(reverse("talk_start"), {**START, "form_id": "2"})["Location"] != first["Location"]


def test_no_real_talk_begins_before_two_sheets_and_a_backup_are_proven(village: SimpleNamespace, settings: Any) -> None:
    settings.SUAR_MODE = "run"
    answer = client_of(village.ben).post(reverse("talk_start"), START)
    assert answer.status_code == 409
    assert not Talk.objects.exists()


def test_a_worker_without_a_team_is_referred_to_the_lead(village: SimpleNamespace) -> None:
    Membership.objects.filter(worker=village.ben.worker).delete()
    answer = client_of(village.ben).post(reverse("talk_start"), START)
    assert "not in a team yet" in text(answer)


def test_with_two_teams_the_worker_chooses_one_of_their_own(
    village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    house, at = village.house, clock.now()
    second = casting.setup.make_team("Tim dua", organisation=house.organisation.id, by=village.esi.acting(at=at))
    esi = client_of(village.esi)
    assert esi.post(reverse("talk_start"), START).status_code == 400
    forged = {**START, "team": str(strangers.house.team.id)}
    assert esi.post(reverse("talk_start"), forged).status_code == 400
    assert esi.post(reverse("talk_start"), {**START, "team": str(second.id)}).url


@pytest.mark.parametrize("step", STEPS)
def test_every_step_shows_progress_back_and_stop(talk: Conversation, step: str) -> None:
    talk.walk()
    page = text(talk.page(step))
    assert page.count('aria-current="step"') == 1
    assert 'value="stop"' in page
    assert ('value="back"' in page) is (step != "SAFE")
    assert "<title>Work</title>" in squeeze(page)


def test_settled_steps_lead_to_the_sum_up(talk: Conversation) -> None:
    ways = [
        led_to(talk.post(step, **taps))
        for step, taps in zip(STEPS, (SAFE, NOTHING_NEEDED, GROWN, AGREED, STRONG, {}), strict=True)
    ]
    assert ways == ["NEEDS", "AGE", "CONSENT", "SIGNS", "WRITE", "outcome"]


def test_safety_cannot_be_skipped(talk: Conversation) -> None:
    page = talk.post("SAFE", **{"q-SF_HEARD": "NO"})
    assert "cannot be skipped" in text(page)
    for step in STEPS[1:]:
        assert led_to(talk.page(step)) == "SAFE"


def test_a_person_near_offers_a_stop_and_asks_what_now_and_does_not_stop(
    talk: Conversation,
) -> None:
    page = talk.post("SAFE", **NEAR)
    assert [item.code for item in page.context["page"]["triggered_stops"]] == ["STOP_CONTROLLER"]
    assert page.context["page"]["parts"][0]["kind"] == "way"
    assert talk.answers().stopped_by is None
    assert led_to(talk.post("SAFE", **SAFE)) == "NEEDS"


def test_leaving_an_unsafe_place_leads_to_the_end(talk: Conversation) -> None:
    assert led_to(talk.post("SAFE", **NEAR, **{"q-SF_WAY": "LATER"})) == "outcome"


def test_questions_on_experience_are_not_stored_before_consent(talk: Conversation) -> None:
    for step, taps in {"SAFE": SAFE, "NEEDS": NOTHING_NEEDED, "AGE": GROWN}.items():
        talk.post(step, **taps)
    assert led_to(talk.page("SIGNS")) == "CONSENT"
    assert led_to(talk.post("SIGNS", **STRONG)) == "CONSENT"
    assert not talk.answers().signs
    assert led_to(talk.post("CONSENT", **{"q-CN_BACK": "YES", "q-CN_ANSWER": "NO"})) == "outcome"
    assert led_to(talk.page("SIGNS")) == "outcome"


def test_an_urgent_need_shows_who_answers_and_asks_who_was_reached(talk: Conversation, services: None) -> None:
    talk.post("SAFE", **SAFE)
    page = talk.post("NEEDS", **PAIN)
    assert "Something cannot wait" in text(page)
    assert "Nobody knows yet" in text(page)
    bed = text(talk.post("NEEDS", **{"n-ND_BED": "YES"}))
    assert 'href="tel:' in bed
    assert "last tried" in bed
    asked = talk.post("NEEDS", **PAIN, **{"n-ND_PAIN-acted": "SPOKE"})
    assert "A role is enough" in text(asked)
    assert "Call first" not in text(asked), "somebody was called"
    assert "Call, then record" not in text(asked).split('id="need-ND_PAIN"')[1].split('id="need-')[0]
    known = {"n-ND_PAIN-acted": "SPOKE", "n-ND_PAIN-who": "the nurse"}
    assert led_to(talk.post("NEEDS", **PAIN, **known)) == "AGE"
    assert "Nobody knows yet" not in text(talk.page("AGE"))
    assert "Already informed:" in text(talk.page("NEEDS"))


def test_an_urgent_need_shows_its_own_numbers(talk: Conversation, services: None) -> None:
    talk.post("SAFE", **SAFE)
    first = text(talk.page("NEEDS"))
    danger = first.split('id="need-ND_DANGER"')[1].split('id="need-')[0]
    assert 'class="sheet now">' in danger, "a tick opens it"
    assert 'href="tel:' in danger
    assert "Nobody knows yet" in danger
    asked = text(talk.post("NEEDS", **{"n-ND_DANGER": "YES"}))
    assert "Call first" in asked
    assert "One more thing" not in asked
    assert 'class="sheet now" data-shown>' in asked


def test_a_call_that_was_tried_goes_on_and_is_recalled_on_every_later_page(
    talk: Conversation,
) -> None:
    talk.walk(NEEDS={**PAIN, "n-ND_PAIN-acted": "TRIED"})
    for page in (talk.page("AGE"), talk.page("SIGNS"), talk.sum_up()):
        assert "I tried, nobody answered" in text(page)


def test_needs_that_cannot_wait_come_first_and_the_rest_is_folded(
    talk: Conversation,
) -> None:
    talk.post("SAFE", **SAFE)
    page = talk.page("NEEDS")
    tones = [(group["tone"], len(group["needs"])) for group in page.context["page"]["needs"]]
    assert tones == [("now", 8), ("today", 6), ("", 6), ("", 16), ("", 2)]
    assert sum(len(group["first"]) for group in page.context["page"]["needs"]) == 8
    assert '<details class="theme" id="more-needs">' in text(page)
    assert '<details class="theme" id="more-needs" open>' in text(talk.post("NEEDS", **PAIN)), "one of them is reported"


def test_fear_of_someone_reported_late_is_acted_on_where_it_was_said(talk: Conversation) -> None:
    known = {"n-ND_PAIN-acted": "SPOKE", "n-ND_PAIN-who": "the nurse"}
    talk.walk(NEEDS={**PAIN, **known}, SIGNS={"q-SG_AFRAID": "YES"})
    page = talk.post("SIGNS", **{"q-SG_AFRAID": "YES"})
    assert "Call first" in text(page)
    assert 'id="acted-ND_THREAT"' in text(page)
    assert led_to(talk.page("WRITE")).startswith("SIGNS")
    afraid = {"q-SG_AFRAID": "YES", "s-SG_AFRAID": "I_M_THREAT", "q-BW_WHO": "UNKNOWN"}
    assert led_to(talk.post("SIGNS", **afraid, **{"n-ND_THREAT-acted": "NOT_WANTED"})) == "WRITE"
    assert talk.answers().needs["ND_PAIN"].who_answers == "the nurse", "no earlier answer is lost"
    led = led_to(talk.post("SIGNS", **{"q-SG_AFRAID": "NO"}))
    again = led_to(talk.post("SIGNS", **afraid))
    assert (led, again) == ("WRITE", "WRITE"), "what was done about it stays too"


@pytest.mark.parametrize(("kind", "need"), [("I_N_FEAR_WORK", "ND_JOB"), ("I_N_FEAR_OFFICIALS", "ND_LEGAL")])
def test_fear_for_the_work_or_of_an_office_leads_to_advice_and_not_to_a_crisis_line(
    talk: Conversation, kind: str, need: str
) -> None:
    afraid = {"q-SG_AFRAID": "YES", "s-SG_AFRAID": kind}
    talk.walk(SIGNS={})
    assert led_to(talk.post("SIGNS", **afraid)) == "WRITE"
    (raised,) = urgent_needs(talk.answers())
    assert (raised.need, raised.cannot_wait) == (need, False)
    assert raised.services[-1] in ("JUS_ADVICE", "JUS_REPRESENT")
    assert 'id="acted-ND_THREAT"' not in text(talk.page("SIGNS", "FEAR"))
    assert "Call first" in text(talk.post("SIGNS", **{**afraid, "s-SG_AFRAID": [kind, "I_N_FEAR_PARTNER"]}))


def test_a_call_about_a_danger_is_not_demanded_again_for_the_fear_behind_it(talk: Conversation) -> None:
    danger = {"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "SPOKE", "n-ND_DANGER-who": "the officer on duty"}
    talk.walk(NEEDS=danger, SIGNS={})
    page = text(talk.page("SIGNS", "FEAR"))
    assert 'name="q-SG_AFRAID"' in page
    assert 'id="acted-ND_THREAT"' not in page
    afraid = {"q-SG_AFRAID": "YES", "s-SG_AFRAID": "I_N_FEAR_PARTNER"}
    assert led_to(talk.post("SIGNS", **afraid)) == "WRITE"


def test_going_back_and_changing_the_age_opens_again_what_must_be(talk: Conversation) -> None:
    talk.walk()
    assert "safe adult" in text(talk.post("AGE", **YOUNG))
    assert led_to(talk.post("AGE", **YOUNG, **{"q-AG_GUARDIAN": "HERE"})) == "CONSENT"
    assert led_to(talk.page("SIGNS")) == "CONSENT"
    assert "stands in has to agree as well" in text(talk.page("CONSENT"))
    agreed = talk.post("CONSENT", **AGREED, **{"q-CN_GUARDIAN": "YES"})
    assert led_to(agreed) == "SIGNS"
    assert led_to(talk.post("AGE", **YOUNG, **{"q-AG_GUARDIAN": "NONE"})) == "outcome"


def test_wording_for_a_child_needs_a_stated_age(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    assert "I am here to listen and to help you find help" in text(talk.page("NEEDS"))
    talk.post("NEEDS", **NOTHING_NEEDED)
    assert "just shake your head" not in text(talk.page("AGE"))
    talk.post("AGE", **YOUNG, **{"q-AG_GUARDIAN": "HERE"})
    assert "just shake your head" in text(talk.page("CONSENT"))


@pytest.mark.parametrize("typed", ["about 30", "-3", "130", "٣٠٠", "9" * 5000])
def test_an_invalid_age_is_asked_again_and_nothing_typed_is_lost(talk: Conversation, typed: str) -> None:
    talk.walk()
    page = talk.post("AGE", **{"age-years": typed, "age-doubt": "NO"})
    assert page.status_code == 400
    assert "as a number" in text(page)
    assert page.context["typed_years"] == typed
    assert 'name="age-doubt" value="NO" checked' in squeeze(text(page))
    assert talk.answers().age.years is None


@pytest.mark.parametrize(
    ("step", "forged"),
    [
        ("SAFE", {"q-SF_HEARD": "MAYBE"}),
        ("SAFE", {"version": "now"}),
        ("SAFE", {"version": "9" * 400}),
        ("NEEDS", {"n-ND_BED": "ALWAYS"}),
        ("NEEDS", {"n-ND_BED": "YES", "n-ND_BED-acted": "SURELY"}),
        ("NEEDS", {"n-ND_BED": "YES", "n-ND_BED-who": "x" * 201}),
        ("AGE", {"age-band": "OLD"}),
        ("SIGNS", {"s-SG_PAID": "I_M_DEBT"}),
    ],
)
def test_a_forged_code_changes_nothing(talk: Conversation, step: str, forged: dict[str, str]) -> None:
    talk.walk()
    before = talk.answers()
    page = talk.post(step, **forged)
    assert page.status_code == 400
    assert "Nothing was changed" in text(page)
    assert talk.answers() == before


def test_a_sign_ticked_beside_no_sign_is_stored_and_asked_about(talk: Conversation) -> None:
    talk.walk(SIGNS={"q-SG_PAID": "NO", "s-SG_PAID": "I_P_NO_PAY"})
    assert talk.answers().choices["SG_PAID"] == "NO"
    page = talk.post("SIGNS", **{"q-SG_PAID": "NO", "s-SG_PAID": "I_P_NO_PAY"})
    assert "Which one is right?" in text(page)
    settled = talk.post("SIGNS", **{"q-SG_PAID": "NOT_ASKED", "s-SG_PAID": "I_P_NO_PAY"})
    assert led_to(settled) == "WRITE"
    assert talk.answers().choices["SG_PAID"] == "YES"


def test_a_sign_without_its_kind_is_asked_about_once_on_every_way_on(talk: Conversation) -> None:
    talk.walk(SIGNS={})
    paid = {"q-SG_PAID": "YES"}
    for way in ({"go": "on"}, {"go": "none"}, {"go": "theme-FREEDOM"}, {"go": "on", "then": "outcome"}):
        page = text(talk.post("SIGNS", **paid, **way, theme="PAPERS"))
        assert "Which sign is it?" in page
        assert 'href="#q-SG_PAID"' in page
    assert "Which sign is it?" in text(talk.post("SIGNS", **STRONG, **{"q-SG_HURT": "YES"}, go="WRITE")), "enough"
    assert led_to(talk.post("SIGNS", **paid, theme="PAPERS", go="back")) == "SIGNS?theme=PROMISE"
    assert led_to(talk.post("SIGNS", **paid, theme="PAPERS", asked="SG_PAID")) == "SIGNS?theme=FREEDOM"
    assert talk.answers().choices["SG_PAID"] == "YES"


def test_one_button_answers_the_rest_of_a_page_and_leaves_other_pages_alone(talk: Conversation) -> None:
    talk.walk(SIGNS={"q-SG_HURT": "SKIPPED"})
    taps = {"q-SG_PAID": "SKIPPED", "s-SG_DEBT": "I_M_DEBT"}
    assert led_to(talk.post("SIGNS", **taps, theme="PAPERS", go="none")) == "SIGNS?theme=FREEDOM"
    choices = talk.answers().choices
    assert [choices.get(f"SG_{code}") for code in ("PAPERS", "PAID", "DEBT", "HURT", "LEAVE")] == [
        "NO",
        "SKIPPED",
        "YES",
        "SKIPPED",
        None,
    ]


def test_one_tick_stands_for_no_tie_no_interpreter_and_no_custody(talk: Conversation) -> None:
    safe = {code: value for code, value in SAFE.items() if code.startswith("q-SF")}
    assert led_to(talk.post("SAFE", **safe, **{"safe-none": "yes"})) == "NEEDS"
    assert {f"q-{code}": value for code, value in talk.answers().choices.items() if code[:2] in "SF TI LG CU"} == SAFE
    tied = talk.post("SAFE", **safe, **{"safe-none": "yes", "q-TI_KNOWS": "ME"})
    assert led_to(tied) == "outcome", "an answer that was tapped comes first"


def test_one_button_says_that_all_else_is_well(talk: Conversation) -> None:
    assert "All else is well" in text(talk.page("SAFE"))
    near = talk.post("SAFE", **{"q-SF_NEAR": "YES"}, go="well")
    assert near.context["page"]["parts"][0]["kind"] == "way", "an answer that was tapped comes first"
    assert "All else is well" not in text(near)
    assert led_to(talk.post("SAFE", **{"q-SF_HEARD": "WANTED"}, go="well")) == "NEEDS"
    answered = {f"q-{code}": value for code, value in talk.answers().choices.items() if code[:2] in "SF TI LG CU"}
    assert answered == {**SAFE, "q-SF_HEARD": "WANTED"}


def test_the_page_of_needs_asks_the_age_too(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    aged = {**NOTHING_NEEDED, "age-years": "", **GROWN}
    assert led_to(talk.post("NEEDS", **aged)) == "CONSENT"
    assert led_to(talk.post("NEEDS", **NOTHING_NEEDED)) == "CONSENT", "no age was sent, and none is lost"
    assert led_to(talk.post("NEEDS", **{**aged, **YOUNG})) == "AGE", "a child needs a safe adult"
    assert led_to(talk.post("NEEDS", **{**aged, "age-years": "16"})) == "AGE"
    assert "Which one is right?" in text(talk.page("AGE"))
    assert "as a number" in text(talk.post("NEEDS", **{**aged, "age-years": "old"}))


def test_one_button_says_that_the_person_repeated_it_and_agrees(talk: Conversation) -> None:
    talk.walk(CONSENT={"go": "well"})
    assert {code: talk.answers().choices[code] for code in ("CN_BACK", "CN_ANSWER")} == dict.fromkeys(
        ("CN_BACK", "CN_ANSWER"), "YES"
    )
    talk.post("AGE", **YOUNG, **{"q-AG_GUARDIAN": "HERE"})
    assert 'value="well"' not in text(talk.page("CONSENT"))
    assert "stands in has to agree" in text(talk.post("CONSENT", go="well")), "the guardian answers apart"


def test_with_no_sign_in_the_rest_the_last_page_of_prompts_leads_to_the_summary(talk: Conversation) -> None:
    talk.walk(SIGNS={})
    assert led_to(talk.post("SIGNS", theme="FREEDOM", go="none")) == "outcome"
    assert f"{reverse('talk_step', args=[talk.record, 'WRITE'])}?then=outcome" in text(talk.sum_up())


def test_the_next_talk_can_begin_where_the_last_one_was(talk: Conversation) -> None:
    page = talk.client.get(reverse("talk_start"))
    assert page.context["same"]["setting"].code == START["place"]
    assert "away from the counter" in text(page)
    assert b"VILLAGE_OFFICE" not in whole_database()
    Conversation.begun_by(talk.player, place="POLICE_CUSTODY", lawyer="on")
    assert talk.client.get(reverse("talk_start")).context["same"] is None, "there a lawyer is asked about first"


def test_back_and_stop_store_what_was_tapped(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    assert led_to(talk.post("NEEDS", **PAIN, go="back")) == "SAFE"
    assert talk.answers().needs["ND_PAIN"].acted is ContactResult.NOT_YET
    talk.walk()
    assert led_to(talk.post("SIGNS", **{"q-SG_PAID": "NO"}, go="CONSENT")) == "CONSENT"
    assert led_to(talk.post("SIGNS", **{"q-SG_PAID": "SKIPPED"}, go="stop")) == "stop?step=SIGNS"
    assert dict(talk.answers().choices)["SG_PAID"] == "SKIPPED"
    assert led_to(talk.post("SIGNS", go="nowhere")) == "WRITE"


def test_a_talk_resumes_at_its_current_step(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED)
    assert led_to(talk.client.get(reverse("talk", args=[talk.record]))) == "AGE"


def test_no_answer_of_a_draft_is_stored_unencrypted(talk: Conversation) -> None:
    talk.walk(NEEDS={**PAIN, "n-ND_PAIN-acted": "SPOKE", "n-ND_PAIN-who": "Perawat Rahayu"})
    rows = whole_database()
    for told in (b"Rahayu", b"I_M_DEBT", b"ND_PAIN", b"SIGNS", b"ADULT", b"FROM_15"):
        assert told not in rows
    assert str(talk.record).encode() in rows or talk.record.hex.encode() in rows


@pytest.mark.parametrize("step", STEPS)
def test_a_page_of_the_talk_asks_the_database_a_bounded_number_of_times(
    talk: Conversation, django_assert_max_num_queries, step: str
) -> None:
    talk.walk(NEEDS={**PAIN, "n-ND_PAIN-acted": "TRIED"})
    with django_assert_max_num_queries(31):
        talk.page(step)
    with django_assert_max_num_queries(42):
        talk.post(step, version=0)


def test_every_need_at_once_asks_the_database_a_bounded_number_of_times(
    talk: Conversation, services: None, django_assert_max_num_queries: Any
) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{f"n-{need}": "YES" for need in instrument().needs})
    with django_assert_max_num_queries(60):
        assert text(talk.page("NEEDS")).count('class="who"') >= 5


def test_leaving_saves_what_is_on_the_page_and_ends_the_session(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE, leaving="yes")
    assert talk.answers().choices["SF_HEARD"] == "NO"
    assert talk.page("NEEDS").status_code == 302, "somebody has to sign in again"


def test_leaving_ends_the_session_also_if_nothing_could_be_saved(talk: Conversation) -> None:
    assert talk.post("SAFE", **SAFE, version="0", leaving="yes").status_code == 409
    assert talk.page("NEEDS").status_code == 302


def test_typed_years_set_the_age_and_a_contradiction_is_asked_about(talk: Conversation) -> None:
    talk.walk()
    talk.post("AGE", **{"age-years": "39", "age-band": "UNKNOWN", "age-doubt": "NO"})
    assert (talk.answers().age.years, talk.answers().age.band) == (39, "ADULT")
    assert 'name="age-band" value="ADULT" checked' in squeeze(text(talk.page("AGE")))
    page = text(talk.post("AGE", **{"age-years": "16", "age-band": "ADULT", "age-doubt": "NO"}))
    assert "Which one is right?" in page
    assert talk.answers().age.years == 16


def test_after_moving_no_warning_stays_and_the_place_can_be_corrected(talk: Conversation) -> None:
    talk.post("SAFE", **{**SAFE, "q-SF_HEARD": "YES", "q-SF_WAY": "GO_ON"})
    assert 'value="safety"' in text(talk.page("NEEDS"))
    moved = talk.post("SAFE", then="NEEDS", **{**SAFE, "q-SF_HEARD": "YES", "q-SF_WAY": "MOVED"})
    assert led_to(moved) == "NEEDS"
    page = talk.page("NEEDS")
    assert not page.context["page"]["triggered_stops"]
    assert 'value="safety"' not in text(page)


def test_somebody_the_person_wants_there_forbids_no_name(talk: Conversation) -> None:
    talk.walk(SAFE={**SAFE, "q-SF_HEARD": "WANTED"})
    assert "compartments" not in text(talk.sum_up())
    assert talk.sum_up().context["summary"]["why_nothing_stored"] == ""


def test_the_two_ways_on_from_the_last_prompts_say_where_they_lead(talk: Conversation) -> None:
    talk.walk(SIGNS={})
    last, first = text(talk.page("SIGNS", "FEAR")), text(talk.page("SIGNS"))
    assert "nothing to write down: to the summary" in last
    assert "Continue: what you saw" in last
    assert "Continue: what you saw" not in first
