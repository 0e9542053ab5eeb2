"""Which services fit a person, each with its reasons; the table is data/services.json."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from suar.directory import catalogue
from suar.directory.codes import Age, Effect, FitKind
from suar.directory.facts import Fit, PersonFacts, Reason, ServiceFacts
from suar.directory.rules.ageing import age_of, clock_of
from suar.directory.rules.methods import METHODS, Method

KINDS = (FitKind.FITS, FitKind.ASK_FIRST, FitKind.DOES_NOT_FIT)
CONFIRMED = "AC_CHECKED"


def fit(person: PersonFacts, service: ServiceFacts) -> Fit:
    """Say whether a service fits a person, with every reason.

    What is not known never excludes: it asks first. A statement that could exclude once the
    person is better known asks first as well: learning a fact never turns FITS into DOES_NOT_FIT.

    Source: own design, docs/decisions/0008; data/services.json, matching_rule of each attribute.
    """
    reasons = [
        reason for code, (match, method) in _compared().items() for reason in method(code, match, person, service)
    ]
    reasons.extend(freshness(service))
    effects = {reason.effect for reason in reasons}
    if Effect.AGAINST in effects:
        return Fit(FitKind.DOES_NOT_FIT, tuple(reasons))
    return Fit(FitKind.ASK_FIRST if Effect.ASK in effects else FitKind.FITS, tuple(reasons))


def admits(attribute: str, person: PersonFacts, service: ServiceFacts) -> bool:
    """Say whether one attribute leaves the door open: only a sure no closes it.

    Source: own design, docs/decisions/0008.
    """
    match, method = _compared()[attribute]
    told = method(attribute, match, person, service)
    return all(reason.effect is not Effect.AGAINST for reason in told)


def order(person: PersonFacts, service: ServiceFacts, found: Fit) -> tuple[object, ...]:
    """Give the sort key of a service for a person.

    In this order: how it fits, testimony asked last, urgency, place, free first, last confirmed.

    Source: own design, docs/decisions/0008; data/services.json (never by payment or rank).
    """
    costs, oldest = catalogue.services()["order"]["cost"], catalogue.hide_after_days()
    days = service.confirmed_days_ago
    return (
        KINDS.index(found.kind),
        service.cooperation is True,
        person.urgent and service.opening != "24_7",
        nearness(person.place, service.areas),
        costs.index(service.cost) if service.cost in costs else len(costs),
        oldest if days is None else days,
        str(service.id),
    )


def nearness(place: str | None, areas: frozenset[str] | None) -> int:
    """Rank how closely an area served is meant for a place: 0 it, 1 its province, 2 wider.

    Source: own design, docs/decisions/0008.
    """
    if place is None or not areas:
        return 2
    if place in areas or (catalogue.is_province(place) and place in map(catalogue.province_of, areas)):
        return 0
    return 1 if catalogue.province_of(place) in areas else 2


def freshness(service: ServiceFacts) -> list[Reason]:
    """Warn when somebody should have asked again by now, and leave out what is too old.

    Source: own design, docs/decisions/0008 and 0037; data/freshness.json.
    """
    told = {
        Age.NEVER: [Reason(CONFIRMED, "never", Effect.ASK)],
        Age.REQUIRED: [Reason(CONFIRMED, "old", Effect.WARN)],
        Age.HIDDEN: [Reason(CONFIRMED, "too_old", Effect.AGAINST)],
    }
    return told.get(age_of(service.confirmed_days_ago, clock_of(service.kinds or frozenset())), [])


@cache
def _compared() -> Mapping[str, tuple[Mapping[str, Any], Method]]:
    """Give the attributes that are compared, each with its row of the table and its method."""
    rows = {code: row["match"] for code, row in catalogue.attributes().items()}
    return {code: (match, METHODS[match["method"]]) for code, match in rows.items() if match["method"] in METHODS}
