"""A published copy in a browser: with script and without, with a network and without."""

import re

import pytest

from suar.core import clock
from suar.core.i18n import public_languages
from suar.demo import directory as invented
from suar.directory import catalogue
from suar.website.published.copy import build_index, load_copy, to_json
from tests.directory.entries import AT
from tests.website.publishing import built, hosted
from tests.website.typing import found_with, read_on_device, without_a_letter
from tests.website.watching import (
    asked_elsewhere,
    entries,
    faults,
    is_too_wide,
    press,
    stopped_by_policy,
)

pytestmark = [pytest.mark.story, pytest.mark.django_db, pytest.mark.long]
PHONE = {"width": 360, "height": 780}
BEFORE = "data:text/html,<title>before</title>before"
PLACE = "32.74"
STORED = """async () => [await caches.keys(), document.cookie, localStorage.length,
  (await navigator.serviceWorker.getRegistrations()).length,
  (await indexedDB.databases()).length, sessionStorage.length]"""
NOTHING = [[], "", 0, 0, 0, 0]
EVERYDAY = {
    "en": ("salary not paid", "they took my passport", "salery", "pregnant debt", "ship wages"),
    "id": ("gaji tidak dibayar", "paspor saya diambil", "hamil utang", "di kapal ikan", "TKI"),
}
MADE = {}


@pytest.fixture
def site(public_site, tmp_path):
    """Serve one place of the invented world; it is built once for all stories here."""
    if not MADE:
        with clock.shifted(AT - clock.now()):
            invented.load(at=clock.now())
        MADE.update(built(district=PLACE))
    with hosted(MADE, tmp_path) as address:
        yield address


def new_page(browser, site, **options):
    context = browser.new_context(base_url=site, viewport=PHONE, **{"locale": "en", **options})
    context.set_default_timeout(10_000)
    return context.new_page()


def heading(tab):
    return tab.locator("h1").inner_text()


def follow(tab, name):
    press(tab, tab.get_by_role("link", name=name).first)


def keep(tab):
    tab.goto("en-keep.html")
    tab.locator("select").select_option(PLACE)
    tab.locator("[data-do=keep]").click()
    tab.get_by_text("are kept on this phone").wait_for()


@pytest.mark.parametrize("language", ["en", "id"])
def test_without_script_somebody_reads_checks_and_finds(browser, site, language):
    tab = new_page(browser, site, java_script_enabled=False, locale=language)
    elsewhere = asked_elsewhere(tab, site)
    tab.goto(f"{language}.html")
    assert not tab.locator("[data-search]").is_visible()
    tab.locator(f'main a[href="{language}-about.html"]').click()
    tab.locator(f'a[href="{language}-read-5.html"]').click()
    tab.locator(f'a[href="{language}-read-0.html"]').click()
    tab.locator("[data-leads=pay]").first.check()
    assert tab.locator("[data-advice=pay]").is_visible()
    assert not tab.locator("[data-advice=body]").is_visible()
    tab.locator(f'main a[href="{language}.html"]').click()
    tab.locator(f'a[href="{language}-n-5.html"]').click()
    tab.locator(f'a[href="{language}-l-32-5-1.html"]').click()
    press(tab, tab.locator(".entry a[href*='-s-']").first)
    assert tab.locator("a[href^='tel:']").count() > 0
    press(tab, tab.locator(".leave"))
    assert tab.url.endswith(f"{language}-weather.html")
    assert elsewhere == []
    tab.context.close()


def test_stored_pages_work_offline_and_can_be_removed(browser, site):
    tab = new_page(browser, site)
    stopped, elsewhere = stopped_by_policy(tab), asked_elsewhere(tab, site)
    for name in ("en", "en-about", "en-read-0", f"en-p-{PLACE}", "en-phone", "en-keep"):
        tab.goto(f"{name}.html")
    assert tab.evaluate(STORED) == NOTHING, "before somebody asks for it"
    keep(tab)
    tab.context.set_offline(True)
    tab.goto("")
    follow(tab, "Is this happening to me?")
    follow(tab, "Building or digging")
    assert "Hasan, 41" in tab.locator("main").inner_text()
    follow(tab, "Check for yourself")
    tab.locator("[data-leads=pay]").first.check()
    assert tab.locator("[data-advice=pay]").is_visible()
    follow(tab, "Find help")
    tab.locator("#words").fill("lawyr")
    press(tab, tab.locator("[data-search] .entry a").first)
    assert tab.locator("a[href^='tel:']").count() > 0
    tab.goto(f"en-l-{PLACE}-0-1.html")
    follow(tab, tab.locator(".entry h2").first.inner_text())
    assert tab.locator(".sheet a[href^='tel:']").count() > 0
    tab.goto("")
    follow(tab, "West Java")
    assert heading(tab) == "Cirebon City", "the place that was kept in it"
    follow(tab, "A doctor or medicine")
    assert "Cirebon City" in tab.locator("main").inner_text()
    follow(tab, "I am ill or in pain")
    press(tab, tab.locator(".entry h2 a").first)
    assert tab.locator(".sheet a[href^='tel:']").count() > 0
    tab.goto("en-p-31.html")
    assert heading(tab) == "This page is not on your phone"
    tab.goto("en-keep.html")
    tab.locator("[data-do=remove]").click()
    tab.get_by_text("Nothing is kept on this phone.").wait_for()
    assert tab.evaluate(STORED) == NOTHING
    assert (stopped, elsewhere) == ([], [])
    tab.context.close()


def test_what_breaks_off_while_keeping_leaves_nothing(browser, site):
    tab = new_page(browser, site)
    tab.goto("en-keep.html")
    tab.route("**/en-read-7.html", lambda route: route.abort())
    tab.locator("[data-do=keep]").click()
    tab.get_by_text("That did not work. Nothing was kept.").wait_for()
    assert tab.evaluate(STORED) == NOTHING
    tab.context.close()


def test_words_are_searched_on_the_device_and_typing_errors_forgiven(browser, site):
    tab = new_page(browser, site)
    tab.goto("en.html")
    tab.locator("#words").focus()
    tab.wait_for_load_state("networkidle")
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    status, found = tab.locator("[data-search] [role=status]"), tab.locator(".entry")
    for typed in ("cirebon", "Cirebn", "icrebon", "CIRÉBON"):
        tab.locator("#words").fill(typed)
        status.get_by_text("Found:").wait_for()
        assert found.count() > 0, typed
    whole = found.count()
    tab.locator("#words").fill("yyyy zzzz")
    status.get_by_text("Nothing fits").wait_for()
    assert (found.count(), whole > 0, asked) == (0, True, [])
    assert "cirebon" not in tab.url
    tab.context.close()


def test_search_on_the_device_matches_the_server_in_every_language(browser, site):
    every = [public_language.code for public_language in public_languages()]
    places, groups = catalogue.places(), catalogue.groups()
    with clock.shifted(AT - clock.now()):
        invented.load(at=clock.now())
        filled = load_copy(every, day=clock.today())
        tab = new_page(browser, site)
        held = {"content_type": "application/json"}
        tab.route("**/en-index.json", lambda route: route.fulfill(**held))
        status, links = tab.locator("[data-search] [role=status]"), tab.locator(".entry h2 a")
        for language in every:
            held["body"] = to_json(build_index(filled, filled.services, language))
            tab.goto("en.html")
            here, need = places.label(PLACE, language), groups.label("HOUSING", language)
            told = EVERYDAY.get(language, ())
            for typed in (*told, here, without_a_letter(here), f"zzzz {here}"):
                words = read_on_device(typed, language)
                found = found_with(typed, words)
                tab.locator("#words").fill(typed)
                status.filter(has_text=re.compile(rf"^Found: {len(found)}$")).wait_for()
                shown = links.evaluate_all("every => every.map(each => each.getAttribute('href'))")
                assert shown == [f"en-s-{item}.html" for item in found[:10]] != [], typed
            beds = found_with(typed, words, needs=("HOUSING",))
            tab.locator("#words").fill(f"{need} {here}")
            status.filter(has_text=re.compile(r"^Found: \d+$")).wait_for()
            assert len(beds) <= links.count() < len(found), need
    tab.context.close()


def test_leaving_is_quick_and_the_history_names_the_start_alone(browser, site):
    tab = new_page(browser, site)
    tab.goto(BEFORE)
    tab.goto("en-read-9.html")
    follow(tab, "Check for yourself")
    follow(tab, "Find help")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    tab.wait_for_url("**/en-weather.html")
    assert {url.removeprefix(site) for url, _ in entries(tab)[2:]} <= {"en.html", "en-weather.html"}
    tab.go_back()
    tab.wait_for_url(BEFORE)
    tab.context.close()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("id", "dark")])
def test_pages_of_a_copy_are_accessible(browser, site, language, scheme):
    tab = new_page(browser, site, locale=language, color_scheme=scheme)
    stopped = stopped_by_policy(tab)
    for name in ("", "-n-5", "-p-32", "-m-32", "-m-national", f"-l-{PLACE}-0-1", "-keep", "-phone", "-others", "-away"):
        tab.goto(f"{language}{name}.html")
        if not name:
            tab.locator("#words").fill("cirebon")
            tab.locator("[data-search] .entry").first.wait_for()
        for width in (320, 1280):
            tab.set_viewport_size({"width": width, "height": 780})
            assert not is_too_wide(tab), name
        assert faults(tab) == [], name
    assert stopped == []
    tab.context.close()
