"""What every test gets: no network but loopback, watched openings, a browser for stories, and who runs which test."""

import functools
import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest import runner
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests import at_once, openings, worlds
from tests.audit import wiping
from tests.browsing import found_browser, launch_chromium
from tests.standing import Demonstration, standing_in
from tests.stories import page_checks
from tools.places import ROOT

AXE_CHECKS_EVERY = 20
"""Axe checks one page of a walk in this many; with --long it checks all."""
STACK_WORDS = 50_000
LOOPBACK = ("127.", "::1", "localhost")
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "live_server", "demonstration", "browser"})

settings.register_profile("ci", max_examples=20, deadline=None)
settings.register_profile("long", max_examples=300, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add two ways to choose tests."""
    parser.addoption("--long", action="store_true", help="also run tests that are marked `long`")
    parser.addoption("--quick", action="store_true", help="only run fast tests that need no database and no browser")


def pytest_configure(config: pytest.Config) -> None:
    """Register our fixtures, and choose how many examples hypothesis tries."""
    for module in (worlds, wiping, at_once):
        config.pluginmanager.register(module, module.__name__)
    settings.load_profile("long" if config.option.long else "ci")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Skip files that have no test for PostgreSQL on its leg: importing all of them takes longer than many tests."""
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if os.environ.get("SUAR_LEG") == "postgres" and is_test and "db_contract" not in collection_path.read_text("utf-8"):
        return True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what this run leaves out."""
    left_out = [item for item in items if not _runs(item, config)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "ByFile":
    """Return each file to one worker, and all stories to one, which serves the demonstration and starts the browser."""
    return ByFile(config, log)


class ByFile(LoadFileScheduling):
    """Sends the tests of a file to the same worker of xdist."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "stories" if _has_stories(path) else path


@functools.cache
def _has_stories(path: str) -> bool:
    return "mark.story" in (ROOT / path).read_text("utf-8")


def _runs(item: pytest.Item, config: pytest.Config) -> bool:
    if item.get_closest_marker("long") and not config.option.long:
        return False
    if os.environ.get("SUAR_LEG") == "postgres":
        marker = item.get_closest_marker("db_contract")
        if marker is None or marker.args == (False,) or (marker.kwargs.get("long") and not config.option.long):
            return False
    return not config.option.quick or _is_quick(item)


def _is_quick(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "story", "slow"))
    return not marked and not DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what was collected out of garbage collection, and collect rarely: otherwise it takes a tenth of a run."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test with room on Python's own stack: that saves an eighth of the time.

    The stack grows by pieces of 16 KiB, and a piece is given back at once. A loop that calls across the end of one
    would ask the system for memory with each call.
    """
    return with_room(lambda: runner.pytest_runtest_protocol(item, nextitem))


def _call(work: Callable[[], bool]) -> bool:
    return work()


with_room = FunctionType(_call.__code__.replace(co_stacksize=STACK_WORDS), globals())


class NetworkForbidden(RuntimeError):
    """A test tried to reach a machine other than this one."""


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(original: Any) -> Any:
        def connect_to(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
                raise NetworkForbidden(f"no test may reach {address[0]}")
            return original(self, address)

        return connect_to

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        yield


@pytest.fixture(autouse=True, scope="session")
def watched_openings() -> Iterator[None]:
    """Watch what every page opens."""
    with openings.watching():
        yield


@pytest.fixture(autouse=True)
def every_opening_is_audited_once() -> Iterator[None]:
    """Fail a test whose pages opened something that is not in exactly one audit entry."""
    openings.faults()
    yield
    assert openings.faults() == [], "security.md B9"


@pytest.fixture(scope="session")
def story_language() -> str:
    """Return the language of the browser: `en` or `id`."""
    return os.environ.get("SUAR_STORY_LANG", "en")


@pytest.fixture(scope="session")
def story_width_px() -> int:
    """Return the width of the browser: a phone's or a desktop's."""
    return int(os.environ.get("SUAR_STORY_WIDTH", "360"))


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Serve the invented world once for all stories, by real processes."""
    with standing_in(tmp_path_factory.mktemp("demonstration")) as demonstration:
        yield demonstration


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once; skip visibly where it is not installed."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if found_browser() is None:
        pytest.skip("chromium is not installed: ./suar test installs it")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django would take for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = launch_chromium(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def look(
    browser: Any, demonstration: Demonstration, story_language: str, story_width_px: int, pytestconfig: pytest.Config
) -> page_checks.Look:
    """Walk once through every page of the staff site and return what was seen; axe checks all of them with --long."""
    from tests.stories.rounds import Inspector

    look = page_checks.Look(demonstration.staff, demonstration.files)
    look.checks_every = 1 if pytestconfig.option.long else AXE_CHECKS_EVERY
    Inspector(browser, demonstration, look, story_language, story_width_px).walk()
    return look


@pytest.fixture
def page(browser: Any, story_language: str, story_width_px: int) -> Iterator[Any]:
    """Open a fresh browser profile in this run's language and width."""
    context = browser.new_context(locale=story_language, viewport={"width": story_width_px, "height": 780})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
