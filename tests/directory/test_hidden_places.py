"""Hidden places leave no trace: moving all of them changes no output."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from suar.core import clock
from suar.directory import cards, models, queries
from suar.directory.cards import ServiceCard
from suar.directory.facts import PersonFacts
from suar.directory.search import SearchQuery
from suar.directory.tokens import code_term
from suar.website.find_help import Results, find
from tests.directory.entries import AT, at_place, entry, entry_id, load, place, provider
from tests.hsds.files import an_id

pytestmark = pytest.mark.django_db
TABLES = (
    models.Provider,
    models.Site,
    models.Service,
    models.ServiceType,
    models.ServiceArea,
    models.ServiceSnapshot,
    models.SearchEntry,
    models.Spelling,
)
TYPED = {
    "en": ("safe house cirebon", "bogor shelter for men", "cirebn", "bus to bogor", "secret place", "west java"),
    "id": ("rumah aman kota cirebon", "bogor", "jalan canary house", "rumah rahasia jawa barat"),
    "zh-hans": ("井里汶", "茂物", "西爪哇", "男人的住处"),
}
"""Words by which somebody may look for a hidden house."""
EVERYWHERE = ("", "32", "32.74", "32.01", "31.71", "ABROAD")
HERE = {"city": "Cirebon", "lat": -6.7321, "long": 108.5523, "name": "Canary house"}
THERE = {"city": "Bogor", "lat": -6.5971, "long": 106.8060, "name": "Other house"}


def world(point: dict[str, Any], *, hidden: bool = True, district: str = "") -> list[dict]:
    """Return two shelters, the second at a hidden place or, as a control, an open one."""
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


def answers(searched: Collection[str]) -> Iterator[object]:
    """Return all rows of the directory and all results of searches in these places, in their orders."""
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
    for where in searched:
        for text in ("", "canary", "other", "bogor", "jalan"):
            yield queries.search_services(SearchQuery(place=where, text=text), language="en")
        for language, texts in TYPED.items():
            for text in texts:
                yield _results(find(SearchQuery(place=where, text=text, needs=("HOUSING",)), language=language))
                yield _results(find(SearchQuery(place=where, text=text, now=True, sex="MALE"), language=language))
        yield queries.match_services(PersonFacts(place=where or None, sex="MALE"), ["HOUSING"])
        yield queries.answering_lines(["HOUSING"], place=where)
    yield [queries.service_card(entry_id(name), language="id") for name in ("open", "safe")]


def _results(results: Results) -> object:
    """Return all that a page of results shows, with how far each service is and why it fits."""
    everything = [*results.lines, *(entry for _part, entries in results.parts for entry in entries)]
    return replace(results, parts=()), [
        (entry, entry.journey, entry.first_places, entry.main_reasons) for entry in everything
    ]


def fill(entries: list[dict]) -> None:
    """Empty the directory and load these entries."""
    for table in reversed(TABLES):
        table.objects.all().delete()
    models.Edition.objects.all().delete()
    with clock.stopped(AT):
        assert load(*entries).applied


def output(entries: list[dict], searched: Collection[str] = ("", "32.74")) -> str:
    """Fill an empty directory and return its output."""
    fill(entries)
    return "\n".join(repr(answer) for answer in answers(searched))


def test_moving_hidden_places_changes_no_byte_of_output() -> None:
    assert output(world(HERE), EVERYWHERE) == output(world(THERE, district="32.01"), EVERYWHERE)


def test_output_is_deterministic() -> None:
    assert output(world(HERE, hidden=False)) == output(world(HERE, hidden=False))


def test_comparison_detects_open_place() -> None:
    here = output(world(HERE, hidden=False))
    assert here != output(world(THERE, hidden=False))
    assert "Canary house" in here


def test_comparison_detects_leaking_index(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, leaking = cards.place_and_type_names, {}
    for point in (HERE, THERE):
        leak = point["city"]
        monkeypatch.setattr(cards, "place_and_type_names", lambda *a, leak=leak: [*whole(*a), leak])
        leaking[leak] = output(world(point))
    assert leaking["Cirebon"] != leaking["Bogor"]


def test_card_of_hidden_place_has_only_gate_contact() -> None:
    fill(world(HERE))
    card: ServiceCard = queries.service_card(entry_id("safe"))
    assert card.gate_only
    assert (card.sites, card.districts, card.areas) == ((), (), ("32",))
    assert [phone.number for phone in card.phones] == ["+62 000 0000 0101"]
    assert not queries.service_card(entry_id("open")).gate_only


def test_hidden_place_is_indexed_by_province_only() -> None:
    def place_terms(**more: bool) -> set[str]:
        fill(world(HERE, **more))
        terms = models.SearchEntry.objects.get(service=entry_id("safe")).terms.split()
        return {code_term(kind, code) for kind in "adp" for code in ("32", "32.74")}.intersection(terms)

    assert place_terms() == {code_term(kind, "32") for kind in "adp"}
    assert code_term("d", "32.74") in place_terms(hidden=False), "positive control"


def test_database_contains_no_hidden_address() -> None:
    fill(world(HERE))
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table._meta.db_table}")  # noqa: S608 - our own names
            rows = repr(cursor.fetchall())
            for canary in ("Canary", "Jalan Canary", "6.7321", "108.5523", "+62 111"):
                assert canary not in rows


def test_file_with_street_of_hidden_place_is_refused() -> None:
    [organisation] = world(HERE)
    words = {"en": {"name": "Safe", "access": {"AC_HOW": "Come to Jl. Kenari 7."}}}
    organisation["services"][1]["suar"]["translations"] = words
    report = load(organisation)
    assert [(p.field, p.why, p.detail) for p in report.refused] == [("AC_HOW", "names_a_street", "Jl. Kenari")]
    opened = {**organisation, "locations": [organisation["locations"][0], place("secret")]}
    assert load(opened).applied


NAMING: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "Rumah Aman Jl. Melati 4"}, "name", "Jl. Melati"),
    ({"description": "Our safe house is at Jl Melati 4, Cirebon"}, "description", "Jl Melati"),
    ({"website": "https://maps.app.goo.gl/x"}, "website", "maps.app"),
    ({"phones": [{"id": an_id("t"), "number": "+62 000 0000 0103", "description": "Gg 3"}]}, "phones", "Gg 3"),
]


@pytest.mark.parametrize(("output", "field", "piece"), NAMING, ids=lambda case: str(case)[:16])
def test_file_with_street_in_provider_text_is_refused(output: dict[str, Any], field: str, piece: str) -> None:
    [organisation] = world(HERE)
    report = load({**organisation, **output})
    assert [(p.field, p.why, p.detail) for p in report.refused] == [(field, "names_a_street", piece)]
    assert not models.Provider.objects.exists()
    assert load({**world(HERE, hidden=False)[0], **output}).applied


@pytest.mark.parametrize("by", ["place", "service"])
def test_stored_text_with_street_refuses_file_that_hides_place(by: str) -> None:
    naming = {"description": "Our house is at Jl Melati 4"}
    [organisation] = world(HERE, hidden=False)
    if by == "place":
        load({**organisation, **naming})
    else:
        [open_house, organisation] = organisation["services"]
        load({**world(HERE, hidden=False)[0], "services": [open_house, {**organisation, **naming}]})
    secret = {**place("secret", suar={"hidden": True}), "organization_id": an_id("house")}
    bare = provider(locations=[secret])
    if by == "place":
        bare |= naming
    report = load(bare)
    assert not report.applied
    assert [p.why for p in report.refused] == ["names_a_street"]
    assert ("Invented safe: Jl Melati" in report.refused[0].detail) == (by == "service")


def test_stored_provider_outside_file_is_checked() -> None:
    [organisation] = world(HERE, hidden=False)
    load({**organisation, "description": "Our house is at Jl Melati 4"})
    service = {**organisation["services"][1], "organization_id": organisation["id"]}
    at = {**at_place("den")[0], "location": place("den", suar={"hidden": True})}
    at.pop("location_id")
    report = load({**service, "service_at_locations": [at]})
    assert [(p.field, p.detail) for p in report.refused] == [("description", "Invented house: Jl Melati")]


def test_district_in_text_is_warned_about_once() -> None:
    [organisation] = world(HERE)
    own = {"id": an_id("those behind"), "description": "People of Plered, Kota Cirebon"}
    organisation |= own
    organisation["services"][1]["description"] = "A bed in Plered, Kota Cirebon"
    tried = load(organisation, dry_run=True)
    assert [(p.field, p.why, p.detail) for p in tried.warned] == [
        ("description", "names_a_district", "Kota Cirebon")
    ] * 2
    again = load(organisation)
    assert (again.applied, again.warned, again.refused) == (True, tried.warned, [])
    assert load(organisation).warned == []
    load({**world(HERE, hidden=False)[0], **own})
    assert [p.detail for p in load(organisation).warned] == ["Kota Cirebon"] * 2, "hidden anew"


def test_place_stays_hidden_until_file_opens_it() -> None:
    load(*world(HERE))
    [organisation] = world(HERE)
    organisation["locations"][1].pop("suar")
    report = load(organisation)
    assert "stays_hidden" in [item.why for item in report.left_out]
    assert not models.Site.objects.get(id=an_id("secret")).address
    load(*world(HERE, hidden=False))
    assert models.Site.objects.get(id=an_id("secret")).address


def test_hiding_place_widens_areas_of_stored_services() -> None:
    load(*world(HERE, hidden=False))
    assert queries.service_card(entry_id("safe")).areas == ("32.74",)
    load(provider(locations=[place("secret", suar={"hidden": True})]))
    assert queries.service_card(entry_id("safe")).areas == ("32",)
    assert queries.service_card(entry_id("safe")).gate_only


def test_report_lists_dropped_fields_of_hidden_place() -> None:
    report = load(*world(HERE))
    assert {item.why for item in report.left_out} == {"hidden_place", "areas_widened"}


def test_database_constraint_refuses_address_of_hidden_place() -> None:
    for more in ({"name": "x"}, {"district": "32.74"}, {"latitude": 1.0}, {"transport": "bus"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Site.objects.create(id=entry_id("x"), hidden=True, **more)
