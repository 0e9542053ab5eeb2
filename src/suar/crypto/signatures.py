"""Signatures with Ed25519."""

from dataclasses import dataclass, field
from typing import Self

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from suar.crypto.kdf import random_key
from suar.crypto.secret import KEY_BYTES, Secret, Stored, need_key

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SignPair(Secret):
    """A public key and a private seed of 32 bytes each; the seed is never shown.

    Source: RFC 8032
    """

    public: bytes
    private: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return a random pair."""
        return cls.from_private(random_key())

    @classmethod
    def from_private(cls, private: bytes) -> Self:
        """Derive the public key; raises ValueError unless given 32 bytes."""
        return cls(bytes(SigningKey(need_key(private)).verify_key), private)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, 64 bytes.

        The public key is worked out anew: signing with one that was swapped would leak the seed.
        """
        return SigningKey(need_key(self.private)).sign(message).signature


def verify(public: bytes, message: bytes, signature: Stored) -> bool:
    """Return whether the signature of this message fits; malformed keys and signatures do not.

    Source: RFC 8032
    """
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        VerifyKey(public).verify(message, bytes(signature))
    except BadSignatureError:
        return False
    return True
