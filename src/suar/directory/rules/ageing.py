"""How old an entry may grow since a person last assured it, by the kind of service."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from suar.directory import catalogue
from suar.directory.codes import LINE, Age


@dataclass(frozen=True, slots=True)
class Clock:
    """Days after which asking is advised, then required, and after which the public sees none."""

    advised: int
    required: int
    hidden: int


@cache
def clock_of(kinds: frozenset[str]) -> Clock:
    """Give the shortest days of every line that fits; `kinds` are types, and LINE for a number.

    Source: own design, docs/decisions/0037; data/freshness.json.
    """
    lines = lines_of(kinds)
    return Clock(*(min(line[name] for line in lines) for name in ("advised", "required", "hidden")))


def lines_of(kinds: Collection[str]) -> list[dict[str, Any]]:
    """Give the lines of the clock that fit an entry, the one for every entry last.

    Source: own design, docs/decisions/0037; data/freshness.json.
    """
    known = catalogue.types()
    named = {*kinds, *(known[each].group for each in kinds if each in known)}
    every = catalogue.freshness()["lines"]
    return [line for line in every if not line["kinds"] or named.intersection(line["kinds"])]


def age_of(days: int | None, clock: Clock) -> Age:
    """Say how old an entry is by its clock; `days` since it was assured, None is never.

    Source: own design, docs/decisions/0037.
    """
    if days is None:
        return Age.NEVER
    if days > clock.hidden:
        return Age.HIDDEN
    if days > clock.required:
        return Age.REQUIRED
    return Age.ADVISED if days > clock.advised else Age.FRESH


def shown_until(assured: date | None, kinds: frozenset[str]) -> date:
    """Give the last day on which the public finds an entry; one never assured says so itself.

    Source: own design, docs/decisions/0037.
    """
    if assured is None:
        return date.max
    return assured + timedelta(days=clock_of(kinds).hidden)


def kinds_of(types: Collection[str], *, with_line: bool) -> frozenset[str]:
    """Give what the clock goes by: the types, and whether somebody answers a number now.

    Source: own design, docs/decisions/0037.
    """
    return frozenset(types) | (frozenset({LINE}) if with_line else frozenset())
