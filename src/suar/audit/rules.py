"""How an entry is digested and how a chain is judged: pure, no database."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

START = bytes(32)


class Line(Protocol):
    """An entry as it is digested."""

    seq: int
    at: datetime
    by: UUID | None
    verb: str
    about: list[str]
    because: str
    shown: int
    previous: bytes | memoryview
    digest: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry as it was given to somebody outside."""

    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the chain does not hold, and how."""

    seq: int
    why: str


def digest_of(line: Line) -> bytes:
    """Digest every field of an entry together with the digest before it.

    `about` counts in the order in which it is stored.
    Source: own design, docs/decisions/keys-and-sessions.md; security.md row B9 (SHA-256 chain).
    """
    fields = [
        line.seq,
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(line.by) if line.by else None,
        *(line.verb, line.about, line.because, line.shown),
        line.previous.hex(),
    ]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":"), default=str).encode()).digest()


def faults(lines: Iterable[Line], *, head: Head | None = None) -> Iterator[Fault]:
    """Report each entry that was changed, lost or put in, and a tail cut before `head`.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    previous: bytes | memoryview = START
    expected, seen_head = 1, head is None
    for line in lines:
        if line.seq != expected:
            yield Fault(expected, "missing")
        if line.previous != previous:
            yield Fault(line.seq, "unlinked")
        if digest_of(line) != line.digest:
            yield Fault(line.seq, "changed")
        if head and line.seq == head.seq:
            seen_head = True
            if line.digest != head.digest:
                yield Fault(line.seq, "differs_from_head")
        expected, previous = line.seq + 1, line.digest
    if head and not seen_head:
        yield Fault(head.seq, "cut_tail")
