"""The one writer of entries; it runs in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from suar.audit.models import Entry, Mention
from suar.audit.rules import START, digest_of

CHAIN_LOCK = 0x5355_4152


def record(
    verb: str, *, by: UUID | None, at: datetime, about: Iterable[UUID] = (), because: str = "", listed: int = 0
) -> None:
    """Add one entry to the chain.

    Runs in the caller's transaction, so that act and entry stand or fall together.
    `because` is a code or an id, never words about a person. `listed` counts the rows of a list.
    """
    ids = sorted({str(ident) for ident in about})
    # No savepoint: an entry that fails takes the caller's act with it.
    with transaction.atomic(savepoint=False):
        _lock_chain()
        newest = Entry.objects.order_by("-seq").only("seq", "digest").first()
        seq, previous = (newest.seq + 1, bytes(newest.digest)) if newest else (1, START)
        entry = Entry(seq=seq, at=at, by=by, verb=verb, about=ids, because=because, previous=previous)
        entry.shown = listed
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)
        Mention.objects.bulk_create(Mention(entry=entry, about=UUID(ident)) for ident in ids)


def _lock_chain() -> None:
    """Let only one transaction read the newest digest at a time; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
