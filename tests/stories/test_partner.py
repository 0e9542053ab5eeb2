"""A worker asks a partner for a second opinion; the answer comes back with a role and an organisation."""

import pytest

from tests.stories.test_thread import NAME, Opens, ended, up_to_the_end

pytestmark = [pytest.mark.story, pytest.mark.long]
SAID = "Tanyakan lagi soal paspor."
AGAIN = {"en": "We would reconsider it", "id": "Kami akan mempertimbangkannya lagi"}
ROLE = {"en": "Social worker", "id": "Pekerja sosial"}


def test_a_partner_reads_codes_and_answers(opens: Opens, story_language: str) -> None:
    ben, jaya = opens("ben"), opens("jaya")
    up_to_the_end(ben)
    ben.tap("outcome", "POSSIBLE_AT_RISK")
    ben.tap("reason", "RS_OTHER_CAUSE")
    ben.tap("exclude", "no")
    person = ended(ben)
    ben.go(person)
    ben.press('main a[href$="/partner"]')
    assert NAME not in ben.text(), "they see no name"
    ben.tap("partner")
    ben.go_on()
    assert ben.page.locator('button[value="take_back"]').count() == 1

    jaya.go("/")
    jaya.press('main a[href="/inbox/opinions"]')
    waits = 'main a[href^="/inbox/opinions/"]'
    before = jaya.page.locator(waits).count()
    jaya.page.locator(waits).last.evaluate("link => link.setAttribute('data-mine', '')")
    jaya.press("main a[data-mine]")
    assert NAME not in jaya.text()
    assert "Tim Desa" not in jaya.text()
    jaya.tap("answer", "PARTNER_LOOK_AGAIN")
    jaya.tap("reason", "TOO_LITTLE_ASKED")
    jaya.type("words", SAID)
    jaya.go_on()
    assert jaya.page.locator(waits).count() == before - 1

    ben.go(person)
    for shown in (AGAIN[story_language], ROLE[story_language], SAID):
        assert shown in ben.text()
    assert "Jaya" not in ben.text()
