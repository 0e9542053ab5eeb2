"""After a provider accepted by link, the link alone reports nothing and writes nothing: each act needs the code."""

import pytest
from django.test import Client
from django.urls import reverse

from suar.demo.cast import Cast
from suar.referrals.codes import State
from suar.referrals.models import Message, Packet, Referral
from suar.referrals.sending import SentReferral
from tests import cast as at_work
from tests.people import CLINIC, agreed, person_of, sent

world, cast = at_work.world, at_work.cast
STRANGER = ("decline", "try_contact", "start", "end_early")
REASON = {"decline": "RF_NO_PLACE", "end_early": "EE_MOVED"}


@pytest.fixture
def link(cast: Cast) -> SentReferral:
    person = person_of(cast.ben, cast)
    link = sent(person, agreed(person, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    assert post(link, "accept", code=link.code).status_code == 200
    return link


def post(link: SentReferral, verb: str, **fields: str | None):
    typed = {"verb": verb, "reason": REASON.get(verb, ""), **fields}
    return Client().post(reverse("link", args=[link.token]), typed)


def state(link: SentReferral) -> str:
    return Referral.objects.get(id=link.referral).state


@pytest.mark.parametrize("verb", STRANGER)
def test_the_link_alone_reports_nothing_after_an_acceptance(link: SentReferral, verb: str) -> None:
    page = post(link, verb)
    assert page.status_code == 400
    assert "Type the code" in page.content.decode()
    assert state(link) == State.ACCEPTED
    assert post(link, "try_contact", code=link.code).status_code == 200
    assert state(link) == State.CONTACT_TRIED, "positive control: with the code it does"


def test_a_wrong_code_counts_among_the_five(link: SentReferral) -> None:
    wrong = f"{(int(link.code or '') + 1) % 10**6:06}"
    assert [post(link, "start", code=wrong).status_code for _ in range(5)] == [400] * 4 + [410]
    assert bytes(Packet.objects.get().fields) == b""
    assert state(link) == State.ACCEPTED


def test_the_page_asks_for_the_code_beside_each_act(link: SentReferral) -> None:
    page = Client().get(reverse("link", args=[link.token])).content.decode()
    acts = page.count('name="verb"')
    assert acts > 1
    assert page.count('name="code"') == acts + 1, "and once with a message"


def test_a_message_needs_the_code_too(link: SentReferral) -> None:
    where = reverse("link", args=[link.token])
    assert Client().post(where, {"text": "Bring her to another gate."}).status_code == 400
    assert not Message.objects.exists()
    assert Client().post(where, {"text": "Come on Tuesday.", "code": link.code}).status_code == 302
    assert Message.objects.count() == 1
