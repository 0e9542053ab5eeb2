"""Esi words a question anew and adds one; the talk and the paper after that have them."""

from typing import Any

import pytest

from tests.stories.talking import AGREED, SAFE, answer, begin, up_to_consent
from tests.stories.walking import Walker

pytestmark = pytest.mark.story
WATER = {"en": "Was there enough water?", "id": "Apakah air minumnya cukup?"}
PAY = {"en": "Was the pay as agreed?", "id": "Apakah upahnya sesuai janji?"}
NEVER = {"text_en": "Can you prove it?", "text_id": ""}


def draft_a_question(walker: Walker) -> None:
    """Word a question anew, first as it is never asked, and add one; stands at the draft."""
    walker.press('main a[href$="/SG_PAID"]')
    for name, typed in NEVER.items():
        walker.type(name, typed)
    walker.go_on()
    assert walker.page.locator("main .wrong").count() == len(NEVER)
    assert walker.page.locator('main [name="text_en"]').input_value() == NEVER["text_en"]
    for language, typed in PAY.items():
        walker.type(f"text_{language}", typed)
    walker.go_on()
    walker.press('main a[href$="/new/FREEDOM"]')
    for language, typed in WATER.items():
        walker.type(f"text_{language}", typed)
    walker.choose("sign", "I_P_LIVING")
    walker.go_on()


def to_the_prompts(walker: Walker) -> str:
    """Go on from the safety of a talk to its prompts, and read them."""
    up_to_consent(walker, SAFE)
    answer(walker, AGREED)
    walker.go_on()
    return str(walker.page.locator("main").text_content())


def test_a_house_words_its_questions_and_goes_back(opens: Any, story_language: str) -> None:
    ben, esi = opens("ben"), opens("esi")
    begin(ben, form="short")
    begun = ben.path()
    esi.go("/account")
    esi.press('main a[href="/questions"]')
    esi.press('main button[name="form"][value="short"]')
    draft_a_question(esi)
    esi.press('main a[href$="/use"]')
    assert WATER[story_language] in esi.text()
    esi.go_on()

    prompts = to_the_prompts(ben)
    assert PAY[story_language] not in prompts, "the talk that had begun keeps its words"
    begin(ben, form="short", place="HEALTH_FACILITY")
    assert ben.path() != begun
    prompts = to_the_prompts(ben)
    assert PAY[story_language] in prompts
    assert WATER[story_language] in prompts
    asked = ben.page.locator('main input[name^="q-OWN_"]').first.get_attribute("name")
    ben.tap(asked, "YES")
    ben.tap(asked.replace("q-", "s-"), "I_P_LIVING")
    ben.go_on()
    ben.go_on()
    assert WATER[story_language] in str(ben.page.locator("main").text_content())
    ben.go("/talk/papers/short")
    assert WATER[story_language] in ben.text()

    esi.go("/questions/shipped/short")
    esi.go_on()
    ben.go("/talk/papers/short")
    assert WATER[story_language] not in ben.text()
