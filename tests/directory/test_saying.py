"""Which reasons are said first: what meets this person, and what services ask of anybody."""

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


def shown(reasons: tuple[Reason, ...]) -> list[str]:
    return [f"{reason.attribute}.{reason.outcome}" for reason in reasons]


def test_all_that_services_ask_of_this_person_is_said_at_once() -> None:
    reasons = fit.split_reasons(AMINA, fit.fit(AMINA, CLINIC))
    assert shown(reasons.first) == [
        "EL_AGE.match",
        "EL_AREA.match",
        "EL_LANGUAGE.match",
        "EL_SEX.open",
        "EL_PAPERS.open",
        "EL_FORMAL.open",
        "EL_COST.states",
    ]
    assert shown(reasons.more) == ["EL_STAY.open", "EL_COOPERATION.states"]


def test_what_is_open_to_all_where_nobody_was_asked_is_not_said() -> None:
    unknown = fit.split_reasons(PersonFacts(), fit.fit(PersonFacts(), CLINIC))
    every = shown((*unknown.first, *unknown.more))
    assert "EL_SEX.open" not in every
    assert "EL_NATIONALITY.open" not in every
    assert "EL_PAPERS.open" in every, "what most services ask is told to anybody"
    known = replace(AMINA, nationality="FOREIGN")
    assert "EL_NATIONALITY.open" in shown(fit.split_reasons(known, fit.fit(known, CLINIC)).first)


def test_what_it_costs_is_said_when_it_is_not_free() -> None:
    for cost in ("PARTLY", "FULL"):
        paid = replace(CLINIC, cost=cost)
        first = fit.split_reasons(AMINA, fit.fit(AMINA, paid)).first
        assert Reason("EL_COST", "states", Effect.NOTE, (cost,)) in first


def test_what_has_to_be_asked_stands_first_and_the_rest_of_it_is_not_lost() -> None:
    person, service = PersonFacts(), ServiceFacts(id=OPEN.id)
    found = fit.fit(person, service)
    reasons = fit.split_reasons(person, found)
    asked = [item for item in found.because if item.effect is Effect.ASK]
    assert len(asked) > len(reasons.first), "positive control"
    assert [*reasons.first, *reasons.more] == asked


@pytest.mark.parametrize(
    ("told", "known"),
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
def test_a_fact_is_the_persons_own_only_when_it_is_known(told: dict, known: set[str]) -> None:
    assert fit.stated_attributes(PersonFacts(**told)) == known


@settings(max_examples=200, deadline=None)
@given(people, services)
def test_no_reason_is_said_twice_and_none_that_speaks_against_is_lost(
    person: PersonFacts, service: ServiceFacts
) -> None:
    found = fit.fit(person, service)
    reasons = fit.split_reasons(person, found)
    every = [*reasons.first, *reasons.more]
    assert len(every) == len(set(every))
    against = {item for item in found.because if item.effect in (Effect.AGAINST, Effect.ASK)}
    assert against <= set(every)
