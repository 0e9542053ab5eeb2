"""B20 on the staff site: each answer carries the header set, and nothing is asked elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from suar.accounts.roles import Permission
from suar.demo.cast import Cast
from tests import cast as at_work
from tests.bars.header_set import lacks
from tests.bars.test_b03_authorisation import undone
from tests.html import read_file
from tests.people import client_of
from tests.routes import ids_of, policy_of, staff_routes
from tests.standing import Demonstration
from tests.stories.page_checks import Look
from tests.stories.walker import Walker
from tests.website import trial_urls

world, cast = at_work.world, at_work.cast
PLANT = """() => {
  const picture = document.createElement("img");
  picture.src = "https://elsewhere.example/x";
  document.body.append(picture);
}"""
SESSION = "__Host-suar"


def test_every_route_sends_the_security_headers_to_every_role(cast: Cast) -> None:
    """Look at pages that need no permission; B3 looks at all others, for every role, with the same check."""
    paths = [
        reverse(route.name)
        for route in staff_routes()
        if route.name and not ids_of(route) and not isinstance(policy_of(route), Permission)
    ]
    wrong, statuses = [], set()
    for name in ("ben", "chioma", "esi", "gita", "hadi", "farid"):
        client = client_of(cast.players[name])
        cookies = client.cookies.copy()
        for path in paths:
            for method in (client.get, client.post):
                client.cookies = cookies.copy()  # one of the pages signs out
                with undone():
                    answer = method(path)
                statuses.add(answer.status_code)
                wrong += [f"{name} {path} {lack}" for lack in lacks(answer)]
    assert wrong == []
    assert {200, 302, 404, 405} <= statuses


def test_errors_and_files_send_the_security_headers(settings: Any) -> None:
    settings.ROOT_URLCONF = trial_urls
    files = [static(item) for item in ("website/css/staff.css", "website/js/leave.js")]
    asked = {"/broken": 500, "/nothing": 404, "/weather/sun.svg": 200, **dict.fromkeys(files, 200)}
    client = Client(raise_request_exception=False)
    for address, status in asked.items():
        answer = client.get(address)
        read_file(answer)
        assert (answer.status_code, lacks(answer)) == (status, [])


def test_the_check_finds_a_response_without_a_header(db: None) -> None:
    answer = Client().get(reverse("sign_in"))
    answer["Content-Security-Policy"] = "default-src *"
    del answer["Permissions-Policy"]
    assert lacks(answer) == ["Content-Security-Policy", "Permissions-Policy", "*"]


@pytest.mark.story
def test_no_page_violates_csp_or_requests_another_host(
    look: Look,
) -> None:
    assert look.answers > 300
    assert look.stopped == []
    assert look.elsewhere == []
    assert look.unguarded == []


@pytest.mark.story
def test_requests_to_another_host_are_blocked_and_reported(browser: Any, demonstration: Demonstration) -> None:
    look, page = Look(demonstration.staff), browser.new_page()
    look.watch(page)
    page.goto(f"{demonstration.staff}/sign-in")
    page.evaluate(PLANT)
    _until(page, lambda: bool(look.stopped))
    page.close()
    assert look.elsewhere == ["https://elsewhere.example/x"]
    assert look.stopped


@pytest.mark.story
def test_no_cookie_of_the_staff_site_reaches_the_public_site_or_that_of_files(
    browser: Any, demonstration: Demonstration
) -> None:
    context = browser.new_context()
    walker = Walker(context.new_page(), demonstration).sign_in("esi")
    sent: dict[str, list[str]] = {demonstration.staff: [], demonstration.public: [], demonstration.files: []}

    def heard(request: Any) -> None:
        for door in sent:
            if request.url.startswith(door):
                sent[door].append(request.all_headers().get("cookie", ""))

    walker.page.on("requestfinished", heard)
    walker.go("/team")
    for path in ("/", "/en/about", "/nothing"):
        walker.page.goto(f"{demonstration.public}{path}")
    walker.page.goto(f"{demonstration.files}/f/unknown")
    _until(walker.page, lambda: len(sent[demonstration.public]) >= 3 and bool(sent[demonstration.files]))
    kept = {cookie["domain"] for cookie in context.cookies()}
    context.close()
    assert any(SESSION in cookies for cookies in sent[demonstration.staff]), "it would be seen"
    assert set(sent[demonstration.public]) == set(sent[demonstration.files]) == {""}
    assert kept == {"localhost"}


@pytest.mark.story
def test_a_picture_of_a_stranger_is_shown_from_an_origin_of_its_own(browser: Any, demonstration: Demonstration) -> None:
    kartika = Walker(browser.new_context().new_page(), demonstration).sign_in("kartika")
    answers: dict[str, str] = {}
    kartika.page.on("response", lambda answer: answers.setdefault(answer.url, answer.request.resource_type))
    kartika.go("/letters")
    kartika.go_to_one_with('main a[href*="/files/"]', among='main a[href^="/letters/"]')
    kartika.press('main a[href*="/files/"]')
    picture = kartika.page.locator("main img")
    _until(kartika.page, lambda: picture.evaluate("picture => picture.naturalWidth > 0"))
    assert picture.evaluate("picture => picture.naturalWidth") > 100
    assert [kind for url, kind in answers.items() if url.startswith(f"{demonstration.files}/f/")] == ["image"]
    kartika.page.context.close()


def _until(page: Any, done: Callable[[], bool]) -> None:
    for _ in range(40):
        if done():
            return
        page.wait_for_timeout(50)
