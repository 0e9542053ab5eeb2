"""What the sender does after sending: take back, withdraw with the person, close."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import notices
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.consent import actions as consent_actions
from suar.core.decisions import Decision
from suar.core.refusals import NotYours, Refused
from suar.records.keyring import OpenRecord
from suar.referrals import ends, rules
from suar.referrals import hours as openings
from suar.referrals.history import Doing, add_act, at_receiver, pressed_twice, state_of
from suar.referrals.models import Referral
from suar.referrals.sending import HOURS, THREAD, thread_of
from suar.referrals.shares import close_share
from suar.referrals.terms import Actor, Because, State, Verb

SENDER_PARTS = (Actor.SENDER, Actor.PERSON_THROUGH_WORKER)


@transaction.atomic
def withdraw_consent(record: OpenRecord, consent: UUID, *, by: UUID, at: datetime, reason: str = "") -> list[UUID]:
    """Take a consent back for the person: every share made on it closes in this moment.

    Returns the referrals that were closed. Source: security.md 3.6.
    """
    made = consent_actions.withdraw_consent(record, consent, by=by, at=at, reason=reason)
    closed = []
    for row in Referral.objects.select_for_update().filter(consent=consent, record=record.id):
        close_share(row.id, at=at)
        if rules.may(Verb.WITHDRAW, state_of(row), Actor.PERSON_THROUGH_WORKER):
            add_act(row, Doing(Verb.WITHDRAW, by, at), actor=Actor.PERSON_THROUGH_WORKER)
            audit.record("referral_withdraw", by=by, at=at, about=[record.id, row.id])
            closed.append(row.id)
        elif made:
            # Help is over, and they are asked to delete what they wrote down all the same.
            notices.tell(at_receiver(row), at=at)
    return closed


@transaction.atomic
def follow(
    record: OpenRecord,
    referral: UUID,
    verb: Verb,
    *,
    viewer: Viewer,
    at: datetime,
    reason: str = "",
) -> State:
    """Do one of the sender's acts, or the person's through the worker, on a referral sent.

    The same act sent twice by the same worker is done once. Raises Refused with the code of what
    is missing or not possible now.
    """
    row = Referral.objects.select_for_update().filter(id=referral, record=record.id).first()
    if row is None:
        raise NotYours
    decision = rules.reason_fits(verb, reason=reason, expected_on=None)
    if rules.changes_no_state(verb):
        decision = Decision.no(Because.NOT_FROM_HERE)
    if not decision:
        raise Refused(decision.because)
    before, kept = state_of(row), thread_of(record, referral)
    act = Doing(verb, viewer.worker, at, {"reason": reason} if reason else None)
    thread = bytes.fromhex(kept[THREAD])
    if pressed_twice(row, act, thread=thread):
        return before
    part = next((each for each in SENDER_PARTS if rules.may(verb, before, each)), Actor.SENDER)
    state = add_act(row, act, actor=part, thread=thread, hours=openings.read(kept[HOURS]))
    audit.record(f"referral_{verb}", by=viewer.worker, at=at, about=[record.id, row.id])
    return state


@transaction.atomic
def lapse(referral: UUID, *, at: datetime) -> State:
    """Close what a yes opened when its last day is over; the clock's act.

    One that was accepted goes on without it; any other goes back to its sender. Needs no keys.
    Raises Refused when there is still time, or it is closed already.
    Source: docs/decisions/consent.md.
    """
    row = Referral.objects.select_for_update().get(id=referral)
    verb = Verb.YES_ENDS if rules.goes_on(state_of(row)) else Verb.LAPSE
    if not ends.run_out(at=at).filter(id=referral).exists():
        raise Refused(Because.NOT_LAPSED)
    state = add_act(row, Doing(verb, None, at), actor=Actor.CLOCK)
    audit.record(f"referral_{verb}", by=None, at=at, about=[row.record, row.id])
    return state
