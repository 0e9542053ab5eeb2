"""Handing a person over: with their yes, to a colleague who may know, and without a day on which nobody is there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.models import Notice
from suar.audit import queries as audit
from suar.cases import handover
from suar.cases.codes import HANDOVER_CHECKS
from suar.cases.documents import Handover, Note
from suar.consent.codes import ExclusionKind
from suar.consent.documents import Tasks
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.referrals import sending
from suar.referrals.models import Referral
from tests.people import acting_as, agreed, client_of, sent, viewer

pytestmark = pytest.mark.django_db
EVERY = [code for code, _label in HANDOVER_CHECKS.choices]


def form_for(player, **fields):
    return {"worker": str(player.id), "agreed": "yes", "checks": EVERY, **fields}


def hand_over(client, record, player, **fields):
    return client.post(reverse("hand_over", args=[record]), form_for(player, **fields))


def to(player, by, **fields):
    return Handover(worker=player.id, agreed=True, by=by.id, at=clock.now(), **fields)


def test_the_colleague_opens_the_record_at_once_and_is_its_worker(cast, amina, ben):
    with pytest.raises(NotYours):
        keyring.open_record(amina.id, keys=cast.lia.keys)
    answered = hand_over(ben, amina.id, cast.lia, note="She likes to be called Mina.")
    assert answered["Location"] == reverse("day")
    record = keyring.open_record(amina.id, keys=cast.lia.keys)
    assert record.facts.assignee == cast.lia.id
    assert [note.text for note in record.get_all(Note).values()] == ["She likes to be called Mina."]
    [made] = handover.list_handovers(record)
    assert (made.former, made.worker, made.agreed) == (cast.ben.id, cast.lia.id, True)
    page = client_of(cast.lia).get(reverse("person", args=[amina.id]))
    assert page.context["owner"] == cast.lia.worker.display_name
    assert "Handed over to a colleague" in page.content.decode()


@pytest.mark.db_contract
def test_open_referrals_and_a_notice_go_to_the_colleague(cast, amina, ben):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    Notice.objects.all().delete()
    hand_over(ben, amina.id, cast.lia)
    assert Referral.objects.get(id=made.referral).author == cast.lia.id
    assert set(Notice.objects.values_list("worker", flat=True)) == {cast.lia.id}
    [entry] = [act for act in audit.acts_about(amina.id) if act.verb == "hand_over"]
    assert entry.by == cast.ben.id


def test_cover_is_handed_back_by_a_task_on_its_day(cast, amina, ben):
    until = clock.today() + timedelta(days=10)
    hand_over(ben, amina.id, cast.lia, until=str(until))
    record = keyring.open_record(amina.id, keys=cast.lia.keys)
    [task] = record.get(Tasks).open
    assert (task.due, task.text) == (until, f"Hand back to {cast.ben.worker.display_name}")
    assert client_of(cast.lia).get(reverse("person", args=[amina.id])).context["covers_until"] == until
    hand_over(client_of(cast.lia), amina.id, cast.ben)
    assert keyring.open_record(amina.id, keys=cast.ben.keys).facts.assignee == cast.ben.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"agreed": ""},
        {"agreed": "not_asked"},
        {"agreed": "no"},
        {"checks": EVERY[1:]},
        {"checks": []},
        {"worker": ""},
        {"until": "2020-01-01"},
        {"until": "soon"},
        {"note": "x" * 2001},
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost_or_changed(cast, amina, ben, wrong):
    answered = hand_over(ben, amina.id, cast.lia, **{"note": "Kept words", **wrong})
    assert answered.status_code == 400
    assert b'role="alert"' in answered.content
    assert wrong.get("note", "Kept words") in answered.content.decode()
    assert keyring.open_record(amina.id, keys=cast.ben.keys).facts.assignee == cast.ben.id


def test_without_a_yes_the_reason_is_stored(cast, amina, ben):
    hand_over(ben, amina.id, cast.lia, agreed="not_asked", why="Ben is in hospital")
    [made] = handover.list_handovers(keyring.open_record(amina.id, keys=cast.lia.keys))
    assert (made.agreed, made.why) == (False, "Ben is in hospital")


def test_an_excluded_colleague_is_not_offered_and_gets_nothing(cast, amina, ben):
    sending.record_exclusions(amina, [NewExclusion(ExclusionKind.WORKER, cast.lia.id)], by=acting_as(cast.ben))
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    assert cast.lia.id not in handover.candidates(record, viewer(cast.ben))
    assert cast.lia.worker.display_name not in ben.get(reverse("hand_over", args=[amina.id])).content.decode()
    assert hand_over(ben, amina.id, cast.lia).status_code == 400
    with pytest.raises(Refused, match="not_a_colleague"):
        handover.hand_over(record, to(cast.lia, cast.ben), by=acting_as(cast.ben))
    with pytest.raises(NotYours):
        keyring.open_record(amina.id, keys=cast.lia.keys)


def test_only_the_worker_and_a_lead_hand_over(cast, handover_of_a_case, amina, esi):
    assert hand_over(esi, amina.id, cast.lia).status_code == 302
    colleague = client_of(cast.jaya)
    assert colleague.get(reverse("person", args=[handover_of_a_case])).status_code == 200
    assert colleague.get(reverse("hand_over", args=[handover_of_a_case])).status_code == 404
    record = keyring.open_record(handover_of_a_case, keys=cast.jaya.keys)
    with pytest.raises(NotYours):
        handover.hand_over(record, to(cast.chioma, cast.jaya), by=acting_as(cast.jaya))


@pytest.fixture
def handover_of_a_case(cast, case):
    return case


def test_a_case_goes_to_somebody_who_manages_cases_and_never_to_another_organisation(cast, case, chioma):
    record = keyring.open_record(case, keys=cast.chioma.keys)
    offered = handover.candidates(record, viewer(cast.chioma))
    assert cast.jaya.id in offered
    assert not {cast.ben.id, cast.lia.id, cast.chioma.id} & offered.keys()
    assert hand_over(chioma, case, cast.jaya).status_code == 302
    assert keyring.open_record(case, keys=cast.jaya.keys).facts.assignee == cast.jaya.id
