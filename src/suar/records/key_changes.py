"""Seal to a new key what an old one opens, and give new keys to all records that a stolen account opened or held.

Jobs have no keys, so a worker who holds them does it while a page is open; it may stop at any time and goes on where it
stopped. A record is locked before its grants are read, so that no grant that was just taken away comes back. Which
records an account opened stands in the audit log: a thief with its keys and a copy of the database may have read them.
Source: security.md 3.4, 3.5 (leaver, suspected theft of keys); docs/decisions/keys-and-sessions.md.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from suar.accounts import key_changes
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.codes import KeyKind, WorkerState
from suar.accounts.key_changes import Change
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.audit import queries as audit
from suar.core.refusals import NotYours
from suar.crypto import values
from suar.crypto.pairs import seal_to
from suar.records import actions, queries
from suar.records.keyring import DAILY_HOLDERS, CompartmentKeys, OpenRecord, facts_of, open_grant
from suar.records.models import Grant, IndexKey, Record
from suar.records.rules import compartments_of
from suar.records.terms import ALL, HolderKind, Status

BATCH = 500
RENEW_KEYS = "renew_keys"
READERS = (KeyKind.USER_READ, KeyKind.TEAM, KeyKind.BREAK_GLASS, KeyKind.STATISTICS, KeyKind.ESCROW)
Excluded = Callable[[OpenRecord], Collection[UUID]]
"""Returns the workers whom the person of a record excluded."""
Enter = Callable[..., object]
"""Enters an opened record into the lists of the acting worker (`by`)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a change of a key; the viewer can open `mine` of the records that are left."""

    change: Change
    done: int
    total: int
    mine: int


def list_progress(viewer: Viewer, *, keys: Keys) -> list[Progress]:
    """List the changes of the viewer's organisation that still go on, with how far they are."""
    rows = []
    for change in key_changes.open_changes(viewer):
        left = Grant.objects.filter(key=change.old_id)
        count = left.count()
        total = max(change.total or 0, count)
        rows.append(Progress(change, total - count, total, _openable(left, change, keys=keys).count()))
    return rows


@act("change_keys_of_leaver", needs=Permission.ADMIT_TO_TEAM)
def change_keys_of(leaver: UUID, *, receivers: Collection[UUID], by: Acting) -> None:
    """Replace the keys of a disabled worker, and take what they hold by name and an active colleague holds too.

    The audit entry names the records that were taken.
    """
    key_changes.change_keys_of(leaver, receivers=receivers, by=by)
    own = accounts.own_keys(leaver)
    others = Grant.objects.filter(record=OuterRef("record"), key__in=accounts.usable_keys()).exclude(key__in=own)
    taken = Grant.objects.filter(Exists(others.filter(holder__in=DAILY_HOLDERS)), key__in=own)
    records = list(taken.values_list("record", flat=True).distinct())
    IndexKey.objects.filter(key__in=own, record__in=records).delete()
    taken.delete()
    by.entry.about += [leaver, *records]


@act("reseal", needs=Permission.ADMIT_TO_TEAM, once=False)
def reseal_some(change: int, *, by: Acting, excluded: Excluded, enter: Enter, most: int = BATCH) -> int:
    """Seal to the new key what some records granted to the old one; return how many are left that the viewer opens.

    A worker who recovered lost keys also gets, by name, the records that no active worker opens. `enter` puts them into
    lists. A record whose person excluded the worker is left out. Ends the change when nothing is left. Raises NotYours,
    KeyNotTrusted.
    """
    row = key_changes.lock_change(change, by=by)
    accounts.lock_organisation(row.organisation)
    waiting = Grant.objects.filter(key=row.old_id)
    if row.total is None:
        row.total = waiting.count()
    chosen = list(_openable(waiting, row, keys=by.keys).values_list("record", flat=True)[:most])
    locked = {row.id: row for row in Record.objects.select_for_update(no_key=True).filter(id__in=chosen).order_by("id")}
    grants = list(waiting.filter(record__in=locked).order_by("record"))
    records = _open([locked[grant.record] for grant in grants], keys=by.keys)
    new_key = (row.new_id, accounts.publics_of([row.new_id], organisation=row.organisation)[row.new_id])
    _reseal_index_keys(row, records, new_key[1], keys=by.keys)
    waiting.filter(id__in=[grant.id for grant in grants]).delete()
    resealed = [_seal_same_grant(grant, new_key, records[grant.record], by=by) for grant in grants]
    Grant.objects.bulk_create(resealed, ignore_conflicts=True)
    if row.old.kind == KeyKind.ESCROW:
        _take_over(_orphans(records), by=by, excluded=excluded, enter=enter)
    row.ended_at = None if waiting.exists() else by.at
    key_changes.save_change(row)
    by.entry.about, by.entry.because = [row.old_id, row.new_id, *records], str(len(grants))
    return _openable(waiting, row, keys=by.keys).count()


def _openable(grants: QuerySet[Grant], change: Change, *, keys: Keys) -> QuerySet[Grant]:
    """Return those of the old key's grants whose records a worker can open, with the old key or another one."""
    readable = {key.id for key in keys.list_keys(*READERS)}
    if change.old_id in readable:
        return grants
    return grants.filter(Exists(Grant.objects.filter(record=OuterRef("record"), key__in=readable)))


def _open(rows: Collection[Record], *, keys: Keys) -> dict[UUID, OpenRecord]:
    """Return records by their ids, each with the compartments that a worker's keys open."""
    readable = [key.id for key in keys.list_keys(*READERS)]
    opened: dict[UUID, CompartmentKeys] = {row.id: {} for row in rows}
    for grant in Grant.objects.filter(record__in=opened, key__in=readable):
        opened[grant.record] |= open_grant(grant, keys=keys)
    return {row.id: OpenRecord(facts_of(row), opened[row.id]) for row in rows}


def _seal_same_grant(grant: Grant, key: tuple[UUID, bytes], record: OpenRecord, *, by: Acting) -> Grant:
    """Return the same grant for another key (id, public half), not stored yet."""
    parts = compartments_of(grant.compartments)
    return record.seal_grant(HolderKind(grant.holder), key, parts, by=by.worker, at=by.at, until=grant.until)


def _reseal_index_keys(change: Change, records: Collection[UUID], public: bytes, *, keys: Keys) -> None:
    """Seal to the new key the keys of index entries that the old one opened."""
    old = IndexKey.objects.filter(key=change.old_id, record__in=records)
    team_wide = change.new.kind == KeyKind.TEAM
    index_keys = queries.index_keys(old.values_list("record", flat=True), keys=keys)
    resealed = [
        IndexKey(
            record=record,
            key=change.new_id,
            team_wide=team_wide,
            sealed=values.wrap(keys.search_key(change.new_id), key, label=f"sheet|{record}")
            if team_wide
            else seal_to(public, key),
        )
        for record, key in index_keys.items()
    ]
    IndexKey.objects.bulk_create(resealed, ignore_conflicts=True)
    old.filter(record__in=index_keys).delete()


def _orphans(records: Mapping[UUID, OpenRecord]) -> list[OpenRecord]:
    """Return those of some records that no active worker can open."""
    daily = Grant.objects.filter(record__in=records, holder__in=DAILY_HOLDERS, key__in=accounts.usable_keys())
    usable = set(daily.values_list("record", flat=True))
    return [record for record in records.values() if record.id not in usable]


def _take_over(orphans: Iterable[OpenRecord], *, by: Acting, excluded: Excluded, enter: Enter) -> None:
    """Grant records that nobody opens to the acting worker, by name, unless the person excluded them."""
    for record in orphans:
        by.keys.opened.append(record.id)
        if by.worker not in excluded(record):
            [own] = accounts.keys_to_seal_to([("worker", by.worker)], organisation=record.facts.organisation)
            record.grant(HolderKind.WORKER, own, ALL, by=by.worker, at=by.at)
            if record.facts.kind in queries.PEOPLE:
                enter(record, by=by)


@dataclass(frozen=True, slots=True)
class Renewal:
    """The records that a disabled worker opened or held: their number, those with new keys, and those to renew here."""

    name: str
    total: int
    done: int
    mine: list[UUID]
    waits_for_keys: bool
    """The keys that the worker holds are replaced first: records would be sealed to them again."""


def renewal_of(worker: UUID, *, viewer: Viewer, keys: Keys) -> Renewal:
    """Return what a disabled worker of the viewer's organisation opened or held; raises NotYours for any other worker.

    A record that is hidden from the viewer is not counted, so that nobody learns that the person is known here.
    """
    row = next((row for row in accounts.colleagues(viewer) if row.id == worker), None)
    if row is None or row.state != WorkerState.DISABLED:
        raise NotYours
    opened, granted = _opened_or_granted(worker), Grant.objects.filter(key__in=accounts.own_keys(worker))
    own = set(granted.values_list("record", flat=True))
    records = Record.objects.filter(id__in=opened.keys() | own, organisation=viewer.organisation)
    records = records.exclude(status=Status.GONE).exclude(id__in=queries.hidden_from(viewer))
    ids = set(records.values_list("id", flat=True))
    renewed = audit.newest_mentions(verb=RENEW_KEYS, about=ids)
    left = {ident for ident in ids if ident in own or renewed.get(ident, 0) < opened[ident]}
    waits = key_changes.has_usable_keys(worker) or bool(key_changes.open_changes(viewer))
    return Renewal(row.display_name, len(ids), len(ids) - len(left), _fully_opened(left, keys=keys), waits)


def _opened_or_granted(worker: UUID) -> dict[UUID, int]:
    """Return the ids in entries of a worker, and of the replacement of keys that they held, with the newest numbers."""
    keys = audit.newest_beside([worker], verb="change_keys")
    parts = (
        audit.newest_mentions(by=worker),
        audit.newest_beside([worker], verb="change_keys_of_leaver"),
        audit.newest_beside(keys.keys(), verb="reseal"),
    )
    return {ident: max(part.get(ident, 0) for part in parts) for ident in set().union(*parts)}


def _fully_opened(records: Collection[UUID], *, keys: Keys) -> list[UUID]:
    """Return those of some records of which a worker opens all that anybody holds."""
    granted: dict[UUID, int] = {}
    own: dict[UUID, int] = {}
    daily = {key.id for key in keys.list_keys()}
    for grant in Grant.objects.filter(record__in=records):
        granted[grant.record] = granted.get(grant.record, 0) | grant.compartments
        if grant.key in daily and grant.holder in DAILY_HOLDERS:
            own[grant.record] = own.get(grant.record, 0) | grant.compartments
    return sorted(record for record, parts in own.items() if parts == granted[record])


@act(RENEW_KEYS, needs=Permission.ADMIT_TO_TEAM, once=False)
def renew(record: OpenRecord, *, stolen: UUID, by: Acting) -> None:
    """Seal a record under new keys, for all who hold it but the worker whose keys may be stolen.

    Raises NotYours if somebody holds a part of it that this worker cannot open.
    """
    grants = Grant.objects.filter(record=record.id)
    grants.filter(key__in=accounts.own_keys(stolen)).delete()
    other_grants = list(grants)
    if not all(record.may(part) for grant in other_grants for part in compartments_of(grant.compartments)):
        raise NotYours
    entry = queries.index_entries([record.id], keys=by.keys).get(record.id)
    publics = accounts.publics_of({grant.key for grant in other_grants}, organisation=record.facts.organisation)
    record.renew_keys()
    grants.delete()
    Grant.objects.bulk_create(
        _seal_same_grant(grant, (grant.key, publics[grant.key]), record, by=by) for grant in other_grants
    )
    if entry:
        actions.set_index_entry(record, entry, keys=by.keys, at=by.at)
