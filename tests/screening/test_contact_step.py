"""Steps after a talk that depend on what is stored: contact, a hand-over, and none after a conflict of interest."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from suar.accounts.models import Team
from suar.consent.codes import ContactRule, Field
from suar.consent.documents import SafeContact
from suar.referrals import queries as referrals
from suar.referrals import sending
from suar.referrals.codes import Verb
from suar.referrals.contact_text import read_contact
from suar.referrals.disclosure import shared_values
from suar.referrals.messages import field_value
from suar.screening.documents import NextSteps
from tests.people import acting_as, agreed, client_of, sent
from tests.screening.conversing import KEPT, NEAR, SAFE, STRONG_END, UNABLE, YOUNG, Conversation, left_at, text
from tests.screening.test_next_steps import step_of


def test_contact_beside_child_protection_is_warned_about_too(talk: Conversation) -> None:
    talk.walk(AGE={**YOUNG, "q-AG_GUARDIAN": "HERE"})
    page = text(talk.sum_up())
    assert 'value="NS_CALL"' in page
    assert "nothing stored to reach the person by" in page


def test_contact_that_nothing_stored_allows_is_refused_and_nothing_typed_is_lost(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    warning = "nothing stored to reach the person by"
    assert warning in text(talk.sum_up()).split('id="next-step"')[0], "it is seen though the step is folded"
    no_way = {**KEPT, "contact": "", "wish": "SYN a lamp", "next_step": "NS_CALL"}
    for typed in ({"next_step": "NS_CALL"}, {"next_step": "NS_CALL", "keep": "no"}, no_way):
        refused = talk.end(**UNABLE, **typed)
        assert refused.status_code == 400
        assert "Nothing is stored to reach the person by" in text(refused)
    assert "SYN a lamp" in text(refused)
    assert refused.context["form"]["next_step"].value() == "NS_CALL"
    left = left_at(talk.end(**UNABLE, next_step="NS_EXPECTED", keep="no"))
    assert step_of(talk, left).code == "NS_EXPECTED"


def test_contact_is_not_offered_where_none_may_be_stored(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR)
    page = text(talk.sum_up())
    assert 'value="NS_EXPECTED"' in page
    assert 'value="NS_CALL"' not in page


def test_a_person_whose_contact_an_earlier_talk_stored_is_contacted_again(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**UNABLE, **KEPT))
    again = Conversation.begun_by(talk.player, again=str(person))
    again.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    assert "nothing stored to reach the person by" not in text(again.sum_up())
    assert left_at(again.end(**UNABLE, next_step="NS_CALL")) == person
    assert again.open(person).get(NextSteps).entries[-1].code == "NS_CALL"


def test_what_nobody_must_do_is_stored_by_code_where_no_name_is(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR)
    page = text(talk.sum_up())
    assert "No name and no contact of the person is stored" in page
    assert 'value="AV_FAMILY"' in page
    left = left_at(talk.end(**UNABLE, avoid=["AV_FAMILY", "AV_CALL"]))
    (step,) = talk.open(left).get(NextSteps).entries
    assert step.avoid == ("AV_FAMILY", "AV_CALL")
    ended = text(talk.client.get(reverse("talk_ended", args=[left]) + "?later=on"))
    assert "Call the person · Call or inform the family" in ended


def test_what_nobody_must_do_reaches_child_protection(talk: Conversation, strangers: SimpleNamespace) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"needs-all-asked": "yes"})
    talk.post("AGE", **YOUNG, stop="STOP_STAFF")
    left = left_at(talk.end(**UNABLE, avoid=["AV_FAMILY"]))
    page = text(client_of(strangers.lia).get(reverse("talk_ended", args=[left])))
    assert "Call or inform the family" in page


def test_a_person_for_whom_help_was_asked_is_not_said_to_have_nothing_planned(
    talk: Conversation, services: None
) -> None:
    person = left_at(talk.walk().end(**UNABLE, **KEPT))
    page = reverse("person", args=[person])
    assert "Nothing is planned yet" in text(talk.client.get(page))
    sent(talk.open(person), agreed(talk.open(person), talk.player), talk.player, by_link=True)
    after = text(talk.client.get(page))
    assert "Help goes on from the person" in after
    assert "Nothing is planned yet" not in after
    record = talk.open(person)
    [asked] = referrals.sent_for(record)
    sending.follow_up(record, asked.id, Verb.RECALL, reason="RC_WRONG", by=acting_as(talk.player))
    assert "Nothing is planned yet" in text(talk.client.get(page))


def test_what_nobody_must_do_goes_with_the_number_to_whoever_gets_it(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**UNABLE, **KEPT, avoid=["AV_VISIT", "AV_FAMILY"]))
    again = Conversation.begun_by(talk.player, again=str(person))
    assert left_at(again.walk().end(**UNABLE, avoid=["AV_CALL"])) == person
    opened = talk.open(person)
    assert opened.get(SafeContact).rules == (ContactRule.NO_CALLS, ContactRule.NO_VISITS, ContactRule.NO_FAMILY)
    shared = shared_values(opened, [Field.SAFE_CONTACT], types=())["safe_contact"]
    assert field_value("safe_contact", shared).endswith("Do not visit · Do not call or inform the family")
    assert read_contact(shared)["no_family"], "it binds where it is received"
    assert "Do not call or inform the family." in text(talk.client.get(reverse("person", args=[person])))


def test_an_urgent_need_that_nobody_knows_of_stands_at_the_top_of_the_page_of_the_person(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "TRIED", "n-ND_WAGES": "YES"})
    person = left_at(talk.end(**UNABLE, **KEPT))
    top = text(talk.client.get(reverse("person", args=[person]))).split("What is next")[0]
    assert "I have no safe place to sleep tonight" in top
    assert "Who answers now" in top
    assert "I want the pay" not in top


@pytest.mark.parametrize(("excluded", "own_cases_only"), [(False, True), (False, False), (True, True)])
def test_an_open_hand_over_to_somebody_whom_the_person_excludes_belongs_to_the_author(
    talk: Conversation, village: SimpleNamespace, excluded: bool, own_cases_only: bool
) -> None:
    Team.objects.update(own_cases_only=own_cases_only)
    esi = str(village.esi.id)
    codes = left_at(talk.end(**UNABLE, keep="no", next_step="NS_HAND_OVER", next_owner=esi))
    second = Conversation.begun_by(talk.player, again=str(codes)).walk()
    chosen = {"exclude": "on", "exclude_workers": esi} if excluded else {}
    person = left_at(second.end(**STRONG_END, **KEPT | chosen))
    [handed] = [step for step in talk.open(person).get(NextSteps).entries if step.code == "NS_HAND_OVER"]
    assert (handed.owner, handed.done_at) == (talk.player.id if excluded else village.esi.id, None)


@pytest.mark.parametrize("age", [("12", "FROM_12_TO_14"), ("35", "ADULT")])
def test_after_a_conflict_of_interest_no_step_is_asked_that_would_be_lost(
    talk: Conversation, age: tuple[str, str]
) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"n-ND_DOCTOR": "YES", "n-ND_DOCTOR-acted": "HELPS_HERE"})
    talk.post("AGE", **dict(zip(("age-years", "age-band"), age, strict=True)), stop="STOP_TIE")
    page = text(talk.sum_up())
    assert 'name="outcome"' in page
    for name in ("next_step", "next_day", "avoid"):
        assert f'name="{name}"' not in page
