"""Signed heads: lines with the newest audit entry that leave the machine.

A line is `TIME NUMBER DIGEST PUBLIC-KEY SIGNATURE`. The key is derived from secret.key, so a line shows from which
installation it came. It does not bind the administrator of that installation.

Source: security.md T6, B9; docs/decisions/audit-log.md.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from suar.audit import queries
from suar.audit.rules import Fault, Head
from suar.crypto import kdf
from suar.crypto.signatures import SignPair, verify


class HeadForged(Exception):
    """A written line whose signature does not fit."""


def verify_log(heads: Iterable[Head] = ()) -> list[Fault]:
    """Walk the whole chain and compare it with these heads and with all that this installation wrote."""
    try:
        return queries.chain_faults(heads=[*read_heads(own_lines()), *heads])
    except HeadForged:
        return [Fault(0, "forged_head"), *queries.chain_faults(heads=heads)]


def sign_head(head: Head, *, at: datetime) -> str:
    """Return the line of a head."""
    words = f"{at.astimezone(UTC).isoformat(timespec='seconds')} {head.seq} {head.digest.hex()}"
    return f"{words} {_own_pair().public.hex()} {_own_pair().sign(words.encode()).hex()}"


def append_head(line: str) -> None:
    """Add a line to the file of this installation; it is on the disk when this returns."""
    with Path(settings.SUAR_AUDIT_HEADS).open("a", encoding="ascii") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def own_lines() -> list[str]:
    """Return the lines of the file of this installation, the newest last."""
    path = Path(settings.SUAR_AUDIT_HEADS)
    return path.read_text("ascii").splitlines() if path.exists() else []


def read_heads(lines: Iterable[str], *, public: bytes = b"") -> set[Head]:
    """Return the heads of lines that were signed with a key, by default our own.

    Raises HeadForged for any other line.
    """
    public = public or _own_pair().public
    return {_read_head(line, public) for line in lines if line.strip()}


def _read_head(line: str, public: bytes) -> Head:
    try:
        at, seq, digest, _, signature = line.split()
        if verify(public, f"{at} {seq} {digest}".encode(), bytes.fromhex(signature)):
            return Head(int(seq), bytes.fromhex(digest))
    except ValueError:
        pass
    raise HeadForged


def _own_pair() -> SignPair:
    return SignPair.from_private(kdf.subkey(settings.SECRET_KEY.encode(), purpose="audit-head"))
