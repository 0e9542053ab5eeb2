"""Workflows: states derived from acts by a table, with the second person as data.

`workflow("referrals", "states")` reads `suar/referrals/data/states.json`:

    {"states": [{"code": "ASKED", ...}, ...],
     "transitions": [{"verb": "agree", "from": ["ASKED"], "to": "CLOSED", "actors": ["TEAM"],
                      "other_person_than": ["ask"], "source": "..."}, ...]}

The first state is the initial one. `to: null` keeps the state. `other_person_than` refuses
the person who did the last act with one of these verbs. A state follows from the acts,
each a row with its author and time. Pure: no database, no clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from suar.core.codes import read_data
from suar.core.decisions import Decision, second_person

NOT_FROM_HERE, NOT_BY_YOU = "not_from_here", "not_by_you"


class ImpossibleHistory(ValueError):
    """The acts do not follow from each other; somebody wrote past the rules."""


class Act(Protocol):
    """One row of a history; `by` is None where nobody is known."""

    @property
    def verb(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def by(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Transition:
    """One act from one state."""

    verb: str
    origin: str
    to: str
    actors: frozenset[str]
    source: str
    other_person_than: frozenset[str] = frozenset()


class Workflow:
    """The table of one workflow, and what follows from it."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.states: Mapping[str, Mapping[str, Any]] = {row["code"]: row for row in table["states"]}
        self.initial: str = table["states"][0]["code"]
        self.transitions = tuple(_read_transitions(table["transitions"]))
        self._by_start = {(row.verb, row.origin): row for row in self.transitions}
        self._check()

    def derive(self, acts: Iterable[Act]) -> str:
        """Return the state after these acts, oldest first.

        Raises ImpossibleHistory if an act could not have been done.
        """
        state, earlier = self.initial, list[Act]()
        for act in acts:
            if not self._decide(act, state, earlier):
                raise ImpossibleHistory(f"{act.verb} by {act.actor} from {state}")
            state = self._by_start[act.verb, state].to
            earlier.append(act)
        return state

    def may(self, verb: str, state: str, actor: str) -> Decision:
        """Return whether somebody in this part may do this act from this state."""
        transition = self._by_start.get((verb, state))
        if transition is None:
            return Decision.refuse(NOT_FROM_HERE)
        return Decision.allow() if actor in transition.actors else Decision.refuse(NOT_BY_YOU)

    def may_follow(self, acts: Sequence[Act], act: Act) -> Decision:
        """Return whether an act may follow these ones; also refuses the same person twice."""
        return self._decide(act, self.derive(acts), acts)

    def next_acts(self, state: str, actor: str) -> tuple[str, ...]:
        """Return what somebody in this part may do from this state, in the order of the table."""
        verbs = dict.fromkeys(row.verb for row in self.transitions)
        return tuple(verb for verb in verbs if self.may(verb, state, actor))

    def ended_states(self) -> frozenset[str]:
        """Return the states after which nothing happens."""
        going_on = {row.origin for row in self.transitions}
        return frozenset(self.states.keys() - going_on)

    def diagram(self) -> Iterator[str]:
        """Write the table as a mermaid diagram, line by line."""
        yield "```mermaid"
        yield "stateDiagram-v2"
        yield f"    [*] --> {self.initial}"
        for transition in self.transitions:
            yield f"    {transition.origin} --> {transition.to}: {transition.verb}"
        for state in sorted(self.ended_states()):
            yield f"    {state} --> [*]"
        yield "```"

    def _decide(self, act: Act, state: str, earlier: Iterable[Act]) -> Decision:
        decision = self.may(act.verb, state, act.actor)
        others = self._by_start[act.verb, state].other_person_than if decision else frozenset()
        last = {done.verb: done.by for done in earlier if done.verb in others}
        return second_person(act.by, last.values()) if others else decision

    def _check(self) -> None:
        """Raise ValueError for a state that no row describes, or an act that leads to two states."""
        named = {state for row in self.transitions for state in (row.origin, row.to)}
        if unknown := named - self.states.keys():
            raise ValueError(f"unknown states: {', '.join(sorted(unknown))}")
        if len(self._by_start) != len(self.transitions):
            raise ValueError("an act leads from one state to two")


def _read_transitions(rows: Iterable[Mapping[str, Any]]) -> Iterator[Transition]:
    for row in rows:
        for origin in row["from"]:
            yield Transition(
                verb=row["verb"],
                origin=origin,
                to=row["to"] or origin,
                actors=frozenset(row["actors"]),
                source=row["source"],
                other_person_than=frozenset(row.get("other_person_than", ())),
            )


@cache
def workflow(app: str, name: str) -> Workflow:
    """Read the table of a workflow from an app's `data` folder once."""
    return Workflow(read_data(app, name))
