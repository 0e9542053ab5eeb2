"""The person names who must never know: an office and the lead of the team, in the talk."""

from typing import Any

import pytest

from tests.standing import Demonstration
from tests.stories.test_thread import (
    CLINIC,
    LEGAL_AID,
    Opens,
    ended,
    name_needs,
    up_to_the_end,
)
from tests.stories.walker import Walker

pytestmark = pytest.mark.story
OTHER, WORDS = "Sri Rekaan", "saudara agen"


def finds(walker: Walker, name: str) -> bool:
    """Say whether somebody is found by a name."""
    walker.go("/find")
    walker.type("name", name)
    walker.go_on()
    found = walker.page.locator('main .list a[href^="/people/"]')
    return bool(found.filter(has_text=name).count())


def test_an_excluded_office_finds_nothing(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    up_to_the_end(ben)
    ben.type("name", OTHER)
    ben.tap("exclude", "on")
    ben.type("exclude_search", "Pelita")
    ben.press('button[name="go"][value="find"]')
    assert OTHER in str(ben.page.locator('main [name="name"]').input_value()), "nothing typed is lost"
    for name in ("exclude_providers", "exclude_workers"):
        first = ben.page.locator(f'main label:has(input[name="{name}"])')
        wanted = first.filter(has_text="Pelita" if name == "exclude_providers" else "Esi").first
        ben.tap(name, str(wanted.locator("input").get_attribute("value")))
    ben.type("exclude_words", WORDS)
    person = ended(ben)
    ben.go(person)
    assert WORDS not in ben.text(), "nobody reads it over a shoulder"
    ben.page.locator("#must-not-know summary").click()
    assert WORDS in ben.text()
    ben.go(f"{person}/options")
    the_list_holds(ben, person)
    assert finds(ben, OTHER)
    assert not finds(opens("esi"), OTHER)


def the_list_holds(ben: Walker, person: str) -> None:
    """The body is not among the services that fit, and its address is not there."""
    name_needs(ben)
    asked = [f'a[href="{person}/options/{service}"]' for service in (LEGAL_AID, CLINIC)]
    found = [ben.page.locator(item).count() for item in asked]
    assert found == [0, 1], "the other one is the control"
    answer: Any = ben.page.request.get(f"{ben.demonstration.staff}{person}/options/{LEGAL_AID}")
    assert answer.status == 404
