"""Replace the keys of a worker who left: the colleagues who stay get new ones, and the old ones open nothing new.

`records.key_changes` then seals existing records to the new keys, some records at a time.
Source: security.md 3.5 (leaver).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from suar.accounts import setup
from suar.accounts.acting import Acting, act
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.keys import Keys, add_public, give_key, newest_public, retire
from suar.accounts.models import KeyChange, Membership, PublicKey, Worker, Wrap
from suar.accounts.pins import check_certificate, identity_of
from suar.accounts.roles import Permission, Viewer
from suar.core.refusals import NotYours, Refused
from suar.crypto.pairs import BoxPair

Change = KeyChange
"""A key that another one replaces."""
CHANGED = (KeyKind.TEAM, KeyKind.INBOX, KeyKind.BREAK_GLASS, KeyKind.STATISTICS)
"""The organisation's signing key stays: partners and workers know it, and it opens nothing."""


def leavers(viewer: Viewer, *, keys: Keys) -> dict[Worker, list[PublicKey]]:
    """Return the disabled workers who hold keys that the viewer can replace, and these keys.

    A signatory also replaces the statistics key, which often its maker alone holds.
    """
    own = {key.id: key for key in keys.list_keys(*CHANGED)}
    if keys.list_keys(KeyKind.IDENTITY):
        statistics = PublicKey.objects.filter(kind=KeyKind.STATISTICS, owner=viewer.organisation)
        own |= {key.id: key for key in statistics}
    disabled = Worker.objects.filter(organisation=viewer.organisation, state=WorkerState.DISABLED)
    by_worker: dict[Worker, list[PublicKey]] = {}
    for worker in disabled.order_by("display_name"):
        wraps = Wrap.objects.filter(holder=worker.id, way=Way.MEMBER, key__in=own).values_list("key", flat=True)
        if wraps:
            by_worker[worker] = [own[key] for key in wraps]
    return by_worker


def has_usable_keys(worker: UUID) -> bool:
    """Return True if a worker holds a key to which records are still sealed."""
    wraps = Wrap.objects.filter(holder=worker, way=Way.MEMBER).values("key")
    return PublicKey.objects.filter(id__in=wraps, kind__in=CHANGED, retired_at=None).exists()


def open_changes(viewer: Viewer) -> list[KeyChange]:
    """List the unfinished key changes of the viewer's organisation."""
    rows = KeyChange.objects.filter(organisation=viewer.organisation, ended_at=None)
    return list(rows.select_related("old", "new").order_by("began_at", "id"))


def begin_change(old: PublicKey, new: PublicKey, *, organisation: UUID, at: datetime) -> None:
    """Begin to seal to the new key all that the old one opens; open changes to the old key lead to the new one too."""
    KeyChange.objects.filter(new=old, ended_at=None).update(new=new)
    KeyChange.objects.create(old=old, new=new, organisation=organisation, began_at=at)


def lock_change(change: int, *, by: Acting) -> KeyChange:
    """Return an unfinished key change of the viewer's organisation, locked; raises NotYours.

    Only a replaced key changes, and only to a newer one of the same kind and owner: the row could be planted.
    """
    rows = KeyChange.objects.filter(organisation=by.viewer.organisation, ended_at=None)
    row = rows.select_for_update(of=("self",)).select_related("old", "new").filter(id=change).first()
    if row is None or not _is_newer(row.new, than=row.old):
        raise NotYours
    return row


def _is_newer(key: PublicKey, *, than: PublicKey) -> bool:
    same = (key.kind, key.owner) == (than.kind, than.owner)
    return same and than.retired_at is not None and key.version > than.version


def save_change(change: KeyChange) -> None:
    """Store the progress of a key change; when it ends, nobody holds an escrow key, and no paper opens it."""
    change.save(update_fields=["total", "ended_at"])
    if change.ended_at and change.old.kind == KeyKind.ESCROW:
        Wrap.objects.filter(key=change.old_id).delete()


def keys_of_leaver(leaver: UUID, *, viewer: Viewer, keys: Keys) -> list[PublicKey]:
    """Return the keys of a disabled worker that the viewer can replace; raises NotYours if there are none."""
    rows = next((rows for worker, rows in leavers(viewer, keys=keys).items() if worker.id == leaver), [])
    if not rows:
        raise NotYours
    return rows


def receivers_of(keys: Iterable[PublicKey], *, viewer: Viewer) -> dict[PublicKey, list[Worker]]:
    """Return the workers who get the next version of each key: its active holders, of a team its members only.

    The viewer gets a key that no active worker holds. Holders are plain rows that an attacker could plant, so a
    person confirms the list.
    """
    received = {}
    for key in keys:
        holders = Wrap.objects.filter(key=key.id, way=Way.MEMBER).values("holder")
        rows = Worker.objects.filter(id__in=holders, state=WorkerState.ACTIVE).order_by("display_name")
        if key.kind == KeyKind.TEAM:
            rows = rows.filter(membership__team=key.owner, membership__until=None)
        received[key] = list(rows) or list(Worker.objects.filter(id=viewer.worker))
    return received


@act("change_keys", needs=Permission.ADMIT_TO_TEAM)
def change_keys_of(leaver: UUID, *, receivers: Collection[UUID], by: Acting) -> None:
    """Replace the keys that a disabled worker holds, and take the old ones and the teams from them.

    Raises NotYours if the viewer can replace none of them or is no signatory, Refused if others than the `receivers`
    whom the viewer saw would get the new keys.
    """
    keys = keys_of_leaver(leaver, viewer=by.viewer, keys=by.keys)
    received = receivers_of((key for key in keys if key.retired_at is None), viewer=by.viewer)
    if {worker.id for workers in received.values() for worker in workers} != set(receivers):
        raise Refused("receivers_changed")
    for key, workers in received.items():
        _replace(key, workers, by=by)
    Wrap.objects.filter(holder=leaver, way=Way.MEMBER, key__in=[key.id for key in keys]).delete()
    identities = PublicKey.objects.filter(kind=KeyKind.IDENTITY, owner=by.viewer.organisation)
    Wrap.objects.filter(holder=leaver, way=Way.MEMBER, key__in=identities.values("id")).delete()
    teams = [key.owner for key in keys if key.kind == KeyKind.TEAM]
    Membership.objects.filter(worker=leaver, team__in=teams, until=None).update(until=by.at)
    by.keys.forget()
    setup.seal_keys_to_escrow(by=by)
    by.entry.about += [leaver, *(key.owner for key in keys), *(key.id for key in keys)]


def _replace(old: PublicKey, receivers: Iterable[Worker], *, by: Acting) -> None:
    """Make the next version of a key, and seal it to workers whose own key the organisation signed."""
    organisation, pair = by.viewer.organisation, BoxPair.new()
    identity = by.keys.identity(organisation)
    retire(PublicKey.objects.filter(id=old.id), at=by.at)
    new = add_public(KeyKind(old.kind), old.owner, pair.public, at=by.at, signed_by=identity)
    for worker in receivers:
        own = newest_public(KeyKind.USER_READ, worker.id)
        check_certificate(own, identity_of(organisation), for_records=True)
        give_key(new, pair.private, to=own, at=by.at)
    begin_change(old, new, organisation=organisation, at=by.at)
