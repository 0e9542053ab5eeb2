"""A passkey in a real browser: made, used at sign-in, not offered on a shared phone, lost."""

import pytest

from suar.accounts.models import Passkey
from suar.core import clock
from suar.demo import cast as casting
from tests.accounts.conftest import code_of
from tests.website.watching import press


@pytest.mark.story
def test_a_passkey_is_made_used_and_lost(site_url: str, page, story_width_px: int):
    ben = casting.gather(at=clock.now()).ben
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind})

    sign_in(page, site_url, ben, code=code_of(ben, clock.now()))
    page.goto(f"{site_url}/account/passkey")
    page.locator("[data-ask]").click()
    page.wait_for_url("**/account/recovery")
    assert Passkey.objects.filter(worker=ben.id).count() == 1

    sign_out(page, site_url)
    page.goto(f"{site_url}/sign-in?to=/account")
    box, ask = page.locator("[name=shared]"), page.locator("[data-ask]")
    assert box.is_checked() is (story_width_px < 640)
    assert ask.is_visible() is not box.is_checked()
    box.uncheck()
    page.locator("[name=name]").fill("ben")
    page.locator("[name=password]").fill(ben.password)
    ask.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{site_url}/account/factors")
    press(page, page.locator("form[action$='passkey/remove'] button"))
    assert page.url.endswith("/account/factors")
    assert not Passkey.objects.exists()


def sign_in(page, site_url: str, player, *, code: str) -> None:
    page.goto(f"{site_url}/sign-in?to=/account")
    page.locator("[name=name]").fill(player.worker.name)
    page.locator("[name=password]").fill(player.password)
    page.locator("[name=code]").fill(code)
    page.locator("[name=shared]").uncheck()
    page.locator("form[data-passkey] button:not([data-ask])").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def sign_out(page, site_url: str) -> None:
    page.goto(f"{site_url}/account")
    page.locator("form[action='/sign-out'] button").first.click()
    page.wait_for_url("**/sign-in")
