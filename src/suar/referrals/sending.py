"""Making and sending a referral: consent first, then a sealed packet to one receiver."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.consent import actions as consent_actions
from suar.consent import queries as consents
from suar.consent.codes import Field
from suar.consent.queries import GivenConsent
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused
from suar.core.urgency import Urgency
from suar.crypto import boxes, kdf
from suar.records import keyring
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.referrals import hours as openings
from suar.referrals import keeping_away, links, packets, rules
from suar.referrals.history import UNKNOWN_HOURS, Doing, add_act
from suar.referrals.models import Link, Packet, PacketWrap, Referral
from suar.referrals.packets import Envelope
from suar.referrals.partners import pin_partner, refusal_of
from suar.referrals.terms import Actor, Because, OpeningHours, State, Verb

__all__ = ["THREAD", "Offer", "Sent", "pin_partner", "reseal", "send", "thread_of", "types_in"]
THREAD, HOURS = "thread", "hours"
WAITS = frozenset({State.SENT, State.ACKNOWLEDGED, State.WAITLISTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is sent: to which service, on which consent, how soon, and what stands in it.

    `types` are the needs it is about, also when the person does not want them told; `follows`
    is a referral that came back and whose place this one takes, `renews` one that is open and
    goes on with this yes.
    """

    service: UUID
    service_name: str
    receiving_organisation: UUID | None
    consent: UUID
    urgency: Urgency
    preview: dict
    told: dict
    types: Sequence[str] = ()
    hours: OpeningHours = UNKNOWN_HOURS
    follows: UUID | None = None
    renews: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The referral, and for a link its token and the code that is told by voice; shown once."""

    referral: UUID
    token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


@transaction.atomic
def send(record: OpenRecord, offer: Offer, *, viewer: Viewer, keys: Keys, at: datetime) -> Sent:
    """Seal and send a referral; raises Refused when the consent does not cover what is told.

    A consent is sent once: again, it gives the same referral, and while a link was not answered
    a new link in place of the old one.
    """
    vault.hold(record.id)
    consents.lock_consent(offer.consent)
    # It may have been opened before a colleague made the yes smaller, or kept the receiver away.
    fresh = keyring.open_record(record.id, keys=keys)
    given = consents.get_consent(fresh, offer.consent)
    keeping_away.check(fresh, offer.service, offer.receiving_organisation)
    _check_cover(given, offer, at=at)
    if offer.renews and not Referral.objects.filter(consent=offer.consent).exists():
        return _renew(record, offer, offer.renews, given, keys=keys, at=at)
    row, made = Referral.objects.get_or_create(
        consent=offer.consent, defaults=_first(record, offer, viewer=viewer, at=at)
    )
    if not made:
        return _again(record, row.id, offer, given, keys=keys, at=at)
    thread = kdf.random_key()
    _keep_thread(record, row.id, offer, thread, by=viewer.worker, at=at)
    sent = _seal(row, offer, given, thread, keys=keys)
    for verb in (Verb.READY, Verb.SEND):
        add_act(row, Doing(verb, viewer.worker, at), actor=Actor.SENDER, hours=offer.hours)
    if offer.follows is not None:
        _redirect(record, offer.follows, viewer=viewer, at=at)
    audit.record("send_referral", by=viewer.worker, at=at, about=[record.id, row.id])
    return sent


def thread_of(record: OpenRecord, referral: UUID) -> dict:
    """Give what the sender's record keeps of a referral: service, what was told, thread key."""
    return record.read(Compartment.CODED, f"referral-{referral}") or {}


def types_in(preview: dict) -> list[str]:
    """List the service types that a preview names."""
    return [each["service_type"] for each in preview.get(Field.NEEDS, [])]


def _check_cover(given: GivenConsent, offer: Offer, *, at: datetime) -> None:
    """Both parts must be covered, and the preview must not identify; else Refused."""
    told, shown = (frozenset(map(Field, part)) for part in (offer.told, offer.preview))
    decision = rules.may_leave(
        given.facts,
        recipient=offer.service,
        purpose=given.facts.purpose,
        fields=told | shown,
        at=at,
    )
    if not decision:
        raise Refused(decision.because)
    if not told or not shown <= rules.preview_fields(given.facts, at=at):
        raise Refused(Because.NO_CONSENT)


def _first(record: OpenRecord, offer: Offer, *, viewer: Viewer, at: datetime) -> dict:
    return {
        "id": new_id(),
        "record": record.id,
        "sending_organisation": viewer.organisation,
        "sending_team": record.facts.team,
        "author": viewer.worker,
        "urgency": offer.urgency,
        "receiving_organisation": offer.receiving_organisation,
        "made_at": at,
        "follows_id": offer.follows,
    }


def _again(record: OpenRecord, referral: UUID, offer: Offer, given: GivenConsent, *, keys: Keys, at: datetime) -> Sent:
    """Answer a second sending: only an unanswered link is made anew, since it is shown once."""
    row = Referral.objects.select_for_update().get(id=referral)
    if row.receiving_organisation is not None or row.state not in WAITS:
        return Sent(row.id)
    sent = reseal(record, row, offer, given, keys=keys, at=at)
    audit.record("renew_link", by=keys.worker, at=at, about=[record.id, row.id])
    return sent


def _renew(record: OpenRecord, offer: Offer, open_one: UUID, given: GivenConsent, *, keys: Keys, at: datetime) -> Sent:
    """Let an open referral go on with a new yes: what is told is sealed anew, and it stays one.

    The yes before is over. Source: docs/decisions/consent.md.
    """
    row = Referral.objects.select_for_update().filter(id=open_one, record=record.id).first()
    if row is None:
        raise NotYours
    consent_actions.end_consent(row.consent, at=at)
    row.consent = offer.consent
    row.save(update_fields=["consent"])
    offer = replace(offer, receiving_organisation=row.receiving_organisation)
    sent = reseal(record, row, offer, given, keys=keys, at=at)
    add_act(row, Doing(Verb.RENEW, keys.worker, at), actor=Actor.PERSON_THROUGH_WORKER)
    audit.record("referral_renew", by=keys.worker, at=at, about=[record.id, row.id])
    return sent


def reseal(record: OpenRecord, row: Referral, offer: Offer, given: GivenConsent, *, keys: Keys, at: datetime) -> Sent:
    """Put a new packet in the place of the old one; who read the old one stays known.

    The clocks go on with the openings that were known when it was first sent. Raises Conflict
    when the record was opened before the referral was made, and Refused when the receiver must
    never know; the caller holds the record (`vault.queries.hold`).
    """
    fresh = keyring.open_record(record.id, keys=keys)
    keeping_away.check(fresh, offer.service, row.receiving_organisation)
    _check_cover(given, offer, at=at)
    kept = thread_of(record, row.id)
    if not kept:
        raise Conflict
    thread, offer = bytes.fromhex(kept[THREAD]), replace(offer, hours=openings.read(kept[HOURS]))
    read = Packet.objects.filter(referral=row.id).values("opened_at", "opened_by").first()
    for table in (PacketWrap, Packet, Link):
        table.objects.filter(referral=row.id).delete()
    sent = _seal(row, offer, given, thread, keys=keys)
    Packet.objects.filter(referral=row.id).update(**(read or {}))
    _keep_thread(record, row.id, offer, thread, by=keys.worker, at=at)
    return sent


def _redirect(record: OpenRecord, former: UUID, *, viewer: Viewer, at: datetime) -> None:
    """Close the referral whose place a new one takes, so that the need is counted once."""
    row = Referral.objects.select_for_update().filter(id=former, record=record.id).first()
    if row is None:
        raise NotYours
    add_act(row, Doing(Verb.REDIRECT, viewer.worker, at), actor=Actor.SENDER)
    audit.record("referral_redirect", by=viewer.worker, at=at, about=[record.id, row.id])


def _seal(row: Referral, offer: Offer, given: GivenConsent, thread: bytes, *, keys: Keys) -> Sent:
    """Seal the preview and the fields to their receiver."""
    inside = {THREAD: thread.hex(), HOURS: openings.written(offer.hours)}
    preview, told = offer.preview | inside, offer.told
    ends_at = given.facts.ends_at
    if offer.receiving_organisation is None:
        made = links.new_link()
        envelope, parts = packets.seal_parts(
            row.id, preview=preview, fields=told, recipient=made.public, expires_at=ends_at
        )
        keep_packet(envelope, keys=keys)
        links.keep(row, made, parts, expires_at=ends_at)
        return Sent(row.id, made.token, made.code)
    because = refusal_of(row.sending_organisation, offer.receiving_organisation)
    if because:
        raise Refused(because)
    key, public = accounts.key_for_holder("inbox", offer.receiving_organisation)
    envelope, parts = packets.seal_parts(row.id, preview=preview, fields=told, recipient=public, expires_at=ends_at)
    keep_packet(envelope, keys=keys)
    for part, secret in ((packets.PREVIEW, parts.preview), (packets.FIELDS, parts.fields)):
        PacketWrap.objects.create(referral=row.id, part=part, key=key, sealed=boxes.seal_to(public, secret))
    return Sent(row.id)


def keep_packet(envelope: Envelope, *, keys: Keys) -> None:
    """Sign a packet and keep it; Refused("packet_seen") when its nonce was used before."""
    if Packet.objects.filter(nonce=envelope.nonce).exists():
        raise Refused("packet_seen")
    Packet.objects.create(
        referral_id=envelope.referral,
        nonce=envelope.nonce,
        recipient=envelope.recipient,
        expires_at=envelope.expires_at,
        preview=envelope.preview,
        fields=envelope.fields,
        fields_digest=envelope.fields_digest,
        signer=keys.worker,
        signature=keys.sign(envelope.signed_text()),
    )


def _keep_thread(record: OpenRecord, referral: UUID, offer: Offer, thread: bytes, *, by: UUID, at: datetime) -> None:
    kept = {
        "service": str(offer.service),
        "service_name": offer.service_name,
        "types": list(offer.types) or types_in(offer.preview),
        "told": sorted(offer.told),
        "consent": str(offer.consent),
        THREAD: thread.hex(),
        HOURS: openings.written(offer.hours),
    }
    record.write(Compartment.CODED, f"referral-{referral}", kept, by=by, at=at)
