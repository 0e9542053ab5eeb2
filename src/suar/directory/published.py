"""The public directory: active entries that were confirmed recently enough.

No order, count or id depends on a hidden site.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db.models import Case, Exists, F, OuterRef, QuerySet, UUIDField, Value, When

from suar.core.refusals import NotYours, get_or_refuse
from suar.directory import models
from suar.directory.documents import ProviderDocument, ServiceDocument, SiteDocument
from suar.directory.rules import locations
from suar.directory.search import PublicFilters, filter_by_provider_text, filter_public, public_entries
from suar.directory.snapshots import batches, load_documents

BATCH = 200
ALL = PublicFilters()
HIDDEN_SITE = UUID(int=0)
"""Placeholder id for all hidden sites when pairs are counted and sorted."""


class PublishedService(NamedTuple):
    """A service with its provider and its open sites; `service.sites` are those alone."""

    service: ServiceDocument
    provider: ProviderDocument | None
    sites: tuple[SiteDocument, ...]
    gate_only: bool
    changed_at: datetime


class ServiceAtLocation(NamedTuple):
    """A service at one of its sites; `site` is None for a hidden site."""

    id: UUID
    of: PublishedService
    site: SiteDocument | None


def pair_id(service: UUID, site: UUID) -> UUID:
    """Return the id of a pair: the first half is the service's own, so that the service can be looked up."""
    return UUID(bytes=service.bytes[:8] + uuid5(service, str(site)).bytes[8:])


def count_services(filters: PublicFilters) -> int:
    """Count the services by the index, which is smaller than the snapshots."""
    return int(public_entries(filters).count())


def list_services(filters: PublicFilters, *, start: int, most: int) -> list[PublishedService]:
    """Return a page of services, ordered by id."""
    return _assemble(_public(filters)[start : start + most])


def iter_services(filters: PublicFilters) -> Iterator[PublishedService]:
    """Return all services ordered by id, a few at a time."""
    rows, after = _public(filters), None
    while page := _assemble((rows.filter(service_id__gt=after) if after else rows)[:BATCH]):
        yield from page
        after = page[-1].service.id


def list_changes(filters: PublicFilters, *, start: int = 0, most: int | None = None) -> "QuerySet[Any, Any]":
    """Return the ids of services with the time of their last change."""
    rows = _public(filters).values_list("service_id", "changed_at")
    return rows[start : None if most is None else start + most]


def get_service(service: UUID) -> PublishedService:
    """Return one service; raises NotYours if it is not public."""
    for entry in _assemble(_public(ALL).filter(service_id=service)):
        return entry
    raise NotYours


def count_providers(filters: PublicFilters) -> int:
    """Count the providers of public services."""
    return int(_public_providers(filters).count())


def list_providers(filters: PublicFilters, *, start: int, most: int) -> list[UUID]:
    """Return a page of the providers of public services."""
    return list(_public_providers(filters).values_list("id", flat=True)[start : start + most])


def find_providers_by_text(filters: PublicFilters) -> list[UUID]:
    """Return the providers of public services whose own texts contain the words of `text`."""
    entries = filter_by_provider_text(public_entries(replace(filters, text="")), filters.text)
    providers = entries.exclude(service__provider=None).values_list("service__provider", flat=True)
    return list(providers.distinct().order_by("service__provider"))


def get_providers(ids: Iterable[UUID]) -> list[ProviderDocument]:
    """Return providers ordered by id."""
    return [provider for _id, provider in sorted(load_documents(ProviderDocument, ids).items())]


def providers_with_services(ids: Collection[UUID]) -> list[tuple[ProviderDocument, list[PublishedService]]]:
    """Return providers ordered by id, each with its services."""
    offers: dict[str, list[PublishedService]] = {}
    for entry in _assemble(_public(ALL).filter(service__provider__in=ids)):
        offers.setdefault(entry.service.provider or "", []).append(entry)
    return [(provider, offers[str(provider.id)]) for provider in get_providers(ids) if str(provider.id) in offers]


def count_pairs(filters: PublicFilters) -> int:
    """Count the pairs of a service and a site, all hidden sites of one service as one."""
    return int(_pairs(filters).count())


def list_pairs(filters: PublicFilters, *, start: int, most: int) -> list[ServiceAtLocation]:
    """Return a page of pairs, ordered by service."""
    return _assemble_pairs(_pairs(filters)[start : start + most])


def iter_pairs(filters: PublicFilters) -> Iterator[ServiceAtLocation]:
    """Return all pairs, a few services at a time."""
    for part in batches(list_changes(filters).values_list("service_id", flat=True)):
        yield from _assemble_pairs(_pairs(filters).filter(service_id__in=part))


def get_pair(id_: UUID) -> ServiceAtLocation:
    """Return one pair; raises NotYours if it is not public."""
    low, high = _service_id_range(id_)
    rows = _pairs(ALL).filter(service_id__gte=low, service_id__lte=high)
    for pair in _assemble_pairs(row for row in rows if _pair_id_of(*row) == id_):
        return pair
    raise NotYours


def moved_to(service: UUID) -> UUID:
    """Return the service with which another was merged; raises NotYours if it is not public."""
    public = _public(ALL).values("service")
    return get_or_refuse(models.MergedEntry.objects.filter(old=service, new__in=public).values_list("new", flat=True))


def pair_moved_to(id_: UUID) -> UUID:
    """Return the pair at the same site of the service with which another was merged.

    A hidden site leads to the hidden site. Raises NotYours if there is none.
    """
    low, high = _service_id_range(id_)
    for old, new in models.MergedEntry.objects.filter(old__gte=low, old__lte=high).values_list():
        for row in _pairs(ALL).filter(service_id=new):
            if _pair_id_of(old, row[1]) == id_:
                return _pair_id_of(*row)
    raise NotYours


def list_positions() -> list[tuple[UUID, str, float | None, float | None]]:
    """Return id, postal code and position of every open site of these services."""
    sites = models.Site.objects.filter(hidden=False, service__in=_public(ALL).values("service")).order_by("id")
    rows = sites.distinct().values_list("id", "address", "latitude", "longitude")
    return [(id_, address.get("postal_code", ""), north, east) for id_, address, north, east in rows]


def _public(filters: PublicFilters) -> "QuerySet[models.ServiceSnapshot]":
    rows: QuerySet[models.ServiceSnapshot] = filter_public(
        models.ServiceSnapshot.objects.order_by("service_id"), filters
    )
    return rows


def _public_providers(filters: PublicFilters) -> "QuerySet[models.Provider]":
    """Return the providers of public services, ordered by id."""
    offered = public_entries(filters).filter(service__provider=OuterRef("id"))
    return models.Provider.objects.filter(Exists(offered)).order_by("id")


def _assemble(rows: Iterable[models.ServiceSnapshot]) -> list[PublishedService]:
    """Return services together with their providers and their open sites."""
    documents = [(row, ServiceDocument(**row.document["service"])) for row in rows]
    providers = load_documents(ProviderDocument, (UUID(item.provider) for _row, item in documents if item.provider))
    sites = load_documents(SiteDocument, (UUID(site) for _row, service in documents for site in service.sites))
    services = []
    for row, service in documents:
        provider = providers[UUID(service.provider)] if service.provider else None
        there = tuple(sites[id_] for id_ in map(UUID, service.sites) if not sites[id_].hidden)
        public = replace(service, sites=[str(site.id) for site in there])
        services.append(PublishedService(public, provider, there, row.document["gate_only"], row.changed_at))
    return services


def _pairs(filters: PublicFilters) -> "QuerySet[Any, Any]":
    """Return service and site of each pair, all hidden sites of one service as a single one."""
    links = filter_public(models.Service.sites.through.objects.all(), filters)
    if filters.sites is not None:
        links = links.filter(site__in=filters.sites, site__hidden=False)
    hidden = When(site__hidden=True, then=Value(HIDDEN_SITE))
    places = links.annotate(place=Case(hidden, default=F("site_id"), output_field=UUIDField()))
    pairs: QuerySet[Any, Any] = places.values_list("service_id", "place").distinct().order_by("service_id", "place")
    return pairs


def _assemble_pairs(rows: Iterable[tuple[UUID, UUID]]) -> list[ServiceAtLocation]:
    """Return pairs; one that was closed or hidden since they were counted is left out."""
    pairs = list(rows)
    services = _assemble(_public(ALL).filter(service_id__in={service for service, _site in pairs}))
    by_id = {UUID(service.service.id): service for service in services}
    result = []
    for service, site_id in pairs:
        of = by_id.get(service)
        site = next((site for site in of.sites if site.id == site_id), None) if of else None
        if of and (site or site_id == HIDDEN_SITE):
            result.append(ServiceAtLocation(_pair_id_of(service, site_id), of, site))
    return result


def _service_id_range(pair: UUID) -> tuple[UUID, UUID]:
    """Return the lowest and the highest id of a service that a pair may be of."""
    first = pair.bytes[:8]
    return UUID(bytes=first + b"\x00" * 8), UUID(bytes=first + b"\xff" * 8)


def _pair_id_of(service: UUID, site: UUID) -> UUID:
    return pair_id(service, locations.placeholder_id(service) if site == HIDDEN_SITE else site)
