"""The search index: incremental updates equal a rebuild, and its migrations."""

import importlib
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suar.core import clock
from suar.directory import freshness, published, queries, search
from suar.directory.models import SearchEntry, Service, Spelling
from suar.directory.search import PublicFilters, SearchQuery
from tests.directory.entries import AT, editing, entry, first_apps, load, provider

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
COSTS = ("FREE", "FULL", "PARTLY")
COLUMNS = ("position", "service", "confirmed", "shown_until", "terms")
DAYS = ("2026-11-20", "2026-06-01", "2026-11-25")


@pytest.fixture
def directory() -> None:
    """Create services of several costs and days, one of them closed."""
    load(
        provider(
            *(
                entry(f"{cost} {day}", types=["HOU_MEN"], areas=["32.74"], cost=cost, assured_date=day)
                for cost in COSTS
                for day in DAYS
            ),
            entry("closed", types=["HOU_MEN"], areas=["32.74"], status="inactive"),
            name="house of help",
        )
    )


def rows() -> tuple[list[object], set[object]]:
    """Return all rows of the index and of the spellings."""
    return (
        list(SearchEntry.objects.order_by("position").values_list(*COLUMNS)),
        set(Spelling.objects.values_list("form", "word")),
    )


def result_ids() -> list[UUID]:
    cards = queries.search_services(SearchQuery(needs=("HOU_MEN",)), most=50, language="en").cards
    return [card.id for card in cards]


def position(ident: int, *, confirmed: date | None, cost: str | None = "FREE") -> int:
    return search.sort_position(UUID(int=ident), cost=cost, confirmed=confirmed)


@pytest.mark.usefixtures("directory")
def test_incremental_update_equals_rebuild() -> None:
    for service in Service.objects.values_list("id", flat=True):
        freshness.confirm_entry(service, by=editing())
        once, visible_ids = rows(), result_ids()
        search.rebuild(today=clock.local_date(AT))
        assert rows() == once
        assert result_ids() == visible_ids
    assert len(visible_ids) == len(COSTS) * len(DAYS)


@pytest.mark.usefixtures("directory")
def test_confirming_cost_does_not_grow_with_directory() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            freshness.confirm_entry(result_ids()[8], by=editing())
        return len(seen)

    small = statements()
    load(
        provider(
            *(entry(f"other {n}", types=["HOU_MEN"], areas=["32"]) for n in range(40)),
            name="other house",
        )
    )
    assert statements() == small


def test_position_orders_by_cost_day_and_id() -> None:
    day = date(2026, 11, 25)
    ordered = [
        position(1, confirmed=day),
        position(2**127, confirmed=day),
        position(0, confirmed=day - timedelta(days=1)),
        position(0, confirmed=date(1800, 1, 1)),
        position(2**127, confirmed=None),
        position(0, confirmed=day, cost="FULL"),
        position(0, confirmed=date(9999, 1, 1), cost=None),
        position(0, confirmed=day, cost=None),
    ]
    places = ordered
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert places[0] > 0
    assert places[-1] < 10**13


@pytest.mark.usefixtures("directory")
def test_occupied_position_takes_next_one() -> None:
    first, second = Service.objects.filter(status="active")[:2]
    freshness.confirm_entry(first.id, by=editing())
    place = SearchEntry.objects.get(service=first).position
    SearchEntry.objects.filter(service=first).delete()
    SearchEntry.objects.filter(service=second).update(position=place)
    freshness.confirm_entry(first.id, by=editing())
    assert SearchEntry.objects.get(service=first).position == place + 1


@pytest.mark.usefixtures("directory")
def test_migration_recomputes_positions() -> None:
    expected, visible_ids = rows(), result_ids()
    before = list(SearchEntry.objects.order_by("position"))
    SearchEntry.objects.all().delete()
    for number, item in enumerate(before, 1):
        item.position = number
    SearchEntry.objects.bulk_create(before)
    assert rows() != expected
    step = importlib.import_module("suar.directory.migrations.0004_place_made_of_the_order")
    step.place_anew(first_apps(), SimpleNamespace(connection=connection))
    assert rows() == expected
    assert result_ids() == visible_ids


@pytest.mark.usefixtures("directory")
def test_migration_adds_provider_words_to_index() -> None:
    search_entries = list(SearchEntry.objects.order_by("position").values_list("terms"))
    for row in SearchEntry.objects.all():
        row.terms = " ".join(part for part in row.terms.split() if not part.startswith("qxw"))
        row.save()
    assert list(SearchEntry.objects.order_by("position").values_list("terms")) != search_entries
    step = importlib.import_module("suar.directory.migrations.0013_provider_found_by_its_words")
    step.add_words(first_apps(), SimpleNamespace(connection=connection))
    assert list(SearchEntry.objects.order_by("position").values_list("terms")) == search_entries
    organisation = Service.objects.values_list("provider", flat=True).distinct()
    assert list(published.provider_ids(PublicFilters(text="hous HEL"))) == list(organisation)
