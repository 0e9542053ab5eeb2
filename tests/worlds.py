"""Worlds in which the tests of many modules stand: each is made once a run, then undone.

Each test runs inside the transaction of its world, in one of its own. Tests of one world run
after each other, shuffled as before; the world is undone before any other test begins. What is
handed on is a copy, so that no test finds what another one did to its people.
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
from suar.demo.cast import Cast, House, Player

Make = Callable[[], Any]
FRESH_FOR = timedelta(minutes=2)
"""Much less than a session may be quiet: tests of a module run on for a while."""


@dataclass(frozen=True)
class Standing:
    """The world that stands now: how it was made, when, and what takes it back."""

    make: Make
    made: Any
    at: datetime
    undone: ExitStack
    blocker: Any


_now: Standing | None = None


def given(make: Make, hand_on: Callable[[Any], Any]) -> Any:
    """Give a fixture of modules that makes a world, or finds it standing, and hands on a copy."""

    def world(left_at_the_end: None, django_db_setup: None, django_db_blocker: Any) -> Any:
        return hand_on(_standing(make, django_db_blocker).made)

    world.makes = make  # type: ignore[attr-defined] - a mark on a function
    return pytest.fixture(scope="module")(world)


def world_of(item: pytest.Item) -> Make | None:
    """Give how the world of a test is made; None when it stands in none."""
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined] - pytest has no other
    made = (getattr(several[-1].func, "makes", None) for several in known.values())
    return next((each for each in made if each), None)


def together(items: list[pytest.Item]) -> list[pytest.Item]:
    """Put tests of one world beside each other, before all tests that stand in none."""
    asked = {item: world_of(item) for item in items}
    order = [make for make in dict.fromkeys(asked.values()) if make is not None]
    return sorted(items, key=lambda item: (_is_no_story(item), [*order, None].index(asked[item])))


def _is_no_story(item: pytest.Item) -> bool:
    """Put stories first: one worker has them all, and they take long."""
    return item.get_closest_marker("story") is None


def leave(asked: Make | None = None) -> None:
    """Take back the world that stands, unless it is the one that is asked for."""
    global _now
    if _now is None or _now.make is asked:
        return
    before, _now = _now, None
    with before.blocker.unblock():
        transaction.set_rollback(True)
        before.undone.close()


@pytest.fixture(scope="session")
def left_at_the_end(django_db_setup: None) -> Iterator[None]:
    """Take the last world back before the database goes."""
    yield
    leave()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each world stand once."""
    items[:] = together(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no test see a world that is not its own."""
    leave(world_of(item))


def copied(cast: Cast) -> Cast:
    """Give everybody anew, with nothing opened yet."""
    players = {name: afresh(player) for name, player in cast.players.items()}
    village, pelita, elsewhere = (
        house_of(house, first=players[name])
        for house, name in (
            (cast.village, "esi"),
            (cast.pelita, "kartika"),
            (cast.elsewhere, "farid"),
        )
    )
    return Cast(village, pelita, elsewhere, players)


def afresh(player: Player) -> Player:
    """Give a player who has opened nothing yet."""
    keys = Keys(player.id, read=player.keys._read, sign=player.keys._sign)
    return replace(player, worker=copy(player.worker), keys=keys)


def house_of(house: House, *, first: Player) -> House:
    """Give a house whose first worker is given anew."""
    return replace(house, organisation=copy(house.organisation), team=copy(house.team), first=first)


def _standing(make: Make, blocker: Any) -> Standing:
    """Make a world where it does not stand yet, or stands since yesterday or for minutes.

    Its people are signed in, and a session that is quiet for some minutes is locked.
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
