"""Limits on how many different records a worker opens, and decoys: they contain the damage of a stolen account.

Source: security.md T3, B8.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts import alarms
from suar.accounts.codes import AlarmKind
from suar.accounts.roles import Viewer, opening_limits
from suar.records.models import Decoy, OpenedRecord
from suar.records.rules import Budget, budget_after

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def count_openings(viewer: Viewer, records: Collection[UUID], *, at: datetime) -> Budget:
    """Count records that a request opened, and return whether its page may leave; a record counts once a day.

    A record beyond the limits does not count, so that those opened before still open. Raises an alarm for a decoy, and
    beyond the limit of a day.
    """
    opened = dict(OpenedRecord.objects.filter(worker=viewer.worker, at__gt=at - DAY).values_list("record", "at"))
    new = set(records) - opened.keys()
    if not new:
        return Budget.LEFT
    warn_of_decoys(new, viewer.worker, at=at)
    an_hour = sum(moment > at - HOUR for moment in opened.values()) + len(new)
    budget = budget_after(an_hour, len(opened) + len(new), limits=opening_limits(viewer.role), fresh=viewer.fresh)
    if budget is Budget.SPENT:
        alarms.raise_access_alarm(AlarmKind.MANY_RECORDS, viewer.worker, at=at)
    if budget is Budget.LEFT:
        OpenedRecord.objects.filter(worker=viewer.worker, record__in=new).delete()
        rows = [OpenedRecord(worker=viewer.worker, record=record, at=at) for record in new]
        OpenedRecord.objects.bulk_create(rows, ignore_conflicts=True)
    return budget


def warn_of_decoys(records: Collection[UUID], worker: UUID, *, at: datetime) -> None:
    """Raise an alarm if a decoy that somebody else made is among records that a worker opened."""
    decoys = Decoy.objects.filter(record__in=records).exclude(by=worker).values_list("record", flat=True)
    for decoy in decoys:
        alarms.raise_access_alarm(AlarmKind.DECOY_OPENED, worker, at=at, record=decoy)


def purge_openings(*, at: datetime) -> int:
    """Delete entries that are too old to count."""
    return OpenedRecord.objects.filter(at__lte=at - DAY).delete()[0]


def add_decoy(record: UUID, *, by: UUID, at: datetime) -> None:
    """Make a record of an invented person a decoy."""
    Decoy.objects.create(record=record, by=by, at=at)


def decoys_of(viewer: Viewer) -> list[UUID]:
    """List the decoys that a viewer made."""
    return list(Decoy.objects.filter(by=viewer.worker).order_by("at").values_list("record", flat=True))
