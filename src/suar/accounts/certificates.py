"""Which public keys may be sealed to: those that carry the signature of their house.

The house's own key is remembered by each worker: their signature over it stands beside their
account, so that whoever writes rows can slip in neither a key nor a house.
Source: security.md T6 (signed and pinned public keys); docs/decisions/0011.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts.models import PublicKey, Worker
from suar.accounts.terms import KeyKind
from suar.core.refusals import KeyNotTrusted
from suar.crypto import signatures
from suar.crypto.signatures import SignPair
from suar.db import kept

HolderKey = tuple[KeyKind, UUID]


def certified_text(kind: KeyKind, owner: UUID, public: bytes) -> bytes:
    """Give the text an organisation signs to say that a key belongs to this owner.

    Source: own design, docs/decisions/0002.
    """
    return b"suar-key-1|" + kind.value.encode() + b"|" + owner.bytes + public


def remembered_text(house: UUID, identity: bytes) -> bytes:
    """Give the text a worker signs to remember the key of their house.

    Source: own design, docs/decisions/0011.
    """
    return b"suar-house-1|" + house.bytes + identity


def sign_key(key: PublicKey, identity: SignPair) -> None:
    """Put the house's signature on a public key."""
    text = certified_text(KeyKind(key.kind), key.owner, bytes(key.public))
    key.certificate = identity.sign(text)
    key.save(update_fields=["certificate"])


def remember_house(worker: Worker, own: SignPair) -> None:
    """Let a worker remember the key of their house as it is now (not saved)."""
    identity = identity_of(worker.organisation_id)
    if identity is not None:
        worker.house_seal = own.sign(remembered_text(worker.organisation_id, identity))


def remembers(worker: Worker, own_public: bytes, identity: bytes | None) -> bool:
    """Say whether this is the key of the house as the worker remembers it.

    A worker of a house without keys remembers none, and nothing can be sealed there.
    """
    if identity is None:
        return worker.house_seal is None
    text = remembered_text(worker.organisation_id, identity)
    return worker.house_seal is not None and _fits(own_public, text, bytes(worker.house_seal))


@lru_cache(maxsize=4096)
def _fits(public: bytes, text: bytes, signature: bytes) -> bool:
    """Judge a signature once: the same three always give the same answer, and none is secret.

    Whatever is changed in a row is another three, and judged anew.
    """
    return signatures.verify(public, text, signature)


def identity_of(house: UUID) -> bytes | None:
    """Give the newest public signing key of an organisation, or None when it has none."""
    found = _identities.one(house)
    return bytes(found) if found else None


@kept.rows
def _identities(house: UUID) -> QuerySet:
    rows = PublicKey.objects.filter(kind=KeyKind.IDENTITY, owner=house, retired_at=None)
    return rows.order_by("-version").values_list("public", flat=True)[:1]


def check(key: PublicKey, identity: bytes | None) -> None:
    """Raise KeyNotTrusted unless the key carries the signature of this house."""
    text = certified_text(KeyKind(key.kind), key.owner, bytes(key.public))
    signed = bytes(key.certificate or b"")
    if identity is None or not _fits(identity, text, signed):
        raise KeyNotTrusted


def newest_trusted(wanted: Collection[HolderKey], *, house: UUID) -> dict[HolderKey, PublicKey]:
    """Give the newest key of each holder; raises KeyNotTrusted when one is missing or unsigned."""
    owners = {owner for _, owner in wanted}
    rows = _live_keys(owners | {house})
    newest = {(KeyKind(row.kind), row.owner): row for row in rows}
    identity = newest.get((KeyKind.IDENTITY, house))
    found: dict[HolderKey, PublicKey] = {}
    for each in wanted:
        if each not in newest:
            raise KeyNotTrusted
        check(newest[each], identity and bytes(identity.public))
        found[each] = newest[each]
    return found


@kept.rows
def _live_keys(owners: Collection[UUID]) -> QuerySet:
    return PublicKey.objects.filter(owner__in=owners, retired_at=None).order_by("version")


def live_as_stored(owners: Collection[UUID]) -> list[Any]:
    """Name the live keys of some owners as they are stored, to be compared; nothing is judged."""
    return _live_ids.as_stored(owners)


@kept.rows
def _live_ids(owners: Collection[UUID]) -> QuerySet:
    rows = PublicKey.objects.filter(owner__in=owners, retired_at=None)
    return rows.order_by("version", "id").values_list("kind", "owner", "id")


def trusted_by_id(keys: Collection[UUID], *, house: UUID) -> dict[UUID, bytes]:
    """Give public halves by their ids; raises KeyNotTrusted when one is missing or unsigned."""
    identity = identity_of(house)
    found = {row.id: row for row in PublicKey.objects.filter(id__in=keys)}
    for each in keys:
        if each not in found:
            raise KeyNotTrusted
        check(found[each], identity)
    return {ident: bytes(row.public) for ident, row in found.items()}
