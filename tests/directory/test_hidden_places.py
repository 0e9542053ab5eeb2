"""A hidden place leaves no trace: move every one of them and nothing that can be asked changes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from suar.directory import cards, models, queries
from suar.directory.cards import ServiceCard
from suar.directory.facts import PersonFacts
from suar.directory.search import SearchQuery
from suar.directory.tokens import code_term
from suar.website.find_help import with_keywords
from tests.directory.entries import at_place, entry, found_id, load, place, provider
from tests.hsds.files import an_id

pytestmark = pytest.mark.django_db
TABLES = (
    models.Provider,
    models.Site,
    models.Service,
    models.ServiceType,
    models.ServiceArea,
    models.Eligibility,
    models.ServiceTexts,
    models.SearchEntry,
    models.Spelling,
)
HERE = {"city": "Cirebon", "lat": -6.7321, "long": 108.5523, "name": "Canary house"}
THERE = {"city": "Bogor", "lat": -6.5971, "long": 106.8060, "name": "Other house"}


def world(point: dict[str, Any], *, hidden: bool = True, district: str = "") -> list[dict]:
    """Make two shelters, the second at a place that is hidden or, as a control, is not."""
    address = {
        "id": an_id("ad"),
        "address_1": f"Jalan {point['name']} 7",
        "city": point["city"],
        "state_province": point["city"],
        "postal_code": "1",
        "country": "ID",
        "address_type": "physical",
    }
    secret = place(
        "secret",
        name=point["name"],
        latitude=point["lat"],
        longitude=point["long"],
        transportation=f"Bus to {point['city']}",
        description=point["city"],
        addresses=[address],
        phones=[{"id": an_id("tel"), "number": "+62 111"}],
        suar={"hidden": hidden, "district": district or "32.74"},
    )
    gate = [{"id": an_id("gate"), "number": "+62 000 0000 0101", "description": "Gate"}]
    return [
        provider(
            entry("open", types=["HOU_MEN"], areas=["32.74"], service_at_locations=at_place("house")),
            entry(
                "safe",
                types=["HOU_MEN"],
                areas=[district or "32.74"],
                phones=gate,
                service_at_locations=at_place("secret"),
            ),
            locations=[place("house"), secret],
        )
    ]


def answers() -> Iterator[object]:
    """Give every row of the directory and every answer it gives, in all its orders."""
    for table in TABLES:
        # Numbers that the database counts up tell how often a test ran and nothing else.
        counted = table in (models.ServiceType, models.ServiceArea, models.Spelling)
        names = [
            concrete_field.attname
            for concrete_field in table._meta.concrete_fields
            if concrete_field.name != "id" or not counted
        ]
        yield sorted(map(repr, table.objects.values_list(*names)))
    yield sorted(map(repr, models.Service.sites.through.objects.values_list("service", "site")))
    for where in ("", "32", "32.74", "32.01", "31.71", "ABROAD"):
        for text in ("", "canary", "other", "bogor", "jalan"):
            yield queries.search_services(SearchQuery(place=where, text=text), language="en")
        for text in ("井里汶", "茂物", "西爪哇", "男人的住处"):
            yield queries.search_services(with_keywords(SearchQuery(place=where, text=text), "zh-hans"))
        yield queries.matches_for(PersonFacts(place=where or None, sex="MALE"), ["HOUSING"])
        yield queries.answers_now(["HOUSING"], place=where)
    yield [queries.service_card(found_id(name), language="id") for name in ("open", "safe")]


def told(entries: list[dict]) -> str:
    """Fill an empty directory and write down all it tells."""
    for table in reversed(TABLES):
        table.objects.all().delete()
    models.Edition.objects.all().delete()
    assert load(*entries).applied
    return "\n".join(repr(answer) for answer in answers())


def test_moving_every_hidden_point_changes_not_one_byte() -> None:
    assert told(world(HERE)) == told(world(THERE, district="32.01"))


def test_the_same_world_twice_tells_the_same() -> None:
    assert told(world(HERE, hidden=False)) == told(world(HERE, hidden=False))


def test_the_same_comparison_sees_a_place_that_is_not_hidden() -> None:
    assert told(world(HERE, hidden=False)) != told(world(THERE, hidden=False))
    assert "Canary house" in told(world(HERE, hidden=False))


def test_the_same_comparison_sees_an_index_that_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, leaking = cards.place_and_type_names, {}
    for point in (HERE, THERE):
        leak = point["city"]
        monkeypatch.setattr(cards, "place_and_type_names", lambda *a, leak=leak: [*whole(*a), leak])
        leaking[leak] = told(world(point))
    assert leaking["Cirebon"] != leaking["Bogor"]


def test_the_card_of_a_hidden_place_leads_to_the_gate_only() -> None:
    told(world(HERE))
    card: ServiceCard = queries.service_card(found_id("safe"))
    assert card.gate_only
    assert (card.sites, card.districts, card.areas) == ((), (), ("32",))
    assert [phone.number for phone in card.phones] == ["+62 000 0000 0101"]
    assert not queries.service_card(found_id("open")).gate_only


def test_a_hidden_place_is_indexed_in_its_province_and_in_no_district() -> None:
    def place_terms(**more: bool) -> set[str]:
        told(world(HERE, **more))
        terms = models.SearchEntry.objects.get(service=found_id("safe")).terms.split()
        return {code_term(kind, code) for kind in "adp" for code in ("32", "32.74")}.intersection(terms)

    assert place_terms() == {code_term(kind, "32") for kind in "adp"}
    assert code_term("d", "32.74") in place_terms(hidden=False), "positive control"


def test_no_byte_of_the_database_holds_a_hidden_address() -> None:
    told(world(HERE))
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table._meta.db_table}")  # noqa: S608 - our own names
            rows = repr(cursor.fetchall())
            for canary in ("Canary", "Jalan Canary", "6.7321", "108.5523", "+62 111"):
                assert canary not in rows


def test_a_text_that_names_the_hidden_place_keeps_the_file_out() -> None:
    [house] = world(HERE)
    words = {"en": {"name": "Safe", "access": {"AC_HOW": "Come to Jl. Kenari 7."}}}
    house["services"][1]["suar"]["translations"] = words
    report = load(house)
    assert [(p.field, p.why, p.detail) for p in report.refused] == [("AC_HOW", "names_a_street", "Jl. Kenari")]
    opened = {**house, "locations": [house["locations"][0], place("secret")]}
    assert load(opened).applied


NAMING: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "Rumah Aman Jl. Melati 4"}, "name", "Jl. Melati"),
    ({"description": "Our safe house is at Jl Melati 4, Cirebon"}, "description", "Jl Melati"),
    ({"website": "https://maps.app.goo.gl/x"}, "website", "maps.app"),
    ({"phones": [{"id": an_id("t"), "number": "+62 000 0000 0103", "description": "Gg 3"}]}, "phones", "Gg 3"),
]


@pytest.mark.parametrize(("told", "field", "piece"), NAMING, ids=lambda each: str(each)[:16])
def test_a_provider_that_names_its_hidden_place_keeps_the_file_out(
    told: dict[str, Any], field: str, piece: str
) -> None:
    [house] = world(HERE)
    report = load({**house, **told})
    assert [(p.field, p.why, p.detail) for p in report.refused] == [(field, "names_a_street", piece)]
    assert not models.Provider.objects.exists()
    assert load({**world(HERE, hidden=False)[0], **told}).applied


@pytest.mark.parametrize("by", ["place", "service"])
def test_what_stands_here_keeps_a_file_out_that_hides_its_place(by: str) -> None:
    naming = {"description": "Our house is at Jl Melati 4"}
    [house] = world(HERE, hidden=False)
    if by == "place":
        load({**house, **naming})
    else:
        [open_house, house] = house["services"]
        load({**world(HERE, hidden=False)[0], "services": [open_house, {**house, **naming}]})
    secret = {**place("secret", suar={"hidden": True}), "organization_id": an_id("house")}
    bare = provider(locations=[secret])
    if by == "place":
        bare |= naming
    report = load(bare)
    assert not report.applied
    assert [p.why for p in report.refused] == ["names_a_street"]
    assert ("Invented safe: Jl Melati" in report.refused[0].detail) == (by == "service")


def test_a_provider_here_that_is_not_in_the_file_is_looked_at_too() -> None:
    [house] = world(HERE, hidden=False)
    load({**house, "description": "Our house is at Jl Melati 4"})
    service = {**house["services"][1], "organization_id": house["id"]}
    at = {**at_place("den")[0], "location": place("den", suar={"hidden": True})}
    at.pop("location_id")
    report = load({**service, "service_at_locations": [at]})
    assert [(p.field, p.detail) for p in report.refused] == [("description", "Invented house: Jl Melati")]


def test_a_district_in_a_text_is_pointed_out_once_and_nothing_is_refused() -> None:
    [house] = world(HERE)
    own = {"id": an_id("those behind"), "description": "People of Plered, Kota Cirebon"}
    house |= own
    house["services"][1]["description"] = "A bed in Plered, Kota Cirebon"
    tried = load(house, dry_run=True)
    assert [(p.field, p.why, p.detail) for p in tried.warned] == [
        ("description", "names_a_district", "Kota Cirebon")
    ] * 2
    again = load(house)
    assert (again.applied, again.warned, again.refused) == (True, tried.warned, [])
    assert load(house).warned == []
    load({**world(HERE, hidden=False)[0], **own})
    assert [p.detail for p in load(house).warned] == ["Kota Cirebon"] * 2, "hidden anew"


def test_once_hidden_a_place_stays_hidden_until_a_file_says_otherwise() -> None:
    load(*world(HERE))
    [house] = world(HERE)
    house["locations"][1].pop("suar")
    report = load(house)
    assert "stays_hidden" in [item.why for item in report.left_out]
    assert not models.Site.objects.get(id=an_id("secret")).address
    load(*world(HERE, hidden=False))
    assert models.Site.objects.get(id=an_id("secret")).address


def test_hiding_a_place_widens_stored_services_that_the_file_does_not_tell() -> None:
    load(*world(HERE, hidden=False))
    assert queries.service_card(found_id("safe")).areas == ("32.74",)
    load(provider(locations=[place("secret", suar={"hidden": True})]))
    assert queries.service_card(found_id("safe")).areas == ("32",)
    assert queries.service_card(found_id("safe")).gate_only


def test_the_report_says_what_of_a_hidden_place_was_not_kept() -> None:
    report = load(*world(HERE))
    assert {item.why for item in report.left_out} == {"hidden_place", "areas_widened"}


def test_the_database_itself_refuses_an_address_of_a_hidden_place() -> None:
    for more in ({"name": "x"}, {"district": "32.74"}, {"latitude": 1.0}, {"transport": "bus"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Site.objects.create(id=found_id("x"), hidden=True, **more)
