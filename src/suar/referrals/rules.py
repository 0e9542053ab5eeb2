"""Rules of referrals: states and who may change them, needs, and what is shared.

The states stand in data/states.json; each transition names its source there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from suar.consent import rules as consent
from suar.consent.codes import Field, Purpose
from suar.consent.rules import ConsentFacts, DutyFacts
from suar.core.decisions import Decision
from suar.core.i18n import SOURCE_LANGUAGE, localize
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.core.workflow import workflow
from suar.referrals.codes import (
    ACTORS,
    REASONS,
    Actor,
    Because,
    NeedStatus,
    Owner,
    Share,
    State,
    Verb,
)

TABLE = workflow("referrals", "states")
ZONE: tzinfo = ZoneInfo("Asia/Jakarta")
MIN_ATTEMPTS = 3
EXPIRY_WARNING = timedelta(days=7)
WITHOUT_IDENTITY = frozenset({Field.NEEDS, Field.AGE_BAND, Field.SEX, Field.LANGUAGE})
HELPED = frozenset({State.STARTED, State.COMPLETED, State.ENDED_EARLY, State.FEEDBACK_DONE})
AGREED = frozenset({State.ACCEPTED, State.WAITLISTED, State.CONTACT_TRIED})
ASKED = frozenset({State.SENT, State.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row of a referral's history.

    `reason` is a code (refusal, recall or early end); `expected_on` belongs to a waiting list.
    """

    verb: Verb
    actor: Actor
    at: datetime
    reason: str = ""
    expected_on: date | None = None
    by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """A need, the states of its referrals, and when a worker spoke to somebody about it."""

    urgency: Urgency
    states: tuple[State, ...] = ()
    spoke_at: tuple[datetime, ...] = ()


# States


def status(acts: Iterable[Act]) -> State:
    """Derive the state of a referral from its acts, oldest first; without acts it is a draft.

    Raises ImpossibleHistory if an act could not have been done from the state before it.
    Source: own design, docs/decisions/referrals.md.
    """
    return State(TABLE.derive(acts))


def may(verb: Verb, state: State, actor: Actor) -> Decision:
    """Allow an act that the table has for this state and this part.

    Source: data/states.json, a source for each transition.
    """
    return TABLE.may(verb, state, actor)


def next_acts(state: State, *actors: Actor) -> tuple[Verb, ...]:
    """Return what somebody in these parts may do now, each act once, in the order of parts and verbs.

    Source: data/states.json.
    """
    return tuple(dict.fromkeys(verb for actor in actors for verb in Verb if may(verb, state, actor)))


def about_consent_only(verb: Verb) -> bool:
    """Return True for an act about the consent alone: renewed, narrowed, or ended by its date.

    The state of the referral and its deadlines do not change.
    Source: docs/decisions/consent.md.
    """
    return verb in (Verb.RENEW, Verb.SHARE_LESS, Verb.CONSENT_ENDS)


def continues_without_consent(state: State) -> bool:
    """Return True if a referral goes on when its consent ends by its date: it was accepted before.

    Source: docs/decisions/consent.md.
    """
    return share(state) is Share.FIELDS


def owner(state: State) -> Owner:
    """Return who has the next move; NONE only for an ended referral.

    Source: own design, docs/decisions/referrals.md.
    """
    return Owner(TABLE.states[state]["owner"])


def share(state: State) -> Share:
    """Return how much of the packet may be served in this state while the consent is valid.

    Source: own design, docs/decisions/referrals.md.
    """
    return Share(TABLE.states[state]["share"])


def open_states() -> frozenset[State]:
    """Return the states in which the receiver holds a share; each can be recalled and withdrawn.

    Source: docs/decisions/referrals.md, gap 2.
    """
    return frozenset(state for state in State if share(state) is not Share.NONE)


def closed_states() -> frozenset[State]:
    """Return the states in which a share that was made is closed again.

    Source: own design, docs/decisions/referrals.md; every state but the first two.
    """
    return frozenset(State) - open_states() - {State.DRAFT, State.READY}


def ended_states() -> frozenset[State]:
    """Return the states after which nothing more happens.

    Source: referral code lists, states without a next state.
    """
    return in_hands_of(Owner.NONE)


def in_hands_of(*owners: Owner) -> frozenset[State]:
    """Return the states in which the next move is with one of these.

    The sender's list holds SENDER and PERSON, because the person speaks through a worker.
    Source: own design, docs/decisions/referrals.md.
    """
    return frozenset(state for state in State if owner(state) in owners)


def can_be_replaced(state: State) -> bool:
    """Return True if another referral may replace one that came back to the sender.

    The need is then counted once. One that is still with a receiver is recalled first.
    Source: referral code lists, REDIRECTED; docs/decisions/referrals.md, gap 7.
    """
    return owner(state) is Owner.SENDER and bool(may(Verb.REDIRECT, state, Actor.SENDER))


# What an act needs


def reasons(verb: Verb) -> tuple[str, ...]:
    """Return the codes of reasons that belong to an act; none means that it needs no reason.

    Source: referral code lists, refusal reasons; docs/decisions/referrals.md.
    """
    return tuple(code for code in REASONS if REASONS[code]["verb"] == verb)


def reason_fits(verb: Verb, *, reason: str = "", expected_on: date | None = None) -> Decision:
    """Allow an act that has the reason or date it needs, by code and never by free text.

    Source: referral code lists, rule 'the recipient answers by code'.
    """
    known = reasons(verb)
    if known and not reason:
        return Decision.no(Because.REASON_NEEDED)
    if known and reason not in known:
        return Decision.no(Because.REASON_NOT_YOURS)
    if verb is Verb.WAITLIST and expected_on is None:
        return Decision.no(Because.DATE_NEEDED)
    return Decision.yes()


def enough_attempts(acts: Iterable[Act], *, zone: tzinfo = ZONE) -> Decision:
    """Allow 'not reached' after attempts on three different days where the workers are.

    Source: referral code lists, NO_CONTACT 'after three safe tries'; days as FUR_NOT_REACHED.
    """
    days = {act.at.astimezone(zone).date() for act in acts if act.verb is Verb.TRY_CONTACT}
    return Decision.yes() if len(days) >= MIN_ATTEMPTS else Decision.no(Because.TOO_FEW_TRIES)


# The end of a consent


def ends_soon(ends_at: datetime, *, at: datetime) -> bool:
    """Return True if a consent has only a few days left, or none.

    Source: own design, docs/decisions/consent.md.
    """
    return ends_at - EXPIRY_WARNING <= at


def may_renew(state: State, ends_at: datetime, *, at: datetime) -> bool:
    """Return True if the person can be asked for a new consent while the referral is open.

    Source: own design, docs/decisions/consent.md.
    """
    return state in open_states() and ends_soon(ends_at, at=at)


# Needs


def need_is_met(need: NeedFacts, *, at: datetime) -> Decision:
    """Allow counting a need as met; a need for now or today never is by sending or by a promise.

    It is met when help has started or, for now and today, when a worker spoke to somebody.
    Source: own design, docs/decisions/referrals.md, 'sent is not help'.
    """
    reached = need_status(need, at=at)
    return Decision(reached in (NeedStatus.INFORMED, NeedStatus.HELPED), reached)


def need_status(need: NeedFacts, *, at: datetime) -> NeedStatus:
    """Return what is known about a need; for now and today there is nothing between no and yes.

    Source: own design, docs/decisions/referrals.md, 'sent is not help'.
    """
    if HELPED.intersection(need.states):
        return NeedStatus.HELPED
    if need.urgency in CANNOT_WAIT:
        informed = any(moment <= at for moment in need.spoke_at)
        return NeedStatus.INFORMED if informed else NeedStatus.NOBODY_INFORMED
    if AGREED.intersection(need.states):
        return NeedStatus.AGREED
    return NeedStatus.ASKED if ASKED.intersection(need.states) else NeedStatus.NOBODY_INFORMED


# What is shared


def preview_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Return the fields that may be seen before an acceptance: consented, and without identity.

    Source: own design, docs/decisions/referrals.md.
    """
    return packet_fields(facts, at=at) & WITHOUT_IDENTITY


def packet_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Return exactly the fields that the consent covers now; none when it was withdrawn or ended.

    Source: own design, docs/decisions/consent.md; bar B22.
    """
    return consent.covered_fields(facts, at=at)


def served_fields(state: State, facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Return the fields that may be served to the receiver in this state.

    Source: own design, docs/decisions/referrals.md.
    """
    served = {Share.NONE: frozenset[Field](), Share.PREVIEW: preview_fields(facts, at=at)}
    return served.get(share(state), packet_fields(facts, at=at))


def share_of(acts: Sequence[Act]) -> Share:
    """Return how much is shared after these acts; a withdrawal or recall closes whatever follows.

    Source: docs/decisions/referrals.md, gap 2.
    """
    if any(act.verb in (Verb.WITHDRAW, Verb.RECALL) for act in acts):
        return Share.NONE
    return share(status(acts))


def may_leave(
    facts: ConsentFacts | None,
    *,
    recipient: UUID,
    purpose: Purpose,
    fields: frozenset[Field],
    at: datetime,
    duty: DutyFacts | None = None,
) -> Decision:
    """Allow a referral to leave the sender if a consent covers it, or the duty rule.

    Source: referral code lists, rules 1 and 2.
    """
    if duty is not None:
        return consent.duty_covers(duty, recipient=recipient, fields=fields, at=at)
    if facts is None:
        return Decision.no(Because.NO_CONSENT)
    return consent.covers(facts, recipient=recipient, purpose=purpose, fields=fields, at=at)


# docs/states.md

STATES_PAGE = """\
# States of a referral

Written by `suar.referrals.rules.states_page()` from `src/suar/referrals/data/states.json`; a test compares
the two. Reasons: [decision](decisions/referrals.md). A state is never stored: it is derived from the acts, each a row
with its author and time. Overdue is not a state: it is what the clock says about a state. Open states are those in
which the receiver holds a share (preview or fields); from each of them the person can withdraw and the sender can
recall.
"""


def states_page() -> str:
    """Return docs/states.md: a diagram, the states, and every transition with its actors.

    Source: data/states.json.
    """
    return "\n".join((STATES_PAGE, *TABLE.diagram(), "", *_state_rows(), "", *_transition_rows(), ""))


def _state_rows() -> Iterator[str]:
    yield "| state | label | next move | share | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for state in State:
        label, meaning = (localize(TABLE.states[state][name], SOURCE_LANGUAGE) for name in ("label", "meaning"))
        move = "nobody, it has ended" if owner(state) is Owner.NONE else owner(state)
        shared = "" if share(state) is Share.NONE else share(state)
        yield f"| {state} | {label} | {move} | {shared} | {meaning} |"


def _transition_rows() -> Iterator[str]:
    yield "| act | from | to | who | source |"
    yield "| --- | --- | --- | --- | --- |"
    for each in TABLE.transitions:
        who = ", ".join(ACTORS.label(actor, SOURCE_LANGUAGE) for actor in Actor if actor in each.actors)
        yield f"| {each.verb} | {each.origin} | {each.to} | {who} | {each.source} |"
