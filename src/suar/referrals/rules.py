"""Rules of referrals: states and who may change them, needs, and what is shared before an acceptance.

The states are in data/states.json; each transition names its source there. `python -m tests.house.states`
draws docs/states.md from it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol

from suar.consent import rules as consent
from suar.consent.codes import Field
from suar.consent.rules import ConsentFacts
from suar.core import workflow
from suar.core.decisions import Decision
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.referrals.codes import REASONS, Actor, NeedStatus, Owner, Share, State, Verb

TABLE = workflow.workflow("referrals", "states")
MIN_ATTEMPTS = 3
EXPIRY_WARNING = timedelta(days=7)
WITHOUT_IDENTITY = frozenset({Field.NEEDS, Field.AGE_BAND, Field.SEX, Field.LANGUAGE})
OPEN_STATES = frozenset(state for state in State if TABLE.states[state]["share"] != Share.NONE)
"""The states in which the receiver holds a share; each can be recalled and withdrawn."""
CLOSED_STATES = frozenset(State) - OPEN_STATES - {State.DRAFT, State.READY}
"""The states in which a share that was made is closed again."""
ENDED_STATES = frozenset(state for state in State if TABLE.states[state]["owner"] == Owner.NONE)
"""The states after which nothing more happens."""
HELPED = frozenset({State.STARTED, State.COMPLETED, State.ENDED_EARLY, State.FEEDBACK_DONE})
AGREED = frozenset({State.ACCEPTED, State.WAITLISTED, State.CONTACT_TRIED})
UNANSWERED = frozenset({State.SENT, State.ACKNOWLEDGED})
RETURNED = frozenset({State.REFUSED, State.RECALLED, State.NO_CONTACT})
UNANSWERED_LINK = UNANSWERED | {State.WAITLISTED}
SENDING = (Actor.SENDER, Actor.PERSON_THROUGH_WORKER)
"""The parts in which workers of the sending organisation act."""
WITHOUT_BUTTON = {
    Actor.RECEIVER: {Verb.ACCEPT},
    Actor.LINK_HOLDER: {Verb.ACCEPT},
    Actor.SENDER: {Verb.READY, Verb.SEND, Verb.REDIRECT},
    Actor.PERSON_THROUGH_WORKER: {Verb.WITHDRAW, Verb.RENEW, Verb.SHARE_LESS, Verb.COMPLETE},
}
"""Acts that are a step of something larger: of sending, of a consent, of opening a case."""


class Act(workflow.Act, Protocol):
    """One row of a referral's history; `expected_on` belongs to a waiting list."""

    @property
    def expected_on(self) -> date | None: ...


# States


def status(acts: Iterable[workflow.Act]) -> State:
    """Derive the state of a referral from its acts, oldest first; without acts it is a draft.

    Raises ImpossibleHistory if an act could not have been done from the state before it.
    Source: own design, docs/decisions/referrals.md.
    """
    return State(TABLE.derive(acts))


def may(verb: str, state: str, actor: str) -> Decision:
    """Allow an act that the table lists for this state and this actor.

    Source: data/states.json, a source for each transition.
    """
    return TABLE.may(verb, state, actor)


def next_acts(state: str, *actors: Actor) -> tuple[Verb, ...]:
    """Return the acts that are allowed to these actors now, without repeats, in the order of actors and verbs.

    Source: data/states.json.
    """
    return tuple(dict.fromkeys(verb for actor in actors for verb in Verb if may(verb, state, actor)))


def buttons(state: str, *actors: Actor) -> list[Verb]:
    """Return the acts that are allowed to these actors now and have a button of their own.

    Source: data/states.json.
    """
    return [verb for verb in next_acts(state, *actors) if has_button(verb, *actors)]


def has_button(verb: str, *actors: Actor) -> bool:
    """Return True if this act has a button of its own for these actors in any state.

    Source: data/states.json.
    """
    allowed = {actor for row in TABLE.transitions if row.verb == verb for actor in row.actors}
    return any(actor in allowed and verb not in WITHOUT_BUTTON.get(actor, ()) for actor in actors)


def about_consent_only(verb: str) -> bool:
    """Return True for an act about the consent alone: renewed, narrowed, or ended by its date.

    The state of the referral and its deadlines do not change.
    Source: docs/decisions/consent.md.
    """
    return verb in (Verb.RENEW, Verb.SHARE_LESS, Verb.CONSENT_ENDS)


def continues_without_consent(state: str) -> bool:
    """Return True if a referral goes on when its consent ends by its date: it was accepted before.

    Source: docs/decisions/consent.md.
    """
    return share(state) is Share.FIELDS


def owner(state: str) -> Owner:
    """Return who has the next move; NONE only for an ended referral.

    Source: own design, docs/decisions/referrals.md.
    """
    return Owner(TABLE.states[state]["owner"])


def is_back(state: str) -> bool:
    """Return True if the next move is with the sender, or with the person, who speaks through a worker.

    Source: own design, docs/decisions/referrals.md.
    """
    return owner(state) in (Owner.SENDER, Owner.PERSON)


def share(state: str) -> Share:
    """Return how much of the packet may be served in this state while the consent is valid.

    Source: own design, docs/decisions/referrals.md.
    """
    return Share(TABLE.states[state]["share"])


def can_be_replaced(state: str) -> bool:
    """Return True if another referral may replace one that came back to the sender.

    The need is then counted once. A referral that is still with a receiver is recalled first.
    Source: referral code lists, REDIRECTED; docs/decisions/referrals.md, gap 7.
    """
    return owner(state) is Owner.SENDER and bool(may(Verb.REDIRECT, state, Actor.SENDER))


def offers_next(state: str, *, late: bool) -> bool:
    """Return True if the next fitting service is offered: this one cannot help, or did not answer in time.

    Never after the person declined or withdrew: what others could offer is then for them to bring up.
    Source: referral text 5.5, 'proposes the next match'; docs/decisions/consent.md.
    """
    return state in RETURNED or (late and state in UNANSWERED)


# Requirements of an act


def reasons(verb: str) -> tuple[str, ...]:
    """Return the codes of reasons that belong to an act; none means that it needs no reason.

    Source: referral code lists, refusal reasons; docs/decisions/referrals.md.
    """
    return tuple(code for code in REASONS if REASONS[code]["verb"] == verb)


def reason_fits(verb: str, *, reason: str = "", expected_on: date | None = None) -> Decision:
    """Allow an act that has the reason or date it needs, by code, not by free text.

    Source: referral code lists, rule 'the recipient answers by code'.
    """
    known = reasons(verb)
    if known and not reason:
        return Decision.refuse("reason_needed")
    if known and reason not in known:
        return Decision.refuse("reason_not_yours")
    return Decision.require(verb != Verb.WAITLIST or expected_on, "date_needed")


def enough_attempts(acts: Iterable[workflow.Act], *, zone: tzinfo) -> Decision:
    """Allow 'not reached' after attempts on three different days where the workers are.

    Source: referral code lists, NO_CONTACT 'after three safe tries'; days as FUR_NOT_REACHED.
    """
    days = {act.at.astimezone(zone).date() for act in acts if act.verb == Verb.TRY_CONTACT}
    return Decision.require(len(days) >= MIN_ATTEMPTS, "too_few_tries")


def may_renew(state: str, ends_at: datetime, *, at: datetime) -> bool:
    """Return True if the person can be asked for a new consent: the referral is open, and it ends soon or has ended.

    Source: own design, docs/decisions/consent.md.
    """
    return state in OPEN_STATES and ends_at - EXPIRY_WARNING <= at


# Needs and what is shared


def need_status(
    urgency: Urgency, *, states: Collection[str] = (), spoke_at: Sequence[datetime] = (), result: str = "", at: datetime
) -> NeedStatus:
    """Return what is known about a need from the states of its referrals and when a worker spoke to somebody.

    Until then the `result` of the talk counts: somebody was tried, the person does not want it, or it was agreed for
    the next days.

    Sending or a promise does not meet a need for now or today.
    Source: own design, docs/decisions/referrals.md, 'sent is not help'.
    """
    if HELPED.intersection(states):
        return NeedStatus.HELPED
    if urgency in CANNOT_WAIT:
        informed = any(moment <= at for moment in spoke_at)
        return NeedStatus.INFORMED if informed else NeedStatus(result or NeedStatus.NOBODY_INFORMED)
    if AGREED.intersection(states):
        return NeedStatus.AGREED
    if UNANSWERED.intersection(states):
        return NeedStatus.ASKED
    return NeedStatus.LATER if result == NeedStatus.LATER else NeedStatus.NOBODY_INFORMED


def preview_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Return the fields that may be seen before an acceptance: consented, and without identity.

    Source: own design, docs/decisions/referrals.md.
    """
    return consent.covered_fields(facts, at=at) & WITHOUT_IDENTITY
