"""Services that the person declined, so that nobody asks again, which would be pressure.

Which service and which day, never why. Stored in the narrative compartment and not among the
codes: no rule decides from it, and distrust of a provider is not counted.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from suar.accounts.acting import Acting
from suar.accounts.roles import Permission
from suar.consent.documents import DeclinedService, DeclinedServices
from suar.core import clock
from suar.core.acts import act
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment


def declined_on(record: OpenRecord) -> dict[UUID, date]:
    """Return the day on which the person last declined each service; empty without the narrative."""
    if not record.may(Compartment.NARRATIVE):
        return {}
    stored = record.get(DeclinedServices)
    return {entry.service: entry.on for entry in stored.entries} if stored else {}


@act("keep_no", needs=Permission.GIVE_CONSENT)
def record_decline(record: OpenRecord, service: UUID, *, by: Acting) -> None:
    """Record that the person declined a service today; twice on a day is the same as once.

    Source: docs/decisions/consent.md.
    """
    days, today = declined_on(record), clock.local_date(by.at)
    by.entry.skip = days.get(service) == today
    if not by.entry.skip:
        _write(record, {**days, service: today}, by=by)


def forget_decline(record: OpenRecord, service: UUID, *, by: Acting) -> None:
    """Remove a declined service, because the person now consents to it."""
    days = declined_on(record)
    if days.pop(service, None):
        _write(record, days, by=by)


def _write(record: OpenRecord, days: Mapping[UUID, date], *, by: Acting) -> None:
    entries = tuple(DeclinedService(service=service, on=day) for service, day in days.items())
    record.put(DeclinedServices(entries=entries), by=by.worker, at=by.at)
