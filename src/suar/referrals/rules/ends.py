"""When the last day of a yes is near: then both ends are told, and the person can be asked anew."""

from datetime import datetime, timedelta

from suar.referrals.rules.states import open_states
from suar.referrals.terms import State

WARNING = timedelta(days=7)


def ends_soon(ends_at: datetime, *, at: datetime) -> bool:
    """Say whether a yes has only some days left, or none.

    Source: own design, docs/decisions/consent.md.
    """
    return ends_at - WARNING <= at


def may_renew(state: State, ends_at: datetime, *, at: datetime) -> bool:
    """Say whether the person can be asked for a new yes to the same house, with the referral open.

    Source: own design, docs/decisions/consent.md.
    """
    return state in open_states() and ends_soon(ends_at, at=at)
