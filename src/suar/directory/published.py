"""The public directory: active entries that were confirmed recently enough.

No order, count or id depends on a hidden site.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Case, Exists, F, OuterRef, QuerySet, UUIDField, Value, When

from suar.core.refusals import NotYours
from suar.directory import cards, models, snapshots
from suar.directory.documents import ProviderDocument, ServiceDocument, SiteDocument
from suar.directory.rules import locations
from suar.directory.search import PublicFilters, filter_by_provider_text, filter_public, public_entries

BATCH = 200
HIDDEN_SITE = UUID(int=0)
"""Stands for every hidden place of a service while pairs are counted and put in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedService:
    """A service with its provider and its open places; `sites` of its state are those alone."""

    service: ServiceDocument
    provider: ProviderDocument | None
    sites: tuple[SiteDocument, ...]
    gate_only: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceAtLocation:
    """A service at one of its places; without a site it is a hidden site."""

    id: UUID
    of: PublishedService
    site: SiteDocument | None


def pair_id(service: UUID, site: UUID) -> UUID:
    """Name a pair: the first half is the service's own, so that it can be found again."""
    return UUID(bytes=service.bytes[:8] + uuid5(service, str(site)).bytes[8:])


def count_services(asked: PublicFilters) -> int:
    """Count the services: each has one entry in the index, which is smaller than its document."""
    return int(public_entries(asked).count())


def list_services(asked: PublicFilters, *, start: int, most: int) -> list[PublishedService]:
    """Return services in the order of their ids, in as many statements however many they are."""
    return _assemble_all(_rows(_public(asked))[start : start + most])


def iter_services(asked: PublicFilters) -> Iterator[PublishedService]:
    """Return all services in the order of their ids, a few at a time."""
    rows, after = _rows(_public(asked)), None
    while found := _assemble_all((rows.filter(service_id__gt=after) if after else rows)[:BATCH]):
        yield from found
        after = found[-1].service.id


def list_changes(asked: PublicFilters, *, start: int = 0, most: int | None = None) -> QuerySet[Any, Any]:
    """Return only the ids of services, each with when it last changed."""
    rows = _public(asked).order_by("service_id").values_list("service_id", "changed_at")
    return rows[start : None if most is None else start + most]


def get_service(service: UUID) -> PublishedService:
    """Return one service; raises NotYours if there is none that are public."""
    found = _assemble_all(_rows(_public(PublicFilters()).filter(service_id=service)))
    if not found:
        raise NotYours
    return found[0]


def count_providers(asked: PublicFilters) -> int:
    """Count who offers services that are public."""
    behind = public_entries(asked).exclude(service__provider=None)
    return int(behind.values("service__provider").distinct().count())


def list_providers(asked: PublicFilters, *, start: int, most: int) -> list[UUID]:
    """Return some who offer services that are public."""
    return list(_public_providers(asked).values_list("id", flat=True)[start : start + most])


def find_providers_by_text(asked: PublicFilters) -> list[UUID]:
    """Return all who offer such services and have the words of `text` in their own texts."""
    found = filter_by_provider_text(public_entries(replace(asked, text="")), asked.text)
    behind = found.exclude(service__provider=None).values_list("service__provider", flat=True)
    return list(behind.distinct().order_by("service__provider"))


def get_providers(ids: Iterable[UUID]) -> list[ProviderDocument]:
    """Return providers by id, in the order of their ids."""
    kept = _load_by_id(models.Provider, ids, snapshots.provider_from_row)
    return [kept[id_] for id_ in sorted(kept)]


def providers_with_services(
    ids: Collection[UUID],
) -> list[tuple[ProviderDocument, list[PublishedService]]]:
    """Return providers in the order of their ids, each with its services."""
    kept = _load_by_id(models.Provider, ids, snapshots.provider_from_row)
    offered: dict[str, list[PublishedService]] = {}
    for each in _assemble_all(_rows(_public(PublicFilters()).filter(service__provider__in=ids))):
        offered.setdefault(each.service.provider or "", []).append(each)
    return [(kept[id_], offered[str(id_)]) for id_ in sorted(ids) if str(id_) in offered]


def count_pairs(asked: PublicFilters) -> int:
    """Count the pairs of a service and a place, all hidden sites of one service as one."""
    links = _links(asked)
    if asked.sites is not None:
        return int(links.count())
    hidden = models.Site.objects.filter(hidden=True).values("id")
    untold = list(links.filter(site__in=hidden).values_list("service_id", flat=True))
    return int(links.count()) - len(untold) + len(set(untold))


def list_pairs(asked: PublicFilters, *, start: int, most: int) -> list[ServiceAtLocation]:
    """Return pairs in the order of their services, in as many statements however many they are."""
    return _assemble_pairs(islice(_iter_site_pairs(asked), start, start + most))


def iter_pairs(asked: PublicFilters) -> Iterator[ServiceAtLocation]:
    """Return all pairs, a few services at a time."""
    for part in snapshots.batches(list(list_changes(asked).values_list("service_id", flat=True))):
        yield from _assemble_pairs(_pairs(asked).filter(service_id__in=part))


def get_pair(id_: UUID) -> ServiceAtLocation:
    """Return one pair; raises NotYours if there is none that are public."""
    low, high = _service_id_range(id_)
    rows = _pairs(PublicFilters()).filter(service_id__gte=low, service_id__lte=high)
    found = [row for row in rows if _pair_id_of(*row) == id_]
    if not found:
        raise NotYours
    return _assemble_pairs(found)[0]


def moved_to(service: UUID) -> UUID:
    """Return the service with which another became one; raises NotYours where nobody may have it."""
    found = models.MergedEntry.objects.filter(old=service).values_list("new", flat=True).first()
    if found is None or not _public(PublicFilters()).filter(service_id=found).exists():
        raise NotYours
    return found


def pair_moved_to(id_: UUID) -> UUID:
    """Return the pair at the same place of the service with which another became one.

    A hidden site leads to the hidden site. Raises NotYours if there is none.
    """
    low, high = _service_id_range(id_)
    for old, new in models.MergedEntry.objects.filter(old__gte=low, old__lte=high).values_list():
        for row in _pairs(PublicFilters()).filter(service_id=new):
            if _pair_id_of(old, row[1]) == id_:
                return _pair_id_of(*row)
    raise NotYours


def list_positions() -> list[tuple[UUID, str, float | None, float | None]]:
    """Return id, postal code and position of every open place of these services."""
    there = models.Site.objects.filter(hidden=False, service__in=_public(PublicFilters()).values("service"))
    rows = there.order_by("id").distinct()
    told = rows.values_list("id", "address", "latitude", "longitude")
    return [(id_, address.get("postal_code", ""), north, east) for id_, address, north, east in told]


def _public_providers(asked: PublicFilters) -> QuerySet[models.Provider]:
    """Return providers by id: one after the other is looked at, as far as there are enough."""
    offered = public_entries(asked).filter(service__provider=OuterRef("id"))
    return models.Provider.objects.filter(Exists(offered)).order_by("id")


def _public(asked: PublicFilters) -> QuerySet[models.ServiceSnapshot]:
    rows: QuerySet[models.ServiceSnapshot] = filter_public(models.ServiceSnapshot.objects.all(), asked)
    return rows


def _rows(found: QuerySet[models.ServiceSnapshot]) -> QuerySet[Any, Any]:
    return found.order_by("service_id").values_list("service_id", "document", "changed_at")


def _assemble_all(rows: Iterable[tuple[UUID, cards.Snapshot, datetime]]) -> list[PublishedService]:
    """Put services together with their providers and their open places."""
    told = [(ServiceDocument(**one["service"]), one["gate_only"], at) for _, one, at in rows]
    behind = {UUID(each.provider) for each, _, _ in told if each.provider}
    there = {UUID(site) for each, _, _ in told for site in each.sites}
    houses = _load_by_id(models.Provider, behind, snapshots.provider_from_row)
    sites = _load_by_id(models.Site, there, snapshots.site_from_row)
    return [_assemble(each, houses, sites, gate_only, at) for each, gate_only, at in told]


def _assemble(
    service: ServiceDocument,
    houses: Mapping[UUID, ProviderDocument],
    sites: Mapping[UUID, SiteDocument],
    gate_only: bool,  # noqa: FBT001 - told of each service, never chosen here
    at: datetime,
) -> PublishedService:
    there = tuple(sites[id_] for id_ in map(UUID, service.sites) if not sites[id_].hidden)
    return PublishedService(
        service=replace(service, sites=[str(each.id) for each in there]),
        provider=houses[UUID(service.provider)] if service.provider else None,
        sites=there,
        gate_only=gate_only,
        changed_at=at,
    )


def _load_by_id(model: Any, ids: Iterable[UUID], state_of: Any) -> dict[UUID, Any]:
    return {
        row.id: state_of(row) for part in snapshots.batches(sorted(ids)) for row in model.objects.filter(id__in=part)
    }


def _links(asked: PublicFilters) -> Any:
    links = filter_public(models.Service.sites.through.objects.all(), asked)
    if asked.sites is not None:
        links = links.filter(site__in=asked.sites, site__hidden=False)
    return links


def _iter_site_pairs(asked: PublicFilters) -> Iterator[tuple[UUID, UUID]]:
    """Return the pairs in their order one after the other, without putting all in order first."""
    rows = _links(asked).order_by("service_id").values_list("service_id", "site_id", "site__hidden")
    for service, links in groupby(rows.iterator(BATCH), key=itemgetter(0)):
        told = {HIDDEN_SITE if hidden else site for _, site, hidden in links}
        yield from ((service, site) for site in sorted(told))


def _pairs(asked: PublicFilters) -> QuerySet[Any, Any]:
    """Return service and place of each pair, all hidden places of one service as a single one."""
    links = _links(asked)
    told = Case(
        When(site__hidden=True, then=Value(HIDDEN_SITE)),
        default=F("site_id"),
        output_field=UUIDField(),
    )
    pairs: QuerySet[Any, Any] = (
        links.annotate(told=told).values_list("service_id", "told").distinct().order_by("service_id", "told")
    )
    return pairs


def _service_id_range(pair: UUID) -> tuple[UUID, UUID]:
    """Return the lowest and the highest id of a service that a pair may be of."""
    first = pair.bytes[:8]
    return UUID(bytes=first + b"\x00" * 8), UUID(bytes=first + b"\xff" * 8)


def _pair_id_of(service: UUID, told: UUID) -> UUID:
    return pair_id(service, locations.placeholder_id(service) if told == HIDDEN_SITE else told)


def _assemble_pairs(rows: Iterable[tuple[UUID, UUID]]) -> list[ServiceAtLocation]:
    """Put pairs together; one that was closed or hidden since they were counted is left out."""
    told = list(rows)
    behind = _public(PublicFilters()).filter(service_id__in={service for service, _ in told})
    whole = {each.service.id: each for each in _assemble_all(_rows(behind))}
    found = []
    for service, site in told:
        of = whole.get(str(service))
        there = next((each for each in of.sites if each.id == site), None) if of else None
        if of and (there or site == HIDDEN_SITE):
            found.append(ServiceAtLocation(_pair_id_of(service, site), of, there))
    return found
