"""How the tests are gathered: nothing is thrown away meanwhile, and no story is missed."""

import functools
import gc
from pathlib import Path

import pytest

SAYS = "mark.story"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare a run of nothing but stories the modules in which none is told."""
    module = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    spared = config.option.markexpr == "story" and module and not tells_a_story(collection_path)
    return True if spared else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a story in a module that would be spared."""
    if item.get_closest_marker("story") and not tells_a_story(item.path):
        raise pytest.UsageError(f"{item.nodeid} is a story: its module must say `{SAYS}`")


@functools.cache
def tells_a_story(path: Path) -> bool:
    """Tell whether a module holds a story, by what stands in it."""
    return SAYS in path.read_text("utf-8")


def pytest_collection(session: pytest.Session) -> None:
    """Let the collector of garbage rest: it would look again and again at what all stays."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let it begin, with all that was gathered out of its sight, and look less often.

    Pages leave much behind at once; looking after every 700 objects is a tenth of a run.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
