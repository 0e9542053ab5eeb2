"""The lists of the API: how many objects, a page of them, or all of them."""

import math
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings

from suar.core.refusals import NotYours, value_or_refuse
from suar.directory import published
from suar.directory.search import PublicFilters
from suar.directory.snapshots import batches
from suar.hsds.api import objects, taxonomies
from suar.hsds.api.objects import Json
from suar.hsds.api.parameters import Kind, Organizations, Services
from suar.hsds.files.writing import write_zip

EARTH_RADIUS_M = 6_371_008.8
BATCH = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """A requested list: its `keys` in their order, as a queryset or a list, and a function that loads some of them."""

    keys: Any
    load: Callable[[Any], Iterable[Json]]

    def count(self) -> int:
        """Return the size of the list."""
        return len(self.keys) if isinstance(self.keys, list) else int(self.keys.count())

    def page(self, start: int, most: int) -> list[Json]:
        """Return a page."""
        return list(self.load(self.keys[start : start + most]))

    def all(self) -> Iterator[Json]:
        """Return all of the list, a few at a time."""
        for part in batches(self.keys, BATCH):
            yield from self.load(part)


def iter_services() -> Iterator[Json]:
    """Return every public service in full, ordered by id."""
    return _services(Services.model_validate({"full": True})).all()


def export_directory() -> Json:
    """Return the whole public directory as one page of HSDS, which the importer reads.

    Equal for an equal directory; each service holds the day of its last change.
    """
    return {"version": settings.SUAR_HSDS_VERSION, "contents": list(iter_services())}


def export_tables(services: Container[str] | None = None) -> bytes:
    """Return organizations with these services, or all, as a data package; its tables require an organization."""
    organizations: Iterable[Json] = _organizations(Organizations.model_validate({"full_service": True})).all()
    if services is not None:
        organizations = [only for item in organizations if (only := _with_only(item, services))["services"]]
    return write_zip(organizations)


def _with_only(organization: Json, services: Container[str]) -> Json:
    offered = [service for service in organization["services"] if service["id"] in services]
    places = {pair["location_id"] for service in offered for pair in service["service_at_locations"]}
    locations = [item for item in organization["locations"] if item["id"] in places]
    return {**organization, "services": offered, "locations": locations}


def _services(parameters: Any) -> Listing:
    filters = _filters(parameters)
    if parameters.minimal:
        return Listing(published.changes(filters), lambda rows: (objects.minimal_service(*row) for row in rows))
    write = partial(objects.service, full=parameters.full)
    return Listing(published.service_ids(filters), lambda ids: map(write, published.get_services(ids)))


def _organizations(parameters: Any) -> Listing:
    def load(ids: Iterable[UUID]) -> Iterable[Json]:
        ids = list(ids)
        if not (parameters.full or parameters.full_service):
            return map(objects.organization, published.get_providers(ids))
        return (
            objects.full_organization(provider, offers, full_service=parameters.full_service)
            for provider, offers in published.providers_with_services(ids)
        )

    return Listing(published.provider_ids(_filters(parameters)), load)


def _pairs(parameters: Any) -> Listing:
    write = partial(objects.service_at_location, full=parameters.full)
    pairs = published.pairs(_filters(parameters, sites=_sites_near(parameters)))
    return Listing(pairs, lambda rows: map(write, published.get_pairs(rows)))


def _terms(parameters: Any) -> Listing:
    wanted = {name: str(id_) for name in ("taxonomy_id", "parent_id") if (id_ := getattr(parameters, name))}
    terms = [term for term in taxonomies.list_terms() if not (parameters.top_only and "parent_id" in term)]
    return _list_contents([term for term in terms if term.items() >= wanted.items()], parameters)


def _list_contents(contents: list[Json], parameters: Any) -> Listing:
    matches = taxonomies.search(contents, parameters.search) if parameters.search else contents
    return Listing(list(matches), list)


def _filters(parameters: Any, *, sites: frozenset[UUID] | None = None) -> PublicFilters:
    types = [taxonomies.types_of(parameters.taxonomy_term_id)] if parameters.taxonomy_term_id else []
    types += [taxonomies.types_in(parameters.taxonomy_id)] if parameters.taxonomy_id else []
    return PublicFilters(
        text=parameters.search,
        types=frozenset.intersection(*types) if types else None,
        provider=getattr(parameters, "organization_id", None),
        changed_since=getattr(parameters, "modified_after", None),
        sites=sites,
    )


def _sites_near(parameters: Any) -> frozenset[UUID] | None:
    """Return the open sites with a postal code, or near the centre of those that have it.

    There is no map of postal codes: the centre is that of our own open sites there. A hidden site
    has neither code nor position, and is not included.
    """
    if not parameters.postcode:
        return None
    sites = published.list_positions()
    if not parameters.proximity:
        return frozenset(id_ for id_, code, *_ in sites if code == parameters.postcode)
    points = {id_: (north, east) for id_, _, north, east in sites if north is not None and east is not None}
    matches = [points[id_] for id_, code, *_ in sites if code == parameters.postcode and id_ in points]
    if not matches:
        return frozenset()
    centre = (sum(north for north, _ in matches) / len(matches), sum(east for _, east in matches) / len(matches))
    return frozenset(id_ for id_, point in points.items() if _distance_m(centre, point) <= parameters.proximity)


def _distance_m(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the great-circle distance (haversine) between two points in degrees."""
    north, east, to_north, to_east = map(math.radians, (*start, *end))
    rise = math.sin((to_north - north) / 2) ** 2
    turn = math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(rise + turn)))


def _organization(id_: UUID, parameters: Any) -> Json:
    for provider, offers in published.providers_with_services([id_]):
        return objects.full_organization(provider, offers, full_service=parameters.full_service)
    raise NotYours


def _find(contents: Sequence[Json], id_: UUID) -> Json:
    return value_or_refuse(next((content for content in contents if content["id"] == str(id_)), None))


LISTS: dict[Kind, Callable[[Any], Listing]] = {
    Kind.SERVICES: _services,
    Kind.ORGANIZATIONS: _organizations,
    Kind.PAIRS: _pairs,
    Kind.TAXONOMIES: lambda parameters: _list_contents(taxonomies.list_taxonomies(), parameters),
    Kind.TERMS: _terms,
}
OBJECTS: dict[Kind, Callable[[UUID, Any], Json]] = {
    Kind.SERVICES: lambda id_, _: objects.service(published.get_service(id_), full=True),
    Kind.ORGANIZATIONS: _organization,
    Kind.PAIRS: lambda id_, _: objects.service_at_location(published.get_pair(id_), full=True),
    Kind.TAXONOMIES: lambda id_, _: _find(taxonomies.list_taxonomies(), id_),
    Kind.TERMS: lambda id_, _: _find(taxonomies.list_terms(), id_),
}
MOVED: dict[Kind, Callable[[UUID], UUID]] = {
    Kind.SERVICES: published.moved_to,
    Kind.PAIRS: published.pair_moved_to,
}
