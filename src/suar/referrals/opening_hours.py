"""Opening hours of a receiver: from the directory's entry, and as they are stored with a referral."""

from collections.abc import Iterable
from datetime import time

from suar.core import clock
from suar.directory.cards import ServiceCard
from suar.referrals.deadlines import Opening, OpeningHours
from suar.referrals.documents import StoredHours

ALWAYS = "24_7"
UNKNOWN_HOURS = OpeningHours(zone=clock.LOCAL)


def opening_hours(card: ServiceCard) -> OpeningHours:
    """Return the weekly openings of a service; empty when it never closes or nobody knows them."""
    listed = [] if card.facts.opening == ALWAYS else card.hours
    weekly = tuple(
        Opening(day, opens, closes)
        for hours in listed
        for opens, closes in [(_parse(hours.opens), _parse(hours.closes))]
        if opens is not None and closes is not None
        for day in hours.days
    )
    return OpeningHours(weekly=weekly, zone=clock.LOCAL)


def to_stored(hours: OpeningHours) -> StoredHours:
    """Return openings as they are sealed with a referral."""
    return tuple((each.weekday, f"{each.opens:%H:%M}", f"{each.closes:%H:%M}") for each in hours.weekly)


def from_stored(stored: Iterable[Iterable]) -> OpeningHours:
    """Return the openings that `to_stored` wrote."""
    weekly = tuple(Opening(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in stored)
    return OpeningHours(weekly=weekly, zone=clock.LOCAL)


def _parse(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
