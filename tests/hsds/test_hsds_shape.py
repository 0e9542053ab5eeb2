"""Files with our extension, and hidden places without any detail."""

from datetime import date
from typing import Any

import pytest

from suar.hsds import files
from tests.hsds.files import an_id, as_json, provider, service

WHOLE: dict[str, Any] = {
    "types": ["HOU_MEN"],
    "sex": ["MALE"],
    "age_min": 18,
    "papers": "HELP_GIVEN",
    "cooperation": False,
    "languages": ["su", "id", "INTERPRETER"],
    "opening": "24_7",
    "places": {"total": 12, "free": 3, "as_of": "2026-11-24"},
    "areas": ["32.74"],
    "urgent": {"number": "+62 000 0102", "tested": "2026-11-20", "hours": {"en": "Always"}},
    "translations": {
        "en": {"name": "Bed", "description": "A bed.", "access": {"AC_HOW": "Call."}},
        "id": {"name": "Ranjang", "access": {"AC_HOW": "Telepon."}},
    },
}
HIDDEN = {"id": an_id("place"), "location_type": "physical", "suar": {"hidden": True}}


def test_the_extension_states_eligibility_and_translations() -> None:
    [entry] = files.parse(as_json(provider(service(suar=WHOLE)))).services
    assert entry.provider == str(files.parse(as_json(provider())).providers[0].id)
    assert entry.name == {"en": "Bed", "id": "Ranjang"}
    assert entry.access == {"AC_HOW": {"en": "Call.", "id": "Telepon."}}
    assert entry.types == ["HOU_MEN"]
    assert entry.areas == ["32.74"]
    assert entry.urgent == {"number": "+62 000 0102", "tested": "2026-11-20", "hours": {"en": "Always"}}
    assert {name: value for name, value in entry.eligibility.items() if value is not None} == {
        "sex": ["MALE"],
        "age_min": 18,
        "papers": "HELP_GIVEN",
        "cooperation": False,
        "languages": ["INTERPRETER", "id", "su"],
        "opening": "24_7",
        "places_total": 12,
        "places_free": 3,
        "places_as_of": "2026-11-24",
    }


def test_unstated_fields_stay_unstated() -> None:
    [entry] = files.parse(as_json(service())).services
    unstated = (entry.provider, entry.types, entry.areas, entry.sites, entry.phones, entry.hours)
    assert unstated == (None,) * 6
    assert (entry.eligibility, entry.urgent, entry.confirmed) == (None, None, None)


def test_nothing_of_a_hidden_place_is_read() -> None:
    canary = "Canary 7"
    address = {
        "id": an_id("ad"),
        "address_1": canary,
        "city": canary,
        "state_province": canary,
        "postal_code": canary,
        "country": "ID",
        "address_type": "physical",
    }
    telling = {
        **HIDDEN,
        "name": canary,
        "description": canary,
        "transportation": canary,
        "latitude": -6.7321,
        "longitude": 108.5432,
        "addresses": [address],
        "phones": [{"id": an_id("ph"), "number": canary}],
        "suar": {"hidden": True, "district": "32.74"},
    }
    parsed = files.parse(as_json(provider(service(), locations=[telling])))
    assert canary not in repr(parsed)
    assert "32.74" not in repr(parsed)
    assert "6.73" not in repr(parsed)
    assert [item.why for item in parsed.left_out] == ["hidden_place"]
    opened = {**telling, "suar": {"hidden": False}}
    assert canary in repr(files.parse(as_json(provider(locations=[opened]))))


def test_a_hidden_place_without_fields_gets_no_note() -> None:
    assert files.parse(as_json(provider(locations=[HIDDEN]))).left_out == ()


def test_types_come_from_taxonomy_terms_with_our_codes() -> None:
    term = {"id": an_id("t"), "name": "x", "description": "x", "code": "JUS_WAGES"}
    other = {**term, "id": an_id("t2"), "code": "BD-1800"}
    attributes = [{"id": an_id(f"a{n}"), "taxonomy_term": t} for n, t in enumerate((term, other))]
    [entry] = files.parse(as_json(service(attributes=attributes))).services
    assert entry.types == ["JUS_WAGES"]


def test_the_dates_of_an_invented_file_move_with_the_day() -> None:
    written = as_json(service(assured_date="2026-11-01", suar=WHOLE), as_of="2026-11-25")
    [entry] = files.shift_dates(files.parse(written), to=date(2027, 1, 4)).services
    assert entry.confirmed == "2026-12-11"
    assert entry.eligibility["places_as_of"] == "2027-01-03"
    assert entry.urgent["tested"] == "2026-12-30"
    undated = files.parse(as_json(service()))
    assert files.shift_dates(undated, to=date(2027, 1, 4)).services == undated.services


def test_entry_with_unknown_value_is_refused() -> None:
    text = files.to_json(files.parse(as_json(provider(service()))))
    assert files.from_json(text).providers[0].id
    with pytest.raises(ValueError, match="unknown values: added_here"):
        files.from_json(text.replace('"website"', '"added_here"', 1))
