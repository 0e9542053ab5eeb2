"""Every page of accounts in a real browser: no fault that axe knows, and it fits a small phone."""

import pytest

from suar.accounts.models import Worker
from suar.core import clock
from suar.demo import cast as casting
from tests.accounts.conftest import code_of
from tests.accounts.test_passkey_browser import sign_in
from tests.website.watching import faults, press

OUTSIDE = ["/sign-in", "/welcome", "/recover"]
ESIS = [
    "/account",
    "/account/factors",
    "/account/app",
    "/account/codes",
    "/account/passkey",
    "/account/password",
    "/account/recovery",
    "/candidates",
    "/set-up/state",
    "/set-up/papers",
]
GITAS = ["/workers", "/workers/invite"]


def looked_at(page) -> None:
    """Let axe look, and see that nothing sticks out on the narrowest phone."""
    assert faults(page) == [], page.url
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": size["height"]})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size(size)


@pytest.mark.story
@pytest.mark.long
def test_every_page_of_accounts_passes_axe_and_fits_a_phone(site_url, page, story_language):
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    cast = casting.gather(at=clock.now())
    Worker.objects.update(language=story_language)
    for path in OUTSIDE:
        page.goto(site_url + path)
        looked_at(page)
    sign_in(page, site_url, cast.gita, code=code_of(cast.gita, clock.now()))
    for path in GITAS:
        page.goto(site_url + path)
        looked_at(page)
    page.context.clear_cookies()
    sign_in(page, site_url, cast.esi, code=code_of(cast.esi, clock.now()))
    nadia = casting.hire(
        cast.village.organisation,
        "nadia",
        "Nadia",
        casting.Role.SUPERVISOR,
        by=None,
        at=clock.now(),
    )
    for path in [*ESIS, f"/candidates/{nadia.id}/{cast.village.team.id}"]:
        page.goto(site_url + path)
        looked_at(page)
    printed(page, site_url, "/account/recovery", password=cast.esi.password)
    printed(page, site_url, "/set-up/papers")
    page.goto(f"{site_url}/account/codes")
    page.locator("[name=password]:visible").fill(cast.esi.password)
    press(page, page.locator("main form button"))
    looked_at(page)
    assert told == []


def printed(page, site_url: str, path: str, *, password: str = "") -> None:
    page.goto(site_url + path)
    if password:
        page.locator("[name=password]:visible").fill(password)
    press(page, page.locator("main form button"))
    looked_at(page)
