"""The invented directory: whole in two languages, kind in its words, and dangerous to nobody."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import suar.demo
from suar.directory import catalogue
from suar.directory.rules import locations
from suar.hsds import files

DATA = Path(suar.demo.__file__).parent / "data"
FILES = sorted(DATA.glob("directory*.json"))
PLACES = json.loads((DATA / "places.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "id")
MADE_UP_NUMBER = re.compile(r"000-0000-\d{4}")
LOOKS_LIKE_A_NUMBER = re.compile(r"\+?\d[\d .-]{6,}\d")
UNKIND = re.compile(
    r"victim|korban|illegal|\bilegal|\bclients?\b|\bklien|beneficiar|rescue|suspect|tersangka"
    r"|prostitut|pelacur|\bpsk\b|\btsk\b|trafficked|trafficking|perdagangan orang|\bbuta huruf",
    re.IGNORECASE,
)
LONGEST_SENTENCE_WORDS = 20
PELITA_ORGANISATION = "5e1f0000-0000-4000-8000-000000000002"
STORY = "5e1f0000-0000-4000-8000-0000000d000"
WAGES, CLINIC, SECOND_CLINIC, CRISIS_LINE, HIDDEN_SHELTER = (f"{STORY}{n}" for n in range(1, 6))


def pages() -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in FILES]


PROVIDERS = [provider for page in pages() for provider in page["contents"]]
SERVICES = {one["id"]: one for provider in PROVIDERS for one in provider["services"]}
PROVIDER_OF = {one["id"]: provider for provider in PROVIDERS for one in provider["services"]}
AS_OF = date(2026, 11, 25)
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=lambda one: one["name"])


def suar_of(service_id: str) -> dict[str, Any]:
    found: dict[str, Any] = SERVICES[service_id]["suar"]
    return found


def texts(service: dict[str, Any]) -> Iterator[str]:
    yield from (service["name"], service["description"])
    for said in service["suar"]["translations"].values():
        yield from (said["name"], said["description"], *said["access"].values())
    yield from service["suar"].get("urgent", {}).get("hours", {}).values()


def all_texts() -> list[str]:
    providers = [
        words for provider in PROVIDERS for said in provider["suar"]["translations"].values() for words in said.values()
    ]
    return providers + [words for service in SERVICES.values() for words in texts(service)]


def numbers() -> Iterator[str]:
    for service in SERVICES.values():
        yield from (phone["number"] for phone in service["phones"])
        if "urgent" in service["suar"]:
            yield service["suar"]["urgent"]["number"]


def ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "en" not in value:  # there, "id" is the language
            yield from [value["id"]] if "id" in value else []
            yield from (found for inner in value.values() for found in ids(inner))
    elif isinstance(value, list):
        yield from (found for inner in value for found in ids(inner))


def hidden_services() -> list[dict[str, Any]]:
    found = []
    for provider in PROVIDERS:
        secret = {one["id"] for one in provider.get("locations", []) if "hidden" in one["suar"]}
        found += [
            service
            for service in provider["services"]
            if secret & {one["location_id"] for one in service.get("service_at_locations", [])}
        ]
    return found


def test_there_are_many_services_of_many_providers() -> None:
    assert len(SERVICES) >= 64
    assert len(PROVIDERS) >= 30


def test_no_file_is_too_long_to_read() -> None:
    assert FILES
    for path in FILES:
        assert path.read_text(encoding="utf-8").count("\n") <= 3000, path.name


def test_every_file_counts_its_dates_from_the_same_day() -> None:
    assert {page["as_of"] for page in pages()} == {AS_OF.isoformat()}


def test_ids_are_random_uuids_and_used_once() -> None:
    used = [one for page in pages() for one in ids(page["contents"])]
    assert [one for one, times in Counter(used).items() if times > 1] == []
    assert {UUID(one).version for one in used} == {4}
    assert len(used) > 5 * len(SERVICES)


def test_every_provider_says_that_it_is_invented() -> None:
    for provider in PROVIDERS:
        assert "Contoh" in provider["name"]
        assert set(provider["suar"]["translations"]) == set(LANGUAGES)


@every_service
def test_every_required_text_is_there_in_both_languages(service: dict[str, Any]) -> None:
    fields = catalogue.access_fields().values()
    required = {one["code"] for one in fields if one["required"] and not one["made"]}
    said = service["suar"]["translations"]
    assert set(said) == set(LANGUAGES)
    for language in LANGUAGES:
        access = said[language]["access"]
        assert required <= set(access)
        assert all(words.strip() for words in access.values())
        assert said[language]["name"]
        assert said[language]["description"]
    assert said["en"]["access"].keys() == said["id"]["access"].keys()
    assert service["name"] == said["en"]["name"]


@every_service
def test_the_two_languages_are_two_languages(service: dict[str, Any]) -> None:
    said = service["suar"]["translations"]
    same = [field for field, words in said["en"]["access"].items() if words == said["id"]["access"][field]]
    assert same == []
    assert said["en"]["name"] != said["id"]["name"]


@every_service
def test_what_you_get_is_short_and_asking_is_steps(service: dict[str, Any]) -> None:
    for said in service["suar"]["translations"].values():
        assert len(said["access"]["AC_WHAT"].split()) < 60
        steps = said["access"]["AC_HOW"].split("\n")
        assert len(steps) >= 2
        assert [step.split(".")[0] for step in steps] == [str(n + 1) for n in range(len(steps))]


def test_sentences_are_short() -> None:
    long = [
        sentence
        for words in all_texts()
        for sentence in re.split(r"(?<=[.!?])\s+|(?<=[.!?]\")\s+|\n", words)
        if len(sentence.split()) > LONGEST_SENTENCE_WORDS
    ]
    assert long == []


def test_no_unkind_word_is_used() -> None:
    assert UNKIND.search("Para korban dapat datang.")
    assert UNKIND.search("Our clients can come.")
    assert [words for words in all_texts() if UNKIND.search(words)] == []


def test_no_number_can_be_dialled() -> None:
    assert list(numbers())
    assert [one for one in numbers() if not MADE_UP_NUMBER.fullmatch(one)] == []


def test_no_text_holds_a_number_that_rings() -> None:
    assert LOOKS_LIKE_A_NUMBER.search("Call 021 555 0101 today")
    ones = [one for words in all_texts() for one in LOOKS_LIKE_A_NUMBER.findall(re.sub(r"Rp [\d.,]+", "", words))]
    assert ones
    assert [one for one in ones if not MADE_UP_NUMBER.fullmatch(one)] == []


def test_mail_goes_only_to_example_org() -> None:
    whole = "".join(path.read_text(encoding="utf-8") for path in FILES)
    hosts = set(re.findall(r"[\w.-]+@([\w.-]+\w)", whole))
    assert hosts == {"example.org"}
    assert not re.search(r"https?://", whole)


def test_open_places_have_an_invented_street() -> None:
    places = [one for provider in PROVIDERS for one in provider.get("locations", [])]
    open_places = [one for one in places if "hidden" not in one["suar"]]
    assert len(open_places) >= 25
    for place in open_places:
        (address,) = place["addresses"]
        assert address["address_1"].startswith("Jalan Contoh ")
        assert address["postal_code"] == "00000"
        assert address["state_province"] in {"DKI Jakarta", "Jawa Barat"}


def test_hidden_places_carry_nothing_but_that_they_are_hidden() -> None:
    places = [one for provider in PROVIDERS for one in provider.get("locations", [])]
    hidden = [one for one in places if "hidden" in one["suar"]]
    assert len(hidden) >= 4
    for place in hidden:
        assert set(place) == {"id", "location_type", "suar"}
        assert place["suar"] == {"hidden": True}


def test_services_with_a_hidden_place_name_no_street_and_only_provinces() -> None:
    assert locations.find_street_clues("Jalan Contoh Mawar 12")
    assert len(hidden_services()) >= 4
    for service in hidden_services():
        assert [words for words in texts(service) if locations.find_street_clues(words)] == []
        behind = PROVIDER_OF[service["id"]]["suar"]["translations"].values()
        for words in (*texts(service), *(item for said in behind for item in said.values())):
            assert locations.find_districts(words) == ()
        assert set(service["suar"]["areas"]) <= {"31", "32"}
        assert service["phones"]


@every_service
def test_every_code_is_known(service: dict[str, Any]) -> None:
    given = service["suar"]
    assert given["types"]
    assert set(given["types"]) <= set(catalogue.types())
    assert set(given["languages"]) - {"INTERPRETER"} <= set(catalogue.languages())
    for key, code in CLOSED.items():
        if key in given:
            assert listed(given[key]) <= set(catalogue.attributes()[code]["values"]), key


CLOSED = {
    "sex": "EL_SEX",
    "children_with": "EL_CHILDREN_WITH",
    "nationality": "EL_NATIONALITY",
    "stay": "EL_STAY",
    "papers": "EL_PAPERS",
    "formal": "EL_FORMAL",
    "cost": "EL_COST",
    "opening": "EL_TIME",
    "residential": "EL_RESIDENTIAL",
    "disability": "EL_DISABILITY",
    "exclusions": "EL_EXCLUSION",
    "family": "EL_FAMILY",
}


def listed(value: str | list[str]) -> set[str]:
    return set(value if isinstance(value, list) else [value])


def test_every_place_is_in_the_place_list() -> None:
    districts = {one["code"] for one in PLACES["districts"]}
    known = districts | {one["code"] for one in PLACES["provinces"]}
    served = {area for one in SERVICES.values() for area in one["suar"]["areas"]}
    at = {
        one["suar"]["district"]
        for provider in PROVIDERS
        for one in provider.get("locations", [])
        if "district" in one["suar"]
    }
    assert served - {"NATIONAL", "ABROAD", "SEA"} <= known
    assert at <= districts
    assert len(at) >= 15


def test_the_place_list_is_that_of_the_directory_stage() -> None:
    for place in PLACES["districts"] + PLACES["provinces"]:
        assert place["words"].items() <= catalogue.places()[place["code"]].labels.items()


def test_the_places_stand_where_jakarta_and_west_java_are() -> None:
    assert len(PLACES["districts"]) == 33
    for place in PLACES["districts"]:
        assert place["code"].startswith(place["province"])
        assert -7.9 < place["latitude"] < -5.4
        assert 106.3 < place["longitude"] < 108.9


def test_every_kind_of_service_is_offered_somewhere() -> None:
    offered = {code for one in SERVICES.values() for code in one["suar"]["types"]}
    assert {catalogue.types()[code]["group"] for code in offered} == set(catalogue.groups())
    assert set(catalogue.types()) == offered


def test_men_children_foreigners_and_people_at_sea_are_served() -> None:
    each = [one["suar"] for one in SERVICES.values()]
    assert any(one["sex"] == ["MALE"] for one in each)
    assert any(one["age_max"] <= 17 for one in each)
    assert any("FOREIGN" in one.get("nationality", []) for one in each)
    assert any("SEA" in one["areas"] for one in each)
    assert sum(one.get("papers") == "NONE" for one in each) >= 20
    assert sum(one.get("formal") == "NONE" for one in each) >= 30


def test_the_warning_cases_are_few_and_there() -> None:
    each = [one["suar"] for one in SERVICES.values()]
    assert [one["cooperation"] for one in each].count(True) == 1
    assert [one.get("stay") for one in each].count("REGULAR_ONLY") == 1


def test_hours_and_costs_differ() -> None:
    each = [one["suar"] for one in SERVICES.values()]
    assert {one["opening"] for one in each if "opening" in one} >= {
        "24_7",
        "OFFICE_HOURS",
        "APPOINTMENT",
    }
    assert {one["cost"] for one in each} >= {"FREE", "PARTLY", "INSURANCE"}
    assert sum("urgent" in one for one in each) >= 6


def test_somebody_answers_at_night_wherever_an_urgent_line_is_named() -> None:
    for service in SERVICES.values():
        if "urgent" in service["suar"]:
            assert service["suar"]["opening"] == "24_7"
            assert date.fromisoformat(service["suar"]["urgent"]["tested"]) <= AS_OF


def test_some_entries_are_old_and_some_too_old() -> None:
    ages = [(AS_OF - date.fromisoformat(one["assured_date"])).days for one in SERVICES.values()]
    assert min(ages) >= 0
    assert sum(age > catalogue.hide_after_days() for age in ages) >= 3
    assert sum(180 < age <= catalogue.hide_after_days() for age in ages) >= 5
    assert sum(age <= 180 for age in ages) >= 50


def test_the_wage_service_of_the_story_stands_as_the_story_needs_it() -> None:
    wages = suar_of(WAGES)
    assert {"JUS_WAGES", "JUS_ADVICE"} <= set(wages["types"])
    assert (wages["papers"], wages["cost"], wages["formal"]) == ("NONE", "FREE", "NONE")
    assert wages["sex"] == ["ANY"]
    assert "32.74" in wages["areas"]
    assert PROVIDER_OF[WAGES]["suar"]["organisation"] == PELITA_ORGANISATION
    assert PROVIDER_OF[WAGES]["name"] == "Lembaga Bantuan Hukum Pelita Contoh"


def test_two_clinics_of_the_story_fit_the_same_people() -> None:
    first, second = suar_of(CLINIC), suar_of(SECOND_CLINIC)
    telling = {"translations", "areas"}
    assert {k: v for k, v in first.items() if k not in telling} == {k: v for k, v in second.items() if k not in telling}
    assert set(first["areas"]) == set(second["areas"])
    for clinic in (CLINIC, SECOND_CLINIC):
        assert PROVIDER_OF[clinic]["suar"]["answers_by_link"] is True
        assert "organisation" not in PROVIDER_OF[clinic]["suar"]


def test_the_crisis_line_and_the_shelter_of_the_story_answer_at_once() -> None:
    assert suar_of(CRISIS_LINE)["opening"] == suar_of(HIDDEN_SHELTER)["opening"] == "24_7"
    assert "NATIONAL" in suar_of(CRISIS_LINE)["areas"]
    assert SERVICES[HIDDEN_SHELTER] in hidden_services()
    assert "FEMALE" in suar_of(HIDDEN_SHELTER)["sex"]
    assert suar_of(HIDDEN_SHELTER)["areas"] == ["32"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_read_whole_and_nothing_had_to_be_dropped(path: Path) -> None:
    parsed = files.parse(path.read_bytes())
    page = json.loads(path.read_text(encoding="utf-8"))
    assert parsed.refused == ()
    assert parsed.left_out == ()
    assert len(parsed.providers) == len(page["contents"])
    assert len(parsed.services) == sum(len(one["services"]) for one in page["contents"])
    assert parsed.as_of == AS_OF
