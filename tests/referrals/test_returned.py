"""Texts about a returned referral name who ended it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.records import keyring
from suar.referrals import links, queries, sending, tasks
from suar.referrals.codes import State, Verb
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, sent


def decline_by_clinic(cast, amina, made, consent):
    links.answer_by_link(made.token, Verb.DECLINE, by=Anonymous(at=clock.now()), reason="RF_NO_PLACE")


def withdraw(cast, amina, made, consent):
    sending.withdraw_consent(amina, consent, by=acting_as(cast.ben), reason="")


def recall(cast, amina, made, consent):
    sending.follow_up(
        amina,
        made.referral,
        Verb.RECALL,
        by=acting_as(cast.ben),
        reason="RC_WRONG",
    )


def decline_by_person(cast, amina, made, consent):
    sending.follow_up(amina, made.referral, Verb.DECLINE_BY_PERSON, by=acting_as(cast.ben))


def lapse(cast, amina, made, consent):
    with clock.shifted(timedelta(days=91)):
        assert tasks.lapse.call(str(made.referral)) is True


RETURNED = [
    (decline_by_clinic, "which could not help"),
    (withdraw, "where the consent was withdrawn"),
    (recall, "where we recalled the request"),
    (decline_by_person, "which the person did not want"),
    (lapse, "The consent ended before they helped"),
]


@pytest.fixture
def sent_by_link(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    return keyring.open_record(amina.id, keys=cast.ben.keys), made, consent


@pytest.mark.parametrize(("end", "words"), RETURNED)
def test_the_page_says_which_referral_is_replaced(cast, ben, amina, sent_by_link, end, words):
    opened, made, consent = sent_by_link
    end(cast, opened, made, consent)
    page = ben.get(reverse("consent_for", args=[amina.id, LEGAL_AID])).content.decode()
    new_consent = agreed(keyring.open_record(amina.id, keys=cast.ben.keys), cast.ben)
    send_page = ben.get(reverse("send_referral", args=[amina.id, new_consent])).content.decode()
    for item in (page, send_page):
        assert words in item
        assert [other for _, other in RETURNED if other != words and other in item] == []


def test_a_service_that_is_asked_again_replaces_itself(cast, ben, amina):
    consent = agreed(amina, cast.ben)
    recall(cast, amina, sent(amina, consent, cast.ben), consent)
    page = ben.get(reverse("consent_for", args=[amina.id, LEGAL_AID])).content.decode()
    assert "They were asked before." in page
    assert "In place of" not in page


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (decline_by_clinic, "They cannot help."),
        (lapse, "The consent ended before they helped."),
    ],
)
def test_a_decline_and_an_expired_consent_have_different_texts(cast, ben, amina, sent_by_link, end, message):
    end(cast, *sent_by_link)
    page = ben.get(reverse("referral_sent", args=[amina.id, sent_by_link[1].referral])).content.decode()
    others = {"They cannot help.", "The consent ended before they helped.", "or the consent ended"} - {message}
    assert message in page
    assert [other for other in others if other in page] == []
    [sent_referral] = queries.sent_for(keyring.open_record(amina.id, keys=cast.ben.keys))
    assert sent_referral.state == State.REFUSED
    person_page = ben.get(reverse("person", args=[amina.id])).content.decode()
    assert ("The consent ended first" in person_page) == (end is lapse)
