"""One person as one token: bits set by keyed hashes of the parts of their words.

Source: Schnell, Bachteler & Reiher 2011 (cryptographic longterm key); k independent hashes against
the attack of Kroll & Steinmetzer 2015. Bit for bit as clkhash 0.18 makes them (schema version 3).
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from suar_research.linkage.cleaning import CLEANED
from suar_research.linkage.keys import feature_keys, salted
from suar_research.linkage.schema import CUTS, Feature, Schema

CACHED = 2**17
SHORTS = 32
Bits = NDArray[np.uint8]
Keys = tuple[tuple[bytes, ...], ...]


class Encoder:
    """Turns rows of words into tokens, with the keys of one linkage."""

    def __init__(self, schema: Schema, secret: bytes) -> None:
        """Keep the secret; keys are derived for each salt when it is first met."""
        self._schema = schema
        self._secret, self._keys = secret, dict[str, Keys]()
        self._length = schema.length * 2**schema.folds

    def token(self, words: Sequence[str], salt: str = "") -> Bits:
        """Give the token of one person, packed: `length / 8` bytes; words in the schema's order.

        `salt` is the cleaned word of the schema's salt, and is not looked at where it has none.
        """
        places: list[int] = []
        for feature, keys, word in zip(self._schema.features, self._keys_of(salt), words, strict=True):
            places += self._places(feature, keys, CLEANED[feature.kind](word))
        bits = np.zeros(self._length, np.uint8)
        bits[places] = 1
        for _ in range(self._schema.folds):
            bits = bits[: len(bits) // 2] ^ bits[len(bits) // 2 :]
        return np.packbits(bits)

    def _keys_of(self, salt: str) -> Keys:
        """Derive the keys of one salt once; without a salt, those of clkhash."""
        if salt not in self._keys:
            secret = salted(self._secret, salt) if self._schema.salt else self._secret
            self._keys[salt] = feature_keys(secret, len(self._schema.features))
        return self._keys[salt]

    def _places(self, feature: Feature, keys: tuple[bytes, ...], word: str) -> Iterator[int]:
        parts = parts_of(word, CUTS[feature.cut], placed=feature.placed)
        hashed = _independent if self._schema.hashed == "independent" else _double
        for part, times in zip(parts, shares(feature.bits, len(parts)), strict=True):
            yield from hashed(part.encode(), keys, times, self._length)


def parts_of(word: str, size: int, *, placed: bool) -> list[str]:
    """Cut a word into overlapping parts of `size` letters, spaces around it; 0 leaves it whole."""
    if not word or not size:
        return [word] if word else []
    around = " " * (size - 1)
    word = f"{around}{word}{around}"
    parts = [word[at : at + size] for at in range(len(word) - size + 1)]
    return [f"{at} {part}" for at, part in enumerate(parts, 1)] if placed else parts


def shares(bits: int, parts: int) -> list[int]:
    """Share out bits among parts as evenly as can be; the first parts get what is left over."""
    if not parts:
        return []
    each, rest = divmod(bits, parts)
    return [each + 1] * rest + [each] * (parts - rest)


@lru_cache(maxsize=CACHED)
def _independent(part: bytes, keys: tuple[bytes, ...], times: int, length: int) -> tuple[int, ...]:
    """Cut keyed digests into numbers of 16 bits; lengths are powers of two."""
    drawn = b"".join(
        hashlib.blake2b(part, key=keys[0], salt=str(number).encode()).digest() for number in range(-(-times // SHORTS))
    )
    return tuple(int(each) % length for each in np.frombuffer(drawn, "<u2")[:times])


@lru_cache(maxsize=CACHED)
def _double(part: bytes, keys: tuple[bytes, ...], times: int, length: int) -> tuple[int, ...]:
    """Walk from one hash in steps of another: as older linkages did, and easier to attack."""
    start = int.from_bytes(hmac.digest(keys[0], part, "sha1")) % length
    step = int.from_bytes(hmac.digest(keys[1], part, "md5")) % length
    return tuple((start + turn * step) % length for turn in range(times))
