"""Somebody says on a borrowed phone how the help was, complains, reads the answer and leaves."""

from collections import Counter
from typing import Any

import pytest

from tests.standing import Demonstration
from tests.stories.test_letters import (
    come_back,
    enter,
    phone,  # noqa: F401 - a fixture
    press,
    shown,
)
from tests.stories.test_thread import Opens
from tests.website.watching import entries

pytestmark = pytest.mark.story
WORDS, ANSWER = "Saya tidak boleh menelepon.", "Kami sudah bicara dengan rumah itu."


def tap(phone: Any, name: str, value: str) -> None:  # noqa: F811 - a fixture
    """Tap one answer."""
    box = phone.locator(f'main [name="{name}"][value="{value}"]')
    box.evaluate("box => box.scrollIntoView({block: 'center'})")
    box.check(force=True)


def choose_organisation(phone: Any) -> None:  # noqa: F811 - a fixture
    """Open the folded part and choose the organisation that it is about."""
    organisation = phone.locator('main [name="organisation"]')
    organisation.locator("xpath=ancestor::details/summary").click()
    organisation.select_option(index=1)


def look_in(opens: Opens) -> Any:
    """Let Nur look in: an organisation where nobody looked for two days takes nothing."""
    nur = opens("nur")
    nur.go("/feedback")
    return nur


@pytest.mark.long
def test_somebody_gives_feedback_and_reads_the_outcome(
    phone: Any,  # noqa: F811 - a fixture
    opens: Opens,
    demonstration: Demonstration,
) -> None:
    nur = look_in(opens)
    press(phone, "choose_stage")
    tap(phone, "stage", "SHELTER")
    press(phone, "give_feedback")
    _first_faces_say_their_words(phone)
    _no_answer_stands_alone_in_its_row(phone)
    press(phone, "send_feedback")
    assert phone.locator(".problems").is_visible(), "nothing was tapped yet"
    tap(phone, "FB_AS_RULES", "2")
    phone.locator('main [name="words"]').fill(WORDS)
    choose_organisation(phone)
    tap(phone, "kind", "pictures" if phone.script else "digits")
    press(phone, "send_feedback")
    code = shown(phone)
    enter(phone, code)
    press(phone, "check_code")
    _who_hears_answers(nur)
    come_back(phone, code)
    assert ANSWER in phone.locator("main").inner_text()
    phone.locator(".leave").click()
    phone.wait_for_url("**/weather")
    own = {
        url.removeprefix(demonstration.public) for url, _title in entries(phone) if url.startswith(demonstration.public)
    }
    assert own <= {"/", "/weather"}


def _first_faces_say_their_words(tab: Any) -> None:
    """See the words below the first faces, none of which is drawn like another."""
    rows = tab.locator(".taps[data-faces]")
    words = rows.first.locator("label span > span")
    for word, face in zip(words.all(), rows.first.locator("svg").all(), strict=True):
        below, above = word.bounding_box(), face.bounding_box()
        assert below["y"] >= above["y"] + above["height"] - 1
        assert below["width"] > 16 and below["x"] + below["width"] <= tab.viewport_size["width"]
    assert rows.nth(1).locator("svg").count() == words.count() == 6
    drawn = tab.locator(".things symbol[id^=f-] path").evaluate_all(
        "every => every.map(each => each.getAttribute('d'))"
    )
    assert len(set(drawn)) == 6


def _no_answer_stands_alone_in_its_row(tab: Any) -> None:
    """See the six answers in even rows on a wide screen."""
    size = tab.viewport_size
    tab.set_viewport_size({"width": 1280, "height": 800})
    tops = [label.bounding_box()["y"] for label in tab.locator(".taps[data-faces]").nth(1).locator("label").all()]
    assert set(Counter(tops).values()) in ({3}, {6})
    tab.set_viewport_size(size)


def test_a_complaint_is_hidden_from_the_organisation_concerned(
    phone: Any,  # noqa: F811 - a fixture
    opens: Opens,
) -> None:
    look_in(opens)
    press(phone, "choose_stage")
    press(phone, "complain")
    tap(phone, "complaint", "CP_FORCED")
    choose_organisation(phone)
    tap(phone, "kind", "none")
    press(phone, "send_complaint")
    assert phone.locator('main button[value$="/changed"]').is_visible()
    kartika = opens("kartika")
    kartika.go("/feedback")
    assert kartika.page.locator("#complaint").count() == 0


def _who_hears_answers(nur: Any) -> None:
    nur.go("/feedback")
    waiting = nur.page.locator('#feedback a[href^="/feedback/"]').all()
    for path in [str(item.get_attribute("href")) for item in waiting]:
        nur.go(path)
        if WORDS in nur.text():
            break
    nur.type("answer", ANSWER)
    nur.go_on()
    assert ANSWER in nur.text()
