"""Queries for the retention of records, without keys: the last entry, what is due, and what was erased."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from suar.records.models import Record, Value
from suar.records.terms import Kind, Status


def stored_rows(records: Collection[UUID]) -> list[Record]:
    """Return the rows of those of some records that were not destroyed."""
    return list(Record.objects.filter(id__in=records).exclude(status=Status.GONE))


def last_entry(records: Collection[UUID], *, apart_from: Collection[str]) -> datetime | None:
    """Return when one of these records was last written to, not counting values with these names."""
    latest: datetime | None = _entries(apart_from).filter(record__in=records).aggregate(last=Max("at"))["last"]
    return latest


def not_written_since(moments: Mapping[Kind, datetime], *, apart_from: Collection[str]) -> list[UUID]:
    """Return the records of each kind in which nothing was written since its moment, and nothing is due.

    Open cases are left out.
    """
    last = _entries(apart_from).filter(record=OuterRef("id")).order_by("-at").values("at")[:1]
    old = Q(kind__in=list(moments), last=None)
    for kind, moment in moments.items():
        old |= Q(kind=kind, last__lt=moment)
    rows = Record.objects.exclude(status=Status.GONE).filter(next_due=None).annotate(last=Subquery(last)).filter(old)
    return list(rows.exclude(kind=Kind.CASE, status=Status.OPEN).values_list("id", flat=True))


def _entries(apart_from: Collection[str]) -> "QuerySet[Value, Any]":
    return Value.objects.exclude(field__in=list(apart_from))


def restricted_ids() -> "QuerySet[Record, Any]":
    """Return the ids of the restricted records, also of erased ones."""
    return Record.objects.filter(restricted=True).values("id")


def erased_of_teams(teams: Collection[UUID]) -> "QuerySet[Record, Any]":
    """Return the ids of the erased records of some teams; restricted ones are left out, for their lead may not know."""
    return Record.objects.filter(team__in=list(teams), restricted=False, status=Status.GONE).values("id")
