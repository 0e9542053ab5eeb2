"""What is missing on a page of a talk is said in words, in its place and in a list to it."""

import re

import pytest

from tests.screening.conversing import (
    GROWN,
    NOTHING_NEEDED,
    SAFE,
    YOUNG,
    Conversation,
    text,
)


def listed(page: str) -> list[str]:
    """Return where the list at the top leads to; each is there to be focused."""
    [section] = re.findall(r'<section class="problems".*?</section>', page, re.S)
    links = re.findall(r'href="#([^"]+)"', section)
    assert all(re.search(rf'<(?:input|button)[^>]* id="{item}"', page) for item in links)
    return links


def test_every_safety_question_without_an_answer_is_named_at_once(talk: Conversation) -> None:
    page = text(talk.post("SAFE", **{"q-SF_HEARD": "NO"}))
    assert listed(page) == ["q-SF_NEAR", "q-SF_PHONE", "q-TI_KNOWS", "q-LG_INTERPRETER", "q-CU_HELD"]
    assert page.count("Choose an answer.") == 5
    assert 'aria-describedby="wrong-SF_NEAR"' in page
    assert 'id="wrong-SF_HEARD"' not in page
    assert "Choose an answer." not in text(talk.page("SAFE")), "before anything is asked again"


def test_a_place_that_is_not_safe_asks_for_a_way(talk: Conversation) -> None:
    page = text(talk.post("SAFE", **SAFE | {"q-SF_PHONE": "UNKNOWN"}))
    assert listed(page) == ["q-SF_PHONE", "q-SF_WAY"]
    assert "somebody may be listening" in page.split('id="wrong-SF_PHONE"')[1]


def test_the_steps_on_needs_age_and_consent_lead_to_what_is_missing(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    assert listed(text(talk.post("NEEDS"))) == ["needs-all-asked"]
    talk.post("NEEDS", **NOTHING_NEEDED)
    assert listed(text(talk.post("AGE"))) == ["q-AG_SAY"]
    assert listed(text(talk.post("AGE", **YOUNG))) == ["q-AG_GUARDIAN"]
    wrong = text(talk.post("AGE", **{"age-years": "young"}))
    assert listed(wrong) == ["age-years"]
    assert 'id="wrong-years"' in wrong
    talk.post("AGE", **GROWN)
    page = text(talk.post("CONSENT"))
    assert listed(page) == ["q-CN_BACK", "q-CN_ANSWER"]
    assert "Let the person say in their own words" in page.split('id="wrong-CN_BACK"')[1]


def test_a_sign_beside_another_answer_is_asked_about_where_it_stands(talk: Conversation) -> None:
    clash = {"q-SG_DEBT": "NO", "s-SG_DEBT": "I_M_DEBT"}
    page = text(talk.walk(SIGNS=clash).post("SIGNS", **clash))
    assert listed(page) == ["q-SG_DEBT"]
    assert "Which one is right?" in page.split('id="wrong-SG_DEBT"')[1]


def test_an_outcome_that_was_not_chosen_is_said_in_words_at_its_place(talk: Conversation) -> None:
    page = text(talk.walk().end())
    assert listed(page)[0] == "id_outcome"
    assert "Your decision · Choose an outcome." in page
    assert 'id="id_outcome_error"' in page
    assert "Choose a reason." not in page, "reasons open with an outcome"
    page = text(talk.end(outcome="POSSIBLE_AT_RISK", keep="no"))
    assert listed(page)[0] == "id_reason"
    assert "Why · Choose a reason." in page
    assert 'id="id_reason_error"' in page


@pytest.mark.parametrize("taps", [{"q-SF_HEARD": "MAYBE"}, {"version": "0", **SAFE}])
def test_other_problems_mark_no_question(talk: Conversation, taps: dict[str, str]) -> None:
    talk.post("SAFE", **{"q-SF_HEARD": "YES"})
    assert "Choose an answer." not in text(talk.post("SAFE", **taps))
