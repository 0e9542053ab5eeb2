"""Handing a person over: with their yes, to a colleague who may know, and without a day on which nobody is there.

For good it takes the access of the worker before; as cover it ends by itself.
"""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts import setup, workers
from suar.accounts.acting import Anonymous
from suar.accounts.codes import WorkerState
from suar.accounts.models import Notice, Worker
from suar.accounts.queries import worker_fingerprint
from suar.accounts.roles import Role
from suar.audit import queries as audit
from suar.cases import actions, handover
from suar.cases.codes import HANDOVER_CHECKS
from suar.cases.documents import Handover, Note
from suar.cases.tasks import end_covers
from suar.consent.codes import ExclusionKind, Field
from suar.consent.documents import Tasks
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.core.urgency import Urgency
from suar.demo import cast as casting
from suar.records import actions as record_actions
from suar.records import keyring
from suar.records import queries as records
from suar.records.models import Grant, IndexKey, Record
from suar.referrals import disclosure, links, receiving, sending
from suar.referrals.codes import Verb
from suar.referrals.models import Referral
from suar.referrals.sending import Offer
from tests.people import CLINIC, acting_as, agreed, client_of, sent, viewer

pytestmark = pytest.mark.django_db
EVERY = [code for code, _label in HANDOVER_CHECKS.choices]


def form_for(player, **fields):
    return {"worker": str(player.id), "agreed": "yes", "checks": EVERY, **fields}


def hand_over(client, record, player, **fields):
    return client.post(reverse("hand_over", args=[record]), form_for(player, **fields))


def opens(player, record):
    """Return True if a worker can open a record and find it on a list."""
    listed = record in records.index_entries([record], keys=player.keys)
    try:
        keyring.open_record(record, keys=player.keys)
    except NotYours:
        assert not listed
        return False
    assert listed
    return True


def owner(record):
    return Record.objects.get(id=record).assignee


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
    assert not opens(cast.ben, amina.id)
    assert opens(cast.esi, amina.id), "a lead of the team holds every record of it"
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
    assert cast.lia.id not in handover.candidates(record).get(cast.village.team.id, {})
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
    [offered] = handover.candidates(record).values()
    assert cast.jaya.id in offered
    assert not {cast.ben.id, cast.lia.id, cast.chioma.id} & offered.keys()
    assert hand_over(chioma, case, cast.jaya).status_code == 302
    assert keyring.open_record(case, keys=cast.jaya.keys).facts.assignee == cast.jaya.id


# Cover


@pytest.mark.db_contract
def test_a_cover_ends_by_itself_after_its_last_day(cast, amina, ben):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    until = clock.today() + timedelta(days=3)
    hand_over(ben, amina.id, cast.lia, until=str(until))
    assert (opens(cast.lia, amina.id), opens(cast.ben, amina.id)) == (True, True)
    with clock.shifted(timedelta(days=3)):
        assert end_covers.call() == 0
        assert (opens(cast.lia, amina.id), owner(amina.id)) == (True, cast.lia.id)
    Notice.objects.all().delete()
    with clock.shifted(timedelta(days=4)):
        assert end_covers.call() == 1
        assert (opens(cast.lia, amina.id), owner(amina.id)) == (False, cast.ben.id)
        assert end_covers.call() == 0
    assert opens(cast.ben, amina.id)
    assert Referral.objects.get(id=made.referral).author == cast.ben.id
    assert set(Notice.objects.values_list("worker", flat=True)) == {cast.ben.id, cast.lia.id}
    assert "end_cover" in {act.verb for act in audit.acts_about(amina.id)}


def test_a_lead_who_covers_keeps_the_access_of_a_lead(cast, amina, ben):
    hand_over(ben, amina.id, cast.esi, until=str(clock.today()))
    with clock.shifted(timedelta(days=1)):
        assert end_covers.call() == 1
    assert (opens(cast.esi, amina.id), owner(amina.id)) == (True, cast.ben.id)


def test_a_cover_can_pass_to_another_colleague_and_ends_with_the_first_worker(cast, amina, ben):
    until = clock.today() + timedelta(days=3)
    hand_over(ben, amina.id, cast.lia, until=str(until))
    hand_over(client_of(cast.lia), amina.id, cast.esi, until=str(until))
    assert not opens(cast.lia, amina.id)
    with clock.shifted(timedelta(days=4)):
        end_covers.call()
    assert owner(amina.id) == cast.ben.id


def test_whoever_was_away_takes_the_person_back_before_the_last_day(cast, amina, ben):
    hand_over(ben, amina.id, cast.lia, until=str(clock.today() + timedelta(days=3)))
    assert hand_over(ben, amina.id, cast.ben).status_code == 302
    assert (owner(amina.id), opens(cast.ben, amina.id), opens(cast.lia, amina.id)) == (cast.ben.id, True, False)
    with clock.shifted(timedelta(days=9)):
        assert end_covers.call() == 0


def test_a_colleague_excluded_while_away_does_not_get_the_person_back(cast, amina, ben):
    hand_over(ben, amina.id, cast.lia, until=str(clock.today()))
    record = keyring.open_record(amina.id, keys=cast.lia.keys)
    sending.record_exclusions(record, [NewExclusion(ExclusionKind.WORKER, cast.ben.id)], by=acting_as(cast.lia))
    with clock.shifted(timedelta(days=1)):
        end_covers.call()
    assert not opens(cast.ben, amina.id)
    assert owner(amina.id) != cast.ben.id


def test_a_cover_goes_on_while_nobody_else_could_open_the_record(cast, amina, ben):
    hand_over(ben, amina.id, cast.lia, until=str(clock.today()))
    Worker.objects.filter(id__in=[cast.ben.id, cast.esi.id]).update(state=WorkerState.DISABLED)
    with clock.shifted(timedelta(days=1)):
        assert end_covers.call() == 0
    assert (opens(cast.lia, amina.id), owner(amina.id)) == (True, cast.lia.id)


def test_a_person_whose_worker_left_during_the_cover_is_nobodys_and_the_lead_reads_it(cast, amina, ben, esi):
    hand_over(ben, amina.id, cast.lia, until=str(clock.today()))
    Worker.objects.filter(id=cast.ben.id).update(state=WorkerState.DISABLED)
    assert "Without a worker" not in esi.get(reverse("team")).content.decode()
    Notice.objects.all().delete()
    with clock.shifted(timedelta(days=1)):
        assert end_covers.call() == 1
    assert owner(amina.id) is None
    assert cast.esi.id in set(Notice.objects.values_list("worker", flat=True))
    first = esi.get(reverse("team")).context["people"].object_list[0]
    assert (first.id, "Without a worker" in first.row.owner) == (amina.id, True)
    assert hand_over(esi, amina.id, cast.lia).status_code == 302
    assert "Without a worker" not in esi.get(reverse("team")).content.decode()


# Another team


@pytest.fixture
def second(cast):
    """A second team of Pelita, led by Kartika, in which only Nadia works."""
    at, by = clock.now(), cast.kartika.acting(at=clock.now())
    team = setup.make_team("Tim dua", organisation=cast.pelita.organisation.id, by=by)
    nadia = casting.hire(cast.pelita.organisation, "nadia", "Nadia", Role.SOCIAL_WORKER, by=cast.kartika.id, at=at)
    workers.admit(nadia.id, team=team.id, fingerprint=worker_fingerprint(nadia.id), by=cast.kartika.acting(at=at))
    nadia.keys.forget()
    cast.kartika.keys.forget()
    return team, nadia


@pytest.mark.db_contract
def test_another_team_gets_the_record_and_the_team_before_loses_it(cast, case, chioma, second):
    team, nadia = second
    actions.add_note(keyring.open_record(case, keys=cast.jaya.keys), "She is fine.", by=acting_as(cast.jaya))
    escrow = set(Grant.objects.filter(record=case, holder="escrow").values_list("id", flat=True))
    answered = chioma.post(reverse("hand_over", args=[case]), form_for(nadia, worker=f"{nadia.id}@{team.id}"))
    assert answered.status_code == 302
    assert [opens(player, case) for player in (nadia, cast.kartika, cast.chioma, cast.jaya)] == [
        True,
        True,
        False,
        False,
    ]
    row = Record.objects.get(id=case)
    assert (row.team, row.assignee) == (team.id, nadia.id)
    assert set(Grant.objects.filter(record=case, holder="escrow").values_list("id", flat=True)) == escrow
    keys = Grant.objects.filter(record=case, holder__in=["team", "worker"]).values_list("key", flat=True)
    assert set(IndexKey.objects.filter(record=case).values_list("key", flat=True)) == set(keys)
    page = client_of(nadia).get(reverse("person", args=[case])).content.decode()
    assert "Handed over to another team" in page
    assert client_of(nadia).get(reverse("caseload")).context["people"].object_list[0].id == case


def test_the_own_team_is_offered_first_and_nobody_twice(cast, case, chioma, second):
    team, nadia = second
    offered = handover.candidates(keyring.open_record(case, keys=cast.chioma.keys))
    assert [*offered] == [cast.pelita.team.id, team.id]
    assert offered[team.id] == {nadia.id: "Nadia"}, "Kartika leads both teams"


def test_a_cover_by_another_team_leaves_the_record_in_its_team(cast, case, chioma, second):
    team, nadia = second
    fields = {"worker": f"{nadia.id}@{team.id}", "until": str(clock.today())}
    assert chioma.post(reverse("hand_over", args=[case]), form_for(nadia, **fields)).status_code == 302
    assert Record.objects.get(id=case).team == cast.pelita.team.id
    assert [opens(player, case) for player in (nadia, cast.jaya)] == [True, True]
    with clock.shifted(timedelta(days=1)):
        end_covers.call()
    assert [opens(player, case) for player in (nadia, cast.jaya)] == [False, True]


def test_a_restricted_case_goes_to_another_team_by_name_only(cast, case, chioma, second):
    team, nadia = second
    record = keyring.open_record(case, keys=cast.chioma.keys)
    sending.record_exclusions(record, [NewExclusion(ExclusionKind.WORKER, cast.kartika.id)], by=acting_as(cast.chioma))
    assert (
        chioma.post(reverse("hand_over", args=[case]), form_for(nadia, worker=f"{nadia.id}@{team.id}")).status_code
        == 302
    )
    assert [opens(player, case) for player in (nadia, cast.kartika, cast.chioma, cast.jaya)] == [True, *[False] * 3]


def test_nothing_of_a_failed_move_is_left(cast, case, chioma, second):
    team, nadia = second
    record = keyring.open_record(case, keys=cast.chioma.keys)
    moved = Handover(worker=nadia.id, team=cast.village.team.id, agreed=True, by=cast.chioma.id, at=clock.now())
    with pytest.raises(Refused, match="not_a_colleague"):
        handover.hand_over(record, moved, by=acting_as(cast.chioma))
    keys = {"keys": cast.chioma.keys, "at": clock.now()}
    with pytest.raises(Refused, match="never_tell"):
        record_actions.move_to(record, team=team.id, worker=nadia.id, excluded=[nadia.id], **keys)
    assert opens(cast.jaya, case)


# Another organisation


def test_one_touch_leads_to_an_organisation_that_takes_over(cast, case, chioma):
    page = chioma.get(reverse("hand_over", args=[case])).content.decode()
    assert "To another organisation" in page
    assert f'name="types" value="{handover.TAKES_OVER}"' in page
    answered = chioma.post(reverse("options", args=[case]), {"types": handover.TAKES_OVER})
    assert answered["Location"].startswith(reverse("options", args=[case]))


def received(cast, case):
    """Open a case with what its sender shares."""
    record = keyring.open_record(case, keys=cast.chioma.keys)
    receiving.read_received(record, viewer=viewer(cast.chioma), keys=cast.chioma.keys, at=clock.now())
    return record


def test_an_organisation_that_accepted_to_take_over_lets_the_case_be_closed_as_transferred(cast, case, chioma):
    chioma.post(reverse("exclusions", args=[case]), {"go": "nobody"})
    record = received(cast, case)
    fields, types = [Field.CALLED_NAME], [handover.TAKES_OVER]
    offer = Offer(
        service=CLINIC,
        service_name="Clinic",
        types=tuple(types),
        consent=agreed(record, cast.chioma, service=CLINIC),
        urgency=Urgency.WEEK,
        receiving_organisation=None,
        preview=disclosure.preview(record, fields, types=types, urgency=Urgency.WEEK),
        shared=disclosure.shared_values(record, fields, types=types),
    )
    made = sending.send(received(cast, case), offer, by=acting_as(cast.chioma))
    link = f"{reverse('close_case', args=[case])}?reason=CL_TRANSFER"
    assert link not in chioma.get(reverse("person", args=[case])).content.decode()
    links.answer_by_link(made.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=made.code)
    assert link in chioma.get(reverse("person", args=[case])).content.decode()
    page = chioma.get(link)
    assert page.context["form"]["reason"].value() == "CL_TRANSFER"
    assert all(str(check.label) in page.content.decode() for check in HANDOVER_CHECKS.members)
    assert page.context["transfer_checks"]
    assert not chioma.get(reverse("close_case", args=[case])).context["transfer_checks"]
