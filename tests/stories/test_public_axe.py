"""A visitor with script goes to every kind of page in Khmer and Arabic, and axe finds nothing."""

from typing import Any

import pytest

from bench.access_walk import walk
from tests.standing import Demonstration
from tests.stories.page_checks import NARROW_PX
from tests.stories.test_thread import Opens
from tests.stories.walker import travel
from tests.website.watching import asked_elsewhere, faults, is_too_wide, stopped_by_policy

pytestmark = [pytest.mark.story, pytest.mark.long]
LOOKS = [("km", "light"), ("ar", "dark")]
ELSEWHERE = {
    "front",
    "front, all unfolded",
    "about",
    "read/5",
    "read/11",
    "read/12",
    "others",
    "phone",
    "changed",
    "an address that is not there",
    "found",
    "service",
    "the neutral page after leaving",
}
"""Pages of which tests/website/test_public_pages.py sees that nobody stumbles on them."""
MUST = {
    "check, two ticked",
    "wrong, told",
    "read/1, what can be heard",
    "booklets",
    "ask",
    "code in pictures",
    "code in digits",
    "come back with pictures",
    "letters",
    "delete?",
    "deleted",
    "say, of a stage",
    "complain",
    "complained",
}


@pytest.mark.parametrize(("language", "scheme"), LOOKS, ids=["khmer", "arabic, dark"])
def test_every_public_page_passes_axe_in_khmer_and_arabic(
    browser: Any, demonstration: Demonstration, opens: Opens, language: str, scheme: str
) -> None:
    travel(demonstration, seconds=75 * 60)  # after an hour nobody counts how often it asked before
    for worker, desk in (("chioma", "/letters"), ("nur", "/feedback")):
        opens(worker).go(desk)  # a desk where nobody looked for two days takes nothing
    context = browser.new_context(
        locale=language,
        color_scheme=scheme,
        base_url=demonstration.public,
        reduced_motion="reduce",
        viewport={"width": NARROW_PX, "height": 780},
    )
    context.set_default_timeout(15_000)
    tab = context.new_page()
    stopped, elsewhere = stopped_by_policy(tab), asked_elsewhere(tab, demonstration.public)
    seen, found = set(), []
    for page in walk(tab, language):
        if page in ELSEWHERE:
            continue
        seen.add(page)
        assert tab.locator("html").get_attribute("lang") == language
        found += [f"{page}: {fault}" for fault in faults(tab)]
        found += [f"{page}: scrolls sideways"] if is_too_wide(tab) else []
    assert found == []
    assert MUST - seen == set()
    assert (stopped, elsewhere) == ([], [])
    context.close()
