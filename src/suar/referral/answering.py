"""What a receiver does with a referral: preview, answer, read the fields, say how it went."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys, certified_text
from suar.accounts.terms import KeyKind, Viewer
from suar.audit import actions as audit
from suar.consent import queries as consents
from suar.kernel.refusals import NotYours, Refused
from suar.referral import links, packets, rules
from suar.referral.history import add_act, state_of
from suar.referral.models import Packet, PacketWrap, Partner, Referral
from suar.referral.packets import FIELDS, PREVIEW, Envelope, Sender
from suar.referral.terms import Actor, Share, State, Verb


@dataclass(frozen=True, slots=True)
class Received:
    """A referral as its receiver may see it now; `told` is None before an acceptance."""

    id: UUID
    state: State
    preview: dict
    told: dict | None
    withdrawn: bool
    thread: bytes = field(repr=False)


def receive(referral: UUID, *, viewer: Viewer, keys: Keys, at: datetime) -> Received:
    """Open what the receiver may see of a referral sent to their organisation.

    The sealed fields are not even fetched before an acceptance. Raises NotYours, or Refused
    with why the packet is not to be trusted.
    """
    row = _received_row(referral, viewer)
    state, share = state_of(row), rules.share(state_of(row))
    if consents.ended_or_withdrawn(row.consent, at=at) or share is Share.NONE:
        return Received(row.id, state, {}, None, withdrawn=True, thread=b"")
    preview = _open(row, PREVIEW, viewer=viewer, keys=keys, at=at)
    told = _open(row, FIELDS, viewer=viewer, keys=keys, at=at) if share is Share.FIELDS else None
    keys.opened.append(row.id)
    if told is not None:
        unread = Packet.objects.filter(referral=row.id, opened_at=None)
        unread.update(opened_at=at, opened_by=viewer.worker)
    thread = bytes.fromhex(preview.pop("thread"))
    return Received(row.id, state, preview, told, withdrawn=False, thread=thread)


@transaction.atomic
def answer(  # noqa: PLR0913 - an act with its reason and date, all named
    referral: UUID, verb: Verb, *, viewer: Viewer, keys: Keys, at: datetime,
    reason: str = "", expected_on: date | None = None,
) -> State:  # fmt: skip
    """Do one of the receiver's acts; raises Refused when the table of states does not allow it."""
    row = _received_row(referral, viewer, lock=True)
    if consents.ended_or_withdrawn(row.consent, at=at):
        raise Refused("consent_withdrawn")
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    if not decision:
        raise Refused(decision.because)
    got = receive(referral, viewer=viewer, keys=keys, at=at)
    state = add_act(
        row, verb, actor=Actor.RECEIVER, by=viewer.worker, at=at, expected_on=expected_on,
        said={"reason": reason} if reason else None, thread=got.thread,
    )  # fmt: skip
    audit.record(f"referral_{verb}", by=viewer.worker, at=at, about=[row.id, row.record])
    return state


def preview_by_link(token: str, *, at: datetime) -> Received:
    """Open the preview for whoever holds the link; nothing is changed by looking."""
    link = links.find(token, at=at)
    row = link.referral
    state = state_of(row)
    if consents.ended_or_withdrawn(row.consent, at=at) or rules.share(state) is Share.NONE:
        return Received(row.id, state, {}, None, withdrawn=True, thread=b"")
    envelope = _envelope(Packet.objects.defer("fields").get(referral=row.id), with_fields=False)
    preview = packets.open_part(envelope, PREVIEW, links.preview_key(link, token))
    thread = bytes.fromhex(preview.pop("thread"))
    return Received(row.id, state, preview, None, withdrawn=False, thread=thread)


def answer_by_link(
    token: str, verb: Verb, *, at: datetime, code: str = "", reason: str = "",
    expected_on: date | None = None,
) -> Received:  # fmt: skip
    """Answer without an account: accepting needs the code told by voice, declining does not.

    Not one transaction as a whole: a wrong code must count even though the answer is refused.
    """
    seen = preview_by_link(token, at=at)
    if seen.withdrawn:
        raise Refused("consent_withdrawn")
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    if not decision:
        raise Refused(decision.because)
    link = links.find(token, at=at)
    key = links.fields_key(link, token, code, at=at) if verb is Verb.ACCEPT else None
    with transaction.atomic():
        row = Referral.objects.select_for_update().get(id=seen.id)
        state = add_act(
            row, verb, actor=Actor.LINK_HOLDER, by=None, at=at, expected_on=expected_on,
            said={"reason": reason} if reason else None, thread=seen.thread,
        )  # fmt: skip
        audit.record(f"referral_{verb}", by=None, at=at, about=[row.id, row.record])
    told = read_by_link(token, key, at=at) if key else None
    return Received(seen.id, state, seen.preview, told, withdrawn=False, thread=seen.thread)


@transaction.atomic
def read_by_link(token: str, key: bytes, *, at: datetime) -> dict:
    """Open the fields for a link holder after their acceptance; counts as an opening."""
    link = links.find(token, at=at)
    packet = Packet.objects.get(referral=link.referral_id)
    told = packets.open_part(_envelope(packet), FIELDS, key)
    Packet.objects.filter(referral=packet.referral_id, opened_at=None).update(opened_at=at)
    audit.record("open", by=None, at=at, about=[link.referral_id], because="link")
    return told


def sender_facts(row: Referral, *, ours: UUID) -> Sender:
    """Gather the sender's keys: as certified by their organisation, and as we compared them."""
    packet_signer = Packet.objects.values_list("signer", flat=True).get(referral=row.id)
    sign_key, sign_public = accounts.key_for_holder("sign", packet_signer)
    _, identity = accounts.key_for_holder("identity", row.sending_organisation)
    pinned = Partner.objects.filter(organisation=ours, partner=row.sending_organisation).first()
    return Sender(
        sign_public=sign_public,
        certificate=accounts.certificate_of(sign_key),
        certified_text=certified_text(KeyKind.USER_SIGN, packet_signer, sign_public),
        identity=identity,
        pinned=bytes(pinned.identity) if pinned else None,
    )


def _open(row: Referral, part: str, *, viewer: Viewer, keys: Keys, at: datetime) -> dict:
    """Check the packet as a whole, then open one part with the organisation's inbox key."""
    wrap = PacketWrap.objects.filter(referral=row.id, part=part).first()
    if wrap is None:
        raise NotYours
    pair = keys.pair(wrap.key)
    envelope = _envelope(Packet.objects.get(referral=row.id))
    facts = sender_facts(row, ours=viewer.organisation)
    decision = packets.check(envelope, facts, recipient=pair.public, now=at)
    if not decision:
        raise Refused(decision.because)
    return packets.open_part(envelope, part, pair.open(bytes(wrap.sealed)))


def _received_row(referral: UUID, viewer: Viewer, *, lock: bool = False) -> Referral:
    rows = Referral.objects.select_for_update() if lock else Referral.objects
    row = rows.filter(id=referral, receiving_organisation=viewer.organisation).first()
    if row is None:
        raise NotYours
    return row


def _envelope(packet: Packet, *, with_fields: bool = True) -> Envelope:
    return Envelope(
        packet.referral_id, bytes(packet.recipient), bytes(packet.nonce), packet.expires_at,
        bytes(packet.preview), bytes(packet.fields) if with_fields else b"",
        bytes(packet.signature),
    )  # fmt: skip
