"""Counts that single out nobody: small ones are suppressed, the others are rounded down. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable
from datetime import date
from typing import TypeVar

Counted = TypeVar("Counted", bound=Hashable)
SMALLEST = 5
"""The smallest count that is shown."""


def at_least(number: int) -> int | None:
    """Return the multiple of five that a number surely reaches; None under five.

    Source: own design, docs/decisions/feedback.md; security.md T11 (published figures never single out fewer
    than five).
    """
    return number - number % SMALLEST if number >= SMALLEST else None


def count_at_least(events: Iterable[tuple[Collection[Hashable], Counted]]) -> dict[Counted, int]:
    """Return how often each value surely occurs, the most frequent first, without those of fewer than five people.

    `events`: the people of each event, and its value. There is no total, so that no suppressed count can be derived.
    Source: docs/decisions/feedback.md; ethics rules, counts 1 to 4 hidden.
    """
    counts: Counter[Counted] = Counter()
    people: defaultdict[Counted, set[Hashable]] = defaultdict(set)
    for people_of_event, value in events:
        counts[value] += 1
        people[value].update(people_of_event)
    rounded = ((value, at_least(count)) for value, count in counts.most_common() if len(people[value]) >= SMALLEST)
    return {value: count for value, count in rounded if count is not None}


def past_year(day: date) -> tuple[date, date]:
    """Return the first day of the last four whole quarters, and the first day after them.

    Source: own design, docs/decisions/feedback.md (a count that grows from day to day shows who came).
    """
    after = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return after.replace(year=after.year - 1), after
