"""What a printed directory may hold, how long it is good for, and what changed since the last."""

from collections.abc import Sequence
from datetime import date, timedelta

from suar.booklets.terms import Changes, Listed
from suar.core.decisions import Decision

GOOD_FOR = timedelta(days=180)


def may_be_printed(confirmed: date | None, *, day: date, within_days: int) -> Decision:
    """Say whether an entry may be printed: a person confirmed it, and not too long ago.

    The page of an entry nobody confirmed says so, and the next visitor may read that it was
    mended; paper cannot be mended.

    Source: own design, docs/decisions/0034; data/services.json, limits (hide_after_days).
    """
    if confirmed is None:
        return Decision.no("never_confirmed")
    return Decision.yes() if day - confirmed <= timedelta(within_days) else Decision.no("too_old")


def use_until(day: date) -> date:
    """Give the last day on which an edition should be used.

    Source: own design, docs/decisions/0034: the span after which a page warns of an entry.
    """
    return day + GOOD_FOR


def changes(before: Sequence[Listed] | None, now: Sequence[Listed]) -> Changes:
    """Say what is new, changed and gone since an edition; None is: there was no edition.

    Source: own design, docs/decisions/0034; issue of the public door, point 6.
    """
    if before is None:
        return Changes(first=True)
    old, new = {each.id: each for each in before}, {each.id: each for each in now}
    return Changes(
        new=tuple(each.name for each in now if each.id not in old),
        changed=tuple(each.name for each in now if each.id in old and old[each.id].digest != each.digest),
        gone=tuple(each.name for each in before if each.id not in new),
    )
