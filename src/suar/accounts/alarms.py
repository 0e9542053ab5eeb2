"""Alarms for supervisors and privacy officers: a changed log, key or clock, and accesses that are to be reviewed.

An alarm names a worker and never a person. The notice says only that something waits; the day page shows the alarm.
Source: security.md B8, B9, T18, 5 (break-glass).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import notices, pins
from suar.accounts.codes import ALARMS, AlarmKind
from suar.accounts.models import Alarm, AlarmText, Worker
from suar.accounts.roles import Permission, Viewer
from suar.audit.rules import Fault, fingerprint
from suar.core import ratelimit

READER_PERMISSIONS = (Permission.SEE_TEAM, Permission.SEE_ACCESS_LOG)
LISTED_FOR = timedelta(days=30)
REVIEWED = tuple(kind for kind in AlarmKind if ALARMS[kind].get("reviewed"))
ADMINISTRATOR_ALARMS = tuple(kind for kind in REVIEWED if kind is not AlarmKind.EXPORT_ASKED)
"""Alarms that an administrator reviews if there is nobody else; they agree to no export."""
PAPER_ALARMS = (AlarmKind.PAPERS_USED, AlarmKind.PAPERS_TYPED)
"""Alarms for everybody in charge, administrators too: each of them can cancel a recovery."""
EMERGENCY_LASTS = timedelta(hours=4)
JUSTIFIED = "JUSTIFIED"
LOOKUPS_AN_HOUR = 100
MAX_LISTED_ENTRIES = 8


def raise_audit_alarm(faults: Collection[Fault], *, at: datetime) -> None:
    """Warn all organisations of these faults of the audit log; once, if all of them stay the same."""
    seqs = sorted({fault.seq for fault in faults})
    listed = ", ".join(map(str, seqs[:MAX_LISTED_ENTRIES])) + (" ..." if seqs[MAX_LISTED_ENTRIES:] else "")
    entries = f"{listed} ({fingerprint(faults)})"
    last = Alarm.objects.filter(kind=AlarmKind.AUDIT_CHANGED).order_by("-at").first()
    if last is None or last.detail != entries:
        _warn_all(AlarmKind.AUDIT_CHANGED, entries, at=at)


def raise_key_alarms(*, at: datetime) -> int:
    """Warn all organisations of each whose key is not the pinned one, once in 30 days; return how many there are.

    The same for each replaced key that somebody brought back.
    """
    changed, fingerprint_of = pins.changed_organisations(), pins.organisation_fingerprint
    details = [f"{name[:150]} ({fingerprint_of(ident, pins.stored_key(ident))})" for ident, name in changed.items()]
    details += [
        f"{row.kind} {row.version} ({fingerprint_of(row.owner, bytes(row.public))})" for row in pins.revived_keys()
    ]
    for detail in details:
        if not Alarm.objects.filter(kind=AlarmKind.KEY_CHANGED, detail=detail).exists():
            _warn_all(AlarmKind.KEY_CHANGED, detail, at=at)
    return len(details)


def raise_clock_alarm(last: datetime, *, at: datetime) -> None:
    """Warn all organisations that the clock jumped since a job ran last."""
    _warn_all(AlarmKind.CLOCK_JUMPED, f"{last:%Y-%m-%d %H:%M} - {at:%Y-%m-%d %H:%M} UTC", at=at)


def list_alarms(viewer: Viewer, *, at: datetime) -> "QuerySet[Alarm]":
    """List what a viewer must look at, newest first; nothing about themselves, and nothing that was reviewed."""
    return readable(viewer).filter(_listed(at), reviewed_at=None).order_by("-at")


def list_reviewed(viewer: Viewer, *, at: datetime) -> "QuerySet[Alarm]":
    """List what was reviewed in the last 30 days, newest first."""
    return readable(viewer).filter(reviewed_at__gt=at - LISTED_FOR).order_by("-reviewed_at")


def purge_alarms(*, at: datetime) -> int:
    """Delete alarms that no page lists any more; what waits for a review stays."""
    unlisted = Q(at__lte=at - LISTED_FOR) & (~Q(kind__in=REVIEWED) | Q(reviewed_at__lte=at - LISTED_FOR))
    return Alarm.objects.filter(unlisted).delete()[1].get(Alarm._meta.label, 0)


def count_lookup(worker: UUID, *, at: datetime) -> bool:
    """Count a request for a page that is not this worker's; False beyond the limit, with one alarm an hour."""
    if ratelimit.use("lookup", str(worker), limit=LOOKUPS_AN_HOUR, at=at):
        return True
    raise_access_alarm(AlarmKind.MANY_LOOKUPS, worker, at=at)
    return False


def raise_access_alarm(kind: AlarmKind, worker: UUID, *, at: datetime, record: UUID | None = None) -> None:
    """Warn the worker's organisation of an access that stands out, of each kind once an hour."""
    if ratelimit.use(f"alarm-{kind}", str(worker), limit=1, at=at):
        raise_worker_alarm(kind, worker, at=at, record=record)


def is_emergency(record: UUID, *, worker: UUID, at: datetime) -> bool:
    """Return True while a worker may open a record that they opened in an emergency, unless a review found none."""
    rows = Alarm.objects.filter(kind=AlarmKind.BREAK_GLASS, record=record, worker=worker, decision__in=("", JUSTIFIED))
    return rows.filter(at__gt=at - EMERGENCY_LASTS).exists()


def raise_worker_alarm(
    kind: AlarmKind, worker: UUID, *, at: datetime, record: UUID | None = None, code: str = ""
) -> Alarm:
    """Warn the worker's organisation of what they did; the alarm is about them, so they do not see it."""
    row = Worker.objects.get(id=worker)
    facts = {"organisation": row.organisation_id, "worker": worker, "detail": row.display_name}
    alarm = Alarm.objects.create(kind=kind, at=at, record=record, code=code, **facts)
    readers = readers_of(organisation=row.organisation_id) | reviewers_of(worker, organisation=row.organisation_id)
    notices.notify(readers - {worker}, at=at)
    return alarm


def _warn_all(kind: AlarmKind, detail: str, *, at: datetime) -> None:
    Alarm.objects.create(kind=kind, at=at, detail=detail)
    notices.notify(readers_of(organisation=None), at=at)


def _listed(at: datetime) -> Q:
    return Q(at__gt=at - LISTED_FOR) | Q(kind__in=REVIEWED)


def readable(viewer: Viewer) -> "QuerySet[Alarm]":
    """Return the alarms that a viewer may read: of all organisations, and their own but for those about themselves.

    An administrator reads those of papers, and those of workers whom nobody else reviews. That a record was taken is
    only for those to whom its number is sealed.
    """
    own = Q(organisation=viewer.organisation) & ~Q(worker=viewer.worker)
    sealed = AlarmText.objects.filter(reader=viewer.worker, is_review=False).values("alarm")
    taken = Q(kind=AlarmKind.RECORD_TAKEN)
    if viewer.may(Permission.REVIEW_ACCESS) and any(viewer.may(needed) for needed in READER_PERMISSIONS):
        return Alarm.objects.filter(Q(organisation=None) | own & (~taken | Q(id__in=sealed)))
    if not viewer.may(Permission.MANAGE_WORKERS):
        return Alarm.objects.none()
    wanted = Q(kind__in=PAPER_ALARMS) | taken & Q(id__in=sealed)
    others = readers_of(organisation=viewer.organisation, certified=True)
    if viewer.may(Permission.REVIEW_ACCESS) and len(others) <= 1:
        wanted |= ~taken & Q(kind__in=ADMINISTRATOR_ALARMS, **({"worker__in": others} if others else {}))
    return Alarm.objects.filter(own & wanted)


def readers_of(*, organisation: UUID | None, certified: bool = False) -> set[UUID]:
    """Return the workers who read the alarms of an organisation, or of all; `certified` as in `workers_with`."""
    several = (
        notices.workers_with(needed, organisation=organisation, certified=certified) for needed in READER_PERMISSIONS
    )
    return {worker for workers in several for worker in workers}


def reviewers_of(worker: UUID, *, organisation: UUID) -> set[UUID]:
    """Return the others who review accesses of a worker: administrators only if there is nobody else."""
    others = readers_of(organisation=organisation, certified=True) - {worker}
    return others or set(notices.workers_with(Permission.REVIEW_ACCESS, organisation=organisation, certified=True))
