"""What a consent covers."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.consent import rules
from suar.consent.codes import Field, Purpose, RecipientKind
from suar.consent.rules import ConsentFacts

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CHIOMA, DAN = UUID(int=1), UUID(int=2)
TOLD = frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS})


def consent(**changes) -> ConsentFacts:
    facts = {
        "recipient": CHIOMA,
        "recipient_kind": RecipientKind.LEGAL,
        "purpose": Purpose.SERVICE,
        "fields": TOLD,
        "given_at": NOON,
        "ends_on": date(2027, 3, 30),
        "withdrawn_at": None,
    }
    return ConsentFacts(**{**facts, **changes})


def covers(facts: ConsentFacts, **changes):
    asked = {"recipient": CHIOMA, "purpose": Purpose.SERVICE, "fields": TOLD, "at": NOON}
    return rules.covers(facts, **{**asked, **changes})


def test_a_consent_covers_the_consented_fields():
    assert covers(consent())
    assert covers(consent(), fields={Field.NEEDS})


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        ({"recipient": DAN}, "other_recipient"),
        ({"purpose": Purpose.CLAIM}, "other_purpose"),
        ({"fields": ()}, "nothing_asked"),
        ({"fields": {Field.NEEDS, Field.PLACE}}, "field_not_covered"),
        ({"at": NOON - timedelta(seconds=1)}, "not_given_yet"),
        ({"at": NOON + timedelta(days=365)}, "ended"),
    ],
)
def test_a_consent_covers_no_other_recipient_purpose_field_or_time(asked, because):
    assert covers(consent(), **asked).because == because


def test_help_does_not_cover_a_criminal_report():
    facts = consent(recipient_kind=RecipientKind.CRIMINAL, purpose=Purpose.SERVICE)
    assert rules.covered_fields(facts, at=NOON) == frozenset()
    assert rules.allowed_purposes(RecipientKind.CRIMINAL) == (Purpose.CRIMINAL,)
    assert rules.allowed_purposes(RecipientKind.FORMAL) == (Purpose.FORMAL,)


def test_consent_cannot_exceed_the_limits_of_the_recipient_kind():
    facts = consent(fields=frozenset(Field))
    covered = rules.covered_fields(facts, at=NOON)
    assert Field.HEALTH not in covered
    assert Field.PLACE not in covered
    assert Field.NARRATIVE in covered


def test_a_withdrawn_consent_is_invalid_from_its_moment():
    facts = consent(withdrawn_at=NOON + timedelta(hours=1))
    assert rules.is_valid(facts, at=NOON + timedelta(minutes=59))
    for later in (timedelta(hours=1), timedelta(hours=3), timedelta(days=900)):
        assert rules.is_valid(facts, at=NOON + later).because == "withdrawn"
        assert not rules.covered_fields(facts, at=NOON + later)


def test_the_last_day_ends_in_the_persons_time_zone():
    jakarta = ZoneInfo("Asia/Jakarta")
    last_minute = datetime(2027, 3, 30, 23, 59, tzinfo=jakarta)
    assert rules.is_valid(consent(), at=last_minute)
    assert not rules.is_valid(consent(), at=last_minute + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"fields": frozenset({Field.NEEDS})}, ""),
        ({"fields": TOLD, "ends_on": date(2027, 1, 1)}, ""),
        ({"fields": frozenset()}, "nothing_left"),
        ({"fields": TOLD | {Field.PLACE}}, "wider"),
        ({"fields": TOLD, "ends_on": date(2027, 3, 31)}, "wider"),
    ],
)
def test_a_consent_can_only_be_narrowed(change, because):
    assert rules.may_narrow(consent(), **change).because == because


def test_a_date_of_birth_is_limited_and_an_age_group_is_not():
    for kind in RecipientKind:
        allowed = rules.allowed_fields(kind, Purpose.SERVICE)
        assert Field.AGE_BAND in allowed
        few = {"HEALTH", "LEGAL", "RETURN", "FORMAL", "CHILD"}
        assert (Field.BIRTH_DATE in allowed) == (kind in few)


@pytest.mark.parametrize("kind", RecipientKind)
def test_the_formal_status_is_shared_only_if_required(kind):
    assert Field.STATUS not in rules.allowed_fields(kind, Purpose.SERVICE)
    assert Field.STATUS in rules.allowed_fields(kind, Purpose.SERVICE, status_required=True)


def test_legal_aid_gets_a_first_name_a_safe_contact_and_the_need():
    smallest = rules.minimum_fields(Purpose.SERVICE, RecipientKind.LEGAL)
    assert smallest == (Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS)


def test_statistics_get_no_identifying_field():
    for fields in (
        rules.minimum_fields(Purpose.STATISTICS, RecipientKind.OTHER),
        rules.allowed_fields(RecipientKind.OTHER, Purpose.STATISTICS),
    ):
        assert not {Field.CALLED_NAME, Field.SAFE_CONTACT, Field.LEGAL_NAME} & set(fields)


fields = st.frozensets(st.sampled_from(Field))
days = st.dates(min_value=date(2026, 11, 1), max_value=date(2027, 12, 31))
consents = st.builds(
    ConsentFacts,
    recipient=st.just(CHIOMA),
    recipient_kind=st.sampled_from(RecipientKind),
    purpose=st.sampled_from(Purpose),
    fields=fields,
    given_at=st.just(NOON),
    ends_on=days,
    withdrawn_at=st.none() | st.timedeltas(timedelta(0), timedelta(400)).map(NOON.__add__),
    status_required=st.booleans(),
)
after = st.timedeltas(timedelta(0), timedelta(500))


@settings(max_examples=150, deadline=None)
@given(consents, fields, after)
def test_covered_fields_are_within_consent_and_kind(facts, asked, later):
    at = NOON + later
    covered = rules.covered_fields(facts, at=at)
    kind, purpose = facts.recipient_kind, facts.purpose
    limit = rules.allowed_fields(kind, purpose, status_required=facts.status_required)
    assert covered <= facts.fields & limit
    decision = rules.covers(facts, recipient=CHIOMA, purpose=purpose, fields=asked, at=at)
    assert decision.allowed == (bool(asked) and asked <= covered)


@settings(max_examples=100, deadline=None)
@given(consents, after, after)
def test_a_closed_consent_stays_closed(facts, first, second):
    early, late = sorted((NOON + first, NOON + second))
    assert rules.is_valid(facts, at=early) or not rules.is_valid(facts, at=late)


@settings(max_examples=100, deadline=None)
@given(consents, fields, st.none() | days, after)
def test_narrowing_covers_no_more_fields(facts, less, ends_on, later):
    made = rules.narrow(facts, fields=less, ends_on=ends_on)
    at = NOON + later
    assert rules.covered_fields(made, at=at) <= rules.covered_fields(facts, at=at)
    if rules.may_narrow(facts, fields=less, ends_on=ends_on):
        assert made.fields == less


@pytest.mark.parametrize("kind", RecipientKind)
def test_the_smallest_set_is_allowed_for_every_purpose(kind):
    for purpose in rules.allowed_purposes(kind):
        smallest = rules.minimum_fields(purpose, kind)
        assert smallest
        assert set(smallest) <= rules.allowed_fields(kind, purpose)
