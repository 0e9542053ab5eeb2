"""The public pages in a browser: nothing to stumble over (axe), nothing from elsewhere (B20)."""

import pytest

from tests.website.watching import asked_elsewhere, faults, is_too_wide, stopped_by_policy

pytestmark = pytest.mark.story
CRISIS_LINE = "5e1f0000-0000-4000-8000-0000000d0004"
PAGES = ["", "changed", "about", "read/9", "read/11", "read/12", "others", "phone", f"s/{CRISIS_LINE}", "nothing"]
WIDTHS = [320, 1280]


LOOKS = [
    pytest.param(("en", "light"), id="english"),
    *(
        pytest.param((language, scheme), id=f"{language}, {scheme}", marks=pytest.mark.long)
        for language, scheme in (("id", "dark"), ("km", "light"), ("ar", "dark"))
    ),
]
OF_OURS = pytest.mark.parametrize("look", LOOKS[:2], indirect=True)


@pytest.fixture(params=LOOKS)
def look(request):
    return request.param


@pytest.fixture
def language(look):
    return look[0]


@pytest.fixture
def tab(look, browser, served):
    context = browser.new_context(locale=look[0], color_scheme=look[1], base_url=served)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.abroad = look in LOOKS[2:]
    page.stopped, page.elsewhere = stopped_by_policy(page), asked_elsewhere(page, served)
    yield page
    assert page.stopped == []
    assert page.elsewhere == []
    context.close()


def looks_right(tab):
    # Khmer and Arabic are looked at where room is scarce: the parts of a page are the same.
    for width in WIDTHS[:1] if tab.abroad else WIDTHS:
        tab.set_viewport_size({"width": width, "height": 780})
        assert faults(tab) == []
        assert not is_too_wide(tab)


@pytest.mark.parametrize("path", PAGES)
def test_reading_pages_are_accessible(tab, language, path):
    tab.goto(f"/{language}/{path}")
    looks_right(tab)


def test_the_search_is_accessible(tab, language):
    tab.goto(f"/{language}/")
    for more in tab.locator("details > summary").all():
        more.click()
    looks_right(tab)
    tab.locator("input[value=talk]").check()
    tab.locator("select[name=place]").select_option("31.71")
    tab.locator("main form.form .act").click()
    tab.locator(".entries").first.wait_for()
    looks_right(tab)
    tab.locator("main details > summary").first.click()
    looks_right(tab)
    tab.locator(".entry .plain").first.click()
    tab.locator(".card").wait_for()
    looks_right(tab)


def test_empty_results_are_accessible(tab, language):
    tab.goto(f"/{language}/")
    tab.locator("input[value=unsure]").check()
    tab.locator("form.form details > summary").first.click()
    for name, value in (("place", "SEA"), ("spoken", "rhg")):
        tab.locator(f"select[name={name}]").select_option(value)
    tab.locator("input[name=who][value=boy]").check()
    tab.locator("main form.form .act").click()
    tab.locator(".entries, .empty").first.wait_for()
    looks_right(tab)


def test_the_neutral_page_does_not_mention_this_site(tab):
    tab.goto("/weather")
    looks_right(tab)
    assert "suar" not in tab.content().lower()


@OF_OURS
def test_the_way_to_help_needs_only_a_keyboard(tab, language):
    tab.goto(f"/{language}/")
    tab.locator("input[value=talk]").focus()
    tab.keyboard.press("Space")
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('main form.form .act')"):
            break
    tab.keyboard.press("Enter")
    tab.locator(".entries").first.wait_for()
    assert tab.locator(".entry").count() > 0


@OF_OURS
def test_enter_in_the_field_for_words_searches_in_the_same_language(tab, language):
    tab.goto(f"/{language}/")
    tab.locator("input[name=text]").fill("shelter")
    tab.locator("input[name=text]").press("Enter")
    tab.locator(".entries, .empty").first.wait_for()
    assert tab.locator("html").get_attribute("lang") == language


@OF_OURS
def test_what_has_the_focus_is_never_behind_the_way_out(tab, language):
    tab.set_viewport_size({"width": 320, "height": 500})
    tab.goto(f"/{language}/")
    for _ in range(25):
        tab.keyboard.press("Tab")
        assert tab.evaluate(
            """() => {
              const at = document.activeElement.getBoundingClientRect();
              const leave = document.querySelector(".leave");
              if (document.activeElement === leave || at.height === 0) return true;
              return at.top < leave.getBoundingClientRect().top;
            }"""
        )


@OF_OURS
def test_the_card_alone_is_printed(tab, language):
    tab.goto(f"/{language}/s/{CRISIS_LINE}")
    tab.emulate_media(media="print")
    assert tab.locator(".card").is_visible()
    for hidden in ("h1", ".bar", ".leave", ".facts"):
        assert not tab.locator(f"{hidden}:not(.card *)").first.is_visible()


def test_a_planted_fault_is_detected(browser, served):
    context = browser.new_context(locale="en", base_url=served)
    page = context.new_page()
    stopped, elsewhere = stopped_by_policy(page), asked_elsewhere(page, served)
    page.goto("/en/about")
    page.evaluate(
        """() => {
          const picture = document.createElement("img");
          picture.src = "http://127.0.0.1:9/x.png";
          document.querySelector("main").append(picture);
          document.body.setAttribute("style", "inline-size: 5000px");
        }"""
    )
    page.wait_for_timeout(300)
    assert [fault for fault in faults(page) if fault.startswith("image-alt")]
    assert len(stopped) >= 2
    assert elsewhere == ["http://127.0.0.1:9/x.png"]
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_languages_unfold_by_keyboard_without_script(browser, served, language):
    size = {"width": 320, "height": 480}
    context = browser.new_context(base_url=served, viewport=size, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"/{language}/phone")
    to_khmer, leave = tab.locator(".bar a[hreflang=km]"), tab.locator(".leave")
    assert not to_khmer.is_visible()
    tab.locator(".locales > summary").focus()
    tab.keyboard.press("Enter")
    assert to_khmer.is_visible()
    assert not is_too_wide(tab)
    assert leave.bounding_box()["y"] + leave.bounding_box()["height"] == size["height"]
    for item in tab.locator(".bar .locales :is(summary, a)").all():
        box = item.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    to_khmer.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/km/phone")
    assert not to_khmer.is_visible()
    context.close()
