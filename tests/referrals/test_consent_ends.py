"""Expiry of a consent: packets close, both sides are notified, and progress can still be reported."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.accounts.acting import Anonymous
from suar.consent import queries as given_queries
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.referrals import disclosure, links, queries, receiving, sending, tasks
from suar.referrals.codes import Actor, State, Verb
from suar.referrals.models import Act, Link, Packet, PacketWrap, Referral
from tests.people import (
    CLINIC,
    LEGAL_AID,
    acting_as,
    agreed,
    answer_as,
    client_of,
    lapse,
    person_of,
    received,
    sent,
    viewer,
)

PAST, SOON, EARLY = timedelta(days=91), timedelta(days=86), timedelta(days=80)
ANSWERS = {
    State.SENT: (),
    State.ACKNOWLEDGED: (Verb.ACKNOWLEDGE,),
    State.WAITLISTED: (Verb.WAITLIST,),
    State.ACCEPTED: (Verb.ACCEPT,),
    State.CONTACT_TRIED: (Verb.ACCEPT, Verb.TRY_CONTACT),
    State.STARTED: (Verb.ACCEPT, Verb.START),
}


@pytest.fixture
def consent(cast, amina):
    """Create a consent to Pelita for 90 days."""
    return agreed(amina, cast.ben)


@pytest.fixture
def new_referral(cast, amina, consent):
    """Send a referral to Pelita on the consent."""
    return sent(amina, consent, cast.ben).referral


def answer(cast, referral, verb, **details):
    chioma = cast.chioma
    if verb is Verb.WAITLIST:
        details["expected_on"] = clock.today() + timedelta(days=200)
    return answer_as(chioma, referral, verb, **details)


def run_jobs():
    """Run the periodic check and the jobs that it enqueues."""
    ended = list(queries.expired(at=clock.now()).values_list("id", flat=True))
    tasks.check_deadlines.call()
    return [tasks.lapse.call(str(item)) for item in ended]


def has_notice(player):
    return notices.unseen_of(player.id).exists()


def look(*players):
    for player in players:
        notices.mark_seen(player.id, at=clock.now())


@pytest.mark.parametrize("state", ANSWERS)
def test_expiry_destroys_every_key_of_the_packet_in_any_state(cast, consent, new_referral, state):
    for verb in ANSWERS[state]:
        answer(cast, new_referral, verb)
    assert Referral.objects.get().state == state
    assert PacketWrap.objects.count() == 2, "positive control"
    look(cast.ben, cast.chioma)
    due_at = Referral.objects.get().due_at
    with clock.shifted(PAST):
        assert run_jobs() == [True]
        assert run_jobs() == [], "once"
        assert given_queries.consent_status(consent, at=clock.now()).closed == "ended"
        assert has_notice(cast.ben)
    packet, row = Packet.objects.get(), Referral.objects.get()
    assert not PacketWrap.objects.exists()
    assert (bytes(packet.preview), bytes(packet.fields)) == (b"", b"")
    goes_on = Verb.ACCEPT in ANSWERS[state]
    assert row.state == (state if goes_on else State.REFUSED)
    assert row.due_at == (due_at if goes_on else None)
    assert Act.objects.last().actor == Actor.CLOCK
    assert has_notice(cast.chioma)


def test_a_consent_that_has_not_expired_stays_unchanged(cast, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    with clock.shifted(SOON):
        assert run_jobs() == []
    with pytest.raises(Refused):
        lapse(new_referral)
    assert PacketWrap.objects.count() == 2


def test_both_sides_are_notified_once_some_days_before_the_end(cast, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    answer(cast, new_referral, Verb.START)
    look(cast.ben, cast.chioma)
    with clock.shifted(EARLY):
        tasks.check_deadlines.call()
        assert not has_notice(cast.chioma)
        assert not has_notice(cast.ben)
    with clock.shifted(SOON):
        assert tasks.check_deadlines.call()["ending"] == 1
        assert has_notice(cast.ben)
        assert has_notice(cast.chioma)
        look(cast.ben, cast.chioma)
        tasks.check_deadlines.call()
        assert not has_notice(cast.ben)
        assert not has_notice(cast.chioma)


def test_a_link_ends_with_the_consent_and_the_worker_records_the_feedback(cast, amina):
    yes = agreed(amina, cast.ben, service=CLINIC)
    link = sent(amina, yes, cast.ben, by_link=True, service=CLINIC)
    links.answer_by_link(link.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=link.code)
    with clock.shifted(PAST):
        run_jobs()
        assert Link.objects.get().ended_at
        with pytest.raises(Refused):
            links.answer_by_link(link.token, Verb.START, by=Anonymous(at=clock.now()))
        for verb, state in ((Verb.START, State.STARTED), (Verb.COMPLETE, State.COMPLETED)):
            result = sending.follow_up(amina, link.referral, verb, by=acting_as(cast.ben))
            assert result is state


def renewed(cast, record, new_referral):
    """Record a new consent and send it, as the pages do."""
    record = keyring.open_record(record.id, keys=cast.ben.keys)
    every = queries.sent_for(record)
    service = next(item.document.service for item in every if item.id == new_referral)
    again = agreed(record, cast.ben, service=service)
    offer = disclosure.offer_of(record, given_queries.get_consent(record, again), sent=every, at=clock.now())
    assert offer.renews == new_referral
    made = sending.send(record, offer, by=acting_as(cast.ben))
    assert sending.send(record, offer, by=acting_as(cast.ben)).referral == made.referral == new_referral
    return again, made


def receive(cast, new_referral):
    chioma = cast.chioma
    return received(chioma, new_referral)


@pytest.mark.parametrize("when", [SOON, PAST])
@pytest.mark.parametrize("state", [State.WAITLISTED, State.ACCEPTED, State.STARTED])
def test_a_new_consent_continues_the_referral_and_ends_the_former_consent(
    cast, amina, consent, new_referral, state, when
):
    for verb in ANSWERS[state]:
        answer(cast, new_referral, verb)
    before = Referral.objects.get()
    look(cast.chioma)
    with clock.shifted(when):
        if state is not State.WAITLISTED:
            run_jobs()
        again, _ = renewed(cast, amina, new_referral)
        row = Referral.objects.get()
        assert (row.id, row.state, row.due_at) == (before.id, state, before.due_at)
        assert row.consent == again
        standing = given_queries.consent_status(consent, at=clock.now())
        assert standing.closed == "ended"
        seen = receive(cast, new_referral)
        assert seen.preview
        assert bool(seen.shared) == (state is not State.WAITLISTED)
        assert Act.objects.last().verb == Verb.RENEW
        assert has_notice(cast.chioma)
        sending.withdraw_consent(
            keyring.open_record(amina.id, keys=cast.ben.keys),
            again,
            by=acting_as(cast.ben),
        )
        assert receive(cast, new_referral).closed == "consent_withdrawn"


def test_a_new_consent_by_link_gives_a_new_link(cast, amina):
    yes = agreed(amina, cast.ben, service=CLINIC)
    old = sent(amina, yes, cast.ben, by_link=True, service=CLINIC)
    links.answer_by_link(old.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=old.code)
    with clock.shifted(PAST):
        run_jobs()
        _, new = renewed(cast, amina, old.referral)
        answered = links.answer_by_link(new.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=new.code)
        assert answered.shared["called_name"] == "Amina Rekaan"
        by = Anonymous(at=clock.now())
        assert links.answer_by_link(new.token, Verb.START, by=by, code=new.code).state is State.STARTED


def test_a_consent_with_much_time_left_is_not_renewed(cast, ben, amina, consent, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    page = reverse("consent_for", args=[amina.id, LEGAL_AID])
    assert ben.get(page)["Location"] == reverse("referral_sent", args=[amina.id, new_referral])
    with clock.shifted(SOON):
        cast.ben.worker.refresh_from_db()
        assert client_of(cast.ben).get(page).status_code == 200, "positive control"


def test_a_referral_of_another_record_is_not_renewed(cast, amina, new_referral):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    given = given_queries.get_consent(other, theirs)
    offer = disclosure.offer_of(other, given, sent=(), at=clock.now())
    with pytest.raises(NotYours):
        sending.send(other, replace(offer, renews=new_referral), by=acting_as(cast.ben))


def test_acts_about_a_consent_have_no_button(cast, amina, new_referral):
    for verb in (Verb.RENEW, Verb.SHARE_LESS, Verb.CONSENT_ENDS):
        with pytest.raises(Refused):
            sending.follow_up(amina, new_referral, verb, by=acting_as(cast.ben))


def test_progress_after_acceptance_requires_the_case(cast, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    row = receiving.get_received(new_referral, viewer=viewer(cast.chioma))
    for when, because in ((timedelta(), "with_case"), (PAST, "packet_ended")):
        with clock.shifted(when):
            with pytest.raises(Refused) as refusal:
                receiving.answer(row, Verb.START, by=acting_as(cast.chioma))
            assert refusal.value.because == because
