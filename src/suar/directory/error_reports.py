"""Error reports by readers: a code, a day and a count. The reporter is not stored."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from suar.core import clock
from suar.core.codes import code_list
from suar.core.refusals import NotYours
from suar.directory.codes import UNSAFE
from suar.directory.models import ErrorReport, Service

MAX_TIMES, MAX_A_DAY = 20, 500
"""Limits of a day: how often one kind of one entry is counted, and how many such kinds of all entries.

Unsafe entries have a limit of their own: a flood of smaller reports leaves room for them.
"""
MAX_FOR_A_CALLER = 20
"""Reports of either limit that one caller may send in an hour: one caller cannot use up the limit of a day."""


@transaction.atomic
def record_report(service: UUID, kind: str, *, at: datetime) -> bool:
    """Count an error report; return False beyond the limit of the day.

    Beyond the limit of a day nothing is written. A settled report that is repeated waits anew.
    Raises NotYours for an unknown entry or kind.
    """
    if kind not in code_list("directory", "error_kinds") or not Service.objects.filter(id=service).exists():
        raise NotYours
    day = clock.local_date(at)
    reports = ErrorReport.objects.filter(service=service, kind=kind, day=day)
    if reports.exists():
        reports.filter(settled_at=None, times__lt=MAX_TIMES).update(times=F("times") + 1)
        reports.exclude(settled_at=None).update(settled_at=None, settled_by=None, times=1)
        return True
    unsafe = Q(kind=UNSAFE)
    same_limit = unsafe if kind == UNSAFE else ~unsafe
    if ErrorReport.objects.filter(same_limit, day=day).count() >= MAX_A_DAY:
        return False
    ErrorReport.objects.get_or_create(service_id=service, kind=kind, day=day)
    return True


def rate_limit_key(kind: str) -> str:
    """Return the rate limit of a kind: one for unsafe entries, one for all other kinds."""
    return "unsafe" if kind == UNSAFE else "wrong"


def list_open_reports(service: UUID | None = None) -> list[ErrorReport]:
    """List the reports that no editor has checked, unsafe first, then the oldest."""
    of_service = Q(service=service) if service else Q()
    reports = ErrorReport.objects.filter(of_service, settled_at=None).order_by("day", "id")
    return sorted(reports, key=lambda report: report.kind != UNSAFE)
