"""When a receiver is there: from the directory's entry to rules, and sealed with the referral."""

from collections.abc import Iterable
from datetime import time

from suar.core import clock
from suar.directory.cards import ServiceCard
from suar.referrals.terms import Open, OpeningHours

WHOLE_DAY = "24_7"


def hours_of(card: ServiceCard) -> OpeningHours:
    """Give the weekly openings of a service; empty when it never closes or nobody told."""
    told = [] if card.facts.opening == WHOLE_DAY else card.hours
    weekly = tuple(
        Open(day, opens, closes)
        for each in told
        for opens, closes in [(_time(each.opens), _time(each.closes))]
        if opens is not None and closes is not None
        for day in each.days
    )
    return OpeningHours(weekly=weekly, zone=clock.LOCAL)


def written(hours: OpeningHours) -> list[list]:
    """Write openings so that they can be sealed with what travels."""
    return [[each.weekday, _text(each.opens), _text(each.closes)] for each in hours.weekly]


def read(kept: Iterable[list] | None) -> OpeningHours:
    """Read what `written` wrote."""
    weekly = tuple(
        Open(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in kept or ()
    )
    return OpeningHours(weekly=weekly, zone=clock.LOCAL)


def _text(at: time) -> str:
    return at.isoformat("minutes")


def _time(told: str) -> time | None:
    try:
        return time.fromisoformat(told)
    except ValueError:
        return None
