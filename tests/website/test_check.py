"""From reading to the check to help, in a browser: nothing is sent, and nothing stays."""

import pytest

from tests.website.watching import (
    asked_elsewhere,
    entries,
    faults,
    go_back,
    is_too_wide,
    press,
    stopped_by_policy,
)

pytestmark = pytest.mark.story
PHONE = {"width": 360, "height": 780}
BEFORE = "data:text/html,<title>before</title>before"


def new_page(browser, served, **options):
    context = browser.new_context(base_url=served, viewport=PHONE, **options)
    context.set_default_timeout(10_000)
    return context.new_page()


def to_the_check(tab, language="en"):
    tab.goto(f"/{language}/read/5")
    tab.locator("button[name=check]").click()
    tab.locator(".check").wait_for()


def tick(tab, leads):
    box = tab.locator(f"[data-leads={leads}]").first
    box.focus()
    tab.keyboard.press("Space")
    assert box.is_checked()


def visible_advice(tab):
    shown = tab.locator("[data-advice]:visible")
    return [item.get_attribute("data-advice") for item in shown.all()]


def test_a_visitor_without_script_reads_checks_and_finds(browser, served):
    tab = new_page(browser, served, locale="en", java_script_enabled=False)
    tab.goto("/")
    press(tab, tab.get_by_role("button", name="Is this happening to me?"))
    press(tab, tab.get_by_role("button", name="Building or digging"))
    assert "Hasan, 41" in tab.locator("main").inner_text()
    tab.get_by_role("button", name="Check for yourself").click()
    tab.locator(".check").wait_for()
    tab.wait_for_load_state("networkidle")
    sent = []
    tab.on("request", lambda request: sent.append(request.url))
    assert visible_advice(tab) == []
    assert tab.locator("[data-none]").is_visible()
    tick(tab, "danger")
    box, number = (tab.locator(name).first.bounding_box() for name in ("[data-leads=danger]", "[data-advice=danger] a"))
    assert 0 < number["y"] - box["y"] < 260, "the number is where the eye is"
    tab.keyboard.press("Space")
    tick(tab, "pay")
    tick(tab, "safety")
    assert visible_advice(tab) == ["safety", "pay"]
    assert tab.locator("[data-some]").is_visible()
    assert not tab.locator("[data-none]").is_visible()
    assert tab.locator("[data-advice=safety] a[href^='tel:']").count() >= 1
    tab.keyboard.press("Space")
    assert visible_advice(tab) == ["pay"]
    tab.wait_for_timeout(300)
    assert sent == []
    seen = {(url.removeprefix(served), title) for url, title in entries(tab)[1:]}
    assert seen == {("/", "Information")}
    tab.locator("main a.act").click()
    tab.locator("input[value=wages]").check()
    tab.locator("main form.form .act:not([data-quiet])").click()
    tab.locator(".entries").first.wait_for()
    assert "pay" not in "".join(sent)
    assert tab.locator(".entry").count() > 0
    tab.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_leaving_the_check_clears_its_ticks(browser, served, script):
    tab = new_page(browser, served, locale="en", java_script_enabled=script)
    tab.goto(BEFORE)
    to_the_check(tab)
    tick(tab, "body")
    tab.locator(".leave").click()
    tab.wait_for_url("**/weather")
    if script:
        go_back(tab)
        tab.wait_for_url(BEFORE)
    else:
        # Chromium offers to send the form again; whoever agrees sees the start.
        go_back(tab)
        tab.reload()
        assert tab.locator("h1").inner_text().startswith("Something at work")
        assert tab.locator("input[type=checkbox]:checked").count() == 0
    tab.context.close()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), pytest.param("id", "dark", marks=pytest.mark.long)])
def test_the_check_is_accessible_with_any_ticks(browser, served, language, scheme):
    tab = new_page(browser, served, locale=language, color_scheme=scheme)
    stopped, elsewhere = stopped_by_policy(tab), asked_elsewhere(tab, served)
    to_the_check(tab, language)
    for leads in ("", "danger", "body"):
        if leads:
            tick(tab, leads)
        for width in (320, 1280):
            tab.set_viewport_size({"width": width, "height": 780})
            assert faults(tab) == []
            assert not is_too_wide(tab)
    assert (stopped, elsewhere) == ([], [])
    tab.set_viewport_size({"width": 320, "height": 780})
    tab.evaluate("document.documentElement.dir = 'rtl'")
    assert not is_too_wide(tab)
    box = tab.locator("[data-leads=danger]").first.bounding_box()
    assert box["x"] > 160, "a box stands where its line begins"
    tab.emulate_media(media="print")
    assert tab.locator("[data-advice=danger]").is_visible()
    assert not tab.locator(".leave").is_visible()
    tab.context.close()
