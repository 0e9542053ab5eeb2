"""Keys from keys, digests and comparison: HKDF-SHA256, SHA-256, keyed BLAKE2b."""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from suar.crypto.secrecy import KEY_BYTES, need_key

_FEWEST_BYTES = 16


def random_key() -> bytes:
    """Make 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def subkey(key: bytes, *, purpose: str, length: int = 32) -> bytes:
    """Derive `length` bytes for one purpose from a strong secret of at least 16 bytes.

    HKDF-SHA256 without salt; info is `suar:` and the purpose in UTF-8. Not for passwords.
    Raises ValueError for a shorter secret or an empty purpose.
    Source: RFC 5869
    """
    if len(key) < _FEWEST_BYTES or not purpose:
        raise ValueError("a subkey needs a secret of 16 bytes and a purpose")
    return hkdf(key, salt=None, info=f"suar:{purpose}".encode(), length=length)


def hkdf(key: bytes, *, salt: bytes | None, info: bytes, length: int) -> bytes:
    """Run HKDF-SHA256; others call `subkey`, this one is for test vectors. Source: RFC 5869"""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def digest(content: bytes) -> bytes:
    """Give the SHA-256 of some bytes, 32 bytes. Source: FIPS 180-4"""
    return hashlib.sha256(content).digest()


def mac(key: bytes, content: bytes) -> bytes:
    """Give the keyed BLAKE2b of some bytes, 32 bytes. Source: RFC 7693"""
    return hashlib.blake2b(content, key=need_key(key), digest_size=32).digest()


def equal(one: bytes, other: bytes) -> bool:
    """Compare in a time that does not depend on where the two differ."""
    return hmac.compare_digest(one, other)
