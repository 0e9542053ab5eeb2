"""Which tests run once, on the encrypted file only, and what makes sure that no other does.

A test runs on both databases when it is a story, when it or a fixture under it asks for a
database, when its module speaks of one, or when it may be skipped or is marked `both_legs`. Every
other test runs on the encrypted file alone. There it fails as soon as it touches a connection or
begins a process that may ask which database there is: what could differ on PostgreSQL runs there.

Of a test that is told many rows of values, all run on the encrypted file and the first one runs on
PostgreSQL: the same statements with other values. All rows run on both where the test is marked
`both_legs` (its values themselves reach the database) and in `EVERY_ROW`. A test that asks for a
database only to have something to show, on a page or a paper whose form it proves, is marked
`one_leg`, also where a browser shows it in a language and a width that are not those of the leg.
With `--cover` all rows and all marked tests run on both.
"""

import functools
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from tools.places import ROOT

ASKS = frozenset({"db", "transactional_db", "live_server", "house"})
MAKES = ASKS | {"django_db_setup", "django_db_blocker"}
MARKS = ("both_legs", "django_db", "story", "skipif")
SPEAKS = re.compile(r'\b(DATABASE_URL(?!"?[:=] ?"")|DATABASES|SUAR_LEG|vendor|psycopg)\b')
"""Words of which database there is; an empty address is a choice that holds on either."""
APART = ROOT / "research" / "tests"
"""Research may not even import Django, which a contract in pyproject.toml keeps."""
EVERY_ROW = frozenset(ROOT / "tests" / name for name in ("audit", "bars", "db", "vault"))
"""Folders whose tests ask what a database keeps and refuses, so that each row may differ."""
BEGINS = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec"})
HANDED_ON = "SURROUNDINGS_OF_A_LEG"
"""Stands in the environment of a run, and so in whatever a process is told of its leg."""

_once = False
_touched: list[str] = []


class RunsOnBothLegs(RuntimeError):
    """A test that is to run once did what the other database may answer otherwise."""


def runs_once(item: pytest.Item) -> bool:
    """Tell whether a test knows no database, by what it asks for and what its module speaks of."""
    marked = any(item.get_closest_marker(name) for name in MARKS)
    return not (marked or _asks(item) or _speaks(item.path))


def another_row(item: pytest.Item) -> bool:
    """Tell whether a test differs only in its values from one that runs on both databases.

    A test that is marked `one_leg` is another one of those that show the same.
    """
    if item.get_closest_marker("one_leg"):
        return True
    marked = any(item.get_closest_marker(name) for name in ("both_legs", "story", "skipif"))
    if marked or _speaks(item.path) or EVERY_ROW & set(item.path.parents):
        return False
    row = getattr(item, "callspec", None)
    return row is not None and any(row.indices.values())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the encrypted file what knows no database, and what differs in values alone."""
    if os.environ.get("SUAR_LEG") != "postgres":
        return
    named = any("[" in each for each in config.args)
    first = os.environ.get("SUAR_ROWS") != "every" and not named
    left = {item for item in items if runs_once(item) or (first and another_row(item))}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let a leg be green on which none of the named tests has to run."""
    left = os.environ.get("SUAR_LEG") == "postgres" and not session.testsfailed
    if left and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin to look on; what no test asked for is refused."""
    global _once
    _touched.clear()
    _once = runs_once(item) and APART not in item.path.parents


@pytest.fixture(autouse=True, scope="session")
def seen_on_one_leg() -> Iterator[None]:
    """Look on at connections and processes for the whole run."""
    sys.addaudithook(_heard)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HANDED_ON, "1")
        # A leg may be told by an empty address; what a test then hands on is no choice of its own.
        if not os.environ.get("DATABASE_URL"):
            patch.delenv("DATABASE_URL", raising=False)
        patch.setattr(ConnectionHandler, "__getitem__", _refused(ConnectionHandler.__getitem__))
        patch.setattr(ConnectionHandler, "all", _allowed(ConnectionHandler.all))
        patch.setattr(BaseDatabaseWrapper, "connect", _refused(BaseDatabaseWrapper.connect))
        yield


@pytest.fixture(autouse=True)
def what_runs_once_touches_nothing(seen_on_one_leg: None) -> Iterator[None]:
    """Fail a test that touched a database or began a process and was to run on one leg only."""
    global _once
    yield
    _once, found = False, faults()
    assert found == [], "mark it `both_legs`: the other database may answer otherwise"


def faults() -> list[str]:
    """Give what a test that runs once has touched, and forget it."""
    found = list(_touched)
    _touched.clear()
    return found


def _asks(item: pytest.Item) -> bool:
    """Tell whether a database is among what a test asks for, or what its fixtures ask for."""
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined] - pytest has no other
    own = (each for several in known.values() for each in several if _is_ours(each.func))
    return bool(ASKS & set(item.fixturenames)) or any(MAKES & set(each.argnames) for each in own)


def _is_ours(fixture: Callable[..., Any]) -> bool:
    return not fixture.__module__.startswith("pytest_django")


@functools.cache
def _speaks(path: Path) -> bool:
    return SPEAKS.search(path.read_text("utf-8")) is not None


def _heard(event: str, words: tuple[Any, ...]) -> None:
    if _once and event in BEGINS:
        # Of a process that `subprocess` begins, both its event and that of the system are heard.
        given = {"subprocess.Popen": words[-1], "os.posix_spawn": words[-1]}.get(event)
        if given is None or (HANDED_ON in given and given.get("DATABASE_URL") != ""):
            _fault(event)


def _refused(acts: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(acts)
    def through(*args: Any, **named: Any) -> Any:
        if _once:
            _fault("a connection")
        return acts(*args, **named)

    return through


def _allowed(acts: Callable[..., Any]) -> Callable[..., Any]:
    """Let Django go through the connections there are, as it does round each request."""

    @functools.wraps(acts)
    def through(handler: ConnectionHandler, initialized_only: bool = False) -> Any:
        global _once
        kept, _once = _once, _once and not initialized_only
        try:
            return acts(handler, initialized_only=initialized_only)
        finally:
            _once = kept

    return through


def _fault(touched: str) -> None:
    _touched.append(touched)
    raise RunsOnBothLegs(f"{touched}: mark the test `both_legs`")
