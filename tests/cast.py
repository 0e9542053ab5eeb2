"""The cast at work, for the stages that stand on all others: made once for all of them.

Import the fixtures into a folder's conftest; how the world stands is told in `tests.worlds`.
"""

import pytest
from django.test import Client

from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from tests import worlds
from tests.people import Thread, client_of, person_of, thread


def at_work() -> Cast:
    """Gather the cast, let the houses compare their keys, and load the invented directory."""
    made = casting.gather(at=clock.now())
    casting.make_partners(made, at=clock.now())
    directory.load(at=clock.now())
    return made


world = worlds.given(at_work, worlds.copied)


@pytest.fixture
def cast(world: Cast, db: None) -> Cast:
    """Return the cast with nothing opened yet."""
    return worlds.copied(world)


@pytest.fixture
def amina(cast: Cast) -> OpenRecord:
    """Return Amina's record as a talk with Ben leaves it."""
    return person_of(cast.ben, cast)


@pytest.fixture
def handover(cast: Cast) -> Thread:
    """Carry Amina from Ben to a case at Chioma's, and by link to a clinic."""
    return thread(cast)


@pytest.fixture
def ben(cast: Cast) -> Client:
    """Ben at his browser, freshly proven."""
    return client_of(cast.ben)


@pytest.fixture
def chioma(cast: Cast) -> Client:
    """Chioma at her browser, freshly proven."""
    return client_of(cast.chioma)


@pytest.fixture
def esi(cast: Cast) -> Client:
    """Esi, who leads Ben's team, at her browser."""
    return client_of(cast.esi)


@pytest.fixture
def dan() -> Client:
    """Dan, who has no account, at his browser."""
    return Client()
