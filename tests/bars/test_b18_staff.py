"""B18 on the staff site: one leaves from any page, and nothing behind names anybody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from suar.screening.rules.answers import LATEST
from suar.screening.rules.instrument import instrument
from tests.standing import Demonstration
from tests.stories.page_checks import REACH, Look
from tests.stories.walker import Walker
from tests.website.watching import entries

pytestmark = pytest.mark.story
NEUTRAL = {"Work", "Kerja", "Weather", "Cuaca"}
EXIT, SIGN_IN = "/weather", "/sign-in"
WORD = re.compile(r"[a-z-]+")
STEPS = {"SAFE", "NEEDS", "AGE", "CONSENT", "SIGNS", "SIGNPOST", "WRITE", "ID", "TOKEN"}
# The wording of questions is about nobody: there the code of a shipped question or theme may stand.
QUESTIONS = "/questions/"
# What may stand behind a path: where to come back to, a step, colleagues of one's own organisation, and
# where one was in a draft of questions, a theme of the talk, whose pages come up for everybody, the list of the team,
# a part of the facts, a kind of help and of an earlier encounter.
QUERY = (
    "|to=/[a-z/]*|step=[A-Z]+|worker=[0-9a-f-]*(&refused=on)?(&to=[0-9a-f-]+)*|at=[A-Z0-9_]+"
    "|show=[a-z]+|theme=[A-Z_]+(&then=[a-z]+)?"
    "|team=1|part=[a-z]+|(kind|event)=[A-Z_]+"
)
SESSION = "__Host-suar"
SHOWN = "(() => getComputedStyle(document.body).visibility)()"
CLICK = "document.querySelector('.leave button').click()"
ESCAPE = "dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))"
KEYS = f"{ESCAPE}, {ESCAPE}"


@pytest.fixture
def esi(browser: Any, demonstration: Demonstration, story_language: str, story_width_px: int) -> Iterator[Walker]:
    """Let a lead sign in."""
    size = {"width": story_width_px, "height": 780}
    context = browser.new_context(locale=story_language, viewport=size)
    context.set_default_timeout(15_000)
    yield Walker(context.new_page(), demonstration).sign_in("esi", language=story_language, on_page=True)
    context.close()


def coded() -> set[str]:
    """Return the codes of the shipped questions and themes."""
    talks = [instrument(form, version) for form, version in LATEST.items()]
    return {code for talk in talks for code in (*talk.questions, *talk.themes)}


def test_quick_exit_is_visible_and_large_on_every_page(look: Look) -> None:
    ways = {str(seen): seen.leave for seen in look.pages.values() if seen.path != EXIT}
    assert len(ways) > 60
    assert {place: way for place, way in ways.items() if way != "/leave"} == {}


def test_every_title_is_neutral(look: Look) -> None:
    assert {seen.title for seen in look.pages.values()} <= NEUTRAL


def test_no_address_contains_personal_data(look: Look) -> None:
    paths = {re.sub(r"^/accesses/\d+$", "/accesses", seen.path) for seen in look.pages.values()}
    parts = {part for path in paths for part in path.split("/") if part}
    wording = {part for path in paths if path.startswith(QUESTIONS) for part in path.split("/")}
    coded_only = {part for part in parts if not WORD.fullmatch(part)}
    assert coded_only - (wording & coded()) <= STEPS
    assert parts & {"ben", "esi", "amina", "rekaan", "danger", "declined", "victim"} == set()
    asked = {seen.address.partition("?")[2] for seen in look.pages.values()}
    assert {item for item in asked if not re.fullmatch(QUERY, item)} == set()


@pytest.mark.parametrize("page", ["/", "/talk", "/team", "/account"])
def test_quick_exit_ends_the_session_and_back_shows_the_sign_in_page(
    esi: Walker, demonstration: Demonstration, page: str
) -> None:
    kept = esi.page.context.cookies()
    esi.go(page)
    assert esi.path() == page
    if page in ("/", "/account"):
        esi.page.locator(".leave button").click()
    else:
        esi.page.keyboard.press("Escape")
        esi.page.keyboard.press("Escape")
    esi.page.wait_for_url(f"**{EXIT}")
    assert esi.page.title() in NEUTRAL
    assert SESSION not in {cookie["name"] for cookie in _after_a_while(esi)}
    esi.page.go_back()
    esi.page.wait_for_url(lambda url: url.startswith(f"{demonstration.staff}{SIGN_IN}"))
    assert {title for url, title in entries(esi.page) if url.startswith(demonstration.staff)} <= NEUTRAL
    esi.page.context.add_cookies(kept)
    esi.go(page)
    assert esi.path().startswith(SIGN_IN), "the session is gone on the server too"


@pytest.mark.parametrize("way", [CLICK, KEYS])
def test_the_screen_is_covered_before_any_request(esi: Walker, way: str) -> None:
    esi.go("/team")
    assert esi.page.evaluate(SHOWN) == "visible", "it would be seen"
    assert esi.page.evaluate(f"{way}, {SHOWN}") == "hidden"
    esi.page.wait_for_url(f"**{EXIT}")


@pytest.mark.parametrize("page", ["/team", "/talk"])
def test_quick_exit_is_visible_on_a_locked_screen(esi: Walker, demonstration: Demonstration, page: str) -> None:
    kept = esi.page.context.cookies()
    esi.page.clock.install()
    esi.go(page)
    assert _leave(esi) == "/leave"
    esi.page.clock.run_for("05:02")
    assert esi.page.locator("[data-lock]").is_visible(), "it is locked"
    assert esi.page.evaluate("document.querySelector('main').inert")
    assert _leave(esi) == "/leave"
    assert not esi.page.evaluate("document.querySelector('.leave').closest('[inert]')")
    esi.page.locator(".leave button").click()
    esi.page.wait_for_url(f"**{EXIT}")
    esi.page.wait_for_timeout(300)
    esi.page.context.add_cookies(kept)
    esi.go(page)
    assert esi.path().startswith(SIGN_IN), "the session is gone on the server too"


def _leave(walker: Walker) -> str | None:
    found: str | None = walker.page.evaluate(REACH)
    return found


def _after_a_while(walker: Walker) -> list[dict[str, Any]]:
    """Return the cookies once the request that ends the session has come back."""
    for _ in range(20):
        cookies: list[dict[str, Any]] = walker.page.context.cookies()
        if SESSION not in {cookie["name"] for cookie in cookies}:
            return cookies
        walker.page.wait_for_timeout(50)
    return cookies
