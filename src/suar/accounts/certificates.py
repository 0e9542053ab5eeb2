"""Which public keys may be sealed to: those that carry the signature of their organisation.

Each worker remembers the organisation's own key: their signature over it is stored with their account, so that an
attacker who writes rows can add neither a key nor an organisation.
Source: security.md T6 (signed and pinned public keys); docs/decisions/keys-and-sessions.md.
"""

from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey, Worker
from suar.core.refusals import KeyNotTrusted
from suar.crypto import signatures
from suar.crypto.signatures import SignPair

HolderKey = tuple[KeyKind, UUID]


def certified_text(kind: KeyKind, owner: UUID, public: bytes) -> bytes:
    """Return the text an organisation signs to certify that a key belongs to this owner.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return b"suar-key-1|" + kind.value.encode() + b"|" + owner.bytes + public


def remembered_text(house: UUID, identity: bytes) -> bytes:
    """Return the text a worker signs to remember the key of their organisation.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return b"suar-house-1|" + house.bytes + identity


def sign_key(key: PublicKey, identity: SignPair) -> None:
    """Sign a public key with the organisation's pair."""
    text = certified_text(KeyKind(key.kind), key.owner, bytes(key.public))
    key.certificate = identity.sign(text)
    key.save(update_fields=["certificate"])


def remember_house(worker: Worker, own: SignPair) -> None:
    """Let a worker remember the key of their organisation as it is now (not saved)."""
    identity = identity_of(worker.organisation_id)
    if identity is not None:
        worker.house_seal = own.sign(remembered_text(worker.organisation_id, identity))


def remembers(worker: Worker, own_public: bytes, identity: bytes | None) -> bool:
    """Return True if this is the key of the organisation as the worker remembers it.

    A worker of an organisation without keys remembers none, and nothing can be sealed there.
    """
    if identity is None:
        return worker.house_seal is None
    text = remembered_text(worker.organisation_id, identity)
    return worker.house_seal is not None and _fits(own_public, text, bytes(worker.house_seal))


@lru_cache(maxsize=4096)
def _fits(public: bytes, text: bytes, signature: bytes) -> bool:
    """Verify a signature once: the same three arguments always give the same answer, and none is secret."""
    return signatures.verify(public, text, signature)


def identity_of(house: UUID) -> bytes | None:
    """Return the newest public signing key of an organisation, or None if it has none."""
    rows = PublicKey.objects.filter(kind=KeyKind.IDENTITY, owner=house, retired_at=None)
    public = rows.order_by("-version").values_list("public", flat=True).first()
    return bytes(public) if public else None


def check(key: PublicKey, identity: bytes | None) -> None:
    """Raise KeyNotTrusted unless the key carries the signature of this organisation."""
    text = certified_text(KeyKind(key.kind), key.owner, bytes(key.public))
    signed = bytes(key.certificate or b"")
    if identity is None or not _fits(identity, text, signed):
        raise KeyNotTrusted


def newest_trusted(wanted: Collection[HolderKey], *, organisation: UUID) -> dict[HolderKey, PublicKey]:
    """Return the newest key of each holder; raises KeyNotTrusted if one is missing or unsigned."""
    owners = {owner for _, owner in wanted}
    rows = PublicKey.objects.filter(owner__in=owners | {organisation}, retired_at=None).order_by("version")
    newest = {(KeyKind(row.kind), row.owner): row for row in rows}
    identity = newest.get((KeyKind.IDENTITY, organisation))
    for holder in wanted:
        if holder not in newest:
            raise KeyNotTrusted
        check(newest[holder], bytes(identity.public) if identity else None)
    return {holder: newest[holder] for holder in wanted}


def trusted_by_id(keys: Collection[UUID], *, organisation: UUID) -> dict[UUID, bytes]:
    """Return public halves by their ids; raises KeyNotTrusted if one is missing or unsigned."""
    identity = identity_of(organisation)
    rows = {row.id: row for row in PublicKey.objects.filter(id__in=keys)}
    if set(keys) - set(rows):
        raise KeyNotTrusted
    for row in rows.values():
        check(row, identity)
    return {ident: bytes(row.public) for ident, row in rows.items()}
