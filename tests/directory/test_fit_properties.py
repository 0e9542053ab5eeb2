"""Properties of the fit rules for every person and service."""

from dataclasses import fields, replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from suar.directory import catalogue
from suar.directory.codes import Effect, FitKind
from suar.directory.facts import PersonFacts, ServiceFacts
from suar.directory.rules import fit

PLACES = ["32", "32.74", "32.09", "31.71", "NATIONAL", "ABROAD", "SEA"]
WISHES = ("urgent", "residential", "family")


def optional_code(*codes: str) -> st.SearchStrategy:
    return st.none() | st.sampled_from(codes)


def optional_codes(*codes: str) -> st.SearchStrategy:
    return st.none() | st.frozensets(st.sampled_from(codes), min_size=1, max_size=3)


def of(attribute: str) -> list[str]:
    return sorted(catalogue.values_of(attribute))


people = st.builds(
    PersonFacts,
    place=optional_code("32", "32.74", "32.09", "31.71", "ABROAD", "SEA"),
    sex=optional_code("FEMALE", "MALE", "TRANS", "INTERSEX"),
    age_years=st.none() | st.integers(0, 100),
    age_status=st.none(),
    languages=optional_codes("id", "su", "my"),
    papers=optional_code("NONE", "COPY", "ORIGINAL"),
    children=st.none() | st.lists(st.none() | st.integers(0, 17), max_size=3).map(tuple),
    nationality=optional_code("NATIONAL", "FOREIGN", "STATELESS"),
    stay=optional_code("REGULAR", "IRREGULAR"),
    forms=optional_codes("LABOUR", "SEXUAL", "BEGGING"),
    formal=optional_code("NONE", "PRESUMED", "POLICE_REPORT", "FORMAL_DECISION"),
    access_needs=optional_codes("STEP_FREE", "SIGN"),
    conditions=st.none() | st.frozensets(st.sampled_from(["PREGNANT", "INFECTIOUS"])),
    residential=optional_codes("DAY", "RESIDENTIAL_CLOSED"),
    family=optional_codes("CHILDREN", "PARTNER"),
    urgent=st.booleans(),
)
services = st.builds(
    ServiceFacts,
    id=st.just(UUID(int=7)),
    areas=optional_codes(*PLACES),
    districts=st.frozensets(st.sampled_from(["32.74", "32.09"])),
    sex=optional_codes(*of("EL_SEX")),
    age_min=st.none() | st.integers(0, 60),
    age_max=st.none() | st.integers(10, 120),
    children_with=optional_code(*of("EL_CHILDREN_WITH")),
    children_age_limit=st.none() | st.integers(0, 17),
    nationality=optional_codes(*of("EL_NATIONALITY")),
    stay=optional_code(*of("EL_STAY")),
    papers=optional_code(*of("EL_PAPERS")),
    forms=optional_codes("LABOUR", "SEXUAL", "ANY"),
    formal=optional_code(*of("EL_FORMAL")),
    cooperation=st.none() | st.booleans(),
    cost=optional_code(*of("EL_COST")),
    languages=optional_codes("id", "su", "INTERPRETER"),
    opening=optional_code(*of("EL_TIME")),
    residential=optional_codes(*of("EL_RESIDENTIAL")),
    disability=optional_codes(*of("EL_DISABILITY")),
    exclusions=optional_codes(*of("EL_EXCLUSION")),
    family=optional_codes(*of("EL_FAMILY")),
    free_places=st.none() | st.integers(0, 5),
    free_places_days_ago=st.none() | st.integers(0, 20),
    confirmed_days_ago=st.none() | st.integers(0, 365),
)
FACTS = [field.name for field in fields(PersonFacts) if field.name not in WISHES]
STATEMENTS = [field.name for field in fields(ServiceFacts) if field.name not in ("id", "districts", "kinds")]


@settings(max_examples=300, deadline=None)
@given(people, services, st.sets(st.sampled_from(FACTS)))
def test_more_facts_do_not_reverse_a_fit(person: PersonFacts, service: ServiceFacts, forgotten: set[str]) -> None:
    vaguer = replace(person, **dict.fromkeys(forgotten))
    before, after = fit.fit(vaguer, service).kind, fit.fit(person, service).kind
    if before is FitKind.DOES_NOT_FIT:
        assert after is FitKind.DOES_NOT_FIT
    if before is FitKind.FITS:
        assert after is not FitKind.DOES_NOT_FIT


@settings(max_examples=200, deadline=None)
@given(people, services, st.sets(st.sampled_from(STATEMENTS)))
def test_unstated_attribute_does_not_exclude(person: PersonFacts, service: ServiceFacts, untold: set[str]) -> None:
    against = {r.attribute for r in fit.fit(person, service).because if r.effect is Effect.AGAINST}
    vaguer = fit.fit(person, replace(service, **dict.fromkeys(STATEMENTS)))
    assert vaguer.kind is FitKind.ASK_FIRST
    less = fit.fit(person, replace(service, **dict.fromkeys(untold)))
    still = {r.attribute for r in less.because if r.effect is Effect.AGAINST}
    assert still <= against


@settings(max_examples=200, deadline=None)
@given(services)
def test_unknown_person_is_not_excluded(service: ServiceFacts) -> None:
    assert fit.fit(PersonFacts(), service).kind is not FitKind.DOES_NOT_FIT


@settings(max_examples=200, deadline=None)
@given(people, services)
def test_kind_follows_from_reasons(person: PersonFacts, service: ServiceFacts) -> None:
    result = fit.fit(person, service)
    effects = {reason.effect for reason in result.because}
    assert (result.kind is FitKind.DOES_NOT_FIT) == (Effect.AGAINST in effects)
    assert (result.kind is FitKind.FITS) == (not effects & {Effect.AGAINST, Effect.ASK})
