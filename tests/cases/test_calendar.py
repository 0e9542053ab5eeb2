"""The follow-up calendar: the right day, and what a result does to the days after it."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.cases import rules
from suar.cases.codes import FOLLOW_UPS, Result
from suar.cases.rules import Due, Outcome

AGREED = date(2026, 11, 25)
DAY = timedelta(days=1)
FIRST = Due("FU_1W", AGREED + 7 * DAY, AGREED + 5 * DAY, AGREED + 10 * DAY)
SECOND = "FU_1M"
TRIES = tuple(AGREED + day * DAY for day in (5, 6, 8))


def outcome(result: Result, after_days: int = 8, **changes) -> Outcome:
    facts = {"code": "FU_1W", "result": result, "on": AGREED + after_days * DAY}
    return Outcome(**{**facts, **changes})


def settle(made: Outcome, *, outcomes=(), today=AGREED + 30 * DAY):
    return rules.may_record_outcome(made, rules.calendar(AGREED), outcomes, today=today)


def test_contacts_are_planned_over_two_years():
    assert [(due.due_on - AGREED).days for due in rules.calendar(AGREED)] == [7, 30, 91, 182, 365, 730]


def test_the_first_contact_has_a_window():
    assert rules.calendar(AGREED)[0] == FIRST


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1)))
def test_a_child_is_seen_at_least_every_30_days_for_half_a_year(anchor):
    days = [anchor, *(due.due_on for due in rules.calendar(anchor, child=True))]
    half_a_year = [day for day in days if day <= anchor + 180 * DAY]
    assert all(later - earlier <= 30 * DAY for earlier, later in pairwise(half_a_year))
    assert half_a_year[-1] == anchor + 180 * DAY


@pytest.mark.parametrize(("day", "kept"), [(4, False), (5, True), (10, True), (11, False)])
def test_a_follow_up_is_kept_when_the_person_was_reached_in_the_window(day, kept):
    assert rules.is_met_by(FIRST, [outcome(Result.REACHED_BRIEF, day)]) == kept
    assert not rules.is_met_by(FIRST, [outcome(Result.NOT_REACHED, day)])


@pytest.mark.parametrize("result", [Result.REACHED, Result.REACHED_BRIEF, Result.MOVED])
def test_a_contact_settles_one_follow_up_and_leaves_the_rest(result):
    assert settle(outcome(result))
    left = rules.remaining_dues(rules.calendar(AGREED), outcome(result))
    assert left == rules.calendar(AGREED)[1:]


def test_one_contact_settles_a_childs_review_and_the_follow_up_whose_window_holds_it():
    dues = rules.calendar(AGREED, child=True)
    made = outcome(Result.REACHED, 90, code="FU_CHILD_90")
    still_open = [due for due in dues if due.closes_on >= made.on]
    gone = {due.code for due in still_open} - {due.code for due in rules.remaining_dues(dues, made)}
    assert gone == {"FU_CHILD_90", "FU_3M"}


@pytest.mark.parametrize("result", [Result.REACHED, Result.REACHED_BRIEF])
def test_a_late_contact_settles_what_was_over_before_it_and_leaves_the_rest(result):
    dues = rules.calendar(AGREED)
    left = rules.remaining_dues(dues, outcome(result, 60))
    assert left == [due for due in dues if due.closes_on >= AGREED + 60 * DAY] != dues[1:]
    assert rules.remaining_dues(dues, outcome(Result.MOVED, 60)) == dues[1:]


@pytest.mark.parametrize("result", [Result.REFUSED, Result.DIED])
def test_no_more_contact_wanted_stops_the_calendar_at_once(result):
    assert settle(outcome(result, 1))
    assert rules.remaining_dues(rules.calendar(AGREED, child=True), outcome(result, 1)) == []


def test_not_reached_needs_three_tries_on_different_days_inside_the_window():
    assert settle(outcome(Result.NOT_REACHED, tries_on=TRIES))
    for tries in (
        TRIES[:2],
        (*TRIES[:2], TRIES[0]),
        (AGREED, *TRIES[:2]),
        (*TRIES[:2], AGREED + 9 * DAY),
    ):
        refused = settle(outcome(Result.NOT_REACHED, tries_on=tries))
        assert refused.because == "too_few_tries"
    left = rules.remaining_dues(rules.calendar(AGREED), outcome(Result.NOT_REACHED, tries_on=TRIES))
    assert left[0].due_on == AGREED + 30 * DAY


@pytest.mark.parametrize("result", [Result.POSTPONED, Result.UNSAFE])
def test_a_postponed_or_unsafe_follow_up_moves_with_its_window(result):
    made = outcome(result, again_on=AGREED + 20 * DAY, reason="he is at home this week")
    assert settle(made)
    moved, *rest = rules.remaining_dues(rules.calendar(AGREED), made)
    by = 13 * DAY
    assert moved == Due(FIRST.code, FIRST.due_on + by, FIRST.opens_on + by, FIRST.closes_on + by)
    assert rest == rules.calendar(AGREED)[1:]


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"again_on": None}, "new_date_needed"),
        ({"again_on": AGREED + 8 * DAY}, "new_date_needed"),
        ({"again_on": AGREED + 31 * DAY}, "new_date_too_far"),
        ({"again_on": AGREED + 30 * DAY}, ""),
    ],
)
def test_a_new_date_comes_later_and_not_after_the_next_follow_up(changes, because):
    assert settle(outcome(Result.POSTPONED, **changes)).because == because


def test_the_last_follow_up_moves_by_90_days_at_most():
    last = rules.calendar(AGREED)[-1]
    for days, allowed in ((90, True), (91, False)):
        made = outcome(Result.POSTPONED, 730, code=last.code, again_on=last.due_on + days * DAY)
        decision = rules.may_record_outcome(made, [last], [], today=last.due_on)
        assert decision.allowed == allowed


def test_unsafe_needs_a_reason_and_a_day_to_look_again():
    made = outcome(Result.UNSAFE, again_on=AGREED + 20 * DAY)
    assert settle(made).because == "reason_needed"


@pytest.mark.parametrize(
    ("made", "because"),
    [
        (outcome(Result.REACHED, 4), "too_early"),
        (outcome(Result.NOT_REACHED, 4, tries_on=TRIES), "too_early"),
        (outcome(Result.REACHED, 31), "in_the_future"),
        (outcome(Result.REACHED, code="FU_CHILD_60"), "not_due"),
    ],
)
def test_a_result_that_does_not_fit_is_refused(made, because):
    assert settle(made).because == because


def test_the_same_result_twice_is_written_once():
    made = outcome(Result.POSTPONED, again_on=AGREED + 20 * DAY)
    assert settle(made, outcomes=[made]).because == "already_kept"


outcomes = st.builds(
    Outcome,
    code=st.sampled_from(list(FOLLOW_UPS)),
    result=st.sampled_from(Result),
    on=st.integers(0, 800).map(lambda day: AGREED + day * DAY),
    tries_on=st.just(TRIES),
    reason=st.just("why"),
    again_on=st.integers(0, 900).map(lambda day: AGREED + day * DAY),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(outcomes, max_size=12), st.booleans())
def test_whatever_comes_the_calendar_only_shrinks_or_moves_and_never_restarts(made, child):
    dues, kept, stopped = rules.calendar(AGREED, child=child), [], False
    for item in made:
        if not rules.may_record_outcome(item, dues, kept, today=AGREED + 900 * DAY):
            continue
        left = rules.remaining_dues(dues, item)
        assert {due.code for due in left} <= {due.code for due in dues}
        assert left == sorted(left, key=lambda due: due.due_on)
        stopped = stopped or item.result in (Result.REFUSED, Result.DIED)
        dues, kept = left, [*kept, item]
        assert not (stopped and dues)
