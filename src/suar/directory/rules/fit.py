"""Rules of fit: the services for a person, with reasons; `data/services.json` is the table of attributes.

Each attribute names a match method; an unknown fact does not exclude.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import methodcaller
from typing import Any

from suar.consent.codes import AgeStatus
from suar.directory import catalogue
from suar.directory.codes import Age, Effect, FitKind
from suar.directory.facts import Fit, PersonFacts, Reason, ReasonSummary, ServiceFacts
from suar.directory.rules.freshness import age_class, intervals_for

WIDER = 2
Row = Mapping[str, Any]
Reasons = list[Reason]
Method = Callable[[str, Row, PersonFacts, ServiceFacts], Reasons]


def _match_overlap(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Compare the attributes of the person with the conditions of the service."""
    has, takes = _as_set(getattr(person, match["person"])), _as_set(getattr(service, match["service"]))
    if not takes:
        return _ask(code, "unknown") if has or match["asked"] == "always" else []
    warned = [value for value in match.get("warns", ()) if value in takes]
    warnings = [Reason(code, "warning", Effect.WARN, (value,)) for value in warned]
    return _compare(code, match, has, takes) + warnings


def _compare(code: str, match: Row, has: frozenset[str], takes: frozenset[str]) -> Reasons:
    if opened := [value for value in match["open"] if value in takes]:
        return _accept(code, "open", opened[:1])
    if not has:
        return _ask(code, "restricts", takes)
    if both := _accepting_codes(match.get("accepts"), has) & takes:
        return _accept(code, "match", both)
    if _accepting_codes(match.get("perhaps", {}), has) & takes:
        return _ask(code, match.get("perhaps_outcome", "restricts"), takes)
    return [Reason(code, "mismatch", Effect(match["mismatch"]), _sorted_values(takes))]


def _match_value(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Report what the service states, for every person."""
    stated = _as_code(getattr(service, match["service"]))
    if stated is None:
        return _ask(code, "unknown")
    return [Reason(code, "states", Effect(match["says"][stated]), (stated,))]


def _match_urgent(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Match an urgent need only with what is open day and night."""
    stated = service.opening
    if not person.urgent:
        return [Reason(code, "states", Effect.NOTE, (stated,))] if stated else []
    if stated is None:
        return _ask(code, "unknown")
    return [Reason(code, "urgent", Effect(match["says"][stated]), (stated,))]


def _match_age(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Compare ages; an unknown age counts as a child's and as an adult's."""
    oldest = catalogue.services()["limits"]["oldest_years"]
    if service.age_min is None and service.age_max is None:
        return _ask(code, "unknown")
    low, high = service.age_min or 0, oldest if service.age_max is None else service.age_max
    youngest, eldest = _age_range(person, oldest)
    ages = (str(low), "" if high >= oldest else str(high))
    if low <= youngest and eldest <= high:
        return [Reason(code, "match", Effect.FOR, ages)]
    if eldest < low or high < youngest:
        return [Reason(code, "mismatch", Effect.AGAINST, ages)]
    return [Reason(code, "restricts", Effect.ASK, ages)]


def _match_children(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Compare with the children who come along; a service that takes none has the limit -1."""
    children, takes = person.children, service.children_with
    if children == () or (takes is None and children is None):
        return []
    if takes is None:
        return _ask(code, "unknown")
    if takes == "YES":
        return _accept(code, "open")
    limit = service.children_age_limit if takes == "UNDER_AGE_LIMIT" else -1
    ages = () if limit is None or limit < 0 else (str(limit),)
    if children is None or limit is None:
        return _ask(code, "restricts", ages)
    if limit < 0 or any(age is not None and age > limit for age in children):
        return [Reason(code, "mismatch", Effect.AGAINST, ages)]
    return _ask(code, "restricts", ages) if None in children else _accept(code, "match", ages)


def _match_area(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Compare the person's place with the area served; a hidden place is no part of it."""
    place, areas = person.place, service.areas
    if not areas:
        return _ask(code, "unknown")
    if place is None:
        return _accept(code, "open") if "NATIONAL" in areas else _ask(code, "restricts", areas)
    if matched := {place, catalogue.province_of(place)} & areas:
        near = place in service.districts
        return _accept(code, "site", [place]) if near else _accept(code, "match", [max(matched)])
    if "NATIONAL" in areas:
        inside = catalogue.province_of(place)
        return _accept(code, "open") if inside else _ask(code, "restricts", ["NATIONAL"])
    if catalogue.is_province(place) and place in map(catalogue.province_of, areas):
        return _ask(code, "part", areas)
    return [Reason(code, "mismatch", Effect.AGAINST, _sorted_values(areas))]


def _match_coverage(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Ask first unless the service has all that the person needs to get in."""
    needs, access = person.access_needs or frozenset(), service.disability or frozenset()
    if not needs:
        return []
    if needs <= access:
        return _accept(code, "match", needs)
    return _ask(code, "mismatch" if access else "unknown", needs - access)


def _match_wish(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Compare with a wish of the person, if there is one."""
    wished = _as_set(getattr(person, match["person"]))
    offered = _as_set(getattr(service, match["service"]))
    if not wished:
        return [Reason(code, "states", Effect.NOTE, _sorted_values(offered))] if offered else []
    if not offered:
        return _ask(code, "unknown")
    if both := wished & offered:
        return _accept(code, "match", both)
    return [Reason(code, "mismatch", Effect(match["mismatch"]), _sorted_values(offered))]


def _match_exclusions(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Return the reasons against the service from its exclusions."""
    refused = (service.exclusions or frozenset()) - set(match["open"])
    if not refused:
        return _ask(code, "unknown") if person.conditions and not service.exclusions else []
    if person.conditions is None:
        return _ask(code, "restricts", refused)
    if excluded := person.conditions & refused:
        return [Reason(code, "mismatch", Effect(match["mismatch"]), _sorted_values(excluded))]
    return []


def _match_capacity(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Reasons:
    """Report free places while the statement is fresh; after 7 days they are not known."""
    free, days = service.free_places, service.free_places_days_ago
    if free is None:
        return []
    if days is None or days > catalogue.services()["limits"]["free_places_known_days"]:
        return [Reason(code, "unknown", Effect.NOTE)]
    return _accept(code, "free", [str(free)]) if free > 0 else _ask(code, "full")


def _accept(code: str, outcome: str, values: Iterable[str] = ()) -> Reasons:
    return [Reason(code, outcome, Effect.FOR, _sorted_values(values))]


def _ask(code: str, outcome: str, values: Iterable[str] = ()) -> Reasons:
    return [Reason(code, outcome, Effect.ASK, _sorted_values(values))]


def _age_range(person: PersonFacts, oldest: int) -> tuple[int, int]:
    adult = catalogue.services()["limits"]["child_below_years"]
    if person.age_years is not None:
        return person.age_years, person.age_years
    if person.age_range is not None:
        return person.age_range
    if person.age_status == AgeStatus.CHILD:
        return 0, adult - 1
    return (adult, oldest) if person.age_status == AgeStatus.ADULT else (0, oldest)


def _as_set(value: object) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset({str(value)})


def _as_code(value: object) -> str | None:
    if isinstance(value, bool):
        return "YES" if value else "NO"
    return None if value is None else str(value)


def _accepting_codes(table: Mapping[str, list[str]] | None, has: Iterable[str]) -> frozenset[str]:
    """Return the service's codes that take the person's; without a table a code takes itself."""
    if table is None:
        return frozenset(has)
    return frozenset(value for code in has for value in table.get(code, ()))


def _sorted_values(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values))


METHODS: Mapping[str, Method] = {
    "overlap": _match_overlap,
    "value": _match_value,
    "urgent": _match_urgent,
    "age": _match_age,
    "children": _match_children,
    "area": _match_area,
    "covers": _match_coverage,
    "wish": _match_wish,
    "refuses": _match_exclusions,
    "places": _match_capacity,
}

KINDS = tuple(FitKind)
CONFIRMED = "AC_CHECKED"
TESTIMONY = frozenset({"POLICE_REPORT", "FORMAL_DECISION"})
ANOTHER_GROUP, SECTOR = 3, methodcaller("startswith", "SEC_")
GROUP_LIMITS = frozenset({"restricts", "perhaps", "mismatch"})


def fit(person: PersonFacts, service: ServiceFacts) -> Fit:
    """Return how a service fits a person, with every reason.

    An unknown fact asks first and does not exclude. A statement that could exclude once the person is
    better known asks first as well: a new fact does not turn FITS into DOES_NOT_FIT.

    Source: own design, docs/decisions/directory; data/services.json, matching_rule of each attribute.
    """
    reasons = [
        reason for code, (match, method) in _matchers().items() for reason in method(code, match, person, service)
    ]
    reasons.extend(freshness_reasons(service))
    effects = {reason.effect for reason in reasons}
    if Effect.AGAINST in effects:
        return Fit(FitKind.DOES_NOT_FIT, tuple(reasons))
    return Fit(FitKind.ASK_FIRST if Effect.ASK in effects else FitKind.FITS, tuple(reasons))


def admits(attribute: str, person: PersonFacts, service: ServiceFacts) -> bool:
    """Return True unless one attribute surely excludes the person.

    Source: own design, docs/decisions/directory.
    """
    match, method = _matchers()[attribute]
    reasons = method(attribute, match, person, service)
    return all(reason.effect is not Effect.AGAINST for reason in reasons)


def sort_key(
    person: PersonFacts, service: ServiceFacts, match: Fit, *, type_rank: int = 0, soon: bool = False
) -> tuple[object, ...]:
    """Return the sort key of a service for a person in a worker's list; the public site sorts in `website/ranking.py`.

    In this order: how it fits, testimony asked last, what was made for another group last, open day and night if help
    is needed `soon`, `type_rank` (the best type for the need is 0), how likely the person gets in, made for people like
    this person, place, free first, last confirmed. A service that fits but for an unknown language counts as fitting.

    Source: own design, docs/decisions/directory; data/services.json (not by payment or rank).
    """
    costs, oldest = catalogue.services()["order"]["cost"], catalogue.hide_after_days()
    days = service.confirmed_days_ago
    return (
        KINDS.index(FitKind.FITS if _asks_only_little(match) else match.kind),
        asks_testimony(service),
        group_rank(match) >= ANOTHER_GROUP,
        (person.urgent or soon) and service.opening != "24_7",
        type_rank,
        group_rank(match),
        not is_made_for(person, service),
        distance_rank(person.place, service.areas),
        costs.index(service.cost) if service.cost in costs else len(costs),
        oldest if days is None else days,
        str(service.id),
    )


def _asks_only_little(match: Fit) -> bool:
    asks = [reason for reason in match.because if reason.effect in (Effect.ASK, Effect.AGAINST)]
    return all((reason.attribute, reason.outcome) == ("EL_LANGUAGE", "restricts") for reason in asks)


def asks_testimony(service: ServiceFacts) -> bool:
    """Return True if a service helps only who talks to the police, or has a report or a decision of theirs.

    Source: WHO 2003, principle 8; data/services.json, EL_COOPERATION and EL_FORMAL.
    """
    return service.cooperation is True or service.formal in TESTIMONY


def is_made_for(person: PersonFacts, service: ServiceFacts) -> bool:
    """Return True if a service is for children only and the person is one, or names the person's sex or gender.

    Source: own design, docs/decisions/directory.
    """
    limits = catalogue.services()["limits"]
    if (
        person.age_status == AgeStatus.CHILD
        or (person.age_years or limits["oldest_years"]) < limits["child_below_years"]
    ):
        return service.age_max is not None and service.age_max <= limits["made_for_children_years"]
    return person.sex in (service.sex or ())


def group_rank(match: Fit) -> int:
    """Return how likely a service was made for another group, 3 for most likely.

    Those are services for some sexes, ages or sectors of work only, where it is not known whether the person belongs
    to them.

    Source: own design, docs/decisions/directory; data/services.json, order of "groups".
    """
    ranks: Mapping[str, int] = catalogue.services()["order"]["groups"]
    limits = (reason for reason in match.because if reason.outcome in GROUP_LIMITS)
    names = ("SECTOR" if all(map(SECTOR, reason.values)) else reason.attribute for reason in limits)
    return max((ranks.get(name, 0) for name in names), default=0)


def is_for_a_sector(service: ServiceFacts) -> bool:
    """Return True for a service that is for some sectors of work only, such as fishing.

    Source: own design, docs/decisions/directory.
    """
    return bool(service.forms) and all(map(SECTOR, service.forms or ()))


def distance_rank(place: str | None, areas: frozenset[str] | None) -> int:
    """Rank how closely an area served is meant for a place: 0 it, 1 its province, 2 wider.

    Source: own design, docs/decisions/directory.
    """
    if place is None or not areas:
        return WIDER
    if place in areas or (catalogue.is_province(place) and place in map(catalogue.province_of, areas)):
        return 0
    return 1 if catalogue.province_of(place) in areas else WIDER


def freshness_reasons(service: ServiceFacts) -> list[Reason]:
    """Warn about an entry that is due for confirmation, and exclude one that is too old.

    Source: own design, docs/decisions/directory and directory-upkeep; data/freshness.json.
    """
    reasons = {
        Age.NEVER: [Reason(CONFIRMED, "never", Effect.ASK)],
        Age.REQUIRED: [Reason(CONFIRMED, "old", Effect.WARN)],
        Age.HIDDEN: [Reason(CONFIRMED, "too_old", Effect.AGAINST)],
    }
    return reasons.get(age_class(service.confirmed_days_ago, intervals_for(service.kinds)), [])


@cache
def _matchers() -> Mapping[str, tuple[Mapping[str, Any], Method]]:
    """Return the attributes that are compared, each with its row of the table and its method."""
    rows = {code: row["match"] for code, row in catalogue.attributes().items()}
    return {code: (match, METHODS[match["method"]]) for code, match in rows.items() if match["method"] in METHODS}


COMMON_CONDITIONS = ("EL_PAPERS", "EL_FORMAL", "EL_COST")
"""Conditions that services set for everybody: shown even without an answer of the person."""
CONDITIONS = frozenset({*COMMON_CONDITIONS, "EL_STAY", "EL_COOPERATION", "EL_TIME", "EL_CAPACITY"})
ADVERSE_EFFECTS = (Effect.AGAINST, Effect.ASK, Effect.WARN)
MAX_TO_ASK = 4


def split_reasons(person: PersonFacts, match: Fit) -> ReasonSummary:
    """Put first what to ask, what matches the person's own facts, and papers, status and cost.

    An attribute that is open to everyone is left out unless the person's own fact is known. The rest
    is shown on request.

    Source: own design, docs/decisions/directory.
    """
    asks = [item for effect in ADVERSE_EFFECTS for item in match.because if item.effect is effect]
    own = stated_attributes(person)
    good = [item for item in match.because if _speaks_for_service(item) and item.attribute in own | CONDITIONS]
    # Reasons that match the person come before open conditions, then conditions that most services set.
    mine = sorted((r for r in good if r.attribute in own), key=lambda r: r.outcome not in ("site", "match"))
    usual = [item for item in good if item.attribute in COMMON_CONDITIONS and item not in mine]
    first = [*asks[:MAX_TO_ASK], *mine, *usual]
    rest = [item for item in [*asks, *good] if item not in first]
    return ReasonSummary(tuple(first), tuple(rest))


def stated_attributes(person: PersonFacts) -> frozenset[str]:
    """Return the attributes for which the person's own fact is known.

    Source: own design, docs/decisions/directory.
    """
    stated = {
        "EL_AREA": person.place is not None,
        "EL_AGE": person.age_years is not None or person.age_status in (AgeStatus.ADULT, AgeStatus.CHILD),
        "EL_CHILDREN_WITH": bool(person.children),
        "EL_TIME": person.urgent,
    }
    for code, row in catalogue.attributes().items():
        if "person" in row["match"]:
            stated[code] = getattr(person, row["match"]["person"]) is not None
    return frozenset(code for code, known in stated.items() if known)


def _speaks_for_service(reason: Reason) -> bool:
    """Return True if a reason speaks for a service, or says what it costs."""
    return reason.effect is Effect.FOR or (reason.effect is Effect.NOTE and reason.attribute == "EL_COST")
