"""The acts of a referral: add one by the rules, and read the state."""

from collections.abc import Sequence
from uuid import UUID

from suar.accounts import notices
from suar.consent import actions as consents
from suar.core import clock
from suar.core.urgency import Urgency
from suar.referrals import packets, queries, rules
from suar.referrals.codes import Actor, State, Verb
from suar.referrals.deadlines import OpeningHours, deadlines, next_due
from suar.referrals.documents import Thread
from suar.referrals.models import Act, Referral


def add_act(referral: Referral, act: Act, *, reason: str = "", thread: Thread | None = None) -> State:
    """Add an act if the table of states allows it, and return the new state.

    The caller holds the referral's lock. Raises Refused with the rule's code. The reason is sealed
    under the thread's key, with the public key of the receiver's case. A state that closes the share
    closes it here by any act, and ends its consent; so does the end of a consent by its date, in
    every state.
    """
    acts = list(referral.acts.all())
    before = rules.status(acts)
    decision = rules.may(act.verb, before, act.actor)
    if decision and act.verb == Verb.GIVE_UP_CONTACT:
        decision = rules.enough_attempts(acts, zone=clock.LOCAL)
    decision.enforce()
    act.referral = referral
    if thread and (reason or thread.case):
        act.sealed = packets.seal_reason(thread.key, referral.id, reason, case=thread.case)
    act.save(force_insert=True)
    notices.notify(_workers_to_notify(referral, act, before), at=act.at)
    _store_projection(referral, [*acts, act], thread.hours if thread else OpeningHours())
    if act.verb == Verb.CONSENT_ENDS or referral.state in rules.CLOSED_STATES:
        packets.close_share(referral.id, at=act.at)
        consents.end_consent(referral.consent, at=act.at)
    return State(referral.state)


def _workers_to_notify(referral: Referral, act: Act, before: State) -> list[UUID]:
    """Return the workers to notify: the receivers, the sender, or both.

    A receiver that held a share is notified of each act of others.
    """
    by_receiver = act.actor in (Actor.RECEIVER, Actor.LINK_HOLDER)
    senders = [referral.author] if by_receiver or act.actor == Actor.CLOCK else []
    concerns_receiver = act.verb == Verb.SEND or before in rules.OPEN_STATES
    return senders if by_receiver or not concerns_receiver else [*senders, *queries.receivers_of(referral)]


def _store_projection(referral: Referral, acts: Sequence[Act], hours: OpeningHours) -> None:
    """Write the state and the next deadline beside the referral; jobs do not know the opening hours."""
    if rules.about_consent_only(acts[-1].verb):
        return
    state = rules.status(acts)
    sent = state not in (State.DRAFT, State.READY)
    times = deadlines(Urgency(referral.urgency), referral.made_at, acts, hours)
    referral.state, referral.due_at = state, next_due(times) if sent else None
    referral.save(update_fields=["state", "due_at"])
