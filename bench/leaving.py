"""Times leaving (B18): from the click or the second Escape until the neutral page is there."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.figures import middle, percentile
from tests.browsing import BROWSER_FLAGS
from tests.standing import House, standing_in
from tests.stories.walking import Walker

GOAL_MS, TIMES = 300, 12
PUBLIC_PAGES = ("/", "/en/about", "/en/phone", "/en/others")
STAFF_PAGES = ("/", "/talk", "/team", "/account")


def figures(*, times: int = TIMES) -> Iterator[dict[str, Any]]:
    """Leave both doors a dozen times by click and by key, and give the four figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        standing_in(Path(folder)) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False, args=BROWSER_FLAGS
        )
        for door in ("public", "staff"):
            for how in ("click", "key"):
                took = [_leave(browser, house, door, how, turn) for turn in range(times)]
                yield _figure(f"B18_{door}_{how}", took)


def _leave(browser: Any, house: House, door: str, how: str, turn: int) -> float:
    """Open a page of a door, leave it, and give the milliseconds it took."""
    context = browser.new_context(locale="en", viewport={"width": 360, "height": 780})
    page = context.new_page()
    if door == "staff":
        Walker(page, house).sign_in("esi")
        page.goto(f"{house.staff}{STAFF_PAGES[turn % len(STAFF_PAGES)]}")
    else:
        page.goto(f"{house.public}{PUBLIC_PAGES[turn % len(PUBLIC_PAGES)]}")
    box = page.locator(".leave").bounding_box()
    if how == "key":
        page.keyboard.press("Escape")
    began = time.perf_counter()
    if how == "key":
        page.keyboard.press("Escape")
    else:
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/weather", wait_until="commit")
    took = (time.perf_counter() - began) * 1000
    context.close()
    return took


def _figure(name: str, took: list[float]) -> dict[str, Any]:
    return {
        "name": name,
        "value": middle(took),
        "unit": "ms",
        "p95": percentile(took, 0.95),
        "goal": f"median <= {GOAL_MS} ms",
        "holds": middle(took) <= GOAL_MS,
        "n": len(took),
        "database": "",
    }
