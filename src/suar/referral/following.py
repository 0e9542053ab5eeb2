"""What the sender does after sending: take back, withdraw with the person, pass on, close."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.consent import actions as consent_actions
from suar.kernel.refusals import NotYours, Refused
from suar.referral import links, rules
from suar.referral.history import add_act, state_of
from suar.referral.models import Link, PacketWrap, Referral
from suar.referral.sending import THREAD, thread_of
from suar.referral.terms import Actor, State, Verb
from suar.vault.keyring import OpenRecord

CLOSES_SHARE = frozenset({Verb.RECALL, Verb.DECLINE_BY_PERSON, Verb.REDIRECT, Verb.CLOSE_UNMET})


@transaction.atomic
def withdraw_consent(
    record: OpenRecord, consent: UUID, *, by: UUID, at: datetime, reason: str = ""
) -> list[UUID]:
    """Take a consent back for the person: every share made on it closes in this moment.

    Returns the referrals that were closed. Source: security.md 3.6.
    """
    consent_actions.withdraw(record, consent, by=by, at=at, reason=reason)
    closed = []
    for row in Referral.objects.select_for_update().filter(consent=consent, record=record.id):
        close_share(row.id, at=at)
        if rules.may(Verb.WITHDRAW, state_of(row), Actor.PERSON_THROUGH_WORKER):
            add_act(row, Verb.WITHDRAW, actor=Actor.PERSON_THROUGH_WORKER, by=by, at=at)
            closed.append(row.id)
    return closed


@transaction.atomic
def follow(  # noqa: PLR0913 - an act with its reason, all named
    record: OpenRecord, referral: UUID, verb: Verb, *, viewer: Viewer, at: datetime,
    reason: str = "", actor: Actor = Actor.SENDER,
) -> State:  # fmt: skip
    """Do one of the sender's acts on a referral they sent for this person."""
    row = Referral.objects.select_for_update().filter(id=referral, record=record.id).first()
    if row is None:
        raise NotYours
    decision = rules.reason_fits(verb, reason=reason, expected_on=None)
    if not decision:
        raise Refused(decision.because)
    thread = bytes.fromhex(thread_of(record, referral)[THREAD])
    state = add_act(
        row, verb, actor=actor, by=viewer.worker, at=at,
        said={"reason": reason} if reason else None, thread=thread,
    )  # fmt: skip
    if verb in CLOSES_SHARE:
        close_share(row.id, at=at)
    audit.record(f"referral_{verb}", by=viewer.worker, at=at, about=[record.id, row.id])
    return state


def close_share(referral: UUID, *, at: datetime) -> None:
    """Delete the wraps of a packet, so that it opens for nobody, and end its link."""
    PacketWrap.objects.filter(referral=referral).delete()
    link = Link.objects.filter(referral=referral).first()
    if link is not None:
        links.destroy(link, at=at)
