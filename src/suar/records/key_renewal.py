"""Give new keys to all records that an account opened or held, after its keys may have been stolen.

The audit log lists these records. A thief with the keys and a copy of the database may have read each of them.

Jobs have no keys, so a worker who opens the records does it while a page is open; it may stop at any time.
Source: security.md 3.5 (suspected theft of keys).
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from suar.accounts import key_changes
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.codes import WorkerState
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.audit import queries as audit
from suar.core.refusals import NotYours
from suar.records import actions, queries
from suar.records.keyring import DAILY_HOLDERS, OpenRecord
from suar.records.models import Grant, Record
from suar.records.rules import compartments_of
from suar.records.terms import HolderKind, Status

RENEWED = "renew_keys"


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
    records = Record.objects.filter(id__in=opened.keys() | own, organisation=viewer.organisation).exclude(
        status=Status.GONE
    )
    records = records.exclude(id__in=queries.hidden_from(viewer))
    ids = set(records.values_list("id", flat=True))
    renewed = audit.newest_mentions(verb=RENEWED, about=ids)
    left = {ident for ident in ids if ident in own or renewed.get(ident, 0) < opened[ident]}
    waits = key_changes.has_usable_keys(worker) or bool(key_changes.open_changes(viewer))
    return Renewal(row.display_name, len(ids), len(ids) - len(left), _whole(left, keys=keys), waits)


def _opened_or_granted(worker: UUID) -> dict[UUID, int]:
    """Return the ids in entries of a worker, and of the replacement of keys that they held, with the newest numbers."""
    keys = audit.newest_beside([worker], verb="change_keys")
    parts = (
        audit.newest_mentions(by=worker),
        audit.newest_beside([worker], verb="change_keys_of_leaver"),
        audit.newest_beside(keys.keys(), verb="reseal"),
    )
    return {ident: max(part.get(ident, 0) for part in parts) for ident in set().union(*parts)}


def _whole(records: Collection[UUID], *, keys: Keys) -> list[UUID]:
    """Return those of some records of which a worker opens all that anybody holds."""
    granted: dict[UUID, int] = {}
    own: dict[UUID, int] = {}
    daily = {key.id for key in keys.list_keys()}
    for grant in Grant.objects.filter(record__in=records):
        granted[grant.record] = granted.get(grant.record, 0) | grant.compartments
        if grant.key in daily and grant.holder in DAILY_HOLDERS:
            own[grant.record] = own.get(grant.record, 0) | grant.compartments
    return sorted(record for record, parts in own.items() if parts == granted[record])


@act(RENEWED, needs=Permission.ADMIT_TO_TEAM, once=False)
def renew(record: OpenRecord, *, stolen: UUID, by: Acting) -> None:
    """Seal a record under new keys, for all who hold it but the worker whose keys may be stolen.

    Raises NotYours if somebody holds a part of it that this worker cannot open.
    """
    grants = Grant.objects.filter(record=record.id)
    grants.filter(key__in=accounts.own_keys(stolen)).delete()
    remaining = list(grants)
    if not all(record.may(part) for grant in remaining for part in compartments_of(grant.compartments)):
        raise NotYours
    entry = queries.index_entries([record.id], keys=by.keys).get(record.id)
    publics = accounts.publics_of({grant.key for grant in remaining}, organisation=record.facts.organisation)
    record.renew_keys()
    for grant in remaining:
        holder, parts = HolderKind(grant.holder), compartments_of(grant.compartments)
        record.grant(holder, (grant.key, publics[grant.key]), parts, by=by.worker, at=by.at, until=grant.until)
    if entry:
        actions.set_index_entry(record, entry, keys=by.keys, at=by.at)
