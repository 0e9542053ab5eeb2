"""Requests to the API: pages, search, NDJSON, ETags, CORS, and invalid requests."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suar.core import clock
from suar.directory import revisions
from suar.directory.rules import locations
from tests.directory.entries import at_place, editing, entry, load, merge, place, provider
from tests.hsds.asking import LISTED, OF_PATH, get, lines, post, read
from tests.hsds.files import an_id
from tests.hsds.public import PUBLIC, world

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def invented(public_site: None) -> None:
    report = load(*world())
    assert report.applied, report.refused


def names(answer: Any) -> set[str]:
    return {load["name"] for load in json.loads(answer.content)["contents"]}


def sent(body: bytes | str, kind: str = "application/json", path: str = "/services") -> Any:
    return Client().post(f"/hsds{path}", body, content_type=kind)


def test_walking_the_pages_gives_each_service_once(invented: None) -> None:
    walked = [read("/services", per_page=2, page=number) for number in (1, 2, 3, 4)]
    assert [item["id"] for one in walked for item in one["contents"]] == sorted(PUBLIC)
    assert [item["size"] for item in walked] == [2, 2, 1, 0]
    assert [item["last_page"] for item in walked] == [False, False, True, True]
    assert {item["total_pages"] for item in walked} == {3}
    assert [item["first_page"] for item in walked] == [True, False, False, False]
    assert [item["empty"] for item in walked] == [False, False, False, True]
    assert read("/services", per_page=5)["last_page"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(sorted(OF_PATH)), per_page=st.integers(1, 9), full=st.booleans())
def test_pages_of_any_size_contain_each_object_of_a_list_once(
    invented: None, path: str, per_page: int, full: bool
) -> None:
    asked = {"full": True} if full and OF_PATH[path] in LISTED else {}
    first = read(path, per_page=per_page, **asked)
    walked = [read(path, per_page=per_page, page=number + 1, **asked) for number in range(first["total_pages"])]
    contents = [item for page in walked for item in page["contents"]]
    assert contents == lines(path, **asked)
    assert [page["size"] for page in walked[:-1]] == [per_page] * (len(walked) - 1)
    assert len(contents) == first["total_items"]
    assert read(path, per_page=per_page, page=first["total_pages"] + 1, **asked)["empty"]


def test_minimal_returns_one_page_of_ids_and_days(invented: None) -> None:
    page = read("/services", minimal="true")
    assert (page["size"], page["total_pages"]) == (5, 1)
    assert {frozenset(item) for item in page["contents"]} == {frozenset({"id", "modified_date"})}
    assert read("/services", minimal="true", per_page=2)["total_pages"] == 3
    assert lines("/services", minimal="true", page=9) == page["contents"]


def test_parameters_narrow_together(invented: None) -> None:
    every = read("/taxonomy_terms", per_page=200)["contents"]
    terms = {item["code"]: item["id"] for item in every}
    housing = names(get("/services", taxonomy_term_id=terms["HOUSING"]))
    assert housing == {"Bed for men", "Invented safe"}
    assert names(get("/services", taxonomy_term_id=terms["HOU_MEN"])) == {"Bed for men"}
    assert names(get("/services", search="bed", organization_id=an_id("law"))) == set()
    assert names(get("/services", search="tempt tid")) == {"Bed for men"}, "one letter is forgiven"
    assert names(get("/services", search="!!!")) == set()
    assert names(get("/services", taxonomy_term_id=an_id("unknown"))) == set()
    assert names(get("/organizations", search="INVENTED la")) == {"Invented law"}
    assert names(get("/organizations", search="bed")) == set(), "a service's words are not theirs"
    assert names(get("/organizations", search="!!!")) == set()
    assert names(get("/organizations", taxonomy_term_id=terms["HOU_MEN"])) == {"Invented house"}
    assert names(get("/taxonomy_terms", search="selter darurat")) == {"Emergency shelter"}
    tops = read("/taxonomy_terms", top_only="true")
    assert tops["total_items"] == 12
    below = read("/taxonomy_terms", parent_id=terms["HOUSING"])["contents"]
    assert {item["code"].split("_")[0] for item in below} == {"HOU"}


def test_filter_by_postal_code_and_distance_from_its_centre(public_site: None) -> None:
    def at(name: str, code: str, north: float | None) -> dict[str, Any]:
        address = place(name)["addresses"][0] | {"postal_code": code}
        where = {"latitude": north, "longitude": 108.5} if north else {}
        return {"id": an_id(name), "location_type": "physical", "addresses": [address], **where}

    sites = [
        at("a", "1", -6.70),
        at("b", "1", -6.72),
        at("c", "2", -6.71),
        at("d", "2", -6.9),
        at("e", "1", None),
        place("secret", suar={"hidden": True}),
    ]
    offered = [
        entry(n, types=["HOU_MEN"], areas=["32"], service_at_locations=at_place(n))
        for n in ("a", "b", "c", "d", "e", "secret")
    ]
    assert load(provider(*offered, locations=sites)).applied

    def names_near(**asked: Any) -> set[str]:
        contents = read("/service_at_locations", **asked)["contents"]
        return {content["service"]["name"][-1] for content in contents}

    assert names_near() == {"a", "b", "c", "d", "e", "t"}
    assert names_near(postcode="1") == {"a", "b", "e"}
    assert names_near(postcode="1", proximity="900") == {"c"}, "the middle is at c"
    assert names_near(postcode="1", proximity="1200") == {"a", "b", "c"}
    assert names_near(postcode="1", proximity="30000") == {"a", "b", "c", "d"}
    assert names_near(postcode="9", proximity="900000") == set()


def test_posted_parameters_mean_the_same_as_those_of_a_url(invented: None) -> None:
    wanted = json.loads(get("/services", search="bed", full="true", per_page=1).content)
    assert json.loads(post("/services", search="bed", full=True, per_page=1).content) == wanted
    form = sent("search=bed&full=true&per_page=1", FORM)
    assert json.loads(form.content) == wanted
    assert read("/services") == json.loads(sent(b"").content)


def test_requests_from_other_sites_are_allowed(invented: None) -> None:
    far = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    answer = Client(headers=far).post("/hsds/services", "{}", content_type="application/json")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    before = Client(headers=far).options("/hsds/services")
    assert (before.status_code, before.content) == (204, b"")
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    control = Client(headers=far).post("/", {"ticket": "x"})
    assert control.status_code == 404, "forms are still taken from our own pages only"
    assert "Access-Control-Allow-Origin" not in Client(headers=far).get("/")


def test_only_the_api_accepts_requests_from_other_sites() -> None:
    views = list(views_of(get_resolver("suar.website.public_urls").url_patterns))
    open_to_all = {view.__module__ for view in views if getattr(view, "only_reads", False)}
    assert open_to_all == {"suar.hsds.api.views"}


def views_of(patterns):
    """Yield the view of every URL, also of included ones."""
    for pattern in patterns:
        yield from views_of(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern.callback]


def test_an_unchanged_answer_is_304(invented: None) -> None:
    for path in ("/services", f"/organizations/{an_id('house')}", "/openapi.json"):
        tag = get(path)["ETag"]
        again = Client(headers={"If-None-Match": tag}).get(f"/hsds{path}")
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    changed = Client(headers={"If-None-Match": get("/services")["ETag"]})
    load(provider(entry("new", types=["HOU_MEN"], areas=["32"]), name="other"))
    assert changed.get("/hsds/services").status_code == 200


def test_no_browser_stores_the_answer_to_a_search(invented: None) -> None:
    assert get("/services")["Cache-Control"] == "no-cache"
    for answer in (get("/services", search="bed"), post("/services", search="bed")):
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer


def test_search_words_are_neither_logged_nor_repeated(invented: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    for asked in ({"search": "canaryword"}, {"search": "canaryword" * 30}, {"page": "canaryword"}):
        for answer in (get("/services", **asked), post("/services", **asked)):
            assert b"canaryword" not in answer.content
    assert "canaryword" not in caplog.text
    assert "Bad Request" in caplog.text, "the control: what is refused is written down"


@pytest.mark.parametrize(
    ("asked", "where", "what"),
    [
        ({"page": "0"}, "query: page", "Input should be greater than or equal to 1"),
        ({"page": "٣"}, "query: page", "Input should be a valid integer"),
        ({"page": "9" * 30}, "query: page", "Input should be less than or equal to 1000000"),
        ({"per_page": "1001"}, "query: per_page", "Input should be less than or equal to 1000"),
        ({"format": "xml"}, "query: format", "Input should be 'json' or 'ndjson'"),
        ({"full": "1"}, "query: full", "Input should be a valid boolean"),
        ({"taxonomy_id": "x"}, "query: taxonomy_id", "Input should be a UUID such as 123e4567-"),
        ({"modified_after": "yesterday"}, "query: modified_after", "Input should be a date and time such as"),
        (
            {"modified_after": "0001-01-01T00:00:00+14:00"},
            "query: modified_after",
            "Input should be a date and time such as",
        ),
        ({"search": "x" * 201}, "query: search", "String should have at most 200 characters"),
        ({"page": ["1", "2"]}, "query: page", "The parameter is given twice"),
        ({"search": "a\x00b"}, "query: search", "Input should have no control characters"),
        ({"postcode": "1"}, "query: postcode", "Unknown parameter. Known: search"),
    ],
)
def test_a_wrong_parameter_is_refused_with_what_and_where(
    public_site: None, asked: dict[str, Any], where: str, what: str
) -> None:
    answer = get("/services", **asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    [error] = json.loads(answer.content)["errors"]
    assert error["where"] == where
    assert error["what"].startswith(what)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 1_000_000, "application/json", 413),
        (b"x" * 3_000_000, "application/json", 413),
        (b"[" * 10_000, "application/json", 400),
        (b'{"search":' * 1000, "application/json", 400),
        (b'{"page": "1"}', "application/json", 400),
        (b'{"page": 1.5}', "application/json", 400),
        (b'{"page": 1e400}', "application/json", 400),
        (b'{"page": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"page": true}', "application/json", 400),
        (b'{"full": "true"}', "application/json", 400),
        (b'{"search": {"a": 1}}', "application/json", 400),
        (b'{"search": null}', "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 400),
        (b'{"page": 0, "\\ud800": 1}', "application/json", 400),
        (b'{"page": 1, "page": 1}', "application/json", 400),
        (b'{"page": NaN}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"search": "\\ud800"}', "application/json", 400),
        (b'{"search": "\\u0000"}', "application/json", 400),
        (b"&" * 10_000, FORM, 400),
        (b"a=1&" * 4_000, FORM, 400),
        (b"search=%ff", FORM, 400),
        (b"search=a", "multipart/form-data; boundary=a", 415),
        (b"<a/>", "application/xml", 415),
    ],
)
def test_hostile_bodies_get_a_problem_document(public_site: None, body: bytes, kind: str, status: int) -> None:
    answer = sent(body, kind)
    assert answer.status_code == status
    assert json.loads(answer.content)["detail"]
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("query", ["search=%ff", "search=a%00b", "a" * 100, "&".join(["page=1"] * 50), "%00=1"])
def test_hostile_urls_are_refused(public_site: None, query: str) -> None:
    assert Client().get(f"/hsds/services?{query}").status_code == 400


def test_an_absent_object_is_a_404_in_json(invented: None) -> None:
    for path in ("/services/x", f"/services/{an_id('nobody')}", "/nothing", "/services/", "/../x"):
        answer = get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    for ask in (Client().put, Client().delete, Client().patch):
        answer = ask("/hsds/services")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
        assert answer["Content-Type"] == "application/problem+json"
    assert post("/taxonomies").status_code == 200
    assert Client().post(f"/hsds/services/{an_id('bed')}").status_code == 405
    assert Client().head("/hsds/services").content == b""


def test_entries_that_are_too_old_are_gone(invented: None) -> None:
    with clock.shifted(timedelta(days=300)):
        expected = {"Bare", "Plain", "Invented wages"}
        assert names(get("/services")) == expected, "beds and lines grow old sooner"
    with clock.shifted(timedelta(days=366)):
        assert names(get("/services")) == {"Bare"}
        assert get(f"/services/{an_id('bed')}").status_code == 404
        assert names(get("/organizations")) == {"Invented law"}
        assert read("/service_at_locations")["empty"]


@pytest.mark.parametrize("asked", [{}, {"full": "true"}, {"search": "one"}, {"format": "ndjson"}])
@pytest.mark.parametrize("path", ["/services", "/organizations", "/service_at_locations"])
def test_more_entries_cost_no_more_queries(public_site: None, path: str, asked: dict[str, Any]) -> None:
    spent = []
    for many in (10, 50):
        load(*(numbered_provider(number) for number in range(many)))
        with CaptureQueriesContext(connection) as looked:
            answer = get(path, per_page=1000, **asked)
            content = answer.content
        assert content.count(b'"Invented one') >= many
        spent.append(len(looked))
    assert spent[0] == spent[1] <= 9


def numbered_provider(number: int) -> dict[str, Any]:
    """Return a provider with a service at a place."""
    service = entry(f"one {number}", types=["HOU_MEN"], areas=["32"], service_at_locations=at_place(f"p{number}"))
    return provider(service, name=f"one house {number}", locations=[place(f"p{number}")])


def test_a_merged_entry_redirects_to_the_remaining_one(invented: None) -> None:
    bed, wages, safe = (UUID(an_id(name)) for name in ("bed", "wages", "safe"))
    pairs = read("/service_at_locations", per_page=50)["contents"]
    of = {(pair["service_id"], pair["location_id"]): pair["id"] for pair in pairs}
    merge(bed, safe, at=clock.now())
    front, moved = of[str(safe), an_id("front")], get(f"/services/{safe}")
    assert (moved.status_code, moved["Location"]) == (308, f"/hsds/services/{bed}")
    assert json.loads(Client().get(moved["Location"]).content)["id"] == str(bed)
    assert moved["Access-Control-Allow-Origin"] == "*"
    there = get(f"/service_at_locations/{front}")
    assert there["Location"] == f"/hsds/service_at_locations/{of[str(bed), an_id('front')]}"
    assert get(f"/service_at_locations/{of[str(safe), str(locations.placeholder_id(safe))]}").status_code == 404
    merge(wages, bed, at=clock.now())
    for each in (bed, safe):
        assert get(f"/services/{each}")["Location"] == f"/hsds/services/{wages}"
    revisions.hide_entry(wages, by=editing(at=clock.now()))
    for each in (bed, safe, wages):
        assert get(f"/services/{each}").status_code == 404, "nobody learns that it was there"
