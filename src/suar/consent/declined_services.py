"""Services that the person declined, so that nobody asks again, which would be pressure.

Which service and which day, never why. Stored in the narrative compartment and not among the
codes: no rule decides from it, and whom somebody does not trust is nothing to count.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.consent.documents import DeclinedService, DeclinedServices
from suar.core import clock
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment


def declined_on(record: OpenRecord) -> dict[UUID, date]:
    """Return the day on which the person last declined each service; empty without the narrative."""
    if not record.may(Compartment.NARRATIVE):
        return {}
    stored = record.get(DeclinedServices)
    return {entry.service: entry.on for entry in stored.entries} if stored else {}


@transaction.atomic
def record_decline(record: OpenRecord, service: UUID, *, by: UUID, at: datetime) -> None:
    """Record that the person declined a service today; twice on a day is the same as once.

    Source: docs/decisions/consent.md.
    """
    days, today = declined_on(record), clock.local_date(at)
    if days.get(service) == today:
        return
    _write(record, {**days, service: today}, by=by, at=at)
    audit.record("keep_no", by=by, at=at, about=[record.id])


def forget_decline(record: OpenRecord, service: UUID, *, by: UUID, at: datetime) -> None:
    """Remove a declined service, because the person now consents to it."""
    days = declined_on(record)
    if days.pop(service, None):
        _write(record, days, by=by, at=at)


def _write(record: OpenRecord, days: Mapping[UUID, date], *, by: UUID, at: datetime) -> None:
    entries = tuple(DeclinedService(service=service, on=day) for service, day in days.items())
    record.put(DeclinedServices(entries=entries), by=by, at=at)
