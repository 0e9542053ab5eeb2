"""Whether a case may end: its reason holds, nothing bars it, and a second worker agrees."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from suar.cases.rules.words import read
from suar.cases.terms import (
    Because,
    ClosingFacts,
    ClosureBar,
    ClosureReason,
    Confirmed,
    Review,
)
from suar.core.decisions import Decision


def may_close(facts: ClosingFacts) -> Decision:
    """Say whether this case may end for this reason; `because` is a bar, a confirmation or a code.

    The person's own wish passes every bar; a negative decision, declining a service and not
    testifying are never a ground.
    Source: case management code lists, closure reasons and bars.
    """
    held = bars(facts)
    return Decision.first_refusal(
        Decision.no(held[0]) if held else Decision.yes(),
        _confirmed(facts),
        _history_allows(facts),
        _second_worker_agrees(facts),
    )


def bars(facts: ClosingFacts) -> tuple[ClosureBar, ...]:
    """List what holds the closure now, for this reason.

    Source: case management code lists, closure bars.
    """
    passes = frozenset(map(ClosureBar, _reason(facts.reason)["passes"]))
    return tuple(bar for bar in ClosureBar if bar not in passes and _holds(bar, facts))


def confirmations(reason: ClosureReason) -> tuple[Confirmed, ...]:
    """List what a worker confirms before a case ends for this reason.

    Source: case management code lists, closure reasons.
    """
    return tuple(map(Confirmed, _reason(reason)["confirms"]))


def asks_the_person(reason: ClosureReason) -> bool:
    """Say whether something was agreed with the person: not when nobody could be asked.

    Source: own design.
    """
    return reason not in {ClosureReason.DIED, ClosureReason.ERROR, ClosureReason.NO_CONTACT}


def attested(day: date) -> Review:
    """Give the review of a day on which a worker says the goals were looked at and all was well.

    No domain is rated by it: it holds the rule's own least good value in each urgent one.
    Source: own design; data/closing.json, goals.
    """
    goals = read("closing")["goals"]
    return Review(day, dict.fromkeys(goals["urgent_domains"], goals["vulnerable"] + 1))


def _holds(bar: ClosureBar, facts: ClosingFacts) -> bool:
    if bar is ClosureBar.URGENT_NEED:
        return facts.open_urgent_needs > 0
    if bar is ClosureBar.UNANSWERED_REFERRAL:
        holds_for = timedelta(days=read("closing")["unanswered_holds_days"])
        return any(facts.today - sent_on < holds_for for sent_on in facts.unanswered_since)
    if bar is ClosureBar.SERIOUS_COMPLAINT:
        return facts.serious_complaint_open
    return bar in facts.prompted_by


def _confirmed(facts: ClosingFacts) -> Decision:
    absent = [code for code in confirmations(facts.reason) if code not in facts.confirmed]
    return Decision.no(absent[0]) if absent else Decision.yes()


def _history_allows(facts: ClosingFacts) -> Decision:
    if facts.reason is ClosureReason.GOALS and not _goals_are_stable(facts.reviews):
        return Decision.no(Because.GOALS_NOT_STABLE)
    if facts.reason is ClosureReason.NO_CONTACT and not _tried_long_enough(facts.tries_on):
        return Decision.no(Because.TRIES_TOO_CLOSE)
    return Decision.yes()


def _second_worker_agrees(facts: ClosingFacts) -> Decision:
    if not _reason(facts.reason)["needs_supervisor"]:
        return Decision.yes()
    if facts.agreed_by is None or facts.agreed_by == facts.asked_by:
        return Decision.no(Because.SECOND_WORKER_NEEDED)
    return Decision.yes()


def _goals_are_stable(reviews: Sequence[Review]) -> bool:
    """The newest reviews in a row are good, two or more of them, 60 days from first to last."""
    good: list[date] = []
    for each in sorted(reviews, key=lambda review: review.on, reverse=True):
        if not _is_good(each):
            break
        good.append(each.on)
    apart = timedelta(days=read("closing")["goals"]["days_apart"])
    return bool(good) and good[0] - good[-1] >= apart


def _is_good(review: Review) -> bool:
    """Nothing is in crisis and no urgent domain vulnerable; what does not apply is left out."""
    goals = read("closing")["goals"]
    urgent = (value for domain, value in review.ratings.items() if domain in goals["urgent_domains"])
    return (
        bool(review.ratings)
        and all(value > goals["crisis"] for value in review.ratings.values())
        and all(value > goals["vulnerable"] for value in urgent)
    )


def _tried_long_enough(tries_on: Sequence[date]) -> bool:
    rule, days = read("closing")["no_contact"], sorted(set(tries_on))
    apart = timedelta(days=rule["days_apart"])
    return len(days) >= rule["tries"] and days[-1] - days[0] >= apart


def _reason(reason: ClosureReason) -> Mapping[str, Any]:
    rows: Mapping[str, Any] = {row["code"]: row for row in read("closing")["reasons"]}
    found: Mapping[str, Any] = rows[reason]
    return found
