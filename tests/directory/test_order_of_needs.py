"""Of several needs, what cannot wait stands first: a bed and safety, then health, then the rest."""

import pytest

from suar.directory import catalogue, queries
from suar.directory.search import SearchQuery
from tests.directory.entries import entry, load, provider

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HERE, PROVINCE = ["32.12"], ["32"]
NEEDS = ("HOUSING", "HEALTH", "JUS_WAGES", "ECO_DEBT")


@pytest.fixture
def directory() -> None:
    """Fill the directory with wages, health and a bed; what waits was confirmed last."""
    late = {"assured_date": "2026-11-24"}
    report = load(
        provider(
            entry("wages", types=["JUS_WAGES"], areas=HERE, **late),
            entry("debt", types=["ECO_DEBT"], areas=HERE, **late),
            entry("clinic", types=["HEA_GENERAL"], areas=HERE),
            entry("wages of all", types=["JUS_WAGES"], areas=PROVINCE, **late),
            entry("hospital", types=["HEA_GENERAL"], areas=PROVINCE),
            entry("secret house", types=["HOU_EMERGENCY"], areas=PROVINCE),
            entry("bed and wages", types=["JUS_WAGES", "HOU_MEN"], areas=HERE),
            entry("far bed", types=["HOU_SHELTER"], areas=["NATIONAL"], **late),
            entry("food", types=["BAS_FOOD"], areas=HERE, **late),
        )
    )
    assert report.applied


def found(*, most: int = 20, **wanted: object) -> list[str]:
    """Give the names of all that is found, page after page."""
    names: list[str] = []
    after = ""
    while True:
        page = queries.search_services(SearchQuery(after=after, **wanted), most=most, language="en")
        names += [card.name.removeprefix("Invented ") for card in page.cards]
        if not (after := page.next):
            return names


@pytest.mark.parametrize("most", [1, 2, 3, 20])
def test_a_bed_stands_before_a_doctor_and_both_before_wages(directory: None, most: int) -> None:
    told = found(needs=NEEDS, place="32.12", most=most)
    assert told[:2] == ["bed and wages", "secret house"]
    assert told[2:4] == ["clinic", "hospital"]
    assert set(told[4:6]) == {"wages", "debt"}
    assert told[6:] == ["wages of all", "far bed"]


def test_safety_stands_beside_a_bed_and_what_was_not_asked_for_stays_away(directory: None) -> None:
    told = found(needs=("SAFETY", "HEALTH", "JUSTICE"), place="32.12")
    assert told[:2] == ["clinic", "hospital"]
    assert "food" not in told
    assert load(provider(entry("plan", types=["SAF_RISK"], areas=PROVINCE))).applied
    assert found(needs=("SAFETY", "HEALTH", "JUSTICE"), place="32.12")[0] == "plan"


def test_where_all_can_wait_as_long_what_is_near_stands_first(directory: None) -> None:
    told = found(needs=("JUS_WAGES", "ECO_DEBT"), place="32.12")
    assert set(told[:3]) == {"wages", "debt", "bed and wages"}
    assert told[3:] == ["wages of all"]


def test_without_a_place_what_cannot_wait_stands_first_too(directory: None) -> None:
    told = found(needs=NEEDS)
    assert set(told[:3]) == {"secret house", "bed and wages", "far bed"}
    assert set(told[3:5]) == {"clinic", "hospital"}
    assert len(told) == len(set(told)) == 8


def test_each_need_stands_in_one_rank_in_the_order_of_the_table() -> None:
    order = catalogue.services()["order"]
    assert order["needs"] == [["HOUSING", "SAFETY"], ["HEALTH"]]
    assert order["needs_because"].endswith(".")
    assert {group for rank in order["needs"] for group in rank} <= catalogue.groups().keys()
    assert catalogue.ranked(["JUS_WAGES", "HEALTH", "HOU_MEN", "SAFETY", "BASIC"]) == [
        ("HOU_MEN", "SAFETY"),
        ("HEALTH",),
        ("JUS_WAGES", "BASIC"),
    ]
    assert catalogue.ranked([]) == []
