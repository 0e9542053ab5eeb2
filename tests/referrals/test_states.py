"""The table of states: it is complete, refuses wrong actors, and matches the diagram in docs."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.core.workflow import ImpossibleHistory
from suar.referrals import rules
from suar.referrals.codes import ACTORS, Actor, Owner, Share, State, Verb
from suar.referrals.models import Act
from tests.house import states

ROOT = Path(__file__).parents[2]
TABLE = json.loads((ROOT / "src/suar/referrals/data/states.json").read_text("utf-8"))
MORNING = datetime(2026, 11, 25, 9, tzinfo=UTC)
ALLOWED = {
    (row["verb"], origin, actor): row["to"] or origin
    for row in TABLE["transitions"]
    for origin in row["from"]
    for actor in row["actors"]
}
ANSWERING = (Actor.RECEIVER, Actor.LINK_HOLDER)


def history(*steps: tuple[Verb, Actor]) -> list[Act]:
    return [Act(verb=verb, actor=actor, at=MORNING + timedelta(hours=hour)) for hour, (verb, actor) in enumerate(steps)]


def sent(*steps: tuple[Verb, Actor]) -> list[Act]:
    return history((Verb.READY, Actor.SENDER), (Verb.SEND, Actor.SENDER), *steps)


def shortest_histories() -> dict[State, list[Act]]:
    """Return a shortest history of every state by breadth-first search."""
    histories: dict[State, list[Act]] = {State.DRAFT: []}
    waiting = [State.DRAFT]
    while waiting:
        state = waiting.pop(0)
        for transition in rules.TABLE.transitions:
            if transition.origin == state and transition.to not in histories:
                histories[transition.to] = [
                    *histories[state],
                    Act(verb=transition.verb, actor=sorted(transition.actors)[0], at=MORNING),
                ]
                waiting.append(transition.to)
    return histories


SHORTEST = shortest_histories()


def test_the_table_names_each_state_and_act_once():
    assert sorted(row["code"] for row in TABLE["states"]) == sorted(State)
    assert {row["verb"] for row in TABLE["transitions"]} == set(Verb)
    lines = [(transition.verb, transition.origin) for transition in rules.TABLE.transitions]
    assert len(lines) == len(set(lines))


def test_every_transition_names_its_source():
    assert all(transition.source for transition in rules.TABLE.transitions)


def test_every_actor_has_something_to_do():
    assert {actor for transition in rules.TABLE.transitions for actor in transition.actors} == set(Actor)


@pytest.mark.parametrize("state", State)
def test_each_state_is_reached_from_a_draft(state):
    assert rules.status(SHORTEST[state]) is state


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_each_act_from_each_state_by_each_actor_is_as_the_table_says(verb, state):
    for actor in Actor:
        decision = rules.may(verb, state, actor)
        assert decision.allowed == ((verb, state, actor) in ALLOWED)
        assert decision.allowed == (verb in rules.next_acts(state, actor))
        if decision:
            act = Act(verb=verb, actor=actor, at=MORNING)
            assert rules.status([*SHORTEST[state], act]) == ALLOWED[verb, state, actor]
        else:
            assert decision.because in ("not_from_here", "not_by_you")


def test_a_wrong_actor_and_a_wrong_state_have_different_reasons():
    assert rules.may(Verb.ACCEPT, State.SENT, Actor.SENDER).because == "not_by_you"
    assert rules.may(Verb.ACCEPT, State.DRAFT, Actor.RECEIVER).because == "not_from_here"


def test_acts_that_do_not_follow_from_each_other_are_an_error():
    with pytest.raises(ImpossibleHistory, match="accept by RECEIVER from DRAFT"):
        rules.status(history((Verb.ACCEPT, Actor.RECEIVER)))


@pytest.mark.parametrize("actor", ANSWERING)
@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (Verb.ACCEPT, State.ACCEPTED),
        (Verb.WAITLIST, State.WAITLISTED),
        (Verb.DECLINE, State.REFUSED),
    ],
)
def test_an_answer_to_a_sent_referral_needs_no_acknowledgement_before_it(actor, verb, state):
    assert rules.status(sent((verb, actor))) is state


@pytest.mark.parametrize("state", sorted(rules.OPEN_STATES))
def test_from_every_open_state_the_person_can_withdraw_and_the_sender_recall(state):
    withdrawn = Act(verb=Verb.WITHDRAW, actor=Actor.PERSON_THROUGH_WORKER, at=MORNING)
    recalled = Act(verb=Verb.RECALL, actor=Actor.SENDER, at=MORNING)
    assert rules.status([*SHORTEST[state], withdrawn]) is State.CONSENT_WITHDRAWN
    assert rules.status([*SHORTEST[state], recalled]) is State.RECALLED


def test_consent_can_be_withdrawn_before_anything_is_sent():
    for state in (State.DRAFT, State.READY):
        assert rules.may(Verb.WITHDRAW, state, Actor.PERSON_THROUGH_WORKER)


def test_only_the_person_withdraws():
    for actor in set(Actor) - {Actor.PERSON_THROUGH_WORKER}:
        assert not any(rules.may(Verb.WITHDRAW, state, actor) for state in State)


@pytest.mark.parametrize("actor", [*ANSWERING, Actor.PERSON_THROUGH_WORKER])
def test_arrival_is_confirmed_straight_from_an_acceptance(actor):
    acts = sent((Verb.ACCEPT, Actor.RECEIVER), (Verb.START, actor))
    assert rules.status(acts) is State.STARTED


def test_overdue_is_no_state():
    assert not [state for state in State if "OVERDUE" in state]


def test_open_states_are_those_in_which_the_receiver_holds_a_share():
    assert {
        State.SENT,
        State.ACKNOWLEDGED,
        State.WAITLISTED,
        State.ACCEPTED,
        State.CONTACT_TRIED,
        State.STARTED,
    } == rules.OPEN_STATES
    assert all(rules.owner(state) is Owner.RECEIVER for state in rules.OPEN_STATES)


def test_fields_are_shared_only_after_an_acceptance():
    for state in State:
        if rules.share(state) is Share.FIELDS:
            assert Verb.ACCEPT in [act.verb for act in SHORTEST[state]]


def test_a_state_without_an_owner_has_ended_and_leads_nowhere():
    for state in State:
        leads_on = any(transition.origin == state for transition in rules.TABLE.transitions)
        assert (rules.owner(state) is Owner.NONE) == (state in rules.ENDED_STATES)
        assert (state in rules.ENDED_STATES) != leads_on


def test_each_owner_can_do_something():
    parts = {
        Owner.SENDER: [Actor.SENDER],
        Owner.RECEIVER: [Actor.RECEIVER],
        Owner.PERSON: [Actor.PERSON_THROUGH_WORKER],
        Owner.NONE: [],
    }
    for state in State:
        acts = [verb for actor in parts[rules.owner(state)] for verb in rules.next_acts(state, actor)]
        assert bool(acts) == (state not in rules.ENDED_STATES)


def test_referrals_that_wait_for_the_person_are_on_the_list_of_the_sender():
    mine = {state for state in State if rules.is_back(state)}
    assert State.COMPLETED in mine
    assert State.REFUSED in mine
    assert not mine & rules.OPEN_STATES


moves = st.lists(st.tuples(st.sampled_from(Verb), st.sampled_from(Actor)), max_size=40)
choices = st.lists(st.integers(min_value=0, max_value=200), max_size=15)


def walk(numbers: list[int]) -> list[Act]:
    """Return a valid history; every number chooses among the allowed acts."""
    acts: list[Act] = []
    for hour, number in enumerate(numbers):
        state = rules.status(acts)
        possible = [(v, a) for v, a in itertools.product(Verb, Actor) if rules.may(v, state, a)]
        if not possible:
            break
        verb, actor = possible[number % len(possible)]
        acts.append(Act(verb=verb, actor=actor, at=MORNING + timedelta(hours=hour)))
    return acts


@settings(max_examples=60, deadline=None)
@given(moves)
def test_random_acts_reach_a_state_with_an_owner_or_are_refused_whole(steps):
    acts: list[Act] = []
    for verb, actor in steps:
        before = rules.status(acts)
        tried = [*acts, Act(verb=verb, actor=actor, at=MORNING)]
        if rules.may(verb, before, actor):
            acts = tried
        else:
            with pytest.raises(ImpossibleHistory):
                rules.status(tried)
    state = rules.status(acts)
    assert (rules.owner(state) is Owner.NONE) == (state in rules.ENDED_STATES)


@settings(max_examples=150, deadline=None)
@given(choices)
def test_no_share_is_open_after_a_withdrawal_or_recall_whatever_follows(numbers):
    acts = walk(numbers)
    closing = [place for place, act in enumerate(acts) if act.verb in (Verb.WITHDRAW, Verb.RECALL)]
    for place in range(len(acts) + 1):
        if closing and place > closing[0]:
            assert rules.share(rules.status(acts[:place])) is Share.NONE


def test_the_drawing_in_docs_equals_the_table():
    assert (ROOT / "docs/states.md").read_text("utf-8") == states.page()


def test_the_drawing_shows_every_state_act_and_actor():
    drawn = states.page()
    assert all(f"| {state} |" in drawn for state in State)
    assert all(
        f"{transition.origin} --> {transition.to}: {transition.verb}" in drawn for transition in rules.TABLE.transitions
    )
    assert all(ACTORS.label(actor, "en") in drawn for actor in Actor)
