"""B22: a packet holds exactly what was consented to, and only a true one opens.

Forged, unsigned, replayed, redirected, expired and made under a changed key: all are refused,
each beside a true one that opens.
"""

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from uuid import UUID

import pytest

from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.consent import actions as consents
from suar.consent import queries as given_queries
from suar.consent import rules as consent_rules
from suar.consent.codes import AgeStatus, Field, HowGiven, Interpretation, Purpose, RecipientKind
from suar.consent.rules import ChildFacts, Proposal
from suar.core import clock
from suar.core.refusals import Refused
from suar.crypto.pairs import BoxPair, SignPair
from suar.crypto.values import SealBroken
from suar.demo.cast import Cast
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.referrals import disclosure, links, packets, receiving, rules, sending
from suar.referrals.codes import Verb
from suar.referrals.documents import Thread
from suar.referrals.models import Packet, PacketWrap, Partner, Referral
from tests import cast as at_work
from tests.people import (
    CLINIC,
    LEGAL_AID,
    acting_as,
    agreed,
    answer_as,
    person_of,
    received,
    refresh,
    sent,
    viewer,
    write,
)

world, cast = at_work.world, at_work.cast
PEOPLE, CONSENTS_OF_ONE = 10, 10
"""A hundred consents; a record with all of them is opened ever more slowly."""
CHANCE = random.Random(22)
TELLS = (
    RecipientKind.SHELTER,
    RecipientKind.HEALTH,
    RecipientKind.LEGAL,
    RecipientKind.PROTECTION,
    RecipientKind.EMERGENCY,
    RecipientKind.RETURN,
)
MORE = {
    (Compartment.IDENTITY, "person"): {
        "name": "Amina Rekaan",
        "legal_name": "Amina binti Contoh",
        "born": "2001-02-03",
    },
    (Compartment.WHEREABOUTS, "contact"): {
        "number": "000-0000-7741",
        "place": "a room behind the mill",
        "district": "32.74",
    },
    (Compartment.CODED, "profile"): {
        "sex": "FEMALE",
        "age_band": "ADULT",
        "age_status": "AB_18",
        "language": "id",
        "papers": "NONE",
        "form": "LABOUR",
        "formal": "NONE",
    },
    (Compartment.NARRATIVE, "words"): {"text": "what she told"},
    (Compartment.NARRATIVE, "do_not"): {"text": "not the village office"},
    (Compartment.NARRATIVE, "health"): {"text": "a cough"},
    (Compartment.NARRATIVE, "family"): {"text": "two brothers"},
}


@pytest.fixture
def amina(cast: Cast) -> OpenRecord:
    """A record in which every field that can be told holds something."""
    return full_record(cast)


def full_record(cast: Cast) -> OpenRecord:
    """Make a record in which every field that can be told holds something."""
    record = person_of(cast.ben, cast)
    for (compartment, name), value in MORE.items():
        write(record, compartment, name, value, by=cast.ben.id, at=clock.now())
    return record


def generated(by: UUID) -> Proposal:
    """Make a consent that may be given: a kind, a purpose for it, some of what it may get."""
    kind = CHANCE.choice(TELLS)
    purpose = CHANCE.choice(consent_rules.allowed_purposes(kind))
    allowed = sorted(consent_rules.allowed_fields(kind, purpose))
    fields = frozenset(CHANCE.sample(allowed, CHANCE.randint(1, len(allowed))))
    return Proposal(
        recipient=LEGAL_AID,
        recipient_kind=kind,
        purpose=purpose,
        fields=fields,
        ends_on=clock.today() + timedelta(days=CHANCE.randint(1, 300)),
        how=HowGiven.SPOKEN,
        language="en",
        interpretation=Interpretation.NOT_NEEDED,
        understood=True,
        informed_of_refusal=True,
        informed_of_withdrawal=True,
        child=ChildFacts(age=AgeStatus.ADULT),
        by=by,
        given_on=clock.today(),
        text_version=1,
    )


def accepted(cast: Cast, referral: UUID) -> receiving.ReceivedReferral:
    """Let Chioma accept, and read what opens."""
    before = receive(cast, referral)
    answer_as(cast.chioma, referral, Verb.ACCEPT)
    return replace(receive(cast, referral), preview=before.preview)


def receive(cast: Cast, referral: UUID) -> receiving.ReceivedReferral:
    """Open what Chioma may see now."""
    return received(cast.chioma, referral)


def test_the_fields_of_a_packet_are_those_of_its_consent(cast: Cast) -> None:
    seen: set[Field] = set()
    for amina in chain.from_iterable([full_record(cast)] * CONSENTS_OF_ONE for _ in range(PEOPLE)):
        proposal = generated(cast.ben.id)
        consent = consents.record_consent(amina, proposal, by=acting_as(cast.ben))
        refresh(amina, cast.ben)
        given = given_queries.get_consent(amina, consent)
        offer = disclosure.offer_of(amina, given, sent=(), at=clock.now())
        made = sending.send(amina, offer, by=acting_as(cast.ben))
        got = accepted(cast, made.referral)
        assert got.shared is not None
        assert {Field(name) for name in got.shared} == proposal.fields
        assert {Field(name) for name in got.preview} == proposal.fields & rules.WITHOUT_IDENTITY
        seen |= proposal.fields
    assert seen == set(Field) - {Field.STATUS}, "every field was told by some consent"


def test_the_check_finds_an_additional_field(cast: Cast, amina: OpenRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positive control: the comparison above is of what opens, not of what was asked."""
    consent = agreed(amina, cast.ben)
    given = given_queries.get_consent(amina, consent)
    offer = disclosure.offer_of(amina, given, sent=(), at=clock.now())
    wider = replace(offer, shared={**offer.shared, Field.LEGAL_NAME.value: "Amina binti Contoh"})
    monkeypatch.setattr(sending, "_check_covered", lambda *args, **named: None)
    made = sending.send(amina, wider, by=acting_as(cast.ben))
    got = accepted(cast, made.referral)
    assert got.shared is not None
    assert {Field(name) for name in got.shared} != given.facts.fields


@dataclass
class Sealed:
    """A referral with its packet, true until an attack changes it."""

    cast: Cast
    referral: UUID

    @property
    def packet(self) -> Packet:
        """The packet as it lies in the store."""
        return Packet.objects.get(referral=self.referral)

    def signed_anew(self, signer: SignPair) -> None:
        """Sign the packet as it is now with another key."""
        envelope = packets.get_packet(self.referral, with_fields=True)
        Packet.objects.filter(referral=self.referral).update(signature=signer.sign(packets.signed_text(envelope)))

    def because(self) -> str:
        """Return why Chioma may not open it; empty when she may."""
        seen = receive(self.cast, self.referral)
        assert not (seen.closed and (seen.preview or seen.shared)), "closed, and yet served"
        return seen.closed


@pytest.fixture
def sealed(cast: Cast, amina: OpenRecord) -> Sealed:
    """A true referral, shown to open."""
    made = Sealed(cast, sent(amina, agreed(amina, cast.ben), cast.ben).referral)
    assert made.because() == "", "positive control: the true one opens"
    return made


@pytest.mark.parametrize("column", ["preview", "fields_digest", "signature", "nonce"])
def test_a_forged_packet_is_refused(sealed: Sealed, column: str) -> None:
    changed = bytearray(getattr(sealed.packet, column))
    changed[0 if column != "preview" else -1] ^= 1
    Packet.objects.update(**{column: bytes(changed)})
    assert sealed.because() == "packet_forged"


def test_forged_fields_are_refused_after_an_acceptance(cast: Cast, sealed: Sealed) -> None:
    assert accepted(cast, sealed.referral).shared, "positive control"
    told = bytearray(sealed.packet.fields)
    told[-1] ^= 1
    Packet.objects.update(fields=bytes(told))
    assert sealed.because() == "packet_forged"


def test_an_unsigned_packet_is_refused(sealed: Sealed) -> None:
    Packet.objects.update(signature=bytes(64))
    assert sealed.because() == "packet_forged"


def test_a_packet_signed_by_a_stranger_is_refused(sealed: Sealed) -> None:
    sealed.signed_anew(SignPair.new())
    assert sealed.because() == "packet_forged"


def test_a_packet_signed_by_an_uncertified_worker_is_refused(sealed: Sealed) -> None:
    PublicKey.objects.filter(owner=sealed.cast.ben.id).update(certificate=None)
    assert sealed.because() == "packet_signer_unknown"


def test_a_certificate_of_another_worker_is_refused(sealed: Sealed) -> None:
    lia = PublicKey.objects.get(owner=sealed.cast.lia.id, kind="user_sign").certificate
    PublicKey.objects.filter(owner=sealed.cast.ben.id, kind="user_sign").update(certificate=lia)
    assert sealed.because() == "packet_signer_unknown"


def test_a_replayed_packet_is_refused(sealed: Sealed, amina: OpenRecord) -> None:
    """The nonce is kept once; and a packet laid under another referral does not open there."""
    cast, envelope = sealed.cast, packets.get_packet(sealed.referral, with_fields=True)
    with pytest.raises(Refused) as refusal:
        packets.sign_and_store(envelope, keys=cast.ben.keys)
    assert refusal.value.because == "packet_seen"
    other = Sealed(cast, sent(amina, agreed(amina, cast.ben), cast.ben).referral)
    assert other.because() == "", "positive control"
    nonce = bytes(sealed.packet.nonce)
    Packet.objects.filter(referral=sealed.referral).update(nonce=b"old")
    Packet.objects.filter(referral=other.referral).update(
        nonce=nonce,
        preview=envelope.preview,
        fields=envelope.fields,
        fields_digest=envelope.fields_digest,
        signature=envelope.signature,
    )
    assert other.because() == "packet_forged"


def test_a_packet_redirected_to_another_receiver_is_refused(sealed: Sealed) -> None:
    """Somebody at the store hands the packet to Farid, with a wrap he can open."""
    cast, far = sealed.cast, sealed.cast.farid
    inbox = PublicKey.objects.get(owner=cast.elsewhere.organisation.id, kind="inbox")
    Referral.objects.update(receiving_organisation=cast.elsewhere.organisation.id)
    PacketWrap.objects.update(key=inbox.id)
    seen = received(far, sealed.referral)
    assert (seen.closed, seen.preview, seen.shared) == ("packet_not_for_you", {}, None)
    Packet.objects.update(recipient=bytes(inbox.public))
    seen = received(far, sealed.referral)
    assert seen.closed in ("partner_not_compared", "packet_forged")
    assert (seen.preview, seen.shared) == ({}, None)


def test_an_expired_packet_is_refused(sealed: Sealed) -> None:
    with clock.shifted(timedelta(days=91)):
        assert sealed.because() == "packet_ended"
    assert sealed.because() == "", "positive control"


def test_a_packet_with_a_later_end_in_the_database_is_refused(sealed: Sealed) -> None:
    Packet.objects.update(expires_at=clock.now() + timedelta(days=900))
    assert sealed.because() == "packet_forged"


def test_a_partner_without_compared_keys_is_refused(sealed: Sealed) -> None:
    Partner.objects.filter(organisation=sealed.cast.pelita.organisation.id).delete()
    assert sealed.because() == "partner_not_compared"


def test_a_changed_key_of_the_sender_closes_and_stops(sealed: Sealed, amina: OpenRecord) -> None:
    village = sealed.cast.village.organisation.id
    PublicKey.objects.filter(owner=village, kind="identity").update(public=SignPair.new().public)
    assert sealed.because() == "partner_key_changed"


def test_a_changed_key_of_the_receiver_stops_the_sending(cast: Cast, amina: OpenRecord) -> None:
    assert sent(amina, agreed(amina, cast.ben), cast.ben).referral, "positive control"
    PublicKey.objects.filter(owner=cast.pelita.organisation.id, kind="inbox").update(public=BoxPair.new().public)
    with pytest.raises(Refused) as refusal:
        sent(amina, agreed(amina, cast.ben), cast.ben)
    assert refusal.value.because == "partner_key_changed"


@pytest.mark.parametrize("column", ["preview", "signature", "expires_at"])
def test_a_packet_for_a_link_is_checked_as_well(cast: Cast, amina: OpenRecord, column: str) -> None:
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    token = made.token or ""
    assert links.preview_by_link(token, at=clock.now()).preview, "positive control"
    value = getattr(Packet.objects.get(), column)
    changed = value + timedelta(days=9) if column == "expires_at" else bytes(len(value))
    Packet.objects.update(**{column: changed})
    with pytest.raises(Refused) as refusal:
        links.preview_by_link(token, at=clock.now())
    assert refusal.value.because == "packet_forged"


def test_consent_to_help_does_not_cover_a_deciding_body(cast: Cast, amina: OpenRecord) -> None:
    """A consent that cannot be given makes no packet at all."""
    wrong = replace(generated(cast.ben.id), recipient_kind=RecipientKind.CRIMINAL, purpose=Purpose.SERVICE)
    with pytest.raises(Refused):
        consents.record_consent(amina, wrong, by=acting_as(cast.ben))


def opened_by_inboxes(referral: UUID, inboxes: list[BoxPair]) -> int:
    """Return how many wraps of a packet open with the inbox key of any organisation."""
    opened = 0
    for wrap in PacketWrap.objects.filter(referral=referral):
        for inbox in inboxes:
            with suppress(SealBroken):
                inbox.open(bytes(wrap.sealed))
                opened += 1
    return opened


def test_the_inbox_key_opens_no_accepted_packet(cast: Cast, amina: OpenRecord) -> None:
    """Neither the packet that was accepted nor what the sender seals anew afterwards."""
    keys = [(player.keys, key.id) for player in cast.players.values() for key in player.keys.list_keys(KeyKind.INBOX)]
    inboxes = list({key: held.pair(key) for held, key in keys}.values())
    consent = agreed(amina, cast.ben)
    asked = sent(amina, consent, cast.ben).referral
    assert opened_by_inboxes(asked, inboxes) == 2, "positive control: it waits in the inbox"
    answer_as(cast.chioma, asked, Verb.ACCEPT)
    assert PacketWrap.objects.filter(referral=asked).count() == 2
    assert opened_by_inboxes(asked, inboxes) == 0
    assert receive(cast, asked).shared, "positive control: its case opens it"
    signature = bytes(Packet.objects.get(referral=asked).signature)
    answer_as(cast.chioma, asked, Verb.START)
    assert bytes(Packet.objects.get(referral=asked).signature) == signature, "the signed packet stays as it is"
    given = given_queries.get_consent(amina, consent)
    sending.narrow_consent(
        keyring.open_record(amina.id, keys=cast.ben.keys),
        consent,
        fields=frozenset({Field.CALLED_NAME}),
        ends_on=given.facts.ends_on,
        by=acting_as(cast.ben),
    )
    assert PacketWrap.objects.filter(referral=asked).count() == 2
    assert opened_by_inboxes(asked, inboxes) == 0
    assert set(receive(cast, asked).shared or {}) == {Field.CALLED_NAME}


def test_a_colleague_without_the_case_opens_nothing_of_it(cast: Cast, amina: OpenRecord) -> None:
    asked = sent(amina, agreed(amina, cast.ben), cast.ben).referral
    seen = received(cast.kartika, asked)
    assert seen.preview, "positive control: before the acceptance Kartika reads it"
    answer_as(cast.chioma, asked, Verb.ACCEPT)
    seen = receiving.receive(asked, viewer=viewer(cast.kartika), keys=cast.kartika.keys, at=clock.now())
    assert (seen.preview, seen.shared, seen.thread) == ({}, None, None)
    other = Thread(bytes(32), case=BoxPair.new())
    wrong = receiving.receive(asked, viewer=viewer(cast.kartika), keys=cast.kartika.keys, at=clock.now(), thread=other)
    assert (wrong.closed, wrong.preview, wrong.shared) == ("packet_forged", {}, None)
