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
    rows = matching_intervals(kinds)
    return Intervals(*(min(row[name] for row in rows) for name in ("advised", "required", "hidden")))


def matching_intervals(kinds: Collection[str]) -> list[dict[str, Any]]:
    """Return the intervals that apply to an entry, the general one last.

    Source: own design, docs/decisions/directory-upkeep; data/freshness.json.
    """
    known = catalogue.types()
    named = {*kinds, *(known[kind]["group"] for kind in kinds if kind in known)}
    rows = catalogue.freshness()["lines"]
    return [row for row in rows if not row["kinds"] or named.intersection(row["kinds"])]


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


def visible_until(confirmed: date | None, kinds: frozenset[str]) -> date:
    """Return the last day on which an entry is public; an unconfirmed one has no end.

    Source: own design, docs/decisions/directory-upkeep.
    """
    if confirmed is None:
        return date.max
    return confirmed + timedelta(days=intervals_for(kinds).hidden)


def freshness_kinds(types: Collection[str], *, with_line: bool) -> frozenset[str]:
    """Return the kinds of an entry: its types, and LINE if it has a number that is answered now.

    Source: own design, docs/decisions/directory-upkeep.
    """
    return frozenset(types) | (frozenset({LINE}) if with_line else frozenset())


MIN_INTERVAL = timedelta(days=7)


def may_ask(last_request: datetime | None, *, at: datetime) -> Decision:
    """Return whether a provider may be asked now.

    Source: own design, docs/decisions/directory-upkeep (a provider that is asked every day stops answering).
    """
    lately = last_request is not None and at - last_request < MIN_INTERVAL
    return Decision.refuse("asked_lately") if lately else Decision.allow()


def count_unanswered(
    requests: Collection[tuple[date, datetime]], *, confirmed: date | None, proposed: datetime | None
) -> int:
    """Count the requests about an entry without an answer.

    Each request has its day and its time, since a confirmation has only a day. A confirmation on the
    same day or later is an answer, and so is a later proposal.

    Source: own design, docs/decisions/directory-upkeep.
    """
    return sum((confirmed is None or day > confirmed) and (proposed is None or at > proposed) for day, at in requests)


def asking_state(last_request: datetime | None, *, unanswered: int, at: datetime) -> AskingState:
    """Return the state of asking a provider from the last request and the number of unanswered ones.

    Source: own design, docs/decisions/directory-upkeep.
    """
    if not may_ask(last_request, at=at):
        return AskingState.LATELY
    return AskingState.SILENT if unanswered else AskingState.NOT_YET
