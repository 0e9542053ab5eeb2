"""Talks, each with what is stored after it, for whom, and what is not.

Ben and Lia talk in the village, Esi leads their team, Farid works elsewhere and opens nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from suar.screening.rules.answers import LATEST
from tests.screening.talks import AGREED, FULL_SAFE, SAFE
from tests.standing import Demonstration
from tests.stories.stored_records import Stored, stored
from tests.stories.talks import answer, begin, end, listen, tick, up_to_consent
from tests.stories.walker import Walker

pytestmark = pytest.mark.story
PERSON, REPORTER = "Melati Rekaan", "Bu Contoh"
Opens = Callable[..., Walker]
NAME, NUMBER = "Budi Rekaan", "000-0000-3310"
TOLD = {"Q06": ["I_A_TRANSFER"], "Q21": ["I_M_CONFINE"], "Q18": ["I_P_NO_PAY"], "Q15": ["I_P_HOURS"]}
BARE = {"at", "by", "second_reading", "instrument", "step", "stopped_by", "outcome"}
WATCHERS = ("ben", "lia", "esi", "farid")


@dataclass
class Left:
    """What a talk left: records that were not there before, apart from destroyed ones."""

    new: list[Stored] = field(default_factory=list)

    @property
    def one(self) -> Stored:
        """Return the one record that stays, and check that the talk itself was destroyed."""
        [kept] = [item for item in self.new if item.status != "gone"]
        for gone in self.new:
            if gone.status == "gone":
                assert (gone.values, gone.holders) == (frozenset(), {})
        return kept


@contextmanager
def leaving(demonstration: Demonstration) -> Iterator[Left]:
    """See what a talk leaves that was not there before."""
    before, left = stored(demonstration), Left()
    yield left
    left.new += [row for ident, row in stored(demonstration, *WATCHERS).items() if ident not in before]


def only_codes(kept: Stored, by: str) -> None:
    """Check that codes stay for their author and the lead, and nothing for anybody else."""
    assert kept.kind == "codes"
    assert {value.split("/")[0] for value in kept.values} == {"coded"}
    assert all(held == ["coded"] for held in kept.holders.values())
    assert set(kept.opened[by]) == set(kept.opened["esi"]) == set(kept.values)
    assert kept.opened["farid"] == {}


def typed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a stored document in which something stands."""
    return {name: value for name, value in document.items() if value}


def test_a_full_talk_with_an_adult(opens: Opens, demonstration: Demonstration, story_language: str) -> None:
    ben, other = opens("ben"), "en" if story_language == "id" else "id"
    with leaving(demonstration) as left:
        begin(ben, form="full")
        up_to_consent(ben, FULL_SAFE)
        assert ben.page.locator("blockquote.spoken p").count() >= 12, "five of them on the country"
        answer(ben, AGREED)
        ben.go_on()
        assert ben.page.locator("main :is(input[type=text], textarea):visible").count() == 0
        assert ben.page.locator('button[name="go"][value="stop"]').is_visible()
        ben.press('button[name="go"][value="theme-TH_FREEDOM"]')
        tick(ben, {"Q21": TOLD["Q21"]})
        ben.press(f'button[name="go"][value="speak-{other}"]')
        assert ben.page.locator("html").get_attribute("lang") == other
        assert ben.page.locator('input[name="q-Q21"][value="YES"]').is_checked(), "nothing lost"
        ben.press(f'button[name="go"][value="speak-{story_language}"]')
        ben.press('button[name="go"][value="theme-TH_BEFORE"]')
        listen(ben, TOLD)
        ben.tap("m-BR_BARRIERS", "P_FEAR_TRAFFICKER")
        ben.tap("m-MS_MISSED", "CONTACT_NOT_ASKED")
        ben.go_on()
        assert ben.page.locator(".sheet details").count() >= 4, "three elements and what changes it"
        ben.tap("keep", "on")
        ben.type("name", NAME)
        ben.type("contact", NUMBER)
        ben.tap("exclude", "no")
        end(ben, "PRESUMED_VICTIM", "RS_SAME")
        assert ben.path().endswith("/options")
    person = left.one
    assert person.kind == "person"
    assert typed(person.opened["ben"]["identity/person"]) == {"name": NAME}
    assert typed(person.opened["esi"]["whereabouts/contact"]) == {"number": NUMBER}
    assert person.opened["lia"] == person.opened["farid"] == {}
    values = {value for value in person.values if value.startswith("narrative/")}
    assert values == {"narrative/never_tell"}, "that it was asked, and no story"
    found = person.finding("ben")
    assert (found["instrument"], found["path"]) == (f"full-{LATEST['full']}", "ADULT")
    assert found["signs"] == TOLD
    assert set(found["elements"].values()) == {"SUPPORTED"}
    assert found["barriers"] == ["P_FEAR_TRAFFICKER"]
    assert found["missed"] == ["CONTACT_NOT_ASKED"]
    assert found["setting"] == "VILLAGE_OFFICE"


def test_a_short_talk_with_a_child_of_about_sixteen(opens: Opens, demonstration: Demonstration) -> None:
    lia = opens("lia")
    with leaving(demonstration) as left:
        begin(lia, form="short", place="RETURN_POINT")
        lia.press('button[name="go"][value="well"]')
        assert lia.path().endswith("/NEEDS")
        lia.press("#needs-all-asked")
        lia.tap("age-band", "FROM_15_TO_17")
        answer(lia, {"AG_GUARDIAN": "STAND_IN"})
        lia.go_on()
        answer(lia, {**AGREED, "CN_GUARDIAN": "YES"})
        lia.go_on()
        listen(lia, {"SG_WORK": ["I_P_BEG"], "SG_ARRANGED": ["I_A_FAMILY_GAVE"]})
        lia.go_on()
        lia.tap("keep", "no")
        end(lia, "PRESUMED_VICTIM", "RS_SAME")
        assert lia.path().startswith("/talk/ended/")
    only_codes(left.one, "lia")
    found = left.one.finding("lia")
    assert (found["path"], found["age_band"]) == ("CHILD", "FROM_15_TO_17")
    assert found["elements"]["MEANS"] == "UNKNOWN", "not needed, and not asked"
    assert found["outcome"] == "PRESUMED_VICTIM"


def test_a_talk_stopped_by_a_controlling_person(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    with leaving(demonstration) as left:
        begin(ben, form="full")
        answer(ben, {**FULL_SAFE, "SF_NEAR": "YES"})
        ben.go_on()
        assert ben.path().endswith("/SAFE"), "nothing is asked"
        ben.press('button[name="stop"][value="STOP_CONTROLLER"]')
        assert ben.page.locator('main input[name="name"]').count() == 0
        end(ben, "UNABLE", "RS_SAME")
        assert ben.page.locator("[data-print]").count() == 0, "nothing that can be found"
    only_codes(left.one, "ben")
    found = left.one.finding("ben")
    assert (found["stopped_by"], found["signs"], found["needs"]) == ("STOP_CONTROLLER", {}, [])


@pytest.mark.long
def test_a_note_about_a_child_is_finished_later_and_reaches_child_protection(
    opens: Opens, demonstration: Demonstration
) -> None:
    ben, lia = opens("ben"), opens("lia")
    with leaving(demonstration) as left:
        begin(ben, form="short")
        answer(ben, {**SAFE, "SF_NEAR": "YES"})
        ben.go_on()
        ben.press('button[name="stop"][value="STOP_CONTROLLER"]')
        assert ben.page.locator('main input[name="said"]').count() == 0, "nothing is written with somebody near"
        ben.press('main form[action$="/stop"] button[value="pause"]')
        assert ben.path() == "/"
        ben.press('main a[href$="/note"]')
        assert ben.page.locator("blockquote.spoken").count() == 0, "nothing is asked"
        ben.tap("said", "I_P_SEX")
        ben.tap("by", "THEM")
        ben.tap("age-band", "FROM_15_TO_17")
        ben.tap("needs", "ND_BED")
        ben.go_on()
        assert ben.path().endswith("/outcome")
        end(ben, "UNABLE", "RS_NO_ROOM")
        assert ben.page.locator("#next-step").count() == 1
    kept = left.one
    only_codes(kept, "ben")
    assert set(kept.opened["lia"]) == set(kept.values)
    found = kept.finding("lia")
    assert (found["age_band"], found["stopped_by"]) == ("FROM_15_TO_17", "STOP_CONTROLLER")
    assert found["signs"] == {"SG_WORK": ["I_P_SEX"]}
    lia.go("/")
    lia.press("#due a")
    assert lia.path().startswith("/talk/ended/")
    lia.press('form[action*="/talk/next/"] button')
    assert lia.page.locator('form[action*="/talk/next/"]').count() == 0


@pytest.mark.long
def test_a_talk_stopped_by_a_conflict_of_interest(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    with leaving(demonstration) as left:
        begin(ben, form="full")
        answer(ben, {**FULL_SAFE, "TI_KNOWS": "OFFICE"})
        ben.go_on()
        assert ben.path().endswith("/outcome"), "the tie ends it by itself"
        assert ben.page.locator('main input[name="keep"]').count() == 0
        end(ben, "UNABLE", "RS_SAME")
    only_codes(left.one, "ben")
    found = left.one.finding("ben")
    assert set(found) == BARE, "that a talk ended, and nothing else"
    assert found["stopped_by"] == "STOP_TIE"


@pytest.mark.long
def test_a_person_who_chooses_not_to_talk(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    with leaving(demonstration) as left:
        begin(ben, form="full")
        up_to_consent(ben, FULL_SAFE)
        answer(ben, {"CN_BACK": "YES", "CN_ANSWER": "NO"})
        ben.go_on()
        assert ben.path().endswith("/outcome"), "nothing on experience is asked"
        ben.tap("keep", "no")
        end(ben, "DECLINED", "RS_PERSON_CHOSE")
    only_codes(left.one, "ben")
    found = left.one.finding("ben")
    assert (found["outcome"], found["stopped_by"]) == ("DECLINED", "STOP_NO_CONSENT")
    assert found["signs"] == {}


@pytest.mark.long
def test_a_signpost_contact(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    with leaving(demonstration) as left:
        begin(ben, form="signpost", place="COMMUNITY_GATHERING")
        assert ben.page.locator('main :is(input[name^="q-Q"], input[name^="q-SG"])').count() == 0
        answer(ben, {"SF_HEARD": "NO", "SF_NEAR": "NO", "SF_PHONE": "YES"})
        ben.go_on()
        assert ben.path().startswith("/talk/ended/"), "one screen, and it is done"
    only_codes(left.one, "ben")
    found = left.one.finding("ben")
    assert (found["instrument"], found["outcome"]) == (f"signpost-{LATEST['signpost']}", "UNABLE")
    assert set(found["elements"].values()) == {"UNKNOWN"}


def test_a_report_about_somebody_who_is_not_there_leads_to_a_talk_with_that_person(opens: Opens) -> None:
    ben = opens("ben")
    ben.go("/talk")
    ben.press('button[name="place"][value="FAMILY_REPORT"]')
    ben.press('button[name="form"][value="report"]')
    answer(ben, {"RP_WHO": "FAMILY", "RP_KNOWS": "TOLD", "RP_PART": "NO", "RP_REACH": "UNKNOWN"})
    ben.tap("safe-none", "yes")
    ben.go_on()
    ben.press("#needs-all-asked")
    ben.tap("said", "I_M_DEBT")
    ben.tap("by", "THEM")
    ben.go_on()
    ben.type("about", PERSON)
    ben.tap("keep", "on")
    ben.type("name", REPORTER)
    ben.go_on()
    assert ben.path().startswith("/talk/ended/")
    assert PERSON in ben.text()
    assert REPORTER in ben.text()
    ben.press('main a[href*="again="]')
    ben.choose("place", "VILLAGE_OFFICE")
    ben.go_on()
    ben.press('button[name="form"][value="short"]')
    beside = str(ben.page.locator("main details").first.text_content())
    assert PERSON in beside
    assert REPORTER not in beside, "kept apart"


@pytest.mark.long
def test_a_place_without_privacy_offers_only_the_signpost(opens: Opens) -> None:
    ben = opens("ben")
    ben.go("/talk")
    ben.choose("place", "COMMUNITY_GATHERING")
    ben.go_on()
    forms = ben.page.locator('button[name="form"]').evaluate_all("every => every.map(b => b.value)")
    assert forms == ["signpost"]


@pytest.mark.long
def test_a_talk_written_down_afterwards(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    with leaving(demonstration) as left:
        begin(ben, later="full", place="SOCIAL_SHELTER")
        assert ben.page.locator("blockquote.spoken").count() == 0, "nothing is read aloud now"
        up_to_consent(ben, FULL_SAFE)
        answer(ben, AGREED)
        ben.go_on()
        listen(ben, TOLD)
        ben.tap("q-SN_SEEN", "YES")
        ben.tap("s-SN_SEEN", "I_O_INJURY")
        ben.go_on()
        ben.tap("keep", "no")
        end(ben, "POSSIBLE_AT_RISK", "RS_OTHER_CAUSE")
    only_codes(left.one, "ben")
    found = left.one.finding("ben")
    assert (found["written"], found["setting"]) == ("LATER", "SOCIAL_SHELTER")
    assert found["seen"] == {"SN_SEEN": ["I_O_INJURY"]}
    assert found["second_reading"], "lower than the signs suggest"


@pytest.mark.long
def test_a_practice_talk_stores_nothing(opens: Opens, demonstration: Demonstration) -> None:
    ben = opens("ben")
    with leaving(demonstration) as left:
        ben.go("/talk/practice")
        ben.press('button[name="with"][value="RUDI"]')
        assert ben.path().endswith("/SAFE")
        up_to_consent(ben, FULL_SAFE)
        answer(ben, AGREED)
        ben.go_on()
        listen(ben, TOLD)
        ben.go_on()
        ben.tap("keep", "on")
        ben.type("name", NAME)
        ben.tap("exclude", "no")
        end(ben, "PRESUMED_VICTIM", "RS_SAME")
        assert ben.path() == "/talk/practice-ended"
    assert [(item.status, item.values, item.holders) for item in left.new] == [("gone", frozenset(), {})]
