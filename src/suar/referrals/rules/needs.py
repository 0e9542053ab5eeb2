"""Whether a need is met: sent is not help."""

from datetime import datetime

from suar.core.decisions import Decision
from suar.core.urgency import Urgency
from suar.referrals.terms import NeedFacts, Standing, State

URGENT = frozenset({Urgency.NOW, Urgency.TODAY})
HELPED = frozenset({State.STARTED, State.COMPLETED, State.ENDED_EARLY, State.FEEDBACK_DONE})
AGREED = frozenset({State.ACCEPTED, State.WAITLISTED, State.CONTACT_TRIED})
ASKED = frozenset({State.SENT, State.ACKNOWLEDGED})


def need_is_met(need: NeedFacts, *, at: datetime) -> Decision:
    """Say whether a need is met; a need for now or today never is by sending or by a yes.

    It is met when help has started, or, for now and today, when a worker spoke to somebody.
    Source: own design, docs/decisions/referrals.md, 'sent is not help'.
    """
    found = standing(need, at=at)
    if found in (Standing.SPOKEN_TO, Standing.HELPED):
        return Decision.yes(found)
    return Decision.no(found)


def standing(need: NeedFacts, *, at: datetime) -> Standing:
    """Say what is known about a need; for now and today there is nothing between no and yes.

    Source: own design, docs/decisions/referrals.md, 'sent is not help'.
    """
    if HELPED.intersection(need.states):
        return Standing.HELPED
    if need.urgency in URGENT:
        spoken = any(each <= at for each in need.spoke_at)
        return Standing.SPOKEN_TO if spoken else Standing.NOBODY_KNOWS_YET
    if AGREED.intersection(need.states):
        return Standing.AGREED
    if ASKED.intersection(need.states):
        return Standing.ASKED
    return Standing.NOBODY_KNOWS_YET
