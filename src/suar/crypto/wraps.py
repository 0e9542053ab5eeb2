"""Wraps: a key kept under another key, bound to a label that says what it is for."""

from suar.crypto.secrecy import Stored
from suar.crypto.suites import lock, unlock


def wrap(key: bytes, secret: bytes, *, label: str) -> bytes:
    """Wrap a secret under a key of 32 bytes; gives 41 bytes more than the secret, unpadded.

    Raises ValueError for an empty label or a key of another length.
    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/0003-sealing-formats.md
    """
    return lock(key, secret, _about(label))


def unwrap(key: bytes, wrapped: Stored, *, label: str) -> bytes:
    """Open a wrap; raises UnknownSuite, or SealBroken when key, bytes or label do not fit.

    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/0003-sealing-formats.md
    """
    return unlock(key, wrapped, _about(label))


def _about(label: str) -> bytes:
    """Start with a byte no place starts with, so that a wrap never opens as a value."""
    if not label:
        raise ValueError("a wrap needs a label")
    return b"\0wrap\0" + label.encode()
