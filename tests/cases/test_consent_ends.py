"""What both sides see when a consent ends by its date: how long it lasts, that it ends, and how to continue."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.cases.models import Case
from suar.core import clock
from suar.records import actions as vault
from suar.records import keyring
from suar.referrals import queries, tasks
from suar.referrals.codes import State
from suar.referrals.models import Act, Referral
from tests.people import agreed, client_of, sent

PAST, SOON = timedelta(days=91), timedelta(days=86)
NAME = "Amina Rekaan"


def path(name, *ids):
    return reverse(name, args=ids)


def text(page):
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def new_referral(cast, amina):
    """A referral to Pelita, until in 90 days."""
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


@pytest.fixture
def case(chioma, new_referral):
    """The case that Chioma opened by accepting it."""
    chioma.post(path("accept_referral", new_referral))
    return Case.objects.get().record


@pytest.fixture
def last_day():
    """The last day of the yes, as it is written on a page."""
    day = clock.today() + timedelta(days=90)
    return f"{day.day} {day:%B %Y}"


def end(new_referral):
    tasks.check_deadlines.call()
    assert tasks.lapse.call(str(new_referral)) is True


def test_the_receiver_sees_the_last_day_of_a_consent(chioma, new_referral, case, last_day):
    page = chioma.get(path("person", case))
    assert f"We can see this until {last_day}, unless the person withdraws their consent" in text(page)


def test_both_day_pages_announce_the_end_of_a_consent(cast, chioma, ben, new_referral, case, last_day):
    assert last_day not in text(chioma.get("/"))
    assert last_day not in text(ben.get("/"))
    with clock.shifted(SOON):
        assert f"The last day of the consent is {last_day}" in text(client_of(cast.chioma).get("/"))
        day = text(client_of(cast.ben).get("/"))
        assert f"The last day of the consent is {last_day}" in day
        record = Referral.objects.get().record
        assert path("referral_sent", record, new_referral) in day
        shown = text(client_of(cast.ben).get(path("referral_sent", record, new_referral)))
        assert "Ask the person again" in shown


def test_after_the_end_the_receiver_reads_nothing_but_reports_progress(cast, amina, new_referral, case):
    with clock.shifted(PAST):
        end(new_referral)
        chioma = client_of(cast.chioma)
        page = text(chioma.get(path("person", case)))
        assert NAME not in page
        assert "You can still report progress" in page
        assert "Go to the case" in text(chioma.get(path("inbox_item", new_referral)))
        assert "The consent has ended, nothing opens any more" in text(chioma.get("/"))
        assert "The consent has ended, nothing opens any more" in text(client_of(cast.ben).get("/"))
        assert chioma.post(path("arrived", case)).status_code == 302
        said = {"verb": "end_early", "reason": "EE_MOVED"}
        assert chioma.post(path("referral_act", case), said).status_code == 302
    assert Referral.objects.get().state == State.ENDED_EARLY
    found = queries.sent_for(keyring.open_record(amina.id, keys=cast.ben.keys))[0]
    assert found.history[-1].reason == "EE_MOVED", "the sender reads why"
    assert found.deadlines.stopped_at


def test_a_case_without_its_keys_states_the_reason(cast, new_referral, case):
    from suar.records.models import Value

    Value.objects.filter(record=case, field="thread").delete()
    with clock.shifted(PAST):
        end(new_referral)
        page = client_of(cast.chioma).post(path("arrived", case))
    assert page.status_code == 409
    assert "The consent has ended." in page.content.decode()


def test_a_name_written_by_the_receiver_stays(cast, chioma, new_referral, case):
    chioma.post(path("name_person", case), {"name": "Bu Mina"})
    with clock.shifted(PAST):
        end(new_referral)
        page = text(client_of(cast.chioma).get(path("person", case)))
    assert "Bu Mina" in page
    assert NAME not in page


def test_the_log_names_the_scheduled_task_that_ended_a_consent(cast, esi, amina, new_referral, case):
    with clock.shifted(PAST):
        end(new_referral)
        assert Act.objects.last().verb == "yes_ends"
        page = text(client_of(cast.esi).get(path("readers", amina.id)))
    assert "Scheduled task" in page
    assert "The consent ended" in page


def test_a_new_consent_reopens_the_shared_fields(cast, amina, new_referral, case):
    with clock.shifted(PAST):
        end(new_referral)
        ben = client_of(cast.ben)
        service = queries.sent_for(keyring.open_record(amina.id, keys=cast.ben.keys))[0].document.service
        form = ben.get(path("consent_for", amina.id, service)).context["form"]
        said = {item.name: item.value() for item in form if item.value()}
        said |= {"answer": "yes", "understood": "on", "explained": "on"}
        page = ben.post(path("consent_for", amina.id, service), said)
        assert page.status_code == 302
        shown = text(ben.get(page["Location"]))
        assert "They were asked before" in shown
        assert ben.post(page["Location"])["Location"] == path("referral_sent", amina.id, new_referral)
        assert Referral.objects.count() == 1
        chioma = client_of(cast.chioma)
        assert NAME in text(chioma.get(path("person", case)))
        assert "The person consented again" in text(chioma.get("/"))


@pytest.mark.parametrize("kept_away", [True, False])
def test_excluded_workers_see_no_end_of_a_consent(cast, amina, new_referral, kept_away):
    without = [cast.ben.id] if kept_away else []
    record = keyring.open_record(amina.id, keys=cast.esi.keys)
    vault.restrict(record, excluded=without, keys=cast.esi.keys, at=clock.now())
    with clock.shifted(SOON):
        day = text(client_of(cast.ben).get("/"))
    assert (path("referral_sent", amina.id, new_referral) in day) != kept_away
