"""The one writer of entries; it runs in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from suar.audit.models import Entry, Mention
from suar.audit.rules import START, digest_of

CHAIN_LOCK = 0x5355_4152


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that wait for the end of a block, and how many transaction blocks were open at its beginning."""

    depth: int
    entries: list[Entry] = field(default_factory=list)


_batch: ContextVar[Batch | None] = ContextVar("audit_batch", default=None)


def record(
    verb: str, *, by: UUID | None, at: datetime, about: Iterable[UUID] = (), because: str = "", listed: int = 0
) -> None:
    """Add one entry to the chain.

    Runs in the caller's transaction, so that act and entry stand or fall together.
    `because` is a code or an id, never words about a person. `listed` counts the rows of a list.
    """
    ids, batch = sorted({str(ident) for ident in about}), _batch.get()
    entry = Entry(at=at, by=by, verb=verb, about=ids, because=because, shown=listed)
    # An entry in a savepoint is written at once: the savepoint may be undone alone.
    if batch is None or any(connection.savepoint_ids[batch.depth :]):
        _write([entry])
    else:
        batch.entries.append(entry)


@contextmanager
def one_batch() -> Iterator[None]:
    """Write the entries of this block together at its end, in their order.

    The block must lie within one transaction. The chain is locked only at the end, so that others who write wait less.
    """
    if _batch.get() is not None:
        yield
        return
    batch = Batch(len(connection.savepoint_ids))
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)
    _write(batch.entries)


def _write(entries: Sequence[Entry]) -> None:
    """Tie entries to the newest one and store them."""
    if not entries:
        return
    # No savepoint: an entry that fails takes the caller's act with it.
    with transaction.atomic(savepoint=False):
        _lock_chain()
        newest = Entry.objects.order_by("-seq").only("seq", "digest").first()
        seq, previous = (newest.seq, bytes(newest.digest)) if newest else (0, START)
        for number, entry in enumerate(entries, seq + 1):
            entry.seq, entry.previous = number, previous
            entry.digest = previous = digest_of(entry)
        Entry.objects.bulk_create(entries)
        Mention.objects.bulk_create(
            Mention(entry=entry, about=UUID(ident)) for entry in entries for ident in entry.about
        )


def _lock_chain() -> None:
    """Let only one transaction read the newest digest at a time; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
