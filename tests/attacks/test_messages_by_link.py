"""Whoever has only the link of an accepted referral, such as a mail server, reads nothing that is arranged then."""

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.demo.cast import Cast
from suar.referrals.codes import Verb
from suar.referrals.links import answer_by_link
from suar.referrals.sending import SentReferral
from tests import cast as at_work
from tests.people import CLINIC, agreed, client_of, person_of, sent

world, cast = at_work.world, at_work.cast
ASKED, ARRANGED = "Which days are you open?", "She comes to your gate on Tuesday at ten."


@pytest.fixture
def link(cast: Cast) -> SentReferral:
    person = person_of(cast.ben, cast)
    link = sent(person, agreed(person, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    where = reverse("link", args=[link.token])
    assert Client().post(where, {"text": ASKED}).status_code == 302
    assert ASKED in Client().get(where).content.decode(), "before an acceptance the link is enough"
    answer_by_link(link.token or "", Verb.ACCEPT, code=link.code or "", by=Anonymous(at=clock.now()))
    write = reverse("write_to_receiver", args=[person.id, link.referral])
    assert client_of(cast.ben).post(write, {"text": ARRANGED}).status_code == 302
    return link


def test_the_link_alone_does_not_show_messages_after_an_acceptance(link: SentReferral) -> None:
    page = Client().get(reverse("link", args=[link.token])).content.decode()
    assert ARRANGED not in page
    assert ASKED not in page


def test_a_refused_message_or_code_shows_them_neither(link: SentReferral) -> None:
    where = reverse("link", args=[link.token])
    for posted in ({"text": ""}, {"verb": "accept", "code": "000000"}, {"verb": "start"}):
        assert ARRANGED not in Client().post(where, posted).content.decode()


def test_the_link_and_its_code_show_them(link: SentReferral) -> None:
    posted = {"verb": "accept", "code": link.code or ""}
    page = Client().post(reverse("link", args=[link.token]), posted).content.decode()
    assert ARRANGED in page
    assert ASKED in page
