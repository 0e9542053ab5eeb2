"""Make and send a referral: consent first, then a sealed packet to one receiver."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.consent import actions as consent_actions
from suar.consent import queries as consents
from suar.consent.codes import Field
from suar.consent.queries import GivenConsent
from suar.core.acts import act
from suar.core.ids import new_id
from suar.core.refusals import NotYours, Refused
from suar.core.urgency import Urgency
from suar.crypto import boxes, kdf
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, links, opening_hours, packets, partners, rules
from suar.referrals.codes import Actor, Because, Share, State, Verb
from suar.referrals.deadlines import OpeningHours
from suar.referrals.documents import ReferralRecord
from suar.referrals.history import NewAct, add_act, state_of
from suar.referrals.models import Link, Packet, PacketWrap, Referral
from suar.referrals.opening_hours import UNKNOWN_HOURS
from suar.referrals.packets import Envelope

THREAD, HOURS = "thread", "hours"
"""Keys of the preview that are not shown: the key of the thread, and the receiver's openings."""
UNANSWERED_LINK = frozenset({State.SENT, State.ACKNOWLEDGED, State.WAITLISTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is sent: to which service, on which consent, how urgent, and its contents.

    `types` are the needs it is about, also when the person does not want them shared; `replaces`
    is a referral that came back, `renews` one that is open and goes on with this consent.
    """

    service: UUID
    service_name: str
    receiving_organisation: UUID | None
    consent: UUID
    urgency: Urgency
    preview: dict[str, Any]
    shared: dict[str, str]
    types: Sequence[str] = ()
    hours: OpeningHours = UNKNOWN_HOURS
    replaces: UUID | None = None
    renews: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The referral, and for a link its token and the code that is told by voice; shown once."""

    referral: UUID
    token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


@act("send_referral", needs=Permission.REFER)
def send(record: OpenRecord, offer: Offer, *, by: Acting) -> Sent:
    """Seal and send a referral; raises Refused when the consent does not cover what is shared.

    A consent is sent once: again, it returns the same referral, and while a link was not answered
    a new link in place of the old one.
    """
    consents.lock_consent(offer.consent)
    given = consents.get_consent(record, offer.consent)
    exclusions.check_not_excluded(record, offer.service, offer.receiving_organisation)
    _check_covered(given, offer, by=by)
    existing = Referral.objects.select_for_update().filter(consent=offer.consent).first()
    if existing is not None:
        return _send_again(record, existing, offer, given, by=by)
    if offer.renews:
        return _renew(record, offer, offer.renews, given, by=by)
    row = Referral.objects.create(
        id=new_id(),
        record=record.id,
        consent=offer.consent,
        sending_organisation=by.viewer.organisation,
        sending_team=record.facts.team,
        author=by.worker,
        urgency=offer.urgency,
        receiving_organisation=offer.receiving_organisation,
        made_at=by.at,
        follows_id=offer.replaces,
    )
    thread = kdf.random_key()
    _store_record(record, row.id, offer, thread, by=by)
    sent = _seal(row, offer, given, thread, keys=by.keys)
    for verb in (Verb.READY, Verb.SEND):
        add_act(row, NewAct(verb, by.worker, by.at), actor=Actor.SENDER, hours=offer.hours)
    if offer.replaces is not None:
        _redirect(record, offer.replaces, by=by)
    by.entry.about.append(row.id)
    return sent


def record_of_referral(record: OpenRecord, referral: UUID) -> ReferralRecord:
    """Return what the sender's record contains of a referral. Raises NotYours if it is another's."""
    document = record.get(ReferralRecord, f"{referral}")
    if document is None:
        raise NotYours
    return document


def reseal(record: OpenRecord, row: Referral, offer: Offer, given: GivenConsent, *, by: Acting) -> Sent:
    """Replace a packet; who read the old one stays known.

    The deadlines go on with the opening hours that were known when it was first sent. Raises
    Refused when the receiver is excluded; the caller's act has locked and opened the record.
    """
    exclusions.check_not_excluded(record, offer.service, row.receiving_organisation)
    _check_covered(given, offer, by=by)
    document = record_of_referral(record, row.id)
    thread = bytes.fromhex(document.thread)
    offer = replace(offer, hours=opening_hours.from_stored(document.hours))
    with_case = row.receiving_organisation is not None and rules.share(state_of(row)) is Share.FIELDS
    opened = Packet.objects.filter(referral=row.id).values("opened_at", "opened_by").first()
    for table in (PacketWrap, Packet, Link):
        table.objects.filter(referral=row.id).delete()
    sent = _seal(row, offer, given, thread, keys=by.keys, with_case=with_case)
    Packet.objects.filter(referral=row.id).update(**(opened or {}))
    _store_record(record, row.id, offer, thread, by=by)
    return sent


def store_packet(envelope: Envelope, *, keys: Keys) -> None:
    """Sign a packet and store it; Refused("packet_seen") when its nonce was used before."""
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


def _check_covered(given: GivenConsent, offer: Offer, *, by: Acting) -> None:
    """Both parts must be covered, and the preview must not identify; else Refused."""
    shared, shown = (frozenset(map(Field, part)) for part in (offer.shared, offer.preview))
    purpose = given.facts.purpose
    decision = rules.may_leave(given.facts, recipient=offer.service, purpose=purpose, fields=shared | shown, at=by.at)
    if not decision:
        raise Refused(decision.because)
    if not shared or not shown <= rules.preview_fields(given.facts, at=by.at):
        raise Refused(Because.NO_CONSENT)


def _send_again(record: OpenRecord, row: Referral, offer: Offer, given: GivenConsent, *, by: Acting) -> Sent:
    """Return the same referral; only an unanswered link is made again, because it is shown once."""
    if row.receiving_organisation is not None or row.state not in UNANSWERED_LINK:
        by.entry.skip = True
        return Sent(row.id)
    by.entry.verb = "renew_link"
    by.entry.about.append(row.id)
    return reseal(record, row, offer, given, by=by)


def _renew(record: OpenRecord, offer: Offer, open_one: UUID, given: GivenConsent, *, by: Acting) -> Sent:
    """Continue an open referral with a new consent; the former consent ends.

    Source: docs/decisions/consent.md.
    """
    row = _locked(record, open_one)
    consent_actions.end_consent(row.consent, at=by.at)
    row.consent = offer.consent
    row.save(update_fields=["consent"])
    offer = replace(offer, receiving_organisation=row.receiving_organisation)
    sent = reseal(record, row, offer, given, by=by)
    add_act(row, NewAct(Verb.RENEW, by.worker, by.at), actor=Actor.PERSON_THROUGH_WORKER)
    by.entry.verb = "referral_renew"
    by.entry.about.append(row.id)
    return sent


def _redirect(record: OpenRecord, former: UUID, *, by: Acting) -> None:
    """Close the referral that a new one replaces, so that the need is counted once."""
    row = _locked(record, former)
    add_act(row, NewAct(Verb.REDIRECT, by.worker, by.at), actor=Actor.SENDER)
    audit.record("referral_redirect", by=by.worker, at=by.at, about=[record.id, row.id])


def _locked(record: OpenRecord, referral: UUID) -> Referral:
    row = Referral.objects.select_for_update().filter(id=referral, record=record.id).first()
    if row is None:
        raise NotYours
    return row


def _seal(
    row: Referral, offer: Offer, given: GivenConsent, thread: bytes, *, keys: Keys, with_case: bool = False
) -> Sent:
    """Seal the preview and the fields to their receiver: to the case once there is one, else to the inbox or a link."""
    preview = offer.preview | {THREAD: thread.hex(), HOURS: opening_hours.to_stored(offer.hours)}
    contents = {"preview": preview, "fields": offer.shared, "expires_at": given.facts.ends_at}
    if offer.receiving_organisation is None:
        made = links.new_link()
        envelope, parts = packets.seal_parts(row.id, recipient=made.public, **contents)
        store_packet(envelope, keys=keys)
        links.store_link(row, made, parts, expires_at=given.facts.ends_at)
        return Sent(row.id, made.token, made.code)
    refusal = partners.sending_refusal(row.sending_organisation, offer.receiving_organisation)
    inbox = accounts.key_for_holder("inbox", offer.receiving_organisation)
    if refusal or inbox is None:
        raise Refused(refusal or "partner_has_no_keys")
    key, public = inbox
    envelope, parts = packets.seal_parts(row.id, recipient=public, **contents)
    store_packet(envelope, keys=keys)
    for part, secret in ((packets.PREVIEW, parts.preview), (packets.FIELDS, parts.fields)):
        if with_case:
            packets.wrap_with_thread(row.id, part, secret, thread)
        else:
            PacketWrap.objects.create(referral=row.id, part=part, key=key, sealed=boxes.seal_to(public, secret))
    return Sent(row.id)


def _store_record(record: OpenRecord, referral: UUID, offer: Offer, thread: bytes, *, by: Acting) -> None:
    in_preview = [need["service_type"] for need in offer.preview.get(Field.NEEDS, [])]
    document = ReferralRecord(
        service=offer.service,
        service_name=offer.service_name,
        types=tuple(offer.types or in_preview),
        shared=tuple(sorted(offer.shared)),
        consent=offer.consent,
        thread=thread.hex(),
        hours=opening_hours.to_stored(offer.hours),
    )
    record.put(document, key=f"{referral}", by=by.worker, at=by.at)
