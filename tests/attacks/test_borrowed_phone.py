"""Somebody takes the phone afterwards: no form shows what was chosen in it, and no cookie who was here."""

import re
import shutil
from typing import Any

import pytest
from django.conf import settings

from suar.accounts.cookies import KNOWN_COOKIE
from suar.demo.cast import Cast
from tests.browsing import BROWSER_FLAGS
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.house.reading import SUAR, files, name_of
from tests.people import client_of
from tests.website.conftest import served  # noqa: F401 - a fixture
from tests.website.watching import go_back, press

PUBLIC_FORM = re.compile(r'<form class="form"[^>]*action="/"[^>]*>')
AUTOCOMPLETE_OFF = 'autocomplete="off"'


@pytest.mark.story
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_back_shows_nothing_of_what_was_chosen(browser: Any, served: str, script: bool) -> None:  # noqa: F811 - a fixture
    context = browser.new_context(locale="en", java_script_enabled=script, base_url=served)
    context.set_default_timeout(10_000)
    tab = context.new_page()
    tab.goto("/")
    need, place = tab.locator("input[type=checkbox][value=talk]"), tab.locator("select[name=place]")
    need.check()
    place.select_option("32.74")
    assert need.is_checked() and place.input_value(), "the control"
    press(tab, tab.locator("main form.form .act"))
    assert not need.is_visible()
    go_back(tab)
    need.wait_for()
    assert not need.is_checked()
    assert not place.input_value()
    context.close()


def test_no_browser_stores_what_is_entered_in_a_public_form() -> None:
    """Browsers write the state of other forms into the file with which they open their tabs again."""
    forms = [
        (name_of(path), form)
        for path in files(".html")
        if SUAR in path.parents
        for form in PUBLIC_FORM.findall(path.read_text("utf-8"))
    ]
    assert len(forms) >= 13
    assert [name for name, form in forms if AUTOCOMPLETE_OFF not in form] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/leave", "/sign-out"])
def test_no_cookie_but_that_of_the_device_outlives_the_session(cast: Cast, path: str) -> None:  # noqa: F811 - a fixture
    client = client_of(cast.ben)
    client.get("/account")
    assert client.cookies[settings.CSRF_COOKIE_NAME]["max-age"] == "", "it ends with the browser at the latest"
    client.post(path)
    assert {name for name, cookie in client.cookies.items() if cookie.value} <= {KNOWN_COOKIE}


@pytest.mark.story
def test_back_shows_no_page_that_the_browser_stored_whole(browser: Any, served: str) -> None:  # noqa: F811 - a fixture
    """Browsers store whole pages for Back; those of other tests do not: they are told not to, or have no screen."""
    if not (chromium := shutil.which("chromium")):
        pytest.skip("chromium is not installed")
    with browser.browser_type.launch(
        executable_path=chromium,
        chromium_sandbox=False,
        args=BROWSER_FLAGS,
        ignore_default_args=["--disable-back-forward-cache"],
    ) as other:
        tab = other.new_context(locale="en", base_url=served).new_page()
        tab.goto("/weather")
        tab.evaluate("window.stored = true")
        away_and_back(tab)
        assert tab.evaluate("window.stored"), "the control: this browser stores pages"
        tab.goto("/")
        press(tab, tab.locator("button[value=ask]").first)
        tab.locator("textarea[name=words]").fill("Canary")
        away_and_back(tab)
        tab.get_by_role("heading", name="Something at work").wait_for()
        assert "Canary" not in tab.content()
        assert not tab.locator("textarea[name=words]").count()


def away_and_back(tab: Any) -> None:
    """Go to another site, and press Back; a stored page never says that it has loaded."""
    tab.goto("data:text/html,elsewhere")
    tab.evaluate("setTimeout(() => history.back())")
    tab.wait_for_url("**/*")
    tab.wait_for_timeout(1500)
