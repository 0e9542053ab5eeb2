"""The states of a referral: who may do what from where, who has the next move, what is shared.

The table stands in data/states.json; each transition names its source there.
"""

from collections.abc import Iterable

from suar.core.decisions import Decision
from suar.core.workflow import Transition, workflow
from suar.referrals.terms import Act, Actor, Owner, Share, State, Verb

TABLE = workflow("referrals", "states")


def transitions() -> tuple[Transition, ...]:
    """Return every transition, one per act and state it starts from, in the table's order.

    Source: data/states.json, a source for each line.
    """
    return TABLE.transitions


def status(acts: Iterable[Act]) -> State:
    """Derive the state of a referral from its acts, oldest first; without acts it is a draft.

    Raises ImpossibleHistory if an act could not have been done from the state before it.
    Source: own design, docs/decisions/0006-referral-states.md.
    """
    return State(TABLE.derive(acts))


def may(verb: Verb, state: State, actor: Actor) -> Decision:
    """Return whether this act can be done from this state in this part.

    Source: data/states.json, a source for each transition.
    """
    return TABLE.may(verb, state, actor)


def next_acts(state: State, actor: Actor) -> tuple[Verb, ...]:
    """Return what somebody in this part may do now, in the order of the verbs.

    Source: data/states.json.
    """
    return tuple(verb for verb in Verb if may(verb, state, actor))


def changes_no_state(verb: Verb) -> bool:
    """Say whether an act is about the yes alone: said again, made smaller, or ended by its date.

    Where the referral stands, and its clocks, go on as they were.
    Source: docs/decisions/consent.md.
    """
    return verb in (Verb.RENEW, Verb.TELL_LESS, Verb.YES_ENDS)


def goes_on(state: State) -> bool:
    """Say whether a referral goes on when its yes ends by its date: it was accepted before.

    Source: docs/decisions/consent.md.
    """
    return share(state) is Share.FIELDS


def owner(state: State) -> Owner:
    """Say who has the next move; NONE only for an ended referral.

    Source: own design, docs/decisions/referrals.md.
    """
    return Owner(TABLE.states[state]["owner"])


def share(state: State) -> Share:
    """Say how much of the packet may be served in this state, if the consent is open.

    Source: own design, docs/decisions/referrals.md.
    """
    return Share(TABLE.states[state]["share"])


def open_states() -> frozenset[State]:
    """Give the states in which the receiver holds a share; each can be recalled and withdrawn.

    Source: docs/decisions/referrals.md, gap 2.
    """
    return frozenset(state for state in State if share(state) is not Share.NONE)


def closed_states() -> frozenset[State]:
    """Give the states in which a share that was made is closed again, for good or until anew.

    Source: own design, docs/decisions/referrals.md; every state but the first two.
    """
    return frozenset(State) - open_states() - {State.DRAFT, State.READY}


def can_be_followed(state: State) -> bool:
    """Say whether another referral may take the place of one that came back to the sender.

    The need is then counted once. One still with a receiver is taken back first.
    Source: referral code lists, REDIRECTED; docs/decisions/referrals.md, gap 7.
    """
    return owner(state) is Owner.SENDER and bool(may(Verb.REDIRECT, state, Actor.SENDER))


def ended_states() -> frozenset[State]:
    """Give the states after which nothing more happens.

    Source: referral code lists, states without a next state.
    """
    return in_hands_of(Owner.NONE)


def in_hands_of(*owners: Owner) -> frozenset[State]:
    """Give the states in which the next move is with one of these.

    The sender's list holds SENDER and PERSON, since the person speaks through a worker.
    Source: own design, docs/decisions/referrals.md.
    """
    return frozenset(state for state in State if owner(state) in owners)
