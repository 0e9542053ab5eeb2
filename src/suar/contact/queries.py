"""Desks as pages and rules see them, and requests in the order in which they are read."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.contact.models import Desk, Piece, Request
from suar.contact.rules import door, files
from suar.contact.rules.files import Room
from suar.contact.terms import DeskFacts, RequestKind
from suar.core.paging import Part, part_of


def desk_facts(row: Desk) -> DeskFacts:
    """Give a desk as rules see it."""
    return DeskFacts(
        row.team,
        row.organisation,
        row.switched_on,
        row.who_en,
        row.who_id,
        tuple(int(each) for each in row.days),
        row.answers_within_days,
        row.closes_after_hours,
        row.looked_at,
    )


def facts(row: Request) -> dict[str, Any]:
    """Give what a rule asks of a request: what kind it is, and who was asked."""
    return {
        "kind": RequestKind(row.kind),
        "team": row.team,
        "organisation": row.organisation,
    }


def desks_of(teams: Collection[UUID]) -> list[DeskFacts]:
    """Give the desks of these teams."""
    return [desk_facts(row) for row in Desk.objects.filter(team__in=teams).order_by("team")]


def open_desks(*, at: datetime) -> list[DeskFacts]:
    """Give the desks that take requests now, in a settled order."""
    every = (desk_facts(row) for row in Desk.objects.order_by("team"))
    return [desk for desk in every if door.takes_requests(desk, at=at)]


def has_desks() -> bool:
    """Say whether any house here ever answered letters: a code must always find its way back."""
    return Desk.objects.exists()


def house_names(desks: Iterable[DeskFacts]) -> dict[UUID, str]:
    """Give the name of each desk's house, by team."""
    found = list(desks)
    names = accounts.organisation_names([each.organisation for each in found])
    return {each.team: names[each.organisation] for each in found}


def waiting(viewer: Viewer, *, part: int = 1) -> Part[Request]:
    """List what nobody has read: first what came alone, then what came after many, oldest first."""
    rows = _of(viewer).filter(waits_since__isnull=False)
    return part_of(rows.order_by("turn", "waits_since", "id"), "waiting", number=part)


def read(viewer: Viewer, *, part: int = 1) -> Part[Request]:
    """List what was read and goes on, the latest word first."""
    rows = _of(viewer).filter(waits_since=None, settled_at=None)
    return part_of(rows.order_by("-said_at", "id"), "read", number=part)


def settled(viewer: Viewer, *, part: int = 1) -> Part[Request]:
    """List what is settled, newest first."""
    rows = _of(viewer).filter(waits_since=None, settled_at__isnull=False)
    return part_of(rows.order_by("-settled_at", "id"), "settled", number=part)


def count_waiting(viewer: Viewer) -> int:
    """Count what nobody of the viewer's teams has read."""
    return _of(viewer).filter(waits_since__isnull=False).count()


def many_before(row: Request) -> bool:
    """Say whether a request came after many from the same connection."""
    return row.turn >= door.FREE


def files_of(row: Request) -> int:
    """Count the files of a request."""
    return Piece.objects.filter(letter__request=row, number=0).count()


def pieces_of_a_day(team: UUID | None, *, at: datetime) -> int:
    """Count the pieces of files that a team was sent in the last day."""
    sent = {"letter__request__team": team, "letter__at__gt": at - timedelta(days=1)}
    return Piece.objects.filter(**sent).count()


def pieces_kept(teams: Collection[UUID]) -> dict[UUID, int]:
    """Count the pieces of files that lie with each of these teams."""
    rows = Piece.objects.filter(letter__request__team__in=teams)
    counted = rows.values_list("letter__request__team").annotate(Count("id")).order_by()
    return dict.fromkeys(teams, 0) | dict(counted)


def room_of(team: UUID) -> Room:
    """Give the room that files of letters take with a team."""
    return files.room_of(pieces_kept([team])[team], most_mb=settings.SUAR_ROOM_FOR_FILES_MB)


def _of(viewer: Viewer) -> QuerySet[Request]:
    return Request.objects.filter(team__in=viewer.teams, organisation=viewer.organisation)
