"""What the desk does: let a team answer, look, answer, settle, write a request down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.kernel.refusals import NotYours, Refused
from suar.voice import letters, policy
from suar.voice.models import Desk, Request
from suar.voice.rules import door
from suar.voice.terms import LetterKind


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
    """Let a team answer requests, or change what is said of it; raises NotYours and Refused."""
    facts = accounts.team_facts(team)
    decision = policy.may_set_desk(
        viewer, team=team, organisation=facts.organisation, own_cases_only=facts.own_cases_only
    )
    if decision.because == "not_here":
        raise NotYours
    if not decision:
        raise Refused(decision.because)
    said = {
        "organisation": facts.organisation, "switched_on": words.switched_on,
        "who_en": words.who_en, "who_id": words.who_id,
        "days": "".join(str(each) for each in sorted(words.days)),
        "answers_within_days": words.answers_within_days,
        "closes_after_hours": words.closes_after_hours, "by": viewer.worker, "looked_at": at,
    }  # fmt: skip
    Desk.objects.update_or_create(team=team, defaults=said)
    audit.record("desk_set", by=viewer.worker, at=at, about=[team])


def look(teams: Iterable[UUID], *, at: datetime) -> None:
    """Note that somebody opened the inbox of these teams: their door stays open."""
    Desk.objects.filter(team__in=list(teams), looked_at__lt=at).update(looked_at=at)


@transaction.atomic
def answer(request: UUID, words: str, *, viewer: Viewer, at: datetime) -> None:
    """Seal an answer to a request; raises NotYours, Refused and KeyNotTrusted."""
    row = locked(request, viewer=viewer)
    decision = door.may_be_answered(has_code=row.public is not None)
    if not decision:
        raise Refused(decision.because)
    letters.add(row, LetterKind.ANSWER, words, at=at)
    row.said_at, row.waits_since, row.settled_at = at, None, None
    row.save(update_fields=["said_at", "waits_since", "settled_at"])
    audit.record("help_answered", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def settle(request: UUID, *, viewer: Viewer, at: datetime) -> None:
    """Say that nothing is left to do now; another letter opens it again."""
    row = locked(request, viewer=viewer)
    row.settled_at, row.waits_since = at, None
    row.save(update_fields=["settled_at", "waits_since"])
    audit.record("help_settled", by=viewer.worker, at=at, about=[row.id])


def mark_read(request: UUID, *, viewer: Viewer) -> None:
    """Note that what waited was read."""
    row = locked(request, viewer=viewer)
    Request.objects.filter(id=row.id).update(waits_since=None)


def forget_over(*, at: datetime) -> int:
    """Destroy requests in which nothing was said for two years; plain columns only."""
    over = list(Request.objects.filter(said_at__lte=at - door.KEPT))
    for row in over:
        with transaction.atomic():
            audit.record("help_forgotten", by=None, at=at, about=[row.id])
            letters.erase(row)
    return len(over)


def locked(request: UUID, *, viewer: Viewer) -> Request:
    """Give a request of the viewer's teams for an act; raises NotYours."""
    row = Request.objects.select_for_update().filter(id=request).first()
    may = row and policy.may_open(viewer, team=row.team, organisation=row.organisation)
    if not may:
        raise NotYours
    return row
