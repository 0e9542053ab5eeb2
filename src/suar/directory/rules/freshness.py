"""The greatest age of an entry by kind of service, and when a provider may be asked again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from suar.core.decisions import Decision
from suar.directory import catalogue
from suar.directory.codes import LINE, Age, AskingState


@dataclass(frozen=True, slots=True)
class Intervals:
    """Days after which confirming is advised, then required, and after which the entry is not public."""

    advised: int
    required: int
    hidden: int


@cache
def intervals_for(kinds: frozenset[str]) -> Intervals:
    """Return the shortest intervals that apply; `kinds` are types, and LINE for a number.

    Source: own design, docs/decisions/directory-upkeep; data/freshness.json.
    """
    lines = matching_intervals(kinds)
    return Intervals(*(min(line[name] for line in lines) for name in ("advised", "required", "hidden")))


def matching_intervals(kinds: Collection[str]) -> list[dict[str, Any]]:
    """Return the intervals that apply to an entry, the general one last.

    Source: own design, docs/decisions/directory-upkeep; data/freshness.json.
    """
    known = catalogue.types()
    named = {*kinds, *(known[kind]["group"] for kind in kinds if kind in known)}
    every = catalogue.freshness()["lines"]
    return [line for line in every if not line["kinds"] or named.intersection(line["kinds"])]


def age_class(days: int | None, intervals: Intervals) -> Age:
    """Return the age of an entry by its intervals; `days` since it was confirmed, None if it was not.

    Source: own design, docs/decisions/directory-upkeep.
    """
    if days is None:
        return Age.NEVER
    if days > intervals.hidden:
        return Age.HIDDEN
    if days > intervals.required:
        return Age.REQUIRED
    return Age.ADVISED if days > intervals.advised else Age.FRESH


def visible_until(assured: date | None, kinds: frozenset[str]) -> date:
    """Return the last day on which an entry is public; an unconfirmed one has no end.

    Source: own design, docs/decisions/directory-upkeep.
    """
    if assured is None:
        return date.max
    return assured + timedelta(days=intervals_for(kinds).hidden)


def freshness_kinds(types: Collection[str], *, with_line: bool) -> frozenset[str]:
    """Return the kinds of an entry: its types, and LINE if it has a number that is answered now.

    Source: own design, docs/decisions/directory-upkeep.
    """
    return frozenset(types) | (frozenset({LINE}) if with_line else frozenset())


MIN_INTERVAL = timedelta(days=7)


def may_ask(asked: datetime | None, *, at: datetime) -> Decision:
    """Return whether a provider may be asked now; `asked` is the last request, None if there is none.

    Source: own design, docs/decisions/directory-upkeep (a provider that is asked every day stops answering).
    """
    lately = asked is not None and at - asked < MIN_INTERVAL
    return Decision.refuse("asked_lately") if lately else Decision.allow()


def count_unanswered(
    asked: Collection[tuple[date, datetime]], *, assured: date | None, proposed: datetime | None
) -> int:
    """Count the requests about an entry without an answer.

    Each request has its day and its time, since a confirmation has only a day. A confirmation on the
    same day or later is an answer, and so is a later proposal.

    Source: own design, docs/decisions/directory-upkeep.
    """
    return sum((assured is None or day > assured) and (proposed is None or moment > proposed) for day, moment in asked)


def asking_state(asked: datetime | None, *, times: int, at: datetime) -> AskingState:
    """Return the state of asking a provider from the last request and the unanswered ones.

    Source: own design, docs/decisions/directory-upkeep.
    """
    if not may_ask(asked, at=at):
        return AskingState.LATELY
    return AskingState.SILENT if times else AskingState.NOT_YET
