"""The public directory: active entries that were confirmed recently enough.

No order, count or id depends on a hidden site.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db.models import Case, Exists, F, OuterRef, QuerySet, UUIDField, Value, When

from suar.core.refusals import NotYours, get_or_refuse, value_or_refuse
from suar.directory import models
from suar.directory.documents import ProviderDocument, ServiceDocument, SiteDocument
from suar.directory.rules import locations
from suar.directory.search import PublicFilters, filter_by_provider_text, public_entries
from suar.directory.snapshots import load_documents

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
    entry: PublishedService
    site: SiteDocument | None


def pair_id(service: UUID, site: UUID) -> UUID:
    """Return the id of a pair: the first half is the service's own, so that the service can be looked up."""
    return UUID(bytes=service.bytes[:8] + uuid5(service, str(site)).bytes[8:])


def service_ids(filters: PublicFilters) -> "QuerySet[Any, UUID]":
    """Return the ids of services in their order, by the index, which is smaller than the snapshots."""
    ids: QuerySet[Any, UUID] = public_entries(filters).order_by("service_id").values_list("service_id", flat=True)
    return ids


def get_services(ids: Collection[UUID]) -> list[PublishedService]:
    """Return services ordered by id; one that is not public is left out."""
    return _assemble(_public(ALL).filter(service_id__in=ids))


def changes(filters: PublicFilters) -> "QuerySet[Any, Any]":
    """Return the ids of services with the time of their last change."""
    return _public(filters).values_list("service_id", "changed_at")


def get_service(service: UUID) -> PublishedService:
    """Return one service; raises NotYours if it is not public."""
    return value_or_refuse(next(iter(get_services([service])), None))


def provider_ids(filters: PublicFilters) -> "QuerySet[Any, UUID]":
    """Return the ids of the providers of public services in their order; with `text`, by their own texts."""
    if filters.text:
        entries = filter_by_provider_text(public_entries(replace(filters, text="")), filters.text)
        providers = entries.exclude(service__provider=None).values_list("service__provider", flat=True)
        ids: QuerySet[Any, UUID] = providers.distinct().order_by("service__provider")
        return ids
    offered = public_entries(filters).filter(service__provider=OuterRef("id"))
    return models.Provider.objects.filter(Exists(offered)).order_by("id").values_list("id", flat=True)


def get_providers(ids: Iterable[UUID]) -> list[ProviderDocument]:
    """Return providers ordered by id."""
    return [provider for _id, provider in sorted(load_documents(ProviderDocument, ids).items())]


def providers_with_services(ids: Collection[UUID]) -> list[tuple[ProviderDocument, list[PublishedService]]]:
    """Return providers ordered by id, each with its services."""
    offers: dict[str, list[PublishedService]] = {}
    for entry in _assemble(_public(ALL).filter(service__provider__in=ids)):
        offers.setdefault(entry.service.provider or "", []).append(entry)
    return [(provider, offers[str(provider.id)]) for provider in get_providers(ids) if str(provider.id) in offers]


def get_pair(id_: UUID) -> ServiceAtLocation:
    """Return one pair; raises NotYours if it is not public."""
    low, high = _service_id_range(id_)
    rows = pairs(ALL).filter(service_id__gte=low, service_id__lte=high)
    return value_or_refuse(next(iter(get_pairs(row for row in rows if _pair_id_of(*row) == id_)), None))


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
        for row in pairs(ALL).filter(service_id=new):
            if _pair_id_of(old, row[1]) == id_:
                return _pair_id_of(*row)
    raise NotYours


def list_positions() -> list[tuple[UUID, str, float | None, float | None]]:
    """Return id, postal code and position of every open site of these services."""
    sites = models.Site.objects.filter(hidden=False, service__in=_public(ALL).values("service")).order_by("id")
    rows = sites.distinct().values_list("id", "address", "latitude", "longitude")
    return [(id_, address.get("postal_code", ""), north, east) for id_, address, north, east in rows]


def _public(filters: PublicFilters) -> "QuerySet[models.ServiceSnapshot]":
    public = public_entries(filters).values("service")
    return models.ServiceSnapshot.objects.filter(service__in=public).order_by("service_id")


def _assemble(rows: Iterable[models.ServiceSnapshot]) -> list[PublishedService]:
    """Return services together with their providers and their open sites."""
    documents = [(row, ServiceDocument(**row.document["service"])) for row in rows]
    providers = load_documents(ProviderDocument, (UUID(item.provider) for _row, item in documents if item.provider))
    sites = load_documents(SiteDocument, (UUID(site) for _row, service in documents for site in service.sites))
    services = []
    for row, service in documents:
        provider = providers[UUID(service.provider)] if service.provider else None
        open_sites = tuple(sites[id_] for id_ in map(UUID, service.sites) if not sites[id_].hidden)
        public = replace(service, sites=[str(site.id) for site in open_sites])
        services.append(PublishedService(public, provider, open_sites, row.document["gate_only"], row.changed_at))
    return services


def pairs(filters: PublicFilters) -> "QuerySet[Any, Any]":
    """Return service and site of each pair, all hidden sites of one service as a single one."""
    public = public_entries(filters).values("service")
    links: Any = models.Service.sites.through.objects.filter(service__in=public)
    if filters.sites is not None:
        links = links.filter(site__in=filters.sites, site__hidden=False)
    hidden = When(site__hidden=True, then=Value(HIDDEN_SITE))
    places = links.annotate(place=Case(hidden, default=F("site_id"), output_field=UUIDField()))
    rows: QuerySet[Any, Any] = places.values_list("service_id", "place").distinct().order_by("service_id", "place")
    return rows


def get_pairs(rows: Iterable[tuple[UUID, UUID]]) -> list[ServiceAtLocation]:
    """Return pairs; one that was closed or hidden since they were counted is left out."""
    rows = list(rows)
    entries = {UUID(entry.service.id): entry for entry in get_services({service for service, _site in rows})}
    result = []
    for service, site_id in rows:
        entry = entries.get(service)
        site = next((site for site in entry.sites if site.id == site_id), None) if entry else None
        if entry and (site or site_id == HIDDEN_SITE):
            result.append(ServiceAtLocation(_pair_id_of(service, site_id), entry, site))
    return result


def _service_id_range(pair: UUID) -> tuple[UUID, UUID]:
    """Return the lowest and the highest id of a service that a pair may be of."""
    first = pair.bytes[:8]
    return UUID(bytes=first + b"\x00" * 8), UUID(bytes=first + b"\xff" * 8)


def _pair_id_of(service: UUID, site: UUID) -> UUID:
    return pair_id(service, locations.placeholder_id(service) if site == HIDDEN_SITE else site)
