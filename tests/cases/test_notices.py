"""Something waits: who is told, when, and that the notice itself says nothing more."""

from datetime import timedelta

import pytest

from suar.accounts import notices, sessions
from suar.accounts.cookies import SESSION_COOKIE, WRAPPING_COOKIE
from suar.accounts.models import Notice
from suar.accounts.sessions import Cookies
from suar.cases.tasks import notify_due
from suar.consent.codes import Field
from suar.core import clock
from suar.records import actions as vault
from suar.records import keyring
from suar.referrals import queries, sending
from suar.referrals.codes import Verb
from suar.referrals.models import Referral
from suar.referrals.tasks import check_deadlines
from tests.people import acting_as, agreed, answer_as, person_of, sent

pytestmark = pytest.mark.django_db
SAYS = "Something waits"
HOUR = timedelta(hours=1)


def waits(client):
    halves = (client.cookies[name].value for name in (SESSION_COOKIE, WRAPPING_COOKIE))
    return sessions.resume(Cookies(*halves), at=clock.now()).session.has_notice


@pytest.fixture
def new_referral(cast):
    """A referral from Ben to Pelita, with no notice left over."""
    record = person_of(cast.ben, cast)
    Notice.objects.all().delete()
    return sent(record, agreed(record, cast.ben), cast.ben).referral


def test_only_the_receiving_organisation_is_notified(cast, new_referral):
    notices = set(Notice.objects.values_list("worker", flat=True))
    assert {cast.chioma.id, cast.kartika.id} <= notices
    assert not notices & {cast.ben.id, cast.farid.id, cast.gita.id, cast.esi.id}


def test_the_bar_shows_a_notice_until_the_day_is_read(chioma, new_referral):
    assert SAYS in chioma.get("/account").content.decode()
    assert SAYS not in chioma.get("/").content.decode()  # the day itself answers
    assert SAYS not in chioma.get("/account").content.decode()


def test_an_answer_notifies_the_sender(cast, ben, new_referral):
    assert not waits(ben)
    answer_as(cast.chioma, new_referral, Verb.DECLINE, reason="RF_NO_PLACE")
    assert waits(ben)


@pytest.mark.parametrize("after", [(), (Verb.ACCEPT,), (Verb.ACCEPT, Verb.START, Verb.COMPLETE)])
def test_a_withdrawal_notifies_the_receiver(cast, chioma, new_referral, after):
    for verb in after:
        answer_as(cast.chioma, new_referral, verb)
    assert "delete what you wrote down" not in chioma.get("/").content.decode()
    notices.mark_seen(cast.chioma.id, at=clock.now())
    assert not waits(chioma)
    record = keyring.open_record(Referral.objects.get(id=new_referral).record, keys=cast.ben.keys)
    consent = queries.sent_for(record)[0].consent
    for times in (1, 0):
        sending.withdraw_consent(record, consent, by=acting_as(cast.ben))
        assert waits(chioma) == bool(times), "once"
        assert "delete what you wrote down" in chioma.get("/").content.decode()


def test_a_recall_or_narrowing_notifies_the_receiver(cast, chioma, new_referral):
    record = keyring.open_record(Referral.objects.get(id=new_referral).record, keys=cast.ben.keys)
    found = queries.sent_for(record)[0]
    notices.mark_seen(cast.chioma.id, at=clock.now())
    sending.narrow_consent(
        record,
        found.consent,
        fields=frozenset({Field.NEEDS}),
        ends_on=clock.today(),
        by=acting_as(cast.ben),
    )
    assert waits(chioma)
    assert "The person shares less now" in chioma.get("/").content.decode()
    sending.follow_up(record, new_referral, Verb.RECALL, by=acting_as(cast.ben), reason="RC_WRONG")
    assert waits(chioma)
    assert "Recalled by the sender" in chioma.get("/").content.decode()


def test_own_acts_do_not_notify_the_sender(cast, ben, new_referral):
    record = keyring.open_record(Referral.objects.get(id=new_referral).record, keys=cast.ben.keys)
    sending.follow_up(record, new_referral, Verb.RECALL, by=acting_as(cast.ben), reason="RC_WRONG")
    assert not waits(ben)


def test_a_late_answer_notifies_once_until_more_is_late(cast, ben, new_referral):
    check_deadlines.call()
    assert not waits(ben)
    with clock.shifted(timedelta(days=20)):
        check_deadlines.call()
        assert Notice.objects.filter(worker=cast.ben.id).exists()
        notices.mark_seen(cast.ben.id, at=clock.now())
    with clock.shifted(timedelta(days=20, hours=1)):
        check_deadlines.call()
        assert not notices.unseen_of(cast.ben.id).exists()


def test_due_work_notifies_every_morning(cast):
    record = person_of(cast.ben, cast)
    Notice.objects.all().delete()
    vault.set_due(record.id, due=clock.today() + timedelta(days=1))
    notify_due.call()
    assert not notices.unseen_of(cast.ben.id).exists()
    for days in (1, 2):
        with clock.shifted(timedelta(days=days)):
            notify_due.call()
            assert notices.unseen_of(cast.ben.id).exists()
            notices.mark_seen(cast.ben.id, at=clock.now())
            notify_due.call()
            assert not notices.unseen_of(cast.ben.id).exists()
    vault.close(record.id)
    with clock.shifted(timedelta(days=3)):
        notify_due.call()
        assert not notices.unseen_of(cast.ben.id).exists()


def test_notifying_twice_makes_one_notice(cast):
    at = clock.now()
    notices.mark_seen(cast.jaya.id, at=at)
    assert notices.notify([cast.jaya.id, cast.jaya.id], at=at) == 1
    assert notices.notify([cast.jaya.id], at=at + HOUR) == 0
    assert Notice.objects.get(worker=cast.jaya.id).since == at


def test_a_notice_stores_a_worker_and_times_only():
    assert {field.name for field in Notice._meta.get_fields()} == {"worker", "since", "seen_at"}
