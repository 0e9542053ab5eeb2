"""The ways of matching named in data/services.json: each compares one attribute."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from suar.directory import catalogue
from suar.directory.codes import AgeStatus, Effect
from suar.directory.facts import PersonFacts, Reason, ServiceFacts

Row = Mapping[str, Any]
Told = list[Reason]
Method = Callable[[str, Row, PersonFacts, ServiceFacts], Told]


def _overlap(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Compare what the person is or has with what the service takes."""
    has, takes = _set(getattr(person, match["person"])), _set(getattr(service, match["service"]))
    if not takes:
        return _ask(code, "unknown") if has or match["asked"] == "always" else []
    warned = [value for value in match.get("warns", ()) if value in takes]
    warnings = [Reason(code, "warning", Effect.WARN, (value,)) for value in warned]
    return _compare(code, match, has, takes) + warnings


def _compare(code: str, match: Row, has: frozenset[str], takes: frozenset[str]) -> Told:
    if opened := [value for value in match["open"] if value in takes]:
        return _yes(code, "open", opened[:1])
    if not has:
        return _ask(code, "restricts", takes)
    if both := _accepted(match.get("accepts"), has) & takes:
        return _yes(code, "match", both)
    if _accepted(match.get("perhaps", {}), has) & takes:
        return _ask(code, "restricts", takes)
    return [Reason(code, "mismatch", Effect(match["mismatch"]), _ordered(takes))]


def _value(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Tell what the service states, whoever the person is."""
    stated = _code(getattr(service, match["service"]))
    if stated is None:
        return _ask(code, "unknown")
    return [Reason(code, "states", Effect(match["says"][stated]), (stated,))]


def _urgent(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Match an urgent need only with what is open day and night."""
    stated = service.opening
    if not person.urgent:
        return [Reason(code, "states", Effect.NOTE, (stated,))] if stated else []
    if stated is None:
        return _ask(code, "unknown")
    return [Reason(code, "urgent", Effect(match["says"][stated]), (stated,))]


def _age(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Compare ages; an unknown age counts as a child's and as an adult's."""
    oldest = catalogue.services()["limits"]["oldest_years"]
    if service.age_min is None and service.age_max is None:
        return _ask(code, "unknown")
    low, high = service.age_min or 0, oldest if service.age_max is None else service.age_max
    youngest, eldest = _years(person, oldest)
    told = (str(low), "" if high >= oldest else str(high))
    if low <= youngest and eldest <= high:
        return [Reason(code, "match", Effect.FOR, told)]
    if eldest < low or high < youngest:
        return [Reason(code, "mismatch", Effect.AGAINST, told)]
    return [Reason(code, "restricts", Effect.ASK, told)]


def _children(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Compare with the children who come along."""
    children, takes = person.children, service.children_with
    if children == ():
        return []
    if takes is None:
        return _ask(code, "unknown") if children else []
    if takes == "YES":
        return _yes(code, "open")
    limit = service.children_age_limit if takes == "UNDER_AGE_LIMIT" else -1
    if children is None:
        return _ask(code, "restricts", _limit(limit))
    return _children_under(code, limit, children)


def _children_under(code: str, limit: int | None, children: Iterable[int | None]) -> Told:
    """Compare the ages of children with a limit; a service that takes none has the limit -1."""
    told = _limit(limit)
    if limit is None:
        return _ask(code, "restricts")
    if limit < 0 or any(age is not None and age > limit for age in children):
        return [Reason(code, "mismatch", Effect.AGAINST, told)]
    sure = all(age is not None for age in children)
    return _yes(code, "match", told) if sure else _ask(code, "restricts", told)


def _area(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Compare the person's place with the area served; a hidden place is no part of it."""
    place, areas = person.place, service.areas
    if not areas:
        return _ask(code, "unknown")
    if place is None:
        return _yes(code, "open") if "NATIONAL" in areas else _ask(code, "restricts", areas)
    if matched := {place, catalogue.province_of(place)} & areas:
        near = place in service.districts
        return _yes(code, "site", [place]) if near else _yes(code, "match", [max(matched)])
    if "NATIONAL" in areas:
        inside = catalogue.province_of(place)
        return _yes(code, "open") if inside else _ask(code, "restricts", ["NATIONAL"])
    if catalogue.is_province(place) and place in map(catalogue.province_of, areas):
        return _ask(code, "part", areas)
    return [Reason(code, "mismatch", Effect.AGAINST, _ordered(areas))]


def _covers(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Ask first unless everything the person needs to get in is there."""
    needs, there = person.access_needs or frozenset(), service.disability or frozenset()
    if not needs:
        return []
    if needs <= there:
        return _yes(code, "match", needs)
    return _ask(code, "mismatch" if there else "unknown", needs - there)


def _wish(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Follow a wish of the person, when there is one."""
    wished = _set(getattr(person, match["person"]))
    offered = _set(getattr(service, match["service"]))
    if not wished:
        return [Reason(code, "states", Effect.NOTE, _ordered(offered))] if offered else []
    if not offered:
        return _ask(code, "unknown")
    if both := wished & offered:
        return _yes(code, "match", both)
    return [Reason(code, "mismatch", Effect(match["mismatch"]), _ordered(offered))]


def _refuses(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Show openly whom the service refuses."""
    refused = (service.exclusions or frozenset()) - set(match["open"])
    if not refused:
        return _ask(code, "unknown") if person.conditions and not service.exclusions else []
    if person.conditions is None:
        return _ask(code, "restricts", refused)
    if hit := person.conditions & refused:
        return [Reason(code, "mismatch", Effect(match["mismatch"]), _ordered(hit))]
    return []


def _places(code: str, match: Row, person: PersonFacts, service: ServiceFacts) -> Told:
    """Tell free places while the statement is fresh; after 7 days they are not known."""
    free, days = service.free_places, service.free_places_days_ago
    if free is None:
        return []
    if days is None or days > catalogue.services()["limits"]["free_places_known_days"]:
        return [Reason(code, "unknown", Effect.NOTE)]
    return _yes(code, "free", [str(free)]) if free > 0 else _ask(code, "full")


def _yes(code: str, outcome: str, values: Iterable[str] = ()) -> Told:
    return [Reason(code, outcome, Effect.FOR, _ordered(values))]


def _ask(code: str, outcome: str, values: Iterable[str] = ()) -> Told:
    return [Reason(code, outcome, Effect.ASK, _ordered(values))]


def _limit(limit: int | None) -> tuple[str, ...]:
    return () if limit is None or limit < 0 else (str(limit),)


def _years(person: PersonFacts, oldest: int) -> tuple[int, int]:
    adult = catalogue.services()["limits"]["child_below_years"]
    if person.age_years is not None:
        return person.age_years, person.age_years
    if person.age_status == AgeStatus.CHILD:
        return 0, adult - 1
    return (adult, oldest) if person.age_status == AgeStatus.ADULT else (0, oldest)


def _set(value: object) -> frozenset[str]:
    if value is None:
        return frozenset()
    return value if isinstance(value, frozenset) else frozenset({str(value)})


def _code(value: object) -> str | None:
    if isinstance(value, bool):
        return "YES" if value else "NO"
    return None if value is None else str(value)


def _accepted(table: Mapping[str, list[str]] | None, has: Iterable[str]) -> frozenset[str]:
    """Give the service's codes that take the person's; without a table a code takes itself."""
    if table is None:
        return frozenset(has)
    return frozenset(value for one in has for value in table.get(one, ()))


def _ordered(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values))


METHODS: Mapping[str, Method] = {
    "overlap": _overlap,
    "value": _value,
    "urgent": _urgent,
    "age": _age,
    "children": _children,
    "area": _area,
    "covers": _covers,
    "wish": _wish,
    "refuses": _refuses,
    "places": _places,
}
