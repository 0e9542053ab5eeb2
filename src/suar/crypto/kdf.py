"""Keys from keys and from passwords, digests, comparison and tokens.

HKDF-SHA256 derives keys, one Argon2id turns a password into keys, SHA-256 and keyed BLAKE2b are the
digests.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import NoReturn, SupportsIndex

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, SALT_BYTES = 32, 16
_ARGON2_BYTES = 64
_MIN_SECRET_BYTES = 16


class Secret:
    """Base class of values with key bytes inside, which may not be pickled, copied, cached or queued.

    Source: own design, docs/decisions/crypto-formats.md
    """

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds key bytes and is never pickled")


def check_key(key: bytes) -> bytes:
    """Return the key back, or raise ValueError when it is not 32 bytes long."""
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        raise ValueError("a key is 32 bytes")
    return key


def random_key() -> bytes:
    """Make 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def subkey(key: bytes, *, purpose: str, length: int = 32) -> bytes:
    """Derive `length` bytes for one purpose from a strong secret of at least 16 bytes.

    HKDF-SHA256 without salt; info is `suar:` and the purpose in UTF-8. Not for passwords.
    Raises ValueError for a shorter secret or an empty purpose.
    Source: RFC 5869
    """
    if len(key) < _MIN_SECRET_BYTES or not purpose:
        raise ValueError("a subkey needs a secret of 16 bytes and a purpose")
    return hkdf(key, salt=None, info=f"suar:{purpose}".encode(), length=length)


def hkdf(key: bytes, *, salt: bytes | None, info: bytes, length: int) -> bytes:
    """Run HKDF-SHA256; others call `subkey`, this one is for test vectors. Source: RFC 5869"""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def digest(content: bytes) -> bytes:
    """Return the SHA-256 of some bytes, 32 bytes. Source: FIPS 180-4"""
    return hashlib.sha256(content).digest()


def fingerprint(content: bytes) -> str:
    """Return six groups of four hex digits by which two people compare keys by voice: 96 bits of the SHA-256.

    Source: FIPS 180-4; own design, docs/decisions/keys-and-sessions.md
    """
    digits = digest(content).hex().upper()
    return " ".join(digits[start : start + 4] for start in range(0, 24, 4))


def mac(key: bytes, content: bytes) -> bytes:
    """Return the keyed BLAKE2b of some bytes, 32 bytes. Source: RFC 7693"""
    return hashlib.blake2b(content, key=check_key(key), digest_size=32).digest()


def equal(one: bytes, other: bytes) -> bool:
    """Compare in a time that does not depend on where the two differ."""
    return hmac.compare_digest(one, other)


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """The cost of trying a password; stored for each user and raised at a later sign-in.

    Raises ValueError outside of 8 KiB a lane to 1 GiB, 1 to 16 passes, 1 to 8 lanes.
    Source: RFC 9106; OWASP Password Storage Cheat Sheet
    """

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 1

    def __post_init__(self) -> None:
        fits = 1 <= self.lanes <= 8 and 1 <= self.passes <= 16
        if not fits or not 8 * self.lanes <= self.memory_kib <= 1024 * 1024:
            raise ValueError("parameters of Argon2id out of bounds")


@dataclass(frozen=True, slots=True)
class DerivedKeys(Secret):
    """Two keys of 32 bytes: one proves the password, the other opens wraps; never shown."""

    authentication: bytes = field(repr=False)
    wrapping: bytes = field(repr=False)


def new_salt() -> bytes:
    """Return a random salt of 16 bytes."""
    return secrets.token_bytes(SALT_BYTES)


def derive(password: str, salt: bytes, parameters: KdfParameters) -> DerivedKeys:
    """Run one Argon2id and split its 64 bytes by HKDF; takes 0.2 to 0.6 s and the configured memory.

    The password is brought to NFKC, so that each keyboard gives the same bytes.
    Raises ValueError unless the salt has 16 bytes.
    Source: RFC 9106; RFC 5869; NIST SP 800-63B 5.1.1.2 (normal form)
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt is 16 bytes")
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    root = argon2id(typed, salt, parameters, length=_ARGON2_BYTES)
    return DerivedKeys(subkey(root, purpose="authentication"), subkey(root, purpose="wrapping"))


def verifier(authentication: bytes) -> bytes:
    """Return what the server stores to know the authentication key again: its SHA-256."""
    return digest(authentication)


def argon2id(secret: bytes, salt: bytes, parameters: KdfParameters, *, length: int) -> bytes:
    """Run Argon2id version 0x13; others call `derive`, this one is for test vectors."""
    return hash_secret_raw(
        secret,
        salt,
        time_cost=parameters.passes,
        memory_cost=parameters.memory_kib,
        parallelism=parameters.lanes,
        hash_len=length,
        type=Type.ID,
    )


def new_token() -> str:
    """Return a random token of 22 characters that may stand in a URL."""
    return secrets.token_urlsafe(16)


def token_digest(token: str) -> bytes:
    """Return what is stored to know the token again: its SHA-256, 32 bytes, for any text typed."""
    return digest(token.encode("utf-8", "surrogatepass"))
