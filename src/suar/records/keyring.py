"""Opens records. Every opening is noted here, so that it can be written to the audit.

The one way to a sealed value: keys come from the signed-in worker and go with the request.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from suar.accounts.acting import Acting
from suar.accounts.keys import Keys
from suar.core.ids import id_in_order
from suar.core.refusals import Conflict, NotYours
from suar.crypto import boxes, values
from suar.crypto.values import Place
from suar.db import kept
from suar.db.reading import new_row
from suar.records.documents import Document
from suar.records.models import Grant, Record, Value
from suar.records.rules import compartments_of, mask_of
from suar.records.terms import Compartment, HolderKind, Kind, RecordFacts, Status

SCHEMA = 1
GRANTED = ("holder", "compartments", "sealed", "by", "at")
DAILY_HOLDERS = (HolderKind.TEAM, HolderKind.WORKER)
CompartmentKeys = dict[Compartment, bytes]
Stored = TypeVar("Stored", bound=Document)


@dataclass(frozen=True, slots=True)
class Granted:
    """Who is given which compartments: a key's id and its public half."""

    holder: HolderKind
    key: UUID
    public: bytes
    only: frozenset[Compartment]


@dataclass(slots=True)
class OpenRecord:
    """A record whose compartments can be read and written while the request runs."""

    facts: RecordFacts
    _keys: CompartmentKeys = field(repr=False)
    _rows: dict[tuple[str, str], Value] = field(repr=False)
    begun_with: tuple[Granted, ...] = ()
    """Who was given it first, where it begins in this request: nobody else can act on it yet."""
    given_as_stood: list[Any] | None = None
    """The rows that said to whom it is given when it was put together, as they are stored."""
    waiting: list[Sequence[kept.Ready]] | None = None
    """What is not written yet of a record that is put together; None where nothing waits."""

    @property
    def id(self) -> UUID:
        """The record's id."""
        return self.facts.id

    def may(self, compartment: Compartment) -> bool:
        """Say whether the grant holds this compartment."""
        return compartment in self._keys

    def lock(self) -> None:
        """Lock the record until the transaction ends; see `core.acts.Subject`.

        Taken before any other lock. Values read before may have changed: open the record again.
        """
        Record.objects.select_for_update(no_key=True).filter(id=self.id).first()

    def reopen(self, by: Acting) -> "OpenRecord":
        """Open the record again; raises NotYours when it was taken from the worker meanwhile."""
        return open_record(self.id, keys=by.keys)

    def read(self, compartment: Compartment, name: str) -> dict | None:
        """Give a value, or None when there is none; raises NotYours without the compartment."""
        row = self._rows.get((compartment, name))
        if compartment not in self._keys:
            raise NotYours
        if row is None:
            return None
        place = self._place(compartment, name, row.schema)
        return json.loads(values.unseal(self._keys[compartment], bytes(row.sealed), place))

    def get(self, kind: type[Stored], key: str = "") -> Stored | None:
        """Return a document, or None if there is none; raises NotYours without its compartment."""
        name = kind.storage.field_name(key)
        data = self.read(kind.storage.compartment, name)
        if data is None:
            return None
        return kind.from_stored(data, self._rows[kind.storage.compartment, name].schema)

    def get_all(self, kind: type[Stored]) -> dict[str, Stored]:
        """Return the documents of a keyed kind by their keys."""
        prefix = kind.storage.field_name("*").removesuffix("*")
        names = [name for name in self.names(kind.storage.compartment) if name.startswith(prefix)]
        documents = {name.removeprefix(prefix): self.get(kind, name.removeprefix(prefix)) for name in names}
        return {key: document for key, document in documents.items() if document is not None}

    def put(
        self, document: Document, *, by: UUID | None, at: datetime, key: str = "", expected: int | None = None
    ) -> int:
        """Store a document and return its new version.

        Raises NotYours without its compartment. With `expected`, the version that the writer saw
        (0 for none), raises Conflict if somebody wrote in between.
        """
        storage = document.storage
        place = self._place(storage.compartment, storage.field_name(key), storage.version)
        return self._store(place, document.to_stored(), by=by, at=at, expected=expected)

    def version_of(self, kind: type[Document], key: str = "") -> int:
        """Return the version of a document as it was opened; 0 when there is none."""
        return self.version(kind.storage.compartment, kind.storage.field_name(key))

    def author_of(self, kind: type[Document], key: str = "") -> UUID | None:
        """Return who stored a document last; None when there is none."""
        return self.author(kind.storage.compartment, kind.storage.field_name(key))

    def remove(self, kind: type[Document], key: str = "") -> None:
        """Delete a document."""
        self.erase(kind.storage.compartment, kind.storage.field_name(key))

    def version(self, compartment: Compartment, name: str) -> int:
        """Give the version of a value as read; 0 when there is none."""
        row = self._rows.get((compartment, name))
        return row.version if row else 0

    def was_kept(self, compartment: Compartment, name: str, value: dict, *, by: UUID) -> bool:
        """Say whether this worker wrote this very value last: the same act was sent twice."""
        row = self._rows.get((compartment, name))
        return row is not None and row.by == by and self.read(compartment, name) == value

    def author(self, compartment: Compartment, name: str) -> UUID | None:
        """Say who wrote a value last; None when there is none."""
        row = self._rows.get((compartment, name))
        return row.by if row else None

    def names(self, compartment: Compartment) -> list[str]:
        """List the fields that have a value in a compartment."""
        return sorted(name for place, name in self._rows if place == compartment)

    def write(
        self,
        compartment: Compartment,
        name: str,
        value: dict,
        *,
        by: UUID | None,
        at: datetime,
        expected: int | None = None,
    ) -> int:
        """Seal a value in its place and give its new version.

        With `expected`, raises Conflict when somebody wrote in between; nothing is lost then.
        """
        place = self._place(compartment, name, SCHEMA)
        return self._store(place, value, by=by, at=at, expected=expected)

    def _store(self, place: Place, value: dict, *, by: UUID | None, at: datetime, expected: int | None) -> int:
        where = Compartment(place.compartment), place.field
        if where[0] not in self._keys:
            raise NotYours
        version = self.version(*where)
        if expected is not None and expected != version:
            raise Conflict
        row = self._sealed(place, value, by=by, at=at)
        self._rows[where] = _save(row, self._rows.get(where), alone=bool(self.begun_with))
        return version + 1

    def still_stands(self, compartment: Compartment, name: str) -> None:
        """Raise Conflict when somebody wrote a value since it was read, or a first one.

        The caller holds a lock that whoever writes it takes first, or it may change right after.
        Raises NotYours without the compartment.
        """
        row = self._rows.get((compartment, name))
        if compartment not in self._keys:
            raise NotYours
        stands = _unchanged(row.id, row.version) if row else not _any(self.id, compartment, name)
        if not stands:
            raise Conflict

    def write_first(self, all_: Iterable[tuple[Compartment, str, dict]], *, by: UUID, at: datetime) -> None:
        """Seal the first values of a record that begins here, all at once."""
        self.begins_here()
        rows = [self._sealed(self._place(*where, SCHEMA), value, by=by, at=at) for *where, value in all_]
        self.keep(rows)
        self._rows |= {(row.compartment, row.field): row for row in rows}

    def keep(self, rows: Sequence[Model]) -> None:
        """Add rows of a record that begins here, or let them wait with it."""
        if self.waiting is None:
            kept.add(rows)
        else:
            self.waiting.append(kept.made_ready(rows))

    def begin(self) -> None:
        """Write all that waits, in its order; the caller's act is one transaction."""
        waiting, self.waiting = self.waiting or [], None
        for each in waiting:
            kept.add_ready(each)
        transaction.on_commit(self._stands)

    def begins_here(self) -> None:
        """Raise ValueError for a record that others can act on already."""
        if not self.begun_with:
            raise ValueError("this record did not begin in this act")

    def erase(self, compartment: Compartment, *names: str) -> None:
        """Remove values, all of the compartment when none is named."""
        wanted = names or self.names(compartment)
        Value.objects.filter(record=self.id, compartment=compartment, field__in=wanted).delete()
        for name in wanted:
            self._rows.pop((compartment, name), None)

    def grant(
        self,
        holder: HolderKind,
        key: UUID,
        public: bytes,
        only: Iterable[Compartment],
        *,
        by: UUID | None,
        at: datetime,
    ) -> None:
        """Seal the keys of some compartments to a holder, replacing what they had."""
        row = self._granted(Granted(holder, key, public, frozenset(only)), by=by, at=at)
        Grant.objects.update_or_create(record=self.id, key=key, defaults={name: getattr(row, name) for name in GRANTED})

    def grant_first(self, all_: Iterable[Granted], *, by: UUID, at: datetime) -> None:
        """Seal the keys of a record that nobody holds yet to all its holders at once."""
        self.begun_with = tuple(all_)
        self.keep([self._granted(each, by=by, at=at) for each in self.begun_with])

    def _stands(self) -> None:
        """From now on others can act on it."""
        self.begun_with = ()

    def _sealed(self, place: Place, value: dict, *, by: UUID | None, at: datetime) -> Value:
        """Give the next version of a value as a row."""
        compartment = Compartment(place.compartment)
        return new_row(
            Value,
            record_id=self.id,
            compartment=compartment,
            field=place.field,
            schema=place.schema,
            version=self.version(compartment, place.field) + 1,
            by=by,
            at=at,
            sealed=values.seal(self._keys[compartment], _text(value), place),
        )

    def _granted(self, to: Granted, *, by: UUID | None, at: datetime) -> Grant:
        given = {each: self._keys[each] for each in sorted(to.only) if each in self._keys}
        return new_row(
            Grant,
            id=id_in_order(at),
            record=self.id,
            key=to.key,
            holder=to.holder,
            compartments=mask_of(given),
            sealed=boxes.seal_to(to.public, _joined(given)),
            by=by,
            at=at,
        )

    def _place(self, compartment: Compartment, name: str, schema: int) -> Place:
        owner = str(self.facts.organisation)
        return Place(owner, str(self.id), compartment.value, name, schema)


def open_record(record: UUID, *, keys: Keys) -> OpenRecord:
    """Open a record with a grant that one of the worker's daily keys can read.

    Raises NotYours when it is absent or no key opens it: both look the same.
    """
    row = there(record)
    grants = _grants(record, {key.id for key in keys.held()})
    if row is None or not grants:
        raise NotYours
    opened: CompartmentKeys = {}
    for grant in grants:
        parts = keys.pair(grant.key).open(bytes(grant.sealed))
        opened |= _apart(parts, grant.compartments)
    keys.opened.append(record)
    rows = _values(record, [*opened])
    return OpenRecord(facts_of(row), opened, {(each.compartment, each.field): each for each in rows})


def there(record: UUID) -> Record | None:
    """Give the row of a record, or None where it is absent or gone."""
    found: Record | None = _records.one(record)
    return found


@kept.rows
def _records(record: UUID) -> QuerySet:
    return Record.objects.filter(id=record).exclude(status=Status.GONE)


@kept.rows
def _grants(record: UUID, held: Collection[UUID]) -> QuerySet:
    return Grant.objects.filter(record=record, key__in=held, holder__in=DAILY_HOLDERS)


@kept.rows
def _values(record: UUID, compartments: Collection[Compartment]) -> QuerySet:
    return Value.objects.filter(record=record, compartment__in=compartments)


@kept.rows
def _unchanged(row: int, seen: int) -> QuerySet:
    return Value.objects.filter(id=row, version=seen).values_list("id", flat=True)


@kept.rows
def _any(record: UUID, compartment: Compartment, name: str) -> QuerySet:
    return Value.objects.filter(record=record, compartment=compartment, field=name)


@kept.change
def _changed(  # noqa: PLR0913 - the columns of a value
    row: int, seen: int, schema: int, version: int, sealed: bytes, by: UUID | None, at: datetime
) -> kept.Change:
    changes = {"schema": schema, "version": version, "sealed": sealed, "by": by, "at": at}
    return Value.objects.filter(id=row, version=seen), changes


def facts_of(row: Record) -> RecordFacts:
    """Give the plain columns of a record as rules see them."""
    return RecordFacts(
        row.id,
        Kind(row.kind),
        row.organisation,
        row.team,
        row.assignee,
        row.restricted,
        Status(row.status),
    )


def _save(row: Value, before: Value | None, *, alone: bool) -> Value:
    """Write a value; a writer who was overtaken changes no row and is told so.

    Nobody else can write to a record that begins here, so it needs no savepoint for that.
    """
    if before is None:
        try:
            with transaction.atomic(savepoint=not alone):
                kept.add([row])
        except IntegrityError:
            raise Conflict from None
        return row
    new = (row.schema, row.version, row.sealed, row.by, row.at)
    if not _changed(before.id, before.version, *new):
        raise Conflict
    row.id = before.id
    return row


def _text(value: dict) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _joined(keys: CompartmentKeys) -> bytes:
    return b"".join(keys[each] for each in Compartment if each in keys)


def _apart(joined: bytes, mask: int) -> CompartmentKeys:
    given = [each for each in Compartment if each in compartments_of(mask)]
    return {each: joined[32 * place : 32 * (place + 1)] for place, each in enumerate(given)}
