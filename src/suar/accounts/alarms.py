"""Alarms for supervisors and privacy officers: a changed audit log, key or clock, and workers who look for others.

An alarm names a worker and never a record. The notice says only that something waits; the day page shows the alarm.
Source: security.md B9, T18.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import notices, pins
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm, Worker
from suar.accounts.roles import Permission, Viewer
from suar.audit.rules import Fault, fingerprint
from suar.core import ratelimit

READERS = (Permission.SEE_TEAM, Permission.SEE_ACCESS_LOG)
LISTED_FOR = timedelta(days=30)
LOOKUPS_AN_HOUR = 100
MAX_NAMED = 8


def raise_audit_alarm(faults: Collection[Fault], *, at: datetime) -> None:
    """Warn all organisations of these faults of the audit log; once, if all of them stay the same."""
    seqs = sorted({fault.seq for fault in faults})
    named = ", ".join(map(str, seqs[:MAX_NAMED])) + (" ..." if seqs[MAX_NAMED:] else "")
    entries = f"{named} ({fingerprint(faults)})"
    last = Alarm.objects.filter(kind=AlarmKind.AUDIT_CHANGED).order_by("-at").first()
    if last is None or last.detail != entries:
        Alarm.objects.create(kind=AlarmKind.AUDIT_CHANGED, at=at, detail=entries)
        notices.notify(_readers(organisation=None), at=at)


def raise_key_alarms(*, at: datetime) -> int:
    """Warn all organisations of each whose key is not the pinned one, once in 30 days; return how many there are."""
    changed = pins.changed_organisations()
    for ident, name in changed.items():
        detail = f"{name[:150]} ({pins.groups_of(ident, pins.stored_key(ident))})"
        _, is_new = Alarm.objects.get_or_create(kind=AlarmKind.KEY_CHANGED, detail=detail, defaults={"at": at})
        if is_new:
            notices.notify(_readers(organisation=None), at=at)
    return len(changed)


def raise_clock_alarm(last: datetime, *, at: datetime) -> None:
    """Warn all organisations that the clock jumped since a job ran last."""
    detail = f"{last:%Y-%m-%d %H:%M} - {at:%Y-%m-%d %H:%M} UTC"
    Alarm.objects.create(kind=AlarmKind.CLOCK_JUMPED, at=at, detail=detail)
    notices.notify(_readers(organisation=None), at=at)


def list_alarms(viewer: Viewer, *, at: datetime) -> "QuerySet[Alarm]":
    """List the alarms of the last 30 days that a viewer may read, newest first; none about themselves."""
    if not any(viewer.may(needed) for needed in READERS):
        return Alarm.objects.none()
    readable = Q(organisation=None) | Q(organisation=viewer.organisation) & ~Q(worker=viewer.worker)
    return Alarm.objects.filter(readable, at__gt=at - LISTED_FOR).order_by("-at")


def purge_alarms(*, at: datetime) -> int:
    """Delete alarms that no page lists any more."""
    return Alarm.objects.filter(at__lte=at - LISTED_FOR).delete()[0]


def count_lookup(worker: UUID, *, at: datetime) -> bool:
    """Count a request for a page that is not this worker's; False beyond the limit, with one alarm an hour."""
    if ratelimit.use("lookup", str(worker), limit=LOOKUPS_AN_HOUR, at=at):
        return True
    if ratelimit.use("lookup-alarm", str(worker), limit=1, at=at):
        raise_worker_alarm(AlarmKind.MANY_LOOKUPS, worker, at=at)
    return False


def raise_worker_alarm(kind: AlarmKind, worker: UUID, *, at: datetime) -> None:
    """Warn the others of an organisation of what one of its workers did."""
    row = Worker.objects.get(id=worker)
    of_worker = {"organisation": row.organisation_id, "worker": worker, "detail": row.display_name}
    Alarm.objects.create(kind=kind, at=at, **of_worker)
    notices.notify(_readers(organisation=row.organisation_id) - {worker}, at=at)


def _readers(*, organisation: UUID | None) -> set[UUID]:
    return {worker for needed in READERS for worker in notices.workers_with(needed, organisation=organisation)}
