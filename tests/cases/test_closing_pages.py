"""Closing a case: who may, who agrees, what it leaves, and that the door stays open."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from suar.audit.models import Entry
from suar.cases import calendars, closing, rules
from suar.cases.codes import CLOSURE_BARS, ClosureReason
from suar.cases.documents import ClosingRequest
from suar.cases.models import Case
from suar.consent.codes import Field
from suar.consent.documents import Person
from suar.core import clock
from suar.core.refusals import Conflict
from suar.core.urgency import Urgency
from suar.demo.cast import PELITA
from suar.records import keyring
from suar.records.models import Record
from suar.records.terms import Status
from suar.referrals import disclosure, sending
from suar.referrals import needs as needs_of
from suar.referrals.disclosure import Offer
from tests.people import LEGAL_AID, acting_as, agreed, client_of, sent, typed_steps

GO = "the person asked to end it"


def path(name, *ids):
    return reverse(name, args=ids)


def row(case):
    return Record.objects.get(id=case)


def reopen(player, case):
    return keyring.open_record(case, keys=player.keys)


def wish(reason, **changes):
    confirmed = [str(confirmation) for confirmation in rules.confirmations(ClosureReason(reason))]
    return {
        "reason": reason,
        "on": str(clock.today()),
        "agreed": GO,
        "call": "the duty line",
        "confirmed": confirmed,
    } | changes


def needs(client, case, end):
    fields = client.get(path("close_case", case)).context["form"].need_fields
    return {field.html_name: end for field in fields}


def close(client, case, reason="CL_PERSON", *, end="open", **changes):
    typed = wish(reason) | needs(client, case, end) | changes
    return client.post(path("close_case", case), typed)


def verbs(case):
    return list(Entry.objects.filter(mentions__about=case).values_list("verb", flat=True))


def test_the_persons_wish_closes_a_case_at_once(cast, chioma, case):
    assert row(case).next_due
    assert close(chioma, case).status_code == 302
    assert row(case).status == Status.CLOSED
    assert row(case).next_due is None
    assert "close_case" in verbs(case)
    page = chioma.get(path("person", case)).content.decode()
    for words in ("This case is closed", "Person asks to end", GO, "the duty line", "Requested by"):
        assert words in page
    assert "Write down what came of it" not in page
    assert "Write the plan with the person" not in page


@pytest.mark.parametrize("wanted", [[], ["FU_3M"]])
def test_a_closed_case_plans_only_the_follow_ups_that_the_person_wants(chioma, case, wanted):
    assert len(chioma.get(path("person", case)).context["dues"]) > 1, "the control"
    close(chioma, case, after_care=wanted)
    page = chioma.get(path("person", case))
    assert [due.code for due in page.context["dues"]] == wanted
    assert page.context["plan_dues"] == []
    assert (path("follow_up", case) + '">Record' in page.content.decode()) is bool(wanted)


def test_the_closing_reason_is_in_no_plain_column(chioma, case):
    close(chioma, case)
    written = Entry.objects.filter(mentions__about=case, verb="close_case").get()
    assert written.because == ""


def test_other_reasons_need_a_second_worker(cast, chioma, case):
    kartika, jaya = client_of(cast.kartika), client_of(cast.jaya)
    assert close(chioma, case, "CL_TRANSFER", end="met").status_code == 302
    assert row(case).status == Status.OPEN
    assert row(case).next_due == clock.today(), "so that it is not forgotten"
    assert "asks to close this case" in kartika.get(path("person", case)).content.decode()
    assert b"Agree and close the case" not in chioma.get(path("close_case", case)).content
    for client in (chioma, jaya):
        assert client.post(path("agree_closing", case)).status_code == 409
    assert row(case).status == Status.OPEN
    assert b"Agree and close the case" in kartika.get(path("close_case", case)).content
    assert kartika.post(path("agree_closing", case)).status_code == 302
    assert row(case).status == Status.CLOSED
    assert "Kartika agreed" in chioma.get(path("person", case)).content.decode()
    assert jaya.post(path("agree_closing", case)).status_code == 409, "nothing waits any more"


def test_a_colleague_agrees_to_the_leads_request(cast, chioma, case):
    assert close(client_of(cast.kartika), case, "CL_ERROR").status_code == 302
    assert chioma.post(path("agree_closing", case)).status_code == 302
    assert row(case).status == Status.CLOSED


def test_a_rejected_request_restores_the_calendar(cast, chioma, case):
    before = row(case).next_due
    close(chioma, case, "CL_TRANSFER")
    assert chioma.post(path("keep_open", case)).status_code == 302
    assert row(case).next_due == before
    assert closing.current_request(reopen(cast.chioma, case)) is None
    assert chioma.post(path("keep_open", case)).status_code == 409, "nothing waits any more"


def test_only_one_closing_request_waits(cast, chioma, case):
    close(chioma, case, "CL_TRANSFER")
    page = close(chioma, case, "CL_ERROR", end="met")
    assert page.status_code == 409
    assert b"You asked to close this case before" in page.content
    assert [request.reason for request in closing.list_requests(reopen(cast.chioma, case))] == ["CL_TRANSFER"]


def test_a_closed_case_opens_again_with_its_calendar(cast, chioma, case):
    before = row(case).next_due
    close(chioma, case)
    assert b"Reopen the case" in chioma.get(path("person", case)).content
    assert chioma.get(path("close_case", case))["Location"] == path("person", case)
    assert chioma.post(path("reopen_case", case)).status_code == 302
    assert (row(case).status, row(case).next_due) == (Status.OPEN, before)
    assert "reopen_case" in verbs(case)
    assert chioma.post(path("reopen_case", case)).status_code == 302, "twice is the same as once"
    assert verbs(case).count("reopen_case") == 1
    close(chioma, case)
    states = [request.state for request in closing.list_requests(reopen(cast.chioma, case))]
    assert states == ["reopened", "closed"], "what was is not forgotten"


def test_a_case_closed_by_an_older_version_can_be_reopened(cast, chioma, case):
    Record.objects.filter(id=case).update(status=Status.CLOSED)
    assert b"This case is closed" in chioma.get(path("person", case)).content
    assert chioma.post(path("reopen_case", case)).status_code == 302
    assert row(case).status == Status.OPEN


def test_a_closed_case_accepts_notes_only(chioma, case):
    close(chioma, case)
    typed = {"goal": "x", "review_on": clock.today(), "version": 0, **typed_steps({"what": "call"})}
    assert chioma.post(path("plan_part", case, "goal"), typed).status_code == 409
    page = chioma.post(path("follow_up", case), {"code": "FU_1W", "result": "FUR_REACHED", "way": "MET"})
    assert page.status_code == 409
    assert b"Reopen the case and save this" in page.content
    assert chioma.post(path("note", case), {"text": "she called"}).status_code == 302


def test_only_the_assigned_worker_or_lead_closes_and_reopens(cast, chioma, case):
    jaya = client_of(cast.jaya)
    assert jaya.get(path("person", case)).status_code == 200, "positive control"
    assert jaya.get(path("close_case", case)).status_code == 404
    assert jaya.post(path("close_case", case), wish("CL_PERSON")).status_code == 404
    assert b"Close the case" not in jaya.get(path("person", case)).content
    close(chioma, case, "CL_TRANSFER")
    assert jaya.get(path("close_case", case)).status_code == 200, "what waits may be read"
    assert jaya.post(path("keep_open", case)).status_code == 404
    chioma.post(path("keep_open", case))
    close(chioma, case)
    assert jaya.post(path("reopen_case", case)).status_code == 404


@pytest.mark.parametrize("name", ["close_case", "agree_closing", "keep_open", "reopen_case"])
def test_workers_without_keys_get_404_for_closing(cast, case, amina, name):
    for player in (cast.farid, cast.gita, cast.ben, cast.indah):
        assert client_of(player).post(path(name, case), wish("CL_PERSON")).status_code == 404
    assert client_of(cast.esi).post(path(name, amina.id), {}).status_code == 404, "no case"
    assert Client().post(path(name, case), {}).status_code == 401


@pytest.mark.parametrize(
    ("reason", "changes", "words"),
    [
        ("", {}, "Please"),
        ("CL_MAYBE", {}, 'role="alert"'),
        ("CL_PERSON", {"on": "2099-01-01"}, "cannot be in the future"),
        ("CL_PERSON", {"agreed": ""}, "Enter this."),
        ("CL_PERSON", {"call": " "}, "Enter this."),
        ("CL_PERSON", {"confirmed": []}, "Confirm this first: The person has what they need"),
        ("CL_GOALS", {}, "Two good reviews at least 60 days apart are needed."),
        ("CL_NOCONTACT", {}, "Three safe attempts over at least 60 days are needed."),
    ],
)
def test_an_invalid_closing_states_its_reason(chioma, case, reason, changes, words):
    typed = (
        (wish("CL_PERSON") | {"reason": reason} if reason in ("", "CL_MAYBE") else wish(reason))
        | needs(chioma, case, "met")
        | changes
    )
    page = chioma.post(path("close_case", case), typed)
    assert page.status_code == 400
    assert words in page.content.decode()
    assert b'role="alert"' in page.content
    assert row(case).status == Status.OPEN


def test_reached_goals_need_two_reviews(cast, chioma, case):
    days = {"review_1": str(clock.today() - timedelta(days=61)), "review_2": str(clock.today())}
    assert close(chioma, case, "CL_GOALS", end="met", **days).status_code == 302
    assert closing.current_request(reopen(cast.chioma, case)).reviews == tuple(
        map(date.fromisoformat, sorted(days.values()))
    )
    assert client_of(cast.kartika).post(path("agree_closing", case)).status_code == 302
    assert row(case).status == Status.CLOSED


@pytest.fixture
def urgent(cast, amina, chioma):
    """A case of somebody who needs help within a day."""
    needs_of.add_needs(amina, {"HOU_EMERGENCY": Urgency.NOW}, by=acting_as(cast.ben))
    fields = [Field.CALLED_NAME, Field.NEEDS]
    types = ["HOU_EMERGENCY"]
    offer = Offer(
        service=LEGAL_AID,
        service_name="Legal aid",
        consent=agreed(amina, cast.ben),
        urgency=Urgency.NOW,
        receiving_organisation=PELITA,
        preview=disclosure.preview(amina, fields, types=types, urgency=Urgency.NOW),
        shared=disclosure.shared_values(amina, fields, types=types),
    )
    made = sending.send(amina, offer, by=acting_as(cast.ben))
    chioma.post(path("accept_referral", made.referral))
    return Case.objects.get().record


def test_an_open_urgent_need_blocks_closing(cast, chioma, urgent):
    page = close(chioma, urgent, "CL_TRANSFER")
    assert b"An open urgent need blocks closure" in page.content
    assert close(chioma, urgent, "CL_TRANSFER", end="elsewhere").status_code == 302
    kept = closing.current_request(reopen(cast.chioma, urgent))
    assert kept.needs == {"elsewhere": 1}, "how many, never which: that stays in the packet"
    assert "HOU" not in str(kept)


def test_an_unanswered_referral_blocks_closing(cast, chioma, case):
    record = reopen(cast.jaya, case)
    record.put(Person(name="Karta"), by=cast.jaya.id, at=clock.now())
    sending.record_exclusions(record, (), by=acting_as(cast.jaya))
    record = reopen(cast.jaya, case)
    sent(record, agreed(record, cast.jaya), cast.jaya, by_link=True)
    page = close(chioma, case, "CL_TRANSFER", end="met")
    assert page.status_code == 400
    assert CLOSURE_BARS.label("BAR_REFERRAL") in page.content.decode()


def test_a_colleagues_closing_request_is_not_overwritten(cast, chioma, case):
    late = reopen(cast.chioma, case)
    close(chioma, case, "CL_TRANSFER")
    by = acting_as(cast.chioma)
    request = ClosingRequest(reason=ClosureReason.ERROR, on=clock.today(), asked_by=by.worker, asked_at=by.at)
    with pytest.raises(Conflict):
        closing.ask_closing(late, request, by=by)


def test_closing_after_a_death_asks_for_no_agreement(chioma, case):
    page = close(chioma, case, "CL_DIED", agreed="", call="")
    assert page.status_code == 302


def test_the_days_planned_stay_sealed_while_a_case_is_closed(cast, chioma, case):
    planned = calendars.read_calendar(reopen(cast.chioma, case))
    close(chioma, case)
    assert calendars.read_calendar(reopen(cast.chioma, case)) == planned
