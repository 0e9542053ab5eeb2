"""Two years of a fisherman abroad, helped by two organisations: what each role sees at each point.

Ben's team knows his family; Jaya's organisation claims his wages; Dan's clinic in the port answers by link.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.stories import lives
from tests.stories.handbook import Picture, take
from tests.stories.lives import ABSENT, Life, Sees
from tests.stories.test_thread import CLINIC
from tests.stories.walker import today

pytestmark = [pytest.mark.story, pytest.mark.life]
NAME, NUMBER, SHIP = "Bayu Rekaan", "000-0000-5528", "aboard Contoh Tiga, in port until May"
STORY, QUESTION, ANSWER = "The captain keeps his papers.", "Which day suits him?", "Sundays, in the port."
NOTE, MISSED = "Talked in the club. He coughs at night.", "The ship left in the night."
SECRETS = (NAME, NUMBER, SHIP, STORY, NOTE, MISSED)
NO_MESSAGES = {"id": "Jangan mengirim pesan", "en": "Do not send messages"}


@pytest.fixture
def story_language() -> str:
    """Walk this life in English."""
    return lives.life_language("en")


@pytest.fixture
def story_width_px() -> int:
    """Walk this life on a phone."""
    return 360


def test_a_fisherman_abroad_with_two_organisations(opens: Any, demonstration: Any, story_language: str) -> None:
    life = Life(opens, demonstration, story_language, SECRETS)
    life.pass_days(1)
    lives.confirm_directory(life)
    person, inbox, sent, link, code = two_organisations_are_asked(life)
    case = both_accept(life, person, inbox, link, code)
    they_ask_each_other(life, sent, case)
    he_is_lost_and_found(life, person, case)
    the_clinic_sees_no_more(life, person, case, link)
    another_clinic_from_the_case(life, person, case)
    it_happens_again(life, person, case)
    chioma_goes_on(life, person, case)
    he_leaves_the_country(life, person, case)


def two_organisations_are_asked(life: Life) -> tuple[str, str, str, str, str]:
    """Talk with him in the port office, and ask a legal aid, and a clinic that has no account, with his consent."""
    ben = life.worker("ben")
    person = lives.hold_talk(ben, name=NAME, number=NUMBER, story=STORY)
    lives.change_facts(ben, person, "contact", "no_messages", place=SHIP, hours="Sundays")
    sent = lives.ask_legal_aid(ben, person)
    ben.go(f"{person}/options/{CLINIC}")
    lives.agree(ben)
    link, code = str(ben.page.locator("#link").input_value()), ben.page.locator(".code").inner_text()
    inbox = f"/inbox/{sent.rsplit('/', 1)[1]}"
    life.expect(
        "asked",
        {
            "ben": {person: Sees(shows=(NAME, NUMBER, SHIP, NO_MESSAGES[life.language])), sent: Sees(hides=(NUMBER,))},
            "jaya": {inbox: Sees(hides=SECRETS), person: ABSENT},
            "kartika": {inbox: Sees(hides=SECRETS), person: ABSENT, "/team": Sees(hides=SECRETS)},
            "esi": {person: Sees(shows=(NAME,)), "/team": Sees(shows=(NAME,), hides=(NUMBER, SHIP, STORY))},
            "oka": {person: ABSENT, "/team": Sees(hides=SECRETS)},
        },
    )
    life.expect_outsiders_see_nothing("asked", person, sent, inbox, outsiders=("farid", "gita", "nur"))
    return person, inbox, sent, link, code


def both_accept(life: Life, person: str, inbox: str, link: str, code: str) -> str:
    """Both accept: each sees what he agreed to share, and neither sees the other."""
    dan = life.opens()
    dan.page.goto(link)
    assert NAME not in dan.text()
    dan.type("code", code)
    dan.press('main form:has(input[value="accept"]) button')
    for shared in (NAME, NUMBER, NO_MESSAGES[life.language]):
        assert shared in dan.text()
    assert STORY not in dan.text()
    jaya = life.worker("jaya")
    case = lives.accept(jaya, inbox.rsplit("/", 1)[1])
    jaya.press('form[action$="/arrived"] button')
    lives.change_facts(jaya, case, "name", name=NAME)
    lives.change_facts(jaya, case, "person", age="31")
    jaya.go(f"{case}/follow-up")
    assert jaya.page.locator('main input[name="way"][value="MESSAGE"]').count() == 0, "messages are not safe"
    jaya.go(f"{case}/messenger")
    assert jaya.page.locator('main input[name="sentence"]').count() == 0, "nor is a neutral sentence"
    both = Sees(shows=(NAME, NUMBER), hides=(STORY,))
    life.expect("accepted", {"jaya": {case: both}, "chioma": {case: both}, "ben": {case: ABSENT}})
    return case


def they_ask_each_other(life: Life, sent: str, case: str) -> None:
    """A question and its answer are for both sides alone, and name nobody."""
    ben, jaya = life.worker("ben"), life.worker("jaya")
    for typed in (f"Is {NAME} well?", QUESTION):
        ben.go(sent)
        lives.write_message(ben, typed)
    jaya.go(case)
    assert QUESTION in jaya.text()
    assert "well?" not in jaya.text(), "a message that names the person is not sent"
    lives.write_message(jaya, ANSWER)
    ben.go(sent)
    take(ben, Picture.QUESTIONS, at="#messages")
    life.expect(
        "asked each other",
        {
            "ben": {sent: Sees(shows=(QUESTION, ANSWER), hides=(NUMBER,))},
            "chioma": {case: Sees(shows=(QUESTION, ANSWER))},
            "farid": {sent: ABSENT, "/": Sees(hides=(QUESTION, ANSWER))},
        },
    )


def he_is_lost_and_found(life: Life, person: str, case: str) -> None:
    """Nobody answers on three days; he is missing, and the team is told by code; then he is found."""
    jaya = life.worker("jaya")
    lives.want_follow_ups(jaya, case, "FU_1M", "FU_6M", "FU_12M", "FU_24M")
    for pause in (26, 3, 3):
        life.pass_days(pause)
        lives.follow_up(life.worker("jaya"), case, "CALL", result="NOBODY")
    jaya = life.worker("jaya")
    jaya.press('form[action$="/follow-up"] button[value="FUR_NOT_REACHED"]')
    jaya.go(f"{case}/contact")
    jaya.press('main form:has(input[value="report_missing"]) button')
    take(jaya, Picture.MISSING)
    jaya.go(f"{case}/follow-up")
    assert jaya.page.locator('main button[value="FUR_REACHED"]').count() == 0, "no contact until he is found"
    chioma = life.worker("chioma")
    notice = chioma.page.locator(f'aside a[href="{case}/contact"]')
    assert notice.count() == 1
    assert NAME not in notice.inner_text(), "news for the team by code"
    life.expect(
        "missing",
        {
            "ben": {case: ABSENT, "/": Sees(hides=(MISSED,)), person: Sees(shows=(NAME,))},
            "kartika": {f"{case}/contact": Sees(shows=("Jaya",)), "/team": Sees(shows=(case,))},
            "farid": {f"{case}/contact": ABSENT},
        },
    )
    life.pass_days(40)
    jaya = life.worker("jaya")
    jaya.go(f"{case}/contact")
    jaya.page.locator('main form:has(input[value="record_found"]) [name="words"]').fill(MISSED)
    jaya.press('main form:has(input[value="record_found"]) button')
    lives.follow_up(jaya, case, "CALL", text=NOTE)
    life.expect("found", {"chioma": {case: Sees(shows=(NOTE,))}, "ben": {case: ABSENT, person: Sees(hides=(NOTE,))}})


def the_clinic_sees_no_more(life: Life, person: str, case: str, link: str) -> None:
    """He takes back what he agreed to with the clinic: its link opens nothing, and the other help goes on."""
    ben = life.worker("ben")
    ben.go(person)
    ben.press('.facts > div:has-text("Klinik") a[href*="/yes/"]:not([href$="/copy"])')
    ben.go_on()
    dan = life.opens()
    dan.page.goto(link)
    for secret in (*SECRETS, QUESTION):
        assert secret not in dan.page.content()
    life.expect(
        "withdrawn from one", {"jaya": {case: Sees(shows=(NAME, NUMBER))}, "ben": {person: Sees(shows=(NAME,))}}
    )


def another_clinic_from_the_case(life: Life, person: str, case: str) -> None:
    """Jaya asks a clinic from the case, with a new consent; it cannot help, and the next services are offered."""
    jaya = life.worker("jaya")
    jaya.go(f"{case}/options")
    jaya.tap("types", "HEA_GENERAL")
    jaya.press('form[action$="/options"] button')
    jaya.press(f'main a[href="{case}/options/{CLINIC}"]')
    jaya.press('button[name="go"][value="nobody"]')
    jaya.go(f"{case}/options/{CLINIC}")
    lives.agree(jaya)
    link = str(jaya.page.locator("#link").input_value())
    dan = life.opens()
    dan.page.goto(link)
    assert NAME not in dan.page.content()
    dan.choose("reason", "RF_NO_PLACE", within='form:has(input[value="decline"])')
    dan.press('main form:has(input[value="decline"]) button')
    jaya.go(case)
    assert jaya.page.locator("#referrals li").count() == 2, "one that came to us, and one that we sent"
    jaya.go(f"{case}/offers")
    assert jaya.page.locator('main [data-outcome="REFUSED_BY_PROVIDER"]').count() == 1
    assert jaya.page.locator('main [data-outcome="DECLINED"]').count() == 0, "a provider's refusal is not his"


def it_happens_again(life: Life, person: str, case: str) -> None:
    """A year later it happened again, on another ship: two times of exploitation, in two countries."""
    life.pass_days(320)
    jaya = life.worker("jaya")
    for start, end, country in (("2021", "2023", "TW"), ("about 2027", "", "FJ")):
        jaya.go(f"{case}/history/add")
        jaya.type("start", start)
        jaya.type("end", end)
        jaya.choose("country", country)
        jaya.go_on()
    assert jaya.page.locator('main a[href*="/history/"]:not([href$="/add"]):not([href*="/stages/"])').count() == 2
    jaya.go(f"{case}/encounters/add?event=ARRESTED")
    jaya.type("when", "2023")
    jaya.go_on()
    lives.follow_up(jaya, case, "CALL", text="He left for work again.", setbacks="LEFT_AGAIN")
    life.expect(
        "again",
        {
            "chioma": {f"{case}/history": Sees(shows=("2027",)), case: Sees(hides=(NUMBER,))},
            "ben": {f"{case}/history": ABSENT, person: Sees(shows=(NAME, NUMBER), hides=(NOTE,))},
            "kartika": {"/team/encounters": Sees(hides=SECRETS)},
        },
    )


def chioma_goes_on(life: Life, person: str, case: str) -> None:
    """Jaya hands him over to Chioma for good, with his consent."""
    jaya = life.worker("jaya")
    offered = lives.hand_over(jaya, case, "Chioma", note="He prefers Sundays.")
    assert set(offered) == {"Chioma", "Kartika"}
    life.expect(
        "handed over",
        {
            "chioma": {"/": Sees(shows=(case,)), case: Sees(shows=("He prefers Sundays.", f"{case}/hand-over"))},
            "jaya": {case: Sees(hides=(f"{case}/hand-over",)), "/people": Sees(hides=(case,))},
        },
    )
    life.pass_days(200)
    lives.follow_up(life.worker("chioma"), case, "CALL", text="He has a passport again.")


def he_leaves_the_country(life: Life, person: str, case: str) -> None:
    """The second person is asked in time; until the agreed day the case stays open, then it closes."""
    life.pass_days(110)
    chioma, on = life.worker("chioma"), today(life.demonstration) + timedelta(days=30)
    said = {"on": str(on), "agreed": "He calls from home.", "call": "Kartika, 000-0000-4401"}
    lives.ask_closing(chioma, case, "CL_LEFT_COUNTRY", "onward_contact_offered", **said)
    kartika = life.worker("kartika")
    kartika.go(f"{case}/close")
    kartika.press('form[action$="/close/agree"] button')
    assert kartika.page.locator(f'main form[action="{case}/note"]').count() == 1, "open until the day"
    life.pass_days(30)
    chioma = life.worker("chioma")
    assert chioma.page.locator(f'#due a[href="{case}"]').count() == 1
    chioma.go(case)
    chioma.press('form[action$="/close/agree"] button')
    life.expect(
        "closed",
        {
            "chioma": {case: Sees(shows=(NAME,)), "/people/week": Sees(hides=(NAME,))},
            "ben": {case: ABSENT, person: Sees(shows=(NAME, NUMBER), hides=(NOTE,))},
        },
    )
    life.expect_outsiders_see_nothing("closed", person, case, outsiders=("farid", "hadi"))
