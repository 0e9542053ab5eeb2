"""A visitor without script, in Khmer and in Arabic, from reading to deleting what they wrote."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.doors.foreign import left_over
from tests.standing import House
from tests.stories.test_letters import (
    ANSWER,
    WORDS,
    answer_as_the_team,
    come_back,
    enter,
    press,
    shown,
)
from tests.stories.test_thread import Opens
from tests.stories.walking import travel

pytestmark = pytest.mark.story
TOLD = {"km": "ហាសាន់ អាយុ 41", "ar": "حسن، 41"}


@pytest.fixture(params=["km", "ar"], ids=["khmer", "arabic"])
def phone(request: Any, browser: Any, house: House) -> Iterator[Any]:
    """Give a narrow phone whose browser asks for the language, at the first page.

    Stories share one machine: after an hour nobody counts how often it asked before.
    """
    travel(house, seconds=75 * 60)
    context = browser.new_context(
        locale=request.param, viewport={"width": 360, "height": 780},
        java_script_enabled=False, base_url=house.public,
    )  # fmt: skip
    context.set_default_timeout(15_000)
    phone = context.new_page()
    phone.script, phone.language, phone.foreign = False, request.param, []
    phone.goto("/")
    yield phone
    assert len(phone.foreign) > 10, "every page was looked at"
    assert [words for words in phone.foreign if words] == []
    assert context.cookies() == []
    context.close()


def test_somebody_from_abroad_reads_checks_finds_asks_and_deletes(
    phone: Any, opens: Opens, house: House
) -> None:
    assert phone.locator("html").get_attribute("lang") == phone.language
    _reads_and_checks(phone)
    _finds_help(phone)
    chioma = opens("chioma")
    chioma.go("/letters")
    phone.goto("/")
    _press(phone, "ask")
    assert phone.locator('main input[name="kind"]').count() == 3, "no words of another language"
    phone.locator('main [name="words"]').fill(WORDS)
    phone.locator('main input[name="kind"][value="digits"]').check(force=True)
    _press(phone, "send")
    code = shown(phone)
    enter(phone, code)
    _press(phone, "kept")
    answer_as_the_team(chioma)
    _come_back(phone, code)
    assert ANSWER in phone.locator("main").inner_text()
    _press(phone, "ask_to_take_away")
    _press(phone, "take_away")
    _come_back(phone, code)
    assert phone.locator(".problems").is_visible()
    assert ANSWER not in phone.content()


def _reads_and_checks(phone: Any) -> None:
    """Go from the start to a page about building, and tick two boxes: nothing is sent."""
    _follow(phone, f'main a[href="/{phone.language}/about"]')
    _follow(phone, f'main a[href="/{phone.language}/read/5"]')
    assert TOLD[phone.language] in phone.locator("main").inner_text()
    _follow(phone, "main button[name=check]")
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url))
    for leads in ("pay", "danger"):
        phone.locator(f"[data-leads={leads}]").first.check(force=True)
    told = [each.get_attribute("data-told") for each in phone.locator("[data-told]:visible").all()]
    assert told == ["danger", "pay"]
    assert phone.locator("[data-told=danger] a[href='tel:129']").get_attribute("dir") == "ltr"
    assert sent == []


def _finds_help(phone: Any) -> None:
    _follow(phone, "main a.act")
    phone.locator("input[value=wages]").check(force=True)
    _follow(phone, "main form.form .act:not([data-quiet])")
    assert phone.locator(".entry .why li").count() > 0
    _follow(phone, ".entry .plain")
    assert phone.locator("div[lang=en][dir=ltr] h1").count() == 1, "nobody translated the entry"
    assert phone.locator("main dd a[href^='tel:'][dir=ltr]").count() > 0


def _follow(phone: Any, selector: str) -> None:
    with phone.expect_event("load"):
        phone.locator(selector).first.click()
    phone.foreign.append(left_over(phone.content()))


def _press(phone: Any, do: str) -> None:
    press(phone, do)
    phone.foreign.append(left_over(phone.content()))


def _come_back(phone: Any, code: list[tuple[str, str]]) -> None:
    come_back(phone, code)
    phone.foreign.append(left_over(phone.content()))
