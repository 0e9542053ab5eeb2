"""Two years of a woman who came home after domestic work: what each role sees at each point.

Ben met her, Chioma goes on with her, Kartika leads Chioma's team and stands in for her; Jaya must never know.
"""

from datetime import timedelta
from typing import Any

import pytest

from suar.cases.codes import DOMAINS
from tests.stories import lives
from tests.stories.handbook import Picture, take
from tests.stories.lives import ABSENT, Life, Sees
from tests.stories.periodic_jobs import run_jobs
from tests.stories.test_thread import LEGAL_AID
from tests.stories.walker import Walker, today

pytestmark = [pytest.mark.story, pytest.mark.life]
NAME, NUMBER, ALONE = "Sekar Rekaan", "000-0000-6614", "diam, lalu tutup telepon"
STORY, NOTE = "Majikan menyimpan paspornya.", "Ibunya sudah tahu dan mendukung."
CALL, SUMMARY = "Kartika, 000-0000-4401", "Kita bertemu lagi bulan depan."
GOAL, IN_LAW = "Menerima sisa upah.", "ipar yang meminjamkan uang"
SECRETS = (NAME, NUMBER, STORY, NOTE, GOAL, IN_LAW)
NO_CALLS = {"id": "Jangan menelepon", "en": "Do not call"}


@pytest.fixture
def story_language() -> str:
    """Walk this life in Indonesian."""
    return lives.life_language("id")


@pytest.fixture
def story_width_px() -> int:
    """Walk this life on a phone."""
    return 360


def test_a_woman_home_after_domestic_work(opens: Any, demonstration: Any, story_language: str) -> None:
    life = Life(opens, demonstration, story_language, SECRETS)
    life.pass_days(1)
    lives.confirm_directory(life)
    person, inbox = she_talks_and_asks_for_help(life)
    case = chioma_takes_the_case(life, person, inbox)
    they_plan_the_first_months(life, person, case)
    a_month_later_and_two(life, person, case)
    when_the_consent_has_ended(life, person, case, inbox)
    a_setback_and_a_cover(life, person, case)
    a_year_later(life, person, case)
    two_years_later(life, person, case)
    after_care(life, case)


def she_talks_and_asks_for_help(life: Life) -> tuple[str, str]:
    """Hold the first talk, store how she is reached safely, and ask a legal aid for help with her consent."""
    nobody = life.opens()
    nobody.go("/sign-in")
    take(nobody, Picture.SIGN_IN)
    ben = life.worker("ben")
    person = lives.hold_talk(ben, name=NAME, number=NUMBER, story=STORY)
    lives.change_facts(ben, person, "contact", "no_calls", hours="08-10", if_answered=ALONE)
    sent = lives.ask_legal_aid(ben, person)
    referral = sent.rsplit("/", 1)[1]
    inbox = f"/inbox/{referral}"
    rules = (NO_CALLS[life.language], ALONE)
    life.expect(
        "asked",
        {
            "ben": {person: Sees(shows=(NAME, NUMBER, STORY, *rules)), sent: Sees(hides=(NUMBER, STORY))},
            "esi": {person: Sees(shows=(NAME,)), "/team": Sees(shows=(person, NAME), hides=(NUMBER, STORY))},
            "lia": {person: ABSENT, "/": Sees(hides=life.secrets), "/people?team=1": Sees(hides=life.secrets)},
            "chioma": {inbox: Sees(hides=life.secrets), "/": Sees(shows=(inbox,), hides=life.secrets), person: ABSENT},
            "jaya": {inbox: Sees(hides=life.secrets), person: ABSENT},
        },
    )
    life.expect_outsiders_see_nothing("asked", person, f"{person}/details", inbox, sent)
    return person, inbox


def chioma_takes_the_case(life: Life, person: str, inbox: str) -> str:
    """Accept the request; now the name opens there, and for Jaya no longer once she excludes him."""
    chioma = life.worker("chioma")
    case = lives.accept(chioma, inbox.rsplit("/", 1)[1])
    shared = Sees(shows=(NAME, NUMBER, NO_CALLS[life.language], ALONE), hides=(STORY,))
    life.expect("accepted", {"chioma": {case: shared}, "jaya": {case: shared}, "ben": {case: ABSENT}})
    chioma.go(f"{case}/exclusions")
    jaya = chioma.page.locator('main label:has-text("Jaya") input').get_attribute("value")
    chioma.tap("workers", str(jaya))
    chioma.press('button[name="go"][value="keep"]')
    life.expect("excluded", {"jaya": {case: ABSENT, inbox: ABSENT, "/": Sees(hides=life.secrets), person: ABSENT}})
    lives.change_facts(chioma, case, "name", name=NAME)
    chioma.press('form[action$="/arrived"] button')
    return case


def they_plan_the_first_months(life: Life, person: str, case: str) -> None:
    """Rate all domains, agree the plan, draw who is around her, offer help, and ask which follow-ups she wants."""
    chioma = life.worker("chioma")
    chioma.go(f"{case}/follow-up")
    assert chioma.page.locator('main input[name="way"][value="CALL"]').count() == 0, "her number came with a rule"
    rated = dict.fromkeys(DOMAINS, "3") | {"MENTAL_WELL": "1"}
    lives.rate(chioma, case, "all", person=rated, of_worker=rated | {"MENTAL_WELL": "2"})
    lives.set_goal(chioma, case, GOAL, domain="ECONOMIC_WELL", step="Menulis surat kepada agen")
    lives.answer_plan(chioma, case, answered="SIGNED", copy_left="GIVEN")
    take(chioma, Picture.PLAN)
    chioma.go(f"{case}/plan/paper/{life.language}")
    take(chioma, Picture.PLAN_PAPER, at="article")
    assert GOAL in chioma.text()
    assert NAME not in chioma.text(), "a paper that somebody finds names nobody"
    lives.add_tie(chioma, case, "ibu di desa", relation="REL_PARENT", stance="SUPPORTIVE", helps="SUP_ACCEPT")
    lives.add_tie(chioma, case, IN_LAW, relation="REL_INLAW", stance="UNDERMINING", hurts="UND_DEBT")
    take(chioma, Picture.FAMILY, at=".ecomap")
    chioma.go(f"{case}/circle")
    take(chioma, Picture.CIRCLE)
    assert IN_LAW not in chioma.text(), "relatives may look at this one"
    lives.offer(chioma, case, "ECO_JOB", "NOT_AVAILABLE")
    lives.offer(chioma, case, "MEN_COUNSEL", "DECLINED")
    again_on = str(today(life.demonstration) + timedelta(days=59))
    lives.complete_offer(
        chioma, case, reason="DC_STIGMA", recontact="MEET", again_on=again_on, safe_way="Saat pengajian"
    )
    assert offers_counted(chioma) == {"DECLINED": 1, "NOT_AVAILABLE": 1, "": 0}
    lives.want_follow_ups(chioma, case, "FU_1M", "FU_6M", "FU_12M", "FU_24M")
    chioma.go(f"{case}/messenger")
    chioma.tap("sentence", "AS_USUAL")
    chioma.tap("agreed")
    chioma.go_on()
    take(chioma, Picture.SAFE_SENTENCE)
    life.expect(
        "planned",
        {
            "kartika": {case: Sees(shows=(NAME, GOAL)), f"{case}/readers": Sees(shows=("Chioma", "Jaya"))},
            "ben": {
                person: Sees(shows=(NAME,), hides=(GOAL, IN_LAW)),
                f"{case}/plan": ABSENT,
                f"{case}/offers": ABSENT,
            },
            "jaya": {f"{case}/plan": ABSENT, f"{case}/family": ABSENT, "/people?team=1": Sees(hides=life.secrets)},
        },
    )


def offers_counted(walker: Walker) -> dict[str, int]:
    """Count the offers of a person by what came of them: declined is not the same as not available."""
    walker.page.wait_for_selector("main .line")
    found = [item.get_attribute("data-outcome") for item in walker.page.locator("main [data-outcome]").all()]
    return {outcome: found.count(outcome) for outcome in ("DECLINED", "NOT_AVAILABLE", "")}


def a_month_later_and_two(life: Life, person: str, case: str) -> None:
    """Meet after a month; offer again after two, when she wants it; say where nobody recognised her before."""
    life.pass_days(30)
    chioma = life.worker("chioma")
    due = chioma.page.locator(f'#due a[href="{case}"]')
    assert due.count() == 1
    take(chioma, Picture.MY_DAY)
    chioma.go("/people/week")
    take(chioma, Picture.WEEK)
    assert NAME not in chioma.text(), "paper by code only"
    lives.follow_up(chioma, case, "MET", text=NOTE)
    life.pass_days(30)
    chioma = life.worker("chioma")
    chioma.go(f"{case}/offers")
    take(chioma, Picture.OFFER_AGAIN)
    chioma.press('form:has([name="follows"]) button[value="ACCEPTED"]')
    assert chioma.page.locator('form:has([name="follows"])').count() == 0, "asked once, as agreed"
    take(chioma, Picture.OFFERS, at="main section:last-of-type")
    chioma.go(f"{case}/encounters/add?event=PAPERS_ONLY")
    chioma.type("when", "2024")
    chioma.go_on()
    assert chioma.page.locator('main .sheet a[href*="/encounters/"]').count() == 1
    life.expect(
        "after two months",
        {
            "chioma": {case: Sees(shows=(NUMBER, NOTE))},
            "ben": {person: Sees(shows=(NUMBER,), hides=(NOTE, GOAL)), case: ABSENT},
            "esi": {"/team": Sees(hides=(NOTE, GOAL)), case: ABSENT},
            "jaya": {case: ABSENT, f"{case}/encounters": ABSENT},
        },
    )


def when_the_consent_has_ended(life: Life, person: str, case: str, inbox: str) -> None:
    """After three months the consent has ended: her number is closed there, until she consents again."""
    life.pass_days(32)
    life.expect(
        "consent ended",
        {
            "chioma": {case: Sees(shows=(NAME, NOTE), hides=(NUMBER,)), inbox: Sees(hides=life.secrets)},
            "ben": {person: Sees(shows=(NAME, NUMBER), hides=(NOTE,))},
            "jaya": {case: ABSENT, inbox: ABSENT},
        },
    )
    lives.confirm_directory(life)
    ben = life.worker("ben")
    ben.go(f"{person}/options/{LEGAL_AID}")
    lives.agree(ben)
    life.expect("consented again", {"chioma": {case: Sees(shows=(NAME, NUMBER))}, "jaya": {case: ABSENT}})


def a_setback_and_a_cover(life: Life, person: str, case: str) -> None:
    """After half a year something got harder; Kartika stands in for some weeks."""
    life.pass_days(90)
    chioma = life.worker("chioma")
    lives.follow_up(chioma, case, "MET", setbacks="MONEY", harder="Uangnya habis untuk utang.")
    lives.rate(chioma, case, "usual", person={"ECONOMIC_WELL": "1"}, of_worker={"ECONOMIC_WELL": "1"})
    assert chioma.page.locator('main li:has(a[href="#ECONOMIC_WELL"]) .tag').count() == 1, "it fell by two"
    take(chioma, Picture.PROGRESS, at="#ECONOMIC_WELL")
    until = today(life.demonstration) + timedelta(days=14)
    offered = lives.hand_over(chioma, case, "Kartika", until=str(until), note="Hati-hati dengan iparnya.")
    assert offered == ["Kartika"], "Jaya must never know"
    kartika = life.worker("kartika")
    assert kartika.page.locator(f'main a[href="{case}"]').count() >= 1
    life.pass_days(15)
    run_jobs(life.demonstration)
    chioma = life.worker("chioma")
    chioma.go(case)
    assert chioma.page.locator(f'main a[href="{case}/hand-over"]').count() == 1, "she came back, and it is hers again"
    assert chioma.page.locator(f'main a[href="{case}/close"]').count() == 1


def a_year_later(life: Life, person: str, case: str) -> None:
    """After a year she reads what is stored, has a fact corrected, and takes a summary along under a code."""
    life.pass_days(170)
    chioma = life.worker("chioma")
    chioma.go(f"{case}/progress")
    lives.follow_up(chioma, case, "MET", text="Ia mulai menjahit.")
    rated = dict.fromkeys(DOMAINS, "4")
    lives.rate(chioma, case, "all", person=rated, of_worker=rated)
    chioma.go(f"{case}/for-person/in/{life.language}")
    take(chioma, Picture.PERSONS_COPY)
    copy = chioma.text()
    assert NAME in copy
    assert NOTE not in copy and IN_LAW not in copy, "no notes of workers, nothing that endangers"
    chioma.type("text", "Saya punya dua anak.")
    chioma.press("#corrections form:last-of-type button.act")
    chioma.press('main a[href$="/summary"]')
    chioma.type("words", SUMMARY)
    chioma.tap("kind", "digits")
    chioma.tap("agreed")
    take(chioma, Picture.SUMMARY)
    chioma.go_on()
    code = chioma.page.locator(".code").inner_text()
    chioma.type("code", code)
    chioma.go_on()
    assert SUMMARY in lives.read_under_code(life, code)
    life.expect("a year later", {"chioma": {f"{case}/for-person": Sees(hides=(code,))}, "jaya": {case: ABSENT}})


def two_years_later(life: Life, person: str, case: str) -> None:
    """After two years the goals are reached: Chioma asks to close, Kartika agrees, and one follow-up stays wanted."""
    life.pass_days(180)
    chioma, better = life.worker("chioma"), dict.fromkeys(DOMAINS, "5")
    lives.rate(chioma, case, "usual", person={"ECONOMIC_WELL": "4"}, of_worker={"ECONOMIC_WELL": "4"})
    life.pass_days(185)
    chioma = life.worker("chioma")
    lives.follow_up(chioma, case, "MET", text="Ia ingin dihubungi sekali lagi.")
    take(chioma, Picture.FOLLOW_UPS, at="main .two section:nth-of-type(2)")
    lives.rate(chioma, case, "all", person=better, of_worker=better)
    lives.want_follow_ups(chioma, case, "FU_36M")
    lives.ask_closing(
        chioma, case, "CL_GOALS", "person_agrees", agreed="Ia menelepon bila perlu.", call=CALL, after_care="FU_36M"
    )
    kartika = life.worker("kartika")
    kartika.go(f"{case}/close")
    take(kartika, Picture.SECOND_PERSON)
    kartika.press('form[action$="/close/agree"] button')
    take(kartika, Picture.CLOSED)
    life.expect(
        "closed",
        {
            "chioma": {case: Sees(shows=(NAME, CALL)), "/": Sees(hides=(f'href="{case}"',))},
            "ben": {person: Sees(shows=(NAME,), hides=(GOAL, CALL)), case: ABSENT},
            "esi": {person: Sees(shows=(NAME,)), case: ABSENT, "/team/offers": Sees(hides=life.secrets)},
            "jaya": {case: ABSENT, f"{case}/close": ABSENT},
        },
    )
    life.expect_outsiders_see_nothing("closed", person, case, outsiders=("farid", "indah"))


def after_care(life: Life, case: str) -> None:
    """A year after the closing the one follow-up is due that she wanted; then nobody contacts her any more."""
    life.pass_days(366)
    chioma = life.worker("chioma")
    assert chioma.page.locator(f'#due a[href="{case}"]').count() == 1
    lives.follow_up(chioma, case, "MET", text="Ia punya warung sendiri.")
    assert chioma.page.locator('main button[value="FUR_REACHED"]').count() == 0
    life.expect("after care", {"chioma": {"/": Sees(hides=(f'href="{case}"',))}, "jaya": {case: ABSENT}})
