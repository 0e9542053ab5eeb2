"""The pictures of the handbook, which the lives take when `HANDBOOK_PICTURES` names a language: en or id.

    HANDBOOK_PICTURES=en ./suar test tests/stories/test_life_domestic_worker.py tests/stories/test_life_fisherman.py \
        tests/stories/test_life_returning_man.py

Each is stored as docs/handbook/pictures/NAME-LANGUAGE.png, as wide as a phone, in few colours.
"""

import io
import os
from enum import StrEnum

from PIL import Image

from tests.stories.walker import Walker
from tools.places import ROOT

PLACE = ROOT / "docs" / "handbook" / "pictures"
LANGUAGE = os.environ.get("HANDBOOK_PICTURES", "")
WIDTH_PX, HEIGHT_PX, COLOURS = 360, 780, 48
TAKEN: set[str] = set()
SCROLL = """at => {
  const place = at ? document.querySelector(at) : null;
  window.scrollTo(0, place ? place.getBoundingClientRect().top + window.scrollY - 16 : 0);
}"""


class Picture(StrEnum):
    """What the handbook shows, by the name of the file."""

    SIGN_IN = "sign-in"
    MY_DAY = "my-day"
    WEEK = "week-by-code"
    TALK = "talk"
    TALK_CONSENT = "talk-consent"
    TALK_SIGNS = "talk-signs"
    OUTCOME = "outcome"
    OPTIONS = "options"
    CONSENT = "consent"
    SENT = "what-they-will-see"
    REQUEST = "request-for-help"
    PERSON = "person"
    FACTS = "facts"
    DO_NOT = "do-not"
    PROGRESS = "progress"
    RATING = "rating"
    PLAN = "plan"
    PLAN_PAPER = "plan-on-paper"
    OFFERS = "offers"
    DECLINE = "decline"
    OFFER_AGAIN = "offer-again"
    FOLLOW_UP = "follow-up"
    FOLLOW_UPS = "follow-ups-over-years"
    MISSING = "missing"
    FAMILY = "family"
    CIRCLE = "circle-for-relatives"
    DOCUMENTS = "documents"
    SAFE_SENTENCE = "safe-sentence"
    PERSONS_COPY = "persons-copy"
    SUMMARY = "summary-by-code"
    QUESTIONS = "questions"
    HAND_OVER = "hand-over"
    CLOSING = "closing"
    SECOND_PERSON = "second-person"
    CLOSED = "closed"


def take(walker: Walker, picture: Picture, *, at: str = "") -> None:
    """Store what a worker sees, from a place of the page on, if pictures are asked for; the first one counts."""
    if not LANGUAGE or picture in TAKEN:
        return
    TAKEN.add(picture)
    page, size = walker.page, walker.page.viewport_size
    page.set_viewport_size({"width": WIDTH_PX, "height": HEIGHT_PX})
    page.evaluate(SCROLL, at)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size(size)
    PLACE.mkdir(parents=True, exist_ok=True)
    taken.quantize(COLOURS).save(PLACE / f"{picture}-{LANGUAGE}.png", optimize=True)
