"""A village team and a stranger, and a talk that Ben holds in his browser."""

from types import SimpleNamespace

import pytest

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory
from suar.screening.rules.instrument import instrument
from tests import worlds
from tests.screening.conversing import Conversation


@pytest.fixture(autouse=True, scope="module")
def no_version_of_another_module() -> None:
    """Forget an organisation's versions: each test module makes a first version of its own."""
    instrument.cache_clear()


def team_of_two() -> SimpleNamespace:
    """Ben works in the team that Esi leads."""
    at = clock.now()
    house = casting.make_workplace("Tim Desa Contoh", "esi", "Esi", at=at, own_cases_only=True)
    return SimpleNamespace(house=house, ben=casting.join(house, "ben", "Ben", Role.VILLAGE_TEAM, at=at))


def anew(team: SimpleNamespace) -> SimpleNamespace:
    """Return both with nothing opened yet."""
    esi, ben = worlds.afresh(team.house.first), worlds.afresh(team.ben)
    return SimpleNamespace(house=worlds.workplace_of(team.house, first=esi), esi=esi, ben=ben)


team = worlds.given(team_of_two, anew)


@pytest.fixture
def village(team: SimpleNamespace, db: None) -> SimpleNamespace:
    """Ben works in the team that Esi leads."""
    return anew(team)


@pytest.fixture
def strangers(village: SimpleNamespace) -> SimpleNamespace:
    """Lia works in the same team and is not Ben; Farid leads another house."""
    at = clock.now()
    lia = casting.join(village.house, "lia", "Lia", Role.CHILD_PROTECTION, at=at)
    house = casting.make_workplace("Rumah Jauh Contoh", "farid", "Farid", at=at)
    return SimpleNamespace(lia=lia, farid=house.first, house=house)


@pytest.fixture
def services(village: SimpleNamespace) -> None:
    """Load the invented directory."""
    directory.load(at=clock.now())


@pytest.fixture
def talk(village: SimpleNamespace) -> Conversation:
    """A talk that Ben has just begun."""
    return Conversation.begun_by(village.ben)
