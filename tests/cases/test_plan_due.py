"""The plan of a case: its days are to come, they are due like a follow-up, and lists say which."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.cases import labels, rules
from suar.cases.codes import Because
from suar.cases.rules import PlanFacts
from suar.core import clock
from suar.records.models import Record
from suar.records.terms import Kind
from tests.cases.test_case_pages import day, pages_of, path, plan
from tests.cases.test_closing_pages import close
from tests.people import client_of


def due(case):
    return str(Record.objects.get(id=case).next_due)


def due_lines(client):
    return [(str(line.on), line.what) for line in client.get(reverse("day")).context["due"]]


def test_a_step_on_a_day_that_has_passed_is_refused_and_what_was_typed_stays(chioma, case):
    page = plan(chioma, case, by=[day(-1), ""])
    assert page.status_code == 400
    text = page.content.decode()
    assert text.count("This date has passed. Choose today or a later date for the step.") == 1
    assert f'value="{day(-1)}"' in text
    assert 'value="call the boss"' in text
    assert plan(chioma, case, by=[day(0), ""]).status_code == 302


def test_a_step_whose_day_went_by_keeps_it_until_it_is_done(cast, chioma, case):
    plan(chioma, case)
    with clock.shifted(timedelta(days=5)):
        chioma = client_of(cast.chioma)
        late = str(clock.today() - timedelta(days=2))
        again = {"by": [late, ""], "goal": "to be paid now"}
        assert plan(chioma, case, **again).status_code == 302
        assert due(case) == late
        assert plan(chioma, case, **again, done=["1"]).status_code == 302
        assert due(case) == str(pages_of(chioma, case)["dues"][0].due_on)
        assert pages_of(chioma, case)["saved_plan"].steps[0].done
        assert 'name="done" value="1"' in chioma.get(path("person", case)).content.decode()


@pytest.mark.parametrize(("days", "because"), [((-1,), Because.STEP_IN_THE_PAST), ((0, 9), None)])
def test_the_rule_knows_days_that_have_passed(days, because):
    today = clock.today()
    facts = PlanFacts(
        filled=frozenset({"goal", "steps", "review_on"}),
        review_on=today,
        new_days=tuple(today + timedelta(days=each) for each in days),
    )
    decision = rules.plan_holds(facts, today=today)
    assert decision.because == because if because else decision


def test_the_earliest_of_follow_up_review_and_open_steps_is_due_and_lists_say_which(cast, chioma, case):
    assert due(case) == day(7)
    plan(chioma, case)
    assert due(case) == day(3)
    plan(chioma, case, by=["", ""], review_on=day(2))
    assert due(case) == day(2)
    page = chioma.get(path("person", case)).content.decode()
    assert "Review the plan on" in page.split("<summary>Write the plan")[0]
    plan(chioma, case, by=[day(0), ""], review_on=day(0))
    assert due_lines(chioma) == [(day(0), "Review the plan, A step of the plan")]
    plan(chioma, case, by=["", ""])
    assert due_lines(chioma) == []
    with clock.shifted(timedelta(days=8)):
        [line] = due_lines(client_of(cast.chioma))
        assert line[1] == "Follow-up"


def test_a_wish_to_close_stays_due_today_while_the_plan_changes(chioma, case):
    assert close(chioma, case, "CL_TRANSFER", end="met").status_code == 302
    assert due(case) == day(0)
    plan(chioma, case)
    assert due(case) == day(0)
    assert due_lines(chioma) == [(day(0), "A colleague asks to close the case")]
    chioma.post(path("keep_open", case))
    assert due(case) == day(3)


def test_a_plan_has_three_rows_free_until_twelve(chioma, case):
    assert len(chioma.get(path("person", case)).context["steps"]) == 3
    three = {"step": ["a", "b", "c"], "who": ["", "", ""], "by": ["", "", ""]}
    assert plan(chioma, case, **three).status_code == 302
    assert len(chioma.get(path("person", case)).context["steps"]) == 6


def test_of_a_sheet_from_before_plans_were_counted_a_follow_up_is_due():
    today = clock.today()
    assert labels.due_text(Kind.CASE, {"name": "Amina"}, today=today) == "Follow-up"
    review = {"name": "Amina", "due": {"review": str(today)}}
    assert labels.due_text(Kind.CASE, review, today=today) == "Review the plan"
    assert "to close" in labels.due_text(Kind.CASE, {"name": "Amina", "due": {}}, today=today)
