"""Rules about the holders of a new record's keys, and about how many records a worker may open. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from suar.records.terms import ALL, Compartment, Holder, HolderKind, Kind, RecordFacts


def holders(record: RecordFacts, *, author: UUID, leads: Iterable[UUID]) -> tuple[Holder, ...]:
    """Return the holders of grants of a new record, each with the compartments.

    A talk belongs to its author and the leads of the team. A restricted record belongs to
    its author. In a team of neighbours a record goes to its author and the leads; elsewhere to
    the team. Break-glass and statistics get nothing of a talk or a restricted record; escrow
    gets every record but a talk, which lives at most seven days. Coded facts of an unnamed person stay with the
    author of the talk and are counted; break-glass gets none.
    A report about somebody not reached is never counted as a person.
    Source: security.md 3.2; docs/decisions/keys-and-sessions.md, consent.md and cases.md.
    """
    compartments = frozenset({Compartment.CODED} if record.kind is Kind.CODES else ALL)
    workers = [author] if record.restricted else [author, *sorted(set(leads) - {author})]
    granted = [Holder(HolderKind.WORKER, worker, compartments) for worker in workers]
    if record.kind is Kind.TALK:
        return tuple(granted)
    if record.kind is not Kind.CODES and not (record.restricted or record.team_sees_own_only):
        granted = [Holder(HolderKind.TEAM, record.team, compartments)]
    if record.kind is not Kind.CODES and not record.restricted:
        granted.append(Holder(HolderKind.BREAK_GLASS, record.organisation, compartments))
    if record.kind is not Kind.REPORT and not record.restricted:
        granted.append(Holder(HolderKind.STATISTICS, record.organisation, frozenset({Compartment.CODED})))
    return (*granted, Holder(HolderKind.ESCROW, record.organisation, compartments))


class Budget(StrEnum):
    """The answer to a worker who opens more records."""

    LEFT = "left"
    ASK = "ask"
    """The password is asked first."""
    SPENT = "spent"


def budget_after(last_hour: int, last_day: int, *, limits: tuple[int, int], fresh: bool) -> Budget:
    """Return whether so many different records are within the `limits` of a role, for an hour and for a day.

    Source: security.md B8.
    """
    if last_day > limits[1]:
        return Budget.SPENT
    return Budget.ASK if last_hour > limits[0] and not fresh else Budget.LEFT


def mask_of(compartments: Iterable[Compartment]) -> int:
    """Return a set of compartments as bits, in the order of security.md 1.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return sum(1 << ALL.index(compartment) for compartment in set(compartments))


def compartments_of(mask: int) -> frozenset[Compartment]:
    """Return the compartments of a mask.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return frozenset(compartment for place, compartment in enumerate(ALL) if mask >> place & 1)
