"""A thief with the whole disk: database, configuration, keys of the organisation; perhaps one password.

Tries whatever may be a key on everything that is sealed, and knows how all of it is built.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from uuid import UUID

from suar.accounts.codes import Way
from suar.accounts.factors import PASSWORD_WRAPS
from suar.accounts.models import Session, Worker, Wrap
from suar.crypto import kdf, values
from suar.crypto.kdf import KdfParameters
from suar.crypto.pairs import BoxPair
from suar.crypto.recovery import RecoveryCode
from suar.crypto.values import Place, SealBroken
from suar.records.keyring import DAILY_HOLDERS
from suar.records.models import Grant, IndexEntry, IndexKey, Record, Value
from suar.records.queries import INDEX
from suar.records.rules import compartments_of
from suar.records.terms import ALL, Compartment
from suar.referrals.models import Act, Packet, PacketWrap
from suar.referrals.packets import FIELDS, PREVIEW
from tests.bars.lying_about import derived

KEY_BYTES = 32
WRITTEN_KEY = re.compile(rb'"([0-9a-f]{64})"')
Named = tuple[UUID, str, str]
"""A value by its record, compartment and field."""


@dataclass
class Loot:
    """What the thief got open; `by_ceremony` are values that no daily key opens."""

    values: set[Named] = field(default_factory=set)
    by_ceremony: set[Named] = field(default_factory=set)
    sheets: set[UUID] = field(default_factory=set)
    packets: set[tuple[UUID, str]] = field(default_factory=set)
    reasons: set[int] = field(default_factory=set)
    wraps: set[UUID] = field(default_factory=set)
    sessions: set[UUID] = field(default_factory=set)
    secrets: set[tuple[UUID, str]] = field(default_factory=set)


class Disk:
    """Everything sealed, read once, and what opened of it."""

    def __init__(self) -> None:
        self.loot = Loot()
        self.wraps, self.sessions = list(Wrap.objects.all()), list(Session.objects.all())
        self.grants, self.workers = list(Grant.objects.all()), list(Worker.objects.all())
        self.sheet_wraps = list(IndexKey.objects.all())
        self.packet_wraps = list(PacketWrap.objects.all())
        self.records = {record.id: record for record in Record.objects.all()}
        self.values, self.sheets = list(Value.objects.all()), list(IndexEntry.objects.all())
        self.packets, self.acts = list(Packet.objects.all()), list(Act.objects.exclude(sealed=None))
        self.followed: set[bytes] = set()

    def try_key(self, key: bytes, *, publics: Collection[bytes]) -> None:
        """Try a key on all that one key opens; on boxes where its other half lies about.

        A box opens for one key only, so that a key whose other half nobody has ever written
        down opens none.
        """
        for wrap in (wrap for wrap in self.wraps if wrap.way != Way.MEMBER):
            if _opens(values.unwrap, key, wrap.sealed, label=f"{wrap.holder}|{wrap.way}"):
                self.loot.wraps.add(wrap.id)
        for row in self.sessions:
            if _opens(values.unwrap, key, row.sealed, label=f"session|{row.worker_id}"):
                self.loot.sessions.add(row.worker_id)
        self._secrets(key)
        self._team_sheets(key)
        for record in self.records.values():
            self._values(dict.fromkeys(ALL, key), record, self.loot.values)
        for sheet in self.sheets:
            self._sheet(sheet.record_id, key)
        self._packets(key)
        pair = BoxPair.from_private(key)
        if pair.public in publics:
            self.try_pair(pair)

    def try_pair(self, pair: BoxPair) -> list[bytes]:
        """Open every box sealed to a pair; gives the keys that were in wraps for a member."""
        for grant in self.grants:
            self._grant(grant, pair)
        for wrap in (sheet_wrap for sheet_wrap in self.sheet_wraps if not sheet_wrap.team_wide):
            if key := _opened(pair, wrap.sealed):
                self._sheet(wrap.record, key)
        for wrap in self.packet_wraps:
            if key := _opened(pair, wrap.sealed):
                self._packet(wrap.referral, wrap.part, key)
        found = []
        for wrap in (wrap for wrap in self.wraps if wrap.way == Way.MEMBER):
            if key := _opened(pair, wrap.sealed):
                self.loot.wraps.add(wrap.id)
                found.append(key)
        return found

    def try_worker(self, pairs: bytes) -> None:
        """Go on with a worker's own pairs, as far as they lead."""
        for key in self.try_pair(BoxPair.from_private(pairs[:KEY_BYTES])):
            self.try_pair(BoxPair.from_private(key[:KEY_BYTES]))
            self._team_sheets(kdf.subkey(key[:KEY_BYTES], purpose="team search"))

    def _secrets(self, key: bytes) -> None:
        for worker in self.workers:
            for name in PASSWORD_WRAPS:
                sealed = getattr(worker, name)
                if sealed and _opens(values.unwrap, key, sealed, label=f"{name}|{worker.id}"):
                    self.loot.secrets.add((worker.id, name))

    def _team_sheets(self, key: bytes) -> None:
        for wrap in (sheet_wrap for sheet_wrap in self.sheet_wraps if sheet_wrap.team_wide):
            opened = _opens(values.unwrap, key, wrap.sealed, label=f"sheet|{wrap.record}")
            if opened:
                self._sheet(wrap.record, opened)

    def _grant(self, grant: Grant, pair: BoxPair) -> None:
        opened = _opened(pair, grant.sealed)
        if opened is None:
            return
        given = [item for item in ALL if item in compartments_of(grant.compartments)]
        keys = {each: opened[KEY_BYTES * n : KEY_BYTES * (n + 1)] for n, each in enumerate(given)}
        daily = grant.holder in DAILY_HOLDERS
        into = self.loot.values if daily else self.loot.by_ceremony
        self._values(keys, self.records[grant.record], into)

    def _values(self, keys: dict[Compartment, bytes], record: Record, into: set[Named]) -> None:
        for value in (value for value in self.values if value.record_id == record.id):
            key = keys.get(Compartment(value.compartment))
            place = Place(
                f"{record.organisation}",
                f"{record.id}",
                value.compartment,
                value.field,
                value.schema,
            )
            if key and (content := _opens(values.unseal, key, value.sealed, place)):
                into.add((record.id, value.compartment, value.field))
                self._follow(content)

    def _follow(self, content: bytes) -> None:
        """Try every key that is written in an opened value, of either side, on what is sealed of referrals."""
        for key in {bytes.fromhex(written.decode()) for written in WRITTEN_KEY.findall(content)} - self.followed:
            self.followed.add(key)
            for tried in (key, *derived(key)):
                self._packets(tried)
                pair = BoxPair.from_private(tried)
                for wrap in self.packet_wraps:
                    if opened := _opened(pair, wrap.sealed):
                        self._packet(wrap.referral, wrap.part, opened)
            for act in self.acts:
                place = Place("packet", f"{act.referral_id}", "thread", "thread", 1)
                if reason := _opens(values.unseal, key, act.sealed, place):
                    self.loot.reasons.add(act.id)
                    self._follow(reason)

    def _sheet(self, record: UUID, key: bytes) -> None:
        place = Place(f"{self.records[record].organisation}", f"{record}", INDEX, INDEX, 1)
        for sheet in (sheet for sheet in self.sheets if sheet.record_id == record):
            if _opens(values.unseal, key, sheet.sealed, place):
                self.loot.sheets.add(record)

    def _packets(self, key: bytes) -> None:
        for wrap in self.packet_wraps:
            label = f"{wrap.referral}|{wrap.part}"
            opened = _opens(values.unwrap, key, wrap.sealed, label=label)
            self._packet(wrap.referral, wrap.part, opened or key)

    def _packet(self, referral: UUID, part: str, key: bytes) -> None:
        for packet in (packet for packet in self.packets if packet.referral_id == referral):
            sealed = {PREVIEW: packet.preview, FIELDS: packet.fields}[part]
            if content := _opens(values.unseal, key, sealed, Place("packet", f"{referral}", part, part, 1)):
                self.loot.packets.add((referral, part))
                self._follow(content)


def steal(keys: set[bytes]) -> Loot:
    """Try every key on everything, and as the private half of every public one."""
    disk = Disk()
    for key in keys:
        disk.try_key(key, publics=keys)
    return disk.loot


def steal_with_password(worker: Worker, password: str) -> Loot:
    """Use one worker's password on the stolen disk, as far as it goes."""
    made = kdf.derive(password, bytes(worker.salt), KdfParameters(**worker.kdf))
    return _steal_as(worker, Way.PASSWORD, made.wrapping)


def steal_with_sheet(worker: Worker, words: str) -> Loot:
    """Use the words of one worker's printed recovery sheet on the stolen disk."""
    return _steal_as(worker, Way.RECOVERY, RecoveryCode.read(words).key())


def _steal_as(worker: Worker, way: Way, key: bytes) -> Loot:
    disk = Disk()
    own = next(wrap for wrap in disk.wraps if wrap.holder == worker.id and wrap.way == way)
    disk.loot.wraps.add(own.id)
    disk.try_worker(values.unwrap(key, bytes(own.sealed), label=f"{worker.id}|{way}"))
    return disk.loot


def _opened(pair: BoxPair, sealed: bytes) -> bytes | None:
    try:
        return pair.open(bytes(sealed))
    except SealBroken:
        return None


def _opens(open_it: Callable[..., bytes], key: bytes, sealed: bytes, *place: Place, **label: str) -> bytes | None:
    """Return what a key opens, None when it does not; empty content counts as opened."""
    try:
        return open_it(key, bytes(sealed), *place, **label) or b"\0"
    except (SealBroken, ValueError):
        return None
