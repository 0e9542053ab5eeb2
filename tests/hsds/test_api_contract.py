"""Every endpoint and parameter of HSDS 3.0 and 3.1 works, and every answer is valid in both versions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from suar.hsds.api.parameters import LISTS, OBJECTS, Kind
from tests.directory.entries import load, place
from tests.hsds import asking
from tests.hsds.asking import LISTED, OF_PATH, VERSIONS, endpoints, faults, get, lines, post, read
from tests.hsds.files import an_id
from tests.hsds.public import NOT_PUBLIC, PUBLIC, world

pytestmark = pytest.mark.django_db
VALUES = {
    "search": "bed",
    "page": 1,
    "per_page": 2,
    "format": "json",
    "modified_after": "2020-01-01",
    "minimal": True,
    "full": True,
    "full_service": True,
    "top_only": True,
    "postcode": "00000",
    "proximity": 500,
}
WALK = list(endpoints())


@pytest.fixture(autouse=True)
def invented(public_site: None) -> None:
    report = load(*world())
    assert report.applied, report.refused


def values() -> dict[str, Any]:
    """Return a value for every parameter."""
    terms = read("/taxonomy_terms")["contents"]
    [group] = [term["id"] for term in terms if term["code"] == "HOUSING"]
    return VALUES | {
        "taxonomy_term_id": group,
        "parent_id": group,
        "taxonomy_id": terms[0]["taxonomy_id"],
        "organization_id": an_id("house"),
    }


def some_id(path: str) -> str:
    return str(read(path)["contents"][0]["id"])


@pytest.mark.parametrize(("version", "method", "path", "names"), WALK)
def test_every_url_answers_with_every_parameter(version: str, method: str, path: str, names: list[str]) -> None:
    known, kind = values(), path.split("/")[1]
    filled = path.replace("{id}", some_id(f"/{kind}") if "{id}" in path else "")
    ask = post if method == "POST" else get
    alone = {"postcode": "00000"} if "proximity" in names else {}
    for asked in [
        {},
        *({name: known[name]} | alone for name in names),
        {n: known[n] for n in names},
    ]:
        answer = ask(filled, **asked)
        assert answer.status_code == 200, (filled, asked, answer.content)
        content = json.loads(answer.content)
        name = OF_PATH.get(f"/{kind}")
        if "{id}" in path:
            assert faults(version, name, content, ours=True) == []
        for item in content.get("contents", []) if not asked.get("minimal") else []:
            assert faults(version, name, item, ours=True) == []


def test_each_list_takes_the_parameters_of_the_standard_and_no_other() -> None:
    wanted = {
        (path, method): set(names) for version, method, path, names in WALK if version == "3.1-dev" and path != "/"
    }
    ours = {(f"/{kind}", method): set(LISTS[kind].model_fields) for kind in Kind for method in ("GET", "POST")}
    ours |= {(f"/{kind}/{{id}}", "GET"): set(OBJECTS[kind].model_fields) for kind in Kind}
    assert ours == wanted


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", OF_PATH)
def test_every_answer_is_valid(version: str, path: str) -> None:
    name, more = OF_PATH[path], [{"full": "true"}] if OF_PATH[path] in LISTED else []
    for asked in [{}, *more]:
        contents = read(path, **asked)["contents"]
        assert contents and lines(path, **asked) == read(path, per_page=1000, **asked)["contents"]
        form = f"{name}_list" if name in LISTED and not asked else name
        assert [fault for content in contents for fault in faults(version, form, content)] == []
    for item in read(path)["contents"]:
        assert faults(version, name, read(f"{path}/{item['id']}")) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_validator_reports_invalid_answers(version: str) -> None:
    whole = read(f"/services/{an_id('bed')}")
    assert faults(version, "service", whole | {"status": "open"})
    assert faults(version, "service", whole | {"url": None})
    assert faults(version, "service", whole | {"suar": {"sexes": []}}, ours=True)
    assert faults(version, "service", whole | {"id": "1"})
    wrong_below = whole | {"phones": [{"id": an_id("x")}]}
    assert faults(version, "service", wrong_below)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_profile_refuses_a_hidden_place_with_a_position(version: str) -> None:
    [pair] = [
        item for item in read("/service_at_locations")["contents"] if item["location"].get("suar", {}).get("hidden")
    ]
    assert faults(version, "location", pair["location"], ours=True) == []
    for name in ("latitude", "addresses", "name", "phones"):
        leaking = pair["location"] | {name: place("front").get(name, [])}
        assert faults(version, "location", leaking, ours=True)


def test_only_public_entries_are_served() -> None:
    assert {item["id"] for item in read("/services")["contents"]} == PUBLIC
    houses = {item["id"] for item in read("/organizations")["contents"]}
    assert houses == {an_id("house"), an_id("law")}
    everything = b"".join(get(path, full="true").content for path in OF_PATH if "tax" not in path)
    for item in NOT_PUBLIC:
        assert item.encode() not in everything
        for path in OF_PATH:
            assert get(f"{path}/{item}").status_code == 404


def test_the_root_names_version_profile_and_openapi_document(settings: Any) -> None:
    for path in ("", "/"):
        assert read(path) == {
            "version": "3.1",
            "profile": "http://127.0.0.1:8000/hsds/profile",
            "openapi_url": "http://127.0.0.1:8000/hsds/openapi.json",
        }
    settings.SUAR_HSDS_VERSION = "3.0"
    assert read("/")["version"] == "3.0"


def test_a_service_has_the_fields_of_plain_hsds() -> None:
    bed = read(f"/services/{an_id('bed')}")
    assert bed["application_process"] == "Call first."
    assert bed["organization"]["email"] == "house@example.org"
    assert bed["service_at_locations"][0]["location"]["addresses"][0]["postal_code"] == "00000"
    assert [item["taxonomy_term"]["code"] for item in bed["attributes"]] == ["COO_CASE", "HOU_MEN"]
    assert bed["required_documents"][0]["document"] == "none"
    assert bed["suar"]["translations"]["id"]["name"] == "Tempat tidur"
    assert not {"minimum_age", "maximum_age"} & set(bed), "0 and 120 years exclude nobody"
    assert bed["eligibility_description"].startswith("Sex or gender served: everyone. Age range: all ages.")
    assert bed["alert"] == "In the morning."
    assert "organisation" not in json.dumps(bed)


def test_the_urls_are_those_of_the_standard() -> None:
    assert len(WALK) > 25
    assert {path for _, _, path, _ in WALK} - {"/"} == {*OF_PATH, *(f"{p}/{{id}}" for p in OF_PATH)}
    assert asking.ENDPOINTS["3.1-dev"]["page"]


def schemas_in(content: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object of a document, from the outside in."""
    if isinstance(content, dict):
        yield content
    for child in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        yield from schemas_in(child)


def test_generators_of_clients_understand_the_openapi_document() -> None:
    """What stopped openapi-python-client; `./suar prove client` makes and uses a whole client."""
    document = read("/openapi.json")
    types = [schema for schema in schemas_in(document["components"]) if "type" in schema]
    assert len(types) > 300
    assert all("items" in schema for schema in types if schema["type"] == "array")
    assert not [schema for schema in types if "const" in schema and schema["const"] in (True, False)]
    for kind in Kind:
        answer = document["paths"][f"/{kind}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        page = document["components"]["schemas"][answer["$ref"].rpartition("/")[2]]
        assert set(page["required"]) == set(page["properties"])
        assert page["properties"]["contents"]["items"]
