"""Rules of earlier encounters: which are impossible, which are the same, and which are counted once. Pure."""

from collections.abc import Hashable, Iterable
from datetime import date
from typing import Protocol, TypeVar

from suar.cases.codes import Because
from suar.cases.rules.dates import PartialDate
from suar.core.decisions import Decision


class EncounterFacts(Protocol):
    """The codes by which an encounter is recognised."""

    @property
    def event(self) -> str: ...
    @property
    def when(self) -> PartialDate | None: ...
    @property
    def setting(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def district(self) -> str: ...


Facts = TypeVar("Facts", bound=EncounterFacts)


def may_record_encounter(when: PartialDate | None, *, today: date) -> Decision:
    """Return whether an encounter may have this date: not one that is still to come.

    Source: missed-opportunities.json, 'a past contact'.
    """
    return Decision.refuse(Because.IN_THE_FUTURE) if when and when.is_future(today) else Decision.allow()


def may_be_same(one: EncounterFacts, other: EncounterFacts) -> bool:
    """Return True if two accounts of one person may be of the same encounter: nothing that both name differs.

    Source: missed-opportunities.json, 'counted by event'; a worker decides, with the person.
    """
    if one.event != other.event or _apart(one.when, other.when):
        return False
    pairs = ((one.setting, other.setting), (one.role, other.role), (one.country, other.country))
    return all(not (first and second) or first == second for first, second in pairs)


def count_once(accounts: Iterable[tuple[Hashable, Facts]]) -> list[tuple[set[Hashable], Facts]]:
    """Return the encounters that people told of without repeats: one raid in which three were arrested is one event.

    `accounts`: a person and an encounter; with each event stand all who told of it.
    Only what agrees in everything on one day and in one district is surely the same.
    Source: missed-opportunities.json, 'counted by event, not by person'.
    """
    counted: dict[Hashable, tuple[set[Hashable], Facts]] = {}
    for number, (person, row) in enumerate(accounts):
        surely = row.when and row.when.day and not row.when.about and row.setting and row.district
        same = (row.event, f"{row.when}", row.setting, row.role, row.country, row.district)
        people, _ = counted.setdefault(same if surely else number, (set(), row))
        people.add(person)
    return list(counted.values())


def _apart(one: PartialDate | None, other: PartialDate | None) -> bool:
    return one is not None and other is not None and (one.is_before(other) or other.is_before(one))
