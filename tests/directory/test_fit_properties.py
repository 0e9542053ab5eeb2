"""What holds for every person and every service, however much is known."""

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


def one(*codes: str) -> st.SearchStrategy:
    return st.none() | st.sampled_from(codes)


def several(*codes: str) -> st.SearchStrategy:
    return st.none() | st.frozensets(st.sampled_from(codes), min_size=1, max_size=3)


def of(attribute: str) -> list[str]:
    return sorted(catalogue.allowed(attribute))


people = st.builds(
    PersonFacts,
    place=one("32", "32.74", "32.09", "31.71", "ABROAD", "SEA"),
    sex=one("FEMALE", "MALE", "TRANS"),
    age_years=st.none() | st.integers(0, 100),
    age_status=st.none(),
    languages=several("id", "su", "my"),
    papers=one("NONE", "COPY", "ORIGINAL"),
    children=st.none() | st.lists(st.none() | st.integers(0, 17), max_size=3).map(tuple),
    nationality=one("NATIONAL", "FOREIGN", "STATELESS"),
    stay=one("REGULAR", "IRREGULAR"),
    forms=several("LABOUR", "SEXUAL", "BEGGING"),
    formal=one("NONE", "PRESUMED", "POLICE_REPORT", "FORMAL_DECISION"),
    access_needs=several("STEP_FREE", "SIGN"),
    conditions=st.none() | st.frozensets(st.sampled_from(["PREGNANT", "INFECTIOUS"])),
    residential=several("DAY", "RESIDENTIAL_CLOSED"),
    family=several("CHILDREN", "PARTNER"),
    urgent=st.booleans(),
)
services = st.builds(
    ServiceFacts,
    id=st.just(UUID(int=7)),
    areas=several(*PLACES),
    districts=st.frozensets(st.sampled_from(["32.74", "32.09"])),
    sex=several(*of("EL_SEX")),
    age_min=st.none() | st.integers(0, 60),
    age_max=st.none() | st.integers(10, 120),
    children_with=one(*of("EL_CHILDREN_WITH")),
    children_age_limit=st.none() | st.integers(0, 17),
    nationality=several(*of("EL_NATIONALITY")),
    stay=one(*of("EL_STAY")),
    papers=one(*of("EL_PAPERS")),
    forms=several("LABOUR", "SEXUAL", "ANY"),
    formal=one(*of("EL_FORMAL")),
    cooperation=st.none() | st.booleans(),
    cost=one(*of("EL_COST")),
    languages=several("id", "su", "INTERPRETER"),
    opening=one(*of("EL_TIME")),
    residential=several(*of("EL_RESIDENTIAL")),
    disability=several(*of("EL_DISABILITY")),
    exclusions=several(*of("EL_EXCLUSION")),
    family=several(*of("EL_FAMILY")),
    free_places=st.none() | st.integers(0, 5),
    free_places_days_ago=st.none() | st.integers(0, 20),
    confirmed_days_ago=st.none() | st.integers(0, 365),
)
FACTS = [field.name for field in fields(PersonFacts) if field.name not in WISHES]
TOLD = [field.name for field in fields(ServiceFacts) if field.name not in ("id", "districts")]


@settings(max_examples=300, deadline=None)
@given(people, services, st.sets(st.sampled_from(FACTS)))
def test_learning_about_the_person_never_turns_no_into_yes_nor_yes_into_no(
    person: PersonFacts, service: ServiceFacts, forgotten: set[str]
) -> None:
    vaguer = replace(person, **dict.fromkeys(forgotten))
    before, after = fit.fit(vaguer, service).kind, fit.fit(person, service).kind
    if before is FitKind.DOES_NOT_FIT:
        assert after is FitKind.DOES_NOT_FIT
    if before is FitKind.FITS:
        assert after is not FitKind.DOES_NOT_FIT


@settings(max_examples=200, deadline=None)
@given(people, services, st.sets(st.sampled_from(TOLD)))
def test_what_a_service_does_not_tell_never_excludes(
    person: PersonFacts, service: ServiceFacts, untold: set[str]
) -> None:
    against = {r.attribute for r in fit.fit(person, service).because if r.effect is Effect.AGAINST}
    vaguer = fit.fit(person, replace(service, **dict.fromkeys(TOLD)))
    assert vaguer.kind is FitKind.ASK_FIRST
    less = fit.fit(person, replace(service, **dict.fromkeys(untold)))
    still = {r.attribute for r in less.because if r.effect is Effect.AGAINST}
    assert still <= against


@settings(max_examples=200, deadline=None)
@given(services)
def test_a_person_of_whom_nothing_is_known_is_never_excluded(service: ServiceFacts) -> None:
    assert fit.fit(PersonFacts(), service).kind is not FitKind.DOES_NOT_FIT


@settings(max_examples=200, deadline=None)
@given(people, services)
def test_the_kind_follows_from_the_reasons(person: PersonFacts, service: ServiceFacts) -> None:
    found = fit.fit(person, service)
    effects = {reason.effect for reason in found.because}
    assert (found.kind is FitKind.DOES_NOT_FIT) == (Effect.AGAINST in effects)
    assert (found.kind is FitKind.FITS) == (not effects & {Effect.AGAINST, Effect.ASK})
