"""Two colleagues act on one case at one moment: what each wrote is on the list of both."""

from datetime import timedelta

import pytest

from suar.cases import actions, calendars, closing, follow_ups
from suar.cases import plan as plans
from suar.cases.codes import ClosureReason, Result
from suar.cases.documents import ASKED, ClosingRequest
from suar.cases.documents.plan import Goal, Plan, PlanStep
from suar.cases.rules import Outcome
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as vault
from suar.records.models import Record, Value
from tests.people import acting_as

pytestmark = pytest.mark.db_contract

SOON, WEEK = timedelta(days=2), timedelta(days=7)


def ask(record, *, by):
    facts = {"on": clock.today(), "agreed": "as asked", "call": "the line"}
    request = ClosingRequest(reason=ClosureReason.ERROR, **facts, asked_by=by.worker, asked_at=by.at)
    closing.ask_closing(record, request, by=by)


def reopen(player, case):
    """Open the case as one request does, before the other one has written."""
    return keyring.open_record(case, keys=player.keys)


def keep_plan(record, player, *, in_=SOON):
    step = PlanStep(what="call the boss", who="Jaya", by=clock.today() + in_)
    goal = Goal(id="1", text="to be paid", steps=(step,))
    plan = Plan(goals=(goal,), review_on=clock.today() + 4 * WEEK)
    plans.save_plan(record, plan, by=acting_as(player), expected=0)


def reached(record, player):
    outcome = Outcome(code="FU_1W", result=Result("FUR_REACHED"), on=clock.today())
    follow_ups.record_outcome(record, outcome, by=acting_as(player))


def next_due(case):
    return Record.objects.get(id=case).next_due


def sheet(cast, case):
    return vault.index_entries([case], keys=cast.chioma.keys)[case]


def test_a_follow_up_keeps_a_step_planned_meanwhile(cast, case):
    with clock.shifted(WEEK):
        late = reopen(cast.chioma, case)
        keep_plan(reopen(cast.jaya, case), cast.jaya)
        reached(late, cast.chioma)
        assert next_due(case) == clock.today() + SOON
        assert sheet(cast, case)["due"]["step"] == str(clock.today() + SOON)


def test_a_plan_keeps_a_follow_up_recorded_meanwhile(cast, case):
    with clock.shifted(WEEK):
        late = reopen(cast.chioma, case)
        before = next_due(case)
        reached(reopen(cast.jaya, case), cast.jaya)
        keep_plan(late, cast.chioma, in_=3 * WEEK)
        assert before == clock.today()
        assert next_due(case) > clock.today()
        assert sheet(cast, case)["due"]["follow_up"] > str(clock.today())


def test_a_plan_keeps_a_name_stored_meanwhile(cast, case):
    late, names = reopen(cast.chioma, case), reopen(cast.jaya, case)
    actions.name_person(names, "Karta", by=acting_as(cast.jaya))
    keep_plan(late, cast.chioma)
    assert sheet(cast, case)["name"] == "Karta"


def test_a_name_keeps_a_day_planned_meanwhile(cast, case):
    late = reopen(cast.jaya, case)
    keep_plan(reopen(cast.chioma, case), cast.chioma)
    actions.name_person(late, "Karta", by=acting_as(cast.jaya))
    assert sheet(cast, case)["due"]["step"] == str(clock.today() + SOON)


def test_a_case_with_a_closing_request_stays_due_today(cast, case):
    late = reopen(cast.jaya, case)
    ask(reopen(cast.chioma, case), by=acting_as(cast.chioma))
    keep_plan(late, cast.jaya)
    assert closing.current_request(reopen(cast.jaya, case)).state == ASKED
    assert next_due(case) == clock.today()


def test_a_case_closed_meanwhile_accepts_no_plan_or_follow_up(cast, case):
    plans, reaches = reopen(cast.jaya, case), reopen(cast.jaya, case)
    records.close(case)
    with pytest.raises(Refused, match="closed_now"):
        keep_plan(plans, cast.jaya)
    with clock.shifted(WEEK), pytest.raises(Refused, match="closed_now"):
        reached(reaches, cast.jaya)
    after = reopen(cast.jaya, case)
    assert after.get(Plan) is None
    assert calendars.read_calendar(after)[1] == []
    assert next_due(case) is None


def test_reopening_twice_keeps_what_was_planned_in_between(cast, case):
    records.close(case)
    first, late = reopen(cast.kartika, case), reopen(cast.kartika, case)
    closing.reopen(first, by=acting_as(cast.kartika))
    keep_plan(reopen(cast.jaya, case), cast.jaya)
    closing.reopen(late, by=acting_as(cast.kartika))
    assert next_due(case) == clock.today() + SOON


def test_leaving_a_case_open_keeps_what_was_planned_meanwhile(cast, case):
    ask(reopen(cast.chioma, case), by=acting_as(cast.chioma))
    late = reopen(cast.chioma, case)
    keep_plan(reopen(cast.jaya, case), cast.jaya)
    closing.leave_open(late, by=acting_as(cast.chioma))
    assert next_due(case) == clock.today() + SOON


def test_concurrent_decisions_on_a_closing_request_are_made_once(cast, case):
    ask(reopen(cast.chioma, case), by=acting_as(cast.chioma))
    late, again = reopen(cast.kartika, case), reopen(cast.kartika, case)
    stale = reopen(cast.chioma, case)
    closing.agree(reopen(cast.kartika, case), by=acting_as(cast.kartika))
    with pytest.raises(Refused, match="closed_now"):
        closing.agree(late, by=acting_as(cast.kartika))
    assert [request.state for request in closing.list_requests(reopen(cast.chioma, case))] == ["closed"]
    with pytest.raises(Refused, match="closed_now"):
        closing.leave_open(again, by=acting_as(cast.kartika))
    with pytest.raises(Conflict):
        ask(stale, by=acting_as(cast.chioma))
    closed = reopen(cast.kartika, case)
    closing.reopen(reopen(cast.kartika, case), by=acting_as(cast.kartika))
    ask(reopen(cast.chioma, case), by=acting_as(cast.chioma))
    closing.reopen(closed, by=acting_as(cast.kartika))
    assert next_due(case) == clock.today(), "what a colleague wished since is not forgotten"


def test_a_worker_excluded_meanwhile_writes_nothing(cast, case):
    """The person said that Jaya must never know, while his page was open."""
    stale = reopen(cast.jaya, case)
    chioma = reopen(cast.chioma, case)
    records.restrict(chioma, excluded=[cast.jaya.id], keys=cast.chioma.keys, at=clock.now())
    before = Value.objects.filter(record=case).count()
    jaya = cast.jaya
    for act in (
        lambda: keep_plan(stale, jaya),
        lambda: actions.name_person(stale, "K", by=acting_as(jaya)),
        lambda: actions.add_note(stale, "he came", by=acting_as(jaya)),
        lambda: ask(stale, by=acting_as(jaya)),
        lambda: closing.agree(stale, by=acting_as(jaya)),
        lambda: closing.leave_open(stale, by=acting_as(jaya)),
        lambda: closing.reopen(stale, by=acting_as(jaya)),
    ):
        with pytest.raises(NotYours):
            act()
    assert Value.objects.filter(record=case).count() == before
