"""A stop rule is offered and tapped; the talk then ends with a signpost and keeps what it may."""

import re
from uuid import UUID

import pytest
from django.template import loader
from django.urls import reverse

from suar.core.refusals import NotYours
from suar.records.models import Record, Value
from suar.records.terms import Compartment, Kind
from suar.screening import actions, policy, queries
from suar.screening.codes import Outcome, Step
from suar.screening.models import Talk
from suar.screening.rules.answers import Answers
from suar.screening.rules.instrument import instrument
from suar.screening.rules.setting import initial_answers
from suar.screening.rules.steps import final_stop_code, place_was_bad, stops_offered
from suar.screening.views.outcome import stop_context
from tests.people import acting_as
from tests.screening.conversing import (
    KEPT,
    NEAR,
    NOTHING_NEEDED,
    SAFE,
    STRONG,
    UNABLE,
    Conversation,
    led_to,
    left_at,
    text,
    whole_database,
)
from tests.screening.talks import adult_talk

NAME = KEPT["name"].encode()
STOPS = instrument().stops


def stopped(talk: Conversation, rule: str, step: str = "SAFE") -> Conversation:
    """Tap a stop rule on the page of the ways to stop."""
    assert led_to(talk.ways_to_stop(step=step, stop=rule)) == "outcome"
    return talk


def findings(talk: Conversation, answer: object) -> dict:
    (stored_finding,) = talk.open(left_at(answer)).read(Compartment.CODED, "findings")["list"]
    return stored_finding


def test_the_ways_to_stop_begin_with_a_pause_and_the_persons_own_wish(talk: Conversation) -> None:
    page = talk.ways_to_stop()
    assert "Pause and continue later" in text(page)
    assert page.context["stops"][0][0].code == "STOP_WITHDRAWN"
    offered = {stop.code for stop, _ in stops_offered(Step.SAFE, Answers())}
    assert {stop.code for stop, _ in page.context["stops"]} == offered


def test_a_stop_rule_that_an_answer_triggers_comes_first(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR)
    first, is_triggered = talk.ways_to_stop().context["stops"][0]
    assert (first.code, is_triggered) == ("STOP_CONTROLLER", True)


def test_a_pause_keeps_the_talk_for_later(talk: Conversation) -> None:
    assert talk.ways_to_stop(go="pause")["Location"] == reverse("day")
    assert Talk.objects.get(record=talk.record).ended_at is None
    assert led_to(talk.client.get(reverse("talk", args=[talk.record]))) == "SAFE"


@pytest.mark.parametrize("rule", ["STOP_DISTRESS", "STOP_EVERYTHING", "", "' OR 1=1"])
def test_a_stop_rule_that_is_not_offered_here_changes_nothing(talk: Conversation, rule: str) -> None:
    page = talk.ways_to_stop(step="SAFE", stop=rule)
    assert page.status_code == 400
    assert "does not apply to this step" in text(page)
    if rule:
        assert talk.post("SAFE", **SAFE, stop=rule).status_code == 400
    assert talk.answers().stopped_by is None
    assert not {code for code in talk.answers().choices if code.startswith("SF_")}


def test_a_get_request_does_not_stop_a_talk(talk: Conversation) -> None:
    page = talk.client.get(reverse("talk_outcome", args=[talk.record]), {"stop": "STOP_TIE"})
    assert page.context["summary"]["stopped"] is None


def test_a_stop_tapped_on_a_step_takes_with_it_what_is_on_the_page(talk: Conversation) -> None:
    assert led_to(talk.post("SAFE", **SAFE, stop="STOP_WITHDRAWN")) == "outcome"
    assert talk.answers().stopped_by == "STOP_WITHDRAWN"
    assert talk.answers().choices["SF_HEARD"] == "NO"


@pytest.mark.parametrize("unreadable", [{"version": "old"}, {"q-SF_HEARD": "MAYBE"}])
def test_nothing_on_a_page_can_hold_up_a_stop(talk: Conversation, unreadable: dict[str, str]) -> None:
    assert led_to(talk.post("SAFE", **unreadable, stop="STOP_STAFF")) == "outcome"
    assert led_to(Conversation.begun_by(talk.player).post("SAFE", version=0, stop="STOP_STAFF"))


def test_a_stopped_talk_shows_what_to_do_what_to_say_and_who_answers(talk: Conversation, services: None) -> None:
    page = stopped(talk, "STOP_SELF_HARM").sum_up()
    page_text = text(page)
    assert "Stay. Do not leave the person alone." in page_text
    assert "I am glad that you told me." in page_text
    assert 'href="tel:' in page_text
    possible = [item["words"].code for item in page.context["summary"]["outcomes"] if not item["why_not"]]
    assert possible[0] == "UNABLE"
    assert "PRESUMED_VICTIM" not in page_text
    chosen = [item["words"].code for item in page.context["summary"]["outcomes"] if item["chosen"]]
    assert chosen == ["UNABLE"], "one tap ends it"


def test_a_stopped_talk_does_not_look_finished(talk: Conversation) -> None:
    page_text = text(stopped(talk, "STOP_STAFF").sum_up())
    assert "(done)" not in page_text
    assert "Stopped here" in page_text
    finished = text(Conversation.begun_by(talk.player).walk().sum_up())
    assert finished.count("(done)") == 2, "positive control"


def test_where_nobody_answers_for_just_this_the_lines_of_the_country_do(services: None) -> None:
    page_text = loader.render_to_string("screening/who_answers.html", {"cards": ()})
    assert 'href="tel:' in page_text
    assert "serve the whole country" in page_text


def test_a_stopped_talk_asks_nothing_more_until_the_worker_goes_on(talk: Conversation) -> None:
    stopped(talk.walk(), "STOP_MEDICAL", step="SIGNS")
    assert led_to(talk.page("SIGNS")) == "outcome"
    assert "it is over: continue" in text(talk.sum_up())
    assert led_to(talk.end(go="on")) == str(talk.record)
    assert talk.page("SIGNS").status_code == 200
    assert "PRESUMED_VICTIM" in text(talk.sum_up())


def test_what_was_already_clear_may_be_chosen_after_a_stop(talk: Conversation) -> None:
    page = stopped(talk.walk(), "STOP_DISTRESS", step="SIGNS").sum_up()
    assert not any(item["chosen"] for item in page.context["summary"]["outcomes"])
    typed = {"outcome": "PRESUMED_VICTIM", "reason": "RS_SAME", **KEPT}
    assert "options" in talk.end(**typed)["Location"]


def test_a_stopped_talk_ends_with_a_signpost_and_no_name(talk: Conversation, services: None) -> None:
    answer = stopped(talk, "STOP_WITHDRAWN").end(outcome="DECLINED", reason="RS_PERSON_CHOSE")
    page = text(talk.client.get(answer["Location"]))
    assert "You get help all the same" in page
    assert 'href="tel:' in page
    assert "data-print" in page
    assert not Record.objects.filter(kind=Kind.PERSON).exists()


def test_with_somebody_near_nothing_is_printed_and_advice_is_folded(talk: Conversation, services: None) -> None:
    talk.post("SAFE", **NEAR, stop="STOP_CONTROLLER")
    page = text(talk.sum_up())
    assert re.search(r'<details class="more">\s*<summary>What to do now', page)
    answer = talk.end(**UNABLE)
    ended = text(talk.client.get(answer["Location"]))
    assert "data-print" not in ended
    assert 'class="card"' not in ended
    assert re.search(r'<details class="more">\s*<summary>What to do now', ended)
    for betrays in ("STOP_", "near", "decide for"):
        assert betrays not in answer["Location"]


def test_no_name_is_stored_after_somebody_was_near(
    talk: Conversation,
) -> None:
    talk.post("SAFE", **NEAR)
    asked = text(stopped(talk, "STOP_WITHDRAWN").sum_up())
    answer = talk.end(outcome="DECLINED", reason="RS_PERSON_CHOSE", **KEPT)
    assert "talk/ended" in answer["Location"]
    assert "The answers about the place allow no more" in asked
    assert NAME not in whole_database()


def test_what_a_person_who_stops_wishes_is_stored(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    answer = stopped(talk, "STOP_WITHDRAWN").end(outcome="DECLINED", reason="RS_PERSON_CHOSE", **KEPT)
    assert "options" in answer["Location"]


def test_a_danger_that_nobody_ticked_goes_with_the_person_as_a_need(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    person = left_at(stopped(talk, "STOP_DANGER").end(**UNABLE, **KEPT, acted="NOT_YET"))
    (need,) = talk.open(person).read(Compartment.CODED, "needs")["list"]
    assert (need["urgency"], need["service_type"]) == ("U1", "SAF_RISK")
    told = Conversation.begun_by(talk.player)
    told.post("SAFE", **SAFE)
    told.post("NEEDS", **{"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "TRIED"})
    person = left_at(stopped(told, "STOP_DANGER", step="NEEDS").end(**UNABLE, **KEPT, acted="TRIED"))
    needs = told.open(person).read(Compartment.CODED, "needs")["list"]
    assert [need["id"] for need in needs] == ["urgent-ND_DANGER"]


def test_a_tie_to_the_office_leaves_only_that_a_talk_ended(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **NOTHING_NEEDED)
    answer = stopped(talk, "STOP_TIE", step="NEEDS").end(**UNABLE, **KEPT)
    stored_finding = findings(talk, answer)
    assert set(stored_finding) == {"at", "by", "second_reading", "instrument", "step", "stopped_by", "outcome"}
    assert NAME not in whole_database()


def test_where_answers_could_be_used_against_the_person_no_sign_and_no_story_stays(
    talk: Conversation,
) -> None:
    stopped(talk.walk(SIGNS=STRONG), "STOP_LEGAL", step="SIGNS")
    assert "story" not in talk.sum_up().context["form"].fields
    answer = talk.end(outcome="PRESUMED_VICTIM", reason="RS_SAME", **KEPT, story="what was done")
    person = left_at(answer)
    stored_finding = findings(talk, answer)
    assert "signs" not in stored_finding
    assert "elements" not in stored_finding
    values = Value.objects.filter(record=person).values_list("compartment", "field")
    names = [name for place, name in values if place == Compartment.NARRATIVE]
    assert names == ["never_tell"], "who must never know is no story"
    assert Compartment.IDENTITY in dict(values)


@pytest.mark.parametrize("code", STOPS)
def test_every_stop_rule_has_a_signpost(code: str) -> None:
    page = stop_context(Answers(stopped_by=code))
    assert page is not None
    assert page["services"]
    assert page["say"]
    assert page["tapped"]


def test_a_team_that_is_not_the_workers_begins_no_talk(talk: Conversation) -> None:
    with pytest.raises(NotYours):
        actions.begin_talk(UUID(int=7), initial_answers(), by=acting_as(talk.player))


def test_other_apps_read_findings_in_words() -> None:
    assert queries.outcome_words(Outcome.UNABLE) == "Could not talk enough"


def test_without_a_stop_rule_there_is_no_stop_page() -> None:
    assert stop_context(adult_talk()) is None


def test_an_outcome_is_preselected_only_after_a_stop() -> None:
    answers = Answers(stopped_by="STOP_STAFF")
    assert policy.default_choice(answers, Outcome.UNABLE, None) == ("", "")
    assert policy.default_choice(answers, Outcome.PRESUMED_VICTIM, "STOP_STAFF") == ("", "")
    assert policy.default_choice(answers, Outcome.UNABLE, "STOP_STAFF") == ("UNABLE", "RS_NO_ROOM")
    assert policy.default_choice(answers, Outcome.DECLINED, "STOP_WITHDRAWN") == ("DECLINED", "RS_PERSON_CHOSE")


def test_an_unsafe_place_ends_the_talk_by_its_stop_rule() -> None:
    assert final_stop_code(Answers(choices={"SF_NEAR": "YES"})) == "STOP_CONTROLLER"
    assert final_stop_code(Answers(choices={"SF_PHONE": "NO"})) == "STOP_NO_PRIVACY"
    assert final_stop_code(Answers()) is None
    assert not place_was_bad(Answers())
