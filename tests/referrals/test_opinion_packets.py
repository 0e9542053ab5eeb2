"""Packets of second opinions: altered packets are refused, and the partner sees the same facts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.core import clock
from suar.core.refusals import Refused
from suar.records import keyring
from suar.referrals import second_opinions
from suar.screening.models import PartnerPacket, Reading
from suar.screening.rules.answers import LATEST
from tests import cast as at_work
from tests.people import acting_as, client_of
from tests.referrals import test_second_opinions as there
from tests.referrals.test_second_opinions import AGREES, LOWER, read_page
from tests.screening.conversing import KEPT, Conversation, left_at, text

pytestmark = pytest.mark.django_db
world, cast, lower, opinion_request = at_work.world, at_work.cast, there.lower, there.opinion_request


def facts_of(page):
    return page[page.index('<dl class="facts">') : page.index("</dl>")]


def test_an_excluded_partner_is_not_asked_when_only_codes_were_stored(cast):
    """`We ask them nothing and tell them nothing` was read aloud; the list itself goes."""
    talk = Conversation.begun_by(cast.ben).walk()
    exclusions = {"exclude": "on", "exclude_providers": [f"{there.body_of(cast)}"]}
    talk.left = left_at(talk.end(outcome="UNABLE", reason="RS_NO_ROOM", keep="no", **exclusions))
    assert "No partner can be asked here" in text(talk.client.get(there.ask_page(talk)))
    assert there.post_ask(talk, cast).status_code == 400
    record = keyring.open_record(talk.left, keys=cast.ben.keys)
    with pytest.raises(Refused, match="partner_not_asked"):
        second_opinions.ask(record, cast.pelita.organisation.id, by=acting_as(cast.ben))
    assert not PartnerPacket.objects.exists()


def test_the_reader_learns_the_day_and_not_the_hour(opinion_request, cast):
    page = text(client_of(cast.jaya).get(reverse("opinions")))
    day = f"{clock.local_date(opinion_request.packet.ends_at):%Y-%m-%d}"
    assert f'datetime="{day}"' in page
    assert f"{opinion_request.packet.ends_at:%M:%S}" not in page


def test_an_answer_goes_to_the_reading_it_was_asked_for_and_to_no_other(opinion_request, cast):
    other = Conversation.begun_by(cast.ben).walk()
    other.left = left_at(other.end(**LOWER, **KEPT))
    elsewhere = Reading.objects.get(left=other.left)
    PartnerPacket.objects.update(reading=elsewhere.id)
    answer = client_of(cast.jaya).post(read_page(opinion_request), AGREES)
    assert answer.status_code == 409
    assert not Reading.objects.exclude(read_at=None).exists()


def test_an_answer_is_sealed_only_to_the_organisation_that_asked(opinion_request, cast):
    Reading.objects.update(organisation=cast.elsewhere.organisation.id)
    answer = client_of(cast.jaya).post(read_page(opinion_request), AGREES)
    assert answer.status_code == 409
    assert not Reading.objects.exclude(read_at=None).exists()


def test_codes_keep_their_wording_after_a_new_version_shipped(opinion_request, cast, monkeypatch):
    before = text(client_of(cast.jaya).get(read_page(opinion_request)))
    monkeypatch.setitem(LATEST, "short", 99)
    page_text = text(client_of(cast.jaya).get(read_page(opinion_request)))
    assert facts_of(page_text) == facts_of(before)


@pytest.mark.parametrize("change", ["signature", "ends_at", "sealed", "asked_by"])
def test_a_packet_that_was_changed_is_not_opened(opinion_request, cast, change):
    other = {
        "signature": bytes(64),
        "ends_at": clock.now() + timedelta(days=90),
        "sealed": b"x" + bytes(opinion_request.packet.sealed),
        "asked_by": cast.farid.id,
    }
    PartnerPacket.objects.update(**{change: other[change]})
    answer = client_of(cast.jaya).post(read_page(opinion_request), AGREES)
    assert answer.status_code == 409
    assert Reading.objects.get().read_at is None


def test_opened_codes_are_not_called_unread(opinion_request, cast):
    client_of(cast.jaya).get(read_page(opinion_request))
    page = text(opinion_request.client.get(there.ask_page(opinion_request)))
    assert "After that the codes are deleted" in page
    assert "unread" not in page
