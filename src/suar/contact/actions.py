"""What workers do with requests: set up a desk, answer, settle, remove files."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.roles import Viewer
from suar.audit import actions as audit
from suar.contact import letters, policy, queries
from suar.contact.documents import LetterKind, Side
from suar.contact.models import Desk, Request
from suar.contact.rules.letters import RETENTION, may_be_answered
from suar.core.refusals import Conflict, NotYours, Refused


@transaction.atomic
def set_desk(desk: Desk, *, viewer: Viewer, at: datetime) -> None:
    """Let a team answer requests, or change what is said about it; raises NotYours and Refused.

    Only switching it on counts as a look: a change of words reopens no desk that had closed.
    """
    team = accounts.team_facts(desk.team)
    decision = policy.may_set_desk(
        viewer, team=desk.team, organisation=team.organisation, own_cases_only=team.own_cases_only
    )
    if decision.because == "not_here":
        raise NotYours
    if not decision:
        raise Refused(decision.because)
    before = Desk.objects.filter(team=desk.team, switched_on=True).first()
    desk.organisation, desk.by, desk.looked_at = team.organisation, viewer.worker, before.looked_at if before else at
    desk.save()
    audit.record("desk_set", by=viewer.worker, at=at, about=[desk.team])


def record_look(teams: Collection[UUID], *, at: datetime) -> None:
    """Record that somebody opened the inbox of these teams: their desk stays open."""
    Desk.objects.filter(team__in=teams, looked_at__lt=at).update(looked_at=at)


@transaction.atomic
def answer(request: UUID, words: str, *, shown: str, codes: Collection[bytes], viewer: Viewer, at: datetime) -> None:
    """Seal an answer to the letters that were shown, and to the code that they name.

    Raises NotYours, Refused, KeyNotTrusted, and Conflict if a newer letter came.
    """
    row = lock_request(request, viewer=viewer, shown=shown)
    decision = may_be_answered(stored=bytes(row.public or b""), sealed=codes)
    if not decision:
        raise Refused(decision.because)
    letters.add_letter(row, LetterKind.ANSWER, words, at=at)
    row.said_at, row.settled_at = at, None
    row.save(update_fields=["said_at", "settled_at"])
    audit.record("help_answered", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def settle(request: UUID, *, shown: str, viewer: Viewer, at: datetime, outcome: str = "") -> None:
    """Close a request; a newer letter reopens it. With an `outcome`, a code that the person reads too.

    Raises NotYours, KeyNotTrusted, and Conflict if a newer letter came.
    """
    row = lock_request(request, viewer=viewer, shown=shown)
    row.settled_at = at
    if outcome:
        letters.add_letter(row, LetterKind.DONE, outcome, at=at)
        row.said_at, row.waits_since = at, None
    row.save(update_fields=["said_at", "settled_at", "waits_since"])
    audit.record("help_settled", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def remove_files(
    request: UUID, *, viewer: Viewer, at: datetime, file: UUID | None = None, shown: str | None = None
) -> None:
    """Destroy one file, or all files of a request that was shown; both sides read that it was removed.

    Raises NotYours, KeyNotTrusted, and Conflict if a newer letter came.
    """
    row = lock_request(request, viewer=viewer, shown=shown)
    letters.remove_files(row, file)
    letters.add_letter(row, LetterKind.REMOVED if file else LetterKind.ALL_REMOVED, Side.TEAM, at=at)
    audit.record("help_file_removed", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def mark_read(request: UUID, *, shown: str, viewer: Viewer) -> None:
    """Record that a request was read; nothing if a newer letter came."""
    with suppress(Conflict):
        row = lock_request(request, viewer=viewer, shown=shown)
        Request.objects.filter(id=row.id).update(waits_since=None)


def erase_expired(*, at: datetime) -> int:
    """Destroy requests without a letter for two years; plain columns only."""
    expired = list(Request.objects.filter(said_at__lte=at - RETENTION))
    for row in expired:
        with transaction.atomic():
            audit.record("help_forgotten", by=None, at=at, about=[row.id])
            letters.erase_request(row)
    return len(expired)


def lock_request(request: UUID, *, viewer: Viewer, shown: str | None = None) -> Request:
    """Lock a request that the viewer may read; raises NotYours, and Conflict if a newer letter came than `shown`."""
    row = Request.objects.select_for_update().filter(id=request).first()
    if row is None or not policy.may_read(viewer, **queries.facts_of(row)):
        raise NotYours
    if shown is not None and letters.current_version(row.id) != shown:
        raise Conflict
    return row
