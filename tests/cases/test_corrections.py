"""Notes are corrected and struck out with both versions kept, and what was just saved is undone within a minute."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import actions, calendars, corrections, follow_ups
from suar.cases.codes import Result
from suar.cases.documents import Note
from suar.cases.queries import get_document
from suar.cases.rules import Outcome
from suar.consent.documents import SafeContact, Tasks
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.demo.cast import Cast
from suar.records import keyring
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import Value
from tests.people import acting_as, client_of, refresh

SOON, LATE = timedelta(seconds=50), timedelta(seconds=70)


@pytest.fixture
def note(cast: Cast, amina: OpenRecord) -> str:
    """Add a note of Ben's and return its key."""
    actions.add_note(amina, "she rang at noon", by=acting_as(cast.ben), way="CALL")
    refresh(amina, cast.ben)
    [key] = amina.get_all(Note)
    return key


def correct(client: Client, amina: OpenRecord, note: str, **typed: str) -> Any:
    return client.post(reverse("correct_note", args=[amina.id, note]), {"seen": "she rang at noon", **typed})


def test_a_corrected_note_shows_both_wordings(cast: Cast, ben: Client, amina: OpenRecord, note: str) -> None:
    assert correct(ben, amina, note, text="she rang at ten").status_code == 302
    page = ben.get(reverse("person", args=[amina.id])).content.decode()
    assert "she rang at ten" in page
    assert "she rang at noon" in page
    refresh(amina, cast.ben)
    [version] = get_document(amina, Note, note).former
    assert (version.text, version.by) == ("she rang at noon", cast.ben.id)


def test_two_workers_who_correct_one_note_see_both(cast: Cast, ben: Client, amina: OpenRecord, note: str) -> None:
    correct(client_of(cast.esi), amina, note, text="she rang at eleven")
    page = correct(ben, amina, note, text="she rang at ten")
    assert page.status_code == 409
    for words in ("she rang at eleven", "she rang at ten"):
        assert words in page.content.decode()
    again = {"text": "she rang at ten", "seen": page.context["form"]["seen"].value()}
    assert correct(ben, amina, note, **again).status_code == 302
    refresh(amina, cast.ben)
    former = [version.text for version in get_document(amina, Note, note).former]
    assert former == ["she rang at noon", "she rang at eleven"]


def test_a_struck_note_stays_readable_and_counts_no_more(cast: Cast, ben: Client, amina: OpenRecord, note: str) -> None:
    assert correct(ben, amina, note, strike="yes").status_code == 400, "a reason is needed"
    assert correct(ben, amina, note, strike="yes", reason="another person").status_code == 302
    page = ben.get(reverse("person", args=[amina.id])).content.decode()
    assert "<del>she rang at noon</del>" in page
    assert "Struck out: another person" in page
    [row] = ben.post(reverse("find_person"), {"name": "Amina Rekaan"}).context["people"]
    assert "last" not in row.entry
    assert correct(ben, amina, note, text="x").status_code == 400
    with pytest.raises(Refused):
        corrections.strike_note(amina, note, "again", by=acting_as(cast.ben))


def test_a_note_of_another_record_is_not_found(ben: Client, amina: OpenRecord) -> None:
    assert ben.get(reverse("correct_note", args=[amina.id, uuid4()])).status_code == 404


def undo(client: Client, record: UUID, what: str, key: str = "") -> int:
    return int(client.post(reverse("undo", args=[record]), {"what": what, "key": key}).status_code)


@pytest.mark.db_contract
def test_a_note_is_undone_within_a_minute_and_its_text_is_gone(
    cast: Cast, ben: Client, amina: OpenRecord, note: str
) -> None:
    assert "Undo: Note" in ben.get(reverse("person", args=[amina.id])).content.decode()
    assert undo(client_of(cast.esi), amina.id, "note", note) == 409, "only by its author"
    assert undo(ben, amina.id, "note", note) == 302
    refresh(amina, cast.ben)
    [left] = amina.get_all(Note).values()
    assert (left.text, left.undone) == ("", True)
    assert "she rang" not in ben.get(reverse("person", args=[amina.id])).content.decode()
    assert ben.get(reverse("correct_note", args=[amina.id, note])).status_code == 404


def test_after_a_minute_nothing_is_undone(cast: Cast, amina: OpenRecord, note: str) -> None:
    with clock.shifted(LATE):
        ben = client_of(cast.ben)
        assert "Undo" not in ben.get(reverse("person", args=[amina.id])).content.decode()
        assert undo(ben, amina.id, "note", note) == 409
    with clock.shifted(SOON):
        assert undo(client_of(cast.ben), amina.id, "note", note) == 302


def test_changed_facts_go_back_to_what_they_were(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    by = acting_as(cast.ben)
    changes = {"phone": "000-0000-1111", "no_calls": True, "age": 30}
    actions.change_details(amina, changes, seen={"phone": "000-0000-7741", "no_calls": False, "age": 24}, by=by)
    assert undo(ben, amina.id, "facts") == 302
    refresh(amina, cast.ben)
    contact = amina.get(SafeContact)
    assert contact is not None
    assert (contact.phone, contact.no_calls) == ("000-0000-7741", False)


@pytest.mark.db_contract
def test_a_finished_task_is_open_again_and_a_planned_one_is_gone(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    actions.plan_task(amina, "MEET", clock.today(), by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    [task] = (amina.get(Tasks) or Tasks()).open
    actions.finish_task(amina, task.id, by=acting_as(cast.ben))
    assert lists.due_on(amina.id) is None
    undone = ben.post(reverse("undo", args=[amina.id]), {"what": "task", "key": task.id}, follow=True).content.decode()
    assert "Undone." in undone.split("<h2>What is next</h2>")[1].split("<h2>")[0]
    assert lists.due_on(amina.id) == clock.today()
    assert undo(ben, amina.id, "task", str(task.id)) == 302
    refresh(amina, cast.ben)
    assert amina.get(Tasks) == Tasks()


def test_a_follow_up_is_undone_with_its_calendar(cast: Cast, chioma: Client, case: UUID) -> None:
    with clock.shifted(timedelta(days=7)):
        record = keyring.open_record(case, keys=cast.chioma.keys)
        before = calendars.read_calendar(record)
        outcome = Outcome(code="FU_1W", result=Result.REFUSED, on=clock.today(), reason="she is tired of it")
        follow_ups.record_outcome(record, outcome, by=acting_as(cast.chioma))
        assert lists.due_on(case) is None
        assert undo(client_of(cast.chioma), case, "follow_up") == 302
        assert calendars.read_calendar(keyring.open_record(case, keys=cast.chioma.keys)) == before
        assert lists.due_on(case) == before[0][0].due_on


def test_consents_and_referrals_have_no_undo(ben: Client, handover: Any) -> None:
    page = ben.get(reverse("person", args=[handover.person]))
    assert page.context["undos"] == []


@pytest.mark.parametrize("what", ["consent", "referral", ""])
def test_only_what_is_listed_is_undone(cast: Cast, amina: OpenRecord, what: str) -> None:
    with pytest.raises(Refused) as refused:
        corrections.undo(amina, what, "", by=acting_as(cast.ben))
    assert refused.value.because == "undo_too_late"


def test_a_wording_that_was_overtaken_is_not_stored(cast: Cast, amina: OpenRecord, note: str) -> None:
    with pytest.raises(Conflict):
        corrections.correct_note(amina, note, "new", seen="never shown", by=acting_as(cast.ben))
    assert not Value.objects.filter(sealed__contains=b"rang at noon").exists()
