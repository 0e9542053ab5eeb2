"""Esi uploads a file with other words and a question of her own, Oka confirms it, and the talk asks them."""

import json
from typing import Any

import pytest

from suar.screening.rules.data_files import load_set
from suar.screening.rules.question_changes import AddedQuestion, Changes, RewordedQuestion
from suar.screening.rules.question_file import write_file
from tests.screening.talks import AGREED, SAFE
from tests.stories.talks import answer, begin, up_to_consent
from tests.stories.walker import Walker

pytestmark = [pytest.mark.story, pytest.mark.long]
WATER = {"en": "Was there enough water?", "id": "Apakah air minumnya cukup?"}
PAY = {"en": "Was the pay as agreed?", "id": "Apakah upahnya sesuai janji?"}
CHILD = {"en": "Where did the money go?", "id": "Uangnya ke mana?"}
NEVER = {"en": "Can you prove it?", "id": ""}


def question_file(pay: dict[str, str]) -> Any:
    """Return a question file as a browser sends it."""
    added = AddedQuestion("OWN_1", "FREEDOM", WATER, sign="I_P_LIVING")
    file = write_file(load_set("short", 2), Changes(wording={"SG_PAID": RewordedQuestion(pay, CHILD)}, added=(added,)))
    return {"name": "questions.json", "mimeType": "application/json", "buffer": json.dumps(file).encode()}


def upload_questions(walker: Walker) -> None:
    """Upload a file, first with something that is never asked, and open the draft."""
    for pay in (NEVER, PAY):
        walker.go("/questions/import/short")
        walker.page.locator('input[type="file"]').set_input_files(question_file(pay))
        walker.go_on()
        faults = walker.page.locator("main [data-fault]").count()
        assert faults == (2 if pay == NEVER else 0)


def confirm_draft(walker: Walker) -> None:
    """Open the only draft that waits and put it in use."""
    walker.go("/questions")
    walker.press('main a[href*="/questions/draft/"]')
    walker.press('main button[value="use"]')


def to_the_prompts(walker: Walker) -> str:
    """Go on from the safety of a talk to its prompts, and read them."""
    up_to_consent(walker, SAFE)
    answer(walker, AGREED)
    walker.go_on()
    return str(walker.page.locator("main").text_content())


def test_an_organisation_changes_its_questions_and_reverts(opens: Any, story_language: str) -> None:
    ben, esi, oka = opens("ben"), opens("esi"), opens("oka")
    begin(ben, form="short")
    begun = ben.path()
    esi.go("/account")
    esi.press('main a[href="/questions"]')
    assert esi.path() == "/questions"
    upload_questions(esi)
    assert WATER[story_language] in esi.text()
    assert esi.page.locator('main button[value="use"]').count() == 0
    confirm_draft(oka)

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

    esi.go("/questions")
    esi.press('main form[action$="/shipped/short"] button')
    confirm_draft(oka)
    ben.go("/talk/papers/short")
    assert WATER[story_language] not in ben.text()
