"""Codes of records, and their plain columns as rules see them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Compartment(StrEnum):
    """The five parts of a record, each with a key of its own. Source: security.md 1."""

    IDENTITY = "identity"
    WHEREABOUTS = "whereabouts"
    NARRATIVE = "narrative"
    CODED = "coded"
    FILES = "files"


ALL = tuple(Compartment)


class Kind(StrEnum):
    """The kind of a record: a talk still going on, a person met, a case of a provider, a report.

    A REPORT is somebody else's account of a person who was not reached yet.

    CODES are the coded facts that a talk left of somebody who is not named.
    """

    TALK = "talk"
    PERSON = "person"
    CASE = "case"
    REPORT = "report"
    CODES = "codes"


class Status(StrEnum):
    """The state of a record; plain, for lists."""

    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"


class HolderKind(StrEnum):
    """The holder of a grant."""

    TEAM = "team"
    WORKER = "worker"
    BREAK_GLASS = "break_glass"
    ESCROW = "escrow"
    STATISTICS = "statistics"


PRIORITY, TASK_PRIORITY = 5, 6
"""The usual priority of a record, and that of one on which only a task is due."""
EXCLUDED = "never_tell"
"""The reason for not assigning a record to a colleague: the person excluded them."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder of keys of a record, and the compartments that these open."""

    kind: HolderKind
    owner: UUID
    compartments: frozenset[Compartment]


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The plain columns of a record, as rules see them."""

    id: UUID
    kind: Kind
    organisation: UUID
    team: UUID
    assignee: UUID | None
    restricted: bool
    status: Status
    team_sees_own_only: bool = False
    covered_for: UUID | None = None
    cover_until: date | None = None
