"""docs/architecture.md shows the order that import-linter keeps, and no other."""

import copy

import pytest

from tests.house.reading import SUAR
from tools import architecture

PAGE = architecture.PAGE.read_text("utf-8")
FOUND = architecture.contracts()
STAGES = [stage for row in architecture.rows_of(FOUND["order"]) for stage in row]


def test_the_page_is_drawn_from_the_contracts_as_they_are():
    """`python -m tools.architecture` draws it anew."""
    assert architecture.drawn(PAGE, FOUND) == PAGE


def test_every_part_that_can_be_drawn_is_on_the_page():
    assert {part[2] for part in architecture.PART.finditer(PAGE)} == set(architecture.PARTS)


def test_every_stage_is_described_and_nothing_else():
    assert set(architecture.HOLDS) == set(STAGES)


def test_every_stage_has_a_folder():
    assert [stage for stage in STAGES if not (SUAR / stage).is_dir()] == []


@pytest.mark.parametrize("change", ["order", "storeys", "name"])
def test_a_changed_contract_would_be_seen(change):
    changed = copy.deepcopy(FOUND)
    if change == "name":
        changed["pure"]["name"] = "another promise"
    else:
        changed[change]["layers"].reverse()
    assert architecture.drawn(PAGE, changed) != PAGE
