"""Packets: what a referral carries, sealed in two parts to its receiver and signed by its sender.

A packet opens only for the receiver it was made for, only once it is known to be whole, and
its fields only after an acceptance. Source: security.md 3.6.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from suar.core.decisions import Decision
from suar.crypto import kdf, signatures, values
from suar.crypto.secret import SealBroken
from suar.crypto.values import Place

PREVIEW, FIELDS = "preview", "fields"
NONCE_BYTES = 24


@dataclass(frozen=True, slots=True)
class Envelope:
    """A packet as it lies in the store: two sealed parts and what binds them together.

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
        """Give the bytes that the sender signs: recipient, nonce, end, digests of both parts."""
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
    """The keys of both parts; shown to nobody."""

    preview: bytes = field(repr=False)
    fields: bytes = field(repr=False)


def seal_parts(
    referral: UUID, *, preview: dict, fields: dict, recipient: bytes, expires_at: datetime
) -> tuple[Envelope, PartKeys]:
    """Seal both parts under fresh keys; the envelope still wants a signature."""
    keys = PartKeys(kdf.random_key(), kdf.random_key())
    told = values.seal(keys.fields, canonical(fields), _place(referral, FIELDS))
    sealed = Envelope(
        referral,
        recipient,
        kdf.random_key()[:NONCE_BYTES],
        expires_at,
        values.seal(keys.preview, canonical(preview), _place(referral, PREVIEW)),
        told,
        kdf.digest(told),
        b"",
    )
    return sealed, keys


def open_part(envelope: Envelope, part: str, key: bytes) -> dict:
    """Open one part; raises SealBroken when it was altered or belongs to another referral."""
    sealed = envelope.preview if part == PREVIEW else envelope.fields
    if part == FIELDS and kdf.digest(sealed) != envelope.fields_digest:
        raise SealBroken
    return json.loads(values.unseal(key, sealed, _place(envelope.referral, part)))


def check(envelope: Envelope, sender: Sender, *, recipient: bytes, now: datetime) -> Decision:
    """Say whether a packet may be opened: for us, in time, signed by a known, unchanged key.

    A seen nonce is refused by the store, which keeps each nonce once.
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


def canonical(content: dict) -> bytes:
    """Write content the same way every time: sorted, without blanks, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seal_said(key: bytes, referral: UUID, said: dict) -> bytes:
    """Seal what is said in an act (a reason) so that both ends of the thread can read it."""
    return values.seal(key, canonical(said), _place(referral, "thread"))


def open_said(key: bytes, referral: UUID, sealed: bytes) -> dict:
    """Open what `seal_said` sealed."""
    return json.loads(values.unseal(key, sealed, _place(referral, "thread")))


def words_of(identity: bytes, inbox: bytes) -> str:
    """Give six short groups that two people compare by voice before they trust keys."""
    signs = kdf.digest(b"suar-partner-1|" + identity + inbox).hex().upper()
    return " ".join(signs[start : start + 4] for start in range(0, 24, 4))


def _place(referral: UUID, part: str) -> Place:
    return Place("packet", str(referral), part, part, 1)
