"""Leaving the staff site (B18): the session ends, and Back shows at most the sign-in page."""

import pytest

from tests.stories import talks
from tests.stories.walker import Walker
from tests.website.watching import entries

pytestmark = pytest.mark.story
NEUTRAL = {"Work", "Kerja"}  # whoever signed in here before may have left the other language


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def esi(request, browser, demonstration):
    context = browser.new_context(locale="en", java_script_enabled=request.param)
    context.set_default_timeout(15_000)
    walker = Walker(context.new_page(), demonstration)
    walker.script = request.param
    yield walker.sign_in("esi", on_page=True)
    context.close()


def test_leaving_ends_the_session_and_back_shows_at_most_the_sign_in_page(esi, demonstration):
    page = esi.page
    esi.go("/team")
    assert page.locator("h1").inner_text() != "Sign in"
    session = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "__Host-suar"]
    assert session
    if esi.script:
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    else:
        page.locator(".leave button").click()
    page.wait_for_url("**/weather")
    assert page.title() == "Weather"
    page.go_back()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert session[0] not in [cookie["value"] for cookie in page.context.cookies()]
    titles = {title for url, title in entries(page) if url.startswith(demonstration.staff)}
    assert titles and titles <= NEUTRAL


def test_the_session_is_ended_on_the_server_and_not_only_forgotten_here(esi, demonstration):
    page = esi.page
    kept = page.context.cookies()
    page.locator(".leave button").click()
    page.wait_for_url("**/weather")
    page.wait_for_timeout(300)
    page.context.add_cookies(kept)
    esi.go("/team")
    page.get_by_role("heading", name="Sign in").wait_for()


def test_leaving_keeps_what_was_tapped_on_the_open_page_of_a_talk(esi):
    if not esi.script:
        pytest.skip("without script the page itself is left")
    page = esi.page
    talks.begin(esi, form="short")
    address = page.url
    talks.answer(esi, {"SF_HEARD": "NO", "SF_PHONE": "YES"})
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**/weather")
    page.wait_for_timeout(500)
    esi.sign_in("esi", on_page=True)
    page.goto(address)
    assert page.locator('input[name="q-SF_HEARD"][value="NO"]').is_checked()
    assert page.locator('input[name="q-SF_PHONE"][value="YES"]').is_checked()


def test_leaving_is_clear_of_the_buttons_on_a_small_screen_and_small_on_a_wide_one(esi):
    page = esi.page
    page.set_viewport_size({"width": 360, "height": 740})
    esi.go("/team")
    bar = page.locator(".leave").bounding_box()
    assert bar["width"] == 360
    hit = page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", [180, bar["y"] - 12])
    assert hit == "leave", "nothing close above the bar can be pressed"
    page.set_viewport_size({"width": 1280, "height": 900})
    tab = page.locator(".leave").bounding_box()
    assert tab["width"] < 240
    assert tab["height"] < 60


def test_the_last_button_of_a_page_without_a_foot_is_clear_of_the_bar_on_a_small_screen(esi):
    page = esi.page
    page.set_viewport_size({"width": 360, "height": 640})
    talks.begin(esi, form="signpost", place="COMMUNITY_GATHERING")
    assert _last_is_clear(page)
    talks.answer(esi, {"SF_HEARD": "NO", "SF_NEAR": "NO", "SF_PHONE": "YES"})
    esi.go_on()
    assert "/talk/ended/" in page.url, esi.text()
    page.evaluate("document.querySelectorAll('details').forEach(fold => (fold.open = true))")
    assert _last_is_clear(page)


def test_on_a_wide_screen_nothing_covers_the_buttons_of_a_talk_or_leaving(esi):
    page = esi.page
    talks.begin(esi, form="full")
    for width in (800, 1024, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 600})
        assert _is_hit(page, ".leave :is(button, a), a.leave"), width
        assert _is_hit(page, ".reach .act"), width


def _is_hit(page, selector: str) -> bool:
    """Return whether what a selector finds is hit at its middle and close to its lower edge."""
    return page.locator(selector).first.evaluate(
        """(at) => {
          const { x, y, width, height } = at.getBoundingClientRect()
          return [0.5, 0.9].every((part) => at.contains(document.elementFromPoint(x + width / 2, y + height * part)))
        }"""
    )


def _last_is_clear(page) -> bool:
    """Return whether the last control of a page that is scrolled to its end is hit where its middle is."""
    return page.evaluate(
        """() => {
          window.scrollTo(0, document.documentElement.scrollHeight)
          const controls = [...document.querySelectorAll("main :is(a, button)")].filter((at) => at.checkVisibility())
          const last = controls.reduce((one, other) => (box(other).bottom >= box(one).bottom ? other : one))
          function box(at) { return at.getBoundingClientRect() }
          const { x, y, width, height } = box(last)
          return [0.5, 0.9].every((part) => last.contains(document.elementFromPoint(x + width / 2, y + height * part)))
        }"""
    )
