"""On a phone that others use too, a worker signs in with codes printed on paper."""

from collections.abc import Callable

import pytest

from tests.standing import Demonstration
from tests.stories.test_thread import begin_a_talk
from tests.stories.walker import Walker

pytestmark = pytest.mark.story
Opens = Callable[..., Walker]


def test_a_sheet_code_signs_in_once(opens: Opens, demonstration: Demonstration) -> None:
    lia = opens("lia")
    lia.go("/account/codes")
    lia.type("password", demonstration.worker("lia")["password"])
    lia.go_on()
    first, second = (cell.split(".")[1] for cell in lia.page.locator("td").all_inner_texts()[:2])
    leave(lia)
    come_in(lia, demonstration, first)
    assert lia.path() == "/"
    begin_a_talk(lia)
    assert lia.path().endswith("/SAFE")
    leave(lia)
    come_in(lia, demonstration, first)
    assert lia.path().startswith("/sign-in"), "it was crossed out"
    come_in(lia, demonstration, second)
    assert lia.path() == "/"


def come_in(walker: Walker, demonstration: Demonstration, code: str) -> None:
    """Type name, password and a code of the sheet."""
    walker.go("/sign-in")
    walker.type("name", "lia")
    walker.type("password", demonstration.worker("lia")["password"])
    walker.type("code", code)
    walker.go_on()


def leave(walker: Walker) -> None:
    """Sign out."""
    walker.go("/account")
    walker.press('form[action="/sign-out"] button')
