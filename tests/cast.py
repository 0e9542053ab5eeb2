"""The cast at work, for the stages that stand on all others: made once a module, then undone.

Import the fixtures into a folder's conftest. Each test runs inside the module's transaction, in
one of its own, so that the invented world is not made anew for each.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from suar.demo import cast as casting
from suar.demo import directory
from suar.demo.cast import Cast
from suar.kernel import clock
from suar.vault.keyring import OpenRecord
from tests.people import Thread, client_of, person_of, thread


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Gather the cast, let the houses compare their keys, and load the invented directory."""
    undone = transaction.atomic()
    with django_db_blocker.unblock():
        undone.__enter__()
        made = casting.gather(at=clock.now())
        casting.make_partners(made, at=clock.now())
        casting.read_for_each_other(made, at=clock.now())
        directory.load(by=made.hadi.id, at=clock.now())
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        undone.__exit__(None, None, None)


@pytest.fixture
def cast(world: Cast, db: None) -> Cast:
    """Give the cast with nothing opened yet."""
    for player in world.players.values():
        player.keys.opened, player.keys.looked, player.keys.shown = [], False, 0
        player.keys.forget()
    return world


@pytest.fixture
def amina(cast: Cast) -> OpenRecord:
    """Give Amina's record as a talk with Ben leaves it."""
    return person_of(cast.ben, cast)


@pytest.fixture
def told(cast: Cast) -> Thread:
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
