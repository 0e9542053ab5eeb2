"""What is typed into a form of a person survives a pause, another page, Leave now and a lost signal."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.stories.test_thread import talk_with_amina
from tests.stories.walker import Walker

pytestmark = pytest.mark.story
NOTE, MARKED = 'form[action$="/note"] [name=text]', 'form[action$="/note"] [data-draft-note]'
WORDS = "a sentence that nobody has saved"


def stored(walker: Walker, typed: str) -> None:
    """Type into the note and wait until the pause has stored it."""
    with walker.page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.status == 204):
        walker.page.locator(NOTE).fill(typed)


def test_typed_words_come_back_until_they_are_saved(opens: Callable[..., Walker]) -> None:
    ben = opens("ben")
    person = talk_with_amina(ben)
    ben.go(person)
    stored(ben, WORDS)
    ben.go(person)
    assert ben.page.locator(NOTE).input_value() == WORDS
    assert ben.page.locator(MARKED).is_visible()
    ben.page.locator(NOTE).fill(f"{WORDS}, and more")
    ben.page.locator(".leave button").click()
    ben.page.wait_for_url("**/weather")
    again = opens("ben")
    again.go(person)
    assert again.page.locator(NOTE).input_value() == f"{WORDS}, and more"
    browser_keeps = again.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert WORDS not in browser_keeps
    again.press('form[action$="/note"] button.act')
    again.go(person)
    assert again.page.locator(NOTE).input_value() == ""
    stored(again, "to be thrown away")
    again.go(person)
    with again.page.expect_navigation():
        again.page.locator(f"{MARKED} button").click()
    assert again.page.locator(NOTE).input_value() == ""
    assert again.page.locator(MARKED).count() == 0


def test_leaving_at_once_saves_what_was_typed_into_a_safety_plan_and_an_episode(opens: Callable[..., Walker]) -> None:
    ben = opens("ben")
    person = talk_with_amina(ben)
    for path, name, typed in (("safety/change", "what_to_do", WORDS), ("history/add", "start", "2019")):
        ben.go(f"{person}/{path}")
        ben.type(name, typed)
        ben.page.locator(".leave button").click()
        ben.page.wait_for_url("**/weather")
        ben = opens("ben")
        ben.go(f"{person}/{path}")
        assert ben.page.locator(f"main [name={name}]").input_value() == typed


def test_without_a_signal_the_draft_is_stored_when_it_is_back(opens: Callable[..., Walker]) -> None:
    ben = opens("ben")
    person = talk_with_amina(ben)
    ben.go(person)
    ben.page.context.set_offline(True)
    ben.page.locator(NOTE).fill(WORDS)
    with ben.page.expect_response(lambda answer: answer.url.endswith("/draft") and answer.status == 204):
        ben.page.context.set_offline(False)
    ben.go(person)
    assert ben.page.locator(NOTE).input_value() == WORDS


def test_the_browser_asks_before_text_in_no_draft_is_lost_but_not_somebody_who_leaves_at_once(
    opens: Callable[..., Walker],
) -> None:
    esi = opens("esi")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    esi.page.on("dialog", stay)
    esi.go("/community")
    esi.type("words", "about work at sea")
    esi.page.keyboard.press("Space")
    esi.page.locator(".bar nav a").first.click()
    esi.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert esi.path() == "/community"
    esi.page.keyboard.press("Escape")
    esi.page.keyboard.press("Escape")
    esi.page.wait_for_url("**/weather")
    assert asked == ["beforeunload"]
