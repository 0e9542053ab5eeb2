"""Each page of a full talk at 320 px: held the other way round, and how much it weighs."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from tests.screening.talks import AGREED, FULL_SAFE
from tests.stories.talks import END, answer, listen
from tests.stories.walker import Walker
from tests.website.watching import is_too_wide

pytestmark = [pytest.mark.story, pytest.mark.long]
LIGHT_BYTES = 20_000
TOLD = {"Q06": ["I_A_TRANSFER"], "Q21": ["I_M_CONFINE"], "Q18": ["I_P_NO_PAY"], "Q15": ["I_P_HOURS"]}
OPEN_ALL = "for (const each of document.querySelectorAll('main details')) each.open = true"
TURN = "way => document.documentElement.dir = way"
STICKS_OUT = """() => [...document.querySelectorAll("body *")].filter((part) => {
  if (part.closest(".unseen, [hidden], dialog, .skip") || !part.checkVisibility()) return false;
  const box = part.getBoundingClientRect();
  return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
}).map((part) => part.outerHTML.slice(0, 120))"""
MIDDLES = """of => [...document.querySelectorAll(of)].filter((part) => part.checkVisibility()
  && part.getBoundingClientRect().width > 1).map((part) => {
  const box = part.getBoundingClientRect(); return box.left + box.width / 2})"""
STEPS, REACH = ".where .steps > li", ".reach > :not(.unseen)"


def held(page: Any, way: str) -> dict[str, list[float]]:
    """Turn the page, check that nothing sticks out, and give where steps and acts stand."""
    page.evaluate(TURN, way)
    page.evaluate("scrollTo(0, 0)")
    assert not is_too_wide(page), (way, page.url)
    assert page.evaluate("document.documentElement.scrollLeft") == 0, (way, page.url)
    assert page.evaluate(STICKS_OUT) == [], (way, page.url)
    return {item: page.evaluate(MIDDLES, item) for item in (STEPS, REACH)}


def mirrored(page: Any) -> None:
    """Check that a page read from right to left is the same one in a mirror."""
    page.evaluate(OPEN_ALL)
    there, back = held(page, "ltr"), held(page, "rtl")
    for where, middles in there.items():
        assert middles == sorted(middles), (where, page.url)
        assert back[where] == pytest.approx([320 - middle for middle in middles], abs=2), page.url
    page.evaluate(TURN, "ltr")


def walk(ben: Walker, at_each: Callable[[], None]) -> None:
    """Hold a full talk to its end, and stop on the way to look at every page."""

    def on(press: str = "main form button.act:not([data-quiet])") -> None:
        ben.press(press)
        at_each()

    ben.go("/talk")
    at_each()
    ben.choose("place", "VILLAGE_OFFICE")
    on()
    on('button[name="form"][value="full"]')
    answer(ben, FULL_SAFE)
    on('button[name="go"][value="stop"]')
    on('main a.act[href$="/SAFE"]')
    on()
    on("#needs-all-asked")
    ben.tap("age-band", "ADULT")
    ben.tap("age-doubt", "NO")
    on()
    answer(ben, AGREED)
    on()
    listen(ben, TOLD, on=on)
    on()
    ben.tap("keep", "no")
    ben.tap("outcome", "PRESUMED_VICTIM")
    ben.tap("reason", "RS_SAME")
    on(END)


def test_a_talk_works_from_right_to_left(opens: Callable[..., Walker]) -> None:
    ben, seen = opens("ben"), []
    ben.page.set_viewport_size({"width": 320, "height": 780})
    walk(ben, lambda: (mirrored(ben.page), seen.append(ben.page.locator("h1").inner_text())))
    assert len(set(seen)) >= 10


def test_every_page_of_a_talk_stays_below_its_weight(opens: Callable[..., Walker]) -> None:
    ben, pages, parts = opens("ben"), {}, {}

    def weigh(response: Any) -> None:
        if response.status == 200:
            kept = pages if response.request.is_navigation_request() else parts
            body = gzip.compress(response.body(), 6, mtime=0)
            kept[response.request.method, response.url] = len(body)

    ben.page.on("response", weigh)
    walk(ben, lambda: None)
    assert len(pages) >= 10
    assert {each: size for each, size in pages.items() if size > LIGHT_BYTES} == {}
