"""My day, a person's page, finding, the team's clocks, and who opened what."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from suar.audit import actions as audit
from suar.cases import labels, queries
from suar.core import clock
from suar.records import actions as vault
from suar.records.models import Record
from suar.records.terms import Compartment, Kind
from suar.referrals import tasks
from suar.referrals.codes import State
from suar.referrals.models import Referral
from tests.people import CLINIC, agreed, client_of, person_of, sent, viewer, write

MANY = 60


def path(name, *ids):
    return reverse(name, args=ids)


def test_an_empty_day_states_that_nothing_is_due(ben):
    page = ben.get(path("day")).content
    assert b"Nothing is due today." in page
    assert b"No referral is open." in page
    assert b"Start a talk" in page


def test_the_day_shows_each_worker_only_their_own_parts(cast, ben, chioma):
    assert not ben.get(path("day")).context["may_answer"]
    assert not chioma.get(path("day")).context["may_talk"]
    hadi = client_of(cast.hadi).get(path("day"))
    assert hadi.status_code == 200
    assert b"Due" not in hadi.content.split(b"<main")[1]


@pytest.mark.parametrize(("days", "words"), [(6, None), (7, "Today"), (8, "Yesterday"), (11, "4 days ago"), (40, None)])
def test_due_today_shows_it_on_the_right_day(cast, handover, days, words):
    with clock.shifted(timedelta(days=days)):
        day = clock.today()
        due = client_of(cast.chioma).get(path("day")).context["due"]
    found = [labels.near_day(item.next_due, today=day) for item in due if item.id == handover.case]
    assert bool(found) == (days >= 7)
    if words:
        assert found == [words]


def test_the_day_of_the_sender_shows_what_came_back(cast, ben, dan, handover):
    dan.post(path("link", handover.token), {"verb": "decline", "reason": "RF_NO_PLACE"})
    first = ben.get(path("day")).context["due"][0]
    assert (first.id, first.state) == (handover.link_referral, State.REFUSED)


def test_a_persons_page_shows_contact_warning_consents_and_referrals(cast, ben, amina):
    record, by, at = amina, cast.ben.id, clock.now()
    write(record, Compartment.NARRATIVE, "do_not", {"text": "call at night"}, by=by, at=at)
    sent(amina, agreed(amina, cast.ben), cast.ben)
    page = ben.get(path("person", amina.id)).content.decode()
    for words in ("Amina Rekaan", "000-0000-7741", "call at night", "withdraw", "Sent"):
        assert words in page


def test_a_person_without_a_name_has_a_placeholder(cast, ben):
    record = vault.new_record(
        Kind.PERSON,
        organisation=cast.village.organisation.id,
        team=cast.village.team.id,
        by=cast.ben.id,
        at=clock.now(),
    )
    assert "No name stored" in ben.get(path("person", record.id)).content.decode()


def test_a_talk_has_no_person_page(cast, ben):
    record = vault.new_record(
        Kind.TALK,
        organisation=cast.village.organisation.id,
        team=cast.village.team.id,
        by=cast.ben.id,
        at=clock.now(),
    )
    assert ben.get(path("person", record.id)).status_code == 404


def test_the_withdrawal_page_states_who_read_the_fields(cast, ben, chioma, handover):
    chioma.get(path("person", handover.case))
    page = ben.get(path("withdraw", handover.person, handover.consent))
    assert "Chioma read it on" in page.content.decode()
    assert "cannot be unread" in page.content.decode()


def test_the_withdrawal_page_states_who_saw_the_preview(cast, ben, chioma, amina):
    consent = agreed(amina, cast.ben)
    address = path("withdraw", amina.id, consent)
    asked = sent(amina, consent, cast.ben).referral
    assert "there is a request" not in ben.get(address).content.decode()
    chioma.get(path("inbox_item", asked))
    page = ben.get(address).content.decode()
    assert "Chioma saw on" in page
    assert "not who it is about" in page
    assert "Nobody has read it." in page


def test_a_consent_of_a_declined_referral_can_be_withdrawn(cast, ben, dan, handover, chioma):
    consent = Referral.objects.get(id=handover.link_referral).consent
    assert "ended on" not in ben.get(path("person", handover.person)).content.decode()
    dan.post(path("link", handover.token), {"verb": "decline", "reason": "RF_NO_PLACE"})
    assert "ended on" in ben.get(path("person", handover.person)).content.decode()
    address = path("withdraw", handover.person, consent)
    page = ben.get(address).content.decode()
    assert "nothing opens for them any more" in page
    assert path("narrow_consent", handover.person, consent) not in page
    assert ben.post(address, {"reason": ""}).status_code == 302
    assert "already ended" in ben.get(address).content.decode()


def test_a_withdrawal_needs_no_reason(cast, ben, handover):
    address = path("withdraw", handover.person, handover.consent)
    assert "Nobody has read it." in ben.get(address).content.decode()
    assert ben.post(address, {"reason": "x" * 501}).status_code == 400
    assert ben.post(address, {"reason": ""})["Location"] == path("person", handover.person)
    assert "already ended" in ben.get(address).content.decode()
    assert ben.post(address, {}).status_code == 302, "twice is the same as once"
    page = ben.get(path("person", handover.person)).content.decode()
    assert "withdrawn on" in page


def test_readers_by_link_are_listed_without_a_name(cast, ben, dan, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    dan.post(path("link", made.token), {"verb": "accept", "code": made.code})
    page = ben.get(path("withdraw", amina.id, consent)).content.decode()
    assert "A person with the link read it on" in page


def test_a_consent_of_another_record_is_404(cast, ben, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    for consent in (theirs, uuid4()):
        assert ben.post(path("withdraw", amina.id, consent), {}).status_code == 404


@pytest.mark.parametrize("typed", ["amina rekaan", "Aminah", "Rekan", "AMINA"])
def test_a_misspelt_name_finds_the_person(ben, amina, typed):
    found = ben.post(path("find_person"), {"name": typed}).context["people"]
    assert [item.id for item in found] == [amina.id]


@pytest.mark.parametrize("typed", ["Zulkifli", "%", "' OR '1'='1", "\u202e", "a" * 100])
def test_an_unknown_name_has_no_match(ben, amina, typed):
    page = ben.post(path("find_person"), {"name": typed})
    assert page.status_code == 200
    assert "None of the people you work with has a name like this." in page.content.decode()


@pytest.mark.parametrize("typed", ["", " ", "a" * 101])
def test_a_search_without_a_name_is_refused(ben, typed):
    assert ben.post(path("find_person"), {"name": typed}).status_code == 400


def test_people_of_other_workers_are_not_found(cast, amina):
    for name in ("farid", "lia", "kartika"):
        player = getattr(cast, name)
        assert queries.find_people("Amina Rekaan", viewer=viewer(player), keys=player.keys) == []
    assert len(queries.find_people("Amina", viewer=viewer(cast.ben), keys=cast.ben.keys)) == 1


def test_a_search_shows_at_most_twenty_and_audits_them(cast, amina):
    for number in range(25):
        person_of(cast.ben, cast, name=f"Amina Rekaan {number}")
    cast.ben.keys.listed = 0
    people = queries.find_people("Amina Rekaan", viewer=viewer(cast.ben), keys=cast.ben.keys)
    assert len(people) == cast.ben.keys.listed == 20


def test_the_lead_sees_the_clocks_and_who_opened_the_record(cast, ben, esi, handover):
    ben.get(path("person", handover.person))
    team = esi.get(path("team"))
    assert {item.id for item in team.context["sent"]} == {handover.referral, handover.link_referral}
    page = esi.get(path("readers", handover.person)).content.decode()
    assert "<strong>Ben</strong>" in page
    assert "opened the record" in page
    assert "sent a referral" in page
    assert "Referral: They will help" in page


def test_the_scheduled_task_is_named_as_actor(cast, ben, esi, amina):

    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    with clock.shifted(timedelta(days=91)):
        tasks.lapse.call(str(made.referral))
    whole = [*queries.record_activity(amina.id)[0][0][1]]
    assert whole[0] == "Scheduled task"
    assert Referral.objects.get().state == "REFUSED"


def test_only_leads_see_the_readers(ben, handover):
    assert ben.get(path("readers", handover.person)).status_code == 404
    assert ben.get(path("team")).status_code == 404


def test_the_team_page_is_paginated(cast, esi):
    for number in range(MANY):
        person_of(cast.ben, cast, name=f"Somebody {number}")
    first = esi.get(path("team"))
    assert len(first.context["people"]) == 50
    assert "?people=2#people" in first.content.decode()
    assert len(esi.get(path("team"), {"people": "2"}).context["people"]) == MANY - 50
    for wrong in ("x", "", "1' OR 1=1"):
        assert esi.get(path("team"), {"people": wrong, "show": wrong}).status_code == 200


def test_the_team_sees_first_what_is_due(cast, esi):
    calm, late, soon = (person_of(cast.ben, cast, name=name) for name in ("Calm", "Late", "Soon"))
    Record.objects.filter(id=late.id).update(next_due=clock.today() - timedelta(days=3))
    Record.objects.filter(id=soon.id).update(next_due=clock.today() + timedelta(days=1))
    people = list(esi.get(path("team")).context["people"])
    assert [person.id for person in people] == [late.id, soon.id, calm.id]
    assert [person.row.deadline.tone for person in people] == ["now", "", ""]
    assert people[0].row.deadline.text == "3 days late"
    assert people[0].row.owner.startswith("Ben")


def test_lists_need_the_same_queries_for_ten_and_fifty(cast, ben, esi):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = {}
    for number in (10, 40):
        for index in range(number):
            record = person_of(cast.ben, cast, name=f"Amina {number} {index}")
            Record.objects.filter(id=record.id).update(next_due=clock.today())
        asks = {
            "day": lambda: ben.get(path("day")),
            "team": lambda: esi.get(path("team")),
            "find": lambda: ben.post(path("find_person"), {"name": "Amina"}),
        }
        for name, ask in asks.items():
            ask()
            with CaptureQueriesContext(connection) as found:
                ask()
            counts.setdefault(name, []).append(len(found))
    assert all(len(set(count)) == 1 for count in counts.values()), counts
    assert len(ben.get(path("day")).context["due"]) == 50, "positive control"


def test_the_due_list_is_paginated(cast, ben):
    for number in range(MANY):
        record = person_of(cast.ben, cast, name=f"Somebody {number}")
        Record.objects.filter(id=record.id).update(next_due=clock.today())
    first = ben.get(path("day"))
    assert "?due=2#due" in first.content.decode()
    rest = ben.get(path("day"), {"due": "2"}).context["due"]
    assert len(first.context["due"]) + len(rest) == MANY
    assert not rest.has_next()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Today"),
        (1, "Tomorrow"),
        (-1, "Yesterday"),
        (3, "In 3 days"),
        (-3, "3 days ago"),
        (10, "20 January 2027"),
        (-10, "31 December 2026"),
    ],
)
def test_near_days_are_formatted_in_words(days, words):
    today = date(2027, 1, 10)
    assert labels.near_day(today + timedelta(days=days), today=today) == words


def test_every_audit_verb_has_a_label():
    assert labels.activity("open") == "opened the record"
    assert labels.activity("referral_accept") == "Referral: They will help"
    assert labels.activity("referral_unheard_of") == "changed a referral"
    assert labels.activity("some_later_act") == "some later act"
    assert labels.refusal("not_due")
    assert labels.refusal("unheard_of") == "This cannot be saved now."


def test_acts_without_an_account_are_by_link(cast, handover):
    audit.record("open", by=None, at=clock.now(), about=[handover.person], because="link")
    assert next(iter(queries.record_activity(handover.person)[0][0][1])) == "A person with the link"


def test_a_time_span_of_one_moment_is_one_time():
    first = datetime(2026, 1, 2, 3, 4, tzinfo=clock.LOCAL)
    assert labels.time_span([first]) == "03:04"
    assert labels.time_span([first + timedelta(minutes=5), first]) == "03:04-03:09"
