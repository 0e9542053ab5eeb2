"""Public keys that may be sealed to: signed by their organisation, whose own key is remembered or pinned.

Each worker remembers the organisation's own key: their signature over it is stored with their account, so that an
attacker who writes rows can add neither a key nor an organisation. For a visitor without an account it is pinned: a
file in the keys folder, which a writer of database rows cannot change.

A line is `ORGANISATION PUBLIC-KEY`, both in hex; of two lines about one organisation the last counts. Once the file
exists, an organisation without a line is not trusted either: an attacker could add one of their own.
A line `retired PUBLIC-KEY` is about a key that was replaced: a writer of rows cannot bring it back.
Source: security.md T6 (signed and pinned public keys); docs/decisions/keys-and-sessions.md.
"""

import logging
import os
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from suar.accounts.codes import KeyKind
from suar.accounts.models import Organisation, PublicKey, Worker
from suar.core.refusals import KeyNotTrusted
from suar.crypto import kdf
from suar.crypto.pairs import verify_signature

logger = logging.getLogger(__name__)
RETIRED = "retired"
KEY_DIGITS = 64


def read_pins() -> dict[UUID, bytes] | None:
    """Return the pinned keys, or None if nothing was pinned yet; a file with a broken line pins nobody."""
    return _read_file()[0]


def retired_keys() -> frozenset[bytes]:
    """Return the keys that were replaced, to which nothing is sealed; none if nothing was pinned yet.

    None from a file with a broken line either: it pins no organisation, so nothing is sealed at all.
    """
    return _read_file()[1]


def pin(organisation: UUID, public: bytes) -> None:
    """Trust this key of an organisation from now on; the line is on the disk when this returns. Raises OSError."""
    _append(f"{organisation.hex} {public.hex()}\n")


def pin_retired(publics: Iterable[bytes]) -> None:
    """Let nothing be sealed to these keys again; does nothing if no key was pinned yet."""
    if Path(settings.SUAR_KEY_PINS).exists():
        try:
            _append("".join(f"{RETIRED} {public.hex()}\n" for public in publics))
        except OSError:
            logger.exception("replaced keys could not be written to the file of pinned keys")


def _read_file() -> tuple[dict[UUID, bytes] | None, frozenset[bytes]]:
    """Return the pinned keys and those that were replaced; one broken line makes both empty."""
    try:
        lines = Path(settings.SUAR_KEY_PINS).read_text("ascii").splitlines()
        pairs = [(name, _read_key(public)) for name, public in map(str.split, filter(str.strip, lines))]
        pinned = {UUID(name): public for name, public in pairs if name != RETIRED}
    except FileNotFoundError:
        return None, frozenset()
    except (OSError, ValueError):
        logger.error("the file of pinned keys cannot be read: no organisation is trusted")
        return {}, frozenset()
    return pinned, frozenset(public for name, public in pairs if name == RETIRED)


def _read_key(public: str) -> bytes:
    """Return a public key from its hex digits; raises ValueError if some are missing."""
    if len(public) != KEY_DIGITS:
        raise ValueError(public)
    return bytes.fromhex(public)


def _append(lines: str) -> None:
    """Write lines that are on the disk when this returns; a half line of before stays a line of its own."""
    path = Path(settings.SUAR_KEY_PINS)
    is_torn = path.exists() and not path.read_bytes().endswith(b"\n")
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n" * is_torn + lines)
        file.flush()
        os.fsync(file.fileno())


def pin_missing(known: dict[UUID, bytes], *, retired: Collection[bytes] = ()) -> None:
    """Pin each organisation without a line: its `known` key, or the one in the database.

    Keys that were replaced get a line too: those `retired` elsewhere, and those of the database.
    """
    pinned = read_pins() or {}
    for organisation in Organisation.objects.exclude(id__in=pinned).values_list("id", flat=True):
        if public := known.get(organisation) or stored_key(organisation):
            pin(organisation, public)
    rows = PublicKey.objects.exclude(retired_at=None).values_list("public", flat=True)
    pin_retired(sorted({*map(bytes, rows), *retired} - retired_keys()))


def stored_key(organisation: UUID) -> bytes | None:
    """Return the newest public signing key of an organisation in the database, trusted or not."""
    rows = PublicKey.objects.filter(kind=KeyKind.IDENTITY, owner=organisation, retired_at=None)
    public = rows.order_by("-version").values_list("public", flat=True).first()
    return bytes(public) if public else None


def trusted_key(organisation: UUID, public: bytes | None) -> bytes | None:
    """Return the key `public` if it is the pinned one of the organisation, or None; without a file trust every key."""
    pins = read_pins()
    if pins is None or public is None or pins.get(organisation) == public:
        return public
    logger.error("the key of organisation %s is not the pinned one", organisation)
    return None


def changed_organisations() -> dict[UUID, str]:
    """Return the names of organisations whose key is not the pinned one; nobody if nothing was pinned."""
    pins = read_pins()
    names = dict(Organisation.objects.order_by("name").values_list("id", "name")) if pins is not None else {}
    return {ident: name for ident, name in names.items() if stored_key(ident) != (pins or {}).get(ident)}


def revived_keys() -> list[PublicKey]:
    """Return the keys that were replaced and that somebody brought back into use."""
    retired = retired_keys()
    rows = PublicKey.objects.filter(retired_at=None) if retired else PublicKey.objects.none()
    return [row for row in rows if bytes(row.public) in retired]


def organisation_fingerprint(organisation: UUID, public: bytes | None) -> str:
    """Return the six groups by which people compare a key of an organisation; "-" for none."""
    return kdf.fingerprint(b"suar-organisation-1|" + organisation.bytes + public) if public else "-"


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
    return trusted_key(organisation, stored_key(organisation))


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
    return verify_signature(public, text, signature)
