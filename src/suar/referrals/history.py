"""The acts of a referral: adding one by the rules, and reading where it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from suar.accounts import notices
from suar.accounts.terms import Permission
from suar.consent import actions as consents
from suar.core import clock
from suar.core.refusals import Refused
from suar.core.urgency import Urgency
from suar.referrals import models, packets, rules
from suar.referrals.shares import close_share
from suar.referrals.terms import Act, Actor, Because, OpeningHours, State, Verb

A_MOMENT = timedelta(minutes=1)
UNKNOWN_HOURS = OpeningHours(zone=clock.LOCAL)


def acts_of(row: models.Referral) -> list[Act]:
    """Give what was done, oldest first, as rules see it (reasons stay sealed)."""
    return [_act(each) for each in row.acts.all()]


def state_of(row: models.Referral) -> State:
    """Say where a referral stands."""
    return rules.status(acts_of(row))


@dataclass(frozen=True, slots=True)
class Doing:
    """What somebody does to a referral: which act, who, when, and perhaps why and until when.

    `by` is None for the clock and for whoever answers by a link.
    """

    verb: Verb
    by: UUID | None
    at: datetime
    said: dict | None = field(default=None, repr=False)
    expected_on: date | None = None


def add_act(
    row: models.Referral,
    act: Doing,
    *,
    actor: Actor,
    thread: bytes | None = None,
    hours: OpeningHours = UNKNOWN_HOURS,
) -> State:
    """Add an act when the table of states allows it, and say where the referral stands then.

    The caller holds the referral's lock. Raises Refused with the rule's code. What was said is
    sealed under the thread's key. A state that closes the share closes it here, whoever acted, and
    ends its consent; so does the end of a yes by its date, in every state.
    """
    acts, verb, at = acts_of(row), act.verb, act.at
    decision = rules.may(verb, rules.status(acts), actor)
    if not decision:
        raise Refused(decision.because)
    if verb is Verb.GIVE_UP_CONTACT and not rules.tries_suffice(acts, zone=clock.LOCAL):
        raise Refused(Because.TOO_FEW_TRIES)
    sealed = packets.seal_said(thread, row.id, act.said) if act.said and thread else None
    models.Act.objects.create(
        referral=row,
        verb=verb,
        actor=actor,
        by=act.by,
        at=at,
        expected_on=act.expected_on,
        sealed=sealed,
    )
    notices.tell(_who_waits(row, verb, actor, rules.status(acts)), at=at)
    acts.append(Act(verb=verb, actor=actor, at=at, expected_on=act.expected_on))
    _keep_projection(row, acts, hours=hours)
    if verb is Verb.YES_ENDS or row.state in rules.closed_states():
        close_share(row.id, at=at)
        consents.end_consent(row.consent, at=at)
    return State(row.state)


def pressed_twice(row: models.Referral, act: Doing, *, thread: bytes | None = None) -> bool:
    """Say whether this very act of this worker was done last: then it is not done again.

    The caller holds the referral's lock. An act about the yes alone may stand in between. What
    may be done several times counts as one press only for a moment, and so does an act with a
    reason that no key here opens any more, since its share is closed.
    """
    last = last_act(row)
    if last is None or (last.verb, last.by, last.expected_on) != (act.verb, act.by, act.expected_on):
        return False
    long_ago = act.at - last.at > A_MOMENT
    if long_ago and rules.may(act.verb, state_of(row), Actor(last.actor)):
        return False
    if bool(act.said) != bool(last.sealed):
        return False
    if not act.said:
        return True
    if thread:
        return said_in([last], thread=thread) == [act.said]
    return not long_ago


def last_act(row: models.Referral) -> models.Act | None:
    """Give the act that brought a referral to where it stands; None for a draft."""
    acts = [each for each in row.acts.all() if not rules.changes_no_state(Verb(each.verb))]
    return acts[-1] if acts else None


def _who_waits(row: models.Referral, verb: Verb, actor: Actor, before: State) -> list[UUID]:
    """Name who should look now: the house that was asked, whoever asked, or both.

    `before` is where the referral stood: a house that held a share hears of each act of others.
    """
    by_receiver = actor in (Actor.RECEIVER, Actor.LINK_HOLDER)
    asker = [row.author] if by_receiver or actor is Actor.CLOCK else []
    concerns = verb is Verb.SEND or before in rules.open_states()
    return asker if by_receiver or not concerns else [*asker, *at_receiver(row)]


def at_receiver(row: models.Referral) -> list[UUID]:
    """Name who answers referrals at the house that was asked; nobody for a link."""
    house = row.receiving_organisation
    return notices.who_may(Permission.ANSWER_REFERRAL, organisation=house) if house else []


def said_in(rows: Iterable[models.Act], *, thread: bytes) -> list[dict]:
    """Open the reasons of acts with the thread's key, in the order of the acts."""
    return [packets.open_said(thread, row.referral_id, bytes(row.sealed)) if row.sealed else {} for row in rows]


def _keep_projection(row: models.Referral, acts: Sequence[Act], *, hours: OpeningHours) -> None:
    """Write where the referral stands beside it, and by when; the clock knows no openings."""
    if rules.changes_no_state(acts[-1].verb):
        return
    state = rules.status(acts)
    found = rules.clocks(Urgency(row.urgency), row.made_at, acts, hours)
    sent = state not in (State.DRAFT, State.READY)
    row.state, row.due_at = state, rules.next_due(found) if sent else None
    row.save(update_fields=["state", "due_at"])


def _act(row: models.Act) -> Act:
    return Act(verb=Verb(row.verb), actor=Actor(row.actor), at=row.at, expected_on=row.expected_on)
