"""Tests of the directory run on one invented day."""

from collections.abc import Iterable, Iterator

import pytest
from django.test import Client

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.demo.cast import Player
from tests import worlds
from tests.directory.entries import AT
from tests.people import client_of


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """Set the clock to the day of the entries."""
    with clock.shifted(AT - clock.now()):
        yield


def two_editors() -> list[Player]:
    """Engage two editors in one organisation."""
    with clock.shifted(AT - clock.now()):
        organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
        return [
            casting.join(organisation, name, name.title(), Role.DIRECTORY_EDITOR, at=AT) for name in ("hadi", "rani")
        ]


def afresh(players: Iterable[Player]) -> list[Player]:
    """Return the editors with nothing opened yet."""
    return [worlds.afresh(player) for player in players]


engaged = worlds.given(two_editors, afresh)


@pytest.fixture
def editors(engaged: list[Player], db: None) -> tuple[Client, ...]:
    """Return the clients of two editors of one organisation."""
    return tuple(client_of(player) for player in afresh(engaged))
