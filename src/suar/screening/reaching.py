"""Talks that ended before anybody was reached about what cannot wait, until somebody is.

A list knows the day alone, a plain column; what it is about stands among the coded facts.
Source: docs/decisions/0065.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.records import actions as vault
from suar.records import queries as vault_queries
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.screening.terms import Acted, Call

CALLS = "calls"
MOST = 100


@dataclass(frozen=True, slots=True)
class Unreached:
    """What a talk left of somebody for whom nobody was reached yet, and since when."""

    record: UUID
    since: date


def of_worker(viewer: Viewer) -> list[Unreached]:
    """List what waits of the viewer's own talks and of the teams they lead, newest first."""
    return _listed(_waiting(viewer).filter(Q(assignee=viewer.worker) | Q(team__in=viewer.leads)))


def of_teams(viewer: Viewer) -> list[Unreached]:
    """List what waits in the teams a viewer leads, newest first."""
    return _listed(_waiting(viewer).filter(team__in=viewer.leads))


def waits(record: UUID) -> bool:
    """Say whether somebody has to be reached yet, for a caller who can open what a talk left."""
    return vault_queries.due_on(record) is not None


@transaction.atomic
def keep(record: OpenRecord, call: Call, *, by: UUID, at: datetime) -> None:
    """Write down what was done; whom one spoke to is typed, and nothing typed stays with codes.

    It waits no longer once somebody was reached. Raises Conflict when a colleague was faster.
    """
    before = (record.read(Compartment.CODED, CALLS) or {"list": []})["list"]
    said = {"at": at.isoformat(), "by": str(by), "acted": call.acted.value}
    record.write(Compartment.CODED, CALLS, {"list": [*before, said]}, by=by, at=at)
    if call.acted is Acted.SPOKE:
        vault.set_due(record.id, due=None)
    audit.record("call_somebody", by=by, at=at, about=[record.id])


def _waiting(viewer: Viewer) -> QuerySet:
    return vault_queries.visible(viewer, Kind.CODES).filter(next_due__isnull=False)


def _listed(rows: QuerySet) -> list[Unreached]:
    found = rows.order_by("-next_due", "-id").values_list("id", "next_due")
    return [Unreached(*row) for row in found[:MOST]]
