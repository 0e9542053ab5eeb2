"""Who opened a record: by day and by person, so that a stranger stands out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from uuid import UUID

from django.urls import reverse

from suar.accounts import queries as accounts
from suar.audit import queries as audit
from suar.audit.queries import Act
from suar.cases import labels
from suar.cases.pages.case import referral_of
from suar.core import clock
from suar.referrals import queries as referrals

MOST = 100
Told = Mapping[UUID, datetime | None]


@dataclass(frozen=True, slots=True)
class Done:
    """What one person did on a day, how often, and from when to when."""

    what: str
    times: int
    when: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody and all they did with the record on one day, newest first."""

    who: str
    acts: Sequence[Done]


@dataclass(frozen=True, slots=True)
class ReadersDay:
    """One day, with everybody who did something on it."""

    when: str
    readers: Sequence[Reader]


@dataclass(frozen=True, slots=True)
class Readers:
    """One page of days, newest first, and where the page of what was before starts."""

    days: Sequence[ReadersDay]
    earlier: str


def readers(record: UUID, *, before: int | None = None) -> Readers:
    """List who opened or changed a record, and who read what was told from it.

    `before` is the place a page goes on from.
    """
    told = referrals.told_since(record, referral=referral_of(record))
    acts = audit.acts_about(record, most=MOST + 1, before=before, shared=told, verbs=referrals.OPENINGS)
    shown = acts[:MOST]
    names = accounts.shown_names(act.by for act in shown)
    return Readers(
        by_day(shown, names, say=partial(_what, record=record, told=told)),
        f"{reverse('readers', args=[record])}?before={shown[-1].seq}" if acts[MOST:] else "",
    )


def by_day(acts: Sequence[Act], names: Mapping[UUID, str], *, say: Callable[[Act], str]) -> list[ReadersDay]:
    """Put acts together by day, then by person and by what was done; the newest stand first."""
    today = clock.today()
    days = groupby(acts, key=lambda act: clock.local_date(act.at))
    return [
        ReadersDay(labels.day_in_words(day, today=today), _readers(list(of_day), names, say)) for day, of_day in days
    ]


def _readers(acts: Sequence[Act], names: Mapping[UUID, str], say: Callable[[Act], str]) -> list[Reader]:
    """Put a day's acts together by person, then by what was done."""
    done: dict[str, dict[str, list[datetime]]] = {}
    for act in acts:
        who = (names.get(act.by) if act.by else "") or labels.doer_without_account(act.verb)
        done.setdefault(who, {}).setdefault(say(act), []).append(act.at)
    return [Reader(who, [_done(what, times) for what, times in theirs.items()]) for who, theirs in done.items()]


def _what(act: Act, record: UUID, told: Told) -> str:
    """Say what was done: reading what was told from a record is no opening of the record itself."""
    if record in act.about:
        return labels.verb(act.verb)
    read = any(act.at >= since for each in act.about if (since := told.get(each)))
    return str(labels.READ_TOLD if read and act.verb == referrals.OPEN else labels.SAW_REQUEST)


def _done(what: str, times: Sequence[datetime]) -> Done:
    """Say an act of one person on one day; `times` stand newest first."""
    return Done(what, len(times), labels.from_to(times[-1], times[0]))
