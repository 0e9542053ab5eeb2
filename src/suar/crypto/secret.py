"""Base class of values with key bytes: 32 bytes, not picklable, hidden in their repr."""

from typing import NoReturn, SupportsIndex


class SealBroken(Exception):
    """The bytes were altered, belong to another place, or the key is another one."""


class UnknownSuite(SealBroken):
    """The first byte names a suite of algorithms that this version does not read."""


KEY_BYTES = 32

Stored = bytes | memoryview
"""Bytes as a database hands them back: PostgreSQL gives a memoryview."""


class Secret:
    """A value with key bytes inside, which may not be pickled, copied, cached or queued.

    Source: own design, docs/decisions/crypto-formats.md
    """

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds key bytes and is never pickled")


def need_key(key: bytes) -> bytes:
    """Return the key back, or raise ValueError when it is not 32 bytes long."""
    if not isinstance(key, bytes) or len(key) != KEY_BYTES:
        raise ValueError("a key is 32 bytes")
    return key
