"""What each list of the interface holds: how many, some of them, or all, one after the other."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from suar.core.refusals import NotYours
from suar.directory import published
from suar.directory.search import PublicFilters
from suar.hsds.api import objects, taxonomies
from suar.hsds.api.asked import Asked
from suar.hsds.api.extension import Told
from suar.hsds.api.parameters import Kind

EARTH_M = 6_371_008.8
BATCH = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that was asked for: how many there are, some from one on, all of them."""

    count: Callable[[], int]
    some: Callable[[int, int], Sequence[Told]]
    every: Callable[[], Iterator[Told]]


def listed(kind: Kind, asked: Asked) -> Listed:
    """Return a list by its kind."""
    return LISTS[kind](asked)


def one(kind: Kind, id_: UUID, asked: Asked) -> Told:
    """Return one object with all that hangs on it; raises NotYours when nobody may have it."""
    return ONES[kind](id_, asked)


def moved_to(kind: Kind, id_: UUID) -> UUID:
    """Return the object with which one became one; raises NotYours if there is none."""
    if kind not in MOVED:
        raise NotYours
    return MOVED[kind](id_)


def iter_services() -> Iterator[Told]:
    """Return every service that are public, whole, in the order of their ids."""
    return (objects.service(each, full=True) for each in published.iter_services(PublicFilters()))


def export_directory() -> dict[str, Any]:
    """Return the whole public directory as one page of HSDS, which the importer reads back.

    Equal for an equal directory; the day of the last change stands in each service.
    """
    return {"version": settings.SUAR_HSDS_VERSION, "contents": list(iter_services())}


def _services(asked: Asked) -> Listed:
    narrowed, full = _narrowed(asked), bool(asked["full"])
    if asked["minimal"]:
        return _minimal(narrowed)
    return Listed(
        lambda: published.count_services(narrowed),
        lambda start, most: [
            objects.service(each, full=full) for each in published.list_services(narrowed, start=start, most=most)
        ],
        lambda: (objects.service(each, full=full) for each in published.iter_services(narrowed)),
    )


def _minimal(narrowed: PublicFilters) -> Listed:
    def some(start: int, most: int | None) -> list[Told]:
        rows = published.list_changes(narrowed, start=start, most=most)
        return [objects.minimal(service, at) for service, at in rows]

    return Listed(lambda: published.count_services(narrowed), some, lambda: iter(some(0, None)))


def _organizations(asked: Asked) -> Listed:
    narrowed = _narrowed(asked)
    found = published.find_providers_by_text(narrowed) if narrowed.text else []
    whole, full_service = bool(asked["full"] or asked["full_service"]), bool(asked["full_service"])

    def some(start: int, most: int) -> list[Told]:
        part = (
            found[start : start + most] if narrowed.text else published.list_providers(narrowed, start=start, most=most)
        )
        if not whole:
            return [objects.organization(each) for each in published.get_providers(part)]
        return [
            objects.whole_organization(each, offered, full_service=full_service)
            for each, offered in published.providers_with_services(part)
        ]

    def count() -> int:
        return len(found) if narrowed.text else published.count_providers(narrowed)

    def every() -> Iterator[Told]:
        for start in range(0, count(), BATCH):
            yield from some(start, BATCH)

    return Listed(count, some, every)


def _pairs(asked: Asked) -> Listed:
    narrowed, full = _narrowed(asked, sites=_sites_near(asked)), bool(asked["full"])
    return Listed(
        lambda: published.count_pairs(narrowed),
        lambda start, most: [
            objects.service_at_location(each, full=full)
            for each in published.list_pairs(narrowed, start=start, most=most)
        ],
        lambda: (objects.service_at_location(each, full=full) for each in published.iter_pairs(narrowed)),
    )


def _taxonomies(asked: Asked) -> Listed:
    return _held(_matching(taxonomies.every(), asked))


def _terms(asked: Asked) -> Listed:
    found = _matching(taxonomies.terms(), asked)
    if asked["taxonomy_id"]:
        found = [each for each in found if each["taxonomy_id"] == str(asked["taxonomy_id"])]
    if asked["top_only"]:
        found = [each for each in found if "parent_id" not in each]
    if asked["parent_id"]:
        found = [each for each in found if each.get("parent_id") == str(asked["parent_id"])]
    return _held(found)


def _held(found: Sequence[Told]) -> Listed:
    return Listed(
        lambda: len(found),
        lambda start, most: found[start : start + most],
        lambda: iter(found),
    )


def _matching(found: list[Told], asked: Asked) -> list[Told]:
    return taxonomies.matching(found, asked["search"]) if asked["search"] else found


def _narrowed(asked: Asked, *, sites: frozenset[UUID] | None = None) -> PublicFilters:
    term, taxonomy = asked["taxonomy_term_id"], asked["taxonomy_id"]
    types = [taxonomies.types_of(term)] if term else []
    types += [taxonomies.types_in(taxonomy)] if taxonomy else []
    return PublicFilters(
        text=asked["search"] or "",
        types=frozenset.intersection(*types) if types else None,
        provider=asked["organization_id"],
        changed_since=asked["modified_after"],
        sites=sites,
    )


def _sites_near(asked: Asked) -> frozenset[UUID] | None:
    """Find open places by postal code, or near the middle of those that have it.

    We hold no map of postal codes: the middle is that of our own open places there. A place that
    is hidden has neither code nor position, and is never among them.
    """
    if not asked["postcode"]:
        return None
    every = published.list_positions()
    there = [each for each in every if each[1] == asked["postcode"]]
    if not asked["proximity"]:
        return frozenset(id_ for id_, *_ in there)
    known = [(north, east) for *_, north, east in there if north is not None and east is not None]
    if not known:
        return frozenset()
    middle = tuple(sum(each) / len(known) for each in zip(*known, strict=True))
    return frozenset(
        id_
        for id_, _, north, east in every
        if north is not None and east is not None and _metres(middle, (north, east)) <= asked["proximity"]
    )


def _metres(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Measure along the earth, taken as a ball."""
    (north, east), (to_north, to_east) = [tuple(map(math.radians, each)) for each in (one, other)]
    rise = math.sin((to_north - north) / 2) ** 2
    turn = math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(rise + turn)))


def _organization(id_: UUID, asked: Asked) -> Told:
    found = published.providers_with_services([id_])
    if not found:
        raise NotYours
    [(provider, offered)] = found
    return objects.whole_organization(provider, offered, full_service=bool(asked["full_service"]))


def _among(found: Sequence[Told], id_: UUID) -> Told:
    for each in found:
        if each["id"] == str(id_):
            return each
    raise NotYours


LISTS: dict[Kind, Callable[[Asked], Listed]] = {
    Kind.SERVICES: _services,
    Kind.ORGANIZATIONS: _organizations,
    Kind.PAIRS: _pairs,
    Kind.TAXONOMIES: _taxonomies,
    Kind.TERMS: _terms,
}
ONES: dict[Kind, Callable[[UUID, Asked], Told]] = {
    Kind.SERVICES: lambda id_, _: objects.service(published.get_service(id_), full=True),
    Kind.ORGANIZATIONS: _organization,
    Kind.PAIRS: lambda id_, _: objects.service_at_location(published.get_pair(id_), full=True),
    Kind.TAXONOMIES: lambda id_, _: _among(taxonomies.every(), id_),
    Kind.TERMS: lambda id_, _: _among(taxonomies.terms(), id_),
}
MOVED: dict[Kind, Callable[[UUID], UUID]] = {
    Kind.SERVICES: published.moved_to,
    Kind.PAIRS: published.pair_moved_to,
}
