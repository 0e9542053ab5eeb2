"""A visitor without script, in four languages, from reading to deleting what they wrote.

Each page has its way out in reach, and out of those that say most somebody leaves for good: whoever
presses Back afterwards, and even lets the browser send the form again, finds the start.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from suar.website import texts
from tests.standing import Demonstration
from tests.stories.test_letters import (
    ANSWER,
    WORDS,
    answer_as_the_team,
    enter,
    press,
    shown,
)
from tests.stories.test_thread import Opens
from tests.stories.walker import travel
from tests.website.foreign import left_over
from tests.website.watching import entries, go_back

pytestmark = pytest.mark.story
OURS = ("en", "id")
LANGUAGES = ["en", *(pytest.param(item, marks=pytest.mark.long) for item in ("id", "km", "ar"))]
SIZE = {"width": 360, "height": 780}


@pytest.fixture(params=LANGUAGES)
def phone(request: Any, browser: Any, demonstration: Demonstration) -> Iterator[Any]:
    """Yield a narrow phone whose browser asks for the language, at the first page.

    Stories share one machine: after an hour nobody counts how often it asked before.
    """
    travel(demonstration, seconds=75 * 60)
    context = browser.new_context(
        locale=request.param, viewport=SIZE, java_script_enabled=False, base_url=demonstration.public
    )
    context.set_default_timeout(15_000)
    phone = context.new_page()
    phone.script, phone.language, phone.foreign, phone.own = False, request.param, [], demonstration.public
    phone.goto("/")
    yield phone
    assert len(phone.foreign) > 15, "every page was looked at"
    assert [words for words in phone.foreign if words] == []
    assert context.cookies() == []
    context.close()


def test_somebody_reads_checks_finds_asks_comes_back_and_deletes(phone: Any, opens: Opens) -> None:
    assert phone.locator("html").get_attribute("lang") == phone.language
    _reads_and_checks(phone)
    _finds_help(phone)
    chioma = opens("chioma")
    chioma.go("/letters")
    code = _asks(phone)
    answer_as_the_team(chioma)
    _come_back(phone, code)
    assert ANSWER in phone.locator("main").inner_text()
    _leaves(phone, ANSWER)
    _come_back(phone, code)
    _press(phone, "confirm_delete")
    _leaves(phone, 'value="delete"')
    _come_back(phone, code)
    _press(phone, "confirm_delete")
    _press(phone, "delete")
    _come_back(phone, code)
    assert phone.locator(".problems").is_visible()
    assert ANSWER not in phone.content()


def _reads_and_checks(phone: Any) -> None:
    """Go from the start to a page about building, and tick two boxes: nothing is sent."""
    _follow(phone, f'main button[value="/{phone.language}/about"]')
    _follow(phone, f'main button[value="/{phone.language}/read/5"]')
    assert _of_page_five(phone.language) in phone.locator("main").inner_text()
    _leaves(phone, _of_page_five(phone.language))
    _follow(phone, "main button[name=check]")
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url))
    for leads in ("pay", "danger"):
        phone.locator(f"[data-leads={leads}]").first.check(force=True)
    told = [item.get_attribute("data-advice") for item in phone.locator("[data-advice]:visible").all()]
    assert told == ["danger", "pay"]
    assert phone.locator("[data-advice=danger] a[href='tel:129']").get_attribute("dir") == "ltr"
    assert sent == []
    _leaves(phone, "data-leads")


def _finds_help(phone: Any) -> None:
    """Choose a need and a district, open a service that fits."""
    phone.goto("/")
    phone.locator("input[value=wages]").check(force=True)
    phone.locator("select[name=place]").select_option("32.74")
    _follow(phone, "main form.form .act:not([data-quiet])")
    assert phone.locator(".entry .why li").count() > 0
    _follow(phone, ".entry .plain")
    translated = phone.locator("h1[lang=en][dir=ltr]").count() == 0
    assert translated is (phone.language in OURS), "nobody translated the entry"
    assert phone.locator("main dd a[href^='tel:'][dir=ltr]").count() > 0
    _leaves(phone, phone.locator("h1").inner_text())


def _asks(phone: Any) -> list[tuple[str, str]]:
    """Write a letter and give the code that came for it, typed back."""
    phone.goto("/")
    _press(phone, "ask")
    kinds = phone.locator('main input[name="kind"]').count()
    assert phone.language in OURS or kinds == 3, "no words of another language"
    phone.locator('main [name="words"]').fill(WORDS)
    phone.locator('main input[name="kind"][value="digits"]').check(force=True)
    _press(phone, "send")
    code = shown(phone)
    enter(phone, code)
    _press(phone, "check_code")
    _leaves(phone, phone.locator("h1").inner_text())
    return code


def _of_page_five(language: str) -> str:
    """Return the first line of the page about building."""
    return texts.load_words(language).words["building.lead"]


def _leaves(phone: Any, said: str) -> None:
    """Leave from this page, press Back, and even let the form be sent again: the start is there."""
    phone.locator(".leave").click()
    phone.wait_for_url("**/weather")
    own = {url.removeprefix(phone.own) for url, _ in entries(phone) if url.startswith(phone.own)}
    assert own <= {"/", "/weather"}, "the history names the start only"
    go_back(phone)
    phone.reload()
    assert said not in phone.content()
    assert phone.locator(".needs").is_visible()


def _look(phone: Any) -> None:
    """See that the way out is in reach, and that nothing is said in another language."""
    box, way = phone.locator(".leave").bounding_box(), phone.locator(".leave").get_attribute("href")
    assert (way, box["y"] + box["height"]) == ("/weather", SIZE["height"])
    assert box["height"] >= 44
    assert box["width"] == SIZE["width"]
    left = [] if phone.language in OURS else left_over(phone.content())
    phone.foreign.append(left)


def _follow(phone: Any, selector: str) -> None:
    with phone.expect_event("load"):
        phone.locator(selector).first.click()
    _look(phone)


def _press(phone: Any, do: str) -> None:
    press(phone, do)
    _look(phone)


def _come_back(phone: Any, code: list[tuple[str, str]]) -> None:
    phone.goto("/")
    _press(phone, "enter_code")
    enter(phone, code)
    _press(phone, "read")
