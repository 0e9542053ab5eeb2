"""Worlds that the tests of many modules share: each is created once a run and rolled back afterwards.

Each test runs in a savepoint inside the transaction of its world. Tests of one world run after each other; the
world is rolled back before any other test starts. Tests get copies, so that no test sees what another one changed
in its objects.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from suar.accounts.keys import Keys
from suar.core import clock
from suar.demo.cast import Cast, Player, Workplace

Make = Callable[[], Any]
LONG_FOLDERS = {"attacks", "bars"}
FRESH_FOR = timedelta(minutes=6)
"""Much less than the idle limit of a session: the tests of a module run for a while."""


@dataclass(frozen=True)
class Standing:
    """The current world: how and when it was created, and what rolls it back."""

    make: Make
    made: Any
    at: datetime
    undone: ExitStack
    blocker: Any


_now: Standing | None = None


def given(make: Make, hand_on: Callable[[Any], Any]) -> Any:
    """Return a module fixture that creates a world, or uses the current one, and passes a copy on."""

    def world(left_at_the_end: None, django_db_setup: None, django_db_blocker: Any) -> Any:
        return hand_on(_standing(make, django_db_blocker).made)

    world.makes = make  # type: ignore[attr-defined] - a mark on a function
    return pytest.fixture(scope="module")(world)


def world_of(item: pytest.Item) -> Make | None:
    """Return how the world of a test is created, or None."""
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined] - pytest has no other
    made = (getattr(several[-1].func, "makes", None) for several in known.values())
    return next((each for each in made if each), None)


def together(items: list[pytest.Item]) -> list[pytest.Item]:
    """Sort tests: stories first, then long ones, and in each part by world, then tests without a world."""
    asked = {item: world_of(item) for item in items}
    order = [make for make in dict.fromkeys(asked.values()) if make is not None]
    return sorted(items, key=lambda item: (_part(item), [*order, None].index(asked[item])))


def _part(item: pytest.Item) -> int:
    """Return 0 for a story: one worker of xdist runs all of them. The other begins with files that take long."""
    if item.get_closest_marker("story"):
        return 0
    return 1 if item.path.parent.name in LONG_FOLDERS else 2


def leave(asked: Make | None = None) -> None:
    """Roll the current world back, unless it is the one that is asked for."""
    global _now
    if _now is None or _now.make is asked:
        return
    before, _now = _now, None
    with before.blocker.unblock():
        transaction.set_rollback(True)
        before.undone.close()


@pytest.fixture(scope="session")
def left_at_the_end(django_db_setup: None) -> Iterator[None]:
    """Roll the last world back before the database is removed."""
    yield
    leave()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests so that each world is created once."""
    items[:] = together(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Roll a world back before a test that does not belong to it."""
    leave(world_of(item))


def copied(cast: Cast) -> Cast:
    """Return copies of everybody, with nothing opened yet."""
    players = {name: afresh(player) for name, player in cast.players.items()}
    village, pelita, elsewhere = (
        workplace_of(workplace, first=players[name])
        for workplace, name in (
            (cast.village, "esi"),
            (cast.pelita, "kartika"),
            (cast.elsewhere, "farid"),
        )
    )
    return Cast(village, pelita, elsewhere, players)


def afresh(player: Player) -> Player:
    """Return a copy of a player who has opened nothing yet."""
    keys = Keys(player.id, read=player.keys._read, sign=player.keys._sign)
    return replace(player, worker=copy(player.worker), keys=keys)


def workplace_of(workplace: Workplace, *, first: Player) -> Workplace:
    """Return a copy of an organisation with another copy of its first worker."""
    return replace(workplace, organisation=copy(workplace.organisation), team=copy(workplace.team), first=first)


def _standing(make: Make, blocker: Any) -> Standing:
    """Return the current world; create it if there is none, or if it is some minutes old or of yesterday.

    Its people are signed in, and an idle session is locked after some minutes.
    """
    global _now
    if _now is not None and not _is_fresh(_now):
        leave()
    leave(make)
    if _now is None:
        with blocker.unblock(), ExitStack() as undone:
            undone.enter_context(transaction.atomic())
            _now = Standing(make, make(), clock.now(), undone.pop_all(), blocker)
    return _now


def _is_fresh(world: Standing) -> bool:
    now = clock.now()
    same_day = clock.local_date(world.at) == clock.local_date(now)
    return same_day and now - world.at < FRESH_FOR
