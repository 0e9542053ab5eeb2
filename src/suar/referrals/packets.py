"""Packets: the contents of a referral, sealed in two parts to its receiver and signed by its sender.

A packet opens only for its receiver, only once its signature is verified, and its fields only
after an acceptance. Source: security.md 3.6.
"""

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import queries as accounts
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.accounts.pins import is_certified
from suar.core.decisions import Decision
from suar.core.refusals import Refused
from suar.crypto import kdf, values
from suar.crypto.pairs import BoxPair, seal_to, verify_signature
from suar.crypto.values import Place, SealBroken
from suar.referrals.codes import Actor
from suar.referrals.documents import ThreadMessage
from suar.referrals.models import Link, Packet, PacketWrap, Partner, Referral
from suar.referrals.partners import NewestKeys, pinned_identity, pins_of

PREVIEW, FIELDS = "preview", "fields"
NONCE_BYTES = 24
REASON, CASE = "reason", "case"


class SenderKeys(NamedTuple):
    """The keys of senders: `pins` as the receiver compared them, by sender; the newest `keys` by kind and owner."""

    pins: dict[UUID, Partner]
    keys: NewestKeys


def seal(
    referral: Referral, *, preview: dict[str, Any], fields: dict[str, Any], recipient: bytes, expires_at: datetime
) -> tuple[Packet, dict[str, bytes]]:
    """Seal both parts under fresh keys; return the packet, not signed and not stored, and the key of each part."""
    keys = {part: kdf.random_key() for part in (PREVIEW, FIELDS)}
    sealed_fields = values.seal(keys[FIELDS], _canonical(fields), _place(referral.id, FIELDS))
    packet = Packet(
        referral=referral,
        recipient=recipient,
        nonce=kdf.random_key()[:NONCE_BYTES],
        expires_at=expires_at,
        preview=values.seal(keys[PREVIEW], _canonical(preview), _place(referral.id, PREVIEW)),
        fields=sealed_fields,
        fields_digest=kdf.digest(sealed_fields),
    )
    return packet, keys


def sign_and_store(packet: Packet, *, keys: Keys) -> None:
    """Sign a packet and store it; Refused("packet_seen") when its nonce was used before."""
    if Packet.objects.filter(nonce=packet.nonce).exists():
        raise Refused("packet_seen")
    packet.signer, packet.signature = keys.worker, keys.sign(signed_text(packet))
    packet.save(force_insert=True)


def signed_text(packet: Packet) -> bytes:
    """Return the bytes that the sender signs: recipient, nonce, end, digests of both parts."""
    ends = packet.expires_at.astimezone(UTC).isoformat(timespec="seconds").encode()
    parts = kdf.digest(bytes(packet.preview)) + bytes(packet.fields_digest)
    return b"suar-packet-1|" + packet.referral_id.bytes + bytes(packet.recipient) + bytes(packet.nonce) + ends + parts


def get_packet(referral: UUID, *, with_fields: bool) -> Packet:
    """Fetch a packet; the sealed fields stay in the database unless they may be served."""
    rows = Packet.objects.filter(referral=referral)
    return (rows if with_fields else rows.defer("fields")).get()


def open_part(packet: Packet, part: str, key: bytes) -> dict[str, Any]:
    """Open one part; raises SealBroken when it was altered or belongs to another referral."""
    sealed = bytes(packet.preview if part == PREVIEW else packet.fields)
    if part == FIELDS and kdf.digest(sealed) != bytes(packet.fields_digest):
        raise SealBroken
    content: dict[str, Any] = json.loads(values.unseal(key, sealed, _place(packet.referral_id, part)))
    return content


def read_sender_keys(receiver: UUID | None, sent: Collection[tuple[Referral, Packet]]) -> SenderKeys:
    """Return the keys of the senders of packets; the holder of a link (None) has compared none."""
    senders, signers = {row.sending_organisation for row, _ in sent}, {packet.signer for _, packet in sent}
    pins = pins_of(receiver, senders) if receiver else {}
    signed_by = {owner for pin in pins.values() for owner in (pin.by, pin.organisation)}
    return SenderKeys(pins, accounts.newest_keys(senders | signers | signed_by))


def verify(
    referral: Referral,
    packet: Packet,
    *,
    recipient: bytes,
    receiver: UUID | None,
    at: datetime,
    sender_keys: SenderKeys | None = None,
) -> Decision:
    """Return whether a receiver may trust and open a packet: for this recipient, in time, by a known, unchanged key.

    `sender_keys` is what `read_sender_keys` returned for several packets. `receiver` is the receiver's
    organisation; the holder of a link (None) compared no keys and relies on the sender's key as it is
    stored here. A sender whose key was retired is unknown.
    A seen nonce is refused by the database, where each nonce is unique. Source: security.md 3.6 and B22.
    """
    sender = referral.sending_organisation
    pins, keys = sender_keys or read_sender_keys(receiver, [(referral, packet)])
    pin = pins.get(sender)
    signer, stored = keys.get((KeyKind.USER_SIGN, packet.signer)), keys.get((KeyKind.IDENTITY, sender))
    if signer is None or stored is None:
        return Decision.refuse("packet_signer_unknown")
    identity, sign_public = bytes(stored.public), bytes(signer.public)
    pinned = pinned_identity(pin, keys) if receiver else identity
    return Decision.first_refusal(
        Decision.require(kdf.equal(bytes(packet.recipient), recipient), "packet_not_for_you"),
        Decision.require(at < packet.expires_at, "packet_ended"),
        Decision.require(pinned is not None, "partner_not_compared"),
        Decision.require(kdf.equal(pinned or b"", identity), "partner_key_changed"),
        Decision.require(is_certified(signer, identity), "packet_signer_unknown"),
        Decision.require(verify_signature(sign_public, signed_text(packet), bytes(packet.signature)), "packet_forged"),
    )


def seal_reason(key: bytes, referral: UUID, reason: str, *, case: BoxPair | None = None) -> bytes:
    """Seal the reason of an act and the public key of the receiver's case, so that both ends of the thread read it."""
    content = {REASON: reason} | ({CASE: case.public.hex()} if case else {})
    return values.seal(key, _canonical(content), _place(referral, "thread"))


def open_reason(key: bytes, referral: UUID, sealed: bytes) -> str:
    """Open what `seal_reason` sealed."""
    content: dict[str, Any] = json.loads(values.unseal(key, sealed, _place(referral, "thread")))
    return str(content.get(REASON, ""))


def seal_message(key: bytes, referral: UUID, message: UUID, content: ThreadMessage) -> bytes:
    """Seal a message between both sides; it opens only in its own row."""
    return values.seal(key, _canonical(content.model_dump(mode="json")), _message_place(referral, message))


def open_message(key: bytes, referral: UUID, message: UUID, sealed: bytes) -> ThreadMessage:
    """Open what `seal_message` sealed."""
    content = json.loads(values.unseal(key, sealed, _message_place(referral, message)))
    return ThreadMessage.model_validate(content)


def case_public(referral: Referral, thread: bytes) -> bytes | None:
    """Return the public key of the receiver's case, which the receiver's acts contain.

    None when nothing was accepted, or by version 0.1. It is sealed under the key of the thread, so that
    nobody who writes rows can replace it.
    """
    for act in referral.acts.filter(actor=Actor.RECEIVER).exclude(sealed=None).reverse():
        content: dict[str, str] = json.loads(values.unseal(thread, act.sealed or b"", _place(referral.id, "thread")))
        if CASE in content:
            return bytes.fromhex(content[CASE])
    return None


def wraps_for(referral: UUID, *, keys: Keys) -> dict[str, PacketWrap]:
    """Return the wrap of each part that a worker or a case may open."""
    own_keys = [key.id for key in keys.list_keys(KeyKind.INBOX, KeyKind.USER_READ)]
    rows = PacketWrap.objects.filter(Q(key=None) | Q(key__in=own_keys), referral=referral)
    return {wrap.part: wrap for wrap in rows}


def preview_wraps(referrals: Iterable[UUID], *, keys: Keys) -> QuerySet[PacketWrap]:
    """Return the wraps of the previews of referrals that a worker may open."""
    own_keys = [key.id for key in keys.list_keys(KeyKind.INBOX, KeyKind.USER_READ)]
    return PacketWrap.objects.filter(referral__in=list(referrals), part=PREVIEW, key__in=own_keys)


def move_to_case(referral: UUID, case: BoxPair, *, record: UUID, keys: Keys) -> None:
    """Take the keys of an accepted packet from the organisation's inbox to the case, which stores the private key.

    From now on nobody opens the packet without that case, whose `record` is noted. Idempotent. The
    signed packet stays as it is. Source: security.md 3.6.
    """
    for part, wrap in wraps_for(referral, keys=keys).items():
        if wrap.key:
            sealed = seal_to(case.public, keys.pair(wrap.key).open(bytes(wrap.sealed)))
            PacketWrap.objects.filter(referral=referral, part=part).delete()
            PacketWrap.objects.create(referral=referral, part=part, sealed=sealed)
    Referral.objects.filter(id=referral).update(case=record)


def close_share(referral: UUID, *, at: datetime) -> None:
    """Delete the wraps of a packet first, then the sealed parts, and end its link."""
    PacketWrap.objects.filter(referral=referral).delete()
    Packet.objects.filter(referral=referral).update(preview=b"", fields=b"")
    Link.objects.filter(referral=referral, ended_at=None).update(ended_at=at)


def _canonical(content: dict[str, Any]) -> bytes:
    """Serialise content in one canonical way: sorted, without blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _message_place(referral: UUID, message: UUID) -> Place:
    return Place("packet", str(referral), "message", str(message), 1)


def _place(referral: UUID, part: str) -> Place:
    return Place("packet", str(referral), part, part, 1)
