"""Needs and progress: reviews of the domains by the person and the worker, what they lead to, and their trend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, groupby
from typing import NamedTuple

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars
from suar.cases.documents.plan import RATERS, DomainReview, Plan, Rater, Ratings
from suar.cases.plan import store_version
from suar.cases.rules import progress as progress_rules
from suar.records.keyring import OpenRecord
from suar.referrals import needs


class KeyedReview(NamedTuple):
    """A review with its key."""

    key: str
    document: DomainReview

    @property
    def ratings(self) -> Ratings:
        """The version that counts."""
        return self.document.current


@act("rate_domains", needs=Permission.MANAGE_CASE)
def rate_domains(
    record: OpenRecord, ratings: Ratings, *, by: Acting, note: str = "", key: str = "", expected: int | None = None
) -> None:
    """Store a review of domains, or a corrected version of it, and apply the consequences of the ratings.

    A rating of 1 opens an urgent need where the table says so; after a fall of two points the plan is reviewed within
    14 days. Raises Refused when nothing is rated or the day does not fit, and Conflict when a colleague corrected the
    same review.
    """
    actions.check_open(record)
    sides = [ratings.of(rater) for rater in RATERS]
    progress_rules.may_rate(ratings.on, sides, today=by.today).enforce()
    earlier = [
        review.ratings for review in list_reviews(record) if review.key != key and review.ratings.on <= ratings.on
    ]
    store_version(record, DomainReview, ratings, key=key, expected=expected, by=by)
    needs.raise_needs(record, progress_rules.urgent_needs(sides), by=by)
    if find_falls(earlier, ratings):
        _review_plan_by(record, progress_rules.plan_review_by(ratings.on), by=by)
    if note:
        actions.add_note(record, note, by=by)
    calendars.update_due(record, by=by)


def find_falls(earlier: Sequence[Ratings], ratings: Ratings) -> list[str]:
    """Return the domains in which one side rated lower by two points than the last time it gave a number."""
    before = {rater: progress_rules.latest_numbers([row.of(rater) for row in earlier]) for rater in RATERS}
    fallen = (progress_rules.falls(before[rater], ratings.of(rater)) for rater in RATERS)
    return list(dict.fromkeys(chain.from_iterable(fallen)))


def list_reviews(record: OpenRecord) -> list[KeyedReview]:
    """Return the reviews of the domains, oldest first."""
    reviews = [KeyedReview(key, document) for key, document in record.get_all(DomainReview).items()]
    return sorted(reviews, key=lambda review: (review.ratings.on, review.ratings.at))


def latest_ratings(reviews: Sequence[KeyedReview], rater: Rater) -> dict[str, str]:
    """Return the newest rating of each domain by the person or by the worker."""
    return progress_rules.latest([review.ratings.of(rater) for review in reviews])


def domains_to_rate(record: OpenRecord, *, full: bool) -> list[str]:
    """Return the domains of the next review."""
    reviews, goals = list_reviews(record), record.get_or_empty(Plan).open_goals
    latest = [latest_ratings(reviews, rater) for rater in RATERS]
    return progress_rules.domains_to_rate(latest, {goal.domain for goal in goals}, full=full)


def stable_days(reviews: Sequence[KeyedReview]) -> list[date]:
    """Return the days of the last two reviews if the person was stable at both; else nothing."""
    at_both = [[latest_ratings(earlier, rater) for rater in RATERS] for earlier in (reviews[:-1], reviews)]
    is_stable = len(reviews) > 1 and all(map(progress_rules.is_stable, at_both))
    return [review.ratings.on for review in reviews[-2:]] if is_stable else []


def _review_plan_by(record: OpenRecord, day: date, *, by: Acting) -> None:
    """Move the review of the plan to a day, unless it is earlier; the plan stays agreed."""
    plan = record.get_or_empty(Plan)
    if plan.review_on is None or plan.review_on > day:
        record.put(plan.model_copy(update={"review_on": day}), by=by.worker, at=by.at)


WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 20, 312, 12, 104
LOWEST, HIGHEST = 1, 5


class Mark(NamedTuple):
    """One rating in the picture."""

    x: int
    y: int

    @property
    def corner(self) -> tuple[int, int]:
        """The corner of a square of 8 units around the mark."""
        return self.x - 4, self.y - 4


@dataclass(frozen=True, slots=True)
class Trend:
    """The marks of one rater, and the lines between those without a gap, as SVG writes them."""

    marks: list[Mark] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def draw_trend(points: Sequence[tuple[date, int | None]], *, first: date, last: date) -> Trend:
    """Return the trend of ratings, oldest first; None is an answer without a number and leaves a gap."""
    marks = (None if number is None else Mark(_x_of(day, first, last), _y_of(number)) for day, number in points)
    runs = [[mark for mark in run if mark] for _, run in groupby(marks, key=bool)]
    lines = [" ".join(f"{mark.x},{mark.y}" for mark in run) for run in runs if len(run) > 1]
    return Trend(list(chain.from_iterable(runs)), lines)


def scale() -> list[tuple[int, int]]:
    """Return each number of the scale with its height in the picture."""
    return [(number, _y_of(number)) for number in range(LOWEST, HIGHEST + 1)]


def _x_of(day: date, first: date, last: date) -> int:
    days = (last - first).days
    return RIGHT if days == 0 else LEFT + 8 + round((RIGHT - LEFT - 8) * (day - first).days / days)


def _y_of(number: int) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * (number - LOWEST) / (HIGHEST - LOWEST))
