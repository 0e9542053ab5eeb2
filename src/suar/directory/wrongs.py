"""What readers say is wrong with an entry: a code, a day and a count, and never who said it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from suar.audit import actions as audit
from suar.directory.models import Service, WrongReport
from suar.directory.terms import Wrong
from suar.kernel import clock
from suar.kernel.refusals import NotYours

MOST_TIMES, MOST_A_DAY = 20, 500
"""How far one kind of one entry is counted on a day, and how many such kinds all entries have."""


def say(service: UUID, kind: str, *, at: datetime) -> None:
    """Count that something is wrong; beyond the limits of a day nothing more is written.

    Raises NotYours for an entry or a kind that is none.
    """
    if kind not in set(Wrong):
        raise NotYours
    day = clock.local_date(at)
    with transaction.atomic():
        if not Service.objects.filter(id=service).exists():
            raise NotYours
        rows = WrongReport.objects.filter(service=service, kind=kind, day=day)
        if rows.exists():
            rows.filter(settled_at=None, times__lt=MOST_TIMES).update(times=F("times") + 1)
        elif WrongReport.objects.filter(day=day).count() < MOST_A_DAY:
            WrongReport.objects.get_or_create(service_id=service, kind=kind, day=day)


def waiting(service: UUID | None = None) -> list[WrongReport]:
    """List what nobody has looked into, unsafe first, then the oldest."""
    rows = WrongReport.objects.filter(settled_at=None).order_by("day", "id")
    found = list(rows.filter(service=service) if service else rows)
    return sorted(found, key=lambda row: row.kind != Wrong.UNSAFE)


def settle(service: UUID, *, by: UUID, at: datetime) -> None:
    """Note that an editor has looked into everything said about an entry."""
    with transaction.atomic():
        rows = WrongReport.objects.filter(service=service, settled_at=None)
        if rows.update(settled_at=at, settled_by=by):
            audit.record("settle_wrong", by=by, at=at, about=[service])
