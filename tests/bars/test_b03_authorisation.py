"""B3: every staff page for every role at every distance: own, team, other organisation, none.

Generated from the resolver: a route that names no policy fails the test by itself, and so does
one with an id that stands in no row of the table of what pages are about.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from suar.accounts.cookies import MESSAGE_COOKIE
from suar.accounts.roles import ROLES, Permission
from suar.demo.cast import Cast, Player
from tests import cast as at_work
from tests.bars import leaks, matrix
from tests.bars.header_set import NEEDS, lacks
from tests.bars.matrix import POSTED, Asked
from tests.people import bare, client_of, viewer
from tests.routes import STAFF, ids_of, policy_of, staff_routes

world, cast = at_work.world, at_work.cast
NOTHING = "/no-such-page"
FOUND = (200, 204, 302, 400, 409)
OF_ASKING_ITSELF = {"accounts_session"}
Met = tuple[dict[str, Player], list[Asked]]
Answers = dict[tuple[str, str], HttpResponse]


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def met(world: Cast, django_db_blocker: Any) -> Iterator[Met]:
    """Make everybody and everything once."""
    with django_db_blocker.unblock(), undone():
        everyone, pages = matrix.everybody(world), matrix.pages(world)
        clients = {name: client_of(player) for name, player in everyone.items()}
        for place, page in enumerate(pages):
            keeper = next(name for name, each in everyone.items() if page.is_for(name, each))
            pages[place] = replace(page, methods=taken(clients[keeper], page.real))
        yield everyone, pages


def taken(client: Client, address: str) -> frozenset[str]:
    """Return how a page may be asked, as it says itself to whoever it is for."""
    with undone():
        told = client.options(address).get("Allow", "GET, POST")
    return frozenset(told.split(", ")) & {"GET", "POST"}


def ask(client: Client, address: str, method: str, posted: dict[str, Any]) -> HttpResponse:
    """Ask for an address, or post there what a browser would."""
    return client.post(address, posted) if method == "POST" else client.get(address)


def answers(client: Client, pages: list[Asked]) -> Answers:
    """Return what each page answers to GET and POST; nothing of it stays, no message either."""
    found = {}
    for page in pages:
        for method in sorted(page.methods):
            with undone():
                found[page.name, method] = ask(client, page.real, method, page.posted)
            client.cookies.pop(MESSAGE_COOKIE, None)
    return found


def wrongly_open(client: Client, pages: Iterable[Asked]) -> list[str]:
    """List the pages that do not look as if nothing were there; what nothing looks like has the header set (B20)."""
    pages = list(pages)
    client.get(NOTHING)  # shows the message of the last save, if there was one
    nothing = bare(client.get(NOTHING).content, asked=NOTHING)
    address = {page.name: page.real for page in pages}
    return [
        f"{method} {name}: {answer.status_code}"
        for (name, method), answer in answers(client, pages).items()
        if answer.status_code != 404 or lacks(answer) or bare(answer.content, asked=address[name]) != nothing
    ]


def closed_to(name: str, player: Player, pages: list[Asked]) -> Iterator[Asked]:
    """Return what is not for somebody: each page where the record stops them, and each where their role does."""
    return (page for page in pages if not page.is_for(name, player) and (page.may(player) or "-" not in name))


def by_turns(name: str, player: Player, pages: Iterable[Asked], turn: int) -> Iterator[Asked]:
    """Return each page with one method, and far away or without the permission only every fourth one."""
    for number, page in enumerate(pages, start=turn):
        near = page.may(player) and not name.startswith(("far-", "none-"))
        if near or number // 2 % 4 == 0:
            methods = sorted(page.methods)
            yield replace(page, methods=frozenset([methods[number % len(methods)]]))


def rows() -> list[tuple[str, bytes]]:
    """Return every row but those that note the asking itself."""
    return sorted(row for row in leaks.rows() if row[0] not in OF_ASKING_ITSELF)


def test_every_route_declares_a_policy() -> None:
    undeclared = [route.name or str(route.pattern) for route in staff_routes() if policy_of(route) == "undeclared"]
    assert undeclared == []


def test_the_check_of_declarations_finds_a_route_without_one() -> None:
    bare = URLPattern(next(staff_routes()).pattern, lambda request: HttpResponse(), name="bare")
    assert policy_of(bare) == "undeclared"


def test_the_table_lists_exactly_the_pages_with_an_id() -> None:
    told = {name for names in matrix.PAGES.values() for name in names.split()}
    assert told == {route.name for route in matrix.with_ids()}
    assert set(matrix.PAGES) == set(matrix.KEEPERS)


def test_every_role_that_opens_records_is_tested_at_every_distance(met: Met) -> None:
    everyone, _ = met
    here = {player.worker.role for player in everyone.values()}
    assert here == {role.code for role in ROLES.members if role["assignable"]}
    for distance in ("team", "none", "far"):
        assert {f"{distance}-{role}" for role in matrix.WITH_RECORDS} <= set(everyone)


@pytest.mark.parametrize("all_methods", [False, pytest.param(True, marks=pytest.mark.long)])
def test_other_roles_get_404_and_change_nothing(cast: Cast, met: Met, all_methods: bool) -> None:
    """Without --long, roles take turns: the next role tries the other method, or another page."""
    everyone, pages = met
    clients = {name: client_of(player) for name, player in everyone.items()}
    wrong, before = {}, rows()
    for turn, (name, player) in enumerate(everyone.items()):
        asked = pages if all_methods else list(by_turns(name, player, pages, turn))
        wrong[name] = wrongly_open(clients[name], closed_to(name, player, asked))
    assert {name: found for name, found in wrong.items() if found} == {}
    assert rows() == before


@pytest.mark.db_contract
def test_permitted_roles_get_the_page(cast: Cast, met: Met) -> None:
    """On PostgreSQL, where roles decide alike, one of them opens each page."""
    everyone, pages = met
    shut, opened, lacking, statuses = [], set(), [], set()
    for name, player in everyone.items():
        skipped = opened if connection.vendor == "postgresql" else set()
        theirs = [page for page in pages if page.is_for(name, player) and page.name not in skipped]
        for (page, method), answer in answers(client_of(player), theirs).items():
            shut += [f"{name} {method} {page}"] if answer.status_code in (404, 500) else []
            opened |= {page} if answer.status_code in FOUND else set()
            statuses.add(answer.status_code)
            lacking += [f"{name} {method} {page} {lack}" for lack in lacks(answer, need=NEEDS.get(page, ""))]
    assert shut == []
    assert lacking == [], "B20"
    assert {200, 302, 400} <= statuses
    assert opened == {page.name for page in pages}, "each page opens for somebody"


def test_permitted_roles_get_404_for_an_absent_record(cast: Cast, met: Met) -> None:
    everyone, pages = met
    shut = []
    for name, player in everyone.items():
        absent = [replace(page, real=page.absent) for page in pages if page.is_for(name, player)]
        shut += [f"{name} {found}" for found in wrongly_open(client_of(player), absent)]
    assert shut == []


def test_the_check_finds_a_page_open_to_another_role(cast: Cast, met: Met) -> None:
    everyone, pages = met
    esi = client_of(everyone["esi"])
    assert "GET person: 200" in wrongly_open(esi, [page for page in pages if page.name == "person"])
    before = rows()
    with undone():
        esi.post(reverse("note", args=[pages[0].real.split("/")[2]]))
        everyone["ben"].worker.__class__.objects.update(display_name="other")
        assert rows() != before


def test_a_permission_set_opens_exactly_the_pages_of_its_table(cast: Cast, met: Met) -> None:
    plain = [
        (policy_of(route), route.name, reverse(route.name, urlconf=STAFF))
        for route in staff_routes()
        if route.name and not ids_of(route) and isinstance(policy_of(route), Permission)
    ]
    assert len(plain) >= 20
    wrong = []
    for name, player in {**cast.players, "nur": met[0]["nur"]}.items():
        client, may = client_of(player), viewer(player).permissions
        for permission, page, address in plain:
            for method in sorted(taken(client, address) if permission in may else {"GET"}):
                with undone():
                    answer = ask(client, address, method, POSTED.get(page, {}))
                if (answer.status_code == 404) is (permission in may):
                    wrong.append(f"{name} {method} {address}: {answer.status_code}")
                wrong += [f"{name} {method} {address} {lack}" for lack in lacks(answer, need=NEEDS.get(page, ""))]
    assert wrong == []


def test_anonymous_visitors_get_the_sign_in_page(cast: Cast, met: Met) -> None:
    client = Client()
    for page in met[1]:
        for method, status in (("GET", 302), ("POST", 401)):
            with undone():
                real, absent = (ask(client, item, method, page.posted) for item in (page.real, page.absent))
            assert real.status_code == absent.status_code == status, f"{method} {page.name}"
            if method == "GET":
                assert real["Location"].startswith("/sign-in")
                continue
            assert _without_ticket(real, page.real) == _without_ticket(absent, page.absent)


def _without_ticket(answer: HttpResponse, address: str) -> bytes:
    ticket = str(answer.context["ticket"]).encode()
    return bare(answer.content, asked=address).replace(ticket, b"TICKET")
