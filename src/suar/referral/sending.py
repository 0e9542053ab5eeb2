"""Making and sending a referral: consent first, then a sealed packet to one receiver."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.queries import Given
from suar.consent.terms import Field
from suar.kernel.ids import new_id
from suar.kernel.refusals import Refused
from suar.referral import links, packets
from suar.referral.history import add_act
from suar.referral.models import Packet, PacketWrap, Partner, Referral
from suar.referral.packets import Envelope
from suar.referral.terms import Actor, Because, Urgency, Verb
from suar.sealing import boxes, derivation
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment

THREAD = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is sent: to which service, on which consent, how soon, and what stands in it."""

    service: UUID
    service_name: str
    receiving_organisation: UUID | None
    consent: UUID
    urgency: Urgency
    preview: dict
    told: dict
    follows: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The referral, and for a link its token and the code that is told by voice; shown once."""

    referral: UUID
    token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


@transaction.atomic
def send(record: OpenRecord, offer: Offer, *, viewer: Viewer, keys: Keys, at: datetime) -> Sent:
    """Seal and send a referral; raises Refused when the consent does not cover what is told."""
    given = consents.one(record, offer.consent)
    _covered(given, offer, at=at)
    row = Referral.objects.create(
        id=new_id(), record=record.id, consent=offer.consent,
        sending_organisation=viewer.organisation, sending_team=record.facts.team,
        author=viewer.worker, receiving_organisation=offer.receiving_organisation,
        urgency=offer.urgency, made_at=at, follows_id=offer.follows,
    )  # fmt: skip
    thread = derivation.random_key()
    _keep_thread(record, row.id, offer, thread, by=viewer.worker, at=at)
    preview = {**offer.preview, THREAD: thread.hex()}
    sent = _to_link(row, offer, preview, given, keys=keys, at=at) if (
        offer.receiving_organisation is None
    ) else _to_inbox(row, offer, preview, given, keys=keys)  # fmt: skip
    for verb in (Verb.READY, Verb.SEND):
        add_act(row, verb, actor=Actor.SENDER, by=viewer.worker, at=at)
    audit.record("send_referral", by=viewer.worker, at=at, about=[record.id, row.id])
    return sent


def thread_of(record: OpenRecord, referral: UUID) -> dict:
    """Give what the sender's record keeps of a referral: service, what was told, thread key."""
    return record.read(Compartment.CODED, f"referral-{referral}") or {}


@transaction.atomic
def pin_partner(viewer: Viewer, partner: UUID, *, at: datetime) -> None:
    """Keep a partner's keys as compared by voice; from now on another key stops sending."""
    identity, inbox = partner_keys(partner)
    Partner.objects.update_or_create(
        organisation=viewer.organisation, partner=partner,
        defaults={"identity": identity, "inbox": inbox, "by": viewer.worker, "at": at},
    )  # fmt: skip
    audit.record("pin_partner", by=viewer.worker, at=at, about=[partner])


def partner_keys(partner: UUID) -> tuple[bytes, bytes]:
    """Give a partner's identity and inbox keys as the store holds them today."""
    identity = accounts.key_for_holder("identity", partner)
    inbox = accounts.key_for_holder("inbox", partner)
    if identity is None or inbox is None:
        raise Refused("partner_has_no_keys")
    return identity[1], inbox[1]


def words_to_compare(partner: UUID) -> str:
    """Give the six groups that both sides read to each other by voice."""
    return packets.words_of(*partner_keys(partner))


def partner_known(organisation: UUID, partner: UUID) -> bool:
    """Say whether the partner's keys are those once compared by voice."""
    row = Partner.objects.filter(organisation=organisation, partner=partner).first()
    return row is not None and (bytes(row.identity), bytes(row.inbox)) == partner_keys(partner)


def _covered(given: Given, offer: Offer, *, at: datetime) -> None:
    told = frozenset(Field(name) for name in offer.told)
    decision = consent_rules.covers(
        given.facts, recipient=offer.service, purpose=given.facts.purpose, fields=told, at=at
    )
    if not decision:
        raise Refused(decision.because)
    if not told:
        raise Refused(Because.NO_CONSENT)


def _to_inbox(row: Referral, offer: Offer, preview: dict, given: Given, *, keys: Keys) -> Sent:
    if not partner_known(row.sending_organisation, offer.receiving_organisation):
        raise Refused("partner_not_compared")
    key, public = accounts.key_for_holder("inbox", offer.receiving_organisation)
    envelope, parts = packets.seal_parts(
        row.id, preview=preview, fields=offer.told, recipient=public,
        expires_at=given.facts.ends_at,
    )  # fmt: skip
    _keep_packet(envelope, keys=keys)
    for part, secret in ((packets.PREVIEW, parts.preview), (packets.FIELDS, parts.fields)):
        PacketWrap.objects.create(
            referral=row.id, part=part, key=key, sealed=boxes.seal_to(public, secret)
        )
    return Sent(row.id)


def _to_link(
    row: Referral, offer: Offer, preview: dict, given: Given, *, keys: Keys, at: datetime
) -> Sent:
    made = links.new_link()
    envelope, parts = packets.seal_parts(
        row.id, preview=preview, fields=offer.told, recipient=derivation.digest(made.secret),
        expires_at=given.facts.ends_at,
    )  # fmt: skip
    _keep_packet(envelope, keys=keys)
    links.keep(row, made, parts, expires_at=given.facts.ends_at)
    return Sent(row.id, made.token, made.code)


def _keep_packet(envelope: Envelope, *, keys: Keys) -> None:
    Packet.objects.create(
        referral_id=envelope.referral, nonce=envelope.nonce, recipient=envelope.recipient,
        expires_at=envelope.expires_at, preview=envelope.preview, fields=envelope.fields,
        signer=keys.worker, signature=keys.sign(envelope.signed_text()),
    )  # fmt: skip


def _keep_thread(
    record: OpenRecord, referral: UUID, offer: Offer, thread: bytes, *, by: UUID, at: datetime
) -> None:
    kept = {
        "service": str(offer.service),
        "service_name": offer.service_name,
        "told": sorted(offer.told),
        "preview": offer.preview,
        "consent": str(offer.consent),
        THREAD: thread.hex(),
    }
    record.write(Compartment.CODED, f"referral-{referral}", kept, by=by, at=at)
