"""A death or a disappearance: nothing is due, nobody is contacted, the team is told by code, mistakes are put right."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts.models import Notice
from suar.audit.models import Entry
from suar.cases import actions, calendars, contact_status, follow_ups, policy
from suar.cases.codes import TASK_KINDS, Answered
from suar.cases.documents import CaseCode
from suar.cases.documents.follow_ups import Attempt
from suar.cases.models import TeamNotice
from suar.cases.tasks import purge_team_notices
from suar.consent import life
from suar.consent.documents import LifeStatus, Tasks
from suar.core import clock
from suar.core.refusals import Refused
from suar.core.workflow import workflow
from suar.records import keyring
from suar.records.models import Record
from suar.screening import actions as talks
from suar.screening.rules.answers import LATEST
from suar.screening.rules.draft import read_draft
from suar.screening.rules.setting import PLACE
from suar.website.tasks import JOBS
from tests.cases.test_case_pages import path
from tests.people import acting_as, agreed, client_of, sent

DAY = timedelta(days=1)
TABLE = workflow("consent", "life")
ACTORS = ("HOLDER", "RESPONSIBLE")


def opened(player, record):
    return keyring.open_record(record, keys=player.keys)


def change(player, record, verb, **known):
    contact_status.change_status(opened(player, record), verb, by=acting_as(player), **known)


def due(record):
    return Record.objects.get(id=record).next_due


@pytest.mark.parametrize("state", list(TABLE.states))
@pytest.mark.parametrize("verb", ["report_missing", "record_found", "record_death", "correct_death"])
def test_each_act_follows_only_where_the_table_says(state, verb):
    rows = [row for row in TABLE.transitions if (row.verb, row.origin) == (verb, state)]
    for actor in ACTORS:
        assert bool(TABLE.may(verb, state, actor)) is any(actor in row.actors for row in rows)


def test_after_a_death_nothing_is_due_and_the_record_stays_readable(cast, chioma, case):
    assert due(case) is not None
    typed = {"verb": "record_death", "words": "his sister rang", "on": str(clock.today())}
    assert chioma.post(path("plan_task", case), {"kind": "MEET", "due": str(clock.today())}).status_code == 302
    assert path("plan_task", case) in chioma.get(path("person", case)).content.decode(), "the control"
    assert chioma.post(path("contact_status", case), typed).status_code == 302
    assert due(case) is None
    assert calendars.due_days(opened(cast.chioma, case)) == {}
    page = chioma.get(path("person", case)).content.decode()
    assert "This person has died." in page
    assert "his sister rang" in page
    assert path("plan_task", case) not in page
    assert f"{path('person', case)}/next" not in page, "no step waits either"
    with clock.shifted(800 * DAY):
        assert case not in [row.id for row in client_of(cast.chioma).get(reverse("day")).context["due"]]


@pytest.mark.parametrize("verb", ["record_death", "report_missing"])
def test_no_new_contact_is_made(cast, amina, chioma, case, verb):
    """Talk again, consent, referral, follow-up, note of a contact and next step: each refused with its reason."""
    consent = agreed(amina, cast.ben)
    change(cast.ben, amina.id, verb)
    change(cast.chioma, case, verb)
    person, because = opened(cast.ben, amina.id), life.REFUSALS[life.life_state(opened(cast.ben, amina.id))]
    attempt = Attempt(at=clock.now(), by=cast.chioma.id, written_at=clock.now(), way="MET", answered=Answered.PERSON)
    answers = read_draft({"version": LATEST["short"], "choices": {PLACE: "VILLAGE_OFFICE"}})
    team = min(acting_as(cast.ben).viewer.teams)
    tried = [
        lambda: talks.begin_talk(team, answers, by=acting_as(cast.ben), continues=amina.id),
        lambda: agreed(person, cast.ben),
        lambda: sent(person, consent, cast.ben),
        lambda: actions.add_note(person, "we spoke", way="CALL", by=acting_as(cast.ben)),
        lambda: follow_ups.record_attempt(opened(cast.chioma, case), attempt, by=acting_as(cast.chioma)),
        *(
            lambda kind=kind: actions.plan_task(person, kind, clock.today(), by=acting_as(cast.ben))
            for kind in ("CALL", "MESSAGE", "VISIT", "MEET", "ACCOMPANY")
        ),
    ]
    for act in tried:
        with pytest.raises(Refused, match=because):
            act()
    actions.add_note(person, "the family asks for the papers", by=acting_as(cast.ben))
    page = client_of(cast.ben).get(path("person", amina.id)).content.decode()
    assert "Find help together" not in page
    assert "Talk again" not in page


def test_the_page_keeps_the_words_of_a_note_that_is_refused(cast, ben, amina):
    change(cast.ben, amina.id, "report_missing")
    page = ben.post(path("note", amina.id), {"text": "she rang me", "way": "CALL"})
    assert page.status_code == 400
    assert "she rang me" in page.content.decode()


def test_a_disappearance_opens_a_search_with_an_owner_that_ends_when_found(cast, chioma, case):
    before = due(case)
    typed = {"verb": "report_missing", "owner": str(cast.kartika.id), "words": "the phone is off"}
    assert chioma.post(path("contact_status", case), typed).status_code == 302
    tasks = opened(cast.chioma, case).get(Tasks).open
    assert {task.kind for task in tasks} == {
        member.code for member in TASK_KINDS.members if member.get("while_missing")
    }
    assert {task.owner for task in tasks} == {cast.kartika.id}
    assert due(case) == clock.today()
    assert Notice.objects.filter(worker=cast.kartika.id).exists()
    assert "Kartika" in chioma.get(path("person", case)).content.decode()
    change(cast.chioma, case, "record_found", words="at her aunt's")
    assert opened(cast.chioma, case).get(Tasks).open == []
    assert due(case) == before
    assert life.life_state(opened(cast.chioma, case)) == life.OPEN


def test_the_team_is_told_by_code_only_for_two_weeks(cast, chioma, case):
    actions.name_person(opened(cast.chioma, case), "Amina", by=acting_as(cast.chioma))
    change(cast.chioma, case, "record_death")
    code = opened(cast.chioma, case).get(CaseCode).code
    page = client_of(cast.jaya).get(reverse("day"))
    [item] = page.context["team_news"]
    assert (item.notice.who, str(item.notice.next)) == (code, "Has died")
    news = page.content.decode().split("News for the team")[1].split("</section>")[0]
    assert code in news
    assert "Amina" not in news
    assert client_of(cast.ben).get(reverse("day")).context["team_news"] == []
    with clock.shifted(15 * DAY):
        assert client_of(cast.jaya).get(reverse("day")).context["team_news"] == []


def test_a_notice_has_a_day_and_no_time_and_goes_without_another_event(cast, case):
    change(cast.chioma, case, "record_death")
    [notice] = TeamNotice.objects.all()
    assert notice.at == clock.start_of(clock.today())
    assert purge_team_notices.func() == 0
    with clock.shifted(15 * DAY):
        assert purge_team_notices.func() == 1
    assert not TeamNotice.objects.exists()
    assert purge_team_notices in JOBS


def test_neither_the_log_nor_a_plain_column_says_what_happened(cast, chioma, case):
    change(cast.chioma, case, "record_death")
    change(cast.kartika, case, "correct_death", words="it was her cousin")
    verbs = list(Entry.objects.values_list("verb", flat=True))
    assert verbs.count("change_contact_status") == 2
    assert not {"record_death", "correct_death"} & set(verbs)
    assert Record.objects.get(id=case).status == "open"


def test_a_mistake_is_put_right_by_the_worker_or_the_lead_with_a_reason(cast, chioma, case):
    before = due(case)
    change(cast.jaya, case, "record_death")
    assert policy.actor_of(acting_as(cast.jaya).viewer, opened(cast.jaya, case).facts) == "HOLDER"
    with pytest.raises(Refused, match="transition_not_possible"):
        change(cast.jaya, case, "correct_death", words="a mistake")
    with pytest.raises(Refused, match="reason_needed"):
        change(cast.chioma, case, "correct_death")
    page = client_of(cast.jaya).get(path("contact_status", case))
    assert page.context["forms"] == []
    change(cast.chioma, case, "correct_death", words="it was her cousin")
    assert due(case) == before
    assert len(opened(cast.chioma, case).get(LifeStatus).entries) == 2


@pytest.mark.parametrize("typed", [{"verb": "record_found"}, {"verb": "report_missing", "on": "2099-01-01"}])
def test_what_does_not_follow_is_refused_with_what_was_typed(chioma, case, typed):
    page = chioma.post(path("contact_status", case), typed | {"words": "the neighbour told me"})
    assert page.status_code == 400
    assert "the neighbour told me" in page.content.decode()


def test_who_holds_no_key_gets_404(cast, case, amina):
    for client in (client_of(cast.farid), client_of(cast.ben)):
        assert client.get(path("contact_status", case)).status_code == 404
    assert Client().get(path("contact_status", case)).status_code == 302
