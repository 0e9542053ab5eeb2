"""Rules of what happened to a person: dates of episodes and encounters, and versions of them. Pure."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple, TypeVar

from suar.cases.documents.follow_ups import Offer
from suar.cases.documents.history import Encounter
from suar.cases.rules.dates import PartialDate
from suar.core.codes import CodeList
from suar.core.decisions import Decision

STILL = "EX_STILL"
"""The end of an episode that still goes on."""


class Span(NamedTuple):
    """The beginning and end of an episode, with its key."""

    key: str
    start: PartialDate | None = None
    end: PartialDate | None = None
    ended: str = ""


class DateConflict(NamedTuple):
    """Dates that cannot all be right: a code of codes/date_conflicts.json, and the keys of one or two episodes."""

    code: str
    keys: tuple[str, ...]


def may_save_span(span: Span, *, today: date) -> Decision:
    """Return whether an episode may have these dates; refused is only what is impossible.

    Source: own design; people remember dates roughly, so a contradiction is shown and not refused.
    """
    days = [day for day in (span.start, span.end) if day]
    return Decision.first_refusal(
        Decision.require(not any(day.is_future(today) for day in days), "in_the_future"),
        Decision.require(not (span.start and span.end and span.end.is_before(span.start)), "ends_before_start"),
        Decision.require(not (span.end and span.ended == STILL), "ended_and_still"),
    )


def date_conflicts(spans: Sequence[Span], *, born: date | None) -> list[DateConflict]:
    """Return which dates contradict each other, however they are read: for a worker to ask about.

    Source: own design; two episodes may follow each other within a month or a year that both name.
    """
    conflicts = [
        DateConflict("before_birth", (span.key,))
        for span in spans
        if born and (last := span.end or span.start) and last.latest < born
    ]
    for one, other in combinations(spans, 2):
        conflicts += [DateConflict("same_time", (one.key, other.key))] if _surely_overlap(one, other) else []
        conflicts += [DateConflict("still_there", pair) for pair in _ongoing_before(one, other)]
    return conflicts


def codes_of_signs(listed: CodeList, signs: Iterable[str]) -> tuple[str, ...]:
    """Return the forms of exploitation, or the means, to which signs of a talk point.

    Source: codes/episode_forms.json and codes/episode_means.json, `signs`.
    """
    return tuple(code.code for code in listed.members if not set(code["signs"]).isdisjoint(signs))


def _surely_overlap(one: Span, other: Span) -> bool:
    """Return True if both were surely going on at the same time; an episode without an end or start is not sure."""
    if not (one.start and one.end and other.start and other.end):
        return False
    return one.start.is_before(other.end) and other.start.is_before(one.end)


def _ongoing_before(one: Span, other: Span) -> Iterator[tuple[str, str]]:
    """Yield an episode that has not ended before one that surely began later."""
    for first, second in ((one, other), (other, one)):
        if first.ended == STILL and first.start and second.start and first.start.is_before(second.start):
            yield first.key, second.key


def may_record_encounter(when: PartialDate | None, *, today: date) -> Decision:
    """Return whether an encounter may have this date: not one that is still to come.

    Source: missed-opportunities.json, 'a past contact'.
    """
    return Decision.require(not (when and when.is_future(today)), "in_the_future")


def may_be_same(one: Encounter, other: Encounter) -> bool:
    """Return True if two accounts of one person may be of the same encounter: nothing that both name differs.

    Source: missed-opportunities.json, 'counted by event'; a worker decides, with the person.
    """
    if one.event != other.event or _are_apart(one.when, other.when):
        return False
    pairs = ((one.setting, other.setting), (one.role, other.role), (one.country, other.country))
    return all(not (first and second) or first == second for first, second in pairs)


def count_once(reports: Iterable[tuple[Hashable, Encounter]]) -> list[tuple[set[Hashable], Encounter]]:
    """Return the reported encounters without repeats: one raid with three arrests is one event.

    `reports` are people with their encounters; the result has all people of each event. Two reports are of the same
    event only if they agree in everything and name a day and a district.
    Source: missed-opportunities.json, 'counted by event, not by person'.
    """
    counted: dict[Hashable, tuple[set[Hashable], Encounter]] = {}
    for number, (person, row) in enumerate(reports):
        is_exact = row.when and row.when.day and not row.when.about and row.setting and row.district
        event = (row.event, f"{row.when}", row.setting, row.role, row.country, row.district)
        people, _ = counted.setdefault(event if is_exact else number, (set(), row))
        people.add(person)
    return list(counted.values())


def _are_apart(one: PartialDate | None, other: PartialDate | None) -> bool:
    return one is not None and other is not None and (one.is_before(other) or other.is_before(one))


Version = TypeVar("Version", Offer, Encounter)
"""A version of something; the one that it `replaces` stays readable."""


def current_versions(versions: Mapping[str, Version]) -> dict[str, Version]:
    """Return the versions that no other replaces; one that was undone replaces nothing.

    Source: own design, docs/decisions/cases.md, 'corrections keep both versions'.
    """
    standing = {key: version for key, version in versions.items() if not version.undone}
    replaced = {f"{version.replaces}" for version in standing.values()}
    return {key: version for key, version in standing.items() if key not in replaced}


def former_versions(versions: Mapping[str, Version], key: str) -> list[tuple[str, Version]]:
    """Return the earlier versions of one, newest first, with their keys.

    Source: own design, docs/decisions/cases.md, 'corrections keep both versions'.
    """
    former = []
    while (earlier := f"{versions[key].replaces}") in versions:
        former.append((earlier, versions[earlier]))
        key = earlier
    return former


def newest_version(versions: Mapping[str, Version], key: str) -> str:
    """Return the key of the current version that replaces one.

    Source: own design, docs/decisions/cases.md, 'corrections keep both versions'.
    """
    replacing = {f"{version.replaces}": newer for newer, version in versions.items() if not version.undone}
    while key in replacing:
        key = replacing[key]
    return key
