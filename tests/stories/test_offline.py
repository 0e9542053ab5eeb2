"""The network is gone in the middle of a talk: nothing is sent, and nothing tapped is lost."""

from collections.abc import Callable

import pytest

from tests.screening.talks import FULL_SAFE
from tests.stories.talks import answer
from tests.stories.walker import Walker

pytestmark = pytest.mark.story
ON = "main form button.act:not([data-quiet])"
NOTE, PICKED = "[data-no-signal]", '[name="n-ND_CALL"]'
SLOW_LINE = "Object.defineProperty(navigator, 'connection', {value: {effectiveType: '2g'}})"


def at_the_needs(ben: Walker) -> Walker:
    """Come to the second step of a full talk and tap."""
    ben.go("/talk")
    ben.choose("place", "VILLAGE_OFFICE")
    ben.press(ON)
    ben.press('button[name="form"][value="full"]')
    answer(ben, FULL_SAFE)
    ben.press(ON)
    ben.tap("n-ND_CALL", "YES")
    return ben


def stays(ben: Walker) -> None:
    """Press on, and stand on the same page with what was tapped."""
    path = ben.path()
    ben.page.locator(ON).first.click()
    ben.page.locator(NOTE).wait_for(state="visible")
    assert ben.path() == path
    assert ben.page.locator(PICKED).is_checked()


def test_without_network_the_page_stays_and_continues_later(
    opens: Callable[..., Walker],
) -> None:
    ben = at_the_needs(opens("ben"))
    ben.page.context.set_offline(True)
    stays(ben)
    ben.page.context.set_offline(False)
    ben.page.locator(NOTE).wait_for(state="hidden")
    ben.press(ON)
    assert ben.path().endswith("/AGE")


@pytest.mark.long
def test_a_request_without_an_answer_loses_nothing(opens: Callable[..., Walker]) -> None:
    first = opens("ben")
    first.page.add_init_script(SLOW_LINE)
    ben, sent = at_the_needs(first), []
    ben.page.on("request", lambda each: sent.append(each.method))
    ben.page.route("**/weather", lambda route: route.abort())
    stays(ben)
    assert "POST" not in sent
    ben.page.unroute("**/weather")
    ben.press(ON)
    assert ben.path().endswith("/AGE")
    assert sent.count("POST") == 1


@pytest.mark.long
def test_quick_exit_works_without_network(opens: Callable[..., Walker]) -> None:
    ben = at_the_needs(opens("ben"))
    ben.page.context.set_offline(True)
    ben.page.locator(".leave button").click()
    ben.page.wait_for_function("!document.querySelector('main')")
    assert not ben.page.url.startswith(ben.demonstration.staff)
