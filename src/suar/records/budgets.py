"""Limits on records opened and names looked up, and decoys: they contain the damage of a stolen account.

Source: security.md T3, B8.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from suar.accounts import alarms
from suar.accounts import queries as accounts
from suar.accounts.codes import AlarmKind
from suar.accounts.roles import Viewer, names_limit, opening_limits
from suar.records.models import Decoy, OpenedRecord, ShownName
from suar.records.rules import Budget, budget_after

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Counted = TypeVar("Counted", OpenedRecord, ShownName)


def count_openings(viewer: Viewer, records: Collection[UUID], *, at: datetime) -> Budget:
    """Count records that a request opened, and return whether its page may leave; a record counts once a day.

    A record beyond the limits does not count, so that those opened before still open. Parallel requests of a worker
    count one after the other. Raises an alarm for a decoy, and beyond the limit of a day.
    """
    counted = OpenedRecord.objects.filter(worker=viewer.worker, at__gt=at - DAY)
    if set(records) <= set(counted.values_list("record", flat=True)):
        return Budget.LEFT
    with transaction.atomic():
        accounts.lock_worker(viewer.worker)
        return _count_new(viewer, records, dict(counted.values_list("record", "at")), at=at)


def _count_new(viewer: Viewer, records: Collection[UUID], opened: dict[UUID, datetime], *, at: datetime) -> Budget:
    """Count those of some records that were not `opened` in the last day, each with its time."""
    new = set(records) - opened.keys()
    if not new:
        return Budget.LEFT
    warn_of_decoys(new, viewer.worker, at=at)
    last_hour = sum(moment > at - HOUR for moment in opened.values()) + len(new)
    budget = budget_after(last_hour, len(opened) + len(new), limits=opening_limits(viewer.role), fresh=viewer.fresh)
    if budget is Budget.SPENT:
        alarms.raise_access_alarm(AlarmKind.MANY_RECORDS, viewer.worker, at=at)
    if budget is Budget.LEFT:
        _remember(OpenedRecord, new, viewer.worker, at=at)
    return budget


@transaction.atomic
def count_names(viewer: Viewer, records: Collection[UUID], *, at: datetime) -> bool:
    """Count names that a search or a comparison found, and return whether it may show them; each counts once a day.

    Once the limit of a day is spent it answers False for everything, found or not: the answer would tell who is
    known. Parallel requests of a worker count one after the other. Raises an alarm then.
    """
    if records:
        accounts.lock_worker(viewer.worker)
    before = set(ShownName.objects.filter(worker=viewer.worker, at__gt=at - DAY).values_list("record", flat=True))
    new, limit = set(records) - before, names_limit(viewer.role)
    if len(before) < limit:
        _remember(ShownName, new, viewer.worker, at=at)
    if len(before) < limit and len(before) + len(new) <= limit:
        return True
    alarms.raise_access_alarm(AlarmKind.MANY_NAMES, viewer.worker, at=at)
    return False


def _remember(counted: type[Counted], records: Collection[UUID], worker: UUID, *, at: datetime) -> None:
    """Count records for a worker from now on, for a day."""
    rows = [counted(worker=worker, record=record, at=at) for record in records]
    counted.objects.bulk_create(rows, update_conflicts=True, unique_fields=["worker", "record"], update_fields=["at"])


def warn_of_decoys(records: Collection[UUID], worker: UUID, *, at: datetime) -> None:
    """Raise an alarm if a decoy that somebody else made is among records that a worker opened."""
    decoys = Decoy.objects.filter(record__in=records).exclude(by=worker).values_list("record", flat=True)
    for decoy in decoys:
        alarms.raise_access_alarm(AlarmKind.DECOY_OPENED, worker, at=at, record=decoy)


def purge_openings(*, at: datetime) -> int:
    """Delete entries that are too old to count."""
    return sum(counted.objects.filter(at__lte=at - DAY).delete()[0] for counted in (OpenedRecord, ShownName))


def add_decoy(record: UUID, *, by: UUID, at: datetime) -> None:
    """Make a record of an invented person a decoy."""
    Decoy.objects.create(record=record, by=by, at=at)


def decoys_of(viewer: Viewer) -> list[UUID]:
    """List the decoys that a viewer made."""
    return list(Decoy.objects.filter(by=viewer.worker).order_by("at").values_list("record", flat=True))
