"""The yardstick's encryption: AES-256-GCM, and sealed boxes to three recipients."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.public import PrivateKey, SealedBox

_KEY = AESGCM(b"k" * 32)
_RECIPIENTS = [SealedBox(PrivateKey.generate().public_key) for _ in range(3)]


def seal(plain: bytes) -> bytes:
    """Encrypt under the one key of the yardstick."""
    nonce = os.urandom(12)
    return nonce + _KEY.encrypt(nonce, plain, None)


def unseal(sealed: bytes) -> bytes:
    """Decrypt what `seal` gave."""
    return _KEY.decrypt(sealed[:12], sealed[12:], None)


def seal_for_three(plain: bytes, about: bytes) -> tuple[bytes, bytes]:
    """Encrypt under a fresh key and seal that key to each recipient."""
    key, nonce = AESGCM.generate_key(256), os.urandom(12)
    body = nonce + AESGCM(key).encrypt(nonce, plain, about)
    return body, b"".join(box.encrypt(key) for box in _RECIPIENTS)
