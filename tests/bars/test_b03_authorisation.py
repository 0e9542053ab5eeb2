"""B3: every staff page against every permission set and every distance from the record.

Generated from the resolver: a route that names no policy fails the test by itself.
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from suar.accounts.terms import Permission
from suar.demo.cast import Cast
from tests.people import Thread, bare, client_of, viewer

OUTSIDERS = ("farid", "gita", "hadi", "indah")
INSIDERS_ELSEWHERE = ("jaya", "kartika", "chioma", "lia")


def staff_routes() -> Iterator[URLPattern]:
    """Give every route of the staff door, however deep."""
    pending: list[URLPattern | URLResolver] = list(
        get_resolver("suar.doors.staff_urls").url_patterns
    )
    while pending:
        found = pending.pop()
        if isinstance(found, URLResolver):
            pending.extend(found.url_patterns)
        else:
            yield found


def policy_of(route: URLPattern) -> object:
    """Give what a route's view declares."""
    return getattr(route.callback, "policy", "undeclared")


def test_every_route_declares_a_policy() -> None:
    undeclared = [route.name or str(route.pattern) for route in staff_routes()
                  if policy_of(route) == "undeclared"]  # fmt: skip
    assert undeclared == []


def test_the_check_of_declarations_finds_a_route_without_one() -> None:
    bare = URLPattern(next(staff_routes()).pattern, lambda request: HttpResponse(), name="bare")
    assert policy_of(bare) == "undeclared"


def addresses(told: Thread) -> dict[str, list[str]]:
    """Give for each gated route with ids its address on the thread, and on ids that are absent."""
    ids = {
        "person": told.person,
        "case": told.case,
        "referral": told.referral,
        "consent": told.consent,
    }
    found: dict[str, list[str]] = {}
    for route in staff_routes():
        names = [
            name
            for name, kind in route.pattern.converters.items()
            if isinstance(kind, UUIDConverter)
        ]
        if route.name and names and isinstance(policy_of(route), Permission):
            found[route.name] = [_address(route.name, names, ids), _address(route.name, names, {})]
    return found


def _address(name: str, names: list[str], ids: dict[str, UUID]) -> str:
    by_name = {"record": ids.get("person", uuid4()), "referral": ids.get("referral", uuid4()),
               "consent": ids.get("consent", uuid4()), "service": uuid4()}  # fmt: skip
    kwargs = {each: by_name.get(each, ids.get("person", uuid4())) for each in names}
    if name == "talk_step":
        kwargs["step"] = "SAFE"
    return reverse(name, kwargs=kwargs, urlconf="suar.doors.staff_urls")


@pytest.mark.parametrize("name", OUTSIDERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_outsider_finds_what_an_absent_address_shows(
    cast: Cast, told: Thread, name: str, method: str
) -> None:
    client = client_of(getattr(cast, name))
    for route, (real, absent) in addresses(told).items():
        theirs, nobody = (getattr(client, method)(each) for each in (real, absent))
        assert theirs.status_code in (404, 405), f"{name} {method} {route}"
        assert theirs.status_code == nobody.status_code, route
        same = bare(theirs.content, asked=real) == bare(nobody.content, asked=absent)
        assert same, f"{route}: not yours differs from absent"


@pytest.mark.parametrize("name", INSIDERS_ELSEWHERE)
def test_a_colleague_without_the_keys_finds_nothing_of_the_person(
    cast: Cast, told: Thread, name: str
) -> None:
    client = client_of(getattr(cast, name))
    for route, (real, _) in addresses(told).items():
        if str(told.person) in real:
            answer = client.get(real)
            assert answer.status_code in (404, 405), f"{name} {route}"


def test_a_permission_set_opens_exactly_the_pages_of_its_table(cast: Cast, told: Thread) -> None:
    plain = [
        (route, reverse(route.name, urlconf="suar.doors.staff_urls"))
        for route in staff_routes()
        if route.name and not route.pattern.converters and isinstance(policy_of(route), Permission)
    ]
    assert len(plain) >= 5
    for name in (*cast.players,):
        player = getattr(cast, name)
        client, may = client_of(player), viewer(player).permissions
        for route, address in plain:
            answer = client.get(address)
            allowed = policy_of(route) in may
            assert (answer.status_code == 404) is not allowed, (
                f"{name} {address} {answer.status_code}"
            )


def test_the_owner_does_open_the_page_so_that_404_means_something(cast: Cast, told: Thread) -> None:
    page = client_of(cast.ben).get(reverse("person", args=[told.person]))
    assert page.status_code == 200
    assert "Amina Rekaan" in page.content.decode()


def test_nobody_signed_in_is_asked_to_sign_in_and_learns_nothing(db: None) -> None:
    from django.test import Client

    for name in ("person", "referral_sent", "inbox_item"):
        route = next(each for each in staff_routes() if each.name == name)
        address = _address(name, list(route.pattern.converters), {})
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in")
