"""Packets: what a referral carries, sealed in two parts to its receiver and signed by its sender.

A packet opens only for its receiver, only once its signature is verified, and its fields only
after an acceptance. Source: security.md 3.6.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.certificates import certified_text
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.core.decisions import Decision
from suar.crypto import kdf, signatures, values
from suar.crypto.secret import SealBroken
from suar.crypto.values import Place
from suar.referrals.models import Link, Packet, PacketWrap, Referral
from suar.referrals.partners import pinned_identity

PREVIEW, FIELDS = "preview", "fields"
NONCE_BYTES = 24


@dataclass(frozen=True, slots=True)
class Envelope:
    """A stored packet: two sealed parts and what binds them together.

    `fields` is empty for a receiver who has not accepted: then they are not even fetched.
    """

    referral: UUID
    recipient: bytes
    nonce: bytes
    expires_at: datetime
    preview: bytes
    fields: bytes
    fields_digest: bytes
    signature: bytes

    def signed_text(self) -> bytes:
        """Return the bytes that the sender signs: recipient, nonce, end, digests of both parts."""
        ends = self.expires_at.astimezone(UTC).isoformat(timespec="seconds").encode()
        parts = kdf.digest(self.preview) + self.fields_digest
        return b"suar-packet-1|" + self.referral.bytes + self.recipient + self.nonce + ends + parts


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender's keys as the receiver knows them; `pinned` is the identity compared by voice."""

    sign_public: bytes
    certificate: bytes | None
    certified_text: bytes
    identity: bytes
    pinned: bytes | None


@dataclass(frozen=True, slots=True)
class PartKeys:
    """The keys of both parts."""

    preview: bytes = field(repr=False)
    fields: bytes = field(repr=False)


def seal_parts(
    referral: UUID, *, preview: dict[str, Any], fields: dict[str, Any], recipient: bytes, expires_at: datetime
) -> tuple[Envelope, PartKeys]:
    """Seal both parts under fresh keys; the envelope still needs a signature."""
    keys = PartKeys(kdf.random_key(), kdf.random_key())
    sealed_fields = values.seal(keys.fields, canonical(fields), _place(referral, FIELDS))
    sealed = Envelope(
        referral,
        recipient,
        kdf.random_key()[:NONCE_BYTES],
        expires_at,
        values.seal(keys.preview, canonical(preview), _place(referral, PREVIEW)),
        sealed_fields,
        kdf.digest(sealed_fields),
        b"",
    )
    return sealed, keys


def open_part(envelope: Envelope, part: str, key: bytes) -> dict[str, Any]:
    """Open one part; raises SealBroken when it was altered or belongs to another referral."""
    sealed = envelope.preview if part == PREVIEW else envelope.fields
    if part == FIELDS and kdf.digest(sealed) != envelope.fields_digest:
        raise SealBroken
    content: dict[str, Any] = json.loads(values.unseal(key, sealed, _place(envelope.referral, part)))
    return content


def verify(row: Referral, envelope: Envelope, *, recipient: bytes, receiver: UUID | None, at: datetime) -> Decision:
    """Return whether a receiver may trust and open a packet.

    `receiver` is the receiver's organisation; the holder of a link (None) compared no keys and
    relies on the sender's key as it is stored here. A sender whose key was retired is unknown.
    Source: security.md 3.6 and B22.
    """
    sender = _sender(row, receiver=receiver)
    if sender is None:
        return Decision.no("packet_signer_unknown")
    return check(envelope, sender, recipient=recipient, now=at)


def check(envelope: Envelope, sender: Sender, *, recipient: bytes, now: datetime) -> Decision:
    """Return whether a packet may be opened: for this recipient, in time, signed by a known, unchanged key.

    A seen nonce is refused by the database, where each nonce is unique.
    Source: security.md 3.6 and B22.
    """
    if not kdf.equal(envelope.recipient, recipient):
        return Decision.no("packet_not_for_you")
    if now >= envelope.expires_at:
        return Decision.no("packet_ended")
    if sender.pinned is None:
        return Decision.no("partner_not_compared")
    if not kdf.equal(sender.pinned, sender.identity):
        return Decision.no("partner_key_changed")
    certified = sender.certificate is not None and signatures.verify(
        sender.identity, sender.certified_text, sender.certificate
    )
    if not certified:
        return Decision.no("packet_signer_unknown")
    if not signatures.verify(sender.sign_public, envelope.signed_text(), envelope.signature):
        return Decision.no("packet_forged")
    return Decision.yes()


def canonical(content: dict[str, Any]) -> bytes:
    """Serialise content in one canonical way: sorted, without blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seal_reason(key: bytes, referral: UUID, content: dict[str, Any]) -> bytes:
    """Seal the reason of an act, so that both ends of the thread can read it."""
    return values.seal(key, canonical(content), _place(referral, "thread"))


def open_reason(key: bytes, referral: UUID, sealed: bytes) -> dict[str, Any]:
    """Open what `seal_reason` sealed."""
    content: dict[str, Any] = json.loads(values.unseal(key, sealed, _place(referral, "thread")))
    return content


def envelope_of(referral: UUID, *, with_fields: bool) -> Envelope:
    """Fetch a packet; the sealed fields stay in the database unless they may be served."""
    rows = Packet.objects.filter(referral=referral)
    row = (rows if with_fields else rows.defer("fields")).get()
    return Envelope(
        row.referral_id,
        bytes(row.recipient),
        bytes(row.nonce),
        row.expires_at,
        bytes(row.preview),
        bytes(row.fields) if with_fields else b"",
        bytes(row.fields_digest),
        bytes(row.signature),
    )


def wrap_with_thread(referral: UUID, part: str, secret: bytes, thread: bytes) -> None:
    """Wrap the key of a part of an accepted packet with the key of the thread, which the receiver's case stores.

    From now on nobody opens the packet without that case. Source: security.md 3.6.
    """
    sealed = values.wrap(_thread_key(thread), secret, label=f"{referral}|{part}")
    PacketWrap.objects.update_or_create(referral=referral, part=part, defaults={"key": None, "sealed": sealed})


def unwrap_with_thread(wrap: PacketWrap, thread: bytes) -> bytes:
    """Return the key of a part that `wrap_with_thread` wrapped."""
    return values.unwrap(_thread_key(thread), bytes(wrap.sealed), label=f"{wrap.referral}|{wrap.part}")


def move_to_case(referral: UUID, thread: bytes, *, keys: Keys) -> None:
    """Take the keys of an accepted packet from the organisation's inbox to the case that stores the thread's key.

    Twice is the same as once. The signed packet stays as it is.
    """
    for wrap in PacketWrap.objects.select_for_update().filter(referral=referral).exclude(key=None):
        secret = keys.pair(wrap.key).open(bytes(wrap.sealed))
        wrap_with_thread(referral, wrap.part, secret, thread)


def close_share(referral: UUID, *, at: datetime) -> None:
    """Delete the wraps of a packet first, then the sealed parts, and end its link."""
    PacketWrap.objects.filter(referral=referral).delete()
    Packet.objects.filter(referral=referral).update(preview=b"", fields=b"")
    Link.objects.filter(referral=referral, ended_at=None).update(ended_at=at)


def _sender(row: Referral, *, receiver: UUID | None) -> Sender | None:
    """Return the sender's keys: as certified by their organisation, and as the receiver compared them."""
    signer = Packet.objects.values_list("signer", flat=True).get(referral=row.id)
    signs = accounts.key_for_holder("sign", signer)
    of_organisation = accounts.key_for_holder("identity", row.sending_organisation)
    if signs is None or of_organisation is None:
        return None
    (sign_key, sign_public), (_, identity) = signs, of_organisation
    return Sender(
        sign_public=sign_public,
        certificate=accounts.certificate_of(sign_key),
        certified_text=certified_text(KeyKind.USER_SIGN, signer, sign_public),
        identity=identity,
        pinned=pinned_identity(receiver, row.sending_organisation) if receiver else identity,
    )


def _thread_key(thread: bytes) -> bytes:
    return kdf.subkey(thread, purpose="accepted packet")


def _place(referral: UUID, part: str) -> Place:
    return Place("packet", str(referral), part, part, 1)
