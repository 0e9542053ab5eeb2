"""The plan of a case: its days are to come, they are due like a follow-up, and lists say which."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.cases import labels, rules
from suar.core import clock
from suar.records.models import Record
from suar.records.terms import TASK_PRIORITY, Kind
from tests.cases.test_case_pages import STEP, day, goal_path, pages_of, path, plan
from tests.cases.test_closing_pages import close
from tests.people import client_of

SOON = STEP | {"by": day(3)}


def due(case):
    return str(Record.objects.get(id=case).next_due)


def plan_of(client, case):
    return client.get(path("plan", case)).context["plan"]


def due_lines(client):
    rows = client.get(reverse("day")).context["due"]
    return [(str(row.next_due), labels.due_text(row, today=clock.today())) for row in rows]


def test_a_step_in_the_past_is_refused(chioma, case):
    page = plan(chioma, case, STEP | {"by": day(-1)})
    assert page.status_code == 400
    text = page.content.decode()
    assert text.count("This date has passed. Choose today or a later date for the step.") == 1
    assert f'value="{day(-1)}"' in text
    assert 'value="call the boss"' in text
    assert plan(chioma, case, STEP | {"by": day(0)}).status_code == 302


def test_an_overdue_step_keeps_its_day(cast, chioma, case):
    plan(chioma, case, SOON)
    with clock.shifted(timedelta(days=5)):
        chioma = client_of(cast.chioma)
        late = str(clock.today() - timedelta(days=2))
        assert plan(chioma, case, STEP | {"by": late}, goal="to be paid now").status_code == 302
        assert due(case) == late
        [step] = plan_of(chioma, case).steps
        assert chioma.post(path("plan_step", case), {"step": step.id, "state": "DONE"}).status_code == 302
        assert due(case) == str(pages_of(chioma, case)["dues"][0].due_on)
        assert not plan_of(chioma, case).steps[0].is_open


@pytest.mark.parametrize(("days", "because"), [((-1,), "step_in_the_past"), ((0, 9), None)])
def test_steps_in_the_past_are_refused(days, because):
    today = clock.today()
    new_days = [today + timedelta(days=day) for day in days]
    decision = rules.may_save_plan({"goal", "steps", "review_on"}, review_on=today, new_days=new_days, today=today)
    assert decision.because == because if because else decision


def test_lists_show_the_earliest_due_item(cast, chioma, case):
    assert due(case) == day(7)
    plan(chioma, case, SOON)
    assert due(case) == day(3)
    plan(chioma, case, review_on=day(2))
    assert due(case) == day(2)
    page = chioma.get(path("person", case)).content.decode()
    assert "Review the plan" in page
    plan(chioma, case, STEP | {"by": day(0)}, review_on=day(0))
    assert due_lines(chioma) == [(day(0), "Review the plan, A step of the plan")]
    plan(chioma, case)
    assert due_lines(chioma) == []
    with clock.shifted(timedelta(days=8)):
        [line] = due_lines(client_of(cast.chioma))
        assert line[1] == "Follow-up"


def test_a_closing_request_stays_due_while_the_plan_changes(chioma, case):
    assert close(chioma, case, "CL_TRANSFER", end="met").status_code == 302
    assert due(case) == day(0)
    plan(chioma, case, SOON)
    assert due(case) == day(0)
    assert due_lines(chioma) == [(day(0), "Closing waits for a second person")]
    chioma.post(path("keep_open", case))
    assert due(case) == day(3)


def test_a_due_step_is_done_on_the_page_of_the_case(cast, chioma, case):
    plan(chioma, case, SOON, {"what": "later", "by": day(9)})
    assert [step.what for step in pages_of(chioma, case)["due_steps"]] == [SOON["what"]]
    [step, _later] = plan_of(chioma, case).steps
    done = chioma.post(path("plan_step", case), {"step": step.id, "state": "DONE", "here": "person"})
    assert done["Location"].startswith(path("person", case))
    page = pages_of(chioma, case)
    assert [step.what for step in page["due_steps"]] == ["later"]
    assert step.id in [undo.key for undo in page["undos"]]


def test_the_day_leads_to_the_page_on_which_each_due_thing_is_done(cast, chioma, case):
    plan(chioma, case, SOON)
    chioma.post(path("plan_task", case), {"kind": "MEET", "due": day(0)})
    with clock.shifted(timedelta(days=12)):
        [row] = client_of(cast.chioma).get(reverse("day")).context["due"]
    assert row.row.href == path("person", case)
    assert {href for _label, href in row.row.acts} == {path("follow_up", case), path("plan", case), ""}


def test_a_plan_form_has_three_extra_rows_up_to_twelve(chioma, case):
    assert len(chioma.get(goal_path(chioma, case)).context["form"].steps.forms) == 3
    assert plan(chioma, case, {"what": "a"}, {"what": "b"}, {"what": "c"}).status_code == 302
    assert len(chioma.get(goal_path(chioma, case)).context["form"].steps.forms) == 4, (
        "one more to a goal that has steps"
    )


def test_an_old_index_entry_shows_a_follow_up():
    today, record = clock.today(), Record(kind=Kind.CASE)
    record.entry = {"name": "Amina"}
    assert labels.due_text(record, today=today) == "Follow-up"
    record.entry = {"name": "Amina", "due": {"review": str(today)}}
    assert labels.due_text(record, today=today) == "Review the plan"
    record.entry = {"name": "Amina", "due": {}}
    assert "second person" in labels.due_text(record, today=today)


def test_an_agreed_step_is_named_beside_what_else_is_due():
    today, record = clock.today(), Record(kind=Kind.PERSON, priority=TASK_PRIORITY, next_due=clock.today())
    record.entry = {"name": "Amina", "due": {"follow_up": str(today)}, "step": "NS_CALL", "step_day": str(today)}
    both = "I contact the person again, Follow-up"
    assert (labels.due_text(record, today=today), labels.next_kind(record)) == (both, both)
    record.entry["step_day"] = str(today + timedelta(days=1))
    assert (labels.due_text(record, today=today), labels.next_kind(record)) == ("Follow-up", "Follow-up")
