"""What every test stands on: no way out but loopback, and a browser for the stories."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests import at_once, openings, statements, worlds
from tests.audit import wiping
from tests.browsing import BROWSER_FLAGS, found_browser
from tests.collecting import (  # noqa: F401 - hooks
    pytest_collection,
    pytest_collection_finish,
    pytest_ignore_collect,
    pytest_itemcollected,
)
from tests.once import (  # noqa: F401 - hooks and fixtures
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_sessionfinish,
    seen_on_one_leg,
    what_runs_once_touches_nothing,
)
from tests.standing import House, standing_in

LOOPBACK = ("127.", "::1", "localhost")


def pytest_configure(config: pytest.Config) -> None:
    """Let worlds stand for the tests of many modules, and databases commit where a test asks."""
    for each in (worlds, wiping, at_once):
        config.pluginmanager.register(each, each.__name__)


class WayOutClosed(RuntimeError):
    """A test tried to reach a machine other than this one."""


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(original: Any) -> Any:
        def to(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
                raise WayOutClosed(f"no test may reach {address[0]}")
            return original(self, address)

        return to

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        yield


@pytest.fixture(autouse=True, scope="session")
def looked_on() -> Iterator[None]:
    """Look on at what every page opens."""
    with openings.watching():
        yield


@pytest.fixture(autouse=True, scope="session")
def kept_statements_are_djangos() -> Iterator[None]:
    """Compare each statement that is kept with the one Django would write."""
    with statements.watching():
        yield


@pytest.fixture(autouse=True)
def every_opening_is_written_once() -> Iterator[None]:
    """Ask after each test whether every opening of its pages stands in exactly one entry."""
    openings.faults()
    yield
    assert openings.faults() == [], "security.md B9"


@pytest.fixture(scope="session")
def story_language() -> str:
    """The language of this leg's browser: `en` or `id`."""
    return os.environ.get("SUAR_STORY_LANG", "en")


@pytest.fixture(scope="session")
def story_width_px() -> int:
    """The width of this leg's browser: a phone's or a desk's."""
    return int(os.environ.get("SUAR_STORY_WIDTH", "360"))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Serve the invented world once for all stories, by real processes."""
    with standing_in(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once; skip visibly where it is not installed."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = found_browser()
    if chromium is None:
        pytest.skip("chromium is not installed: ./suar test installs it")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django would take for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False, args=BROWSER_FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, story_language: str, story_width_px: int) -> Iterator[Any]:
    """Open a fresh browser profile in this leg's language and width."""
    context = browser.new_context(locale=story_language, viewport={"width": story_width_px, "height": 780})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
