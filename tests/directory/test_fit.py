"""Rules of fit by tables: one attribute at a time, all others open to everyone."""

from dataclasses import replace
from uuid import UUID

import pytest

from suar.directory import catalogue
from suar.directory.codes import Effect, FitKind
from suar.directory.facts import Fit, PersonFacts, Reason, ServiceFacts
from suar.directory.rules import fit

FITS, ASK, NOT = FitKind.FITS, FitKind.ASK_FIRST, FitKind.DOES_NOT_FIT
OPEN = ServiceFacts(
    id=UUID(int=1),
    areas=frozenset({"NATIONAL"}),
    sex=frozenset({"ANY"}),
    age_min=0,
    age_max=120,
    papers="NONE",
    formal="NONE",
    cooperation=False,
    cost="FREE",
    languages=frozenset({"INTERPRETER"}),
    confirmed_days_ago=3,
)
NOBODY_KNOWN = PersonFacts()
UNDER_12 = {"children_with": "UNDER_AGE_LIMIT", "children_age_limit": 12}


def some(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def test_open_service_fits_unknown_person() -> None:
    assert fit.fit(NOBODY_KNOWN, OPEN).kind is FITS


def test_service_that_states_nothing_asks_first() -> None:
    result = fit.fit(NOBODY_KNOWN, ServiceFacts(id=UUID(int=1)))
    assert result.kind is ASK
    assert {reason.outcome for reason in result.because} == {"unknown", "never"}


TABLE = [
    # attribute, person, service, kind, outcome
    ("EL_SEX", {"sex": "MALE"}, {"sex": some("MALE")}, FITS, "match"),
    ("EL_SEX", {"sex": "MALE"}, {"sex": some("FEMALE")}, NOT, "mismatch"),
    ("EL_SEX", {"sex": "MALE"}, {"sex": some("ANY")}, FITS, "open"),
    ("EL_SEX", {}, {"sex": some("FEMALE")}, ASK, "restricts"),
    ("EL_SEX", {"sex": "TRANS"}, {"sex": some("FEMALE")}, ASK, "perhaps"),
    ("EL_SEX", {"sex": "INTERSEX"}, {"sex": some("MALE", "TRANS")}, ASK, "perhaps"),
    ("EL_SEX", {"sex": "INTERSEX"}, {"sex": some("ANY")}, FITS, "open"),
    ("EL_SEX", {"sex": "TRANS"}, {"sex": some("TRANS")}, FITS, "match"),
    ("EL_SEX", {"sex": "FEMALE"}, {"sex": None}, ASK, "unknown"),
    ("EL_AGE", {"age_years": 17}, {"age_min": 18, "age_max": None}, NOT, "mismatch"),
    ("EL_AGE", {"age_years": 18}, {"age_min": 18, "age_max": None}, FITS, "match"),
    ("EL_AGE", {"age_years": 60}, {"age_min": None, "age_max": 59}, NOT, "mismatch"),
    ("EL_AGE", {"age_status": "AB_18"}, {"age_min": 18, "age_max": 120}, FITS, "match"),
    ("EL_AGE", {"age_status": "AB_18"}, {"age_min": 18, "age_max": 59}, ASK, "restricts"),
    ("EL_AGE", {"age_status": "AB_18"}, {"age_min": 0, "age_max": 17}, NOT, "mismatch"),
    ("EL_AGE", {"age_status": "AB_U18"}, {"age_min": 0, "age_max": 17}, FITS, "match"),
    ("EL_AGE", {"age_status": "AB_U18"}, {"age_min": 18, "age_max": 99}, NOT, "mismatch"),
    ("EL_AGE", {"age_status": "AB_MAYBE"}, {"age_min": 0, "age_max": 17}, ASK, "restricts"),
    ("EL_AGE", {"age_status": "AB_MAYBE"}, {"age_min": 18, "age_max": 99}, ASK, "restricts"),
    ("EL_AGE", {}, {"age_min": None, "age_max": None}, ASK, "unknown"),
    ("EL_PAPERS", {"papers": "NONE"}, {"papers": "HELP_GIVEN"}, FITS, "open"),
    ("EL_PAPERS", {"papers": "NONE"}, {"papers": "COPY"}, NOT, "mismatch"),
    ("EL_PAPERS", {"papers": "COPY"}, {"papers": "COPY"}, FITS, "match"),
    ("EL_PAPERS", {"papers": "COPY"}, {"papers": "ORIGINAL"}, NOT, "mismatch"),
    ("EL_PAPERS", {"papers": "ORIGINAL"}, {"papers": "COPY"}, FITS, "match"),
    ("EL_PAPERS", {}, {"papers": "ORIGINAL"}, ASK, "restricts"),
    ("EL_FORMAL", {}, {"formal": "NONE"}, FITS, "open"),
    ("EL_FORMAL", {"formal": "NONE"}, {"formal": "PRESUMED"}, ASK, "restricts"),
    ("EL_FORMAL", {"formal": "PRESUMED"}, {"formal": "POLICE_REPORT"}, NOT, "mismatch"),
    ("EL_FORMAL", {"formal": "FORMAL_DECISION"}, {"formal": "PRESUMED"}, FITS, "match"),
    ("EL_LANGUAGE", {"languages": some("su")}, {"languages": some("su", "id")}, FITS, "match"),
    ("EL_LANGUAGE", {"languages": some("su")}, {"languages": some("id")}, ASK, "mismatch"),
    ("EL_LANGUAGE", {"languages": some("my")}, {"languages": some("INTERPRETER")}, FITS, "open"),
    ("EL_NATIONALITY", {"nationality": "FOREIGN"}, {"nationality": some("NATIONAL")}, NOT, "mismatch"),
    ("EL_NATIONALITY", {}, {"nationality": some("NATIONAL")}, ASK, "restricts"),
    ("EL_NATIONALITY", {"nationality": "FOREIGN"}, {"nationality": None}, ASK, "unknown"),
    ("EL_NATIONALITY", {}, {"nationality": None}, FITS, None),
    ("EL_STAY", {"stay": "IRREGULAR"}, {"stay": "REGULAR_ONLY"}, NOT, "mismatch"),
    ("EL_STAY", {"stay": "REGULAR"}, {"stay": "REGULAR_ONLY"}, FITS, "match"),
    ("EL_STAY", {}, {"stay": "REGULAR_ONLY"}, ASK, "restricts"),
    ("EL_STAY", {"stay": "IRREGULAR"}, {"stay": "ANY"}, FITS, "open"),
    ("EL_FORM", {"forms": some("LABOUR")}, {"forms": some("SEXUAL", "LABOUR")}, FITS, "match"),
    ("EL_FORM", {"forms": some("BEGGING")}, {"forms": some("SEXUAL")}, NOT, "mismatch"),
    ("EL_FORM", {}, {"forms": some("SEXUAL")}, ASK, "restricts"),
    ("EL_COOPERATION", {}, {"cooperation": True}, FITS, "states"),
    ("EL_COOPERATION", {}, {"cooperation": None}, ASK, "unknown"),
    ("EL_COST", {}, {"cost": "FULL"}, FITS, "states"),
    ("EL_COST", {}, {"cost": "INSURANCE"}, ASK, "states"),
    ("EL_COST", {}, {"cost": None}, ASK, "unknown"),
    ("EL_TIME", {"urgent": True}, {"opening": "24_7"}, FITS, "urgent"),
    ("EL_TIME", {"urgent": True}, {"opening": "OFFICE_HOURS"}, NOT, "urgent"),
    ("EL_TIME", {"urgent": True}, {"opening": None}, ASK, "unknown"),
    ("EL_TIME", {}, {"opening": "APPOINTMENT"}, FITS, "states"),
    ("EL_TIME", {}, {"opening": None}, FITS, None),
    ("EL_AREA", {"place": "32.74"}, {"areas": some("32.74")}, FITS, "match"),
    ("EL_AREA", {"place": "32.74"}, {"areas": some("32")}, FITS, "match"),
    ("EL_AREA", {"place": "32.74"}, {"areas": some("32.09")}, NOT, "mismatch"),
    ("EL_AREA", {"place": "32.74"}, {"areas": some("32.74"), "districts": some("32.74")}, FITS, "site"),
    ("EL_AREA", {"place": "32"}, {"areas": some("32.09")}, ASK, "part"),
    ("EL_AREA", {"place": "32"}, {"areas": some("31.71")}, NOT, "mismatch"),
    ("EL_AREA", {"place": "ABROAD"}, {"areas": some("NATIONAL")}, ASK, "restricts"),
    ("EL_AREA", {"place": "ABROAD"}, {"areas": some("ABROAD")}, FITS, "match"),
    ("EL_AREA", {"place": "SEA"}, {"areas": some("32.12")}, NOT, "mismatch"),
    ("EL_AREA", {"place": "32.74"}, {"areas": some("NATIONAL")}, FITS, "open"),
    ("EL_AREA", {}, {"areas": some("32")}, ASK, "restricts"),
    ("EL_AREA", {"place": "32.74"}, {"areas": None}, ASK, "unknown"),
    ("EL_CHILDREN_WITH", {"children": ()}, {"children_with": "NO"}, FITS, None),
    ("EL_CHILDREN_WITH", {"children": (3,)}, {"children_with": "NO"}, NOT, "mismatch"),
    ("EL_CHILDREN_WITH", {"children": (3,)}, {"children_with": "YES"}, FITS, "open"),
    ("EL_CHILDREN_WITH", {"children": (3,)}, {"children_with": None}, ASK, "unknown"),
    ("EL_CHILDREN_WITH", {}, {"children_with": None}, FITS, None),
    ("EL_CHILDREN_WITH", {}, {"children_with": "NO"}, ASK, "restricts"),
    ("EL_CHILDREN_WITH", {"children": (12, 3)}, UNDER_12, FITS, "match"),
    ("EL_CHILDREN_WITH", {"children": (13, None)}, UNDER_12, NOT, "mismatch"),
    ("EL_CHILDREN_WITH", {"children": (None,)}, UNDER_12, ASK, "restricts"),
    ("EL_CHILDREN_WITH", {"children": (3,)}, {"children_with": "UNDER_AGE_LIMIT"}, ASK, "restricts"),
    ("EL_DISABILITY", {"access_needs": some("STEP_FREE")}, {"disability": some("STEP_FREE", "SIGN")}, FITS, "match"),
    ("EL_DISABILITY", {"access_needs": some("SIGN")}, {"disability": some("STEP_FREE")}, ASK, "mismatch"),
    ("EL_DISABILITY", {"access_needs": some("SIGN")}, {"disability": None}, ASK, "unknown"),
    ("EL_RESIDENTIAL", {"residential": some("DAY")}, {"residential": some("RESIDENTIAL_CLOSED")}, NOT, "mismatch"),
    ("EL_RESIDENTIAL", {"residential": some("DAY")}, {"residential": some("DAY", "HOME")}, FITS, "match"),
    ("EL_RESIDENTIAL", {"residential": some("DAY")}, {"residential": None}, ASK, "unknown"),
    ("EL_RESIDENTIAL", {}, {"residential": some("DAY")}, FITS, "states"),
    ("EL_FAMILY", {"family": some("CHILDREN")}, {"family": some("CHILDREN")}, FITS, "match"),
    ("EL_EXCLUSION", {"conditions": some("PREGNANT")}, {"exclusions": some("PREGNANT")}, NOT, "mismatch"),
    ("EL_EXCLUSION", {"conditions": some("PREGNANT")}, {"exclusions": some("NONE")}, FITS, None),
    ("EL_EXCLUSION", {"conditions": some()}, {"exclusions": some("PREGNANT")}, FITS, None),
    ("EL_EXCLUSION", {"conditions": some("PREGNANT")}, {"exclusions": None}, ASK, "unknown"),
    ("EL_EXCLUSION", {}, {"exclusions": some("PREGNANT")}, ASK, "restricts"),
    ("EL_CAPACITY", {}, {"free_places": 2, "free_places_days_ago": 7}, FITS, "free"),
    ("EL_CAPACITY", {}, {"free_places": 2, "free_places_days_ago": 8}, FITS, "unknown"),
    ("EL_CAPACITY", {}, {"free_places": 2}, FITS, "unknown"),
    ("EL_CAPACITY", {}, {"free_places": 0, "free_places_days_ago": 0}, ASK, "full"),
    ("AC_CHECKED", {}, {"confirmed_days_ago": 180}, FITS, None),
    ("AC_CHECKED", {}, {"confirmed_days_ago": 181}, FITS, "old"),
    ("AC_CHECKED", {}, {"confirmed_days_ago": 365}, FITS, "old"),
    ("AC_CHECKED", {}, {"confirmed_days_ago": 366}, NOT, "too_old"),
    ("AC_CHECKED", {}, {"confirmed_days_ago": None}, ASK, "never"),
]


@pytest.mark.parametrize(("attribute", "person", "service", "kind", "outcome"), TABLE)
def test_each_attribute_follows_its_rule(
    attribute: str, person: dict, service: dict, kind: FitKind, outcome: str | None
) -> None:
    result = fit.fit(replace(NOBODY_KNOWN, **person), replace(OPEN, **service))
    outcomes = [reason.outcome for reason in result.because if reason.attribute == attribute]
    assert (result.kind, outcomes[:1]) == (kind, [outcome] if outcome else [])


def test_every_matched_attribute_has_a_case() -> None:
    matched = {c for c, row in catalogue.attributes().items() if row["match"]["method"] != "show"}
    assert matched == {row[0] for row in TABLE} - {"AC_CHECKED"}


def test_regular_stay_requirement_adds_note_on_rights() -> None:
    result = fit.fit(NOBODY_KNOWN, replace(OPEN, stay="REGULAR_ONLY"))
    assert Reason("EL_STAY", "warning", Effect.WARN, ("REGULAR_ONLY",)) in result.because


def ranked(person: PersonFacts, *services: ServiceFacts) -> list[ServiceFacts]:
    return sorted(services, key=lambda offer: fit.sort_key(person, offer, fit.fit(person, offer)))


ORDERS = [
    ("what fits comes before what must be asked", {}, {"sex": None}, {}),
    ("testimony asked comes last", {}, {"cooperation": True, "confirmed_days_ago": 0}, {}),
    ("only the language to ask is like a fit", {}, {"cost": "PARTLY"}, {"languages": some("id")}),
    ("another language is not", {"languages": some("my")}, {"languages": some("id")}, {"cost": "PARTLY"}),
    ("so does a police report", {"formal": "POLICE_REPORT"}, {"formal": "POLICE_REPORT"}, {"formal": "PRESUMED"}),
    ("takes trans people before made for men", {"sex": "TRANS"}, {"sex": some("MALE")}, {"sex": some("TRANS")}),
    ("takes everyone before made for women", {"sex": "INTERSEX"}, {"sex": some("FEMALE")}, {"sex": some("ANY")}),
    ("of unknown sex: asks about papers first", {}, {"sex": some("MALE")}, {"papers": "COPY"}),
    ("of unknown age: asks about papers first", {}, {"age_max": 17}, {"papers": "COPY"}),
    ("not for another kind of work first", {}, {"forms": some("SEC_FISHING")}, {"languages": some("id")}),
    ("asks about nationality before sex", {}, {"sex": some("MALE")}, {"nationality": some("FOREIGN")}),
    ("open day and night first when it is urgent", {"urgent": True}, {"opening": None}, {"opening": "24_7"}),
    ("this place first", {"place": "32.74"}, {"areas": some("32")}, {"areas": some("32.74")}),
    ("the province before the country", {"place": "32.74"}, {}, {"areas": some("32")}),
    ("free first", {}, {"cost": "PARTLY", "confirmed_days_ago": 0}, {}),
    ("last confirmed first", {}, {"confirmed_days_ago": 9}, {"confirmed_days_ago": 1}),
]


@pytest.mark.parametrize(("name", "person", "later", "sooner"), ORDERS)
def test_sort_key_order(name: str, person: dict, later: dict, sooner: dict) -> None:
    who = replace(NOBODY_KNOWN, **person)
    one, other = replace(OPEN, id=UUID(int=1), **later), replace(OPEN, id=UUID(int=2), **sooner)
    assert ranked(who, one, other) == [other, one], name


def test_the_best_type_for_the_need_comes_before_nearness_but_not_before_who_answers_soon() -> None:
    here = PersonFacts(place="32.74")
    near, always = (replace(OPEN, areas=some("32.74")), replace(OPEN, opening="24_7"))
    match = fit.fit(here, OPEN)
    best = fit.sort_key(here, OPEN, match, type_rank=0, soon=True)
    assert best < fit.sort_key(here, near, match, type_rank=1, soon=True)
    assert best > fit.sort_key(here, always, match, type_rank=1, soon=True)
    assert fit.sort_key(here, OPEN, match) < fit.sort_key(here, always, match, type_rank=1)


@pytest.mark.parametrize(
    ("facts", "asks"),
    [
        ({"cooperation": True}, True),
        ({"formal": "FORMAL_DECISION"}, True),
        ({"formal": "PRESUMED"}, False),
        ({"cooperation": None, "formal": None}, False),
    ],
)
def test_what_asks_for_testimony(facts: dict, asks: bool) -> None:
    assert fit.asks_testimony(replace(OPEN, **facts)) is asks


@pytest.mark.parametrize(
    ("place", "areas", "rank"),
    [
        (None, some("32"), 2),
        ("32.74", None, 2),
        ("32", some("32.09"), 0),
        ("32.74", some("32.09"), 2),
        ("32.74", some("32"), 1),
        ("SEA", some("SEA"), 0),
    ],
)
def test_distance_rank_uses_area_not_site(place: str | None, areas: frozenset[str] | None, rank: int) -> None:
    assert fit.distance_rank(place, areas) == rank


def test_unconfirmed_entry_without_cost_can_be_sorted() -> None:
    bare = ServiceFacts(id=UUID(int=3))
    assert fit.sort_key(NOBODY_KNOWN, bare, Fit(ASK, ()))[-3:] == (4, 365, str(UUID(int=3)))
