"""One person, Amina, from a first talk to the first follow-up by keyboard alone; the lives walk the same by hand.

Ben screens, Chioma accepts, Dan declines by link, Esi looks at the clocks, Farid finds nothing.
"""

from collections.abc import Callable

import pytest

from tests.standing import Demonstration
from tests.stories.talks import listen
from tests.stories.walker import Walker, travel

LEGAL_AID = "5e1f0000-0000-4000-8000-0000000d0001"
CLINIC = "5e1f0000-0000-4000-8000-0000000d0002"
SAFE = {
    "SF_HEARD": "NO",
    "SF_NEAR": "NO",
    "SF_PHONE": "YES",
    "TI_KNOWS": "NONE",
    "LG_INTERPRETER": "NONE_NEEDED",
    "CU_HELD": "NO",
}
NAME, NUMBER = "Amina Rekaan", "000-0000-7741"
pytestmark = pytest.mark.story
Opens = Callable[..., Walker]


def begin_a_talk(walker: Walker, *, form: str = "short", place: str = "VILLAGE_OFFICE") -> None:
    """Say where, read the briefing, and begin one of the forms that fit there."""
    walker.press('a[href="/talk"].act')
    walker.choose("place", place)
    walker.go_on()
    walker.press(f'button[name="form"][value="{form}"]')


def talk_with_amina(ben: Walker) -> str:
    """Hold a short talk with Amina and end with strong signs; gives the person's path."""
    up_to_the_end(ben)
    ben.tap("exclude", "no")
    return ended(ben)


def up_to_the_end(ben: Walker) -> None:
    """Hold a short talk, choose what strong signs ask for, and type what may be kept."""
    begin_a_talk(ben)
    for question, answer in SAFE.items():
        ben.tap(f"q-{question}", answer)
    ben.go_on()
    ben.tap("n-ND_PAIN", "YES")
    ben.press("#needs-all-asked")
    if ben.path().endswith("/NEEDS"):
        whom = ben.page.locator('[name="n-ND_PAIN-who"]')
        assert not whom.is_visible(), "nobody was spoken to yet"
        ben.tap("n-ND_PAIN-acted", "SPOKE")
        assert whom.is_visible()
        ben.type("n-ND_PAIN-who", "Nurse Contoh at the clinic")
        ben.go_on()
    ben.tap("age-band", "ADULT")
    ben.tap("age-doubt", "NO")
    ben.go_on()
    ben.tap("q-CN_BACK", "YES")
    ben.tap("q-CN_ANSWER", "YES")
    ben.go_on()
    signs = {
        "SG_ARRANGED": ["I_A_RECRUIT", "I_A_TRANSPORT"],
        "SG_DEBT": ["I_M_DEBT"],
        "SG_PAID": ["I_P_NO_PAY"],
        "SG_WORK": ["I_P_HOURS"],
    }
    listen(ben, signs)
    ben.go_on()
    ben.tap("outcome", "PRESUMED_VICTIM")
    ben.tap("reason", "RS_SAME")
    ben.tap("keep", "on")
    ben.type("name", NAME)
    ben.type("contact", NUMBER)
    ben.type("hours", "08-10")


def ended(ben: Walker) -> str:
    """End the talk, and give the person's path."""
    ben.press('main form button.act[value="end"]')
    assert ben.path().endswith("/options")
    return ben.path().removesuffix("/options")


def find_help(ben: Walker, person: str) -> None:
    """Say where and for whom, choose two needs, and see services that say why they fit."""
    name_needs(ben)
    for service in (LEGAL_AID, CLINIC):
        entry = ben.page.locator(f'article:has(a[href="{person}/options/{service}"])')
        assert entry.count() == 1
        assert entry.locator(".why li").count() >= 1, "it says why it fits"


def name_needs(ben: Walker) -> None:
    """Say where and for whom, and choose two needs."""
    ben.choose("district", "32.74")
    ben.tap("sex", "FEMALE")
    ben.choose("language", "id")
    ben.tap("papers", "NONE")
    ben.press('form[action$="/about"] button')
    for need in ("JUS_WAGES", "HEA_GENERAL"):
        ben.tap("types", need)
    ben.press('form[action$="/options"] button')


def agree_and_send(ben: Walker, person: str, service: str) -> None:
    """Hear the one sentence, say yes, see exactly what is told, and send it."""
    ben.press(f'a[href="{person}/options/{service}"]')
    assert ben.page.locator("blockquote.spoken").count() == 1
    ben.tap("understood")
    ben.tap("explained")
    ben.press('button[name="answer"][value="yes"]')
    assert NAME in ben.text()
    ben.go_on()


def plan_with_her(chioma: Walker, case: str) -> None:
    """See needs and follow-ups, which are there already, and write the first goal of the plan."""
    for part in (".two aside .row .tag", ".line li"):
        assert chioma.page.locator(f"main {part}").count() >= 1
    chioma.press(f'a[href="{case}/plan"]')
    chioma.press(f'a[href="{case}/plan/goal"]')
    chioma.type("goal", "Her wages, and a doctor")
    for name, typed in (("step-0-what", "Write to the employer"), ("step-0-who", "Chioma")):
        chioma.type(name, typed)
    for name in ("step-0-by", "review_on"):
        chioma.type_day(name)
    chioma.go_on()
    assert chioma.path().partition("#")[0] == f"{case}/plan"
    assert "Her wages, and a doctor" in chioma.text()


@pytest.mark.long
def test_one_person_from_a_first_talk_to_the_first_follow_up_by_keyboard_alone(
    opens: Opens, demonstration: Demonstration
) -> None:
    ben = opens("ben", keys_only=True)
    person = talk_with_amina(ben)
    find_help(ben, person)
    agree_and_send(ben, person, LEGAL_AID)
    ben.go(f"{person}/options")
    agree_and_send(ben, person, CLINIC)
    link = ben.page.locator("#link").input_value()
    assert len(ben.page.locator(".code").inner_text()) == 6

    chioma = opens("chioma", keys_only=True)
    chioma.press('main a[href^="/inbox/"]')
    assert NAME not in chioma.text()
    assert NUMBER not in chioma.text()
    inbox_item = chioma.path()
    chioma.press('form[action$="/accept"] button')
    case = chioma.path()
    assert NAME in chioma.text()
    assert NUMBER in chioma.text()

    dan = opens(keys_only=True)
    dan.page.goto(link)
    assert NAME not in dan.text()
    dan.choose("reason", "RF_NO_PLACE", within='form:has(input[value="decline"])')
    dan.press('main form:has(input[value="decline"]) button')

    ben.go(person)
    assert ben.page.locator('li[data-kind="declined"]').count() == 2, "the referral, and the act on the timeline"
    ben.press('li[data-kind="declined"] a')
    assert ben.page.locator('a[href*="/options/"]').count() >= 1, "the next fitting services"

    chioma.press('form[action$="/arrived"] button')
    plan_with_her(chioma, case)
    travel(demonstration, days=7)
    chioma, ben = (opens(name, keys_only=True) for name in ("chioma", "ben"))
    assert chioma.page.locator(f'main a[href="{case}"]').count() >= 1, "due today"

    ben.go(person)
    ben.press(f'.facts > div:last-child a[href^="{person}/yes/"]:not([href$="/copy"])')
    ben.go_on()
    chioma.go(case)
    assert NAME not in chioma.text()
    assert NUMBER not in chioma.text()
    chioma.go(inbox_item)
    assert NAME not in chioma.text()

    esi = opens("esi")
    esi.go("/team")
    assert esi.page.locator(f'#sent a[href^="{person}"]').count() >= 1, "the clocks"
    esi.go(f"{person}/readers")
    assert "Ben" in esi.text()

    for outsider in ("farid", "gita"):
        stranger = opens(outsider)
        for path in (person, f"{person}/options", f"{person}/readers", case, inbox_item):
            answer = stranger.page.goto(f"{demonstration.staff}{path}")
            assert answer is not None
            assert answer.status == 404
            assert NAME not in stranger.page.content()
    farid = opens("farid")
    farid.go("/find")
    farid.type("name", NAME)
    farid.go_on()
    assert farid.page.locator('main a[href^="/people/"]').count() == 0


def test_a_talk_near_a_controlling_person_ends_with_a_signpost_and_no_name(opens: Opens) -> None:
    lia = opens("lia")
    begin_a_talk(lia)
    lia.tap("q-SF_HEARD", "NO")
    lia.tap("q-SF_NEAR", "YES")
    lia.tap("q-SF_PHONE", "YES")
    lia.tap("q-TI_KNOWS", "NONE")
    lia.tap("q-LG_INTERPRETER", "NONE_NEEDED")
    lia.tap("q-CU_HELD", "NO")
    lia.go_on()
    assert lia.path().endswith("/SAFE"), "the talk does not go on"
    lia.press('button[name="stop"][value="STOP_CONTROLLER"]')
    assert lia.path().endswith("/outcome")
    lia.tap("outcome", "UNABLE")
    lia.tap("reason", "RS_SAME")
    assert lia.page.locator('main input[name="name"]').count() == 0, "no name can be typed"
    lia.press('main form[action$="/outcome"] button.act:not([data-quiet])')
    assert lia.path().startswith("/talk/ended/")
    lia.go("/")
    assert lia.page.locator('main a[href^="/people/"]').count() == 0, "no person was kept"
