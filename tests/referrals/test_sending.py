"""Sending: only what the consent covers, once a consent, and a need counted once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suar.accounts.acting import Anonymous
from suar.accounts.codes import KeyKind
from suar.accounts.models import Organisation, PublicKey
from suar.audit import queries as audit
from suar.consent import actions as consents
from suar.consent import queries as given_queries
from suar.consent.codes import Field
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.core.urgency import Urgency
from suar.crypto.pairs import BoxPair
from suar.records import keyring
from suar.records.terms import Compartment
from suar.referrals import disclosure, links, matching, packets, partners, queries, sending
from suar.referrals.codes import Deadline, State, Verb
from suar.referrals.deadlines import OpeningHours
from suar.referrals.models import Act, Packet, PacketWrap, Partner, Referral
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, listed, person_of, refresh, sent


def offer(record, consent, **changes):
    given = given_queries.get_consent(record, consent)
    made = disclosure.offer_of(record, given, sent=queries.sent_for(record), at=clock.now())
    return replace(made, **changes)


def send(cast, record, made):
    made = sending.send(record, made, by=acting_as(cast.ben))
    refresh(record, cast.ben)
    return made


def test_a_referral_starts_as_sent_with_its_clock_beside_it(cast, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    row = Referral.objects.get(id=made.referral)
    assert row.state == State.SENT
    assert row.due_at > row.made_at
    assert [act.verb for act in row.acts.all()] == [Verb.READY, Verb.SEND]
    assert made.token is None
    assert audit.acts_about(made.referral)[0].verb == "send_referral"


def test_a_consent_sent_twice_makes_one_referral(cast, amina):
    consent = agreed(amina, cast.ben)
    first, second = (sent(amina, consent, cast.ben) for _ in range(2))
    assert first.referral == second.referral
    assert Referral.objects.count() == Packet.objects.count() == 1


def test_a_link_sent_twice_ends_the_first_link(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    first, second = (sent(amina, consent, cast.ben, by_link=True, service=CLINIC) for _ in range(2))
    assert first.referral == second.referral
    with pytest.raises(NotYours):
        links.preview_by_link(first.token, at=clock.now())
    assert links.preview_by_link(second.token, at=clock.now()).preview["needs"]


def test_two_presses_at_once_on_a_link_end_with_one_referral(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    stale = keyring.open_record(amina.id, keys=cast.ben.keys)
    first = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    again = sent(stale, consent, cast.ben, by_link=True, service=CLINIC)
    assert again.referral == first.referral


def test_an_answered_link_is_not_replaced(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    links.answer_by_link(made.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=made.code)
    again = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    assert again.token is None
    assert not links.preview_by_link(made.token, at=clock.now()).closed


@pytest.mark.parametrize("part", ["shared", "preview"])
def test_no_part_contains_fields_beyond_the_consent(cast, amina, part):
    made = offer(amina, agreed(amina, cast.ben))
    more = {**getattr(made, part), Field.SEX.value: "FEMALE"}
    with pytest.raises(Refused) as refusal:
        send(cast, amina, replace(made, **{part: more}))
    assert refusal.value.because == "field_not_covered"
    assert send(cast, amina, made).referral, "the same without it is sent"


def smaller(cast, record, consent):
    """Narrow the consent as a colleague who opened the record separately."""
    theirs = keyring.open_record(record.id, keys=cast.esi.keys)
    fields, ends_on = frozenset({Field.CALLED_NAME, Field.NEEDS}), clock.today()
    consents.narrow_consent(theirs, consent, fields=fields, ends_on=ends_on, by=acting_as(cast.esi))


def test_a_consent_narrowed_while_sending_is_not_sent(cast, amina):
    consent = agreed(amina, cast.ben)
    made = offer(amina, consent)
    smaller(cast, amina, consent)
    with pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == "field_not_covered"
    assert not Packet.objects.exists()
    fresh = keyring.open_record(amina.id, keys=cast.ben.keys)
    assert send(cast, fresh, offer(fresh, consent)).referral


def test_a_link_is_not_replaced_with_fields_that_were_narrowed(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    smaller(cast, amina, consent)
    with pytest.raises(Refused) as refusal:
        sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    assert refusal.value.because == "field_not_covered"
    assert links.preview_by_link(made.token, at=clock.now()).preview


def test_two_concurrent_narrowings_do_not_undo_each_other(cast, amina):
    consent = agreed(amina, cast.ben)
    smaller(cast, amina, consent)
    with pytest.raises(Conflict):
        consents.narrow_consent(
            amina,
            consent,
            fields=frozenset({Field.SAFE_CONTACT}),
            ends_on=clock.today(),
            by=acting_as(cast.ben),
        )


def test_a_preview_never_identifies_even_with_consent(cast, amina):
    made = offer(amina, agreed(amina, cast.ben))
    named = replace(made, preview={**made.preview, Field.CALLED_NAME.value: "Amina"})
    with pytest.raises(Refused) as refusal:
        send(cast, amina, named)
    assert refusal.value.because == "no_consent"


def test_needs_without_consent_are_in_no_part(cast, amina):
    fields = [Field.CALLED_NAME, Field.SAFE_CONTACT, Field.AGE_BAND]
    types, urgency = ["JUS_WAGES"], Urgency.WEEK
    assert disclosure.preview(amina, fields, types=types, urgency=urgency) == {"age_band": "ADULT"}
    assert set(disclosure.shared_values(amina, fields, types=types)) == set(fields)
    preview = disclosure.preview(amina, [*fields, Field.NEEDS], types=types, urgency=urgency)
    assert preview["needs"] == [{"service_type": "JUS_WAGES", "urgency": "U4"}]


def test_a_withdrawn_consent_sends_nothing(cast, amina):
    consent = agreed(amina, cast.ben)
    made = offer(amina, consent)
    consents.withdraw_consent(amina, consent, by=acting_as(cast.ben), reason="")
    with pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == "withdrawn"
    assert not Referral.objects.exists()


def test_an_ended_consent_sends_nothing(cast, amina):
    made = offer(amina, agreed(amina, cast.ben))
    with clock.shifted(timedelta(days=91)), pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == "ended"


def test_another_service_than_the_consented_gets_nothing(cast, amina):
    made = offer(amina, agreed(amina, cast.ben), service=CLINIC)
    with pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == "other_recipient"


def test_a_consent_of_another_record_is_absent(cast, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    consent = agreed(other, cast.ben)
    with pytest.raises(NotYours):
        given_queries.get_consent(amina, consent)


@pytest.mark.parametrize("changed", [False, True])
def test_keys_that_were_not_compared_stop_the_sending(cast, amina, changed):
    made = offer(amina, agreed(amina, cast.ben))
    ours = Partner.objects.filter(organisation=cast.village.organisation.id)
    if changed:
        ours.update(inbox=bytes(32))
    else:
        ours.delete()
    with pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == ("partner_key_changed" if changed else "partner_not_compared")
    pelita = cast.pelita.organisation.id
    with pytest.raises(Refused):
        partners.pin_partner(pelita, by=acting_as(cast.ben), groups="0000 1111")
    words = partners.groups_to_compare(pelita)
    partners.pin_partner(pelita, by=acting_as(cast.ben), groups=words)
    assert send(cast, amina, made).referral


def test_keys_replaced_together_with_the_pin_are_refused(cast, amina):
    pelita = cast.pelita.organisation.id
    made = offer(amina, agreed(amina, cast.ben))
    thief = BoxPair.new().public
    PublicKey.objects.filter(kind=KeyKind.INBOX, owner=pelita).update(public=thief)
    ours = Partner.objects.filter(organisation=cast.village.organisation.id)
    ours.update(inbox=thief)
    with pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == "partner_key_changed"
    stranger = cast.farid.keys.sign(b"suar-partner-1|")
    ours.update(signature=stranger, by=cast.farid.id)
    with pytest.raises(Refused):
        send(cast, amina, made)


def test_an_organisation_without_keys_is_reached_by_link(cast, amina):
    card = offer(amina, agreed(amina, cast.ben))
    assert card.receiving_organisation == cast.pelita.organisation.id
    assert partners.has_keys(cast.pelita.organisation.id)
    assert not partners.has_keys(cast.ben.id)
    with pytest.raises(Refused) as refusal:
        partners.partner_keys(cast.ben.id)
    assert refusal.value.because == "partner_has_no_keys"


def test_an_organisation_without_proven_recovery_is_reached_by_link(cast, amina, settings):
    given, pelita = agreed(amina, cast.ben), cast.pelita.organisation.id
    settings.SUAR_MODE = "run"
    assert offer(amina, given).receiving_organisation is None
    Organisation.objects.filter(id=pelita).update(ready_at=clock.now())
    assert offer(amina, given).receiving_organisation == pelita


def test_a_need_asked_elsewhere_after_a_refusal_is_counted_once(cast, amina):
    first = sent(amina, agreed(amina, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    links.answer_by_link(first.token, Verb.DECLINE, by=Anonymous(at=clock.now()), reason="RF_NO_PLACE")
    amina = keyring.open_record(amina.id, keys=cast.ben.keys)
    second = send(cast, amina, offer(amina, agreed(amina, cast.ben)))
    former, latter = (
        Referral.objects.get(id=first.referral),
        Referral.objects.get(id=second.referral),
    )
    assert former.state == State.REDIRECTED
    assert latter.follows_id == former.id
    third = offer(amina, agreed(amina, cast.ben))
    assert third.replaces is None, "only one referral replaces another"


def test_two_open_referrals_for_one_need_stand_side_by_side(cast, amina):
    sent(amina, agreed(amina, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    assert offer(amina, agreed(amina, cast.ben)).replaces is None


def test_following_somebody_elses_referral_is_refused(cast, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = sent(other, agreed(other, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    with pytest.raises(NotYours):
        send(cast, amina, offer(amina, agreed(amina, cast.ben), replaces=theirs.referral))


def test_the_openings_of_the_service_travel_sealed_and_give_the_clock(cast, amina):
    made = offer(amina, agreed(amina, cast.ben))
    assert made.hours.weekly, "the invented legal aid has hours"
    assert OpeningHours.from_stored(made.hours.stored) == made.hours
    send(cast, amina, made)
    sent_referral = queries.sent_for(amina)[0]
    row = Referral.objects.get(id=sent_referral.id)
    assert row.due_at == sent_referral.deadlines.steps[Deadline.ACKNOWLEDGE][0]
    assert row.due_at != row.made_at + timedelta(days=3), "opening days count, not hours"


def test_hours_without_times_are_unknown(cast, amina):
    card = listed(matching.find_options(amina))[0]["card"]
    hours_without_times = replace(card.hours[0], opens="", closes="soon")
    assert OpeningHours.of_service(replace(card, hours=(hours_without_times,))).weekly == ()


def test_a_referral_that_fails_half_way_leaves_nothing(cast, amina):
    Partner.objects.all().delete()
    with pytest.raises(Refused):
        sent(amina, agreed(amina, cast.ben), cast.ben)
    assert not Referral.objects.exists()
    assert not Act.objects.exists()
    assert not PacketWrap.objects.exists()


def test_the_stored_thread_names_no_field_of_the_person(cast, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    stored = amina.read(Compartment.CODED, f"referral-{made.referral}")
    assert stored["service"] == str(LEGAL_AID)
    assert "Amina" not in str(stored)


def test_a_nonce_is_used_once(cast, amina):
    sent(amina, agreed(amina, cast.ben), cast.ben)
    packet = Packet.objects.get()
    envelope = packets.get_packet(packet.referral_id, with_fields=True)
    with pytest.raises(Refused) as refusal:
        packets.sign_and_store(envelope, keys=cast.ben.keys)
    assert refusal.value.because == "packet_seen"


def test_recalled_with_no_answer_it_can_be_asked_elsewhere(cast, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    sending.follow_up(amina, made.referral, Verb.RECALL, by=acting_as(cast.ben), reason="RC_NO_ANSWER")
    assert offer(amina, agreed(amina, cast.ben)).replaces == made.referral


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
def test_a_consent_cannot_be_withdrawn_while_it_is_being_sent(cast, amina):
    consent = agreed(amina, cast.ben)
    with CaptureQueriesContext(connection) as asked:
        sent(amina, consent, cast.ben)
    locks = [item["sql"] for item in asked if "FOR NO KEY UPDATE" in item["sql"]]
    assert any("consent_consent" in lock and consent.hex in lock for lock in locks)
