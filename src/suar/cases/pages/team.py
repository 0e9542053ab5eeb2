"""A lead's page: the clocks of what the teams sent, their records, and who opened one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.urls import reverse

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import queries as audit
from suar.cases import labels
from suar.cases.pages.day import with_names
from suar.kernel import clock
from suar.referral import queries as referrals
from suar.referral.pages import Line
from suar.vault import queries as vault
from suar.vault.queries import Listed


@dataclass(frozen=True, slots=True)
class Team:
    """A lead's page: the clocks of what the team sent, and its open records."""

    sent: Sequence[Line]
    late: int
    people: Sequence[Listed]
    next_page: str


def team(viewer: Viewer, *, keys: Keys, after: UUID | None = None) -> Team:
    """Put together the page of the teams that a viewer leads."""
    rows = vault.visible(viewer, *vault.PEOPLE).filter(team__in=viewer.leads)
    people, further = vault.page(rows, keys=keys, after=after)
    sent = with_names(referrals.team_clocks(viewer.leads), keys=keys)
    next_page = f"{reverse('team')}?after={further}" if further else ""
    return Team(sent, sum(each.is_late for each in sent), people, next_page)


@dataclass(frozen=True, slots=True)
class Reader:
    """One act about a record: who did what, when last, and how often in a row on that day."""

    at: datetime
    who: str
    what: str
    times: int = 1


def readers(record: UUID) -> list[Reader]:
    """List who opened or changed a record, newest first, in words.

    What one worker does again and again on a day is one line, so that a stranger stands out.
    """
    acts = audit.acts_about(record)
    names = accounts.shown_names(act.by for act in acts)
    every = [
        Reader(
            act.at, names.get(act.by) or labels.doer_without_account(act.verb),
            labels.verb(act.verb),
        )
        for act in acts
    ]  # fmt: skip
    rows = groupby(every, key=lambda each: (each.who, each.what, clock.local_date(each.at)))
    together = [list(group) for _, group in rows]
    return [replace(group[0], times=len(group)) for group in together]
