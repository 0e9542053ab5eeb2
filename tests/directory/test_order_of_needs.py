"""Order of several needs: shelter and safety, then health, then the rest."""

import pytest

from suar.directory import catalogue, queries
from suar.directory.search import SearchQuery
from tests.directory.entries import entry, load, provider

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HERE, PROVINCE = ["32.12"], ["32"]
NEEDS = ("HOUSING", "HEALTH", "JUS_WAGES", "ECO_DEBT")


@pytest.fixture
def directory() -> None:
    """Create services for wages, health and shelter; the least urgent was confirmed last."""
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


def result_names(*, most: int = 20, **wanted: object) -> list[str]:
    """Return the names of all results, page after page."""
    names: list[str] = []
    after = ""
    while True:
        page = queries.search_services(SearchQuery(after=after, **wanted), most=most, language="en")
        names += [card.name.removeprefix("Invented ") for card in page.cards]
        if not (after := page.next):
            return names


@pytest.mark.parametrize("most", [1, 2, 3, 20])
def test_urgent_needs_come_first(directory: None, most: int) -> None:
    stated = result_names(needs=NEEDS, place="32.12", most=most)
    assert stated[:2] == ["bed and wages", "secret house"]
    assert stated[2:4] == ["clinic", "hospital"]
    assert set(stated[4:6]) == {"wages", "debt"}
    assert stated[6:] == ["wages of all", "far bed"]


def test_safety_ranks_with_shelter_and_other_needs_are_excluded(directory: None) -> None:
    stated = result_names(needs=("SAFETY", "HEALTH", "JUSTICE"), place="32.12")
    assert stated[:2] == ["clinic", "hospital"]
    assert "food" not in stated
    assert load(provider(entry("plan", types=["SAF_RISK"], areas=PROVINCE))).applied
    assert result_names(needs=("SAFETY", "HEALTH", "JUSTICE"), place="32.12")[0] == "plan"


def test_equal_urgency_orders_by_distance(directory: None) -> None:
    stated = result_names(needs=("JUS_WAGES", "ECO_DEBT"), place="32.12")
    assert set(stated[:3]) == {"wages", "debt", "bed and wages"}
    assert stated[3:] == ["wages of all"]


def test_urgency_order_without_place(directory: None) -> None:
    stated = result_names(needs=NEEDS)
    assert set(stated[:3]) == {"secret house", "bed and wages", "far bed"}
    assert set(stated[3:5]) == {"clinic", "hospital"}
    assert len(stated) == len(set(stated)) == 8


def test_ranked_needs_follow_table() -> None:
    order = catalogue.services()["order"]
    assert order["needs"] == [["HOUSING", "SAFETY"], ["HEALTH"]]
    assert order["needs_because"].endswith(".")
    assert {group for rank in order["needs"] for group in rank} <= catalogue.groups().keys()
    assert catalogue.split_by_urgency(["JUS_WAGES", "HEALTH", "HOU_MEN", "SAFETY", "BASIC"]) == [
        ("HOU_MEN", "SAFETY"),
        ("HEALTH",),
        ("JUS_WAGES", "BASIC"),
    ]
    assert catalogue.split_by_urgency([]) == []
