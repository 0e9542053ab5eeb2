"""What the workers of a house did, for its privacy officer: kinds of acts, never about whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.audit import queries as audit
from suar.cases import kinds
from suar.cases.pages.readers import ReadersDay, by_day

MOST = 200


@dataclass(frozen=True, slots=True)
class AccessLog:
    """One page of days, newest first, and where the page of what was before starts."""

    days: Sequence[ReadersDay]
    earlier: str


def workers_of(viewer: Viewer) -> dict[UUID, str]:
    """Name everybody who has or had an account in the viewer's house."""
    return {each.id: each.shown_name for each in accounts.colleagues(viewer)}


def access_log(viewer: Viewer, *, worker: UUID | None, refused: bool, before: int | None) -> AccessLog:
    """List what workers of the viewer's own house did: perhaps one of them, or refusals only."""
    names = workers_of(viewer)
    wanted = [each for each in names if worker in (None, each)]
    found = audit.acts_by(
        wanted,
        verb=audit.REFUSED if refused else "",
        most=MOST + 1,
        before=before,
    )
    asked = {"worker": worker or "", "refused": "on" if refused else ""}
    earlier = _address(asked, before=found[MOST - 1].seq) if found[MOST:] else ""
    return AccessLog(by_day(found[:MOST], names, say=lambda act: kinds.kind(act.verb)), earlier)


def _address(asked: Mapping[str, object], *, before: int) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"{reverse('access_log')}?{urlencode({**given, 'before': before})}"
