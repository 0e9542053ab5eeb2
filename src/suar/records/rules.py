"""Who is given the keys of a new record: pure."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from suar.records.terms import ALL, Compartment, Holder, HolderKind, Kind, RecordFacts


def holders(record: RecordFacts, *, author: UUID, leads: Iterable[UUID]) -> tuple[Holder, ...]:
    """List who gets a grant of a new record, and of which compartments.

    A talk belongs to its author and the leads of the team. A restricted record belongs to
    its author. In a team of neighbours a record goes to its author and the leads; elsewhere to
    the team. Break-glass and statistics get nothing of a talk or a restricted record; escrow
    gets every record but a talk, which lives at most seven days. What a talk left of somebody
    unnamed stays with who held the talk, and is counted: nobody could be helped by it in need.
    A report about somebody not reached is never counted as a person.
    Source: security.md 3.2; docs/decisions/keys-and-sessions.md, consent.md and cases.md.
    """
    everything = frozenset(ALL)
    persons = [author] if record.restricted else [author, *sorted(set(leads) - {author})]
    found = [Holder(HolderKind.WORKER, person, everything) for person in persons]
    if record.kind is Kind.TALK:
        return tuple(found)
    if record.kind is Kind.CODES:
        return _of_codes(record, persons)
    if not (record.restricted or record.team_sees_own_only):
        found = [Holder(HolderKind.TEAM, record.team, everything)]
    if not record.restricted:
        coded = frozenset({Compartment.CODED})
        found.append(Holder(HolderKind.BREAK_GLASS, record.organisation, everything))
        if record.kind is not Kind.REPORT:
            found.append(Holder(HolderKind.STATISTICS, record.organisation, coded))
    found.append(Holder(HolderKind.ESCROW, record.organisation, everything))
    return tuple(found)


def _of_codes(record: RecordFacts, persons: list[UUID]) -> tuple[Holder, ...]:
    coded, house = frozenset({Compartment.CODED}), record.organisation
    found = [Holder(HolderKind.WORKER, person, coded) for person in persons]
    if not record.restricted:
        found.append(Holder(HolderKind.STATISTICS, house, coded))
    return (*found, Holder(HolderKind.ESCROW, house, coded))


def mask_of(compartments: Iterable[Compartment]) -> int:
    """Write a set of compartments as bits, in the order of security.md 1.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return sum(1 << ALL.index(each) for each in set(compartments))


def compartments_of(mask: int) -> frozenset[Compartment]:
    """Read what `mask_of` wrote.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return frozenset(each for place, each in enumerate(ALL) if mask >> place & 1)


def month_of(day: date) -> date:
    """Return the first day of a date's month, the only part of it that stays plain.

    Source: security.md 1 (plain columns).
    """
    return day.replace(day=1)
