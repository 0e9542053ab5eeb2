"""Suite 0x01: `0x01 | nonce 24 | XChaCha20-Poly1305`, shared by values and wraps.

Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/0003-sealing-formats.md
"""

import secrets

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from suar.crypto.refusals import SealBroken, UnknownSuite
from suar.crypto.secrecy import Stored, need_key

SUITE = 0x01
"""0x02 is kept for a post-quantum hybrid seal, 0x03 for what a device seals."""
NONCE_BYTES = 24
OVERHEAD_BYTES = 41
"""One suite byte, the nonce, and a tag of 16 bytes."""


def lock(key: bytes, plaintext: bytes, about: bytes) -> bytes:
    """Encrypt with a fresh random nonce; `about` is bound to it but not stored."""
    return lock_with_nonce(key, plaintext, about, secrets.token_bytes(NONCE_BYTES))


def lock_with_nonce(key: bytes, plaintext: bytes, about: bytes, nonce: bytes) -> bytes:
    """Encrypt with a given nonce of 24 bytes; outside of test vectors only `lock` calls this."""
    body = crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, about, nonce, need_key(key))
    return bytes([SUITE]) + nonce + body


def unlock(key: bytes, locked: Stored, about: bytes) -> bytes:
    """Decrypt what `lock` made with the same key and the same `about`.

    Raises UnknownSuite for another first byte, SealBroken for anything else that does not fit.
    """
    need_key(key)
    whole = bytes(locked)
    check_suite(whole)
    if len(whole) < OVERHEAD_BYTES:
        raise SealBroken("too short")
    nonce, body = whole[1 : 1 + NONCE_BYTES], whole[1 + NONCE_BYTES :]
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(body, about, nonce, key)
    except CryptoError:
        raise SealBroken("altered, misplaced or another key") from None


def check_suite(whole: bytes) -> None:
    """Raise UnknownSuite unless the first byte names suite 0x01; empty bytes are SealBroken."""
    if not whole:
        raise SealBroken("empty")
    if whole[0] != SUITE:
        raise UnknownSuite("unknown suite")
