"""No byte and no header of a response depends on the location of a hidden place."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from suar.core import clock
from suar.directory import freshness, models
from suar.hsds.api import lists, objects
from tests.directory.entries import AT, editing, load
from tests.directory.test_hidden_places import HERE, THERE, world
from tests.hsds.asking import OF_PATH, get, lines, post, read
from tests.hsds.files import an_id

pytestmark = pytest.mark.django_db
WORDS = ("canary", "bogor", "jalan", "safe")
Seen = tuple[str, int, bytes, dict[str, str]]


@pytest.fixture(autouse=True)
def _public_site(public_site: None) -> None:
    """Send every request to the public site."""


def everything() -> Iterator[Seen]:
    """Yield status, bytes and headers of requests to every list with its parameters."""
    for path in list(OF_PATH)[:3]:
        yield from looked_through(path)
    for metres in (1, 5_000, 50_000, 1_000_000):
        for code in ("00000", "1"):
            yield seen(f"near {code} {metres}", get("/service_at_locations", postcode=code, proximity=metres))
    yield seen("minimal", get("/services", minimal="true"))
    yield seen("since", get("/services", modified_after="2026-11-25T03:00:00Z"))
    for path in ("/", "/profile", "/taxonomy_terms", f"/service_at_locations/{an_id('secret')}"):
        yield seen(path, get(path))


def looked_through(path: str) -> Iterator[Seen]:
    """Request one list by words, by pages, whole and as lines, and every object of it."""
    for text in WORDS:
        yield seen(f"{path} {text}", post(path, search=text))
    yield seen(f"{path} second", get(path, per_page=1, page=2))
    yield seen(f"{path} full", get(path, full="true"))
    yield path, 200, repr(lines(path, full="true")).encode(), {}
    for item in read(path)["contents"]:
        yield seen(item["id"], get(f"{path}/{item['id']}"))


def seen(name: str, answer: Any) -> Seen:
    return name, answer.status_code, answer.content, dict(answer.headers)


@pytest.fixture
def stopped() -> Iterator[None]:
    """Stop the clock, so that only the content can differ."""
    with clock.stopped(AT):
        yield


def served(entries: list[dict[str, Any]]) -> list[Seen]:
    for table in (models.ServiceSnapshot, models.Service, models.Site, models.Provider, models.Edition):
        table.objects.all().delete()
    report = load(*entries)
    assert report.applied, report.refused
    return list(everything())


def test_moving_every_hidden_point_changes_no_byte_of_any_answer(stopped: None) -> None:
    assert served(world(HERE)) == served(world(THERE, district="32.01"))


def test_the_comparison_reports_a_place_that_is_not_hidden(stopped: None) -> None:
    here, there = served(world(HERE, hidden=False)), served(world(THERE, hidden=False))
    names = {one[0] for one, other in zip(here, there, strict=True) if one != other}
    assert {"/services full", "/service_at_locations full", "near 1 50000"} <= names
    assert any(b"Canary house" in item[2] for item in here)


def test_the_comparison_reports_a_leaked_id(stopped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    leaking = []
    for point in (HERE, THERE):
        leak = {"id": an_id(point["city"]), "location_type": "physical", "suar": {"hidden": True}}
        # A leak is planted: the comparison must see one.
        monkeypatch.setattr(objects, "_hidden_location", lambda of, leak=leak: leak)
        leaking.append(served(world(point)))
    assert leaking[0] != leaking[1]


def moved() -> None:
    """Move the shelter to a new hidden place, and add another one."""
    service, provider = UUID(an_id("safe")), UUID(an_id("house"))
    old = models.Site.objects.get(hidden=True, service=service)
    new = [
        models.Site.objects.create(id=UUID(an_id(name)), provider_id=provider, hidden=True)
        for name in ("one more", "another")
    ]
    links = models.Service.sites.through.objects
    links.filter(site=old).delete()
    links.bulk_create([models.Service.sites.through(service_id=service, site=item) for item in new])
    [organisation] = world(THERE)
    organisation["locations"][1]["id"] = an_id("one more")
    organisation["services"][1]["service_at_locations"][0]["location_id"] = an_id("one more")
    with clock.shifted(timedelta(hours=3)):
        assert load(organisation).applied


def test_a_shelter_that_moves_to_another_hidden_place_changes_no_byte() -> None:
    assert load(*world(HERE)).applied
    before = list(everything())
    edition = models.Edition.objects.get().number
    moved()
    assert models.Edition.objects.get().number > edition
    assert list(everything()) == before


def test_private_fields_of_an_organisation_change_no_byte() -> None:
    assert load(*world(HERE)).applied
    before = list(everything())
    [organisation] = world(HERE)
    organisation["suar"] = {"organisation": an_id("account"), "answers_by_link": True}
    with clock.shifted(timedelta(hours=3)):
        assert load(organisation).changed.providers == 1
    assert list(everything()) == before


def beds(free: int, of: int) -> list[dict[str, Any]]:
    """Return the directory with a number of free beds at one of two services."""
    [organisation] = world(HERE)
    organisation["services"][of]["suar"]["places"] = {"total": 14, "free": free, "as_of": "2026-11-25"}
    return [organisation]


def test_a_free_bed_of_a_hidden_shelter_changes_no_byte() -> None:
    assert load(*beds(4, of=1)).applied
    before = list(everything())
    assert not [item for item in before if b"places" in item[2] and item[0] != "/profile"]
    with clock.shifted(timedelta(hours=3)):
        assert load(*beds(3, of=1)).changed.services == 1
    assert models.ServiceSnapshot.objects.get(service=an_id("safe")).document["service"]["let_in"]["places_free"] == 3
    assert list(everything()) == before


def test_the_comparison_reports_a_free_bed_of_an_open_shelter() -> None:
    assert load(*beds(4, of=0)).applied
    before = list(everything())
    with clock.shifted(timedelta(hours=3)):
        load(*beds(3, of=0))
    assert list(everything()) != before
    assert read(f"/services/{an_id('open')}")["suar"]["places"]["free"] == 3


@pytest.mark.parametrize(("of", "is_visible"), [(0, True), (1, False)], ids=["open", "hidden"])
def test_only_open_shelters_show_free_places(of: int, *, is_visible: bool) -> None:
    for free, words in ((4, b"There was room"), (0, b"It was full")):
        load(*beds(free, of=of))
        page = Client().get(f"/en/s/{an_id('open' if of == 0 else 'safe')}")
        assert (words in page.content) is is_visible


def test_a_change_that_everybody_may_read_moves_the_time_of_its_services() -> None:
    """Positive control: a new description and a confirmation both change the time."""
    assert load(*world(HERE)).applied
    first = {service["id"]: service["last_modified"] for service in lists.iter_services()}
    [organisation] = world(HERE)
    organisation["description"] = "Invented anew."
    with clock.shifted(timedelta(hours=1)):
        load(organisation)
    second = {service["id"]: service["last_modified"] for service in lists.iter_services()}
    assert all(first[item] < second[item] for item in first)
    with clock.shifted(timedelta(days=2)):
        freshness.confirm_entry(UUID(an_id("open")), by=editing(at=clock.now()))
        since = read("/services", modified_after=second[an_id("open")], minimal="true")["contents"]
        later = {item["id"] for item in since if item["modified_date"] > second[an_id("open")]}
    assert later == {an_id("open")}


def test_a_hidden_place_has_no_other_field() -> None:
    assert load(*world(HERE)).applied
    [pair] = [item for item in read("/service_at_locations")["contents"] if item["service_id"] == an_id("safe")]
    whole = read(f"/service_at_locations/{pair['id']}")
    assert set(whole["location"]) == {"id", "location_type", "organization_id", "suar"}
    assert whole["location"]["suar"] == {"hidden": True}
    assert [item["number"] for item in whole["service"]["phones"]] == ["+62 000 0000 0101"]
    assert whole["service"]["suar"]["areas"] == ["32"]
    absent = get(f"/service_at_locations/{an_id('secret')}")
    assert absent.content == get(f"/service_at_locations/{an_id('nobody')}").content


def test_a_hidden_place_and_an_absent_one_cost_the_same_queries(
    django_assert_num_queries: Any,
) -> None:
    assert load(*world(HERE)).applied
    for id_ in ("secret", "nobody"):
        with django_assert_num_queries(2):
            get(f"/service_at_locations/{an_id(id_)}")
