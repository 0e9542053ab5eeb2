"""How long a talk is: its pages, its taps, and the height of each page on a small phone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.screening.talks import AGREED, FULL_SAFE
from tests.stories.talks import answer, begin, up_to_consent
from tests.stories.walker import Walker

pytestmark = pytest.mark.story
TWO_HEIGHTS = 2 * 640
PAGES, TAPS = 7, 20
ALL_WELL = 'button[name="go"][value="well"]'
TOLD = {"SG_ARRANGED": "I_A_RECRUIT", "SG_DEBT": "I_M_DEBT", "SG_WORK": "I_P_HOURS"}


class Counter:
    """Counts the pages and the taps of a talk."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.taps, self.heights = walker, 0, {}
        walker.page.set_viewport_size({"width": 360, "height": 640})

    def look(self) -> None:
        """Count a page and measure it as it opens."""
        self.heights[self.walker.path()] = self.walker.page.evaluate("document.documentElement.scrollHeight")

    def too_high(self) -> dict[str, int]:
        """Return the pages that are higher than two screens of a small phone."""
        return {path: height for path, height in self.heights.items() if height > TWO_HEIGHTS}

    def tap(self, *names: tuple[str, str]) -> None:
        """Tap answers."""
        for name, value in names:
            self.walker.tap(name, value)
            self.taps += 1

    def press(self, selector: str = "main form button.act:not([data-quiet])") -> None:
        """Press a button and look at the next page."""
        self.walker.press(selector)
        self.taps += 1
        self.look()


@contextmanager
def counting(walker: Walker, form: str) -> Iterator[Counter]:
    """Begin a talk and print at its end what it took."""
    counter = Counter(walker)
    begin(walker, form=form)
    counter.look()
    yield counter
    print(f"{form}: {len(counter.heights)} pages, {counter.taps} taps, {counter.heights}")  # noqa: T201 - the figures


def test_a_short_talk_with_signs_on_three_themes_takes_seven_pages_and_twenty_taps(
    opens: Callable[..., Walker],
) -> None:
    with counting(opens("ben"), "short") as talk:
        talk.press(ALL_WELL)
        talk.tap(("age-band", "ADULT"))
        talk.press("#needs-all-asked")
        talk.press(ALL_WELL)
        while "/SIGNS" in talk.walker.path():
            for code, kind in TOLD.items():
                if talk.walker.page.locator(f'input[name="q-{code}"]').count():
                    talk.tap((f"q-{code}", "YES"), (f"s-{code}", kind))
            talk.press('button[name="go"][value="none"]')
        assert talk.walker.path().endswith("/outcome")
        talk.tap(("outcome", "PRESUMED_VICTIM"), ("keep", "no"))
        assert len(talk.heights) <= PAGES
        assert talk.taps < TAPS, "and one to end it"
        assert talk.too_high() == {}


def test_each_page_of_a_full_talk_fits_two_screens_of_a_small_phone(opens: Callable[..., Walker]) -> None:
    with counting(opens("ben"), "full") as talk:
        up_to_consent(talk.walker, FULL_SAFE, on=talk.look)
        answer(talk.walker, AGREED)
        talk.press()
        while "/SIGNS" in talk.walker.path():
            talk.press('button[name="go"][value="none"]')
        assert len([path for path in talk.heights if "/SIGNS" in path]) >= 7
        assert talk.too_high() == {}
