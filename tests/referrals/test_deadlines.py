"""The clocks of a referral: real time for now and today, opening hours for the rest."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.core.urgency import Urgency
from suar.referrals import deadlines
from suar.referrals.codes import Actor, Deadline, Verb
from suar.referrals.deadlines import Opening, OpeningHours
from suar.referrals.models import Act

JAKARTA = ZoneInfo("Asia/Jakarta")
OFFICE = OpeningHours(weekly=tuple(Opening(day, time(8), time(16)) for day in range(5)))
NIGHTS = OpeningHours(weekly=tuple(Opening(day, time(20), time(4)) for day in range(7)))
ALWAYS = OpeningHours(weekly=tuple(Opening(day, time(0), time(0)) for day in range(7)))
ONCE_A_WEEK = OpeningHours(weekly=(Opening(2, time(9), time(12)),))
UNKNOWN = OpeningHours()
REAL = (Urgency.NOW, Urgency.TODAY)
BY_HOURS = (Urgency.THREE_DAYS, Urgency.WEEK, Urgency.PLANNED)


def jakarta(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA)


def acts(sent_at: datetime, *steps: tuple[Verb, timedelta], expected: date | None = None):
    made = [
        Act(verb=Verb.READY, actor=Actor.SENDER, at=sent_at),
        Act(verb=Verb.SEND, actor=Actor.SENDER, at=sent_at),
    ]
    for verb, later in steps:
        by = Actor.SENDER if verb in (Verb.RECALL, Verb.REDIRECT) else Actor.RECEIVER
        on = expected if verb is Verb.WAITLIST else None
        made.append(Act(verb=verb, actor=by, at=sent_at + later, expected_on=on))
    return made


def clocks(urgency: Urgency, sent_at: datetime, *steps, hours=OFFICE, expected=None):
    return deadlines.deadlines(urgency, sent_at, acts(sent_at, *steps, expected=expected), hours)


def due_times(times):
    """Return the times of the deadlines, in the order in which they are met."""
    return [by for by, _done in times.steps.values()]


def done_at(times, step):
    return times.steps[step][1]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("urgency", "acknowledge", "contact", "start"),
    [
        (Urgency.NOW, HOUR, 4 * HOUR, DAY),
        (Urgency.TODAY, 4 * HOUR, DAY, 3 * DAY),
        (Urgency.THREE_DAYS, DAY, 3 * DAY, 7 * DAY),
        (Urgency.WEEK, 3 * DAY, 7 * DAY, 14 * DAY),
        (Urgency.PLANNED, 7 * DAY, 30 * DAY, 60 * DAY),
    ],
)
def test_a_service_that_is_always_open_has_the_limits_of_the_list(urgency, acknowledge, contact, start):
    at = jakarta(25, 10)
    for hours in (ALWAYS, UNKNOWN):
        times = clocks(urgency, at, hours=hours)
        assert due_times(times) == [at + acknowledge, at + contact, at + start]


@pytest.mark.parametrize("urgency", REAL)
def test_now_and_today_run_through_the_night(urgency):
    friday_night = jakarta(27, 23)
    assert clocks(urgency, friday_night) == clocks(urgency, friday_night, hours=UNKNOWN)


@pytest.mark.parametrize(
    ("sent_at", "answer_by"),
    [
        (jakarta(25, 10), jakarta(26, 10)),
        (jakarta(27, 10), jakarta(30, 10)),
        (jakarta(27, 16), jakarta(30, 16)),
        (jakarta(28, 12), jakarta(30, 16)),
        (jakarta(26, 22), jakarta(27, 16)),
        (jakarta(26, 6), jakarta(26, 16)),
    ],
)
def test_a_day_is_one_opening_day(sent_at, answer_by):
    assert clocks(Urgency.THREE_DAYS, sent_at).steps[Deadline.ACKNOWLEDGE][0] == answer_by


def test_a_week_is_one_opening_week_and_a_rare_opening_does_not_extend_it():
    for hours in (OFFICE, ONCE_A_WEEK):
        at = jakarta(25, 10)
        assert clocks(Urgency.WEEK, at, hours=hours).steps[Deadline.FIRST_CONTACT][0] == at + 7 * DAY
    assert clocks(Urgency.WEEK, jakarta(25, 10), hours=ONCE_A_WEEK).steps[Deadline.ACKNOWLEDGE][0] == (
        jakarta(25, 10) + 7 * DAY
    )


def test_an_opening_over_midnight_belongs_to_the_day_it_begins():
    times = clocks(Urgency.THREE_DAYS, jakarta(25, 2), hours=NIGHTS)
    assert times.steps[Deadline.ACKNOWLEDGE][0] == jakarta(26, 2)


def test_overlapping_openings_count_once():
    twice = OpeningHours(weekly=(*OFFICE.weekly, *(Opening(d, time(9), time(15)) for d in range(5))))
    at = jakarta(27, 10)
    assert clocks(Urgency.WEEK, at, hours=twice) == clocks(Urgency.WEEK, at)


def test_an_answer_is_an_acknowledgement():
    times = clocks(Urgency.NOW, jakarta(25, 10), (Verb.ACCEPT, HOUR))
    assert done_at(times, Deadline.ACKNOWLEDGE) == jakarta(25, 11)
    assert deadlines.overdue(times, at=jakarta(25, 12)) == ()


def test_overdue_grows_as_clocks_run_out():
    times = clocks(Urgency.NOW, jakarta(25, 10))
    assert deadlines.overdue(times, at=jakarta(25, 11)) == ()
    assert deadlines.overdue(times, at=jakarta(25, 11, 1)) == (Deadline.ACKNOWLEDGE,)
    assert deadlines.overdue(times, at=jakarta(25, 15)) == (Deadline.ACKNOWLEDGE, Deadline.FIRST_CONTACT)
    assert deadlines.overdue(times, at=jakarta(27, 10)) == (
        Deadline.ACKNOWLEDGE,
        Deadline.FIRST_CONTACT,
        Deadline.START,
    )


def test_trying_to_reach_the_person_stops_the_contact_clock_and_not_the_start_clock():
    steps = ((Verb.ACCEPT, HOUR), (Verb.TRY_CONTACT, 2 * HOUR))
    times = clocks(Urgency.NOW, jakarta(25, 10), *steps)
    assert done_at(times, Deadline.FIRST_CONTACT) == jakarta(25, 12)
    assert deadlines.overdue(times, at=jakarta(27, 10)) == (Deadline.START,)


def test_once_help_has_started_nothing_is_overdue():
    steps = ((Verb.ACCEPT, HOUR), (Verb.START, 2 * HOUR))
    times = clocks(Urgency.NOW, jakarta(25, 10), *steps)
    assert deadlines.overdue(times, at=jakarta(30, 10)) == ()
    assert times.stopped_at is None


@pytest.mark.parametrize("verb", [Verb.DECLINE, Verb.RECALL, Verb.REDIRECT])
def test_nothing_is_overdue_after_the_referral_left_the_receiver(verb):
    times = clocks(Urgency.NOW, jakarta(25, 10), (verb, 5 * HOUR))
    assert times.stopped_at == jakarta(25, 15)
    assert deadlines.overdue(times, at=jakarta(25, 16)) == ()
    assert Deadline.ACKNOWLEDGE in deadlines.overdue(times, at=jakarta(25, 14))


def test_a_draft_has_no_overdue_deadline():
    times = deadlines.deadlines(Urgency.NOW, jakarta(25, 10), [], UNKNOWN)
    assert times.stopped_at is None
    assert done_at(times, Deadline.ACKNOWLEDGE) is None


def test_on_a_waiting_list_the_expected_date_replaces_contact_and_start():
    steps = ((Verb.WAITLIST, HOUR),)
    times = clocks(Urgency.NOW, jakarta(25, 10), *steps, expected=date(2026, 11, 27))
    assert list(times.steps) == [Deadline.ACKNOWLEDGE, Deadline.EXPECTED_DATE]
    assert times.steps[Deadline.EXPECTED_DATE][0] == jakarta(28, 0)
    assert deadlines.overdue(times, at=jakarta(27, 23)) == ()
    assert deadlines.overdue(times, at=jakarta(28, 1)) == (Deadline.EXPECTED_DATE,)


def test_a_waiting_list_without_a_date_stops_no_clock():
    times = clocks(Urgency.NOW, jakarta(25, 10), (Verb.WAITLIST, HOUR))
    assert times.steps[Deadline.FIRST_CONTACT][0] == jakarta(25, 14)


def test_after_a_waiting_list_contact_counts_from_the_acceptance():
    steps = ((Verb.WAITLIST, HOUR), (Verb.ACCEPT, 2 * DAY))
    times = clocks(Urgency.NOW, jakarta(25, 10), *steps, expected=date(2026, 11, 27))
    assert times.steps[Deadline.FIRST_CONTACT][0] == jakarta(27, 14)
    assert Deadline.EXPECTED_DATE not in times.steps


moments = st.datetimes(
    min_value=jakarta(1, 0).replace(tzinfo=None),
    max_value=jakarta(30, 0).replace(tzinfo=None, year=2027),
    timezones=st.just(UTC),
)
openings = st.builds(
    Opening,
    st.integers(0, 6),
    st.sampled_from([time(h) for h in range(0, 24, 3)]),
    st.sampled_from([time(h, 30) for h in range(0, 24, 3)]),
)
schedules = st.builds(
    OpeningHours,
    weekly=st.lists(openings, min_size=1, max_size=9).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Urgency), moments, st.timedeltas(timedelta(0), 30 * DAY), schedules)
def test_clocks_never_run_backwards(urgency, at, later, hours):
    first, second = (deadlines.deadlines(urgency, when, [], hours) for when in (at, at + later))
    for times in (first, second):
        assert [at, *due_times(times)] == sorted([at, *due_times(times)])
    assert all(earlier <= after for earlier, after in zip(due_times(first), due_times(second), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BY_HOURS), moments, schedules)
def test_a_clock_by_opening_hours_runs_out_while_the_receiver_is_there(urgency, at, hours):
    by = deadlines.deadlines(urgency, at, [], hours).steps[Deadline.ACKNOWLEDGE][0].astimezone(JAKARTA)
    days = (by.date(), by.date() - DAY)
    spans = [
        (
            datetime.combine(day, item.opens, JAKARTA),
            datetime.combine(day + (DAY if item.closes <= item.opens else timedelta()), item.closes, JAKARTA),
        )
        for day in days
        for item in hours.weekly
        if item.weekday == day.weekday()
    ]
    assert any(start < by <= end for start, end in spans)


@settings(max_examples=60, deadline=None)
@given(moments, st.lists(st.timedeltas(timedelta(0), 90 * DAY), min_size=2, max_size=6))
def test_an_overdue_deadline_stays_overdue_until_somebody_acts(at, waits):
    times = deadlines.deadlines(Urgency.WEEK, at, acts(at), OFFICE)
    seen = [set(deadlines.overdue(times, at=at + wait)) for wait in sorted(waits)]
    assert all(earlier <= later for earlier, later in pairwise(seen))
