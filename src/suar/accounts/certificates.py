"""Public keys that may be sealed to: those that carry the signature of their organisation.

Each worker remembers the organisation's own key: their signature over it is stored with their account, so that an
attacker who writes rows can add neither a key nor an organisation. For a visitor without an account, the key is
pinned outside of the database (`pins`).
Source: security.md T6 (signed and pinned public keys); docs/decisions/keys-and-sessions.md.
"""

from functools import lru_cache
from uuid import UUID

from suar.accounts import pins
from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey, Worker
from suar.core.refusals import KeyNotTrusted
from suar.crypto import signatures


def certified_text(kind: KeyKind, owner: UUID, public: bytes, *, reads_records: bool = True) -> bytes:
    """Return the text an organisation signs to certify that a key belongs to this owner.

    That of a worker whose role reads no records says so: rows of roles and teams are not signed.
    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return (
        b"suar-key-1|" + kind.value.encode() + b"|" + owner.bytes + public + (b"" if reads_records else b"|no records")
    )


def remembered_text(organisation: UUID, identity: bytes) -> bytes:
    """Return the text a worker signs to remember the key of their organisation.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return b"suar-house-1|" + organisation.bytes + identity


def identity_of(organisation: UUID) -> bytes | None:
    """Return the newest public signing key of an organisation, or None if it has none or not the pinned one."""
    return pins.trusted_key(organisation, pins.stored_key(organisation))


def remembers(worker: Worker, own_public: bytes, identity: bytes | None) -> bool:
    """Return True if this is the key of the organisation as the worker remembers it.

    A worker of an organisation without keys remembers none, and nothing can be sealed there.
    """
    if identity is None or worker.organisation_seal is None:
        return identity is None and worker.organisation_seal is None
    return _verify(own_public, remembered_text(worker.organisation_id, identity), bytes(worker.organisation_seal))


def check_certificate(key: PublicKey, identity: bytes | None, *, for_records: bool = False) -> None:
    """Raise KeyNotTrusted unless the key carries the signature of this organisation, and may read records if needed."""
    if not is_certified(key, identity, for_records=for_records):
        raise KeyNotTrusted


def is_certified(key: PublicKey, identity: bytes | None, *, for_records: bool = False) -> bool:
    """Return True if the key carries the signature of this organisation, and may read records if needed."""
    signature = bytes(key.certificate or b"")
    return identity is not None and any(
        _verify(
            identity,
            certified_text(KeyKind(key.kind), key.owner, bytes(key.public), reads_records=reads_records),
            signature,
        )
        for reads_records in ((True,) if for_records else (True, False))
    )


@lru_cache(maxsize=4096)
def _verify(public: bytes, text: bytes, signature: bytes) -> bool:
    """Verify a signature once: the same three arguments always give the same answer, and none is secret."""
    return signatures.verify(public, text, signature)
