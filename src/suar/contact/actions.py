"""What the desk does: let a team answer, look, answer, settle, write a request down."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.contact import letters, policy, queries
from suar.contact.models import Desk, Request
from suar.contact.rules import door
from suar.contact.terms import LetterKind, Side
from suar.core.refusals import Conflict, NotYours, Refused


@dataclass(frozen=True, slots=True)
class DeskWords:
    """What the public page says of a desk, in the house's own words."""

    switched_on: bool
    who_en: str
    who_id: str
    days: tuple[int, ...]
    answers_within_days: int
    closes_after_hours: int


@transaction.atomic
def set_desk(team: UUID, words: DeskWords, *, viewer: Viewer, at: datetime) -> None:
    """Let a team answer requests, or change what is said of it; raises NotYours and Refused.

    Only switching it on counts as a look: other words open no door that had closed.
    """
    facts = accounts.team_facts(team)
    decision = policy.may_set_desk(
        viewer, team=team, organisation=facts.organisation, own_cases_only=facts.own_cases_only
    )
    if decision.because == "not_here":
        raise NotYours
    if not decision:
        raise Refused(decision.because)
    said = {
        "organisation": facts.organisation,
        "switched_on": words.switched_on,
        "who_en": words.who_en,
        "who_id": words.who_id,
        "days": "".join(str(each) for each in sorted(words.days)),
        "answers_within_days": words.answers_within_days,
        "closes_after_hours": words.closes_after_hours,
        "by": viewer.worker,
    }
    if not Desk.objects.filter(team=team, switched_on=True).exists():
        said["looked_at"] = at
    Desk.objects.update_or_create(team=team, defaults=said)
    audit.record("desk_set", by=viewer.worker, at=at, about=[team])


def look(teams: Iterable[UUID], *, at: datetime) -> None:
    """Note that somebody opened the inbox of these teams: their door stays open."""
    Desk.objects.filter(team__in=list(teams), looked_at__lt=at).update(looked_at=at)


@transaction.atomic
def answer(
    request: UUID,
    words: str,
    *,
    shown: str,
    codes: Collection[bytes],
    viewer: Viewer,
    at: datetime,
) -> None:
    """Seal an answer to the letters that were shown, and to the code that they name.

    Raises NotYours, Refused, KeyNotTrusted, and Conflict where another letter came since.
    """
    row = locked(request, viewer=viewer, shown=shown)
    kept = None if row.public is None else bytes(row.public)
    decision = door.may_be_answered(kept=kept, sealed=codes)
    if not decision:
        raise Refused(decision.because)
    letters.add(row, LetterKind.ANSWER, words, at=at)
    row.said_at, row.settled_at = at, None
    row.save(update_fields=["said_at", "settled_at"])
    audit.record("help_answered", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def settle(request: UUID, *, shown: str, viewer: Viewer, at: datetime) -> None:
    """Say that nothing is left to do now; another letter opens it again.

    Raises NotYours, and Conflict where another letter came since.
    """
    row = locked(request, viewer=viewer, shown=shown)
    row.settled_at = at
    row.save(update_fields=["settled_at"])
    audit.record("help_settled", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def remove_file(request: UUID, file: UUID, *, viewer: Viewer, at: datetime) -> None:
    """Destroy one file of a request, and let both sides read that one was removed, not which.

    Raises NotYours and KeyNotTrusted.
    """
    row = _held(request, viewer=viewer)
    letters.take_out(row, file)
    letters.add(row, LetterKind.REMOVED, Side.TEAM, at=at)
    audit.record("help_file_removed", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def remove_all_files(request: UUID, *, shown: str, viewer: Viewer, at: datetime) -> None:
    """Destroy every file of a request of which all letters were shown, and let both sides read it.

    Raises NotYours, KeyNotTrusted, and Conflict where another letter or file came since.
    """
    row = locked(request, viewer=viewer, shown=shown)
    letters.take_out_all(row)
    letters.add(row, LetterKind.ALL_REMOVED, Side.TEAM, at=at)
    audit.record("help_file_removed", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def mark_read(request: UUID, *, shown: str, viewer: Viewer) -> None:
    """Note that what waited was read; nothing where another letter came since."""
    with suppress(Conflict):
        row = locked(request, viewer=viewer, shown=shown)
        Request.objects.filter(id=row.id).update(waits_since=None)


def forget_over(*, at: datetime) -> int:
    """Destroy requests in which nothing was said for two years; plain columns only."""
    over = list(Request.objects.filter(said_at__lte=at - door.KEPT))
    for row in over:
        with transaction.atomic():
            audit.record("help_forgotten", by=None, at=at, about=[row.id])
            letters.erase(row)
    return len(over)


def locked(request: UUID, *, viewer: Viewer, shown: str) -> Request:
    """Give a request of the viewer's teams for an act on the letters that were shown.

    Raises NotYours, and Conflict where another letter came since.
    """
    row = _held(request, viewer=viewer)
    if letters.edition_now(row.id) != shown:
        raise Conflict
    return row


def _held(request: UUID, *, viewer: Viewer) -> Request:
    row = Request.objects.select_for_update().filter(id=request).first()
    may = row and policy.may_read(viewer, **queries.facts(row))
    if not may:
        raise NotYours
    return row
