"""The cast of a module: made once, and undone when the module is through.

Tests in which everything commits cannot share a module with it.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from suar.accounts.keys import Keys
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.kernel import clock


@pytest.fixture(scope="module")
def gathered(django_db_setup: None, django_db_blocker) -> Iterator[Cast]:
    """Gather everybody, engaged an hour ago, in a transaction of the module."""
    undone = transaction.atomic()
    with django_db_blocker.unblock():
        undone.__enter__()
        made = casting.gather(at=clock.now() - timedelta(hours=1))
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        undone.__exit__(None, None, None)


@pytest.fixture
def cast(gathered: Cast, db: None) -> Cast:
    """Everybody, as the demonstration has them, with nothing opened yet."""
    players = {name: afresh(player) for name, player in gathered.players.items()}
    return Cast(
        replace(gathered.village, first=players["esi"]),
        replace(gathered.pelita, first=players["kartika"]),
        replace(gathered.elsewhere, first=players["farid"]),
        players,
    )


def afresh(player: Player) -> Player:
    keys = Keys(player.id, read=player.keys._read, sign=player.keys._sign)
    return replace(player, worker=copy(player.worker), keys=keys)
