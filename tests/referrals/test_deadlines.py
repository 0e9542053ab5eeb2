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
def test_where_nobody_ever_closes_the_limits_are_those_of_the_list(urgency, acknowledge, contact, start):
    at = jakarta(25, 10)
    for hours in (ALWAYS, UNKNOWN):
        found = clocks(urgency, at, hours=hours)
        by = (found.acknowledge_by, found.first_contact_by, found.start_by)
        assert by == (at + acknowledge, at + contact, at + start)


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
    assert clocks(Urgency.THREE_DAYS, sent_at).acknowledge_by == answer_by


def test_a_closed_day_does_not_count():
    closed = OpeningHours(weekly=OFFICE.weekly, closed_on=frozenset({date(2026, 11, 30)}))
    found = clocks(Urgency.THREE_DAYS, jakarta(27, 10), hours=closed)
    assert found.acknowledge_by == datetime(2026, 12, 1, 10, tzinfo=JAKARTA)


def test_a_week_is_one_opening_week_and_a_rare_opening_does_not_stretch_it():
    for hours in (OFFICE, ONCE_A_WEEK):
        at = jakarta(25, 10)
        assert clocks(Urgency.WEEK, at, hours=hours).first_contact_by == at + 7 * DAY
    assert clocks(Urgency.WEEK, jakarta(25, 10), hours=ONCE_A_WEEK).acknowledge_by == (jakarta(25, 10) + 7 * DAY)


def test_an_opening_over_midnight_belongs_to_the_day_it_begins():
    found = clocks(Urgency.THREE_DAYS, jakarta(25, 2), hours=NIGHTS)
    assert found.acknowledge_by == jakarta(26, 2)


def test_overlapping_openings_count_once():
    twice = OpeningHours(weekly=(*OFFICE.weekly, *(Opening(d, time(9), time(15)) for d in range(5))))
    at = jakarta(27, 10)
    assert clocks(Urgency.WEEK, at, hours=twice) == clocks(Urgency.WEEK, at)


def test_hours_count_in_the_receivers_own_zone():
    papua = OpeningHours(weekly=OFFICE.weekly, zone=ZoneInfo("Asia/Jayapura"))
    found = clocks(Urgency.THREE_DAYS, jakarta(27, 18), hours=papua)
    assert found.acknowledge_by == jakarta(30, 14)


def test_an_answer_is_an_acknowledgement():
    found = clocks(Urgency.NOW, jakarta(25, 10), (Verb.ACCEPT, HOUR))
    assert found.answered_at == jakarta(25, 11)
    assert deadlines.overdue(found, at=jakarta(25, 12)) == ()


def test_overdue_grows_as_clocks_run_out():
    found = clocks(Urgency.NOW, jakarta(25, 10))
    assert deadlines.overdue(found, at=jakarta(25, 11)) == ()
    assert deadlines.overdue(found, at=jakarta(25, 11, 1)) == (Deadline.ACKNOWLEDGE,)
    assert deadlines.overdue(found, at=jakarta(25, 15)) == (Deadline.ACKNOWLEDGE, Deadline.FIRST_CONTACT)
    assert deadlines.overdue(found, at=jakarta(27, 10)) == (
        Deadline.ACKNOWLEDGE,
        Deadline.FIRST_CONTACT,
        Deadline.START,
    )


def test_trying_to_reach_the_person_stops_the_contact_clock_and_not_the_start_clock():
    steps = ((Verb.ACCEPT, HOUR), (Verb.TRY_CONTACT, 2 * HOUR))
    found = clocks(Urgency.NOW, jakarta(25, 10), *steps)
    assert found.contacted_at == jakarta(25, 12)
    assert deadlines.overdue(found, at=jakarta(27, 10)) == (Deadline.START,)


def test_once_help_has_started_nothing_is_overdue():
    steps = ((Verb.ACCEPT, HOUR), (Verb.START, 2 * HOUR))
    found = clocks(Urgency.NOW, jakarta(25, 10), *steps)
    assert deadlines.overdue(found, at=jakarta(30, 10)) == ()
    assert found.stopped_at is None


@pytest.mark.parametrize("verb", [Verb.DECLINE, Verb.RECALL, Verb.REDIRECT])
def test_nothing_is_overdue_once_it_has_left_the_receiver(verb):
    found = clocks(Urgency.NOW, jakarta(25, 10), (verb, 5 * HOUR))
    assert found.stopped_at == jakarta(25, 15)
    assert deadlines.overdue(found, at=jakarta(25, 16)) == ()
    assert Deadline.ACKNOWLEDGE in deadlines.overdue(found, at=jakarta(25, 14))


def test_a_draft_has_left_nobody():
    found = deadlines.deadlines(Urgency.NOW, jakarta(25, 10), [], UNKNOWN)
    assert found.stopped_at is None
    assert found.answered_at is None


def test_on_a_waiting_list_the_expected_date_takes_the_place_of_contact_and_start():
    steps = ((Verb.WAITLIST, HOUR),)
    found = clocks(Urgency.NOW, jakarta(25, 10), *steps, expected=date(2026, 11, 27))
    assert (found.first_contact_by, found.start_by) == (None, None)
    assert found.expected_by == jakarta(28, 0)
    assert deadlines.overdue(found, at=jakarta(27, 23)) == ()
    assert deadlines.overdue(found, at=jakarta(28, 1)) == (Deadline.EXPECTED_DATE,)


def test_a_waiting_list_without_a_date_stops_no_clock():
    found = clocks(Urgency.NOW, jakarta(25, 10), (Verb.WAITLIST, HOUR))
    assert found.first_contact_by == jakarta(25, 14)


def test_after_a_waiting_list_contact_counts_from_the_acceptance():
    steps = ((Verb.WAITLIST, HOUR), (Verb.ACCEPT, 2 * DAY))
    found = clocks(Urgency.NOW, jakarta(25, 10), *steps, expected=date(2026, 11, 27))
    assert found.first_contact_by == jakarta(27, 14)
    assert found.expected_by is None


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
    closed_on=st.frozensets(st.dates(min_value=date(2026, 11, 1), max_value=date(2026, 12, 31)), max_size=9),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Urgency), moments, st.timedeltas(timedelta(0), 30 * DAY), schedules)
def test_clocks_never_run_backwards(urgency, at, later, hours):
    first, second = (deadlines.deadlines(urgency, when, [], hours) for when in (at, at + later))
    for found in (first, second):
        assert at <= found.acknowledge_by <= found.first_contact_by <= found.start_by
    assert first.acknowledge_by <= second.acknowledge_by
    assert first.first_contact_by <= second.first_contact_by
    assert first.start_by <= second.start_by


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BY_HOURS), moments, schedules)
def test_a_clock_by_opening_hours_runs_out_while_the_receiver_is_there(urgency, at, hours):
    by = deadlines.deadlines(urgency, at, [], hours).acknowledge_by.astimezone(JAKARTA)
    days = (by.date(), by.date() - DAY)
    spans = [
        (
            datetime.combine(day, item.opens, JAKARTA),
            datetime.combine(day + (DAY if item.closes <= item.opens else timedelta()), item.closes, JAKARTA),
        )
        for day in days
        if day not in hours.closed_on
        for item in hours.weekly
        if item.weekday == day.weekday()
    ]
    assert any(start < by <= end for start, end in spans)


@settings(max_examples=60, deadline=None)
@given(moments, st.lists(st.timedeltas(timedelta(0), 90 * DAY), min_size=2, max_size=6))
def test_a_clock_that_has_run_out_stays_so_until_somebody_acts(at, waits):
    found = deadlines.deadlines(Urgency.WEEK, at, acts(at), OFFICE)
    seen = [set(deadlines.overdue(found, at=at + wait)) for wait in sorted(waits)]
    assert all(earlier <= later for earlier, later in pairwise(seen))
