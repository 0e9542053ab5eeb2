"""Signed heads: lines with the newest audit entry that leave the machine. Backups carry a line of the same kind.

A line is `TIME NUMBER DIGEST PUBLIC-KEY SIGNATURE`. The key is derived from secret.key, so a line shows from which
installation it came. It does not bind the administrator of that installation.

Source: security.md T6, B9; docs/decisions/audit-log.md.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from suar.audit import queries
from suar.audit.actions import record
from suar.audit.models import Entry
from suar.audit.rules import Fault, Head
from suar.crypto import kdf
from suar.crypto.pairs import SignPair, verify_signature

WRITTEN, RESTORED = "write_heads", "restore"
"""Verbs of entries: the file of this installation has a first head, and a restore, after which there is no file."""


def verify_log(heads: Iterable[Head] = ()) -> list[Fault]:
    """Walk the whole chain and compare it with these heads and with all that this installation wrote."""
    own, unreadable = own_heads()
    return [*unreadable, *queries.chain_faults(heads=[*own, *heads])]


def own_heads() -> tuple[set[Head], list[Fault]]:
    """Return the readable heads of the file of this installation, and the faults of the file, one for each bad line."""
    try:
        heads, bad = read_heads(own_lines())
        missing = not Path(settings.SUAR_AUDIT_HEADS).exists() and _is_written()
    except OSError:
        return set(), [Fault(0, "unreadable_heads")]
    return heads, [Fault(0, "missing_heads")] * missing + [Fault(0, "forged_head")] * bad


def sign_head(head: Head, *, at: datetime) -> str:
    """Return the line of a head."""
    return sign_line(str(head.seq), head.digest, at=at)


def sign_line(subject: str, digest: bytes, *, at: datetime) -> str:
    """Return a line that this installation signs; the `subject` of a backup is no number, so it is never a head."""
    words = f"{at.astimezone(UTC).isoformat(timespec='seconds')} {subject} {digest.hex()}"
    return f"{words} {own_public().hex()} {_own_pair().sign(words.encode()).hex()}"


def signer_of(line: str, subject: str, digest: bytes) -> bytes | None:
    """Return the public key that signed a line about this subject and digest; None if the line does not fit."""
    with suppress(ValueError):
        at, named, signed, public, signature = line.split()
        key, words = bytes.fromhex(public), f"{at} {subject} {digest.hex()}"
        fits = (named, signed) == (subject, digest.hex())
        if fits and verify_signature(key, words.encode(), bytes.fromhex(signature)):
            return key
    return None


def own_public() -> bytes:
    """Return the public key with which this installation signs."""
    return _own_pair().public


def append_head(line: str, *, at: datetime) -> None:
    """Add a line to the file of this installation; it is on the disk when this returns. Raises OSError.

    The first line is an entry too: if the file is missing later, the log shows that there was one.
    """
    path = Path(settings.SUAR_AUDIT_HEADS)
    before = path.read_bytes() if path.exists() else b""
    with path.open("a", encoding="ascii") as file:
        file.write(f"{line}\n" if before.endswith(b"\n") or not before else f"\n{line}\n")
        file.flush()
        os.fsync(file.fileno())
    if not _is_written():
        record(WRITTEN, by=None, at=at)


def own_lines() -> list[str]:
    """Return the lines of the file of this installation, the newest last. Raises OSError."""
    path = Path(settings.SUAR_AUDIT_HEADS)
    return read_lines(path) if path.exists() else []


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file of heads; a byte that is not ASCII spoils its own line only. Raises OSError."""
    return path.read_text("ascii", errors="replace").splitlines()


def was_checked(lines: list[str], *, at: datetime) -> bool:
    """Return True if the last line is from the day of `at` and its signature is valid."""
    return bool(lines) and lines[-1].startswith(f"{at.astimezone(UTC).date()}T") and not read_heads(lines[-1:])[1]


def read_heads(lines: Iterable[str], *, public: bytes = b"") -> tuple[set[Head], int]:
    """Return the heads of lines that were signed with a key, by default our own, and the number of other lines."""
    public = public or _own_pair().public
    heads = [_read_head(line, public) for line in lines if line.strip()]
    return {head for head in heads if head}, heads.count(None)


def _read_head(line: str, public: bytes) -> Head | None:
    with suppress(ValueError):
        at, seq, digest, _, signature = line.split()
        if verify_signature(public, f"{at} {seq} {digest}".encode(), bytes.fromhex(signature)):
            return Head(int(seq), bytes.fromhex(digest))
    return None


def _is_written() -> bool:
    """Return True if this installation wrote a head since the log was begun or restored."""
    newest = Entry.objects.filter(verb__in=(WRITTEN, RESTORED)).order_by("-seq").values_list("verb", flat=True).first()
    return newest == WRITTEN


def _own_pair() -> SignPair:
    return SignPair.from_private(kdf.subkey(settings.SECRET_KEY.encode(), purpose="audit-head"))
