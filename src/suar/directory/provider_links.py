"""Links with which a provider without an account confirms or corrects one entry.

Only the digest is stored. GET changes nothing; every POST carries the link's turn, so that a repeated
POST does nothing. Source: docs/decisions/directory-upkeep.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.core.refusals import Conflict, NotYours, Refused, get_or_refuse
from suar.crypto import kdf
from suar.directory import proposals, revisions
from suar.directory.codes import How
from suar.directory.models import ConfirmationRequest, Edition, EntryLink, Service

LIFETIME = timedelta(days=60)
ENDED, SENT_BEFORE, MANY_WAIT = "link_ended", "sent_before", "many_wait"
MAX_WAITING = 10
"""Maximum of open proposals by link for one entry, so that a stolen link cannot flood the editors."""


@act("ask_provider", needs=Permission.EDIT_DIRECTORY)
def create_link(service: UUID, *, by: Acting) -> str:
    """Create a link for an entry and return its token, which is not stored. It counts as asking the provider."""
    by.entry.about.append(service)
    token = replace_link(service, by=by)
    ConfirmationRequest.objects.create(service_id=service, at=by.at, by=by.worker)
    return token


@act("end_entry_link", needs=Permission.EDIT_DIRECTORY)
def end_links(service: UUID, *, by: Acting) -> None:
    """End every link of an entry that still opens."""
    by.entry.about.append(service)
    by.entry.skip = not _open_links(service, at=by.at).update(ended_at=by.at)


def replace_link(service: UUID, *, by: Acting) -> str:
    """Create a link in the caller's action and return its token; older links end."""
    if not Service.objects.filter(id=service).exists():
        raise NotYours
    end_links(service, by=by)
    token = kdf.new_token()
    times = {"made_at": by.at, "expires_at": by.at + LIFETIME}
    EntryLink.objects.create(service_id=service, digest=kdf.token_digest(token), made_by=by.worker, **times)
    audit.record("make_entry_link", by=by.worker, at=by.at, about=[service])
    return token


def open_until(service: UUID, *, at: datetime) -> datetime | None:
    """Return until when a link of an entry opens; None if there is none."""
    return _open_links(service, at=at).values_list("expires_at", flat=True).first()


def open_link(token: str, *, at: datetime) -> EntryLink:
    """Return a link, changing nothing.

    Raises NotYours for an unknown token, Refused for one that has ended.
    """
    link = get_or_refuse(EntryLink.objects.filter(digest=kdf.token_digest(token)))
    if link.ended_at is not None or link.expires_at <= at:
        raise Refused(ENDED)
    return link


@act("confirm_service", needs=None)
def confirm_by_link(token: str, *, turn: int, over: int, by: Anonymous) -> UUID | None:
    """Confirm the entry by its provider; this takes effect at once.

    If the editor who created the link proposed the contact data, it is a proposal for another editor; return its id.
    Raises Conflict if the entry has changed since revision `over`.
    """
    service, made_by = _use_turn(token, turn=turn, at=by.at)
    Edition.locked()
    if over != revisions.current_revision(service).number:
        raise Conflict
    if not revisions.may_confirm_entry(service, made_by):
        by.entry.verb = "draft_entry"
        return _propose(service, {}, over=over, by=by, extra={proposals.CONFIRMED: True})
    revisions.confirm(service, how=How.LINK, by=by)
    return None


@act("draft_entry", needs=None)
def propose_by_link(
    token: str, fields: Mapping[str, Any], *, turn: int, over: int, by: Anonymous, note: str = ""
) -> UUID | None:
    """Store a provider's changes as a proposal for an editor; return None if nothing differs.

    Raises Refused if too many wait already.
    """
    service, _ = _use_turn(token, turn=turn, at=by.at)
    return _propose(service, fields, over=over, by=by, note=note)


def _propose(service: UUID, fields: Mapping[str, Any], *, over: int, by: Anonymous, **more: Any) -> UUID | None:
    if sum(proposal.by is None for proposal in proposals.list_waiting(service)) >= MAX_WAITING:
        raise Refused(MANY_WAIT)
    return proposals.store_change(service, fields, over=over, by=by, **more)


def _open_links(service: UUID, *, at: datetime) -> "QuerySet[EntryLink]":
    return EntryLink.objects.filter(service=service, ended_at=None, expires_at__gt=at)


def _use_turn(token: str, *, turn: int, at: datetime) -> tuple[UUID, UUID]:
    """Use the turn of a link once; return its entry and who created it. Raises Refused for a turn that was used."""
    link = open_link(token, at=at)
    if not EntryLink.objects.filter(id=link.id, turn=turn).update(turn=F("turn") + 1):
        raise Refused(SENT_BEFORE)
    return link.service_id, link.made_by
