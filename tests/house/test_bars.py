"""Every security bar has a row and names tests that exist."""

import pytest

from bench import prove_bars
from tests.house.reading import ROOT

STORED = prove_bars.read()
BARS = [f"B{number}" for number in range(1, 26)]


def test_every_bar_has_a_row_in_order():
    assert list(STORED["bars"]) == BARS


@pytest.mark.parametrize("bar", BARS)
def test_each_test_that_is_named_exists(bar):
    assert [name for name in STORED["bars"][bar]["tests"] if not (ROOT / name).is_file()] == []


def test_every_test_of_a_bar_is_named_in_its_row():
    written = {str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "bars").glob("test_*.py")}
    assert len(written) >= 6
    for name in written:
        number = int(name.split("test_b")[1][:2])
        assert name in STORED["bars"][f"B{number}"]["tests"]


def test_a_bar_holds_only_with_tests_that_pass():
    states = {name: prove_bars.state(bar, STORED) for name, bar in STORED["bars"].items()}
    assert {states[name] for name in ("B10", "B11", "B12", "B21")} == {"next"}
    bar = STORED["bars"]["B7"]
    files = {name: {"passed": 3, "failed": 0} for name in bar["tests"]}
    ran = {"ran": {"files": files}, "measured": {}}
    assert prove_bars.state(bar, ran) == "holds"
    assert prove_bars.state(bar, {"ran": {}, "measured": {}}) == "not run"
    slow = {**ran, "measured": {"B7_x": {"holds": False}}}
    assert prove_bars.state(bar, slow) == "**figure missed**"
    files[bar["tests"][0]] = {"passed": 2, "failed": 1}
    assert prove_bars.state(bar, ran) == "**does not hold**"
