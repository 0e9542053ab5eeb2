"""Order of reasons on a page."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from suar.directory.codes import Effect
from suar.directory.facts import PersonFacts, Reason, ServiceFacts
from suar.directory.rules import fit
from tests.directory.test_fit import OPEN
from tests.directory.test_fit_properties import people, services

AMINA = PersonFacts(place="32.74", sex="FEMALE", age_years=24, languages=frozenset({"id"}), papers="NONE")
CLINIC = replace(
    OPEN,
    areas=frozenset({"32"}),
    age_min=18,
    stay="ANY",
    nationality=frozenset({"ANY"}),
    languages=frozenset({"id"}),
)


def split(reasons: tuple[Reason, ...]) -> list[str]:
    return [f"{reason.attribute}.{reason.outcome}" for reason in reasons]


def test_conditions_for_this_person_come_first() -> None:
    reasons = fit.split_reasons(AMINA, fit.fit(AMINA, CLINIC))
    assert split(reasons.first) == [
        "EL_AGE.match",
        "EL_AREA.match",
        "EL_LANGUAGE.match",
        "EL_SEX.open",
        "EL_PAPERS.open",
        "EL_FORMAL.open",
        "EL_COST.states",
    ]
    assert split(reasons.more) == ["EL_STAY.open", "EL_COOPERATION.states"]


def test_open_attribute_without_own_fact_is_left_out() -> None:
    unknown = fit.split_reasons(PersonFacts(), fit.fit(PersonFacts(), CLINIC))
    every = split((*unknown.first, *unknown.more))
    assert "EL_SEX.open" not in every
    assert "EL_NATIONALITY.open" not in every
    assert "EL_PAPERS.open" in every, "conditions of most services are listed for everybody"
    known = replace(AMINA, nationality="FOREIGN")
    assert "EL_NATIONALITY.open" in split(fit.split_reasons(known, fit.fit(known, CLINIC)).first)


def test_cost_is_stated_unless_free() -> None:
    for cost in ("PARTLY", "FULL"):
        paid = replace(CLINIC, cost=cost)
        first = fit.split_reasons(AMINA, fit.fit(AMINA, paid)).first
        assert Reason("EL_COST", "states", Effect.NOTE, (cost,)) in first


def test_questions_come_first_and_rest_on_request() -> None:
    person, service = PersonFacts(), ServiceFacts(id=OPEN.id)
    result = fit.fit(person, service)
    reasons = fit.split_reasons(person, result)
    asked = [item for item in result.because if item.effect is Effect.ASK]
    assert len(asked) > len(reasons.first), "positive control"
    assert [*reasons.first, *reasons.more] == asked


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ({"age_status": "AB_18"}, {"EL_AGE"}),
        ({"age_status": "AB_UNK"}, set()),
        ({"age_status": "AB_MAYBE"}, set()),
        ({"age_years": 9}, {"EL_AGE"}),
        ({"children": ()}, set()),
        ({"children": (None,)}, {"EL_CHILDREN_WITH"}),
        ({"place": "SEA", "urgent": True}, {"EL_AREA", "EL_TIME"}),
        ({"papers": "NONE"}, {"EL_PAPERS"}),
        ({"sex": "MALE", "formal": "NONE"}, {"EL_SEX", "EL_FORMAL"}),
    ],
)
def test_stated_attributes_contains_only_known_facts(stated: dict, known: set[str]) -> None:
    assert fit.stated_attributes(PersonFacts(**stated)) == known


@settings(max_examples=200, deadline=None)
@given(people, services)
def test_reasons_appear_once_and_adverse_ones_all(person: PersonFacts, service: ServiceFacts) -> None:
    result = fit.fit(person, service)
    reasons = fit.split_reasons(person, result)
    every = [*reasons.first, *reasons.more]
    assert len(every) == len(set(every))
    against = {item for item in result.because if item.effect in (Effect.AGAINST, Effect.ASK)}
    assert against <= set(every)
