"""Whether a consent may be recorded: eleven things, an end, and care with a child."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.consent import rules, wording
from suar.consent.codes import (
    AgeStatus,
    Field,
    Guardian,
    HowGiven,
    Interpretation,
    Involvement,
    Purpose,
    RecipientKind,
    Required,
)
from suar.consent.rules import ChildFacts, Proposal

TODAY = date(2026, 11, 25)
ADULT = ChildFacts(age=AgeStatus.ADULT)
WHOLE = Proposal(
    recipient=UUID(int=1),
    recipient_kind=RecipientKind.LEGAL,
    purpose=Purpose.SERVICE,
    fields=frozenset({Field.CALLED_NAME, Field.NEEDS}),
    ends_on=date(2027, 3, 30),
    how=HowGiven.SPOKEN,
    language="id",
    interpretation=Interpretation.NOT_NEEDED,
    understood=True,
    informed_of_refusal=True,
    informed_of_withdrawal=True,
    child=ADULT,
    by=UUID(int=2),
    given_on=TODAY,
    text_version=wording.LATEST,
)
CHILDLIKE = [AgeStatus.CHILD, AgeStatus.MAY_BE_CHILD, AgeStatus.UNKNOWN]


def with_child(**changes) -> Proposal:
    facts = {
        "age": AgeStatus.CHILD,
        "assent": True,
        "guardian": Guardian.CONSENTED,
        "involvement": Involvement.NO_SIGN,
    }
    return replace(WHOLE, child=ChildFacts(**{**facts, **changes}))


def alone(guardian: Guardian, **changes) -> Proposal:
    """A child's proposal with no guardian who could say yes, to child protection."""
    proposal = with_child(guardian=guardian, involvement=Involvement.POSSIBLE)
    return replace(proposal, **{"recipient_kind": RecipientKind.CHILD, **changes})


def test_a_whole_consent_may_be_recorded():
    assert rules.missing_parts(WHOLE) == ()
    assert rules.may_record(WHOLE)
    assert rules.may_record(WHOLE, today=TODAY)


@pytest.mark.parametrize(
    ("absent", "code"),
    [
        ({"recipient": None}, Required.WHO),
        ({"recipient_kind": None}, Required.WHO),
        ({"purpose": None}, Required.WHY),
        ({"fields": frozenset()}, Required.WHAT),
        ({"ends_on": None}, Required.UNTIL),
        ({"how": None}, Required.HOW),
        ({"language": " "}, Required.LANGUAGE),
        ({"interpretation": None}, Required.LANGUAGE),
        ({"understood": False}, Required.UNDERSTOOD),
        ({"informed_of_refusal": False}, Required.ALTERNATIVE),
        ({"child": None}, Required.CHILD),
        ({"informed_of_withdrawal": False}, Required.WITHDRAW),
        ({"by": None}, Required.BY),
        ({"given_on": None}, Required.BY),
        ({"text_version": None}, Required.BY),
    ],
)
def test_every_one_of_the_eleven_fields_is_required(absent, code):
    proposal = replace(WHOLE, **absent)
    assert rules.missing_parts(proposal) == (code,)
    assert rules.may_record(proposal).because == code


def test_an_empty_consent_lacks_all_eleven():
    assert rules.missing_parts(Proposal()) == tuple(Required)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"purpose": Purpose.CRIMINAL}, "purpose_not_for_recipient"),
        ({"fields": frozenset({Field.HEALTH})}, "field_not_for_recipient"),
        ({"fields": frozenset({Field.STATUS})}, "field_not_for_recipient"),
        (
            {
                "recipient_kind": RecipientKind.OTHER,
                "purpose": Purpose.STATISTICS,
                "fields": frozenset({Field.CALLED_NAME}),
            },
            "field_not_for_purpose",
        ),
        ({"given_on": date(2026, 11, 26)}, "given_in_the_future"),
        ({"ends_on": date(2026, 11, 24)}, "end_in_the_past"),
        ({"given_on": date(2026, 10, 1), "ends_on": date(2026, 11, 1)}, "end_in_the_past"),
        ({"ends_on": date(2027, 11, 26)}, "end_too_far"),
        ({"text_version": 99}, "unknown_text"),
        ({"how": HowGiven.GUARDIAN}, "guardian_not_needed"),
        (
            {"child": ChildFacts(age=AgeStatus.ADULT, guardian=Guardian.CONSENTED)},
            "guardian_not_needed",
        ),
    ],
)
def test_a_consent_outside_its_limits_is_refused(change, because):
    assert rules.may_record(replace(WHOLE, **change), today=TODAY).because == because


def test_a_consent_lasts_from_today_to_a_year_from_now():
    assert rules.may_record(replace(WHOLE, ends_on=TODAY), today=TODAY)
    assert rules.may_record(replace(WHOLE, ends_on=date(2027, 11, 25)), today=TODAY)
    assert rules.may_record(replace(WHOLE, ends_on=date(2026, 11, 24))).because == ("end_in_the_past")


def test_the_formal_status_is_required_by_some_recipients():
    fields = frozenset({Field.STATUS})
    assert rules.may_record(replace(WHOLE, fields=fields, status_required=True))


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1)))
def test_a_year_from_a_day_is_365_or_366_days(day):
    assert (rules.add_months(day, rules.MAX_MONTHS) - day).days in (365, 366)


@pytest.mark.parametrize("how", sorted(set(HowGiven) - {HowGiven.GUARDIAN}))
def test_consent_is_valid_in_every_form(how):
    assert rules.may_record(replace(WHOLE, how=how))


@pytest.mark.parametrize("age", AgeStatus)
def test_a_possible_child_is_on_the_child_path(age):
    assert rules.on_child_path(age) == (age in CHILDLIKE)
    proposal = replace(WHOLE, child=ChildFacts(age=age))
    assert rules.may_record(proposal).allowed == (age not in CHILDLIKE)


@pytest.mark.parametrize("how", HowGiven)
def test_a_child_with_an_uninvolved_guardian_can_consent(how):
    assert rules.may_record(replace(with_child(), how=how))
    independent = with_child(guardian=Guardian.INDEPENDENT_CONSENTED, involvement=Involvement.POSSIBLE)
    assert rules.may_record(replace(independent, how=how))


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"assent": False}, "no_assent"),
        ({"guardian": None}, Required.CHILD),
        ({"guardian": Guardian.REFUSED}, "guardian_refused"),
        ({"involvement": Involvement.POSSIBLE}, "guardian_may_be_involved"),
        ({"involvement": Involvement.NOT_CHECKED}, "guardian_not_checked"),
        (
            {"guardian": Guardian.REFUSED, "involvement": Involvement.POSSIBLE},
            "guardian_may_be_involved",
        ),
        ({"guardian": Guardian.NONE_THERE}, "only_safety_and_needs"),
    ],
)
def test_a_childs_consent_is_refused_without_assent_or_a_safe_guardian(change, because):
    assert rules.may_record(with_child(**change)).because == because


@pytest.mark.parametrize(
    ("involvement", "because"),
    [
        (Involvement.NO_SIGN, ""),
        (Involvement.POSSIBLE, "guardian_may_be_involved"),
        (Involvement.NOT_CHECKED, "guardian_not_checked"),
    ],
)
def test_a_possibly_involved_parent_is_not_contacted(involvement, because):
    assert rules.may_contact_guardian(involvement).because == because


@pytest.mark.parametrize("guardian", [Guardian.NONE_THERE, Guardian.NOT_ASKED])
def test_a_child_without_a_guardian_gets_safety_and_needs(guardian):
    assert rules.may_record(alone(guardian))
    for change in (
        {"fields": frozenset({Field.FAMILY})},
        {"recipient_kind": RecipientKind.LEGAL},
        {"purpose": Purpose.CONTINUE},
    ):
        refused = rules.may_record(alone(guardian, **change))
        assert refused.because == "only_safety_and_needs"
    assert rules.may_record(alone(guardian, how=HowGiven.GUARDIAN)).because == Required.CHILD
