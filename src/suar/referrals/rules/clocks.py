"""The clocks of a referral: until when a receiver should act, and what is late.

For Now and Today a minute is a minute. For the rest a receiver's closed days and nights do not
count: a day is one opening day, a week is one opening week. Unknown hours never lengthen a clock.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from suar.core.urgency import Urgency
from suar.referrals.rules.states import owner, status
from suar.referrals.rules.words import read
from suar.referrals.terms import Act, Clock, Clocks, Open, OpeningHours, Owner, State, Verb

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ANSWERS = (Verb.ACKNOWLEDGE, Verb.ACCEPT, Verb.WAITLIST, Verb.DECLINE)
CONTACTS = (Verb.TRY_CONTACT, Verb.START)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each step may take, and whether real time counts."""

    acknowledge: timedelta
    first_contact: timedelta
    start: timedelta
    real_time: bool


@cache
def limits() -> Mapping[Urgency, Limits]:
    """Give the proposed limits by urgency. Source: case management code lists; 5.2 of 05."""
    return {
        Urgency(row["code"]): Limits(
            timedelta(minutes=row["acknowledge_within_min"]),
            timedelta(minutes=row["first_contact_within_min"]),
            timedelta(minutes=row["start_within_min"]),
            row["real_time"],
        )
        for row in read("urgency")["urgencies"]
    }


def clocks(urgency: Urgency, sent_at: datetime, acts: Sequence[Act], hours: OpeningHours) -> Clocks:
    """Work out until when the receiver should answer, make contact and start, and what it did.

    `acts` are all acts of the referral, oldest first. Times are aware; results are UTC.
    Source: case management code lists, urgency; docs/decisions/referrals.md, clocks.
    """
    limit = limits()[urgency]
    waiting, begin = _waiting(acts), _counts_from(sent_at, acts)
    until = due(urgency, sent_at, hours)
    after = due(urgency, begin, hours)
    return Clocks(
        acknowledge_by=until(limit.acknowledge),
        first_contact_by=None if waiting else after(limit.first_contact),
        start_by=None if waiting else after(limit.start),
        expected_by=_end_of(waiting, hours) if waiting else None,
        answered_at=_first(acts, ANSWERS),
        contacted_at=_first(acts, CONTACTS),
        started_at=_first(acts, (Verb.START,)),
        stopped_at=_stopped(acts),
    )


def overdue(found: Clocks, *, at: datetime) -> tuple[Clock, ...]:
    """List the clocks that have run out without their act; derived, never stored.

    Nothing is overdue once the referral has left the receiver.
    Source: docs/decisions/referrals.md, 'overdue is derived'.
    """
    if found.stopped_at is not None and found.stopped_at <= at:
        return ()
    return tuple(clock for clock, by, done in _pairs(found) if by and at > by and not (done and done <= at))


def next_due(found: Clocks) -> datetime | None:
    """Give by when the receiver should have done the next thing; None when nothing is awaited.

    Kept beside the referral, so that lists and jobs only compare times.
    Source: security.md 3.4, jobs compare plain due times.
    """
    if found.stopped_at is not None:
        return None
    return min((by for _, by, done in _pairs(found) if by and not done), default=None)


def late(found: Clocks) -> tuple[Clock, ...]:
    """List the clocks whose act came, but after its time, for learning.

    Source: own design, docs/decisions/referrals.md.
    """
    return tuple(clock for clock, by, done in _pairs(found) if by and done and done > by)


def due_by(urgency: Urgency, recorded_at: datetime) -> datetime:
    """Give until when somebody must have reached the person about a need, in real time.

    Source: case management code lists, 'from the moment the need is recorded'.
    """
    return recorded_at + limits()[urgency].first_contact


def due(urgency: Urgency, begin: datetime, hours: OpeningHours) -> Callable[[timedelta], datetime]:
    """Give a function from a limit to the moment it runs out for this receiver, in UTC.

    Source: docs/decisions/referrals.md, clocks.
    """
    begin = begin.astimezone(UTC)
    if limits()[urgency].real_time or not hours.weekly:
        return lambda limit: begin + limit
    return lambda limit: _after_open_time(begin, _open_time(limit, hours), hours)


def _open_time(limit: timedelta, hours: OpeningHours) -> timedelta:
    """Turn a limit into opening time: whole weeks, then opening days, at most one more week."""
    week, days = _usual_week(hours)
    weeks, rest = divmod(limit, WEEK)
    return weeks * week + min(week, week * (rest / DAY) / days)


def _usual_week(hours: OpeningHours) -> tuple[timedelta, int]:
    """Give how long a receiver is open in a week without closed days, and on how many days."""
    usual = OpeningHours(weekly=hours.weekly, zone=UTC)
    monday = date(2024, 1, 1)
    spans = _apart(span for number in range(7) for span in _spans(monday + number * DAY, usual))
    total = sum((end - start for start, end in spans), timedelta())
    return total, len({each.weekday for each in hours.weekly})


def _after_open_time(begin: datetime, left: timedelta, hours: OpeningHours) -> datetime:
    """Walk through the openings after `begin` until this much opening time is used up."""
    openings = _apart(_from(begin, hours))
    while True:
        start, end = next(openings)
        start = max(start, begin)
        if end - start >= left:
            return start + left
        left -= max(end - start, timedelta())


def _from(begin: datetime, hours: OpeningHours) -> Iterator[tuple[datetime, datetime]]:
    """Give every opening from the day before `begin` on, without end."""
    day = begin.astimezone(hours.zone).date() - DAY
    while True:
        yield from _spans(day, hours)
        day += DAY


def _spans(day: date, hours: OpeningHours) -> Iterator[tuple[datetime, datetime]]:
    """Give the openings that begin on one day, in UTC, earliest first."""
    if day in hours.closed_on:
        return
    for each in sorted(hours.weekly, key=lambda opening: (opening.opens, opening.closes)):
        if each.weekday == day.weekday():
            yield _span(day, each, hours)


def _span(day: date, each: Open, hours: OpeningHours) -> tuple[datetime, datetime]:
    closes_on = day + DAY if each.closes <= each.opens else day
    start = datetime.combine(day, each.opens, hours.zone)
    end = datetime.combine(closes_on, each.closes, hours.zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def _apart(
    spans: Iterable[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Cut away overlaps, so that no minute counts twice."""
    reached = datetime.min.replace(tzinfo=UTC)
    for start, end in spans:
        if end > reached:
            yield max(start, reached), end
            reached = end


def _pairs(found: Clocks) -> tuple[tuple[Clock, datetime | None, datetime | None], ...]:
    """Give each clock with its time and when its act came."""
    return (
        (Clock.ACKNOWLEDGE, found.acknowledge_by, found.answered_at),
        (Clock.EXPECTED_DATE, found.expected_by, None),
        (Clock.FIRST_CONTACT, found.first_contact_by, found.contacted_at),
        (Clock.START, found.start_by, found.started_at),
    )


def _first(acts: Iterable[Act], verbs: Sequence[Verb]) -> datetime | None:
    return next((act.at for act in acts if act.verb in verbs), None)


def _waiting(acts: Sequence[Act]) -> date | None:
    """Give the expected date while on a waiting list."""
    told = [act.expected_on for act in acts if act.verb is Verb.WAITLIST]
    return told[-1] if status(acts) is State.WAITLISTED else None


def _counts_from(sent_at: datetime, acts: Sequence[Act]) -> datetime:
    """After a waiting list the clocks of contact and start count from the acceptance."""
    if _first(acts, (Verb.WAITLIST,)) is None:
        return sent_at
    return _first(acts, (Verb.ACCEPT,)) or sent_at


def _end_of(day: date, hours: OpeningHours) -> datetime:
    midnight = datetime.min.time()
    return datetime.combine(day + DAY, midnight, hours.zone).astimezone(UTC)


def _stopped(acts: Sequence[Act]) -> datetime | None:
    """Give when the referral left the receiver's hands after it was sent."""
    sent = next((place for place, act in enumerate(acts) if act.verb is Verb.SEND), len(acts))
    for place in range(sent + 1, len(acts)):
        if owner(status(acts[: place + 1])) is not Owner.RECEIVER:
            return acts[place].at
    return None
