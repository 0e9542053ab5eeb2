"""A lead's page: the clocks of what the teams sent, and their records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.cases.pages.day import with_names
from suar.cases.pages.naming import Named, named
from suar.core import clock
from suar.core.paging import Part
from suar.records import queries as vault
from suar.referrals import queries as referrals
from suar.referrals.pages import Line
from suar.screening import queries as talks
from suar.screening import second_reading
from suar.screening.queries import Unreached


@dataclass(frozen=True, slots=True)
class Team:
    """A lead's page: the clocks of what the team sent, and its open records."""

    sent: Part[Line]
    late: int
    people: Sequence[Named]
    next_page: str
    unread: Sequence[tuple[datetime, int]]
    unreached: Sequence[Unreached]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Give the people as a template reads them fastest; there are fifty."""
        return [{"id": each.id, "name": each.name, "number": each.number, "since": each.since} for each in self.people]


def team(viewer: Viewer, *, keys: Keys, part: int, after: UUID | None = None) -> Team:
    """Put together the page of the teams that a viewer leads."""
    found, further = vault.page_of_led(viewer, keys=keys, after=after)
    people, at = named(found), clock.now()
    clocks = referrals.team_clocks(viewer, at=at, part=part)
    sent = with_names(clocks, keys=keys)
    next_page = f"{reverse('team')}?after={further}" if further else ""
    late = referrals.team_late(viewer, at=at, among=clocks)
    unread, unreached = second_reading.unread_by_month(viewer), talks.unreached_of_teams(viewer)
    return Team(sent, late, people, next_page, unread, unreached)
