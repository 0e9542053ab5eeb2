"""Answers with an account: preview first, fields only after acceptance, and untrusted packets stay closed."""

import base64
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.accounts.models import PublicKey, Wrap
from suar.audit import queries as audit
from suar.cases.queries import case_of
from suar.consent.codes import Field
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.referrals import queries, receiving, sending
from suar.referrals.codes import State, Verb
from suar.referrals.models import Act, Packet, Referral
from tests.people import acting_as, agreed, answer_as, client_of, received, sent, viewer

SEALED_FIELDS = re.compile(r'"referral_packet"\."fields"')
FAR = date(2027, 1, 10)


@pytest.fixture
def new_referral(cast, amina):
    """Send a referral to Pelita without an answer."""
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


def receive(cast, referral):
    return received(cast.chioma, referral)


def answer(cast, referral, verb, **details):
    return answer_as(cast.chioma, referral, verb, **details)


def test_the_preview_contains_the_need_and_no_name(cast, new_referral):
    seen = receive(cast, new_referral)
    assert seen.preview == {"needs": [{"service_type": "JUS_WAGES", "urgency": "U4"}]}
    assert seen.shared is None
    assert Packet.objects.get().opened_at is None


@pytest.mark.parametrize("kind", [KeyKind.USER_SIGN, KeyKind.IDENTITY])
def test_a_packet_of_a_sender_with_a_retired_key_stays_closed_with_a_reason(cast, chioma, new_referral, kind):
    owner = {KeyKind.USER_SIGN: cast.ben.id, KeyKind.IDENTITY: cast.village.organisation.id}[kind]
    PublicKey.objects.filter(kind=kind, owner=owner).update(retired_at=clock.now())
    assert receive(cast, new_referral).closed == "packet_signer_unknown"
    page = chioma.get(reverse("inbox_item", args=[new_referral]))
    assert page.status_code == 200
    assert "The sender could not be verified" in page.content.decode()
    with pytest.raises(Refused) as refusal:
        answer(cast, new_referral, Verb.ACCEPT)
    assert refusal.value.because == "packet_signer_unknown"


def test_after_the_acceptance_exactly_the_consented_fields_open(cast, new_referral):
    assert answer(cast, new_referral, Verb.ACCEPT) is State.ACCEPTED
    shared = receive(cast, new_referral).shared
    assert set(shared) == {Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS}
    assert shared["called_name"] == "Amina Rekaan"
    packet = Packet.objects.get()
    assert packet.opened_by == cast.chioma.id


def test_the_sealed_fields_are_not_fetched_before_acceptance(cast, new_referral, chioma):
    path = reverse("inbox_item", args=[new_referral])
    with CaptureQueriesContext(
        connection,
    ) as before:
        chioma.get(path)
    answer(cast, new_referral, Verb.ACCEPT)
    with CaptureQueriesContext(connection) as after:
        chioma.get(reverse("person", args=[case_of(new_referral).record]))
    assert not [query for query in before if SEALED_FIELDS.search(query["sql"])]
    assert [query for query in after if SEALED_FIELDS.search(query["sql"])], "positive control"


def test_no_byte_of_the_sealed_fields_is_served_at_any_time(cast, new_referral, chioma):
    sealed = bytes(Packet.objects.get().fields)
    page = chioma.get(reverse("inbox_item", args=[new_referral])).content
    for form in (sealed, sealed.hex().encode(), base64.b64encode(sealed)):
        assert form not in page
    assert b"Amina" not in page
    answer(cast, new_referral, Verb.ACCEPT)
    assert b"Amina" not in chioma.get(reverse("inbox_item", args=[new_referral])).content, (
        "the inbox opens no accepted packet"
    )
    page = chioma.get(reverse("person", args=[case_of(new_referral).record])).content
    assert b"Amina Rekaan" in page, "positive control"
    assert sealed not in page


def test_forged_acts_in_the_database_open_nothing_without_keys(cast, new_referral):
    """Farid has no inbox key, so a forged acceptance row opens nothing for him."""
    row = Referral.objects.get(id=new_referral)
    Act.objects.create(referral=row, verb=Verb.ACCEPT, actor="RECEIVER", by=cast.farid.id, at=clock.now())
    with pytest.raises(NotYours):
        received(cast.farid, new_referral)


def test_every_opening_is_an_audit_entry(cast, new_referral, chioma):
    chioma.get(reverse("inbox_item", args=[new_referral]))
    newest = audit.acts_about(new_referral)[0]
    assert (newest.verb, newest.by, newest.because) == ("open", cast.chioma.id, "inbox_item")


@pytest.mark.parametrize(
    ("verb", "details", "because"),
    [
        (Verb.DECLINE, {}, "reason_needed"),
        (Verb.DECLINE, {"reason": "because she is loud"}, "reason_not_yours"),
        (Verb.WAITLIST, {}, "date_needed"),
        (Verb.START, {}, "not_from_here"),
        (Verb.RECALL, {"reason": "RC_WRONG"}, "not_by_you"),
    ],
)
def test_an_act_that_does_not_fit_is_refused_and_changes_nothing(cast, new_referral, verb, details, because):
    with pytest.raises(Refused) as refusal:
        answer(cast, new_referral, verb, **details)
    assert refusal.value.because == because
    assert Referral.objects.get(id=new_referral).state == State.SENT


def test_the_reason_of_a_refusal_is_sealed_for_the_sender(cast, amina, new_referral):
    answer(cast, new_referral, Verb.DECLINE, reason="RF_NO_PLACE")
    sent_referral = queries.sent_for(amina)[0]
    assert sent_referral.state == State.REFUSED
    assert sent_referral.history[-1].reason == "RF_NO_PLACE"
    assert b"RF_NO_PLACE" not in bytes(Act.objects.get(verb=Verb.DECLINE).sealed)


def test_a_refusal_closes_the_share(cast, new_referral):
    answer(cast, new_referral, Verb.DECLINE, reason="RF_NO_PLACE")
    seen = receive(cast, new_referral)
    assert seen.closed == "share_over"
    assert seen.preview == {}
    assert bytes(Packet.objects.get().preview) == b""


def test_progress_from_waiting_list_to_end_of_help(cast, new_referral):
    answer(cast, new_referral, Verb.ACKNOWLEDGE)
    answer(cast, new_referral, Verb.WAITLIST, expected_on=FAR)
    assert Referral.objects.get(id=new_referral).due_at.date() >= FAR - timedelta(days=1)
    answer(cast, new_referral, Verb.ACCEPT)
    answer(cast, new_referral, Verb.TRY_CONTACT)
    answer(cast, new_referral, Verb.START)
    assert Referral.objects.get(id=new_referral).due_at is None
    answer(cast, new_referral, Verb.COMPLETE)
    assert receive(cast, new_referral).closed == "share_over"


def test_not_reached_requires_attempts_on_three_days(cast, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    for days in (0, 0, 1):
        with clock.shifted(timedelta(days=days)):
            answer(cast, new_referral, Verb.TRY_CONTACT)
    with clock.shifted(timedelta(days=1)), pytest.raises(Refused) as refusal:
        answer(cast, new_referral, Verb.GIVE_UP_CONTACT)
    assert refusal.value.because == "too_few_tries"
    with clock.shifted(timedelta(days=2)):
        answer(cast, new_referral, Verb.TRY_CONTACT)
        assert answer(cast, new_referral, Verb.GIVE_UP_CONTACT) is State.NO_CONTACT


def test_a_withdrawn_consent_shows_its_day_and_allows_no_answer(cast, amina, new_referral):
    consent = Referral.objects.get(id=new_referral).consent
    sending.withdraw_consent(amina, consent, by=acting_as(cast.ben))
    seen = receive(cast, new_referral)
    assert (seen.closed, seen.closed_on) == ("consent_withdrawn", clock.today())
    page = client_of(cast.chioma).get(reverse("inbox_item", args=[new_referral])).content.decode()
    assert f"Consent withdrawn on {clock.today():%-d %B %Y}" in page
    assert 'name="verb"' not in page
    with pytest.raises(Refused) as refusal:
        answer(cast, new_referral, Verb.ACCEPT)
    assert refusal.value.because == "consent_withdrawn"


def test_nothing_opens_after_the_consent_has_expired(cast, new_referral):
    with clock.shifted(timedelta(days=91)):
        assert receive(cast, new_referral).closed == "packet_ended"


@pytest.mark.parametrize("column", ["preview", "fields", "fields_digest", "signature", "nonce"])
def test_a_packet_altered_in_the_database_does_not_open(cast, new_referral, column):
    answer(cast, new_referral, Verb.ACCEPT)
    packet = Packet.objects.get()
    changed = bytearray(getattr(packet, column))
    changed[-1] ^= 1
    Packet.objects.update(**{column: bytes(changed)})
    seen = receive(cast, new_referral)
    assert seen.closed == "packet_forged"
    assert (seen.preview, seen.shared) == ({}, None)
    if column != "fields":
        with pytest.raises(Refused):
            answer(cast, new_referral, Verb.START)


def test_other_organisations_get_the_same_error_as_for_an_unknown_referral(cast, new_referral):
    for player, wanted in ((cast.farid, new_referral), (cast.chioma, cast.ben.id)):
        with pytest.raises(NotYours):
            received(player, wanted)
        with pytest.raises(NotYours):
            answer_as(player, wanted, Verb.ACCEPT)


def test_a_colleague_without_the_inbox_key_reads_no_preview(cast, new_referral):
    jaya = cast.jaya
    seen = received(jaya, new_referral)
    assert seen.preview, "Jaya is admitted to the inbox"
    Wrap.objects.filter(holder=jaya.id).delete()
    bare = Keys(jaya.id, read=jaya.keys._read, sign=jaya.keys._sign)
    with pytest.raises(NotYours):
        receiving.receive(new_referral, viewer=viewer(jaya), keys=bare, at=clock.now())


def test_the_sender_cannot_receive_what_they_sent(cast, new_referral):
    with pytest.raises(NotYours):
        received(cast.ben, new_referral)
    assert keyring.open_record(Referral.objects.get(id=new_referral).record, keys=cast.ben.keys)
