"""After sending: withdrawing, narrowing, recalling, and the expiry of a consent."""

from datetime import timedelta
from uuid import uuid4

import pytest

from suar.accounts.acting import Anonymous
from suar.audit import queries as audit
from suar.consent import queries as given_queries
from suar.consent.codes import Field
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.records.terms import Compartment
from suar.referrals import links, queries, sending, tasks
from suar.referrals.codes import Actor, State, Verb
from suar.referrals.models import Act, Packet, PacketWrap, Partner, Referral
from tests.people import CLINIC, acting_as, agreed, answer_as, lapse, person_of, received, refresh, sent


@pytest.fixture
def consent(cast, amina):
    """Create a consent to Pelita."""
    return agreed(amina, cast.ben)


@pytest.fixture
def new_referral(cast, amina, consent):
    """Send a referral to Pelita on the consent."""
    return sent(amina, consent, cast.ben).referral


def answer(cast, referral, verb, **details):
    chioma = cast.chioma
    return answer_as(chioma, referral, verb, **details)


def receive(cast, referral):
    chioma = cast.chioma
    return received(chioma, referral)


def follow(cast, record, referral, verb, **details):
    state = sending.follow_up(record, referral, verb, by=acting_as(cast.ben), **details)
    refresh(record, cast.ben)
    return state


def withdraw(cast, record, consent, reason=""):
    closed = sending.withdraw_consent(record, consent, by=acting_as(cast.ben), reason=reason)
    refresh(record, cast.ben)
    return closed


def test_a_withdrawal_closes_the_share_at_once(cast, amina, consent, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    assert receive(cast, new_referral).shared, "positive control"
    assert withdraw(cast, amina, consent)
    assert not PacketWrap.objects.filter(referral=new_referral).exists()
    assert bytes(Packet.objects.get().fields) == b""
    seen = receive(cast, new_referral)
    assert (seen.preview, seen.shared, seen.closed) == ({}, None, "consent_withdrawn")
    assert Referral.objects.get(id=new_referral).state == State.CONSENT_WITHDRAWN


def test_a_repeated_withdrawal_counts_once(cast, amina, consent, new_referral):
    withdraw(cast, amina, consent)
    assert not withdraw(cast, amina, consent)
    assert Act.objects.filter(verb=Verb.WITHDRAW).count() == 1


def test_withdrawing_one_consent_leaves_the_other(cast, amina, consent, new_referral):
    other = sent(amina, agreed(amina, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    withdraw(cast, amina, consent)
    assert links.preview_by_link(other.token, at=clock.now()).preview


def test_a_withdrawal_after_the_end_of_help_is_stored_without_an_act(cast, amina, consent, new_referral):
    for verb in (Verb.ACCEPT, Verb.START, Verb.COMPLETE):
        answer(cast, new_referral, verb)
    withdraw(cast, amina, consent)
    assert given_queries.get_consent(amina, consent).withdrawn_at


def test_the_reason_of_a_withdrawal_is_sealed_and_optional(cast, amina, consent):
    withdraw(cast, amina, consent, reason="they told my aunt")
    stored = amina.read(Compartment.NARRATIVE, f"withdrawal-{consent}")
    assert stored == {"reason": "they told my aunt"}


def test_a_consent_of_another_record_cannot_be_withdrawn_here(cast, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    with pytest.raises(NotYours):
        withdraw(cast, amina, theirs)


def test_a_withdrawal_shows_who_read_the_fields_and_when(cast, amina, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    receive(cast, new_referral)
    cast.chioma.keys.write_openings(page="test")
    sent_referral = queries.sent_for(amina)[0]
    readings = queries.readers_of(sent_referral)
    assert [who for who, _ in readings] == ["Chioma"]
    assert readings[0][1].date() == clock.now().date()


def test_a_reading_before_its_audit_entry_is_known_from_the_packet(cast, amina, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    receive(cast, new_referral)
    assert [who for who, _ in queries.readers_of(queries.sent_for(amina)[0])] == ["Chioma"]


def test_a_withdrawal_shows_who_saw_only_the_preview(cast, amina, new_referral):
    receive(cast, new_referral)
    cast.chioma.keys.write_openings(page="test")
    sent_referral = queries.sent_for(amina)[0]
    assert [who for who, _ in queries.previewers_of(sent_referral)] == ["Chioma"]
    assert queries.readers_of(sent_referral) == []
    with clock.shifted(timedelta(minutes=1)):
        answer(cast, new_referral, Verb.ACCEPT)
        receive(cast, new_referral)
        cast.chioma.keys.write_openings(page="test")
    sent_referral = queries.sent_for(amina)[0]
    assert queries.previewers_of(sent_referral) == []
    assert [who for who, _ in queries.readers_of(sent_referral)] == ["Chioma"]


def test_a_withdrawal_shows_that_the_preview_was_seen_by_link(cast, amina):
    link = sent(amina, agreed(amina, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    assert queries.previewers_of(queries.sent_for(amina)[0]) == []
    links.preview_by_link(link.token, at=clock.now())
    assert [who for who, _ in queries.previewers_of(queries.sent_for(amina)[0])] == [""]
    assert audit.acts_about(link.referral)[0].verb == "link_preview"


@pytest.mark.parametrize("done", [(), (Verb.ACCEPT,)])
def test_a_decline_ends_the_consent_at_once(cast, amina, consent, new_referral, done):
    for item in done:
        answer(cast, new_referral, item)
    assert given_queries.get_consent(amina, consent).ended_at is None, "positive control"
    answer(cast, new_referral, Verb.DECLINE, reason="RF_NO_PLACE")
    assert given_queries.consent_status(consent, at=clock.now()).closed == "ended"
    with pytest.raises(Refused) as refusal:
        sending.narrow_consent(
            amina, consent, fields=frozenset({Field.NEEDS}), by=acting_as(cast.ben), ends_on=clock.today()
        )
    assert refusal.value.because == "ended"
    with pytest.raises(Refused):
        sent(amina, consent, cast.ben)


def test_the_end_of_help_ends_the_consent(cast, amina, consent, new_referral):
    for verb in (Verb.ACCEPT, Verb.START, Verb.COMPLETE):
        assert given_queries.get_consent(amina, consent).ended_at is None, "positive control"
        answer(cast, new_referral, verb)
    assert given_queries.consent_status(consent, at=clock.now()).closed == "ended"


def test_a_recall_and_the_clock_end_the_consent(cast, amina, consent, new_referral):
    follow(cast, amina, new_referral, Verb.RECALL, reason="RC_WRONG")
    assert given_queries.get_consent(amina, consent).ended_at is not None
    other = agreed(amina, cast.ben)
    asked_again = sent(amina, other, cast.ben).referral
    with clock.shifted(timedelta(days=400)):
        lapse(asked_again)
    assert given_queries.get_consent(amina, other).ended_at is not None


@pytest.mark.parametrize(
    ("before", "act", "after"),
    [
        ((), (Verb.RECALL, "RC_WRONG"), State.RECALLED),
        ((Verb.ACCEPT,), (Verb.RECALL, "RC_UNSAFE"), State.RECALLED),
        ((), (Verb.DECLINE_BY_PERSON, ""), State.PERSON_DECLINED),
        ((Verb.ACCEPT,), (Verb.START, ""), State.STARTED),
        ((Verb.ACCEPT, Verb.START), (Verb.END_EARLY, "EE_MOVED"), State.ENDED_EARLY),
        ((Verb.ACCEPT, Verb.START, Verb.COMPLETE), (Verb.GIVE_FEEDBACK, ""), State.FEEDBACK_DONE),
    ],
)
def test_each_act_of_the_sender_or_the_person_leads_to_its_state(cast, amina, new_referral, before, act, after):
    for item in before:
        answer(cast, new_referral, item)
    verb, reason = act
    assert follow(cast, amina, new_referral, verb, reason=reason) is after


def test_acts_of_the_person_and_of_the_sender_have_different_actors(cast, amina, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    follow(cast, amina, new_referral, Verb.START)
    assert Act.objects.get(verb=Verb.START).actor == Actor.PERSON_THROUGH_WORKER


@pytest.mark.parametrize(
    ("verb", "reason", "because"),
    [
        (Verb.RECALL, "", "reason_needed"),
        (Verb.RECALL, "RF_AGE", "reason_not_yours"),
        (Verb.CLOSE_UNMET, "", "not_from_here"),
        (Verb.ACCEPT, "", "not_by_you"),
    ],
)
def test_an_act_that_does_not_fit_is_refused(cast, amina, new_referral, verb, reason, because):
    with pytest.raises(Refused) as refusal:
        follow(cast, amina, new_referral, verb, reason=reason)
    assert refusal.value.because == because


def test_a_refused_referral_without_replacement_is_closed_as_unmet(cast, amina, new_referral):
    answer(cast, new_referral, Verb.DECLINE, reason="RF_BUDGET")
    assert follow(cast, amina, new_referral, Verb.CLOSE_UNMET) is State.CLOSED_UNMET


def test_a_referral_of_another_record_is_absent(cast, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = sent(other, agreed(other, cast.ben), cast.ben).referral
    for referral in (theirs, uuid4()):
        with pytest.raises(NotYours):
            follow(cast, amina, referral, Verb.RECALL, reason="RC_WRONG")


def test_an_unanswered_referral_returns_to_the_sender_when_its_consent_expires(cast, amina, new_referral):
    with clock.shifted(timedelta(days=91)):
        assert tasks.check_deadlines.call() == {"ended": 1, "ending": 0, "late": 1}
        assert tasks.lapse.call(str(new_referral)) is True
        assert tasks.lapse.call(str(new_referral)) is False, "once"
    row = Referral.objects.get(id=new_referral)
    assert (row.state, row.due_at) == (State.REFUSED, None)
    act = Act.objects.get(verb=Verb.LAPSE)
    assert (act.actor, act.by, act.sealed) == (Actor.CLOCK, None, None)
    assert not PacketWrap.objects.exists()
    assert tasks.check_deadlines.call() == {"ended": 0, "ending": 0, "late": 0}


def test_an_answered_or_unexpired_referral_does_not_lapse(cast, amina, new_referral):
    with pytest.raises(Refused) as refusal:
        lapse(new_referral)
    assert refusal.value.because == "not_lapsed"
    answer(cast, new_referral, Verb.DECLINE, reason="RF_AGE")
    with clock.shifted(timedelta(days=91)):
        assert tasks.lapse.call(str(new_referral)) is False
        assert tasks.check_deadlines.call()["ended"] == 0


def test_jobs_carry_ids_only_and_open_nothing(cast, new_referral):
    from django_tasks_db.models import DBTaskResult

    with clock.shifted(timedelta(days=91)):
        tasks.check_deadlines.call()
    task_result = DBTaskResult.objects.get(task_path="suar.referrals.tasks.lapse")
    assert task_result.args_kwargs == {"args": [str(new_referral)], "kwargs": {}}


def narrow(cast, record, consent, fields, ends_on=None):
    given = given_queries.get_consent(record, consent)
    ends_on = ends_on or given.facts.ends_on
    result = sending.narrow_consent(record, consent, fields=frozenset(fields), ends_on=ends_on, by=acting_as(cast.ben))
    refresh(record, cast.ben)
    return result


def test_sharing_less_seals_the_packet_again_with_the_remaining_fields(cast, amina, consent, new_referral):
    answer(cast, new_referral, Verb.ACCEPT)
    receive(cast, new_referral)
    before = Packet.objects.get()
    narrow(cast, amina, consent, {Field.CALLED_NAME})
    seen = receive(cast, new_referral)
    assert set(seen.shared) == {Field.CALLED_NAME}
    assert seen.preview == {}
    after = Packet.objects.get()
    assert after.opened_at == before.opened_at, "the list of readers stays"
    assert bytes(after.nonce) != bytes(before.nonce)
    answer(cast, new_referral, Verb.START)
    assert queries.sent_for(keyring.open_record(amina.id, keys=cast.ben.keys))[0].document.shared == ("called_name",)


def test_sharing_less_by_link_gives_a_new_link_and_ends_the_old_one(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    old = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    links.answer_by_link(old.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=old.code)
    new = narrow(cast, amina, consent, {Field.CALLED_NAME, Field.NEEDS})
    with pytest.raises(NotYours):
        links.preview_by_link(old.token, at=clock.now())
    shared = links.answer_by_link(new.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=new.code).shared
    assert set(shared) == {Field.CALLED_NAME, Field.NEEDS}


def test_an_earlier_end_of_the_consent_ends_the_packet_too(cast, amina, consent, new_referral):
    narrow(cast, amina, consent, {Field.CALLED_NAME}, clock.today() + timedelta(days=2))
    with clock.shifted(timedelta(days=3)):
        assert receive(cast, new_referral).closed == "packet_ended"


@pytest.mark.parametrize(
    ("less", "because"),
    [
        (({Field.CALLED_NAME, Field.SEX}, 0), "wider"),
        ((set(), 0), "nothing_left"),
        (({Field.CALLED_NAME}, 1), "wider"),
        (({Field.CALLED_NAME}, -200), "end_in_the_past"),
    ],
)
def test_sharing_less_cannot_make_a_consent_wider_or_empty(cast, amina, consent, new_referral, less, because):
    fields, days = less
    ends_on = given_queries.get_consent(amina, consent).facts.ends_on + timedelta(days=days)
    with pytest.raises(Refused) as refusal:
        narrow(cast, amina, consent, fields, ends_on)
    assert refusal.value.because == because
    assert receive(cast, new_referral).preview, "nothing was changed"


def test_narrowing_a_consent_without_a_referral_sends_nothing(cast, amina, consent):
    assert narrow(cast, amina, consent, {Field.CALLED_NAME}) is None
    given = given_queries.get_consent(amina, consent)
    assert given.facts.fields == {Field.CALLED_NAME}
    before = given.document.narrowed[0]
    assert before.fields == ("called_name", "needs", "safe_contact")
    assert audit.acts_about(consent)[0].verb == "narrow_consent"


def test_sharing_less_is_refused_when_the_keys_of_the_partner_changed(cast, amina, consent, new_referral):
    Partner.objects.update(inbox=bytes(32))
    with pytest.raises(Refused) as refusal:
        narrow(cast, amina, consent, {Field.CALLED_NAME})
    assert refusal.value.because == "partner_key_changed"


def test_a_consent_of_another_record_cannot_be_narrowed(cast, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    from suar.consent import actions

    with pytest.raises(NotYours):
        actions.narrow_consent(
            amina, theirs, fields=frozenset({Field.CALLED_NAME}), ends_on=clock.today(), by=acting_as(cast.ben)
        )
