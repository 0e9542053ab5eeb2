"""Sealed values: one field of one record, bound to its place and padded to a length class.

Suite 0x01 is `0x01 | nonce 24 | XChaCha20-Poly1305`, shared by values and wraps. A wrap is a key encrypted under
another key, bound to a label that says what it is for.

A value is padded with one byte 0x80 and then zeros up to its class (ISO/IEC 7816-4). Classes are 32,
64, 128, 256 bytes, then each is the last one and 12% of it, rounded down to a byte: 286, 320, 358, ...

Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/crypto-formats.md
"""

import secrets
from bisect import bisect_left
from dataclasses import dataclass

from nacl import bindings
from nacl.exceptions import CryptoError

from suar.crypto.kdf import check_key

Stored = bytes | memoryview
"""Bytes as a database returns them: PostgreSQL gives a memoryview."""
SUITE = 0x01
"""0x02 is reserved for a post-quantum hybrid seal, 0x03 for what a device seals."""
NONCE_BYTES = 24
OVERHEAD_BYTES = 41
"""One suite byte, the nonce, and a tag of 16 bytes."""
_MARK = b"\x80"


class SealBroken(Exception):
    """The bytes were altered, belong to another place, or the key is another one."""


class UnknownSuite(SealBroken):
    """The first byte names a suite of algorithms that this version does not read."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a value, its associated data: the value opens nowhere else, so cells cannot be swapped.

    Raises ValueError when a part is empty or has a `|`, or the schema number is negative.
    Source: own design, docs/decisions/crypto-formats.md
    """

    organisation: str
    record: str
    compartment: str
    field: str
    schema: int

    def __post_init__(self) -> None:
        for part in (self.organisation, self.record, self.compartment, self.field):
            if not part or "|" in part:
                raise ValueError("a part of a place is empty or has a '|'")
        if self.schema < 0:
            raise ValueError("a schema number is not negative")

    def encoded(self) -> bytes:
        """Write the place as `organisation|record|compartment|field|schema` in UTF-8."""
        parts = (self.organisation, self.record, self.compartment, self.field)
        return "|".join((*parts, f"{self.schema:d}")).encode()


def seal(key: bytes, plaintext: bytes, place: Place, *, least: int = 0) -> bytes:
    """Seal a value under a key of 32 bytes; gives its padded length and 41 bytes more.

    With `least`, a shorter value is padded like one of so many bytes.
    Raises ValueError for a key of another length or a text of 16 MiB.
    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/crypto-formats.md
    """
    return encrypt(key, pad(plaintext, least=least), place.encoded())


def unseal(key: bytes, sealed: Stored, place: Place) -> bytes:
    """Open a value; raises UnknownSuite, or SealBroken when key, bytes or place do not fit.

    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/crypto-formats.md
    """
    return unpad(decrypt(key, sealed, place.encoded()))


def wrap(key: bytes, secret: bytes, *, label: str) -> bytes:
    """Wrap a secret under a key of 32 bytes; gives 41 bytes more than the secret, unpadded.

    Raises ValueError for an empty label or a key of another length.
    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/crypto-formats.md
    """
    return encrypt(key, secret, _associated_data(label))


def unwrap(key: bytes, wrapped: Stored, *, label: str) -> bytes:
    """Open a wrap; raises UnknownSuite, or SealBroken when key, bytes or label do not fit.

    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/crypto-formats.md
    """
    return decrypt(key, wrapped, _associated_data(label))


def _associated_data(label: str) -> bytes:
    """Return the associated data of a wrap. No place starts with its first byte, so a wrap never opens as a value."""
    if not label:
        raise ValueError("a wrap needs a label")
    return b"\0wrap\0" + label.encode()


def encrypt(key: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """Encrypt with a fresh random nonce; the associated data are bound to it and not stored."""
    return encrypt_with_nonce(key, plaintext, associated_data, secrets.token_bytes(NONCE_BYTES))


def encrypt_with_nonce(key: bytes, plaintext: bytes, associated_data: bytes, nonce: bytes) -> bytes:
    """Encrypt with a given nonce of 24 bytes; outside of test vectors only `encrypt` calls this."""
    body = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated_data, nonce, check_key(key))
    return bytes([SUITE]) + nonce + body


def decrypt(key: bytes, encrypted: Stored, associated_data: bytes) -> bytes:
    """Decrypt what `encrypt` returned with the same key and the same associated data.

    Raises UnknownSuite for another first byte, SealBroken for anything else that does not fit.
    """
    check_key(key)
    whole = bytes(encrypted)
    check_suite(whole)
    if len(whole) < OVERHEAD_BYTES:
        raise SealBroken("too short")
    nonce, body = whole[1 : 1 + NONCE_BYTES], whole[1 + NONCE_BYTES :]
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(body, associated_data, nonce, key)
    except CryptoError:
        raise SealBroken("altered, misplaced or another key") from None


def check_suite(whole: bytes) -> None:
    """Raise UnknownSuite unless the first byte names suite 0x01; empty bytes are SealBroken."""
    if not whole:
        raise SealBroken("empty")
    if whole[0] != SUITE:
        raise UnknownSuite("unknown suite")


def _ladder() -> tuple[int, ...]:
    steps = [32, 64, 128, 256]
    while (following := steps[-1] + steps[-1] * 12 // 100) <= 16 * 1024 * 1024:
        steps.append(following)
    return tuple(steps)


LADDER = _ladder()
MAX_PLAINTEXT_BYTES = LADDER[-1] - 1
"""Longer values are files: see `crypto.streams`."""


def pad(plaintext: bytes, *, least: int = 0) -> bytes:
    """Pad to the next class of at least `least` bytes; raises ValueError above MAX_PLAINTEXT_BYTES, 16 MiB."""
    if len(plaintext) > MAX_PLAINTEXT_BYTES:
        raise ValueError("too long for a value; seal it as a file")
    size = LADDER[bisect_left(LADDER, max(least, len(plaintext) + 1))]
    return (plaintext + _MARK).ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """Return the text without its padding; raises SealBroken when there is none."""
    marked = padded.rstrip(b"\0")
    if not marked.endswith(_MARK):
        raise SealBroken("no padding")
    return marked[:-1]
