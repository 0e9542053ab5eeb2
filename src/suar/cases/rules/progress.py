"""Rules of ratings: which domains are rated when, and what a rating leads to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from suar.cases.codes import DOMAINS, RATINGS
from suar.cases.rules import may_have_happened
from suar.core.codes import read_data
from suar.core.decisions import Decision
from suar.core.urgency import Urgency

TABLE: Mapping[str, Any] = read_data("cases", "progress")
URGENT = tuple(domain.code for domain in DOMAINS.members if domain.get("urgent_need"))
"""The domains in which a rating of 1 opens an urgent need."""
CodesByDomain = Mapping[str, str]


def number(rating: str) -> int | None:
    """Return the number of a rating; None for one that does not apply, is not known or was not answered.

    Source: reintegration domains, rule on NA, NK and PN.
    """
    value: int | None = RATINGS[rating].get("number") if rating in RATINGS else None
    return value


def may_rate(on: date, ratings: Iterable[CodesByDomain], *, today: date) -> Decision:
    """Return whether a review may be stored: on a day that has come, with at least one rating.

    Source: own design; each rating may be left out.
    """
    rated = Decision.require(any(ratings), "nothing_rated")
    return Decision.first_refusal(may_have_happened(on, today=today), rated)


def domains_to_rate(latest: Iterable[CodesByDomain], goals: Collection[str], *, full: bool) -> list[str]:
    """Return the domains of a review in their order: all, or those that are urgent, in crisis or have a goal.

    `latest` are the newest ratings of the person and of the worker.
    Source: reintegration domains, rules; that a usual review leaves out the rest is own design.
    """
    in_crisis = {
        domain for ratings in latest for domain, rating in ratings.items() if number(rating) == TABLE["crisis"]
    }
    return [code for code in DOMAINS if full or code in URGENT or code in in_crisis or code in goals]


def is_full_review_due(full_days: Collection[date], *, today: date) -> bool:
    """Return True if all domains are rated now: at the start, and after 12 and 24 months.

    Source: case management code lists, FU_12M and FU_24M 'all domains', with their windows.
    """
    following = next_full_review(full_days)
    return not full_days or (following is not None and following[0] <= today)


def next_full_review(full_days: Collection[date]) -> tuple[date, date] | None:
    """Return the first and last day of the next full review; None before the first review and after the last one.

    Source: as `is_full_review_due`.
    """
    for row in TABLE["full_reviews"] if full_days else ():
        opens_on, due_on = (min(full_days) + timedelta(days=row[name]) for name in ("opens", "day"))
        if max(full_days) < opens_on:
            return opens_on, due_on
    return None


def urgent_needs(ratings: Iterable[CodesByDomain]) -> dict[str, Urgency]:
    """Return the urgent needs that ratings open, by type of service; that of one side is enough.

    Source: reintegration domains, rule on a rating of 1.
    """
    rated = {domain for side in ratings for domain, rating in side.items() if number(rating) == TABLE["crisis"]}
    needs = [DOMAINS[domain]["urgent_need"] for domain in URGENT if domain in rated]
    return {need["service_type"]: Urgency(need["urgency"]) for need in needs}


def falls(before: CodesByDomain, after: CodesByDomain) -> list[str]:
    """Return the domains in which one side rates at least two points lower than the last time.

    Source: reintegration domains, rule on a fall of two points.
    """
    return [domain for domain in DOMAINS if _difference(before, after, domain) >= TABLE["fall"]]


def differences(person: CodesByDomain, worker: CodesByDomain) -> list[str]:
    """Return the domains that the person and the worker see at least two points apart; they talk about it.

    Source: recovery and reintegration, 'difference of two or more between person and worker'.
    """
    return [domain for domain in DOMAINS if abs(_difference(person, worker, domain)) >= TABLE["differs_by"]]


def plan_review_by(on: date) -> date:
    """Return the day by which the plan is reviewed after a fall.

    Source: reintegration domains, rule on a fall of two points.
    """
    return on + timedelta(days=TABLE["review_within_days"])


def is_stable(latest_ratings: Iterable[CodesByDomain]) -> bool:
    """Return True if no domain is in crisis and none of the urgent ones is next to it, by either side.

    `latest_ratings` are the newest ratings of the person and of the worker.
    Source: case management code lists, CL_GOALS.
    """
    numbers = [(domain, number(rating)) for side in latest_ratings for domain, rating in side.items()]
    return not any(value and value <= TABLE["crisis"] + (domain in URGENT) for domain, value in numbers)


def latest(series: Sequence[CodesByDomain]) -> dict[str, str]:
    """Return the newest rating of each domain; `series` is oldest first.

    Source: own design; what was not asked keeps its last rating.
    """
    return {domain: rating for ratings in series for domain, rating in ratings.items()}


def latest_numbers(series: Sequence[CodesByDomain]) -> dict[str, str]:
    """Return the newest rating of each domain that is a number; `series` is oldest first.

    Source: reintegration domains, rule on NA, NK and PN.
    """
    return latest([{domain: rating for domain, rating in row.items() if number(rating)} for row in series])


def _difference(one: CodesByDomain, other: CodesByDomain, domain: str) -> int:
    """Return how many points the second is below the first; 0 without two numbers."""
    high, low = number(one.get(domain, "")), number(other.get(domain, ""))
    return high - low if high and low else 0
