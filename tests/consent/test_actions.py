"""Giving, making smaller and taking back a consent, as rows and sealed values."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from suar.audit import queries as audit
from suar.consent import actions, queries, rules
from suar.consent.codes import AgeStatus, Field, HowGiven, Interpretation, Purpose, RecipientKind, Required
from suar.consent.models import Consent, Withdrawal
from suar.consent.rules import ChildFacts, Proposal
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from tests.people import LEGAL_AID, acting_as, agreed, person_of


@pytest.fixture
def proposal(cast):
    """A whole yes to legal aid."""
    return Proposal(
        recipient=LEGAL_AID,
        recipient_kind=RecipientKind.LEGAL,
        purpose=Purpose.CLAIM,
        fields=frozenset({Field.CALLED_NAME, Field.NEEDS}),
        ends_on=clock.today() + timedelta(days=30),
        how=HowGiven.SPOKEN,
        language="id",
        interpretation=Interpretation.NOT_NEEDED,
        understood=True,
        informed_of_refusal=True,
        informed_of_withdrawal=True,
        child=ChildFacts(age=AgeStatus.ADULT),
        by=cast.ben.id,
        given_on=clock.today(),
        text_version=1,
    )


def fresh(cast, record):
    return keyring.open_record(record.id, keys=cast.ben.keys)


def give(cast, record, proposal, **more):
    return actions.record_consent(record, proposal, by=acting_as(cast.ben), **more)


def test_a_consent_round_trips(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    given = queries.get_consent(fresh(cast, amina), consent)
    assert given.facts.fields == proposal.fields
    assert given.facts.recipient == LEGAL_AID
    assert given.facts.ends_on == proposal.ends_on
    assert given.facts.zone == clock.LOCAL
    assert given.document.language == "id"
    assert given.document.child.age == "AB_18"
    assert given.withdrawn_at is None
    assert given.document.by == cast.ben.id
    assert audit.acts_about(given.id)[0].verb == "give_consent"


def test_the_consent_row_contains_no_content(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    row = Consent.objects.filter(id=consent).values().get()
    assert set(row) == {"id", "record", "organisation", "by", "at", "ends_at"}
    assert row["ends_at"] == queries.get_consent(fresh(cast, amina), consent).facts.ends_at


def test_an_incomplete_consent_is_not_stored(cast, amina, proposal):
    with pytest.raises(Refused) as refusal:
        give(cast, amina, replace(proposal, understood=False))
    assert refusal.value.because == Required.UNDERSTOOD
    assert not Consent.objects.exists()


def test_a_form_sent_twice_is_one_consent(cast, amina, proposal):
    ident = uuid4()
    assert {give(cast, amina, proposal, ident=ident) for _ in range(2)} == {ident}
    assert Consent.objects.count() == 1


def test_a_changed_form_makes_a_new_consent_and_ends_the_former(cast, amina, proposal):
    ident, smaller = uuid4(), replace(proposal, fields=frozenset({Field.NEEDS}))
    first = give(cast, amina, proposal, ident=ident)
    second = {give(cast, amina, smaller, ident=ident) for _ in range(2)}
    assert len(second - {first}) == 1, "sent twice it is one consent still"
    now = queries.get_consent(fresh(cast, amina), *second)
    assert now.facts.fields == {Field.NEEDS}
    assert rules.is_valid(now.facts, at=clock.now())
    assert queries.consent_status(first, at=clock.now()).closed == "ended"
    third = give(cast, amina, proposal, ident=ident)
    assert third not in {first, *second}
    assert queries.consent_status(*second, at=clock.now()).closed == "ended"
    assert audit.acts_about(second.pop())[0].verb == "give_consent", "both are named"


def test_an_old_form_does_not_renew_a_withdrawn_consent(cast, amina, proposal):
    ident = uuid4()
    consent = give(cast, amina, proposal, ident=ident)
    actions.withdraw_consent(fresh(cast, amina), consent, by=acting_as(cast.ben), reason="")
    assert give(cast, amina, proposal, ident=ident) == consent
    assert queries.consent_status(consent, at=clock.now()).closed == "withdrawn"


def test_a_consent_recorded_meanwhile_is_read_again(cast, amina, proposal):
    before, ident = keyring.open_record(amina.id, keys=cast.ben.keys), uuid4()
    give(cast, amina, proposal, ident=ident)
    assert give(cast, before, proposal, ident=ident) == ident
    assert Consent.objects.count() == 1


def test_a_form_id_of_another_record_is_refused(cast, amina, proposal):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    with pytest.raises(NotYours):
        give(cast, amina, proposal, ident=theirs)


def test_the_newest_consent_comes_first(cast, amina, proposal):
    first = give(cast, amina, proposal)
    with clock.shifted(timedelta(minutes=1)):
        second = give(cast, amina, proposal)
    assert [consent.id for consent in queries.list_consents(fresh(cast, amina))] == [second, first]


def test_a_withdrawal_is_immediate_and_recorded_once(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    assert queries.consent_status(consent, at=clock.now()).closed is None
    for reason in ("changed my mind", "again"):
        actions.withdraw_consent(fresh(cast, amina), consent, by=acting_as(cast.ben), reason=reason)
    standing = queries.consent_status(consent, at=clock.now())
    assert (standing.closed, standing.withdrawn_on) == ("withdrawn", clock.today())
    assert Withdrawal.objects.count() == 1


def test_a_consent_ends_after_its_last_day(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    with clock.shifted(timedelta(days=30)):
        assert queries.consent_status(consent, at=clock.now()).closed is None
    with clock.shifted(timedelta(days=31)):
        assert queries.consent_status(consent, at=clock.now()).closed == "ended"


def test_an_ended_consent_can_be_withdrawn(cast, amina, proposal):
    consent, at = give(cast, amina, proposal), clock.now()
    for later in (0, 1):
        actions.end_consent(consent, at=at + timedelta(hours=later))
    given = queries.get_consent(fresh(cast, amina), consent)
    assert (given.ended_at, given.facts.ends_at) == (at, at)
    assert rules.is_valid(given.facts, at=at).because == "ended"
    assert rules.may_withdraw(given.facts, at=at)
    assert queries.consent_status(consent, at=at).closed == "ended"
    actions.withdraw_consent(fresh(cast, amina), consent, by=acting_as(cast.ben), reason="")
    assert queries.consent_status(consent, at=at).closed == "withdrawn"
    assert not rules.may_withdraw(queries.get_consent(fresh(cast, amina), consent).facts, at=clock.now())


def test_a_withdrawn_consent_is_not_ended_again(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    actions.withdraw_consent(fresh(cast, amina), consent, by=acting_as(cast.ben), reason="")
    actions.end_consent(consent, at=clock.now())
    assert queries.get_consent(fresh(cast, amina), consent).ended_at is None


def test_an_unknown_consent_is_not_valid(cast):
    assert queries.consent_status(uuid4(), at=clock.now()).closed == "not_given_yet"


def test_a_consent_of_another_record_gets_not_yours(cast, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    with pytest.raises(NotYours):
        queries.get_consent(fresh(cast, amina), theirs)
    with pytest.raises(NotYours):
        actions.withdraw_consent(fresh(cast, amina), theirs, by=acting_as(cast.ben), reason="")


def test_a_narrowed_consent_keeps_its_history(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    sooner = clock.today() + timedelta(days=5)
    actions.narrow_consent(
        fresh(cast, amina), consent, fields=frozenset({Field.NEEDS}), ends_on=sooner, by=acting_as(cast.ben)
    )
    given = queries.get_consent(fresh(cast, amina), consent)
    assert given.facts.fields == {Field.NEEDS}
    assert given.facts.ends_on == sooner
    assert Consent.objects.get().ends_at == given.facts.ends_at
    assert given.document.narrowed[0].fields == ("called_name", "needs")


def test_a_withdrawn_consent_cannot_be_narrowed(cast, amina, proposal):
    consent = give(cast, amina, proposal)
    actions.withdraw_consent(fresh(cast, amina), consent, by=acting_as(cast.ben), reason="")
    with pytest.raises(Refused) as refusal:
        actions.narrow_consent(
            fresh(cast, amina),
            consent,
            fields=frozenset({Field.NEEDS}),
            ends_on=proposal.ends_on,
            by=acting_as(cast.ben),
        )
    assert refusal.value.because == "withdrawn"
