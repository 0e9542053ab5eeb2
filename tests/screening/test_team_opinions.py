"""The second reading: codes only, by somebody else, and help never waits for it."""

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.records.models import Grant
from suar.screening import team_opinions
from suar.screening.models import Reading
from tests.people import client_of, viewer
from tests.screening.conversing import KEPT, STRONG_END, UNABLE, Conversation, left_at, text

pytestmark = pytest.mark.django_db
LOWER = {"outcome": "POSSIBLE_AT_RISK", "reason": "RS_OTHER_CAUSE"}
OWN_WORDS = {
    "outcome": "POSSIBLE_AT_RISK",
    "reason": "RS_OTHER_CAUSE",
    "words": "cousin of the headman",
}


@pytest.fixture
def lower(talk, services):
    """A talk with strong signs that Ben ended lower, keeping a name."""
    talk.walk()
    talk.left = left_at(talk.end(**LOWER, **KEPT))
    return talk


def page_of(player):
    client = client_of(player)
    [waits] = list(team_opinions.waiting(viewer(player)))
    return client, reverse("second_opinion", args=[waits.id])


def test_an_outcome_as_suggested_asks_nobody(talk, services):
    talk.walk()
    talk.end(**STRONG_END, **KEPT)
    assert not Reading.objects.exists()


def test_a_lower_outcome_waits_for_a_second_opinion(lower, village):
    assert lower.client.get(reverse("options", args=[lower.left])).status_code == 200
    assert [reading.author for reading in Reading.objects.all()] == [village.ben.id]
    assert notices.unseen_of(village.esi.id).exists()
    assert not notices.unseen_of(village.ben.id).exists()
    assert "no second opinion yet" in text(lower.client.get(reverse("person", args=[lower.left])))


def test_the_second_person_sees_codes_and_no_name_and_no_word(talk, services, village):
    talk.walk()
    talk.end(**OWN_WORDS, **KEPT)
    client, address = page_of(village.esi)
    page = text(client.get(address))
    assert "Some signs" in page
    assert "Strong signs, offer everything" in page
    for secret in ("Amina", "7741", "cousin of the headman", "Ben<", "08-10"):
        assert secret not in page
    reading = Reading.objects.get()
    opened = team_opinions.open_codes(reading.id, viewer=viewer(village.esi), keys=village.esi.keys)
    assert not {"by", "at", "words"} & set(opened)
    assert opened["reason"] == "RS_OTHER_CAUSE"


def test_a_second_opinion_does_not_change_the_outcome(lower, village):
    grants = Grant.objects.filter(record=lower.left).count()
    client, address = page_of(village.esi)
    assert client.post(address, {"answer": "OFFER_MORE"}).url == reverse("second_opinions")
    assert notices.unseen_of(village.ben.id).exists()
    assert reverse("person", args=[lower.left]) in text(client_of(village.ben).get("/"))
    page = text(lower.client.get(reverse("person", args=[lower.left])))
    assert "by Esi" in page
    assert "I would offer more help now" in page
    assert "Some signs" in page
    assert Grant.objects.filter(record=lower.left).count() == grants
    assert "No outcome is waiting for a second opinion" in text(client.get(reverse("second_opinions")))


def test_an_agreeing_opinion_sends_no_notice(lower, village):
    client, address = page_of(village.esi)
    client.post(address, {"answer": "AGREES"})
    assert not notices.unseen_of(village.ben.id).exists()


def test_an_answer_is_needed_and_given_once(lower, village, strangers):
    client, address = page_of(village.esi)
    empty = client.post(address, {})
    assert empty.status_code == 400
    assert "Choose one." in text(empty)
    lia, same = page_of(strangers.lia)
    client.post(address, {"answer": "AGREES"})
    late = lia.post(same, {"answer": "OFFER_MORE"})
    assert late.status_code == 409
    assert "already given an opinion" in text(late)


def test_its_author_and_other_organisations_cannot_read_it(lower, village, strangers):
    [reading] = Reading.objects.all()
    address = reverse("second_opinion", args=[reading.id])
    for player in (village.ben, strangers.farid):
        assert client_of(player).get(address).status_code == 404
        assert client_of(player).post(address, {"answer": "AGREES"}).status_code == 404
    assert list(team_opinions.waiting(viewer(strangers.farid))) == []
    assert list(team_opinions.waiting(viewer(village.ben))) == []


def test_a_lead_counts_what_was_not_read_by_month(lower, village):
    [(month, count)] = team_opinions.unread_by_month(viewer(village.esi))
    assert (count, month.day) == (1, 1)
    assert "Without a second opinion yet" in text(client_of(village.esi).get(reverse("team")))
    assert "1 outcome is waiting for a second opinion" in text(client_of(village.esi).get("/"))


def test_a_second_opinion_on_a_talk_that_left_codes_only(village, services):
    talk = Conversation.begun_by(village.ben)
    talk.walk()
    left = left_at(talk.end(**UNABLE, keep="no"))
    client, address = page_of(village.esi)
    assert client.get(address).status_code == 200
    assert Reading.objects.get().left == left
