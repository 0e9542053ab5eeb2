"""A no of the person: kept so that nobody asks anew, which would be pressure.

Which service and which day, and never why. It lies beside the story and not among the codes: no
rule decides from it, and whom somebody does not trust is nothing to count.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core import clock
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment

NOES = "noes"


def of_record(record: OpenRecord) -> dict[UUID, date]:
    """Give on which day the person last said no to which service; none without the story."""
    if not record.may(Compartment.NARRATIVE):
        return {}
    kept = record.read(Compartment.NARRATIVE, NOES) or {"list": []}
    return {UUID(each["service"]): date.fromisoformat(each["on"]) for each in kept["list"]}


@transaction.atomic
def keep(record: OpenRecord, service: UUID, *, by: UUID, at: datetime) -> None:
    """Keep that the person said no to a service today; twice on a day is the same as once.

    Source: docs/decisions/0067.
    """
    said, today = of_record(record), clock.local_date(at)
    if said.get(service) == today:
        return
    _write(record, {**said, service: today}, by=by, at=at)
    audit.record("keep_no", by=by, at=at, about=[record.id])


def let_go(record: OpenRecord, service: UUID, *, by: UUID, at: datetime) -> None:
    """Forget a no, since the person said yes to the same service now."""
    said = of_record(record)
    if said.pop(service, None):
        _write(record, said, by=by, at=at)


def _write(record: OpenRecord, said: Mapping[UUID, date], *, by: UUID, at: datetime) -> None:
    lines = [{"service": str(service), "on": str(on)} for service, on in said.items()]
    record.write(Compartment.NARRATIVE, NOES, {"list": lines}, by=by, at=at)
