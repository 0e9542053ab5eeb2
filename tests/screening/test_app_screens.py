"""Pages at the end of a talk say what is true, and show at once what cannot wait."""

import re
from types import SimpleNamespace

import pytest
from django.urls import reverse

from suar.records.queries import is_task
from suar.records.terms import Compartment
from suar.screening.codes import Step
from suar.screening.rules.instrument import instrument
from tests.people import client_of
from tests.screening.conversing import AGREED, GROWN, NEAR, SAFE, STRONG, UNABLE, Conversation, left_at, text

BED = {"n-ND_BED": "YES"}
FOLDED = r'<details class="more">\s*<summary>What to do now'
SPOKE = {"acted": "SPOKE", "whom": "night nurse"}


def test_one_answer_about_a_stop_counts_for_the_needs_without_an_answer(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **BED, **{"n-ND_SELF_HARM": "YES"}, stop="STOP_CHILD_ALONE")
    assert "this answer counts for each urgent need above" in text(talk.sum_up())
    left = left_at(talk.end(**UNABLE, **SPOKE))
    (stored,) = talk.open(left).read(Compartment.CODED, "findings")["list"]
    assert {need["need"]: need["known"] for need in stored["needs"]} == {"ND_SELF_HARM": True, "ND_BED": True}
    assert "Nobody reached yet" not in text(talk.client.get(reverse("talk_ended", args=[left])))
    assert is_task(left)


def test_a_call_that_was_tried_about_a_need_is_not_changed_by_another(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **BED, **{"n-ND_BED-acted": "TRIED"}, stop="STOP_CHILD_ALONE")
    left = left_at(talk.end(**UNABLE, **SPOKE))
    (stored,) = talk.open(left).read(Compartment.CODED, "findings")["list"]
    assert [need["known"] for need in stored["needs"]] == [False]
    page = text(talk.client.get(reverse("talk_ended", args=[left])))
    assert "I have no safe place to sleep tonight" in page.split("Still urgent")[1]
    assert "Nobody reached yet" not in page


def test_whom_the_worker_spoke_to_is_asked_before_the_note(village: SimpleNamespace) -> None:
    talk = Conversation.begun_by(village.ben, form="signpost")
    page = talk.post("SIGNPOST", **SAFE, **BED, **{"n-ND_BED-acted": "SPOKE"}, go="note")
    assert page.status_code == 200
    assert 'href="#who-ND_BED"' in text(page)
    named = {"n-ND_BED-acted": "SPOKE", "n-ND_BED-who": "night nurse"}
    assert talk.post("SIGNPOST", **SAFE, **BED, **named, go="note")["Location"].endswith("/note")


def test_numbers_and_calls_stay_folded_while_somebody_may_be_near(village: SimpleNamespace, services: None) -> None:
    talk = Conversation.begun_by(village.ben, form="signpost")
    talk.post("SIGNPOST", **NEAR, **BED, go="note")
    assert not re.search(FOLDED, text(talk.sum_up()))
    way = talk.end(**UNABLE)["Location"]
    ended = text(talk.client.get(way))
    assert re.search(FOLDED, ended)
    visible, folded = ended.split("What to do now")
    assert not any(word in visible for word in ('href="tel:', 'id="next-step"', "Nobody reached yet", 'name="acted"'))
    assert 'name="acted"' in folded.split("</details>")[0]
    assert "data-print" not in ended, "nothing to find"
    later = text(talk.client.get(f"{way}?later=on"))
    assert not re.search(FOLDED, later)
    assert 'id="next-step"' in later.split("What to do now")[0]
    wrong = text(talk.client.post(way, {"acted": ""}))
    assert not re.search(FOLDED, wrong), "the worker had it open"
    assert not re.search(FOLDED, text(client_of(village.esi).get(way)))


def test_the_next_step_stands_first_when_the_worker_comes_back_later(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR, stop="STOP_CONTROLLER")
    ended = reverse("talk_ended", args=[left_at(talk.end(**UNABLE))])
    assert 'id="next-step"' not in text(talk.client.get(ended)).split("What to do now")[0]
    assert 'id="next-step"' in text(talk.client.get(ended, {"later": "on"})).split("What to do now")[0]


def test_the_page_to_stop_says_that_questions_may_end_by_themselves(talk: Conversation) -> None:
    assert "end by themselves only where they could do harm" in text(talk.ways_to_stop())


def test_a_need_that_a_sign_raises_is_named_with_the_sign(talk: Conversation) -> None:
    talk.walk(SIGNS={**STRONG, "q-SG_AFRAID": "YES"}, AGE=GROWN, CONSENT=AGREED)
    page = " ".join(text(talk.post("SIGNS", **{"q-SG_AFRAID": "YES"})).split())
    noted = "Because of this sign an urgent need is noted, though the person did not name it:"
    assert f"{noted} <strong>I am afraid of what may happen in the next days" in page


@pytest.mark.parametrize(("language", "words"), [("en", "By phone, ask first"), ("id", "Lewat telepon, tanyakan dulu")])
def test_the_page_about_the_place_fits_a_talk_by_phone(language: str, words: str) -> None:
    for form in ("short", "full"):
        safe = instrument(form).step(Step.SAFE)
        assert words in safe.why[language]
    assert " here" not in instrument().words["SETTING_FULL"]["en"]


def test_a_stop_that_an_answer_caused_says_so(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"needs-all-asked": "yes", "age-band": "FROM_15_TO_17"})
    talk.post("AGE", **{"age-band": "FROM_15_TO_17", "q-AG_GUARDIAN": "NONE"})
    assert "An answer ended the questions" in text(talk.sum_up()).split("What to do now")[1]
    talk.ways_to_stop(step="AGE", stop="STOP_WITHDRAWN")
    assert "An answer ended the questions" not in text(talk.sum_up())
