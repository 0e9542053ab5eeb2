"""A browser of their own for each worker of a story."""

from typing import Any

import pytest

from tests.standing import Demonstration
from tests.stories.walker import Walker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move lives behind all other tests: stories come first, so lives are the last of them."""
    items.sort(key=lambda item: item.get_closest_marker("life") is not None)


@pytest.fixture
def opens(browser: Any, demonstration: Demonstration, story_language: str, story_width_px: int) -> Any:
    """Yield each worker a browser of their own, in this leg's language and width."""
    contexts = []

    def walker(name: str = "", *, keys_only: bool = False) -> Walker:
        size = {"width": story_width_px, "height": 780}
        context = browser.new_context(locale=story_language, viewport=size)
        context.set_default_timeout(15_000)
        contexts.append(context)
        found = Walker(context.new_page(), demonstration, keys_only=keys_only)
        return found.sign_in(name, language=story_language) if name else found

    yield walker
    for context in contexts:
        context.close()
