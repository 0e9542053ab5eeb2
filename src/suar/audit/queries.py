"""Reading the chain: its head, its faults, and who opened what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from suar.audit.models import Entry
from suar.audit.rules import Fault, Head, Line, faults


@dataclass(frozen=True, slots=True)
class Act:
    """One entry as a page shows it."""

    at: datetime
    by: UUID | None
    verb: str
    because: str


def head() -> Head | None:
    """Give the newest entry, to be kept somewhere else."""
    newest = Entry.objects.order_by("-seq").values_list("seq", "digest").first()
    return Head(newest[0], bytes(newest[1])) if newest else None


def chain_faults(*, outside_head: Head | None = None) -> list[Fault]:
    """Walk the whole chain; an empty list means that it holds."""
    return list(faults(_lines(), head=outside_head))


def acts_about(record: UUID, *, most: int = 50) -> list[Act]:
    """List the newest acts about a record, newest first."""
    rows = Entry.objects.filter(mentions__about=record).order_by("-seq")[:most]
    return [Act(row.at, row.by, row.verb, row.because) for row in rows]


def count() -> int:
    """Count all entries."""
    return Entry.objects.count()


def _lines() -> Iterator[Line]:
    for row in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        yield Line(
            row.seq, row.at, row.by, row.verb, tuple(row.about), row.because,
            row.shown, bytes(row.previous), bytes(row.digest),
        )  # fmt: skip
