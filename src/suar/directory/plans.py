"""What an import would do, put together before a row is written."""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from suar.crypto.derivation import digest
from suar.directory.states import ProviderState, ServiceState, SiteState
from suar.directory.terms import Conflict, Counted, Problem, Report

State = TypeVar("State", ProviderState, SiteState, ServiceState)


@dataclass(slots=True)
class Plan:
    """What is stored now, what will stand then, and what is wrong.

    `hidden` are the ids of hidden places among those that the file tells or its services have.
    `warned` is what an editor should look at before it is taken over.
    """

    before: dict[UUID, Any] = field(default_factory=dict)
    providers: dict[UUID, ProviderState] = field(default_factory=dict)
    sites: dict[UUID, SiteState] = field(default_factory=dict)
    services: dict[UUID, ServiceState] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    joined: dict[str, ServiceState] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    warned: list[Problem] = field(default_factory=list)

    def changed(self, after: Mapping[UUID, State]) -> list[State]:
        """Give what is new or different."""
        return [state for id_, state in after.items() if self.before.get(id_) != state]

    @property
    def anything(self) -> bool:
        """Say whether anything is new or different."""
        kinds: list[Mapping[UUID, Any]] = [self.providers, self.sites, self.services]
        return any(self.changed(each) for each in kinds)

    @property
    def mark(self) -> str:
        """Give what tells these warnings from any others, in whatever order; empty for none."""
        told = json.dumps(sorted(astuple(each) for each in self.warned))
        return digest(told.encode()).hex() if self.warned else ""

    def report(self, *, applied: bool) -> Report:
        """Count what is new, different and as before."""
        kinds: list[Mapping[UUID, Any]] = [self.providers, self.sites, self.services]
        new = [sum(id_ not in self.before for id_ in kind) for kind in kinds]
        other = [len(self.changed(kind)) - n for kind, n in zip(kinds, new, strict=True)]
        same = [len(k) - n - o for k, n, o in zip(kinds, new, other, strict=True)]
        return Report(
            Counted(*new),
            Counted(*other),
            Counted(*same),
            tuple(self.refused),
            tuple(self.left_out),
            applied,
            tuple(self.conflicts),
            tuple(self.warned),
            self.mark,
        )
