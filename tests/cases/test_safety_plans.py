"""The safety plan: in the person's words, due for review, on a copy that is safe to carry, earlier versions stay."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import labels
from suar.cases import plan as plans
from suar.cases.rules import may_review_on
from suar.cases.rules.plan import may_carry
from suar.consent.documents import Person
from suar.core import clock
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import Record, Value
from suar.records.search import split_name
from tests.people import acting_as, client_of, refresh

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("days", "because"),
    [(0, "review_in_the_past"), (1, ""), (90, ""), (91, "review_too_far")],
)
def test_a_review_is_ahead_and_within_ninety_days(days: int, because: str) -> None:
    assert may_review_on(TODAY + timedelta(days=days), today=TODAY, from_tomorrow=True).because == because


@pytest.mark.parametrize(
    ("pocket", "allowed"),
    [("000 5101", True), ("call aunt at 000", True), ("Amina 000", False), ("for REKAAN", False), ("al", True)],
)
def test_a_pocket_copy_says_no_name(pocket: str, allowed: bool) -> None:
    assert bool(may_carry(split_name(pocket), [split_name("Amina Rekaan"), split_name("Al")])) is allowed


def in_days(days: int) -> str:
    return str(clock.today() + timedelta(days=days))


def save(client: Client, record: UUID, *, version: int = 0, **typed: Any) -> Any:
    plan = {"what_to_do": "to the neighbour", "copy_for_person": "NONE", "review_on": in_days(14), "version": version}
    return client.post(reverse("change_safety_plan", args=[record]), {**plan, **typed})


def shown(client: Client, record: UUID) -> Any:
    return client.get(reverse("safety_plan", args=[record]))


def copy(client: Client, record: UUID) -> Any:
    return client.get(reverse("print_safety_plan", args=[record]))


def test_earlier_versions_stay_and_nothing_is_in_clear(ben: Client, amina: OpenRecord) -> None:
    assert save(ben, amina.id, warning_signs="he drinks", digital_steps=["DG_PIN"]).status_code == 302
    assert save(ben, amina.id, version=1, warning_signs="he is silent").status_code == 302
    page = shown(ben, amina.id)
    assert ("Warning signs", "he is silent") in page.context["lines"]
    [former] = page.context["former"]
    assert ("Warning signs", "he drinks") in former["lines"]
    assert ("Phone and accounts", "A new PIN that nobody knows") in former["lines"]
    assert not Value.objects.filter(sealed__contains=b"he drinks").exists()
    line = ben.get(reverse("person", args=[amina.id]), {"show": "safety"}).context["events"]
    assert [event.title for event in line] == ["Safety plan reviewed", "Safety plan made"]


def test_the_review_is_due_on_the_day_page_and_in_lists(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    save(ben, amina.id)
    assert str(lists.due_on(amina.id)) == in_days(14)
    with clock.shifted(timedelta(days=15)):
        later = client_of(cast.ben)
        [row] = later.get(reverse("day")).context["due"]
        assert labels.due_text(row, today=clock.today()) == "Review the safety plan"
        assert reverse("safety_plan", args=[amina.id]) in later.get(reverse("person", args=[amina.id])).content.decode()
        save(later, amina.id, version=1)
        assert later.get(reverse("day")).context["due"].object_list == []


def test_a_finished_step_leaves_the_review_due(ben: Client, amina: OpenRecord) -> None:
    save(ben, amina.id)
    ben.post(reverse("plan_task", args=[amina.id]), {"kind": "MEET", "due": in_days(1)})
    assert str(lists.due_on(amina.id)) == in_days(1)
    task = ben.get(reverse("person", args=[amina.id])).context["tasks"][0]["task"]
    ben.post(reverse("finish_task", args=[amina.id, task.id]))
    assert str(lists.due_on(amina.id)) == in_days(14)


def test_a_case_has_the_review_among_what_is_due(chioma: Client, case: UUID) -> None:
    save(chioma, case, review_on=in_days(2))
    assert str(Record.objects.get(id=case).next_due) == in_days(2)


def test_the_pocket_copy_says_only_what_was_written_for_it(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    save(ben, amina.id, warning_signs="he drinks", copy_for_person="POCKET", pocket="000 5101")
    page = copy(ben, amina.id).content.decode()
    assert "000 5101" in page
    for text in ("he drinks", "to the neighbour", "My safety plan", "Amina"):
        assert text not in page
    save(ben, amina.id, version=1, warning_signs="he drinks", copy_for_person="FULL", pocket="000 5101")
    page = copy(ben, amina.id).content.decode()
    assert "he drinks" in page
    assert "My safety plan" in page


def test_there_is_nothing_to_print_where_the_person_wants_no_paper(ben: Client, amina: OpenRecord) -> None:
    assert copy(ben, amina.id).status_code == 404
    save(ben, amina.id)
    assert not shown(ben, amina.id).context["prints"]
    assert copy(ben, amina.id).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {"review_on": ""},
        {"review_on": "2020-01-01"},
        {"copy_for_person": "POCKET"},
        {"copy_for_person": "POCKET", "pocket": "Amina 000"},
        {"what_to_do": ""},
        {"copy_for_person": "ALL"},
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_typed_is_lost(
    cast: Cast, ben: Client, amina: OpenRecord, typed: dict[str, str]
) -> None:
    by = acting_as(cast.ben)
    amina.put((amina.get(Person) or Person()).model_copy(update={"name": "Amina"}), by=by.worker, at=by.at)
    answer = save(ben, amina.id, **{"whom_to_call": "", "children": "", **typed})
    assert (answer.status_code, b'role="alert"' in answer.content) == (400, True)
    assert typed.get("what_to_do", "to the neighbour") in answer.content.decode()
    refresh(amina, cast.ben)
    assert plans.list_safety_plans(amina) == ()


def test_two_workers_who_change_one_plan_see_both(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    save(client_of(cast.esi), amina.id, what_to_do="to the mosque")
    page = save(ben, amina.id)
    assert page.status_code == 409
    assert ("What the person does then", "to the mosque") in page.context["theirs"]
    assert "to the neighbour" in page.content.decode()
    assert save(ben, amina.id, version=page.context["form"]["version"].value()).status_code == 302
    assert len(shown(ben, amina.id).context["former"]) == 1


def test_a_closed_case_shows_its_plan_and_takes_no_other(chioma: Client, case: UUID) -> None:
    save(chioma, case)
    records.close(case)
    page = shown(chioma, case)
    assert (page.context["review_on"], page.context["is_closed"]) == (None, True)
    assert save(chioma, case, version=1).status_code == 400


def test_a_stranger_sees_none_of_it(chioma: Client, amina: OpenRecord) -> None:
    for page in (shown, copy, save):
        assert page(chioma, amina.id).status_code == 404


def test_a_new_plan_proposes_a_review_that_can_be_saved_as_it_is(ben: Client, amina: OpenRecord) -> None:
    proposed = ben.get(reverse("change_safety_plan", args=[amina.id])).context["form"]["review_on"].value()
    assert may_review_on(proposed, today=clock.today(), from_tomorrow=True)
    assert save(ben, amina.id, review_on=str(proposed)).status_code == 302
