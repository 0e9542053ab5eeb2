"""Rules of the safety plan: when it is reviewed, and the contents of the pocket copy. Pure."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from suar.cases.rules import LIMITS
from suar.core.decisions import Decision

SHORTEST_NAME = 3
"""Shorter words are in too many others to be a name."""


def may_review_on(day: date, *, today: date) -> Decision:
    """Return whether a safety plan may be reviewed on a day: from tomorrow, within the limit of plans.

    Source: case management code lists, PLAN_REVIEW 'at most 90 days ahead'; a danger changes faster than a plan.
    """
    if day <= today:
        return Decision.refuse("review_in_the_past")
    return Decision.require(day <= today + timedelta(days=LIMITS["review_within_days"]), "review_too_far")


def may_carry(pocket: Collection[str], names: Iterable[Collection[str]]) -> Decision:
    """Return whether a pocket copy may say this: no word of a known name; both are split into words already.

    Source: own design; somebody who finds the paper must not learn whose it is.
    """
    known = {word for name in names for word in name if len(word) >= SHORTEST_NAME}
    return Decision.require(known.isdisjoint(pocket), "name_on_pocket_copy")
