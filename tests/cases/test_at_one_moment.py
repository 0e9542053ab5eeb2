"""Two colleagues act on one case at one moment: what each wrote is on the list of both."""

from datetime import timedelta

import pytest

from suar.cases import actions, calendars, closing
from suar.cases.closing import Wish
from suar.cases.terms import ClosureReason, DueKind, FollowUp, Outcome, Result
from suar.kernel import clock
from suar.kernel.refusals import NotYours
from suar.vault import actions as records
from suar.vault import keyring
from suar.vault import queries as vault
from suar.vault.models import Record
from suar.vault.terms import Status
from tests.people import viewer

SOON, WEEK = timedelta(days=2), timedelta(days=7)


def opened(player, case):
    """Open the case as one request does, before the other one has written."""
    return keyring.open_record(case, keys=player.keys)


def keep_plan(record, player, *, in_=SOON):
    step = {"what": "call the boss", "who": "Jaya", "by": str(clock.today() + in_)}
    plan = {"goal": "to be paid", "steps": [step], "review_on": str(clock.today() + 4 * WEEK)}
    actions.keep_plan(record, plan, keys=player.keys, at=clock.now(), expected=0)


def reached(record, player):
    outcome = Outcome(code=FollowUp("FU_1W"), result=Result("FUR_REACHED"), on=clock.today())
    actions.follow_up(record, outcome, keys=player.keys, at=clock.now())


def next_due(case):
    return Record.objects.get(id=case).next_due


def sheet(cast, case):
    return vault.sheets([case], keys=cast.chioma.keys)[case]


def test_a_follow_up_does_not_forget_the_day_of_a_step_that_a_colleague_just_planned(cast, case):
    with clock.shifted(WEEK):
        late = opened(cast.chioma, case)
        keep_plan(opened(cast.jaya, case), cast.jaya)
        reached(late, cast.chioma)
        assert next_due(case) == clock.today() + SOON
        assert sheet(cast, case)["due"][DueKind.STEP] == str(clock.today() + SOON)


def test_a_plan_does_not_bring_back_the_day_of_a_follow_up_that_a_colleague_just_kept(cast, case):
    with clock.shifted(WEEK):
        late = opened(cast.chioma, case)
        before = next_due(case)
        reached(opened(cast.jaya, case), cast.jaya)
        keep_plan(late, cast.chioma, in_=3 * WEEK)
        assert before == clock.today()
        assert next_due(case) > clock.today()
        assert sheet(cast, case)["due"][DueKind.FOLLOW_UP] > str(clock.today())


def test_a_plan_keeps_the_name_that_a_colleague_just_gave_on_the_sheet(cast, case):
    late, names = opened(cast.chioma, case), opened(cast.jaya, case)
    actions.name_person(names, "Karta", keys=cast.jaya.keys, by=cast.jaya.id, at=clock.now())
    keep_plan(late, cast.chioma)
    assert sheet(cast, case)["name"] == "Karta"


def test_a_name_keeps_the_day_that_a_colleague_just_planned_on_the_sheet(cast, case):
    late = opened(cast.jaya, case)
    keep_plan(opened(cast.chioma, case), cast.chioma)
    actions.name_person(late, "Karta", keys=cast.jaya.keys, by=cast.jaya.id, at=clock.now())
    assert sheet(cast, case)["due"][DueKind.STEP] == str(clock.today() + SOON)


def test_a_case_that_a_colleague_just_asked_to_close_stays_due_today(cast, case):
    late = opened(cast.jaya, case)
    wish = Wish(reason=ClosureReason.ERROR, on=clock.today(), agreed="as asked", call="the line")
    closing.ask(opened(cast.chioma, case), wish, viewer=viewer(cast.chioma), at=clock.now())
    keep_plan(late, cast.jaya)
    assert closing.waiting(opened(cast.jaya, case))
    assert next_due(case) == clock.today()


def test_nothing_becomes_due_of_a_case_that_was_just_closed(cast, case):
    late = opened(cast.jaya, case)
    records.close(case)
    keep_plan(late, cast.jaya)
    assert Record.objects.get(id=case).status == Status.CLOSED
    assert next_due(case) is None


def test_a_case_left_open_or_opened_again_is_due_by_what_a_colleague_just_planned(cast, case):
    records.close(case)
    late = opened(cast.kartika, case)
    keep_plan(opened(cast.jaya, case), cast.jaya)
    closing.reopen(late, viewer=viewer(cast.kartika), at=clock.now())
    assert next_due(case) == clock.today() + SOON


def test_a_record_that_is_gone_meanwhile_cannot_be_looked_at_again(cast, case):
    late = opened(cast.chioma, case)
    Record.objects.filter(id=case).update(status=Status.GONE)
    with pytest.raises(NotYours):
        late.as_it_stands()


def test_what_is_read_again_holds_what_was_written_since_and_no_more_keys(cast, case):
    late = opened(cast.chioma, case)
    reached_on = calendars.read(late)[1]
    with clock.shifted(WEEK):
        reached(opened(cast.jaya, case), cast.jaya)
        assert reached_on == calendars.read(late)[1] == []
        assert len(calendars.read(late.as_it_stands())[1]) == 1
