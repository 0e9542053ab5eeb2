"""Notices say that something waits, to whom, and nothing else: no record, no name, no kind.

Jobs and actions notify; the worker's own day marks it as seen. Source: security.md 3.4 (notices never name).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from suar.accounts.codes import KeyKind, WorkerState
from suar.accounts.models import Notice, Organisation, PublicKey, Worker
from suar.accounts.roles import Permission, Role, permissions_of

WAITS = Q(seen_at=None) | Q(since__gt=F("seen_at"))
"""Notices that their workers have not seen yet."""


def notify(workers: Iterable[UUID], *, at: datetime, unless_seen_since: datetime | None = None) -> int:
    """Notify these workers that something waits, and return how many did not know yet.

    A job that finds the same thing again names the moment it began to wait: who has looked
    since then is not notified twice.
    """
    return sum(_notify(worker, at=at, since=unless_seen_since) for worker in set(workers))


def mark_seen(worker: UUID, *, at: datetime) -> None:
    """Record that a worker has looked at their day."""
    unseen_of(worker).update(seen_at=at)


def unseen_of(worker: UUID) -> QuerySet[Notice]:
    """Return the notice that waits for a worker, as a query of no or one row."""
    return Notice.objects.filter(WAITS, worker=worker)


def notify_of_entries(organisation: UUID, *, at: datetime, apart_from: UUID | None) -> None:
    """Notify the workers of an organisation that one of its entries in the directory changed."""
    Organisation.objects.filter(id=organisation).update(entries_changed_at=at)
    notify(set(workers_with(Permission.SEE_OWN_DAY, organisation=organisation)) - {apart_from}, at=at)


def workers_with(permission: Permission, *, organisation: UUID | None = None, certified: bool = False) -> list[UUID]:
    """List the active workers whose role has a permission, of one organisation or of all.

    `certified` leaves out those whose own key no signatory confirmed.
    """
    roles = [role for role in Role if permission in permissions_of(role)]
    rows = Worker.objects.filter(state=WorkerState.ACTIVE, role__in=roles)
    rows = rows.filter(organisation=organisation) if organisation else rows
    if certified:
        own = PublicKey.objects.filter(kind=KeyKind.USER_READ, retired_at=None, certificate__isnull=False)
        rows = rows.filter(id__in=own.values("owner"))
    return list(rows.values_list("id", flat=True))


def _notify(worker: UUID, *, at: datetime, since: datetime | None) -> bool:
    row, created = Notice.objects.get_or_create(worker=worker, defaults={"since": at})
    if created:
        return True
    if row.seen_at is None or row.since > row.seen_at or (since and row.seen_at >= since):
        return False
    return bool(Notice.objects.filter(worker=worker, seen_at=row.seen_at).update(since=at))
