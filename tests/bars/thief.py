"""A thief with the whole disk: database, configuration, keys of the house; perhaps one password.

Tries every byte string of 32 bytes that lies anywhere as a key for everything that is sealed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import connection

from suar.accounts.models import PublicKey, Session, Worker, Wrap
from suar.accounts.terms import Way
from suar.sealing import derivation, passwords, wraps
from suar.sealing.boxes import BoxPair
from suar.sealing.passwords import KdfParameters
from suar.sealing.refusals import SealBroken
from suar.sealing.values import Place, unseal
from suar.vault.models import Grant, Record, Value
from suar.vault.rules import compartments_of
from suar.vault.terms import ALL

KEY_BYTES = 32


@dataclass
class Disk:
    """Everything sealed, read once."""

    wraps: list[Wrap]
    sessions: list[Session]
    grants: list[Grant]
    records: dict[UUID, Record]
    values: list[Value]


def disk() -> Disk:
    """Read the stolen disk."""
    return Disk(
        list(Wrap.objects.all()), list(Session.objects.all()), list(Grant.objects.all()),
        {each.id: each for each in Record.objects.all()}, list(Value.objects.all()),
    )  # fmt: skip


@dataclass
class Loot:
    """What the thief got open."""

    values: set[int] = field(default_factory=set)
    sessions: int = 0
    wraps: set[UUID] = field(default_factory=set)
    grants: set[UUID] = field(default_factory=set)


def keys_lying_about() -> set[bytes]:
    """Give every 32-byte string in any row, and what the configuration gives."""
    found = {derivation.digest(settings.SECRET_KEY.encode())}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT * FROM " + connection.ops.quote_name(table))  # noqa: S608 - own names
            for row in cursor.fetchall():
                for cell in row:
                    found |= set(_cut(cell))
    return found


def steal(keys: Iterable[bytes]) -> Loot:
    """Try every key on every wrap, session, grant and value."""
    loot, stolen = Loot(), disk()
    for key in keys:
        _wraps_under(key, stolen, loot)
        _sessions_under(key, stolen, loot)
        _grants_under(BoxPair.from_private(key), stolen, loot)
        for record in stolen.records.values():
            _values_under(dict.fromkeys(ALL, key), record, stolen, loot)
    return loot


def steal_with_password(worker: Worker, password: str) -> Loot:
    """Use one worker's password on the stolen disk, as far as it goes."""
    loot, stolen = Loot(), disk()
    derived = passwords.derive(password, bytes(worker.salt), KdfParameters(**worker.kdf))
    own = next(w for w in stolen.wraps if w.holder == worker.id and w.way == Way.PASSWORD)
    pairs = wraps.unwrap(derived.wrapping, bytes(own.sealed), label=f"{worker.id}|{Way.PASSWORD}")
    loot.wraps.add(own.id)
    mine = [BoxPair.from_private(pairs[:KEY_BYTES])]
    for wrap in (each for each in stolen.wraps if each.way == Way.MEMBER):
        try:
            mine.append(BoxPair.from_private(mine[0].open(bytes(wrap.sealed))[:KEY_BYTES]))
            loot.wraps.add(wrap.id)
        except SealBroken:
            continue
    for pair in mine:
        _grants_under(pair, stolen, loot)
    return loot


def grants_of(worker: Worker) -> set[UUID]:
    """Give the grants that a worker's keys should open: their own and those of keys they hold."""
    keys = set(PublicKey.objects.filter(owner=worker.id).values_list("id", flat=True))
    keys |= set(Wrap.objects.filter(holder=worker.id, way=Way.MEMBER).values_list("key", flat=True))
    return set(Grant.objects.filter(key__in=keys).values_list("id", flat=True))


def _cut(cell: object) -> Iterator[bytes]:
    raw = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
    for start in (0, 1, 25, 41, len(raw) - KEY_BYTES):
        if 0 <= start <= len(raw) - KEY_BYTES:
            yield raw[start : start + KEY_BYTES]


def _wraps_under(key: bytes, stolen: Disk, loot: Loot) -> None:
    for wrap in (each for each in stolen.wraps if each.way != Way.MEMBER):
        try:
            wraps.unwrap(key, bytes(wrap.sealed), label=f"{wrap.holder}|{wrap.way}")
            loot.wraps.add(wrap.id)
        except SealBroken:
            continue


def _sessions_under(key: bytes, stolen: Disk, loot: Loot) -> None:
    for row in stolen.sessions:
        try:
            wraps.unwrap(key, bytes(row.sealed), label=f"session|{row.worker_id}")
            loot.sessions += 1
        except SealBroken:
            continue


def _grants_under(pair: BoxPair, stolen: Disk, loot: Loot) -> None:
    for grant in stolen.grants:
        try:
            opened = pair.open(bytes(grant.sealed))
        except SealBroken:
            continue
        loot.grants.add(grant.id)
        given = [each for each in ALL if each in compartments_of(grant.compartments)]
        keys = {each: opened[KEY_BYTES * n : KEY_BYTES * (n + 1)] for n, each in enumerate(given)}
        _values_under(keys, stolen.records[grant.record], stolen, loot)


def _values_under(keys: dict, record: Record, stolen: Disk, loot: Loot) -> None:
    owner, own = str(record.organisation), str(record.id)
    for value in (each for each in stolen.values if each.record_id == record.id):
        place = Place(owner, own, value.compartment, value.field, value.schema)
        try:
            unseal(keys[value.compartment], bytes(value.sealed), place)
            loot.values.add(value.id)
        except (SealBroken, KeyError):
            continue
