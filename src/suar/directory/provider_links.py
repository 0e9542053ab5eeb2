"""Links with which a provider without an account confirms or corrects one entry.

Only the digest is stored. GET changes nothing; each POST carries the link's turn, so that a repeated
POST does nothing. Source: docs/decisions/directory-upkeep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from suar.audit import actions as audit
from suar.core.refusals import NotYours, Refused
from suar.crypto import kdf
from suar.directory import freshness, proposals, revisions
from suar.directory.models import EntryLink, Service

LIFETIME = timedelta(days=60)
ENDED, SENT_BEFORE = "link_ended", "sent_before"


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a link leads to: one entry, and the turn that the next post has to carry."""

    service: UUID
    turn: int
    expires_at: datetime


def create_link(service: UUID, *, by: UUID, at: datetime) -> str:
    """Make a link for an entry and give its token, which is shown once; older ones end."""
    token = kdf.new_token()
    with transaction.atomic():
        if not Service.objects.filter(id=service).exists():
            raise NotYours
        end_links(service, by=by, at=at)
        EntryLink.objects.create(
            service_id=service,
            digest=kdf.token_digest(token),
            made_by=by,
            made_at=at,
            expires_at=at + LIFETIME,
        )
        audit.record("make_entry_link", by=by, at=at, about=[service])
    return token


def end_links(service: UUID, *, by: UUID, at: datetime) -> None:
    """End every link of an entry that still opens."""
    rows = EntryLink.objects.filter(service=service, ended_at=None, expires_at__gt=at)
    if rows.update(ended_at=at):
        audit.record("end_entry_link", by=by, at=at, about=[service])


def open_until(service: UUID, *, at: datetime) -> datetime | None:
    """Return until when a link of an entry opens; None if there is none."""
    rows = EntryLink.objects.filter(service=service, ended_at=None, expires_at__gt=at)
    return rows.values_list("expires_at", flat=True).first()


def open_link(token: str, *, at: datetime) -> OpenedLink:
    """Find what a link leads to, changing nothing.

    Raises NotYours for a token that never was, Refused for one that has ended.
    """
    row = EntryLink.objects.filter(digest=kdf.token_digest(token)).first()
    if row is None:
        raise NotYours
    if row.ended_at is not None or row.expires_at <= at:
        raise Refused(ENDED)
    return OpenedLink(row.service_id, row.turn, row.expires_at)


def confirm_by_link(token: str, *, turn: int, over: int, at: datetime) -> None:
    """Confirm the entry by its provider; takes effect at once.

    `over` is the revision that was read; raises EditConflict when the entry says something else now.
    """
    with transaction.atomic():
        service = _use_turn(token, turn=turn, at=at)
        freshness.confirm_service(service, by=None, at=at)
        now = revisions.current_revision(service)
        if over != now.number:
            raise revisions.EditConflict(now)


def propose_by_link(
    token: str, told: Mapping[str, Any], *, turn: int, over: int, at: datetime, note: str = ""
) -> UUID | None:
    """Keep what the provider would change as a draft for an editor; None when nothing differs."""
    with transaction.atomic():
        service = _use_turn(token, turn=turn, at=at)
        return proposals.propose_change(service, told, by=None, at=at, over=over, note=note)


def _use_turn(token: str, *, turn: int, at: datetime) -> UUID:
    """Take the turn of a link once; Refused("sent_before") for one that was taken."""
    opened = open_link(token, at=at)
    rows = EntryLink.objects.filter(digest=kdf.token_digest(token), turn=turn)
    if not rows.update(turn=F("turn") + 1):
        raise Refused(SENT_BEFORE)
    return opened.service
