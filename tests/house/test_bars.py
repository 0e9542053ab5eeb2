"""Every bar of security has a row, names tests that are there, and says honestly how far it is."""

import pytest

from bench import telling_bars
from tests.house.reading import ROOT

TOLD = telling_bars.read()
BARS = [f"B{number}" for number in range(1, 26)]


def test_every_bar_has_a_row_in_order():
    assert list(TOLD["bars"]) == BARS


@pytest.mark.parametrize("bar", BARS)
def test_each_test_that_is_named_is_there(bar):
    assert [name for name in TOLD["bars"][bar]["tests"] if not (ROOT / name).is_file()] == []


def test_every_test_of_a_bar_is_named_in_its_row():
    named = {name for bar in TOLD["bars"].values() for name in bar["tests"]}
    written = {str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "bars").glob("test_*.py")}
    assert len(written) >= 6
    assert written - named == set()
    for name in written:
        number = int(name.split("test_b")[1][:2])
        assert name in TOLD["bars"][f"B{number}"]["tests"]


def test_what_is_not_built_says_next_and_what_has_no_test_never_holds():
    states = {name: telling_bars.state(bar, TOLD) for name, bar in TOLD["bars"].items()}
    assert {states[name] for name in ("B10", "B11", "B12", "B21")} == {"next"}
    bare = {**TOLD["bars"]["B1"], "tests": []}
    assert telling_bars.state(bare, TOLD) == "next"


def test_what_failed_was_missed_or_not_run_is_said():
    bar = TOLD["bars"]["B7"]
    files = {name: {"passed": 3, "failed": 0} for name in bar["tests"]}
    ran = {"ran": {"files": files}, "measured": {}}
    assert telling_bars.state(bar, ran) == "holds"
    assert telling_bars.state(bar, {"ran": {}, "measured": {}}) == "not run"
    slow = {**ran, "measured": {"B7_x": {"holds": False}}}
    assert telling_bars.state(bar, slow) == "**figure missed**"
    files[bar["tests"][0]] = {"passed": 2, "failed": 1}
    assert telling_bars.state(bar, ran) == "**does not hold**"


def test_the_page_is_written_from_what_is_told():
    """`./suar prove bars` writes it anew."""
    assert telling_bars.page(TOLD) == telling_bars.PAGE.read_text("utf-8")
