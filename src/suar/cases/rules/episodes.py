"""Rules of times of exploitation: which dates are impossible, which contradict each other, what a talk knows. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from suar.cases.codes import EPISODE_FORMS, EPISODE_MEANS, Because
from suar.cases.rules.dates import PartialDate
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
    if any(day.is_future(today) for day in days):
        return Decision.refuse(Because.IN_THE_FUTURE)
    if span.start and span.end and span.end.is_before(span.start):
        return Decision.refuse(Because.ENDS_BEFORE_START)
    if span.end and span.ended == STILL:
        return Decision.refuse(Because.ENDED_AND_STILL)
    return Decision.allow()


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
        conflicts += [DateConflict("same_time", (one.key, other.key))] if _overlap(one, other) else []
        conflicts += [DateConflict("still_there", pair) for pair in _still_there(one, other)]
    return conflicts


def forms_of_signs(signs: Iterable[str]) -> tuple[str, ...]:
    """Return the forms of exploitation to which signs of a talk point.

    Source: codes/episode_forms.json, `signs`.
    """
    return tuple(form.code for form in EPISODE_FORMS.members if not set(form["signs"]).isdisjoint(signs))


def means_of_signs(signs: Iterable[str]) -> tuple[str, ...]:
    """Return the means to which signs of a talk point.

    Source: codes/episode_means.json, `signs`.
    """
    return tuple(means.code for means in EPISODE_MEANS.members if not set(means["signs"]).isdisjoint(signs))


def _overlap(one: Span, other: Span) -> bool:
    """Return True if both were surely going on at the same time; an episode without an end or start is not sure."""
    if not (one.start and one.end and other.start and other.end):
        return False
    return one.start.is_before(other.end) and other.start.is_before(one.end)


def _still_there(one: Span, other: Span) -> Iterator[tuple[str, str]]:
    """Yield an episode that has not ended before one that surely began later."""
    for first, second in ((one, other), (other, one)):
        if first.ended == STILL and first.start and second.start and first.start.is_before(second.start):
            yield first.key, second.key
