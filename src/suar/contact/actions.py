"""Actions of workers on requests: set up a desk, answer, close, remove files."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.roles import Permission
from suar.contact import letters, policy
from suar.contact.documents import LetterKind, Side
from suar.contact.models import Desk, Request
from suar.contact.opening import OpenRequest
from suar.contact.rules.letters import RETENTION
from suar.core import clock
from suar.core.refusals import Refused


@act("desk_set", needs=Permission.SET_DESK)
def set_desk(desk: Desk, *, by: Acting) -> None:
    """Let a team answer requests, or change what is said about it; raises NotYours and Refused.

    Only switching it on counts as a look: a change of words reopens no desk that had closed.
    """
    team = accounts.team_facts(desk.team)
    policy.may_set_desk(
        by.viewer, team=desk.team, organisation=team.organisation, own_cases_only=team.own_cases_only
    ).enforce()
    before = Desk.objects.filter(team=desk.team, switched_on=True).first()
    desk.organisation, desk.by, desk.looked_at = team.organisation, by.worker, before.looked_at if before else by.at
    desk.save()
    by.entry.about.append(desk.team)


def record_look(teams: Collection[UUID], *, at: datetime) -> None:
    """Record that somebody opened the inbox of these teams: their desk stays open."""
    Desk.objects.filter(team__in=teams, looked_at__lt=at).update(looked_at=at)


def mark_read(opened: OpenRequest) -> None:
    """Record that a request was read if all of it was opened; nothing if a newer letter came since."""
    if opened.opened_all_unread:
        unchanged = Request.objects.filter(id=opened.id, last_letter_at=opened.row.last_letter_at)
        unchanged.update(waits_since=None, read_on=clock.today())


@act("help_answered", needs=Permission.ANSWER_REQUESTS)
def answer(opened: OpenRequest, words: str, *, version: str, by: Acting) -> None:
    """Seal an answer to the letters that were shown; raises Refused, KeyNotTrusted and Conflict."""
    seal_answer(opened, words, version=version, at=by.at)


def seal_answer(opened: OpenRequest, words: str, *, version: str, at: datetime) -> None:
    """Seal an answer to the code that the letters name; raises Refused, KeyNotTrusted, and Conflict if one is newer."""
    opened.check_version(version)
    if opened.no_answer:
        raise Refused(opened.no_answer)
    letters.add_letter(opened.row, LetterKind.ANSWER, words, at=at)
    mark_read(opened)
    Request.objects.filter(id=opened.id).update(last_letter_at=at, settled_at=None)


def seal_outcome(opened: OpenRequest, outcome: str, *, version: str, at: datetime) -> None:
    """Close a request with a code that the person reads too; raises KeyNotTrusted and Conflict."""
    opened.check_version(version)
    letters.add_letter(opened.row, LetterKind.DONE, outcome, at=at)
    Request.objects.filter(id=opened.id).update(last_letter_at=at, settled_at=at, waits_since=None)


@act("help_settled", needs=Permission.ANSWER_REQUESTS)
def settle(opened: OpenRequest, *, version: str, by: Acting) -> None:
    """Close a request; another letter opens it again. Raises Conflict if a newer letter came."""
    opened.check_version(version)
    Request.objects.filter(id=opened.id).update(settled_at=by.at)


@act("help_file_removed", needs=Permission.ANSWER_REQUESTS)
def remove_file(opened: OpenRequest, file: UUID, *, by: Acting) -> None:
    """Destroy one file; both sides read that it was removed. Raises NotYours and KeyNotTrusted."""
    letters.remove_files(opened.row, file)
    letters.add_letter(opened.row, LetterKind.REMOVED, Side.TEAM, at=by.at)


@act("help_file_removed", needs=Permission.ANSWER_REQUESTS)
def remove_all_files(opened: OpenRequest, *, version: str, by: Acting) -> None:
    """Destroy all files that were shown; both sides read it. Raises NotYours, KeyNotTrusted and Conflict."""
    opened.check_version(version)
    letters.remove_files(opened.row)
    letters.add_letter(opened.row, LetterKind.ALL_REMOVED, Side.TEAM, at=by.at)


@act("help_forgotten", needs=None)
def erase_request(request: Request, *, by: Anonymous) -> None:
    """Destroy a request whose time has ended."""
    by.entry.about.append(request.id)
    letters.erase_request(request)


def erase_expired(*, at: datetime) -> int:
    """Destroy requests without a letter for two years, and ended summaries; plain columns only. Return how many."""
    expired = list(Request.objects.filter(Q(last_letter_at__lte=at - RETENTION) | Q(ends_at__lte=at)))
    for request in expired:
        erase_request(request, by=Anonymous(at=at))
    return len(expired)
