"""The keyboard story would notice a place that Tab skips, and one that nobody sees."""

from typing import Any

import pytest

from tests.standing import Demonstration
from tests.stories.walker import Walker

pytestmark = [pytest.mark.story, pytest.mark.long]
AT = "main [name=password]"


@pytest.fixture
def walker(page: Any, demonstration: Demonstration) -> Walker:
    """Stand before the staff door with a keyboard."""
    found = Walker(page, demonstration, keys_only=True)
    found.go("/sign-in")
    return found


def test_tab_reaches_an_element_and_returns(walker: Walker) -> None:
    walker.type("password", "lentera")
    walker.type("name", "ben")
    assert walker.page.locator(AT).input_value() == "lentera"
    assert walker.page.locator("main [name=name]").input_value() == "ben"


@pytest.mark.parametrize("change", ["part.tabIndex = -1", "part.disabled = true"])
def test_an_element_that_tab_skips_is_not_reached(walker: Walker, change: str) -> None:
    walker.page.locator(AT).evaluate(f"part => {{ {change} }}")
    with pytest.raises(AssertionError, match="Tab does not lead"):
        walker.type("password", "lentera")


def test_a_button_that_tab_skips_is_not_pressed(walker: Walker) -> None:
    button = "main form button.act:not([data-quiet])"
    walker.page.locator(button).first.evaluate("part => { part.tabIndex = -1 }")
    with pytest.raises(AssertionError, match="Tab does not lead"):
        walker.press(button)


def test_an_invisible_element_is_not_reached(walker: Walker) -> None:
    # Set as a page's own sheet would; the policy stops a style that stands in the page.
    walker.page.locator(AT).evaluate("part => { part.style.outlineStyle = 'none' }")
    with pytest.raises(AssertionError, match="nobody sees"):
        walker.type("password", "lentera")
