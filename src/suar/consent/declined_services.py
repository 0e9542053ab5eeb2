"""Services that the person declined, so that nobody asks again, which would be pressure.

Which service and which day, never why. Stored in the narrative compartment and not among the
codes: no rule decides from it, and distrust of a provider is not counted.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.consent.documents import DeclinedService, DeclinedServices
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment


def declined_on(record: OpenRecord) -> dict[UUID, date]:
    """Return the day on which the person last declined each service; empty without the narrative."""
    return {entry.service: entry.on for entry in _read(record).entries}


def list_declines(record: OpenRecord) -> list[DeclinedService]:
    """Return every decline with its day, also those that were taken back; empty without the narrative."""
    stored = _read(record)
    return [*stored.former, *stored.entries]


@act("keep_no", needs=Permission.GIVE_CONSENT)
def record_decline(record: OpenRecord, service: UUID, *, by: Acting, on: date | None = None) -> None:
    """Record that the person declined a service today, or on an earlier day; twice on a day is the same as once.

    Source: docs/decisions/consent.md.
    """
    days, day = declined_on(record), on or by.today
    by.entry.skip = days.get(service, date.min) >= day
    if not by.entry.skip:
        _write(record, {**days, service: day}, by=by)


def forget_decline(record: OpenRecord, service: UUID, *, by: Acting) -> None:
    """Remove a declined service, because the person now wants it; that it was declined stays known."""
    days = declined_on(record)
    if days.pop(service, None):
        _write(record, days, by=by)


def undo_decline(record: OpenRecord, service: UUID, day: date, *, by: Acting) -> None:
    """Remove a decline that was recorded in error on a day, without a trace."""
    stored = _read(record)
    wrong = DeclinedService(service=service, on=day)
    if wrong in stored.entries:
        entries = tuple(entry for entry in stored.entries if entry != wrong)
        record.put(stored.model_copy(update={"entries": entries}), by=by.worker, at=by.at)


def _read(record: OpenRecord) -> DeclinedServices:
    """Return what is stored; nothing without the narrative."""
    stored = record.get(DeclinedServices) if record.may(Compartment.NARRATIVE) else None
    return stored or DeclinedServices()


def _write(record: OpenRecord, days: Mapping[UUID, date], *, by: Acting) -> None:
    stored = _read(record)
    entries = tuple(DeclinedService(service=service, on=day) for service, day in days.items())
    former = (*stored.former, *(entry for entry in stored.entries if entry not in entries))
    record.put(DeclinedServices(entries=entries, former=former), by=by.worker, at=by.at)
