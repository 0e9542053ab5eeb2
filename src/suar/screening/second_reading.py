"""A second person reads an outcome that is lower than the signs suggest: codes and a reason.

They see no name and no word of the talk. The outcome stands meanwhile; help never waits for it.
Source: subject knowledge 2.6; docs/decisions/0017.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import KeyKind, Permission, Viewer
from suar.audit import actions as audit
from suar.core.refusals import NotYours, Refused
from suar.crypto import boxes, values
from suar.db import kept
from suar.records.terms import RecordFacts
from suar.screening import partner_closing, partner_reading, policy
from suar.screening.models import Reading
from suar.screening.partner_reading import PartnerRead
from suar.screening.terms import SecondAnswer

NEVER_READ = ("by", "at", "second_reading")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reading that waits: plain columns only."""

    id: UUID
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """What the second person answered, of the own house (`by`) or of a partner's."""

    at: datetime
    by: UUID | None = None
    answer: SecondAnswer | None = None
    partner: PartnerRead | None = None


def ask(left: RecordFacts, found: Mapping[str, Any], *, by: UUID, at: datetime) -> None:
    """Ask the team for a second reading of a finding; a restricted record is shown to nobody."""
    if left.restricted:
        return
    house, team = left.organisation, left.team
    [(key, public)] = accounts.keys_to_seal_to([("team", team)], house=house)
    Reading.objects.create(
        left=left.id,
        organisation=house,
        team=team,
        author=by,
        asked_at=at,
        key=key,
        sealed=_sealed(public, _codes(found)),
    )
    readers = notices.who_may(Permission.SECOND_READ, organisation=house)
    notices.tell(set(readers) - {by}, at=at)
    audit.record("ask_second_reading", by=by, at=at, about=[left.id])


def waiting(viewer: Viewer, *, most: int = 50) -> list[Waiting]:
    """List what a viewer may read now, oldest first: of their teams, and not their own."""
    if not viewer.may(Permission.SECOND_READ):
        return []
    rows = Reading.objects.filter(team__in=viewer.teams, read_at=None).exclude(author=viewer.worker)
    return [Waiting(row.id, row.asked_at) for row in rows.order_by("asked_at")[:most]]


def read_for(viewer: Viewer, *, since: datetime, most: int = 10) -> list[tuple[UUID, datetime]]:
    """List what a second person, here or at a partner, has read of the viewer's own talks.

    Gives what the talk left and when it was read, newest first; the caller asks who may open it.
    """
    rows = Reading.objects.filter(author=viewer.worker, read_at__gte=since).order_by("-read_at")
    return list(rows.values_list("left", "read_at")[:most])


def unread_by_month(viewer: Viewer) -> list[tuple[datetime, int]]:
    """Count for each month what no second person has read yet, newest first."""
    rows = _unread(viewer.leads)
    return [
        (month, rows.filter(asked_at__year=month.year, asked_at__month=month.month).count())
        for month in _unread_months(viewer.leads)
    ]


def _unread(teams: Collection[UUID]) -> QuerySet[Reading]:
    return Reading.objects.filter(team__in=teams, read_at=None)


@kept.rows
def _unread_months(teams: Collection[UUID]) -> QuerySet:
    return _unread(teams).datetimes("asked_at", "month", order="DESC")


def codes(reading: UUID, *, viewer: Viewer, keys: Keys) -> dict[str, Any]:
    """Open the codes of a reading; NotYours for its author, another team, or when it was read."""
    row = _row(reading, viewer)
    keys.opened.append(row.left)
    return json.loads(values.unpad(keys.pair(row.key).open(row.sealed)))


@transaction.atomic
def answer(reading: UUID, said: SecondAnswer, *, viewer: Viewer, at: datetime) -> None:
    """Keep what the second person thinks; the outcome stays as its author chose it."""
    row = _row(reading, viewer, lock=True)
    [public] = accounts.publics_of([row.key], house=row.organisation).values()
    row.answer, row.read_at, row.read_by = _sealed(public, {"answer": said}), at, viewer.worker
    row.save(update_fields=["answer", "read_at", "read_by"])
    partner_closing.close_for(row.left, by=viewer.worker, at=at)
    if said is not SecondAnswer.AGREES:
        notices.tell([row.author], at=at)
    audit.record("second_reading", by=viewer.worker, at=at, about=[row.left])


def take_back(left: UUID, *, by: UUID, at: datetime) -> None:
    """Ask nobody any longer: what was left behind is held by name from now on."""
    partner_closing.close_for(left, by=by, at=at)
    Reading.objects.filter(left=left, read_at=None).delete()


def read_of(left: UUID, *, keys: Keys) -> Read | None:
    """Give what the second person answered about a record, or None while nobody has."""
    row = Reading.objects.filter(left=left, read_at__isnull=False).first()
    if row is None or row.key not in {key.id for key in keys.held(KeyKind.TEAM)}:
        return None
    said = json.loads(values.unpad(keys.pair(row.key).open(row.answer)))
    if partner := partner_reading.read_back(said):
        return Read(row.read_at, partner=partner)
    return Read(row.read_at, row.read_by, SecondAnswer(said["answer"]))


def _codes(found: Mapping[str, Any]) -> dict[str, Any]:
    """Keep codes only: who and when stay behind."""
    return {key: told for key, told in found.items() if key not in NEVER_READ}


def _sealed(public: bytes, told: Mapping[str, Any]) -> bytes:
    return boxes.seal_to(public, values.pad(json.dumps(told).encode()))


def _row(reading: UUID, viewer: Viewer, *, lock: bool = False) -> Reading:
    rows = Reading.objects.filter(id=reading)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotYours
    decision = policy.may_read_second(viewer, author=row.author, team=row.team, is_read=row.read_at is not None)
    if decision.because == "not_here":
        raise NotYours
    if not decision:
        raise Refused(decision.because)
    return row
