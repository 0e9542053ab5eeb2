"""Opening records: the one way to a sealed value.

Keys come from the signed-in worker and go with the request. Every opening is noted in the keys, so
that it is written to the access log before the page leaves.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from suar.accounts import alarms
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.core import clock
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused
from suar.crypto import kdf, values
from suar.crypto.pairs import seal_to
from suar.crypto.values import Place
from suar.records.documents import Document
from suar.records.models import FileKey, Grant, Record, Value
from suar.records.rules import compartments_of, mask_of
from suar.records.terms import ALL, Compartment, HolderKind, Kind, RecordFacts, Status

DAILY_HOLDERS = (HolderKind.TEAM, HolderKind.WORKER)
CompartmentKeys = dict[Compartment, bytes]
Rows = dict[tuple[str, str], Value]
"""Stored values by compartment and name."""
Stored = TypeVar("Stored", bound=Document)


@dataclass(slots=True)
class OpenRecord:
    """A record whose compartments can be read and written while the request runs."""

    facts: RecordFacts
    _keys: CompartmentKeys = field(repr=False)
    _stored: Rows | None = field(default=None, repr=False)
    """The values, or None until the first is needed: an action opens the record again, and often needs none."""
    reads_only: bool = False
    """It was opened in an emergency: nothing is changed or granted."""
    received: Mapping[type[Document], Document] = field(default_factory=dict, repr=False)
    """Documents that another organisation shares with this case; read with `known` and never stored here."""
    _documents: dict[tuple[type[Document], str], tuple[Value, Document]] = field(default_factory=dict, repr=False)
    """The documents that were opened, each with the row it was in: parts of one page need the same ones."""

    @property
    def id(self) -> UUID:
        """The record's id."""
        return self.facts.id

    def may(self, compartment: Compartment) -> bool:
        """Return True if the grant holds this compartment."""
        return compartment in self._keys

    @property
    def _rows(self) -> Rows:
        if self._stored is None:
            rows = Value.objects.filter(record=self.id, compartment__in=self._keys)
            self._stored = {(row.compartment, row.field): row for row in rows}
        return self._stored

    def lock(self, by: Acting) -> "OpenRecord":
        """Lock the record until the transaction ends, and open it again; see `accounts.acting.Subject`.

        Taken before any other lock. Raises Refused for a record that was opened in an emergency.
        """
        self.check_writable()
        return self.reopen(by, lock=True)

    def reopen(self, by: Acting, *, lock: bool = False) -> "OpenRecord":
        """Open the record again; raises NotYours when it was taken from the worker meanwhile."""
        record = open_record(self.id, keys=by.keys, lock=lock)
        record.received = self.received
        return record

    def get(self, kind: type[Stored], key: str = "") -> Stored | None:
        """Return a document, or None if there is none; raises NotYours without its compartment."""
        name = kind.storage.field_name(key)
        row, opened = self._rows.get((kind.storage.compartment, name)), self._documents.get((kind, name))
        if opened and opened[0] is row and isinstance(opened[1], kind):
            return opened[1]
        data = self.read(kind.storage.compartment, name)
        if data is None or row is None:
            return None
        document = kind.from_stored(data, row.schema)
        self._documents[kind, name] = row, document
        return document

    def get_or_empty(self, kind: type[Stored], key: str = "") -> Stored:
        """Return a document, or one without values if there is none; raises NotYours without its compartment."""
        return self.get(kind, key) or kind()

    def known(self, kind: type[Stored]) -> Stored | None:
        """Return a document with its empty fields filled from what was received; None if nothing is known."""
        own, received = self.get(kind), self.received.get(kind)
        if not isinstance(received, kind):
            return own
        return received.model_copy(update={name: getattr(own, name) for name, value in own or () if value})

    def known_or_empty(self, kind: type[Stored]) -> Stored:
        """Return what is known as a document, perhaps one without values."""
        return self.known(kind) or kind()

    def get_all(self, kind: type[Stored]) -> dict[str, Stored]:
        """Return the documents of a keyed kind by their keys."""
        prefix, compartment = f"{kind.storage.name}-", kind.storage.compartment
        names = sorted(name for place, name in self._rows if place == compartment and name.startswith(prefix))
        documents = {name.removeprefix(prefix): self.get(kind, name.removeprefix(prefix)) for name in names}
        return {key: document for key, document in documents.items() if document is not None}

    def put(
        self, document: Document, *, by: UUID | None, at: datetime, key: str = "", expected: int | None = None
    ) -> int:
        """Store a document and return its new version.

        Raises NotYours without its compartment. With `expected`, the version that the writer saw
        (0 for none), raises Conflict if somebody wrote in between.
        """
        row = self._sealed_row(document, key, by=by, at=at)
        stored = self._rows.get((row.compartment, row.field))
        version = stored.version if stored else 0
        if expected not in (None, version):
            raise Conflict
        if stored is None:
            self._insert([row])
            return row.version
        row.id, row.version = stored.id, version + 1
        columns = {name: getattr(row, name) for name in ("schema", "version", "sealed", "by", "at")}
        if not Value.objects.filter(id=stored.id, version=version).update(**columns):
            raise Conflict
        self._rows[row.compartment, row.field] = row
        return row.version

    def add(self, *documents: Document, by: UUID | None, at: datetime) -> None:
        """Store new documents with one query, those of a keyed kind under new keys; raises as `put` does."""
        rows = [
            self._sealed_row(document, str(new_id()) if document.storage.keyed else "", by=by, at=at)
            for document in documents
        ]
        self._insert(rows)

    def blind_key(self, kind: type[Document], about: str) -> str:
        """Return the key of a document about a subject; only a worker who opens its compartment can compute it.

        Raises NotYours without its compartment.
        """
        secret = kdf.subkey(self._key_of(kind.storage.compartment), purpose="key of a document")
        return str(UUID(bytes=kdf.mac(secret, about.encode())[:16]))

    def version_of(self, kind: type[Document], key: str = "") -> int:
        """Return the version of a document as it was opened; 0 when there is none."""
        return self.version(kind.storage.compartment, kind.storage.field_name(key))

    def read(self, compartment: Compartment, name: str) -> dict[str, Any] | None:
        """Return a value by its stored name, or None; raises NotYours without the compartment."""
        key, row = self._key_of(compartment), self._rows.get((compartment, name))
        if row is None:
            return None
        data: dict[str, Any] = json.loads(values.unseal(key, row.sealed, self._place(compartment, name, row.schema)))
        return data

    def version(self, compartment: Compartment, name: str) -> int:
        """Return the version of a value as it was opened; 0 when there is none."""
        row = self._rows.get((compartment, name))
        return row.version if row else 0

    def names(self, compartment: Compartment) -> list[str]:
        """Return the stored names that have a value in a compartment."""
        return sorted(name for place, name in self._rows if place == compartment)

    def wrap_file_key(self, file: UUID, key: bytes) -> bytes:
        """Wrap the key of a file; raises NotYours without the compartment of files."""
        return values.wrap(self._key_of(Compartment.FILES), key, label=f"file|{self.id}|{file}")

    def unwrap_file_key(self, file: UUID, wrapped: bytes) -> bytes:
        """Return the key of a file; raises NotYours without the compartment of files."""
        return values.unwrap(self._key_of(Compartment.FILES), wrapped, label=f"file|{self.id}|{file}")

    def _key_of(self, compartment: Compartment) -> bytes:
        """Return the key of a compartment; raises NotYours without it."""
        if compartment not in self._keys:
            raise NotYours
        return self._keys[compartment]

    def grant(
        self,
        holder: HolderKind,
        key: tuple[UUID, bytes],
        compartments: Iterable[Compartment],
        *,
        by: UUID | None,
        at: datetime,
        until: date | None = None,
    ) -> None:
        """Seal the keys of some compartments to a holder, replacing what they had; for good, or until a day."""
        Grant.objects.filter(record=self.id, key=key[0]).delete()
        self.seal_grant(holder, key, compartments, by=by, at=at, until=until).save(force_insert=True)

    def seal_grant(
        self,
        holder: HolderKind,
        key: tuple[UUID, bytes],
        compartments: Iterable[Compartment],
        *,
        by: UUID | None,
        at: datetime,
        until: date | None = None,
    ) -> Grant:
        """Return the keys of some compartments sealed to a holder's key (id, public half), not stored yet."""
        self.check_writable()
        wanted = set(compartments)
        granted = [compartment for compartment in ALL if compartment in wanted and compartment in self._keys]
        sealed = seal_to(key[1], b"".join(self._keys[compartment] for compartment in granted))
        columns = {"holder": holder, "compartments": mask_of(granted), "until": until, "by": by, "at": at}
        return Grant(record=self.id, key=key[0], sealed=sealed, **columns)

    def renew_keys(self) -> None:
        """Seal all values, and the keys of files, under new keys of the compartments.

        The caller has locked the record, and grants the new keys to everybody who holds it.
        """
        self.check_writable()
        before, self._keys = self._keys, {compartment: kdf.random_key() for compartment in self._keys}
        rows = list(Value.objects.filter(record=self.id, compartment__in=before))
        for row in rows:
            compartment = Compartment(row.compartment)
            place = self._place(compartment, row.field, row.schema).encoded()
            row.sealed = values.encrypt(
                self._keys[compartment], values.decrypt(before[compartment], row.sealed, place), place
            )
            row.version += 1
        Value.objects.bulk_update(rows, ["sealed", "version"])
        files = list(FileKey.objects.filter(record=self.id)) if Compartment.FILES in before else []
        for file in files:
            label = f"file|{self.id}|{file.file}"
            file.sealed = self.wrap_file_key(
                file.file, values.unwrap(before[Compartment.FILES], file.sealed, label=label)
            )
        FileKey.objects.bulk_update(files, ["sealed"])
        self._stored = {(row.compartment, row.field): row for row in rows}
        self._documents.clear()

    def _sealed_row(self, document: Document, key: str, *, by: UUID | None, at: datetime) -> Value:
        """Return the first version of a document, sealed but not stored; raises NotYours without its compartment."""
        self.check_writable()
        storage = document.storage
        place = self._place(storage.compartment, storage.field_name(key), storage.version)
        content = json.dumps(document.to_stored(), separators=(",", ":"), ensure_ascii=False).encode()
        sealed = values.seal(self._key_of(storage.compartment), content, place, least=storage.least_bytes)
        columns = {"schema": place.schema, "sealed": sealed, "by": by, "at": at}
        return Value(record_id=self.id, compartment=storage.compartment, field=place.field, **columns)

    def check_writable(self) -> None:
        """Raise Refused for a record that was opened in an emergency."""
        if self.reads_only:
            raise Refused("reads_only")

    def _insert(self, rows: list[Value]) -> None:
        """Store values that are new; raises Conflict if somebody was faster."""
        try:
            Value.objects.bulk_create(rows)
        except IntegrityError:
            raise Conflict from None
        if self._stored is not None:
            self._stored.update({(row.compartment, row.field): row for row in rows})

    def _place(self, compartment: Compartment, name: str, schema: int) -> Place:
        return Place(str(self.facts.organisation), str(self.id), compartment.value, name, schema)


def open_record(record: UUID, *, keys: Keys, lock: bool = False) -> OpenRecord:
    """Open a record with a grant that one of the worker's daily keys can read; `lock` it until the transaction ends.

    Raises NotYours when it is absent or no key opens it: both look the same.
    """
    row, daily = (lock_record if lock else find_record)(record), [key.id for key in keys.list_keys()]
    grants = list(Grant.objects.filter(record=record, key__in=daily, holder__in=DAILY_HOLDERS))
    reads_only = not grants
    grants = grants or _emergency_grants(record, keys=keys)
    if row is None or not grants:
        raise NotYours
    opened: CompartmentKeys = {}
    for grant in grants:
        opened |= open_grant(grant, keys=keys)
    keys.opened.append(record)
    keys.records[record] = opened_record = OpenRecord(facts_of(row), opened, reads_only=reads_only)
    return opened_record


def _emergency_grants(record: UUID, *, keys: Keys) -> list[Grant]:
    """Return what a duty officer opens of a record for four hours after the reason was given."""
    duty = [key.id for key in keys.list_keys(KeyKind.BREAK_GLASS)]
    if not duty or not alarms.is_emergency(record, worker=keys.worker, at=clock.now()):
        return []
    return list(Grant.objects.filter(record=record, key__in=duty, holder=HolderKind.BREAK_GLASS))


def opened_before(record: UUID, *, keys: Keys) -> OpenRecord | None:
    """Return a record that this request has opened; None if it has not."""
    opened_record = keys.records.get(record)
    return opened_record if isinstance(opened_record, OpenRecord) else None


def is_read_only(record: UUID, *, keys: Keys) -> bool:
    """Return True if this request opened the record in an emergency."""
    opened = opened_before(record, keys=keys)
    return opened is not None and opened.reads_only


def open_documents(records: QuerySet[Record, Any], kinds: Iterable[type[Document]], *, keys: Keys) -> list[OpenRecord]:
    """Open many records with only their documents of these kinds, for statistics and exports.

    Records without such documents are left out, and those that no key of the worker opens.
    """
    storages = [kind.storage for kind in kinds]
    wanted = Q()
    for storage in storages:
        named = {"field__startswith": f"{storage.name}-"} if storage.keyed else {"field": storage.name}
        wanted |= Q(compartment=storage.compartment, **named)
    values: dict[UUID, dict[tuple[str, str], Value]] = {}
    for value in Value.objects.filter(wanted, record__in=records.order_by().values("id")):
        values.setdefault(value.record_id, {})[value.compartment, value.field] = value
    daily, compartments = [key.id for key in keys.list_keys()], {storage.compartment for storage in storages}
    granted = Grant.objects.filter(record__in=values, key__in=daily, holder__in=DAILY_HOLDERS)
    grants = {grant.record: grant for grant in granted}
    opened = []
    for row in Record.objects.filter(id__in=grants).exclude(status=Status.GONE):
        by_grant = open_grant(grants[row.id], keys=keys)
        keys.opened.append(row.id)
        allowed = {name: key for name, key in by_grant.items() if name in compartments}
        rows = {place: value for place, value in values[row.id].items() if place[0] in allowed}
        opened.append(OpenRecord(facts_of(row), allowed, rows))
    return opened


def open_grant(grant: Grant, *, keys: Keys) -> CompartmentKeys:
    """Return the keys of compartments that a grant holds; raises NotYours if the worker cannot open it."""
    joined, granted = keys.pair(grant.key).open(bytes(grant.sealed)), compartments_of(grant.compartments)
    places = enumerate(compartment for compartment in ALL if compartment in granted)
    return {compartment: joined[32 * place : 32 * (place + 1)] for place, compartment in places}


def find_record(record: UUID) -> Record | None:
    """Return the row of a record, or None if it is absent or destroyed."""
    return Record.objects.filter(id=record).exclude(status=Status.GONE).first()


def lock_record(record: UUID) -> Record | None:
    """Lock a record until the transaction ends, before any other lock; return its row as `find_record` does."""
    return Record.objects.select_for_update(no_key=True).filter(id=record).exclude(status=Status.GONE).first()


def lock_several(record: OpenRecord) -> None:
    """Let one act at a time lock several records of an organisation, so that no two of them deadlock.

    Merged records are found one by one, so nobody can lock them in a fixed order. Taken before any record is locked,
    by merges, changes of exclusions, hand-overs, and whatever else locks more than one.
    """
    accounts.lock_organisation(record.facts.organisation)


def facts_of(row: Record) -> RecordFacts:
    """Return the plain columns of a record as rules see them."""
    return RecordFacts(
        row.id,
        Kind(row.kind),
        row.organisation,
        row.team,
        row.assignee,
        row.restricted,
        Status(row.status),
        covered_for=row.covered_for,
        cover_until=row.cover_until,
    )
