"""The row of a yes offers in words what the page behind it does."""

import re

import pytest
from django.urls import reverse

from suar.records import keyring
from suar.referrals import sending
from suar.referrals.codes import Verb
from tests.html import squeeze
from tests.people import acting_as, agreed, sent

ROW = re.compile(r'<a href="[^"]*/yes/[^"/]*">(.*?)</a>')


@pytest.fixture
def row(cast, ben, amina):
    """Return the way that the person's page offers for the only yes, and the page behind it."""

    def shown(consent):
        page = squeeze(ben.get(reverse("person", args=[amina.id])).content)
        behind = squeeze(ben.get(reverse("withdraw", args=[amina.id, consent])).content)
        return ROW.findall(page), behind

    return shown


def test_a_valid_consent_offers_to_withdraw(cast, amina, row):
    consent = agreed(amina, cast.ben)
    [way], behind = row(consent)
    assert way.startswith("withdraw")
    assert ">Withdraw it now<" in behind
    assert "<h1>Withdraw a consent</h1>" in behind


def test_an_ended_consent_offers_to_ask_for_deletion(cast, amina, row):
    consent = agreed(amina, cast.ben)
    made = sent(amina, consent, cast.ben).referral
    opened = keyring.open_record(amina.id, keys=cast.ben.keys)
    sending.follow_up(opened, made, Verb.RECALL, by=acting_as(cast.ben), reason="RC_WRONG")
    [way], behind = row(consent)
    assert way.startswith("ask them to delete")
    assert "<h1>Ask them to delete</h1>" in behind
    assert ">Withdraw it, and ask them to delete<" in behind
