"""Sealed boxes: anybody seals to a public key, only its private key opens (X25519)."""

from dataclasses import dataclass, field
from typing import Self

from nacl import bindings
from nacl.exceptions import CryptoError

from suar.crypto.secret import SealBroken, Secret, Stored, need_key

OVERHEAD_BYTES = bindings.crypto_box_SEALBYTES
"""48: a one-time public key and a tag."""


@dataclass(frozen=True, slots=True)
class BoxPair(Secret):
    """A public and a private key of 32 bytes each; the private one is never shown.

    Source: libsodium, sealed boxes; RFC 7748
    """

    public: bytes
    private: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return a random pair."""
        return cls(*bindings.crypto_box_keypair())

    @classmethod
    def from_private(cls, private: bytes) -> Self:
        """Derive the public key; raises ValueError unless given 32 bytes."""
        return cls(bindings.crypto_scalarmult_base(need_key(private)), private)

    def open(self, sealed: Stored) -> bytes:
        """Open what was sealed to this pair; raises SealBroken when it was not or was altered."""
        whole = bytes(sealed)
        if len(whole) < OVERHEAD_BYTES:
            raise SealBroken("too short")
        try:
            return bindings.crypto_box_seal_open(whole, self.public, self.private)
        except CryptoError:
            raise SealBroken("altered, or sealed to another key") from None


def seal_to(public: bytes, plaintext: bytes) -> bytes:
    """Seal bytes to a public key; 48 bytes longer, unpadded, and says nothing of the sender.

    Raises ValueError for a public key of another length or one that would give no secrecy.
    Source: libsodium, sealed boxes
    """
    try:
        return bindings.crypto_box_seal(plaintext, need_key(public))
    except CryptoError:
        raise ValueError("not a usable public key") from None
