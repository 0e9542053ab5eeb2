"""The digest of an entry and the checks of a chain: pure, no database."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from suar.core.codes import read_data

START = bytes(32)
NAMED = 20
"""The most faults that are named; of more only the number is printed."""
TEXTS: Mapping[str, str] = read_data("audit", "faults")["texts"]


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
    """The newest entry as it was written down somewhere else."""

    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the chain: the number of the entry, and the kind of the fault."""

    seq: int
    why: str


def describe_faults(reported: Sequence[Fault]) -> str:
    """Return the number of faults and the first ones in words, for an administrator.

    Source: own design, docs/decisions/audit-log.md.
    """
    named = "; ".join(TEXTS[fault.why].format(seq=fault.seq) for fault in reported[:NAMED])
    return f"{len(reported)} faults: {named}{' ...' if len(reported) > NAMED else ''}"


def fingerprint(reported: Iterable[Fault]) -> str:
    """Return a short digest of faults, equal for the same faults in any order.

    Source: own design, docs/decisions/audit-log.md.
    """
    return hashlib.sha256(json.dumps(sorted((fault.seq, fault.why) for fault in reported)).encode()).hexdigest()[:16]


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


def faults(lines: Iterable[Line], *, heads: Iterable[Head] = ()) -> Iterator[Fault]:
    """Report each entry that was changed, lost or put in, and a tail cut before one of the written `heads`.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    previous: bytes | memoryview = START
    expected = 1
    written: defaultdict[int, set[bytes]] = defaultdict(set)
    for head in heads:
        written[head.seq].add(head.digest)
    for line in lines:
        if line.seq != expected:
            yield Fault(expected, "missing")
        if line.previous != previous:
            yield Fault(line.seq, "unlinked")
        if digest_of(line) != line.digest:
            yield Fault(line.seq, "changed")
        if written.pop(line.seq, set()) - {bytes(line.digest)}:
            yield Fault(line.seq, "differs_from_head")
        expected, previous = line.seq + 1, line.digest
    yield from (Fault(seq, "cut_tail") for seq in sorted(written))
