"""Error reports by readers: a code, a day and a count. Who reported is not stored."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import NotYours
from suar.directory.codes import ErrorKind
from suar.directory.models import ErrorReport, Service

MOST_TIMES, MOST_A_DAY = 20, 500
"""How far one kind of one entry is counted on a day, and how many such kinds all entries have.

What is unsafe is limited by itself: a flood of smaller things leaves room for it.
"""
MOST_OF_A_CALLER = 20
"""How much of either one caller may say in an hour: a day of one caller fills no day of all."""


def record_report(service: UUID, kind: str, *, at: datetime) -> bool:
    """Count that something is wrong; says whether an editor will see it.

    Beyond the limit of a day nothing more is written. What an editor has looked into waits anew.
    Raises NotYours for an unknown entry or kind.
    """
    if kind not in set(ErrorKind):
        raise NotYours
    day = clock.local_date(at)
    with transaction.atomic():
        if not Service.objects.filter(id=service).exists():
            raise NotYours
        rows = ErrorReport.objects.filter(service=service, kind=kind, day=day)
        if rows.exists():
            rows.filter(settled_at=None, times__lt=MOST_TIMES).update(times=F("times") + 1)
            anew = {"settled_at": None, "settled_by": None, "times": 1}
            rows.exclude(settled_at=None).update(**anew)
            return True
        if _counted_together(day, kind).count() >= MOST_A_DAY:
            return False
        ErrorReport.objects.get_or_create(service_id=service, kind=kind, day=day)
        return True


def rate_limit_key(kind: str) -> str:
    """Name the limit under which a kind is counted: unsafe alone, everything else together."""
    return "unsafe" if kind == ErrorKind.UNSAFE else "wrong"


def list_open_reports(service: UUID | None = None) -> list[ErrorReport]:
    """List what nobody has looked into, unsafe first, then the oldest."""
    rows = ErrorReport.objects.filter(settled_at=None).order_by("day", "id")
    found = list(rows.filter(service=service) if service else rows)
    return sorted(found, key=lambda row: row.kind != ErrorKind.UNSAFE)


def settle_reports(service: UUID, *, by: UUID, at: datetime) -> None:
    """Record that an editor has looked into everything said about an entry."""
    with transaction.atomic():
        rows = ErrorReport.objects.filter(service=service, settled_at=None)
        if rows.update(settled_at=at, settled_by=by):
            audit.record("settle_wrong", by=by, at=at, about=[service])


def _counted_together(day: date, kind: str) -> "QuerySet[ErrorReport]":
    """Return what shares a limit with a kind: unsafe alone, everything else together."""
    rows = ErrorReport.objects.filter(day=day)
    unsafe = {"kind": ErrorKind.UNSAFE}
    return rows.filter(**unsafe) if kind == ErrorKind.UNSAFE else rows.exclude(**unsafe)
