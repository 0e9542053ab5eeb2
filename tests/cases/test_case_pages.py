"""A case at the accepting provider: opened once, planned, noted, followed up, closed in time."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.models import Session
from suar.cases import actions, calendars, follow_ups
from suar.cases.codes import Result
from suar.cases.documents import Note
from suar.cases.models import Case
from suar.cases.rules import Outcome
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.records import queries as vault
from suar.records.models import Record, Value
from suar.records.terms import Compartment
from suar.referrals.codes import State
from suar.referrals.models import Referral
from tests.people import accept_and_open, acting_as, agreed, client_of, sent, typed_steps

STEP = {"what": "call the boss", "who": "Chioma"}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def path(name, *ids):
    return reverse(name, args=ids)


@pytest.fixture
def new_referral(cast, amina):
    """A referral to Pelita that nobody answered yet."""
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


@pytest.fixture
def case(chioma, new_referral):
    """The case that Chioma opened by accepting it."""
    chioma.post(path("accept_referral", new_referral))
    return Case.objects.get().record


def test_no_real_case_begins_before_recovery_and_a_restore_were_proven(chioma, new_referral, settings):
    settings.SUAR_MODE = "run"
    assert chioma.post(path("accept_referral", new_referral)).status_code == 409
    assert not Case.objects.exists()


def reopen(cast, case):
    return keyring.open_record(case, keys=cast.chioma.keys)


def day(days):
    return str(clock.today() + timedelta(days=days))


def plan(chioma, case, *steps, **changes):
    """Save a plan with one goal and these steps, or one."""
    goal = goal_path(chioma, case)
    typed = {
        "goal": "to be paid",
        "review_on": day(20),
        "version": chioma.get(goal).context["form"]["version"].value(),
        **typed_steps(*steps or [STEP]),
    }
    return chioma.post(goal, typed | changes)


def goal_path(client, case):
    """Return the page of the goal of a case, or of a new one."""
    goals = client.get(path("plan", case)).context["plan"].goals
    return path("plan_part", case, "goal", *(goal.id for goal in goals))


def pages_of(chioma, case):
    return chioma.get(path("person", case)).context


def test_accepting_opens_a_case_with_needs_and_a_calendar(cast, chioma, new_referral):
    page = chioma.post(path("accept_referral", new_referral))
    case = Case.objects.get()
    assert page["Location"] == path("person", case.record)
    shown = pages_of(chioma, case.record)
    assert shown["received"].shared["called_name"] == "Amina Rekaan"
    assert len(shown["needs"]) == 1
    assert shown["dues"][0].due_on == clock.today() + timedelta(days=7)
    assert Record.objects.get(id=case.record).next_due == shown["dues"][0].due_on
    assert shown["whose"]["number"]


def test_accepting_twice_gives_the_same_case(cast, chioma, new_referral):
    first, second = (chioma.post(path("accept_referral", new_referral)) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_a_case_copies_no_shared_field(cast, chioma, case):
    chioma.get(path("person", case))
    kept = [bytes(value.sealed) for value in Value.objects.filter(record=case)]
    assert kept
    record = reopen(cast, case)
    told = [record.read(part, name) for part in Compartment for name in record.names(part)]
    assert "Amina" not in str(told)
    assert "7741" not in str(told)


@pytest.mark.parametrize("age_band", ["FROM_12_TO_14", "ADULT"])
def test_a_child_gets_more_reviews(cast, amina, age_band):
    calendar = actions.open_case(
        team=cast.pelita.team.id,
        by=acting_as(cast.chioma),
        child=age_band != "ADULT",
    )
    dues, _ = calendars.read_calendar(calendar)
    assert len(dues) == (11 if age_band != "ADULT" else 6)


def test_a_recalled_referral_cannot_be_accepted(cast, ben, chioma, amina, new_referral):
    consent = Referral.objects.get().consent
    ben.post(path("withdraw", amina.id, consent), {"reason": "changed her mind"})
    page = chioma.post(path("accept_referral", new_referral))
    assert page["Location"] == path("inbox_item", new_referral)
    assert b"Consent withdrawn on" in chioma.get(path("inbox_item", new_referral)).content
    assert not Case.objects.exists()


def test_a_withdrawal_hides_shared_fields_and_keeps_own_notes(cast, ben, chioma, amina, case):
    plan(chioma, case)
    assert b"Amina Rekaan" in chioma.get(path("person", case)).content, "positive control"
    ben.post(path("withdraw", amina.id, Referral.objects.get().consent), {})
    page = chioma.get(path("person", case)).content
    assert b"Consent withdrawn on" in page
    assert b"Amina" not in page
    assert b"7741" not in page
    assert b"to be paid" in page


def test_a_step_up_replays_the_acceptance(cast, new_referral):
    chioma = client_of(cast.chioma)
    Session.objects.all().update(stepped_up_at=clock.now() - timedelta(hours=1))
    page = chioma.post(path("accept_referral", new_referral))
    assert page.status_code == 401
    assert not Case.objects.exists()
    form = dict(HIDDEN.findall(page.content.decode())) | {"password": cast.chioma.password}
    page = chioma.post(path("step_up"), form)
    assert path("accept_referral", new_referral) in page.content.decode()
    page = chioma.post(path("accept_referral", new_referral))
    assert page["Location"] == path("person", Case.objects.get().record)


def test_arrival_is_confirmed_once(cast, chioma, case):
    for client, status in ((chioma, 302), (client_of(cast.jaya), 409)):
        assert client.post(path("arrived", case)).status_code == status
    assert Referral.objects.get().state == State.STARTED


def test_the_provider_reports_progress(cast, chioma, case):
    go = path("referral_act", case)
    assert chioma.post(go, {"verb": "try_contact"}).status_code == 302
    assert chioma.post(go, {"verb": "give_up_contact"}).status_code == 409
    assert chioma.post(go, {"verb": "recall", "reason": "RC_WRONG"}).status_code == 404
    assert chioma.post(go, {"verb": "decline"}).status_code == 409
    assert chioma.post(go, {"verb": "start"}).status_code == 302
    done = chioma.post(go, {"verb": "end_early", "reason": "EE_NEED_MET"})
    assert done.status_code == 302
    shown = pages_of(chioma, case)
    assert shown["received"].closed
    assert not shown["received"].shared


def test_a_case_without_a_referral_reports_no_progress(cast, chioma):
    record = actions.open_case(
        team=cast.pelita.team.id,
        by=acting_as(cast.chioma),
    )
    assert chioma.get(path("person", record.id)).status_code == 200
    assert chioma.post(path("arrived", record.id)).status_code == 404


def test_a_plan_of_several_steps_is_kept_in_order(cast, chioma, case):
    steps = [{"what": "one", "who": "Chioma", "by": day(1)}, {"what": ""}, {"what": "two"}]
    assert plan(chioma, case, *steps).status_code == 302
    kept = reopen(cast, case).read(Compartment.NARRATIVE, "plan")
    assert [item["what"] for item in kept["goals"][0]["steps"]] == ["one", "two"]
    shown = chioma.get(goal_path(chioma, case))
    assert len(shown.context["form"].steps.forms) == 3, "one empty row more"


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": ""},
        {"review_on": ""},
        {"step-0-what": "", "step-0-who": ""},
        {"step-0-what": ""},
        {"review_on": "2019-01-01"},
        {"review_on": "2099-01-01"},
        {"step-0-by": "soon"},
        {"step-TOTAL_FORMS": "40"},
        {"version": "x"},
        {"version": "-1"},
        {"goal": "x" * 501},
    ],
)
def test_an_invalid_plan_is_not_stored_and_stays_in_the_form(cast, chioma, case, wrong):
    page = plan(chioma, case, **wrong)
    assert page.status_code == 400
    assert b'role="alert"' in page.content
    assert reopen(cast, case).read(Compartment.NARRATIVE, "plan") is None
    if "step-0-what" not in wrong:
        assert b"call the boss" in page.content


def test_two_workers_on_one_plan_see_both_versions(cast, chioma, case):
    jaya = client_of(cast.jaya)
    assert plan(chioma, case).status_code == 302
    assert plan(chioma, case, goal="her wages").status_code == 302
    page = plan(jaya, case, goal="a new job", version=1)
    assert page.status_code == 409
    text = page.content.decode()
    assert "her wages" in text
    assert "a new job" in text
    version = dict(HIDDEN.findall(text))["version"]
    assert plan(jaya, case, goal="a new job", version=version).status_code == 302
    assert reopen(cast, case).read(Compartment.NARRATIVE, "plan")["goals"][0]["text"] == "a new job"


def test_a_note_sent_twice_is_stored_once(cast, chioma, case):
    note = {"form_id": str(uuid4()), "text": "she called"}
    for text in ("she called", "she called", "she called back"):
        assert chioma.post(path("note", case), note | {"text": text}).status_code == 302
    chioma.post(path("note", case), {"text": "without an id"})
    notes = [event for event in pages_of(chioma, case)["events"] if event.kind == "note"]
    assert sorted(note.text for note in notes) == ["she called", "she called back", "without an id"]
    assert {note.by for note in notes} == {cast.chioma.id}


@pytest.mark.parametrize("note", [{"text": ""}, {"text": "x" * 5001}])
def test_a_note_that_cannot_be_stored_is_an_error(chioma, case, note):
    page = chioma.post(path("note", case), note)
    assert page.status_code == 400
    assert b'role="alert"' in page.content


def test_concurrent_notes_are_both_stored(cast, case):
    one, other = reopen(cast, case), reopen(cast, case)
    for record, text in ((one, "mine"), (other, "yours")):
        actions.add_note(record, text, by=acting_as(cast.chioma))
    assert len(reopen(cast, case).get_all(Note)) == 2


def test_shared_needs_are_read_from_the_packet(cast, ben, chioma, amina, case):
    assert pages_of(chioma, case)["needs"], "positive control"
    assert "needs" not in reopen(cast, case).names(Compartment.CODED)
    ben.post(path("withdraw", amina.id, Referral.objects.get().consent), {})
    shown = pages_of(chioma, case)
    assert (list(shown["needs"]), list(shown["received"].shared or ())) == ([], [])


def test_an_own_name_is_searchable_and_stays_after_a_withdrawal(cast, ben, chioma, amina, case):
    code = pages_of(chioma, case)["whose"]["number"]
    assert chioma.post(path("name_person", case), {"name": "Mina"}).status_code == 302
    ben.post(path("withdraw", amina.id, Referral.objects.get().consent), {})
    assert pages_of(chioma, case)["called_name"] == "Mina"
    for typed in ("mina", code):
        found = chioma.post(path("find_person"), {"name": typed}).context["people"]
        assert [item.id for item in found] == [case]
    chioma.post(path("name_person", case), {"name": ""})
    sheet = vault.index_entries([case], keys=cast.chioma.keys)[case]
    assert sheet["name"] == code
    assert "Mina" not in str(sheet)
    assert chioma.post(path("name_person", case), {"name": "x" * 81}).status_code == 400


def test_a_follow_up_on_its_day_moves_the_calendar(cast, chioma, case):
    early = {"code": "FU_1W", "result": "FUR_REACHED", "way": "MET"}
    page = chioma.post(path("follow_up", case), {**early, "text": "she rang us"}, follow=True)
    assert "The follow-up stays planned" in page.content.decode(), "a contact that was not planned"
    assert "she rang us" in page.content.decode()
    assert page.context["dues"][0].code == "FU_1W"
    with clock.shifted(timedelta(days=7)):
        chioma = client_of(cast.chioma)
        assert chioma.post(path("follow_up", case), early).status_code == 302
        brief = early | {"result": "FUR_REACHED_BRIEF"}
        assert chioma.post(path("follow_up", case), brief).status_code == 400, "kept already"
        assert pages_of(chioma, case)["dues"][0].code == "FU_1M"
        assert len(chioma.get(path("follow_up", case)).context["history"]) == 2, "the attempt and the outcome"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "FU_9Y"},
        {"result": "FUR_MAYBE"},
        {"way": ""},
        {"result": "FUR_NOT_REACHED"},
        {"result": "FUR_UNSAFE"},
        {"result": "FUR_POSTPONED"},
        {"again_on": "soon"},
        {"result": "FUR_POSTPONED", "again_on": "2099-01-01"},
    ],
)
def test_an_invalid_follow_up_is_refused(cast, chioma, case, wrong):
    with clock.shifted(timedelta(days=7)):
        chioma = client_of(cast.chioma)
        typed = {"code": "FU_1W", "result": "FUR_REACHED", "way": "MET"} | wrong
        page = chioma.post(path("follow_up", case), typed)
    assert page.status_code == 400
    assert b'role="alert"' in page.content


def test_not_reached_needs_three_attempts_on_three_days(cast, chioma, case):
    with clock.shifted(timedelta(days=10)):
        chioma = client_of(cast.chioma)
        typed = {"code": "FU_1W", "result": "FUR_NOT_REACHED"}
        for number in (1, 2, 3):
            assert chioma.post(path("follow_up", case), typed).status_code == 400
            tried = typed | {"result": "NOBODY", "way": "CALL", "on": day(-number)}
            assert chioma.post(path("follow_up", case), tried).status_code == 302
        assert chioma.post(path("follow_up", case), typed).status_code == 302


def test_postponement_reasons_are_stored_in_the_narrative(cast, chioma, case):
    why = "Karta Contoh is at home this week"
    with clock.shifted(timedelta(days=7)):
        chioma = client_of(cast.chioma)
        later = {"result": "FUR_UNSAFE", "again_on": day(9), "reason": why}
        assert chioma.post(path("follow_up", case), {"code": "FU_1W", **later}).status_code == 302
        record = reopen(cast, case)
        _, outcomes = calendars.read_calendar(record)
    codes = [record.read(Compartment.CODED, name) for name in record.names(Compartment.CODED)]
    assert outcomes[0].reason == why
    assert "Karta" not in str(codes)


def test_a_follow_up_of_a_colleague_is_not_overwritten(cast, case):
    with clock.shifted(timedelta(days=7)):
        first, late = reopen(cast, case), reopen(cast, case)
        outcome = Outcome(code="FU_1W", result=Result.REACHED, on=clock.today())
        follow_ups.record_outcome(first, outcome, by=acting_as(cast.chioma))
        with pytest.raises(Refused):
            follow_ups.record_outcome(late, outcome, by=acting_as(cast.jaya))


def test_the_page_states_that_nothing_is_planned(cast, chioma, case):
    with clock.shifted(timedelta(days=7)):
        chioma = client_of(cast.chioma)
        chioma.post(path("follow_up", case), {"code": "FU_1W", "result": "FUR_REFUSED"})
        assert not pages_of(chioma, case)["dues"]
        assert chioma.post(path("follow_up", case), {"code": "FU_1M"}).status_code == 400


@pytest.mark.parametrize("name", ["arrived", "plan_step", "note", "name_person", "follow_up", "referral_act"])
def test_workers_without_keys_get_404_for_a_case(cast, case, amina, name):
    far, gita = client_of(cast.farid), client_of(cast.gita)
    for client in (far, gita, client_of(cast.ben)):
        assert client.post(path(name, case), {"verb": "start", "text": "x"}).status_code == 404
    jaya = client_of(cast.jaya)
    assert jaya.post(path(name, amina.id), {"verb": "start", "text": "x"}).status_code == 404
    assert Client().post(path(name, case), {"text": "x"}).status_code == 401


def test_case_actions_get_404_for_a_person(cast, amina):
    """Esi leads the team and holds the key; still a person's record has no plan."""
    esi = client_of(cast.esi)
    assert esi.get(path("person", amina.id)).status_code == 200
    assert esi.get(path("plan", amina.id)).status_code == 404


def test_a_referral_accepted_by_another_team_is_404(cast, chioma, case, new_referral):
    with pytest.raises(NotYours):
        accept_and_open(cast.farid, new_referral, team=cast.elsewhere.team.id)


def test_a_saved_note_says_so_beside_the_notes_and_opens_there(chioma, case):
    saved = chioma.post(path("note", case), {"text": "She called."})
    assert saved.url == f"{path('person', case)}#saved"
    page = chioma.get(saved.url).content.decode()
    assert page.count('role="status">Note added.</p>') == 1
    assert 'id="saved"' in page.split("<h2>Add a note</h2>")[1].split("</p>")[0]
    assert "Note added." not in chioma.get(saved.url).content.decode()


def test_each_label_of_a_case_names_a_field_of_its_own(chioma, case):
    page = chioma.get(path("person", case)).content.decode()
    labels, ids = re.findall(r' for="([^"]+)"', page), re.findall(r' id="([^"]+)"', page)
    assert labels
    assert [name for name in labels if ids.count(name) != 1] == []
