"""What is next for a person: planned, late, done, and in the lists."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import actions
from suar.consent.documents import Tasks
from suar.core import clock
from suar.core.refusals import Refused
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import Record, Value
from tests.people import acting_as, client_of


def plan(client: Client, record: UUID, *, days: int = 3, kind: str = "MEET", text: str = "") -> Any:
    """Plan a next step in some days."""
    due = clock.today() + timedelta(days=days)
    return client.post(reverse("plan_task", args=[record]), {"kind": kind, "due": str(due), "text": text})


def tasks_of(cast: Cast, record: UUID) -> Tasks:
    """Return the tasks of Amina's record."""
    return keyring.open_record(record, keys=cast.ben.keys).get(Tasks) or Tasks()


def test_a_next_step_is_sealed_shown_and_due(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert plan(ben, amina.id, text="take the blue folder").status_code == 302
    assert "take the blue folder" in ben.get(reverse("person", args=[amina.id])).content.decode()
    assert not Value.objects.filter(sealed__contains=b"blue folder").exists()
    with clock.shifted(timedelta(days=3)):
        day = client_of(cast.ben).get(reverse("day"))
    assert [row.id for row in day.context["due"]] == [amina.id]
    assert "Meet the person" in day.content.decode()


def test_a_finished_step_is_due_no_more_and_stays_on_the_timeline(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    plan(ben, amina.id)
    plan(ben, amina.id, days=5, kind="PAPERS")
    [first, second] = tasks_of(cast, amina.id).open
    for _ in range(2):
        assert ben.post(reverse("finish_task", args=[amina.id, first.id])).status_code == 302
    assert tasks_of(cast, amina.id).open == [second]
    assert Record.objects.get(id=amina.id).next_due == second.due
    [done] = [event for event in ben.get(reverse("person", args=[amina.id])).context["events"] if event.kind == "task"]
    assert (done.title, done.by) == ("Done: Meet the person", cast.ben.id)
    assert ben.post(reverse("finish_task", args=[amina.id, uuid4()])).status_code == 404


def test_a_due_step_moves_to_tomorrow_and_stays_open(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    """cases: nobody answered, so the worker calls again tomorrow."""
    plan(ben, amina.id, days=0, kind="CALL")
    [task] = tasks_of(cast, amina.id).open
    moved = reverse("finish_task", args=[amina.id, task.id])
    assert "Move to tomorrow" in ben.get(reverse("person", args=[amina.id])).content.decode()
    for _ in range(2):
        assert ben.post(moved, {"tomorrow": "on"}).status_code == 302
    [later] = tasks_of(cast, amina.id).open
    assert (later.id, later.due) == (task.id, clock.today() + timedelta(days=1))
    assert Record.objects.get(id=amina.id).next_due == later.due
    actions.change_details(amina, {"no_calls": True}, seen={"no_calls": False}, by=acting_as(cast.ben))
    assert ben.post(moved, {"tomorrow": "on"}).status_code == 409
    assert ben.post(moved).status_code == 302
    assert ben.post(moved, {"tomorrow": "on"}).status_code == 404


def test_an_urgent_need_stays_due_before_a_task(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    records.set_due(amina.id, due=clock.today())
    plan(ben, amina.id)
    assert lists.due_on(amina.id) == clock.today()
    assert not lists.is_task(amina.id)


@pytest.mark.parametrize("typed", [{"days": -1}, {"kind": "NO_SUCH_KIND"}])
def test_a_step_that_cannot_be_planned_is_refused(ben: Client, amina: OpenRecord, typed: dict[str, Any]) -> None:
    answer = plan(ben, amina.id, **typed)
    assert (answer.status_code, b'role="alert"' in answer.content) == (400, True)


def test_nothing_is_planned_on_a_closed_case(cast: Cast, case: UUID) -> None:
    records.close(case)
    record = keyring.open_record(case, keys=cast.chioma.keys)
    with pytest.raises(Refused):
        actions.plan_task(record, "MEET", clock.today(), by=acting_as(cast.chioma))


def test_a_case_counts_its_steps_among_what_is_due(chioma: Client, case: UUID) -> None:
    plan(chioma, case, days=1)
    assert lists.due_on(case) == clock.today() + timedelta(days=1)


def test_a_note_can_say_that_the_person_was_reached(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert ben.post(reverse("note", args=[amina.id]), {"text": "doing well", "way": "CALL"}).status_code == 302
    [row] = ben.post(reverse("find_person"), {"name": "Amina Rekaan"}).context["people"]
    assert row.entry["last"] == str(clock.today())
    page = ben.get(reverse("person", args=[amina.id]))
    assert [(event.title, event.text) for event in page.context["events"]] == [("By phone", "doing well")]


def test_the_timeline_shows_one_kind_and_pages(ben: Client, amina: OpenRecord) -> None:
    for number in range(30):
        ben.post(reverse("note", args=[amina.id]), {"text": f"note {number}"})
    plan(ben, amina.id)
    path = reverse("person", args=[amina.id])
    assert len(ben.get(path).context["events"]) == 25
    later = ben.get(path, {"show": "note", "line": "2"})
    assert [event.text for event in later.context["events"]] == [f"note {number}" for number in range(4, -1, -1)]
    assert ben.get(path, {"show": "nonsense"}).context["event_kind"] == ""
