"""Deadlines of a referral: until when a receiver should act, and what is overdue.

The limits of each urgency are in `codes/urgency.json`: within how many minutes a receiver should acknowledge,
make contact and start, and whether the limits count real time. For Now and Today they do. For the rest only opening
hours count: a day is one opening day, a week one opening week. Unknown hours never lengthen a deadline.
Pure: it reads neither the database nor the time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from operator import attrgetter
from typing import Any, Self

from suar.core import clock
from suar.core.urgency import Urgency
from suar.core.workflow import Act as AnyAct
from suar.directory.cards import ServiceCard
from suar.referrals.codes import URGENCY, Deadline, Owner, State, Verb
from suar.referrals.rules import Act, owner, status

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ANSWERS = (Verb.ACKNOWLEDGE, Verb.ACCEPT, Verb.WAITLIST, Verb.DECLINE)
CONTACTS = (Verb.TRY_CONTACT, Verb.START)
ALWAYS_OPEN = "24_7"
StoredHours = tuple[tuple[int, str, str], ...]
"""Weekly openings: weekday (0 is Monday), opening and closing time."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One weekly opening: `weekday` 0 is Monday; `closes` at or before `opens` is the next day."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The opening hours of a receiver; an empty `weekly` means always open, or unknown hours."""

    weekly: tuple[Opening, ...] = ()

    @classmethod
    def of_service(cls, card: ServiceCard) -> Self:
        """Return the weekly openings of a service in the directory; hours without two times are left out."""
        listed = [] if card.facts.opening == ALWAYS_OPEN else card.hours
        openings = ((day, _parse(hours.opens), _parse(hours.closes)) for hours in listed for day in hours.days)
        return cls(weekly=tuple(Opening(day, opens, closes) for day, opens, closes in openings if opens and closes))

    @classmethod
    def from_stored(cls, stored: Iterable[Collection[Any]]) -> Self:
        """Return the opening hours from the value of `stored`."""
        times = time.fromisoformat
        return cls(weekly=tuple(Opening(day, times(opens), times(closes)) for day, opens, closes in stored))

    @property
    def stored(self) -> StoredHours:
        """The openings in the form that is sealed with a referral."""
        return tuple((opening.weekday, f"{opening.opens:%H:%M}", f"{opening.closes:%H:%M}") for opening in self.weekly)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of a receiver: by when it should act, and when it did or None.

    On a waiting list the expected date takes the place of first contact and start. `stopped_at` is when
    the referral left the receiver.
    """

    steps: Mapping[Deadline, tuple[datetime, datetime | None]]
    stopped_at: datetime | None


def deadlines(urgency: Urgency, sent_at: datetime, acts: Sequence[Act], hours: OpeningHours) -> Deadlines:
    """Return until when the receiver should answer, make contact and start, and what it did.

    `acts` are all acts of the referral, oldest first. Times are aware; results are UTC. After a waiting list
    contact and start count from the acceptance.
    Source: case management code lists, urgency; docs/decisions/referrals.md.
    """
    steps = {Deadline.ACKNOWLEDGE: (due_time(urgency, "acknowledge", sent_at, hours), _first_at(acts, ANSWERS))}
    waited = [act.expected_on for act in acts if act.verb == Verb.WAITLIST]
    if waited and waited[-1] and status(acts) is State.WAITLISTED:
        ends = clock.start_of(waited[-1] + DAY).astimezone(UTC)
        return Deadlines(steps | {Deadline.EXPECTED_DATE: (ends, None)}, _stopped_at(acts))
    begin = (_first_at(acts, (Verb.ACCEPT,)) if waited else None) or sent_at
    steps[Deadline.FIRST_CONTACT] = (due_time(urgency, "first_contact", begin, hours), _first_at(acts, CONTACTS))
    steps[Deadline.START] = (due_time(urgency, "start", begin, hours), _first_at(acts, (Verb.START,)))
    return Deadlines(steps, _stopped_at(acts))


def overdue(deadlines: Deadlines, *, at: datetime) -> tuple[Deadline, ...]:
    """Return the deadlines that have passed without their act; derived, never stored.

    Nothing is overdue once the referral has left the receiver.
    Source: docs/decisions/referrals.md, 'overdue is calculated'.
    """
    if deadlines.stopped_at is not None and deadlines.stopped_at <= at:
        return ()
    steps = deadlines.steps.items()
    return tuple(step for step, (due_at, done_at) in steps if at > due_at and not (done_at and done_at <= at))


def next_due(deadlines: Deadlines) -> datetime | None:
    """Return the time of the next deadline; None if there is none.

    Stored beside the referral, so that lists and jobs only compare times.
    Source: security.md 3.4, jobs compare plain due times.
    """
    if deadlines.stopped_at is not None:
        return None
    return min((due_at for due_at, done_at in deadlines.steps.values() if not done_at), default=None)


def due_time(urgency: Urgency, step: str, begin: datetime, hours: OpeningHours) -> datetime:
    """Return when the limit of a step passes for this receiver, in UTC; acknowledge, first_contact or start.

    Source: case management code lists, urgency, proposals to be set by each network; docs/decisions/referrals.md.
    """
    begin, limit = begin.astimezone(UTC), timedelta(minutes=URGENCY[urgency][f"{step}_within_min"])
    if URGENCY[urgency]["real_time"] or not hours.weekly:
        return begin + limit
    return _after_open_time(begin, _open_time(limit, hours), hours)


def _open_time(limit: timedelta, hours: OpeningHours) -> timedelta:
    """Turn a limit into opening time: whole weeks, then opening days, at most one more week."""
    monday = date(2024, 1, 1)
    spans = _without_overlaps(span for number in range(7) for span in _spans(monday + number * DAY, hours))
    week = sum((end - start for start, end in spans), timedelta())
    weeks, rest = divmod(limit, WEEK)
    return weeks * week + min(week, week * (rest / DAY) / len({opening.weekday for opening in hours.weekly}))


def _after_open_time(begin: datetime, left: timedelta, hours: OpeningHours) -> datetime:
    """Walk through the openings after `begin` until this much opening time is used up."""
    yesterday = clock.local_date(begin) - DAY
    openings = _without_overlaps(span for number in count() for span in _spans(yesterday + number * DAY, hours))
    while True:
        start, end = next(openings)
        start = max(start, begin)
        if end - start >= left:
            return start + left
        left -= max(end - start, timedelta())


def _spans(day: date, hours: OpeningHours) -> Iterator[tuple[datetime, datetime]]:
    """Yield the openings that begin on one day, in UTC, earliest first."""
    for opening in sorted(hours.weekly, key=attrgetter("opens", "closes")):
        if opening.weekday == day.weekday():
            closes_on = day + DAY if opening.closes <= opening.opens else day
            start = datetime.combine(day, opening.opens, clock.LOCAL)
            end = datetime.combine(closes_on, opening.closes, clock.LOCAL)
            yield start.astimezone(UTC), end.astimezone(UTC)


def _without_overlaps(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Remove overlaps, so that no minute counts twice."""
    reached = datetime.min.replace(tzinfo=UTC)
    for start, end in spans:
        if end > reached:
            yield max(start, reached), end
            reached = end


def _parse(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _first_at(acts: Iterable[AnyAct], verbs: Sequence[Verb]) -> datetime | None:
    return next((act.at for act in acts if act.verb in verbs), None)


def _stopped_at(acts: Sequence[Act]) -> datetime | None:
    """Return when the referral left the receiver after it was sent."""
    sent = next((index for index, act in enumerate(acts) if act.verb == Verb.SEND), len(acts))
    for index in range(sent + 1, len(acts)):
        if owner(status(acts[: index + 1])) is not Owner.RECEIVER:
            return acts[index].at
    return None
