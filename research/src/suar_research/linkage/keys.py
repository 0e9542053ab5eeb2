"""The key that houses of one linkage share, and that whoever compares their tokens never has."""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from suar_research.reading import Unreadable

SECRET_BYTES = 32
FEATURE_KEY_BYTES = 64
KEYS_EACH = 2
NO_KEY = "it is no key of a linkage: make one with `./suar link key`"


@dataclass(frozen=True, slots=True)
class LinkKey:
    """A secret of 32 bytes with the name of the linkage it was made for."""

    name: str
    secret: bytes

    @property
    def mark(self) -> str:
        """Tell keys apart without telling them: 16 hex digits that stand in each file of tokens."""
        return hmac.new(self.secret, b"suar linkage key", hashlib.sha256).hexdigest()[:16]


def made(name: str) -> LinkKey:
    """Make a new key from the system's randomness."""
    return LinkKey(name, secrets.token_bytes(SECRET_BYTES))


def written(key: LinkKey) -> str:
    """Write a key as text; where it is put, only its owner may read it."""
    return json.dumps({"suar_link_key": 1, "name": key.name, "secret": key.secret.hex()}) + "\n"


def read(text: str) -> LinkKey:
    """Read a key; raises Unreadable, and never repeats what stood there."""
    try:
        raw = json.loads(text)
        key = LinkKey(str(raw["name"]), bytes.fromhex(raw["secret"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable([NO_KEY]) from error
    if raw.get("suar_link_key") != 1 or len(key.secret) != SECRET_BYTES:
        raise Unreadable([NO_KEY])
    return key


def salted(secret: bytes, salt: str) -> bytes:
    """Derive the secret of all people with one salt; an empty salt has a secret of its own too.

    Source: HMAC (RFC 2104) with SHA-256; the words before the salt keep it apart from the mark.
    """
    return hmac.digest(secret, b"suar linkage salt\0" + salt.encode(), "sha256")


def feature_keys(secret: bytes, features: int) -> tuple[tuple[bytes, ...], ...]:
    """Derive two keys of 64 bytes for each feature, so that equal parts of two features differ.

    Source: RFC 5869 (HKDF with SHA-256, no salt, no info), cut as clkhash 0.18 cuts it.
    """
    wanted = features * KEYS_EACH * FEATURE_KEY_BYTES
    drawn = _expanded(hmac.new(bytes(32), secret, hashlib.sha256).digest(), wanted)
    cut = [drawn[at : at + FEATURE_KEY_BYTES] for at in range(0, wanted, FEATURE_KEY_BYTES)]
    return tuple(tuple(cut[at : at + KEYS_EACH]) for at in range(0, len(cut), KEYS_EACH))


def _expanded(extracted: bytes, wanted: int) -> bytes:
    block, whole = b"", b""
    for number in range(1, -(-wanted // 32) + 1):
        block = hmac.new(extracted, block + bytes([number]), hashlib.sha256).digest()
        whole += block
    return whole[:wanted]
