"""The one writer of entries; it runs in the caller's transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from suar.audit.models import Entry, Mention, SubmittedForm
from suar.audit.rules import START, Line, digest_of
from suar.db import kept
from suar.db.reading import new_row

CHAIN_LOCK = 0x5355_4152
KEEP_FORMS = timedelta(days=2)
NOWHERE = 0
"""The number of a line that has no place in the chain yet."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that wait for the end of a block, and how many savepoints it began under."""

    ways_back: int
    lines: list[Line]


_block: ContextVar[_Block | None] = ContextVar("block", default=None)


def record(
    verb: str,
    *,
    by: UUID | None,
    at: datetime,
    about: Iterable[UUID] = (),
    because: str = "",
    shown: int = 0,
) -> None:
    """Add one entry to the chain, or to those that are written `at_once`.

    Runs in the caller's transaction, so that act and entry stand or fall together.
    `because` is a code or an id, never words about a person. `shown` counts rows of a list.
    """
    ids = tuple(sorted({str(each) for each in about}))
    line = Line(NOWHERE, at, by, verb, ids, because, shown, START)
    block = _block.get()
    if block is None or _ways_back() > block.ways_back:
        _write([line])
    else:
        block.lines.append(line)


@contextmanager
def at_once() -> Iterator[None]:
    """Write the entries of a block together at its end, each with its own place in the chain.

    Stands inside the transaction of the acts: when the block fails, nothing of it is written.
    An entry under a savepoint inside of the block is written there, and falls with it.
    """
    if _block.get() is not None:
        yield
        return
    block = _Block(_ways_back(), [])
    token = _block.set(block)
    try:
        yield
    finally:
        _block.reset(token)
    if block.lines:
        _write(block.lines)


def claim_form(form_id: UUID, *, at: datetime) -> bool:
    """Store the id of a form in the caller's transaction; return False if it is stored already.

    Of two that come at once the second waits until the first is committed or undone.
    """
    _, created = SubmittedForm.objects.get_or_create(id=form_id, defaults={"at": at})
    return created


def purge_submitted_forms(*, at: datetime) -> int:
    """Delete ids of forms that are older than two days, and return their number."""
    return SubmittedForm.objects.filter(at__lt=at - KEEP_FORMS).delete()[0]


def _ways_back() -> int:
    return sum(each is not None for each in connection.savepoint_ids)


def _write(lines: Iterable[Line]) -> None:
    # No savepoint: an entry that fails takes the caller's act with it.
    with transaction.atomic(savepoint=False):
        _hold_the_chain()
        newest = _newest.one()
        seq, previous = (newest[0], bytes(newest[1])) if newest else (NOWHERE, START)
        entries: list[Entry] = []
        for place, line in enumerate(lines, seq + 1):
            entries.append(_entry(replace(line, seq=place, previous=previous)))
            previous = entries[-1].digest
        kept.add(entries)
        kept.add([new_row(Mention, entry_id=each.seq, about=UUID(about)) for each in entries for about in each.about])


@kept.rows
def _newest() -> QuerySet:
    return Entry.objects.order_by("-seq").values_list("seq", "digest")[:1]


def _entry(line: Line) -> Entry:
    return new_row(
        Entry,
        seq=line.seq,
        at=line.at,
        by=line.by,
        verb=line.verb,
        about=list(line.about),
        because=line.because,
        shown=line.shown,
        previous=line.previous,
        digest=digest_of(line),
    )


def _hold_the_chain() -> None:
    """Let only one writer read the newest digest at a time; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
