"""Key pairs: sealed boxes, which anybody seals and only the private key opens (X25519), and signatures (Ed25519)."""

from dataclasses import dataclass, field
from typing import Self

from nacl import bindings
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import SigningKey, VerifyKey

from suar.crypto.kdf import KEY_BYTES, Secret, check_key, random_key
from suar.crypto.values import SealBroken, Stored

BOX_OVERHEAD_BYTES = bindings.crypto_box_SEALBYTES
"""48: a one-time public key and a tag."""
SIGNATURE_BYTES = 64


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
        return cls(bindings.crypto_scalarmult_base(check_key(private)), private)

    def open(self, sealed: Stored) -> bytes:
        """Open what was sealed to this pair; raises SealBroken when it was not or was altered."""
        whole = bytes(sealed)
        if len(whole) < BOX_OVERHEAD_BYTES:
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
        return bindings.crypto_box_seal(plaintext, check_key(public))
    except CryptoError:
        raise ValueError("not a usable public key") from None


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
        return cls(bytes(SigningKey(check_key(private)).verify_key), private)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, 64 bytes.

        The public key is worked out anew: signing with one that was swapped would leak the seed.
        """
        return SigningKey(check_key(self.private)).sign(message).signature


def verify_signature(public: bytes, message: bytes, signature: Stored) -> bool:
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
