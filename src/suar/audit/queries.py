"""Reading the chain: its head, its faults, and who opened what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max, Model, Q, QuerySet

from suar.audit.models import Entry as Entry
from suar.audit.models import Mention
from suar.audit.rules import Fault, Head, faults

BATCH = 2000
UNREADABLE = (ValueError, TypeError, OverflowError)
"""Exceptions that an overwritten column raises when it is read."""
REFUSED = "refused"
"""The verb of a denied access: the entry names the worker and the page, and no id."""


def head() -> Head | None:
    """Return the newest entry, to be stored elsewhere."""
    newest = Entry.objects.order_by("-seq").values_list("seq", "digest").first()
    return Head(newest[0], bytes(newest[1])) if newest else None


def chain_faults(*, heads: Iterable[Head] = ()) -> list[Fault]:
    """Walk the whole chain; an empty list means that it is valid.

    The index from records to entries is compared as well: an entry that it no longer names
    would be missing from the activity of a record. Without written `heads` a cut tail goes unseen.
    """
    return [*faults(_read_entries(), heads=heads), *_index_faults()]


def restorable_rows(model: type[Model], known_faults: Iterable[Fault]) -> "QuerySet[Any]":
    """Return the rows of a table that a restore can take: no unreadable entry, no index of a missing entry."""
    rows, entries = model._default_manager.all(), Entry.objects.all()
    if known_faults and model in (Entry, Mention):
        entries = entries.exclude(seq__in=[seq for seq in {fault.seq for fault in known_faults} if not _fits(seq)])
        return entries if model is Entry else rows.filter(entry__in=entries.values("seq"))
    return rows


def acts_about(
    record: UUID,
    *,
    most: int = 50,
    before: int | None = None,
    shared: Collection[UUID] = (),
    verbs: Collection[str] = (),
) -> list[Entry]:
    """List the newest acts about a record, newest first; those `before` an entry's number.

    Of what was `shared` from it, acts with one of `verbs` stand among them.
    """
    named = Mention.objects.filter(Q(about=record) | Q(about__in=list(shared), entry__verb__in=verbs))
    named = named.filter(entry__lt=before) if before is not None else named
    seqs = named.order_by("-entry").values_list("entry", flat=True).distinct()[:most]
    return list(Entry.objects.filter(seq__in=list(seqs)).order_by("-seq"))


def acts_by(workers: Collection[UUID], *, verb: str = "", most: int, before: int | None = None) -> list[Entry]:
    """List the newest acts of these workers, newest first, perhaps of one verb only."""
    rows = Entry.objects.filter(by__in=workers).order_by("-seq")
    rows = rows.filter(verb=verb) if verb else rows
    rows = rows.filter(seq__lt=before) if before is not None else rows
    return list(rows[:most])


def mentions_by(worker: UUID, *, verbs: Collection[str], since: datetime) -> list[set[UUID]]:
    """Return the ids in each of a worker's acts with one of these verbs since a time."""
    rows = Entry.objects.filter(by=worker, verb__in=verbs, at__gt=since).values_list("about", flat=True)
    return [set(map(UUID, about)) for about in rows]


def first_acts(record: UUID, *, verbs: Collection[str], since: datetime | None = None) -> list[Entry]:
    """Return the first of these acts of each author about a record, oldest first."""
    rows = Entry.objects.filter(mentions__about=record, verb__in=verbs).order_by("seq")
    rows = rows.filter(at__gte=since) if since else rows
    first: dict[UUID | None, Entry] = {}
    for row in rows.iterator(chunk_size=BATCH):
        first.setdefault(row.by, row)
    return list(first.values())


def acts_with_verbs(record: UUID, *, verbs: Collection[str]) -> list[Entry]:
    """Return all acts about a record with one of these verbs, oldest first."""
    return list(Entry.objects.filter(mentions__about=record, verb__in=verbs).order_by("seq"))


def newest_mentions(*, by: UUID | None = None, verb: str = "", about: Collection[UUID] = ()) -> dict[UUID, int]:
    """Return the ids in entries of one author, or of one verb about some ids; each with the newest entry's number."""
    rows = Mention.objects.filter(entry__by=by) if by else Mention.objects.filter(entry__verb=verb, about__in=about)
    return dict(rows.values_list("about").annotate(newest=Max("entry")).order_by())


def newest_beside(idents: Collection[UUID], *, verb: str) -> dict[UUID, int]:
    """Return the ids in entries of a verb that name one of `idents`; each with the newest entry's number."""
    entries = Mention.objects.filter(about__in=idents, entry__verb=verb).values("entry")
    rows = Mention.objects.filter(entry__in=entries)
    return dict(rows.values_list("about").annotate(newest=Max("entry")).order_by())


def mentions_of(ident: UUID) -> "QuerySet[Mention, Any]":
    """Return the numbers of the entries that name this id, for a query."""
    return Mention.objects.filter(about=ident).values("entry")


def entries_with(seqs: Collection[int]) -> dict[int, Entry]:
    """Return entries by their numbers."""
    return Entry.objects.in_bulk(list(seqs))


def count() -> int:
    """Count all entries."""
    return Entry.objects.count()


def _read_entries() -> Iterator[Entry]:
    """Read all entries in order. One whose columns were overwritten with something else fits no chain."""
    for seqs in _batches():
        try:
            yield from [_checked(row) for row in Entry.objects.filter(seq__range=(seqs[0], seqs[-1])).order_by("seq")]
        except UNREADABLE:
            yield from (_read_one(seq) for seq in seqs)


def _fits(seq: int) -> bool:
    """Return True if all columns of an entry hold values of their kind."""
    try:
        row = _checked(Entry.objects.get(seq=seq))
        row.clean_fields(exclude=[field.name for field in row._meta.fields if not getattr(row, field.attname)])
    except (*UNREADABLE, ValidationError, Entry.DoesNotExist):
        return False
    return True


def _read_one(seq: int) -> Entry:
    try:
        return _checked(Entry.objects.get(seq=seq))
    except UNREADABLE:
        return Entry(seq=seq, at=datetime.min.replace(tzinfo=UTC), previous=b"", digest=b"")


def _checked(row: Entry) -> Entry:
    if row.at is None or not isinstance(row.about, list):
        raise ValueError("overwritten")
    row.previous, row.digest = bytes(row.previous), bytes(row.digest)
    return row


def _index_faults() -> Iterator[Fault]:
    for seqs in _batches():
        within = (seqs[0], seqs[-1])
        named: defaultdict[int, set[str]] = defaultdict(set)
        rows = Mention.objects.filter(entry__seq__range=within).values_list("entry", "about")
        lines = Entry.objects.filter(seq__range=within).values_list("seq", "about")
        # An entry that cannot be read here was reported as changed already.
        with suppress(ValueError, TypeError):
            for seq, about in rows:
                named[seq].add(str(about))
            yield from (Fault(seq, "index") for seq, about in lines if named[seq] != set(about))


def _batches() -> Iterator[list[int]]:
    """Return the numbers of all entries, a batch at a time."""
    rows = Entry.objects.order_by("seq").values_list("seq", flat=True)
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(seq__gt=batch[-1])[:BATCH])
