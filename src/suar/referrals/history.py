"""The acts of a referral: add one by the rules, and read the state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from suar.accounts import notices
from suar.accounts.roles import Permission
from suar.consent import actions as consents
from suar.core import clock
from suar.core.refusals import Refused
from suar.core.urgency import Urgency
from suar.referrals import models, packets, rules
from suar.referrals.codes import Actor, Because, State, Verb
from suar.referrals.deadlines import OpeningHours, deadlines, next_due
from suar.referrals.opening_hours import UNKNOWN_HOURS
from suar.referrals.rules import Act

A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewAct:
    """What somebody does to a referral: the verb, who, when, and perhaps a reason and a date.

    `by` is None for the clock and for whoever answers by a link.
    """

    verb: Verb
    by: UUID | None
    at: datetime
    reason: str = field(default="", repr=False)
    expected_on: date | None = None


def acts_of(row: models.Referral) -> list[Act]:
    """Return the acts as rules see them, oldest first (reasons stay sealed)."""
    return [
        Act(verb=Verb(act.verb), actor=Actor(act.actor), at=act.at, expected_on=act.expected_on, by=act.by)
        for act in row.acts.all()
    ]


def state_of(row: models.Referral) -> State:
    """Return the state of a referral."""
    return rules.status(acts_of(row))


def add_act(
    row: models.Referral,
    new: NewAct,
    *,
    actor: Actor,
    thread: bytes | None = None,
    hours: OpeningHours = UNKNOWN_HOURS,
) -> State:
    """Add an act if the table of states allows it, and return the new state.

    The caller holds the referral's lock. Raises Refused with the rule's code. The reason is sealed
    under the thread's key. A state that closes the share closes it here, whoever acted, and ends
    its consent; so does the end of a consent by its date, in every state.
    """
    acts, before = acts_of(row), state_of(row)
    decision = rules.may(new.verb, before, actor)
    if not decision:
        raise Refused(decision.because)
    if new.verb is Verb.GIVE_UP_CONTACT and not rules.enough_attempts(acts, zone=clock.LOCAL):
        raise Refused(Because.TOO_FEW_TRIES)
    models.Act.objects.create(
        referral=row,
        verb=new.verb,
        actor=actor,
        by=new.by,
        at=new.at,
        expected_on=new.expected_on,
        sealed=packets.seal_reason(thread, row.id, {"reason": new.reason}) if new.reason and thread else None,
    )
    notices.notify(_who_waits(row, new.verb, actor, before), at=new.at)
    acts.append(Act(verb=new.verb, actor=actor, at=new.at, expected_on=new.expected_on, by=new.by))
    _store_projection(row, acts, hours=hours)
    if new.verb is Verb.CONSENT_ENDS or row.state in rules.closed_states():
        packets.close_share(row.id, at=new.at)
        consents.end_consent(row.consent, at=new.at)
    return State(row.state)


def repeats_last(row: models.Referral, new: NewAct, *, thread: bytes = b"") -> bool:
    """Return True if the last act was this very one, by the same person and for the same reason.

    For answers by a link, where no form id tells a repeated press. An act that may be done several
    times counts as one press only for a moment. So does an act with a reason that cannot be
    compared: without the thread's key the stored reason stays sealed.
    """
    last = last_act(row)
    if last is None or (last.verb, last.by, last.expected_on) != (new.verb, new.by, new.expected_on):
        return False
    long_ago = new.at - last.at > A_MOMENT
    if long_ago and rules.may(new.verb, state_of(row), Actor(last.actor)):
        return False
    if not new.reason or not last.sealed:
        return bool(new.reason) == bool(last.sealed)
    if thread:
        return open_reasons([last], thread=thread) == [new.reason]
    return not long_ago


def last_act(row: models.Referral) -> models.Act | None:
    """Return the act that led to the present state; None for a draft."""
    acts = [act for act in row.acts.all() if not rules.about_consent_only(Verb(act.verb))]
    return acts[-1] if acts else None


def receivers_of(row: models.Referral) -> list[UUID]:
    """Return the workers who answer referrals at the receiving organisation; nobody for a link."""
    organisation = row.receiving_organisation
    return notices.workers_with(Permission.ANSWER_REFERRAL, organisation=organisation) if organisation else []


def open_reasons(rows: Iterable[models.Act], *, thread: bytes) -> list[str]:
    """Open the reasons of acts with the thread's key, in the order of the acts."""
    return [_open_reason(row, thread) if row.sealed else "" for row in rows]


def _open_reason(row: models.Act, thread: bytes) -> str:
    content: dict[str, Any] = packets.open_reason(thread, row.referral_id, bytes(row.sealed or b""))
    return str(content.get("reason", ""))


def _who_waits(row: models.Referral, verb: Verb, actor: Actor, before: State) -> list[UUID]:
    """Return who should look now: the receivers, the sender, or both.

    A receiver that held a share is notified of each act of others.
    """
    by_receiver = actor in (Actor.RECEIVER, Actor.LINK_HOLDER)
    senders = [row.author] if by_receiver or actor is Actor.CLOCK else []
    concerns_receiver = verb is Verb.SEND or before in rules.open_states()
    return senders if by_receiver or not concerns_receiver else [*senders, *receivers_of(row)]


def _store_projection(row: models.Referral, acts: Sequence[Act], *, hours: OpeningHours) -> None:
    """Write the state and the next deadline beside the referral; the clock knows no opening hours."""
    if rules.about_consent_only(acts[-1].verb):
        return
    state = rules.status(acts)
    sent = state not in (State.DRAFT, State.READY)
    found = deadlines(Urgency(row.urgency), row.made_at, acts, hours)
    row.state, row.due_at = state, next_due(found) if sent else None
    row.save(update_fields=["state", "due_at"])
