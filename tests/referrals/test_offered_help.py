"""The services that are offered for a need, and the package after an outcome, in the invented directory."""

from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string

from suar.consent.codes import AgeStatus
from suar.consent.documents import Need
from suar.core import clock
from suar.core.urgency import Urgency
from suar.demo import directory as invented
from suar.directory import catalogue, queries
from suar.directory.facts import PersonFacts
from suar.referrals import matching, packages
from suar.referrals.packages import PACKAGES
from suar.screening.codes import Outcome
from suar.screening.rules.answers import Path
from suar.screening.rules.instrument import instrument

WOMAN = PersonFacts(sex="FEMALE", age_status="AB_18", children=(), languages=frozenset({"id"}))
MAN, TRANS = replace(WOMAN, sex="MALE"), replace(WOMAN, sex="TRANS")
GIRL = replace(WOMAN, age_status="AB_U18", age_years=13)
CIREBON, BANDUNG, DEPOK, BEKASI, JAKARTA, INDRAMAYU = "32.74", "32.73", "32.76", "32.75", "31.72", "32.12"
RIDE, CRISIS, TESTIFY = "A ride to safety", "Crisis line", "Protection for people who will testify"
WOMENS, FAMILIES = "Safe house for women", "Safe house for families"


@pytest.fixture
def directory(db: None) -> None:
    """Load the invented directory."""
    invented.load(at=clock.now())


def group_for(code: str, person: PersonFacts, place: str = "") -> matching.Group:
    """Return the services for a need of a talk."""
    path = Path.CHILD if person.age_status == AgeStatus.CHILD else Path.ADULT
    wanted = packages.wanted_in_talk(code, path=path, urgency=instrument().needs[code].level)
    assert wanted
    return matching._group(wanted, replace(person, place=place or None), matching.Limits(), set())


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [str(row["card"].name) for row in rows]


BEST = [
    # need, person, place, the best, what is not among the best
    ("ND_DANGER", WOMAN, "32.04", RIDE, TESTIFY),
    ("ND_DANGER", GIRL, "32.15", RIDE, WOMENS),
    ("ND_THREAT", WOMAN, "32.02", RIDE, "A helper in your village"),
    ("ND_SELF_HARM", MAN, "32.05", CRISIS, "Doctor for the mind"),
    ("ND_MEDICAL", WOMAN, DEPOK, "Emergency room", "Therapy and aids"),
    ("ND_PAIN", MAN, DEPOK, "Emergency room", "Doctor for the mind"),
    ("ND_BODY_CARE", WOMAN, DEPOK, "Emergency room", "Care for pregnancy and birth"),
    ("ND_BED", replace(WOMAN, children=(14, 6)), CIREBON, FAMILIES, WOMENS),
    ("ND_BED", WOMAN, CIREBON, WOMENS, "Shelter for men"),
    ("ND_BED", TRANS, BANDUNG, WOMENS, "Shelter for women and girls"),
    ("ND_BED", GIRL, INDRAMAYU, "Small home for children", WOMENS),
    ("ND_CHILD_ALONE", MAN, INDRAMAYU, "A safe grown-up for children", "Port visit"),
    ("ND_CHILD_LINE", GIRL, INDRAMAYU, "A safe grown-up for children", WOMENS),
    ("ND_WITH_ME", WOMAN, "32.15", RIDE, "A safe grown-up for children"),
    ("ND_HELD", MAN, BEKASI, "A lawyer when you are accused", "Someone beside you with police"),
    ("ND_STAY", MAN, JAKARTA, "Advice on staying in Indonesia", "Passport"),
    ("ND_CONSULATE", MAN, JAKARTA, "Advice on staying in Indonesia", "Passport"),
    ("ND_DENTIST", MAN, "32.09", "Teeth and eyes", "Emergency room"),
    ("ND_FAMILY", WOMAN, "32.14", "Find your family", "Is it safe for me to go home?"),
    ("ND_INTERPRETER", WOMAN, CIREBON, "Interpreter by phone", "Indonesian lessons"),
    ("ND_WAGES", WOMAN, "32.08", "Help with unpaid wages", "fishers"),
    ("ND_DEBT", MAN, INDRAMAYU, "Help with debts", "Start a small business"),
    ("ND_TALK", MAN, BANDUNG, "Counselling for everyone", "Women's sewing"),
    ("ND_WAY_HOME", MAN, "31.73", "Plan and travel home", "Is it safe for me to go home?"),
    ("ND_WORK", replace(GIRL, age_years=15), CIREBON, "Back to school", "Finding paid work"),
]


@pytest.mark.parametrize(("code", "person", "place", "best", "absent"), BEST)
def test_a_need_leads_to_the_best_service_first(
    directory: None, code: str, person: PersonFacts, place: str, best: str, absent: str
) -> None:
    found = names(group_for(code, person, place)["best"])
    assert found[0].startswith(best), found
    assert not any(absent in name for name in found), found


def test_a_need_leads_to_services_of_all_its_types(directory: None) -> None:
    group = group_for("ND_DANGER", WOMAN, BANDUNG)
    types = {code for row in (*group["best"], *group["more"]) for code in row["card"].types}
    assert {"SAF_RISK", "HOU_EMERGENCY", "MEN_CRISIS"} <= types


def test_trans_people_see_first_what_takes_them_and_may_ask_the_others(directory: None) -> None:
    group = group_for("ND_BED", TRANS, BANDUNG)
    assert all(row["fits"] for row in group["best"])
    outcomes = {reason.outcome for row in group["more"] for reason in row["reasons"].first}
    assert "perhaps" in outcomes
    assert "mismatch" not in outcomes


def test_danger_leads_to_testimony_only_if_there_is_nothing_else(directory: None, monkeypatch: Any) -> None:
    group = group_for("ND_DANGER", WOMAN, BANDUNG)
    assert not any(TESTIFY in name for name in names([*group["best"], *group["more"]]))
    assert not group["ask_testimony"]
    only = packages.WantedHelp(code="x", label="", services=("SAF_PROTECTION",), without_testimony=True)
    alone = matching._group(only, replace(WOMAN, place=BANDUNG), matching.Limits(), set())
    assert TESTIFY in names(alone["best"])[0]
    assert alone["ask_testimony"], "and the page says so"


def test_a_line_that_asks_for_testimony_is_called_only_alone_and_says_so(directory: None) -> None:
    lines = queries.answering_lines(["SAF_RISK", "SAF_PROTECTION"], most=50)
    assert lines, "positive control"
    assert not any(card.asks_testimony for card in lines)
    asking = replace(lines[0], facts=replace(lines[0].facts, cooperation=True))
    words = "It asks for testimony or a police report"
    for template in ("referrals/hotlines.html", "screening/phone_lines.html"):
        assert words in render_to_string(template, {"cards": [asking]})
        assert words not in render_to_string(template, {"cards": [lines[0]]})


def test_lines_of_the_country_stand_in_where_nobody_is_listed(directory: None) -> None:
    nobody = packages.WantedHelp(code="x", label="", services=("HEA_DENTAL",))
    group = matching._group(nobody, replace(WOMAN, place="94.71"), matching.Limits(), set())
    assert group["best"] == []
    assert group["country_lines"]
    assert not any(set(card.types) == {"COO_INTERPRET"} for card in queries.country_lines(most=99)), "they know no help"
    everybody = frozenset(card.provider for card in group["country_lines"])
    excluding = matching._group(nobody, replace(WOMAN, place="94.71"), matching.Limits(everybody), set())
    assert not everybody.intersection(card.provider for card in excluding["country_lines"])


def test_a_service_is_written_out_once(directory: None) -> None:
    shown: set[Any] = set()
    wanted = packages.WantedHelp(code="x", label="", services=("MEN_CRISIS",))
    first, again = (matching._group(wanted, WOMAN, matching.Limits(), shown) for _ in range(2))
    assert [row["shown_above"] for row in first["best"]] == [False] * len(first["best"])
    assert [row["shown_above"] for row in again["best"]] == [True] * len(again["best"])


def test_needs_and_packages_name_only_known_types_and_each_need_has_some() -> None:
    types = {code for row in instrument().needs.values() for code in row.services}
    types |= {code for row in instrument().stops.values() for code in row.services}
    types |= {code for row in instrument().needs.values() for code in row.child_services}
    types |= {code for row in PACKAGES.members for code in (*row["services"], *row.get("child_services", ()))}
    assert types <= catalogue.types().keys()
    assert all(need.services for need in instrument().needs.values())


@pytest.mark.parametrize(
    "need", ["ND_DANGER", "ND_THREAT", "ND_BED", "ND_CHILD_ALONE", "ND_CHILD_TAKEN", "ND_BODY_CARE"]
)
def test_needs_of_safety_never_begin_with_police_or_witness_protection(need: str) -> None:
    row = instrument().needs[need]
    assert row.without_testimony
    for services in (row.services, row.child_services):
        assert "SAF_PROTECTION" not in services[:-1]


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("path", Path)
def test_every_outcome_has_a_package(outcome: Outcome, path: Path) -> None:
    codes = {part.code for part in packages.package_after(outcome, path=path, with_children=False)}
    assert {"PK_HEALTH", "PK_COUNSEL", "PK_LEGAL"} <= codes
    assert ("PK_CHILD" in codes) == (path is Path.CHILD)
    assert "PK_CHILDREN" not in codes


def test_strong_signs_call_for_the_whole_package() -> None:
    parts = packages.package_after(Outcome.PRESUMED_VICTIM, path=Path.CHILD, with_children=True)
    assert {part.code for part in parts} == set(PACKAGES)
    assert parts == packages.package_after(Outcome.POSSIBLE_AT_RISK, path=Path.CHILD, with_children=True)


def test_a_part_of_the_package_that_a_need_covers_is_not_offered_twice() -> None:
    parts = packages.package_after(Outcome.PRESUMED_VICTIM, path=Path.ADULT, with_children=False)
    wages = next(part for part in parts if part.code == "PK_WAGES")
    left = packages.not_covered(parts, [replace(wages, urgency=Urgency.WEEK)])
    assert [part for part in parts if part not in left] == [wages]


def stored(ident: str, service_type: str) -> Need:
    return Need(id=ident, service_type=service_type, urgency=Urgency.TODAY, at=clock.now())


def test_a_need_that_an_earlier_version_stored_stands_for_all_its_types_now() -> None:
    """Data of 0.1 has one type of service only."""
    wanted = packages.wanted_for(stored("urgent-ND_DANGER", "SAF_PROTECTION"), path=Path.ADULT)
    assert wanted.services == instrument().needs["ND_DANGER"].services
    assert wanted.label == "Someone may hurt me, or someone close to me, now"
    gone = packages.wanted_for(stored("urgent-ND_DANGER", "HOU_RENT"), path=Path.ADULT)
    assert gone.services[-1] == "HOU_RENT", "what was stored stays"


@pytest.mark.parametrize("ident", ["need-HEA_GENERAL", "urgent-ND_NEVER", "need-5f3c0d52-8a1e-4f0b-9a53-000000000001"])
def test_a_need_that_was_added_by_type_stays_that_type(ident: str) -> None:
    wanted = packages.wanted_for(stored(ident, "HEA_GENERAL"), path=Path.ADULT)
    assert (wanted.services, wanted.whom, wanted.without_testimony) == (("HEA_GENERAL",), "", False)
    assert wanted.label == "General medical care"


def test_a_need_for_somebody_else_does_not_use_the_facts_of_the_person() -> None:
    here = replace(MAN, place=CIREBON, nationality=None)
    child, other = (packages.facts_of_helped(here, whom) for whom in ("CHILD", "OTHER"))
    assert (child.sex, child.age_status, child.place) == (None, AgeStatus.CHILD, CIREBON)
    assert (other.sex, other.age_status, other.place) == (None, None, CIREBON)
    assert packages.facts_of_helped(GIRL, "CHILD").sex == "FEMALE", "a child for whom a child line is wanted"
    assert packages.facts_of_helped(here, "FOREIGNER").nationality == "FOREIGN"
    assert packages.facts_of_helped(replace(here, place="ABROAD"), "FOREIGNER").nationality is None
    assert packages.facts_of_helped(here, "") is here


def test_the_consulate_of_somebody_hardly_known_is_no_question_of_general_information(directory: None) -> None:
    group = group_for("ND_CONSULATE", PersonFacts(age_status="AB_18"), "32")
    offered = names([*group["best"], *group["more"]])
    assert any(name.startswith("Advice on staying in Indonesia") for name in offered), "positive control"
    for unfit in ("Ask by message", "When a service was not good to you", "A helper in your village"):
        assert not any(name.startswith(unfit) for name in offered), offered
