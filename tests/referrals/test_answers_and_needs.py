"""Rules of referrals: reasons and dates of acts, status of needs, and shared fields."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.consent.codes import Field, Purpose, RecipientKind
from suar.consent.rules import ConsentFacts
from suar.core.urgency import Urgency
from suar.referrals import rules
from suar.referrals.codes import (
    Actor,
    NeedStatus,
    State,
    Verb,
)
from suar.referrals.models import Act

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CHIOMA, DAN = UUID(int=1), UUID(int=2)
URGENT = (Urgency.NOW, Urgency.TODAY)
SPOKE = NOON - timedelta(minutes=5)
LIMBO = sorted(
    set(State)
    - {
        State.STARTED,
        State.COMPLETED,
        State.ENDED_EARLY,
        State.FEEDBACK_DONE,
    }
)


def consent(**changes):
    facts = {
        "recipient": CHIOMA,
        "recipient_kind": RecipientKind.LEGAL,
        "purpose": Purpose.SERVICE,
        "fields": frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS, Field.AGE_BAND}),
        "given_at": NOON - timedelta(days=1),
        "ends_on": date(2027, 3, 30),
        "withdrawn_at": None,
    }
    return ConsentFacts(**{**facts, **changes})


@pytest.mark.parametrize("verb", Verb)
def test_an_act_requires_a_reason_if_its_list_has_reasons(verb):
    dated = date(2026, 12, 1)
    if not rules.reasons(verb):
        assert rules.reason_fits(verb, expected_on=dated)
        return
    assert rules.reason_fits(verb).because == "reason_needed"
    assert rules.reason_fits(verb, reason="too far").because == "reason_not_yours"
    assert all(rules.reason_fits(verb, reason=reason) for reason in rules.reasons(verb))


def test_only_the_clock_uses_the_reason_unanswered():
    assert rules.reasons(Verb.LAPSE) == ("RF_NOANSWER",)
    assert "RF_NOANSWER" not in rules.reasons(Verb.DECLINE)
    for verb, prefix in ((Verb.DECLINE, "RF_"), (Verb.RECALL, "RC_"), (Verb.END_EARLY, "EE_")):
        assert all(code.startswith(prefix) for code in rules.reasons(verb))


def test_a_waiting_list_needs_a_date():
    assert rules.reason_fits(Verb.WAITLIST).because == "date_needed"


@pytest.mark.parametrize(
    ("hours", "allowed"), [([0, 24, 48], True), ([0, 1, 48], False), ([0, 24], False), ([], False)]
)
def test_not_reached_requires_attempts_on_three_days(hours, allowed):
    tries = [Act(verb=Verb.TRY_CONTACT, actor=Actor.RECEIVER, at=NOON + timedelta(hours=hour)) for hour in hours]
    other = Act(verb=Verb.ACCEPT, actor=Actor.RECEIVER, at=NOON - timedelta(days=9))
    decision = rules.enough_attempts([other, *tries], zone=UTC)
    assert decision.allowed == allowed
    assert decision.because == ("" if allowed else "too_few_tries")


def need(urgency, states=(), spoke_at=()):
    return rules.need_status(urgency, states=states, spoke_at=spoke_at, at=NOON)


@pytest.mark.parametrize("urgency", URGENT)
@pytest.mark.parametrize("state", LIMBO)
def test_sending_does_not_meet_an_urgent_need(urgency, state):
    assert need(urgency, [state]) is NeedStatus.NOBODY_INFORMED


@pytest.mark.parametrize("urgency", URGENT)
def test_an_urgent_need_is_informed_once_a_worker_spoke_to_somebody(urgency):
    assert need(urgency, [State.SENT], [SPOKE]) is NeedStatus.INFORMED


@pytest.mark.parametrize(
    ("result", "status"), [("tried", "TRIED"), ("not_wanted", "NOT_WANTED"), ("", "NOBODY_INFORMED")]
)
def test_an_urgent_need_shows_how_the_call_in_the_talk_ended(result, status):
    shown = rules.need_status(Urgency.NOW, result=result, at=NOON)
    assert shown is NeedStatus[status]
    assert rules.need_status(Urgency.NOW, result=result, spoke_at=[SPOKE], at=NOON) is NeedStatus.INFORMED


def test_a_call_in_the_future_does_not_count():
    assert need(Urgency.NOW, spoke_at=[NOON + timedelta(1)]) is NeedStatus.NOBODY_INFORMED


@pytest.mark.parametrize("urgency", Urgency)
def test_help_that_has_started_meets_every_need(urgency):
    assert need(urgency, [State.REFUSED, State.STARTED]) is NeedStatus.HELPED


@pytest.mark.parametrize(
    ("states", "standing"),
    [
        ((), NeedStatus.NOBODY_INFORMED),
        ((State.REFUSED,), NeedStatus.NOBODY_INFORMED),
        ((State.SENT,), NeedStatus.ASKED),
        ((State.REFUSED, State.ACKNOWLEDGED), NeedStatus.ASKED),
        ((State.SENT, State.ACCEPTED), NeedStatus.AGREED),
    ],
)
def test_a_less_urgent_need_shows_its_progress_and_is_not_met(states, standing):
    assert need(Urgency.WEEK, states, [SPOKE]) is standing


def test_a_preview_contains_nothing_that_identifies():
    assert rules.preview_fields(consent(), at=NOON) == {Field.NEEDS, Field.AGE_BAND}


consents = st.builds(
    ConsentFacts,
    recipient=st.just(CHIOMA),
    recipient_kind=st.sampled_from(RecipientKind),
    purpose=st.sampled_from(Purpose),
    fields=st.frozensets(st.sampled_from(Field)),
    given_at=st.just(NOON - timedelta(days=1)),
    ends_on=st.dates(min_value=date(2026, 11, 20), max_value=date(2026, 12, 1)),
    withdrawn_at=st.none() | st.timedeltas(timedelta(days=-2), timedelta(days=9)).map(lambda later: NOON + later),
    status_required=st.booleans(),
)
later = st.timedeltas(timedelta(0), timedelta(days=12))


@settings(max_examples=100, deadline=None)
@given(consents, later)
def test_a_packet_contains_at_most_the_consented_fields(facts, after):
    at = NOON + after
    previewed = rules.preview_fields(facts, at=at)
    assert previewed <= facts.fields
    if (facts.withdrawn_at and facts.withdrawn_at <= at) or at >= facts.ends_at:
        assert not previewed
