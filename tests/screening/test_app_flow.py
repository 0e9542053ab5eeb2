"""Faults that stopped workers in talks held with fresh eyes: lost answers, dead ends, and reminders in the way."""

from pathlib import Path

import pytest
from django.urls import reverse

from suar import screening
from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules.answers import LATEST, AgeBand, AgeFacts, Doubt, NeedAnswer
from suar.screening.rules.answers import Path as Path_
from suar.screening.rules.instrument import instrument
from suar.screening.rules.needs import requires_call_first, urgent_needs, waiting_needs
from suar.screening.rules.prompts import page_beside, page_of, theme_pages
from suar.screening.rules.setting import forms_offered, initial_answers
from suar.screening.rules.steps import default_answer, final_stop_code, next_step, offered_options
from suar.screening.rules.stops import is_acted_on
from tests.screening.conversing import AGREED, GROWN, NOTHING_NEEDED, SAFE, Conversation, led_to, left_at, text
from tests.screening.talks import TALK, adult_talk

pytestmark = pytest.mark.django_db
HELD = {**SAFE, "q-CU_HELD": "NO_LAWYER"}
GROWN_NOW = {**GROWN, "age-years": ""}
BED = {"n-ND_BED": "YES", "n-ND_BED-acted": "SPOKE", "n-ND_BED-who": "the shelter"}


def test_on_the_signpost_page_nothing_else_needed_is_an_answer_and_ends_nothing(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    page = text(talk.page("SIGNPOST"))
    assert 'type="checkbox" name="needs-all-asked"' in " ".join(page.split())
    assert '<button name="needs-all-asked"' not in " ".join(page.split())


def test_somebody_held_whom_nobody_accuses_is_asked_with_consent_and_leaves_with_a_lawyers_number(talk):
    assert led_to(talk.post("SAFE", **{**SAFE, "q-CU_HELD": "NOT_ACCUSED"})) == "NEEDS"
    assert led_to(talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW, **{"n-ND_HELD": "YES"})) == "CONSENT"
    page = talk.page("CONSENT")
    assert [stop.code for stop in page.context["page"]["reminders"]] == ["STOP_LEGAL"]
    assert page.context["page"]["triggered_stops"] == []
    consent = text(page)
    assert "This is no statement to police or immigration." in consent
    assert "If they begin to tell what they did wrong themselves" in consent
    assert led_to(talk.post("CONSENT", **AGREED)) == "SIGNS"
    assert final_stop_code(talk.answers()) is None
    assert "See that a lawyer comes" in text(talk.sum_up())


def test_who_is_not_held_hears_nothing_about_statements(talk):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)
    assert "no statement" not in text(talk.page("CONSENT"))


@pytest.mark.parametrize(
    ("place", "offered"),
    [
        ("VILLAGE_OFFICE", ["NO", "NOT_ACCUSED", "LAWYER", "NO_LAWYER", "UNKNOWN"]),
        ("IMMIGRATION_DETENTION", ["NOT_ACCUSED", "LAWYER", "NO_LAWYER"]),
        ("POLICE_CUSTODY", ["LAWYER", "NO_LAWYER"]),
    ],
)
def test_where_people_are_held_no_button_says_that_the_person_is_not(place, offered):
    answers = adult_talk({"RD_SETTING": place})
    assert [option.code for option in offered_options(TALK.questions["CU_HELD"], answers)] == offered
    assert default_answer(TALK.questions["CU_HELD"], answers) == ("NO" if "NO" in offered else "")


def test_back_from_consent_leads_to_the_page_that_asked_the_age(talk):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)
    assert led_to(talk.post("CONSENT", go="back")) == "NEEDS"
    talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "15"})
    assert led_to(talk.post("AGE", go="back")) == "NEEDS"


def test_one_button_says_that_all_is_well_on_the_signpost_page_and_ends_nothing(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    assert "All else is well." in text(talk.page("SIGNPOST"))
    assert led_to(talk.post("SIGNPOST", **{"q-SF_NEAR": "LATER"}, go="well")) == "SIGNPOST"
    choices = talk.answers().choices
    assert [choices[code] for code in ("SF_HEARD", "SF_NEAR", "SF_PHONE", "CU_HELD")] == ["NO", "LATER", "YES", "NO"]
    assert "All else is well." not in text(talk.page("SIGNPOST"))


def test_a_child_who_is_still_there_is_a_need_for_now_of_a_child():
    need = TALK.needs["ND_CHILD_THERE"]
    assert need.whom == "CHILD"
    assert requires_call_first(adult_talk(needs={"ND_CHILD_THERE": NeedAnswer(Answer.YES)}))


def test_the_numbers_of_a_stop_are_not_listed_again_for_the_next_step(talk):
    talk.post("SAFE", **HELD)
    talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)
    page = talk.sum_up()
    assert page.context["step_services"] == page.context["summary"]["stopped"]["services"]
    assert "The numbers above answer this too." in text(page)
    assert text(page).count('class="who"') == 1


def test_what_is_wrong_takes_the_focus(talk):
    problem = text(talk.post("SAFE")).partition('class="problems"')[2].partition(">")[0]
    assert "autofocus" in problem


def test_custody_without_a_lawyer_still_asks_what_is_urgent_and_the_age(talk):
    assert led_to(talk.post("SAFE", **HELD)) == "NEEDS"
    assert talk.page("NEEDS").status_code == 200
    assert led_to(talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)) == "outcome"
    assert final_stop_code(talk.answers()) == "STOP_LEGAL"
    assert talk.answers().age.best_band is AgeBand.ADULT


def test_no_question_about_what_happened_follows_custody_without_a_lawyer(talk):
    talk.post("SAFE", **HELD)
    assert final_stop_code(talk.answers()) == "STOP_LEGAL", "also before the needs"
    talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)
    assert led_to(talk.page("CONSENT")) == "outcome"
    assert led_to(talk.page("SIGNS")) == "outcome"


@pytest.mark.parametrize("step", ["SAFE", "NEEDS"])
def test_after_a_stop_the_urgent_needs_can_be_noted_with_their_call(talk, step):
    talk.post("SAFE", **SAFE)
    if step == "NEEDS":
        talk.post("NEEDS", **{"n-ND_BED": "YES"}, **GROWN_NOW)
    talk.ways_to_stop(step=step, stop="STOP_STAFF")
    assert f"{reverse('talk_step', args=[talk.record, 'NEEDS'])}?then=outcome" in text(talk.sum_up())
    assert talk.page("NEEDS").status_code == 200
    assert led_to(talk.post("NEEDS", **BED, then="outcome")) == "outcome"
    answers = talk.answers()
    assert (answers.stopped_by, answers.needs["ND_BED"].who_answers) == ("STOP_STAFF", "the shelter")
    assert led_to(talk.page("SIGNS")) == "outcome", "nothing else opens"


def test_with_somebody_near_a_stop_opens_no_page_again(talk):
    talk.post("SAFE", **{**SAFE, "q-SF_NEAR": "YES"}, stop="STOP_CONTROLLER")
    assert led_to(talk.page("NEEDS")) == "outcome"
    assert "/NEEDS" not in text(talk.sum_up())


def test_an_age_that_is_not_known_is_kept_without_the_question_of_doubt(talk):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "", "age-band": "UNKNOWN"})
    assert talk.answers().age == AgeFacts(doubt=Doubt.UNKNOWN)
    page = " ".join(text(talk.page("AGE")).split())
    assert 'name="age-band" value="UNKNOWN" checked' in page


def test_where_doubt_is_not_asked_an_unknown_age_makes_nobody_a_child(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    talk.post("SIGNPOST", **{"age-band": "UNKNOWN", "go": "note"})
    assert talk.answers().age == AgeFacts()


def test_a_possible_child_is_one_too_when_help_is_looked_for_without_a_name(talk, services):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "", "age-band": "UNKNOWN", "age-doubt": "YES"})
    talk.post("AGE", **{"age-band": "UNKNOWN", "age-doubt": "YES", "q-AG_GUARDIAN": "MAY_BE_INVOLVED"})
    left = left_at(talk.end(outcome="UNABLE", reason="RS_NO_ROOM", acted="TRIED"))
    page = talk.client.get(reverse("options_without_name", args=[left]))
    assert page.context["about"]["age_status"].value() == "AB_MAYBE"
    assert "maybe under 18" in page.context["about"].known_facts()


@pytest.mark.parametrize("form", ["short", "full"])
def test_at_a_seafarers_centre_the_page_on_ships_comes_by_itself_and_early(form):
    answers = adult_talk(initial_answers(form, "SEAFARER_CENTRE").choices, instrument=form, version=LATEST[form])
    pages = theme_pages(answers)
    place = pages.index(("SEA",))
    assert 0 < place < len(pages) - 1
    assert page_beside(pages[place - 1], answers) == ("SEA",)
    elsewhere = theme_pages(adult_talk(instrument=form, version=LATEST[form]))
    assert elsewhere.index(("SEA",)) > len(elsewhere) - 3, "elsewhere it comes last"


def test_another_theme_leads_back_to_the_themes_that_are_left(village):
    talk = Conversation.begun_by(village.ben).walk(SIGNS={})
    first, second = theme_pages(talk.answers())[:2]
    answer = talk.post("SIGNS", theme=first[0], go="theme-SEA")
    assert answer["Location"].endswith(f"theme=SEA&then=theme-{second[0]}")
    page = talk.client.get(answer["Location"])
    assert "Go to the write-up" not in text(page)
    answer = talk.post("SIGNS", theme="SEA", then=page.context["then"], go="on")
    assert answer["Location"].endswith(f"theme={second[0]}")


def test_a_stop_that_was_acted_on_is_a_reminder_at_the_end(talk):
    talk.post("SAFE", **SAFE)
    danger = {"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "SPOKE", "n-ND_DANGER-who": "the police post"}
    talk.post("NEEDS", **{"n-ND_DANGER": "YES"})
    assert [stop.code for stop in talk.page("NEEDS").context["page"]["triggered_stops"]] == ["STOP_DANGER"]
    talk.post("NEEDS", **danger, **GROWN_NOW)
    page = talk.page("CONSENT")
    assert not page.context["page"]["triggered_stops"]
    assert [stop.code for stop in page.context["page"]["reminders"]] == ["STOP_DANGER"]
    assert 'value="STOP_DANGER"' in text(page), "it can still be tapped"


@pytest.mark.parametrize(
    ("acted", "is_acted"),
    [(ContactResult.NOT_YET, False), (ContactResult.TRIED, True), (ContactResult.HELPS_HERE, True)],
)
def test_when_a_stop_counts_as_acted_on(acted, is_acted):
    answers = adult_talk(needs={"ND_SELF_HARM": NeedAnswer(Answer.YES, acted=acted)})
    assert is_acted_on(TALK.stops["STOP_SELF_HARM"], answers, asked=()) is is_acted


def test_that_somebody_told_it_before_is_said_on_the_first_theme_only(village):
    talk = Conversation.begun_by(village.ben).walk(CONSENT={**AGREED, "q-AT_TOLD": "YES"}, SIGNS={})
    first, second = theme_pages(talk.answers())[:2]
    assert talk.page("SIGNS", first[0]).context["page"]["early_ends"]
    assert not talk.page("SIGNS", second[0]).context["page"]["early_ends"]


@pytest.mark.parametrize(("when", "holds"), [("TODAY", True), ("", True), ("YESTERDAY", False), ("EARLIER", False)])
def test_writing_up_a_talk_of_another_day_needs_no_call_first(when, holds):
    bed = {"ND_BED": NeedAnswer(Answer.YES)}
    choices = {"WR_HOW": "LATER", **({"WR_WHEN": when} if when else {})}
    answers = adult_talk(choices=choices, needs=bed)
    assert requires_call_first(answers) is holds
    assert waiting_needs(answers), "it stays open until somebody knows"
    assert (next_step(Step.NEEDS, answers).because == "ACT_FIRST") is holds


def test_a_fear_is_not_asked_about_again_if_somebody_knows_of_the_danger():
    danger = NeedAnswer(Answer.YES, acted=ContactResult.SPOKE, who_answers="the police post")
    answers = adult_talk(choices={"SG_AFRAID": "YES"}, needs={"ND_DANGER": danger})
    threat = next(need for need in urgent_needs(answers) if need.need == "ND_THREAT")
    assert threat.known
    assert not requires_call_first(answers, raised=True)
    alone = adult_talk(choices={"SG_AFRAID": "YES"}, needs={"ND_BED": danger})
    assert requires_call_first(alone, raised=True), "a bed is no answer to a fear"
    others = adult_talk(choices={"SG_AFRAID": "YES"}, needs={"ND_OTHERS_HELD": danger})
    assert requires_call_first(others, raised=True), "a call about others does not make the person safe"


def test_a_call_that_nobody_answered_is_not_shown_as_nobody_knows(talk):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"}, **GROWN_NOW)
    page = text(talk.page("CONSENT"))
    assert '<details class="more" data-waiting>' in page, "one line on the pages of the talk"
    assert "I tried, nobody answered" in page
    assert "Nobody knows yet" not in page


def test_before_continue_the_needs_page_says_that_a_call_is_recorded(talk):
    talk.post("SAFE", **SAFE)
    assert "record it before you continue" in text(talk.page("NEEDS"))


def test_no_page_opens_with_an_error_about_a_question_not_yet_asked(talk):
    talk.post("SAFE", **SAFE)
    assert led_to(talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "", "age-band": "FROM_15_TO_17"})) == "AGE"
    page = text(talk.page("AGE"))
    assert "Please check" not in page
    assert "Please check" in text(talk.post("AGE", **{"age-band": "FROM_15_TO_17"})), "after it was asked"


def test_who_did_it_is_asked_for_without_an_error_the_first_time(village):
    talk = Conversation.begun_by(village.ben).walk(SIGNS={})
    first, last = page_of("PAPERS", talk.answers()), theme_pages(talk.answers())[-1]
    talk.post("SIGNS", theme=first[0], **{"q-SG_PAPERS": "YES", "s-SG_PAPERS": "I_M_PAPERS"})
    page = text(talk.post("SIGNS", theme=last[0], go="on"))
    assert "Who did what is ticked?" in page
    assert "Please check" not in page


def test_a_child_under_twelve_is_not_asked_to_agree_to_questions_that_do_not_come(talk):
    talk.post("SAFE", **SAFE)
    assert led_to(talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "", "age-band": "UNDER_12"})) == "AGE"
    young = {"age-band": "UNDER_12", "q-AG_GUARDIAN": "STAND_IN", "q-CH_TRAINED": "YES"}
    assert led_to(talk.post("AGE", **young)) == "SIGNS"
    page = talk.page("SIGNS")
    assert page.status_code == 200
    assert page.context["page"]["note"]


def test_all_else_is_well_says_only_what_is_still_open(talk):
    page = text(talk.page("SAFE"))
    assert 'data-well="SF_NEAR"' in page
    assert "Nobody who may decide for the person is near or expected." in page
    answered = talk.post("SAFE", **{"q-SF_NEAR": "LATER", "q-LG_INTERPRETER": "PHONE"})
    assert "All else is well." in text(answered)
    assert [question.code for question in answered.context["page"]["well"]["open"]] == [
        "SF_HEARD",
        "SF_PHONE",
        "TI_KNOWS",
        "CU_HELD",
    ]
    assert "Nobody who may decide" not in text(answered)
    assert "No interpreter is needed" not in text(answered)


def test_a_sentence_of_the_button_goes_as_soon_as_its_question_is_answered():
    css = (Path(screening.__file__).parent / "static" / "screening" / "talk.css").read_text("utf-8")
    for question in TALK.step(Step.SAFE).questions:
        assert (f"[name=q-{question.code}]:checked) [data-well={question.code}]" in css) is bool(question.well_says)


def test_what_a_worker_answers_is_not_quoted_as_a_question_to_the_person(village):
    signpost = " ".join(text(Conversation.begun_by(village.ben, form="signpost").page("SIGNPOST")).split())
    asked = signpost.split("as far as you were told?")[0].rsplit("<fieldset", 1)[1]
    assert "data-said" not in asked
    later = Conversation.begun_by(village.ben, later="short", form="")
    later.post("SAFE", **SAFE, **{"q-WR_WHEN": "YESTERDAY"})
    later.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)
    asked = text(later.page("CONSENT")).split("Did the person agree to talk?")[0].rsplit("<fieldset", 1)[1]
    assert "data-said" not in asked


def test_with_an_age_under_eighteen_the_doubt_about_it_is_hidden(talk):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "", "age-band": "UNDER_12"})
    assert "data-maybe-child" in text(talk.page("AGE"))


def test_the_summary_asks_for_what_was_seen_only_until_it_was_noted(talk):
    assert "add what you saw" in text(talk.walk().sum_up())
    talk.post("WRITE", **{"q-SN_SEEN": "YES", "s-SN_SEEN": "I_O_INJURY"})
    assert "change what you saw" in text(talk.sum_up())


def test_a_place_where_others_could_hear_is_named_as_such_when_no_name_is_stored(talk):
    talk.post("SAFE", **{**SAFE, "q-SF_HEARD": "YES", "q-SF_WAY": "GO_ON"})
    talk.post("NEEDS", **NOTHING_NEEDED, **GROWN_NOW)
    talk.post("CONSENT", **{"q-CN_BACK": "YES", "q-CN_ANSWER": "NO"})
    page = text(talk.sum_up())
    assert "The answers about the place allow no more" in page
    assert "safely and freely" not in page


def test_a_school_that_offers_no_short_talk_names_none():
    offered, because = forms_offered("SCHOOL", "VILLAGE_TEAM")
    assert offered == ("signpost",)
    assert because == ("CHILD_WORKER_FIRST",)
    assert "SETTING_SHORT" in forms_offered("BORDER_LAND", "VILLAGE_TEAM")[1]


def test_no_reason_says_that_a_fraud_gained_nobody_anything():
    for row in (*TALK.tables.rows[Path_.ADULT], *TALK.tables.rows[Path_.CHILD]):
        assert "nobody gained or planned" not in row.because["en"]
    assert "does not gain" not in TALK.words["BY_OTHERS"]["en"]


def test_none_of_this_says_what_is_so():
    assert TALK.words["NONE_OF_THIS"]["en"].startswith("Nobody here knows")
    assert TALK.words["NONE_OF_THIS"]["id"].startswith("Tidak ada dari kami")


@pytest.mark.parametrize("code", ["Q09", "Q11", "Q14"])
def test_a_question_on_a_way_or_a_work_that_was_not_there_does_not_apply(code):
    full = instrument("full")
    assert "NOT_APPLICABLE" in {option.code for option in full.questions[code].options}


def test_a_need_of_this_week_can_be_helped_with_here(talk):
    talk.post("SAFE", **SAFE)
    doctor = next(need.code for need in TALK.needs.values() if need.level.name == "WEEK")
    page = " ".join(text(talk.page("NEEDS")).split())
    assert f'type="checkbox" name="n-{doctor}-acted" value="HELPS_HERE"' in page
    talk.post("NEEDS", **{f"n-{doctor}": "YES", f"n-{doctor}-acted": "HELPS_HERE"}, **GROWN_NOW)
    assert talk.answers().needs[doctor].acted is ContactResult.HELPS_HERE


def test_who_must_never_know_begins_with_the_free_field(talk, services, strangers):
    page = text(talk.walk().sum_up())
    assert page.index('name="exclude_words"') < page.index('name="exclude_workers"')


def test_the_count_of_pages_passes_over_a_step_that_an_earlier_page_asks(village):
    talk = Conversation.begun_by(village.ben)
    counts = []
    for step, taps in (("SAFE", SAFE), ("NEEDS", {**NOTHING_NEEDED, **GROWN_NOW}), ("CONSENT", {})):
        marks = talk.page(step).context["page"]["marks"]
        counts += [mark["label"].rsplit(" ", 1)[1] for mark in marks if mark["current"]]
        talk.post(step, **taps)
    assert counts == ["1/3", "2/3", "3/3"]


def test_a_fear_of_the_next_days_may_be_left_for_a_later_day(talk):
    talk.post("SAFE", **SAFE)
    page = text(talk.page("NEEDS"))
    assert 'name="n-ND_THREAT-acted" value="LATER"' in " ".join(page.split())
    assert 'name="n-ND_SELF_HARM-acted" value="LATER"' not in " ".join(page.split())
    later = {"n-ND_THREAT": "YES", "n-ND_THREAT-acted": "LATER"}
    assert led_to(talk.post("NEEDS", **later, **NOTHING_NEEDED, **GROWN_NOW)) == "CONSENT"
    shown = text(talk.page("NEEDS")).split('id="need-ND_THREAT"')[1].split('id="need-')[0]
    assert "Call, then record it" not in shown


def test_where_it_is_no_moment_to_ask_for_needs_nobody_has_to_say_that_they_were_asked(talk):
    talk.post("SAFE", **SAFE)
    assert "I could not ask" not in text(talk.page("NEEDS"))
    assert "I could not ask" in text(talk.post("NEEDS", **GROWN_NOW))
    bed = {"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"}
    assert led_to(talk.post("NEEDS", **bed, **GROWN_NOW, **{"needs-all-asked": "no"})) == "CONSENT"
    needs = talk.answers().needs
    assert (needs["ND_BED"].answer, needs["ND_FOOD"].answer) == (Answer.YES, Answer.UNKNOWN)
    assert not talk.page("NEEDS").context["page"]["all_asked"]
    talk.post("CONSENT", **AGREED)
    talk.post("SIGNS", theme="FREEDOM", **{"q-SG_AFRAID": "YES"})
    assert "ND_THREAT" in {need.need for need in urgent_needs(talk.answers())}, "a sign still raises a need"


def test_where_somebody_is_near_the_signpost_says_that_the_note_comes_later(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    assert 'value="note"' in text(talk.page("SIGNPOST"))
    taps = {**SAFE, **NOTHING_NEEDED, "q-SF_NEAR": "YES"}
    page = text(talk.post("SIGNPOST", **taps, go="note"))
    assert "Write nothing down now" in page
    assert 'value="note"' not in page
    assert talk.answers().choices["SF_NEAR"] == "YES"
    again = text(talk.page("SIGNPOST"))
    assert again.count("Write nothing down now") == 1
    assert 'value="note"' not in again
    assert led_to(talk.post("SIGNPOST", **{**taps, "q-SF_NEAR": "NO"}, go="note")) == "note"


@pytest.mark.parametrize(
    ("place", "form", "helped", "elsewhere"),
    [
        ("VILLAGE_OFFICE", "short", "AB_18", False),
        ("STREET_CHILD", "signpost", "AB_U18", False),
        ("HOTLINE", "short", "AB_18", True),
    ],
)
def test_before_the_age_is_asked_numbers_fit_those_one_meets_at_the_place(village, place, form, helped, elsewhere):
    talk = Conversation.begun_by(village.ben, place=place, form=form)
    page = talk.page("SIGNPOST" if form == "signpost" else "SAFE")
    assert (page.context["helped"].age_status, page.context["elsewhere"]) == (helped, elsewhere)
    if form == "short":
        talk.post("SAFE", **SAFE)
        talk.post("NEEDS", **NOTHING_NEEDED, **{"age-band": "UNKNOWN", "age-years": ""})
        assert talk.page("AGE").context["helped"].age_status == "AB_MAYBE"


def test_a_child_of_11_is_given_no_number_of_a_service_for_older_people(village, services):
    at_place = {"place": "STREET_CHILD", "form": "signpost"}
    talk = Conversation.begun_by(village.ben, **at_place)
    bed = {"n-ND_BED": "YES", "n-ND_BED-acted": "SPOKE", "n-ND_BED-who": "the shelter", "needs-all-asked": "yes"}
    ended = talk.post("SIGNPOST", **SAFE, **bed, **{"age-band": "UNDER_12", "age-years": ""})
    page = text(talk.client.get(ended["Location"]))
    assert "Small home" in page
    assert "15 and older" not in page


@pytest.mark.parametrize(
    ("age", "oldest"), [({"age-band": "UNDER_12", "age-years": ""}, 11), ({"age-years": "13"}, 14)]
)
def test_a_band_of_ages_leaves_out_services_for_older_people(talk, age, oldest):
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **age)
    assert talk.page("NEEDS").context["age_range"][1] == oldest


def test_at_a_place_for_children_an_unknown_age_is_that_of_a_child(strangers):
    talk = Conversation.begun_by(strangers.lia, place="STREET_CHILD", form="short")
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED, **{"age-band": "UNKNOWN", "age-years": ""})
    assert talk.page("NEEDS").context["helped"].age_status == "AB_U18"


def test_where_somebody_near_may_decide_the_signpost_page_says_not_to_hand_over_a_child(village):
    talk = Conversation.begun_by(village.ben, form="signpost")
    warning = text(talk.page("SIGNPOST")).split("data-near")[1]
    assert "Do not hand over somebody who may be a child" in warning
    assert "data-shown" not in warning.split(">")[0]
    again = text(talk.post("SIGNPOST", **{**SAFE, "q-SF_NEAR": "YES"}, go="note"))
    assert "data-shown" in again.split("data-near")[1].split(">")[0]


@pytest.mark.parametrize(("place", "has_houses"), [("VILLAGE_OFFICE", True), ("HOTLINE", True), ("EMBASSY", False)])
def test_abroad_no_number_is_listed_of_a_service_that_needs_a_visit(village, services, place, has_houses):
    talk = Conversation.begun_by(village.ben, place=place)
    talk.post("SAFE", **SAFE)
    page = text(talk.page("NEEDS"))
    assert "Crisis line" in page
    assert ("Safe house" in page) is has_houses


def services_of(talk, need):
    """Return the services that the page of needs offers for a need."""
    groups = talk.page("NEEDS").context["page"]["needs"]
    return next(row["services"] for group in groups for row in group["needs"] if row["need"].code == need)


def test_a_child_is_offered_services_for_children_first(talk):
    talk.post("SAFE", **SAFE)
    assert services_of(talk, "ND_BED")[0] == "HOU_EMERGENCY"
    talk.post("NEEDS", **NOTHING_NEEDED, **{"age-years": "12"})
    assert services_of(talk, "ND_BED")[0] == "HOU_CHILD"
