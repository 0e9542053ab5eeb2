"""A run of stories spares the modules without one, and can miss no story."""

import gc
from pathlib import Path

import pytest

from tests import collecting
from tools.places import ROOT

STORY = ROOT / "tests" / "stories" / "test_thread.py"


class Config:
    """As much of pytest's configuration as is asked."""

    def __init__(self, chosen: str) -> None:
        self.option = self
        self.markexpr = chosen


class Item:
    """A test that is marked as a story."""

    nodeid = "a story"

    def __init__(self, path: Path) -> None:
        self.path = path

    def get_closest_marker(self, name: str) -> bool:
        return name == "story"


@pytest.mark.parametrize(
    ("path", "chosen", "spared"),
    [
        (Path(__file__), "story", True),
        (STORY, "story", None),
        (Path(__file__), "not story", None),
        (Path(__file__), "", None),
        (ROOT / "tests" / "start", "story", None),
        (ROOT / "tests" / "people.py", "story", None),
    ],
)
def test_a_run_of_stories_spares_modules_without_one(path, chosen, spared):
    assert collecting.pytest_ignore_collect(path, Config(chosen)) is spared


def test_a_story_in_a_module_that_would_be_spared_is_refused():
    collecting.pytest_itemcollected(Item(STORY))
    with pytest.raises(pytest.UsageError, match="a story is a story"):
        collecting.pytest_itemcollected(Item(Path(__file__)))


def test_tests_run_with_the_collector_of_garbage():
    assert gc.isenabled()
