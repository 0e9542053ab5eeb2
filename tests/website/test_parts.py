"""Every part of a staff page in a browser, and its three scripts."""

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.website import trial_urls
from tests.website.watching import faults, is_too_wide, stopped_by_policy

pytestmark = [pytest.mark.story, pytest.mark.long]
FIVE_MINUTES = "05:02"


@pytest.fixture
def trial(settings):
    settings.ROOT_URLCONF = "tests.website.trial_urls"
    settings.MIDDLEWARE = [
        "suar.website.middleware.PageHeaders",
        "suar.website.middleware.Refusals",
        "django.middleware.locale.LocaleMiddleware",
    ]
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def tab(browser, trial):
    context = browser.new_context(locale="en", base_url=trial)
    context.set_default_timeout(10_000)
    page = context.new_page()
    stopped = stopped_by_policy(page)
    yield page
    assert stopped == []
    context.close()


@pytest.mark.parametrize("path", ["/", "/?wrong", "/nothing"])
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("id", "dark")])
def test_components_are_accessible(browser, trial, path, language, scheme):
    context = browser.new_context(locale=language, color_scheme=scheme, base_url=trial)
    page = context.new_page()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 780})
        page.goto(path)
        assert faults(page) == []
        assert not is_too_wide(page)
    context.close()


def test_right_to_left_needs_nothing_but_the_direction(tab):
    tab.set_viewport_size({"width": 320, "height": 780})
    tab.goto("/?wrong")
    tab.evaluate("document.documentElement.dir = 'rtl'")
    assert not is_too_wide(tab)
    assert tab.evaluate("document.documentElement.scrollLeft") == 0
    first = tab.locator(".bar nav a").first.bounding_box()
    assert first["x"] > 160


def test_an_error_is_shown_at_its_field_and_listed_above(tab):
    tab.goto("/?wrong")
    field = tab.locator("#id_name")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == "id_name_helptext id_name_error"
    tab.locator(".problems a").first.click()
    assert tab.evaluate("document.activeElement.id") == "id_name"


def test_every_listed_fault_leads_to_something(tab):
    tab.goto("/?wrong")
    targets = tab.locator(".problems a").evaluate_all("links => links.map(each => each.hash)")
    assert len(targets) == 5
    assert [target for target in targets if tab.locator(target).count() != 1] == []


def test_a_piece_of_a_page_of_ours_is_swapped_in(tab):
    tab.goto("/")
    tab.get_by_role("button", name="Swap").click()
    tab.locator("[data-here] strong").wait_for()
    assert tab.locator("[data-here]").inner_text() == "after"


@pytest.mark.parametrize(
    "attempt",
    [
        "document.body.innerHTML = '<b>x</b>'",
        "document.querySelector('[data-here]').insertAdjacentHTML('beforeend', '<b>x</b>')",
        "document.createElement('script').src = '/assets/x.js'",
        "new DOMParser().parseFromString('<b>x</b>', 'text/html')",
        "document.createElement('iframe').srcdoc = '<b>x</b>'",
    ],
)
def test_markup_that_our_host_did_not_answer_is_refused(tab, attempt):
    tab.goto("/")
    told = tab.evaluate(f"() => {{ try {{ {attempt}; return 'taken' }} catch (error) {{ return error.name }} }}")
    assert told == "TypeError"


def test_the_screen_locks_when_it_is_quiet_and_keeps_what_was_typed(tab):
    tab.clock.install()
    tab.goto("/")
    tab.locator("#id_name").fill("Melati")
    tab.clock.run_for("02:50")
    assert not tab.locator("[data-lock]").is_visible()
    tab.clock.run_for("00:12")
    assert tab.locator("[data-lock]").is_visible()
    assert tab.evaluate("document.querySelector('main').inert")
    tab.locator("#unlock").fill("wrong")
    tab.keyboard.press("Enter")
    tab.locator("[data-say=wrong]").wait_for()
    tab.locator("#unlock").fill("right")
    tab.keyboard.press("Enter")
    tab.locator("[data-lock]").wait_for(state="hidden")
    assert tab.locator("#id_name").input_value() == "Melati"


def test_a_locked_screen_stays_locked_when_the_page_is_loaded_again(tab):
    left_alone(tab)
    tab.reload()
    assert tab.locator("[data-lock]").is_visible()


def test_a_locked_screen_shows_that_the_session_ended(tab):
    left_alone(tab)
    assert faults(tab) == []
    tab.locator("#unlock").fill("ended")
    tab.keyboard.press("Enter")
    tab.locator("[data-say=ended]").wait_for()
    assert tab.get_by_role("link", name="Sign in in a new tab").get_attribute("target") == "_blank"
    assert faults(tab) == []
    tab.set_viewport_size({"width": 320, "height": 480})
    assert not is_too_wide(tab)


def test_signing_in_again_in_the_panel_opens_the_page_as_it_was_left(tab):
    tab.clock.install()
    tab.goto("/")
    tab.locator("#id_name").fill("Melati")
    tab.clock.run_for(FIVE_MINUTES)
    open_with(tab, password="ended")
    tab.locator("[data-say=ended]").wait_for()
    open_with(tab, name="esi", code="999999", password="right")
    tab.locator("[data-say=wrong]").wait_for()
    assert tab.evaluate("document.querySelector('main').inert")
    open_with(tab, name="esi", code="123456", password="right")
    tab.locator("[data-lock]").wait_for(state="hidden")
    assert tab.locator("#id_name").input_value() == "Melati"


def test_after_sign_in_in_another_tab_the_password_unlocks(tab):
    left_alone(tab)
    open_with(tab, password="ended")
    tab.locator("[data-say=ended]").wait_for()
    open_with(tab, password="right")
    tab.locator("[data-lock]").wait_for(state="hidden")


def test_signing_in_in_the_same_tab_does_not_lead_back_to_the_lock(tab):
    left_alone(tab)
    tab.goto("/sign-in")
    tab.goto("/")
    assert not tab.locator("[data-lock]").is_visible()


def open_with(tab, **typed):
    """Type into the panel of a locked screen and send it."""
    for name, text in typed.items():
        tab.locator(f"[data-lock] [name={name}]").fill(text)
    tab.locator("[data-lock] .act").click()


@pytest.mark.parametrize("way", ["click", "key"])
def test_quick_exit_of_staff_ends_the_session_and_covers_the_screen(tab, way):
    trial_urls.LEFT.clear()
    tab.goto("/")
    if way == "click":
        tab.locator(".leave button").click()
    else:
        tab.keyboard.press("Escape")
        tab.keyboard.press("Escape")
    tab.wait_for_url("**/weather")
    tab.wait_for_timeout(200)
    assert trial_urls.LEFT == ["POST"]


def test_quick_exit_of_staff_works_without_script(browser, trial):
    trial_urls.LEFT.clear()
    context = browser.new_context(java_script_enabled=False, base_url=trial)
    page = context.new_page()
    page.goto("/")
    page.locator(".leave button").click()
    page.wait_for_url("**/weather")
    assert trial_urls.LEFT == ["POST"]
    context.close()


def test_a_500_page_has_no_details(tab):
    answer = tab.goto("/broken")
    assert answer.status == 500
    assert "Amina" not in tab.content()
    assert tab.locator(".leave").is_visible()


def left_alone(tab):
    """Open a page and touch nothing until it is locked."""
    tab.clock.install()
    tab.goto("/")
    tab.clock.run_for(FIVE_MINUTES)
