"""Two years of a man who declines twice and comes back: what each role sees at each point.

Ben met him and offers again only when he agreed to be asked; Jaya takes his case, and Chioma goes on with it.
"""

from datetime import timedelta
from typing import Any

import pytest

from suar.demo.letters import SLIP
from tests.stories import lives
from tests.stories.handbook import Picture, take
from tests.stories.lives import ABSENT, Life, Sees
from tests.stories.test_thread import LEGAL_AID, name_needs
from tests.stories.walker import today

pytestmark = [pytest.mark.story, pytest.mark.life]
NAME, NUMBER, STORY = "Gilang Rekaan", "000-0000-3390", "Upahnya ditahan di kebun."
WHY, DO_NOT, NOTE = "Kalau tidak ketahuan tetangga.", "Jangan libatkan kepala dusun.", "Ia datang sendiri."
SECRETS = (NAME, NUMBER, STORY, WHY, DO_NOT, NOTE)


@pytest.fixture
def story_language() -> str:
    """Walk this life in Indonesian."""
    return lives.life_language("id")


@pytest.fixture
def story_width_px() -> int:
    """Walk this life at a desk."""
    return 1280


def test_a_man_who_declines_twice_and_comes_back(opens: Any, demonstration: Any, story_language: str) -> None:
    life = Life(opens, demonstration, story_language, SECRETS)
    life.pass_days(1)
    lives.confirm_directory(life)
    person = he_declines(life)
    he_declines_again(life, person)
    inbox = he_comes_back(life, person)
    case = jaya_takes_the_case(life, person, inbox)
    he_wants_to_end_it(life, person, case)
    he_takes_his_consent_back(life, person, case, inbox)
    he_comes_back_once_more(life, person, case)


def he_declines(life: Life) -> str:
    """Talk with him; he wants no help now: the offer stays, with his reason, and when he may be asked again."""
    ben = life.worker("ben")
    person = lives.hold_talk(ben, name=NAME, number=NUMBER, story=STORY)
    lives.change_facts(ben, person, "safety", do_not=DO_NOT)
    take(ben, Picture.DO_NOT, at="#do-not")
    ben.go(f"{person}/options")
    name_needs(ben)
    ben.press(f'a[href="{person}/options/{LEGAL_AID}"]')
    ben.press('button[name="answer"][value="no"]')
    lives.offer(ben, person, "MEN_COUNSEL", "DECLINED")
    again_on = str(today(life.demonstration) + timedelta(days=90))
    said = {"would_change": WHY, "information": "WRITTEN", "again_on": again_on}
    lives.complete_offer(ben, person, reason="DC_PRIDE_MEN", second="DP_JOB_NOW", recontact="MEET", **said)
    lives.offer(ben, person, "ECO_JOB", "NOT_AVAILABLE")
    ben.go(f"{person}/offers")
    found = [item.get_attribute("data-outcome") for item in ben.page.locator("main [data-outcome]").all()]
    assert sorted(found) == ["DECLINED", "DECLINED", "NOT_AVAILABLE"]
    life.expect(
        "declined",
        {
            "ben": {person: Sees(shows=(NAME, NUMBER, DO_NOT))},
            "esi": {person: Sees(shows=(NAME, DO_NOT)), f"{person}/offers": Sees(shows=(WHY,)), "/team/offers": Sees()},
            "lia": {person: ABSENT, f"{person}/offers": ABSENT},
            "jaya": {"/": Sees(hides=SECRETS), "/inbox": Sees(hides=SECRETS), person: ABSENT},
        },
    )
    life.expect_outsiders_see_nothing("declined", person, f"{person}/offers", outsiders=("farid", "hadi", "indah"))
    return person


def he_declines_again(life: Life, person: str) -> None:
    """Offer again on the day he agreed to; he declines, will come himself, and nobody asks him any more."""
    life.pass_days(89)
    ben = life.worker("ben")
    assert ben.page.locator(f'#due a[href="{person}"]').count() == 0, "not before the day"
    life.pass_days(1)
    ben = life.worker("ben")
    assert ben.page.locator(f'#due a[href="{person}"]').count() == 1
    ben.go(person)
    take(ben, Picture.PERSON)
    ben.go("/people/week")
    assert NAME not in ben.text()
    ben.go(f"{person}/offers")
    ben.press('form:has([name="follows"]) button[value="DECLINED"]')
    lives.complete_offer(ben, person, reason="DX_NO_REASON", recontact="THEY_COME")
    life.expect(
        "declined twice",
        {
            "ben": {
                "/people?due=nothing": Sees(shows=(person,)),
                person: Sees(shows=(NAME,)),
            },
            "esi": {"/team": Sees(shows=(person,))},
        },
    )
    life.pass_days(330)
    ben = life.worker("ben")
    assert ben.page.locator(f'#due a[href="{person}"]').count() == 0, "he comes if he wants"


def he_comes_back(life: Life, person: str) -> str:
    """More than a year later he comes: the second talk continues the first, and now he asks for help."""
    lives.confirm_directory(life)
    ben = life.worker("ben")
    again = lives.talk_again(ben, person)
    assert again == person, "one person, one record"
    sent = lives.ask_legal_aid(ben, person)
    inbox = f"/inbox/{sent.rsplit('/', 1)[1]}"
    ben.go(person)
    assert ben.page.locator('main li[data-kind="declined"]').count() >= 1, "what he declined stays on his timeline"
    life.expect(
        "came back",
        {
            "ben": {person: Sees(shows=(NAME, DO_NOT)), f"{person}/offers": Sees(shows=(WHY,))},
            "jaya": {inbox: Sees(hides=SECRETS), person: ABSENT},
            "lia": {person: ABSENT},
        },
    )
    return inbox


def jaya_takes_the_case(life: Life, person: str, inbox: str) -> str:
    """Jaya accepts; what Ben wrote about declining stays with Ben; a pay slip is kept to claim his wages."""
    jaya = life.worker("jaya")
    case = lives.accept(jaya, inbox.rsplit("/", 1)[1])
    lives.change_facts(jaya, case, "name", name=NAME)
    jaya.press('form[action$="/arrived"] button')
    jaya.go(f"{case}/documents")
    jaya.page.locator('input[type="file"]').set_input_files(SLIP)
    jaya.type("name", "slip gaji bulan Mei")
    jaya.choose("kind", "CONTRACT")
    jaya.type("why", "menagih upah")
    jaya.press("form[enctype] button.act")
    take(jaya, Picture.DOCUMENTS)
    lives.want_follow_ups(jaya, case)
    life.expect(
        "a case",
        {
            "jaya": {case: Sees(shows=(NAME, NUMBER), hides=(WHY, STORY)), f"{case}/offers": Sees(hides=(WHY,))},
            "chioma": {case: Sees(shows=(NAME,), hides=(WHY,)), f"{case}/documents": Sees(shows=("slip gaji",))},
            "ben": {case: ABSENT, f"{case}/documents": ABSENT},
        },
    )
    life.expect_outsiders_see_nothing("a case", case, f"{case}/documents", outsiders=("farid", "gita"))
    return case


def he_wants_to_end_it(life: Life, person: str, case: str) -> None:
    """He wants no follow-ups, and asks to end it: that needs no second person, and nobody contacts him."""
    jaya = life.worker("jaya")
    jaya.go(f"{case}/follow-up")
    assert jaya.page.locator("main .line li").count() == 0, "he wants none"
    life.pass_days(60)
    jaya = life.worker("jaya")
    said = {"agreed": "Ia datang bila perlu.", "call": "Kartika, 000-0000-4401"}
    lives.ask_closing(jaya, case, "CL_PERSON", "information_left", **said)
    life.expect(
        "ended",
        {
            "jaya": {case: Sees(shows=(NAME, f"{case}/reopen")), "/": Sees(hides=(f'href="{case}"',))},
            "kartika": {case: Sees(shows=(NAME, f"{case}/reopen"))},
            "chioma": {case: Sees(shows=(NAME,), hides=(f"{case}/reopen",))},
            "ben": {case: ABSENT, person: Sees(shows=(NAME,))},
        },
    )


def he_takes_his_consent_back(life: Life, person: str, case: str, inbox: str) -> None:
    """Withdraw the consent: his number opens for nobody there any more, and a stranger finds no such person."""
    ben = life.worker("ben")
    ben.go(person)
    ben.press(f'.facts > div:last-child a[href^="{person}/yes/"]:not([href$="/copy"])')
    ben.go_on()
    closed = Sees(shows=(NAME,), hides=(NUMBER, STORY))
    life.expect(
        "withdrawn",
        {
            "jaya": {case: closed, inbox: Sees(hides=SECRETS)},
            "kartika": {case: closed, inbox: Sees(hides=SECRETS)},
            "ben": {person: Sees(shows=(NAME, NUMBER))},
        },
    )
    farid = life.worker("farid")
    farid.go("/find")
    farid.type("name", NAME)
    farid.go_on()
    assert farid.page.locator('main a[href^="/people/"]').count() == 0


def he_comes_back_once_more(life: Life, person: str, case: str) -> None:
    """He comes back after months: the case opens again as it was, and Chioma goes on with it."""
    life.pass_days(240)
    jaya = life.worker("jaya")
    jaya.go(case)
    jaya.press('form[action$="/reopen"] button')
    lives.change_facts(jaya, case, "contact", phone=NUMBER)
    form = 'form[action$="/note"]'
    jaya.page.locator(f'{form} [name="text"]').fill(NOTE)
    jaya.page.locator(f'{form} [name="way"]').select_option("MET")
    jaya.press(f"{form} button.act")
    offered = lives.hand_over(jaya, case, "Chioma")
    assert set(offered) == {"Chioma", "Kartika"}
    life.expect(
        "opened again",
        {
            "chioma": {"/": Sees(shows=(case,)), case: Sees(shows=(NAME, NUMBER, NOTE, f"{case}/close"))},
            "jaya": {case: Sees(shows=(NUMBER, NOTE), hides=(f"{case}/hand-over",)), "/people": Sees(hides=(case,))},
            "ben": {case: ABSENT, person: Sees(shows=(NAME,), hides=(NOTE,))},
            "esi": {case: ABSENT, "/team": Sees(hides=(NOTE,))},
        },
    )
    life.expect_outsiders_see_nothing("opened again", person, case, outsiders=("farid", "nur"))
