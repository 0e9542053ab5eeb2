"""A talk goes on: the same person is talked with again, earlier outcomes stay and are read beside the talk."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from suar.consent.documents import Account, Needs, Person, SafeContact
from suar.consent.facts import list_changes
from suar.core import clock
from suar.demo.cast import Player
from suar.records.models import Record
from suar.records.terms import Kind
from suar.screening.documents import Findings, NextSteps
from suar.screening.models import Reading, Talk
from suar.screening.rules.next_steps import agreed_word
from tests.people import client_of
from tests.screening.conversing import DECLINED, KEPT, STRONG_END, UNABLE, Conversation, left_at, text
from tests.screening.test_report import END, reach_the_note
from tests.screening.test_report import report as report

STORY = "They locked the door."
LOWER = {"outcome": "POSSIBLE_AT_RISK", "reason": "RS_OTHER_CAUSE"}
NOBODY = {"keep": "no", "next_step": "NS_COMES_BACK"}


def again(player: Player, record: UUID) -> Conversation:
    """Begin a second talk with the same person."""
    return Conversation.begun_by(player, again=str(record))


def outcomes_of(talk: Conversation, record: UUID) -> list[str]:
    """Return the outcomes of all talks with a person, newest first."""
    return [finding.outcome for finding in talk.open(record).get(Findings).entries]


def person_page(talk: Conversation, record: UUID) -> str:
    """Read the page of a person."""
    return text(talk.client.get(reverse("person", args=[record])))


@pytest.fixture
def person(talk: Conversation) -> UUID:
    """Return a person whom a first talk left with a name and a story."""
    return left_at(talk.walk().end(**STRONG_END, **KEPT, story=STORY))


def test_a_second_talk_adds_to_the_person_and_the_first_outcome_stays(talk: Conversation, person: UUID) -> None:
    page = person_page(talk, person)
    assert f"{reverse('talk_start')}?again={person}" in page
    assert STORY in page
    second = again(talk.player, person)
    first_step = text(second.page("SAFE"))
    assert "Recorded before" in first_step
    assert "Strong signs" in first_step
    assert STORY in first_step
    assert "Recorded before" in text(second.walk().sum_up())
    ended = second.end(**LOWER, **{**KEPT, "name": "", "contact": "000-0000-9902"}, story="And took the key.")
    assert left_at(ended) == person
    opened = talk.open(person)
    assert outcomes_of(talk, person) == ["POSSIBLE_AT_RISK", "PRESUMED_VICTIM"]
    assert opened.get(Account).text == f"{STORY}\n\nAnd took the key."
    assert (opened.get(Person).name, opened.get(SafeContact).phone) == (KEPT["name"], "000-0000-9902")
    assert opened.get(SafeContact).hours == KEPT["hours"]
    assert [change.old for change in list_changes(opened) if change.fact == "phone"] == [KEPT["contact"]]
    assert opened.get(Needs).entries == ()
    assert len(opened.get(NextSteps).entries) == 2
    assert Record.objects.filter(kind=Kind.PERSON).count() == 1


def test_a_person_who_declines_the_second_talk_keeps_the_record_of_the_first(talk: Conversation, person: UUID) -> None:
    assert left_at(again(talk.player, person).end(**DECLINED, **NOBODY)) == person
    assert outcomes_of(talk, person) == ["DECLINED", "PRESUMED_VICTIM"]
    assert talk.open(person).get(Person).name == KEPT["name"]


def test_each_lower_outcome_of_a_person_has_a_second_opinion_of_its_own(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**LOWER, **KEPT))
    again(talk.player, person).walk().end(**LOWER, **KEPT)
    assert Reading.objects.filter(left=person).count() == 2
    assert person_page(talk, person).count("no second opinion yet") == 2


def test_somebody_without_a_name_is_talked_with_again_and_may_give_one(talk: Conversation) -> None:
    codes = left_at(talk.walk().end(**STRONG_END, **NOBODY))
    assert f"?again={codes}" in text(talk.client.get(reverse("talk_ended", args=[codes])))
    assert left_at(again(talk.player, codes).end(**UNABLE, **NOBODY)) == codes
    assert outcomes_of(talk, codes) == ["UNABLE", "PRESUMED_VICTIM"]
    person = left_at(again(talk.player, codes).walk().end(**STRONG_END, **KEPT))
    assert outcomes_of(talk, person) == ["PRESUMED_VICTIM", "UNABLE", "PRESUMED_VICTIM"]
    assert Record.objects.get(id=person).kind == Kind.PERSON
    assert talk.client.get(reverse("talk_ended", args=[codes])).status_code == 404
    assert Talk.objects.filter(left=person).count() == 3


def test_a_talk_about_a_report_shows_it_and_finishes_its_step(report: Conversation) -> None:
    reach_the_note(report)
    left = left_at(report.end(**END))
    assert f"?again={left}" in text(report.client.get(reverse("talk_ended", args=[left])))
    talk = again(report.player, left)
    page = text(talk.page("SAFE"))
    assert END["about"] in page
    assert END["name"] not in page, "the reporter is kept apart"
    person = left_at(talk.walk().end(**STRONG_END, **KEPT))
    assert outcomes_of(report, person) == ["PRESUMED_VICTIM"]
    assert report.open(left).get(NextSteps).entries[-1].done_at is not None
    assert END["about"] not in person_page(talk, person)


def test_a_talk_goes_on_only_for_those_who_open_the_record(
    talk: Conversation, person: UUID, strangers: SimpleNamespace
) -> None:
    def begin(player: Player, record: UUID) -> HttpResponse:
        posted = {"place": "VILLAGE_OFFICE", "form": "short", "again": record}
        return client_of(player).post(reverse("talk_start"), posted)

    assert begin(strangers.lia, person).status_code == 404
    assert begin(strangers.lia, uuid4()).status_code == 404
    assert begin(talk.player, uuid4()).status_code == 404
    assert Talk.objects.filter(ended_at=None).count() == 0


def test_nobody_claims_that_the_person_was_not_asked_what_they_want(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**STRONG_END, **KEPT))
    assert "Not recorded yet" in person_page(talk, person).split("They want")[1]


def test_the_file_says_by_whom_harm_was_done(talk: Conversation) -> None:
    hurt = {"q-SG_HURT": "YES", "s-SG_HURT": "I_M_FORCE", "q-BW_WHO": "PARTNER"}
    person = left_at(talk.walk(SIGNS=hurt).end(**UNABLE, **KEPT))
    page = person_page(talk, person)
    assert "A violent partner or relative" in page.split("What was recorded")[1]


def test_a_later_talk_agrees_on_the_same_word_and_on_none_with_a_named_person(talk: Conversation) -> None:
    left, agreed = left_at(talk.walk().end(**UNABLE, keep="no")), "know each other again:"
    second = again(talk.player, left).walk()
    assert f"{agreed} <strong>{agreed_word(left)}</strong>" in text(second.sum_up())
    named = left_at(second.end(**UNABLE, **KEPT))
    assert agreed_word(named) == agreed_word(left)
    assert agreed not in text(again(talk.player, named).walk().sum_up())


def test_a_day_that_was_agreed_before_is_shown_and_stays_until_it_is_done(talk: Conversation) -> None:
    monday = clock.today() + timedelta(days=4)
    summons = {"next_step": "NS_DEADLINE", "next_day": str(monday), "next_hour": "09:00"}
    person = left_at(talk.walk().end(**UNABLE, **KEPT, **summons))
    second = again(talk.player, person)
    page = text(second.walk().sum_up())
    assert "Still to do from before" in page
    assert "I act before a fixed day" in page
    second.end(**UNABLE, next_step="NS_CALL")
    assert "I act before a fixed day" in person_page(talk, person)
    talk.client.post(reverse("finish_next_step", args=[person]))
    assert Record.objects.get(id=person).next_due == monday
    assert "I act before a fixed day" in text(talk.client.get(reverse("day")))
    talk.client.post(reverse("finish_next_step", args=[person]))
    assert Record.objects.get(id=person).next_due is None
    third = again(talk.player, person)
    assert "Still to do from before" not in text(third.walk().sum_up())
    third.end(**UNABLE, next_step="NS_CALL")
    assert "I act before a fixed day" not in person_page(talk, person)


def test_what_nobody_must_do_outlasts_the_next_talk_and_goes_with_a_number_given_later(talk: Conversation) -> None:
    avoided = "Call or inform the family"
    codes = left_at(talk.walk().end(**UNABLE, **NOBODY | {"avoid": ["AV_FAMILY"]}))
    assert left_at(again(talk.player, codes).end(**UNABLE, **NOBODY)) == codes
    assert avoided in text(talk.client.get(reverse("talk_ended", args=[codes])))
    person = left_at(again(talk.player, codes).walk().end(**STRONG_END, **KEPT))
    assert avoided in person_page(talk, person)
    contact = talk.open(person).get(SafeContact)
    assert (contact.phone, contact.no_family) == (KEPT["contact"], True)
