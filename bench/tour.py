"""`./suar tour`: walk the corners that `./suar test` leaves out, and make docs/tour.md.

`./suar test` walks in English at 360 px and in Indonesian at 1280 px. This walks in English at
1280 px and at 320 px, and in Indonesian at 360 px by keyboard alone and at 320 px; each page is
looked at by day and in the dark. The exit code is 1 when something was found.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.picturing import PAGE, Picture, PicturingLook, page_of
from bench.tour_pictures import PUBLIC, STAFF
from tests.browsing import BROWSER_FLAGS, found_browser
from tests.standing import House, standing_in
from tests.stories.looking import Look
from tests.stories.rounds import Inspector

CORNERS = [("en", 1280, False), ("id", 360, True), ("en", 320, False), ("id", 320, False)]

BUTTONS = ['[name="check"]', '[value="ask"]', '[value="back"]']


def main() -> int:
    """Walk every corner, take the pictures, write the page."""
    argparse.ArgumentParser(prog="./suar tour", description=__doc__).parse_args()
    planned, found = [*PUBLIC, *STAFF], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found_browser(), chromium_sandbox=False, args=BROWSER_FLAGS
        )
        for language, width_px, keys_only in CORNERS:
            with tempfile.TemporaryDirectory() as folder, standing_in(Path(folder)) as house:
                began = time.monotonic()
                looks = [
                    visit(browser, house, language, width_px, planned),
                    walk(browser, house, language, width_px, planned, keys_only=keys_only),
                ]
            how = f"{language}, {width_px} px, {'keyboard' if keys_only else 'mouse'}"
            found += sum(tell(look, how) for look in looks)
            print(f"{how}: {time.monotonic() - began:.0f} s", flush=True)
    PAGE.write_text(page_of([each for each in (*PUBLIC, *STAFF) if each.file.exists()]), "utf-8")
    print(f"{PAGE.name} is written. Not reached: {[each.name for each in planned] or 'nothing'}.")
    return int(bool(found or planned))


def visit(browser: Any, house: House, language: str, width_px: int, planned: list[Picture]) -> Look:
    """Look for help at the public door, read, check for oneself, ask, and leave."""
    look = PicturingLook(house.public, planned=planned)
    context = browser.new_context(
        locale=language,
        viewport={"width": width_px, "height": 780},
        reduced_motion="reduce",
        base_url=house.public,
    )
    page = context.new_page()
    look.watch(page)
    page.goto("/")
    look.at(page)
    page.locator("input[value=wages]").check(force=True)
    page.locator("main form.form .act").click()
    page.locator("main button.plain").first.wait_for()
    look.at(page)
    read_and_ask(page, look, language)
    page.locator(".leave").click()
    page.wait_for_url("**/weather")
    look.at(page)
    context.close()
    return look


def read_and_ask(page: Any, look: Look, language: str) -> None:
    """Look at each page to read, at the check, and at asking and coming back."""
    service = f"/{language}/s/5e1f0000-0000-4000-8000-0000000d0001"
    for path in (service, *(f"/{language}/{name}" for name in ("others", "phone", "about"))):
        page.goto(path, wait_until="load")
        look.at(page, path=path)
    to_read = page.locator('main a[href*="/read/"]').all()
    for path in [link.get_attribute("href") for link in to_read]:
        page.goto(path, wait_until="load")
        look.at(page, path=path)
    for button in BUTTONS:
        page.goto(f"/{language}/", wait_until="load")
        with page.expect_event("load"):
            page.locator(f"main button{button}").first.click()
        look.at(page)


def walk(
    browser: Any,
    house: House,
    language: str,
    width_px: int,
    planned: list[Picture],
    *,
    keys_only: bool,
) -> Look:
    """Go the whole round of the staff door."""
    look = PicturingLook(house.staff, planned=planned)
    Inspector(browser, house, look, language, width_px, keys_only).walk()
    return look


def tell(look: Look, how: str) -> int:
    """Print what was found on a walk, and count it."""
    lines = [f"{seen}: {fault}" for seen in look.pages.values() for fault in seen.faults]
    lines += [f"{seen}: scrolls sideways at {width} px" for seen in look.pages.values() for width in seen.too_wide]
    lines += [*look.stopped, *(f"asked elsewhere: {url}" for url in look.elsewhere)]
    lines += [f"without its headers: {each}" for each in look.unguarded]
    print(f"{how}: {len(look.pages)} pages, {look.answers} answers, {len(lines)} found")
    for line in lines:
        print(f"  {line}")
    return len(lines)


if __name__ == "__main__":
    sys.exit(main())
