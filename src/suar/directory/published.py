"""The directory as everybody may have it: entries that are open and confirmed lately enough.

Nothing of a hidden place is in it, and no order, count or id depends on one.
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
from suar.directory import models, rules, shown, states
from suar.directory.narrowing import Narrowed, entries, narrowed, offered_by
from suar.directory.states import ProviderState, ServiceState, SiteState

BATCH = 200
NOT_TOLD = UUID(int=0)
"""Stands for every hidden place of a service while pairs are counted and put in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A service with its provider and its open places; `sites` of its state are those alone."""

    service: ServiceState
    provider: ProviderState | None
    sites: tuple[SiteState, ...]
    gate_only: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """A service at one of its places; without a site it is a place that is not told."""

    id: UUID
    of: Published
    site: SiteState | None


def pair_id(service: UUID, site: UUID) -> UUID:
    """Name a pair: the first half is the service's own, so that it can be found again."""
    return UUID(bytes=service.bytes[:8] + uuid5(service, str(site)).bytes[8:])


def count(asked: Narrowed) -> int:
    """Count the services: each has one entry in the index, which is smaller than its document."""
    return entries(asked).count()


def some(asked: Narrowed, *, start: int, most: int) -> list[Published]:
    """Give services in the order of their ids, in as many statements however many they are."""
    return _whole(_rows(_open(asked))[start : start + most])


def every(asked: Narrowed) -> Iterator[Published]:
    """Give all services in the order of their ids, a few at a time."""
    rows, after = _rows(_open(asked)), None
    while found := _whole((rows.filter(service_id__gt=after) if after else rows)[:BATCH]):
        yield from found
        after = found[-1].service.id


def changes(asked: Narrowed, *, start: int = 0, most: int | None = None) -> QuerySet[Any, Any]:
    """Give only the ids of services, each with when it last changed."""
    rows = _open(asked).order_by("service_id").values_list("service_id", "changed_at")
    return rows[start : None if most is None else start + most]


def one(service: UUID) -> Published:
    """Give one service; raises NotYours when there is none that everybody may have."""
    found = _whole(_rows(_open(Narrowed()).filter(service_id=service)))
    if not found:
        raise NotYours
    return found[0]


def count_providers(asked: Narrowed) -> int:
    """Count who offers services that everybody may have."""
    behind = entries(asked).exclude(service__provider=None)
    return behind.values("service__provider").distinct().count()


def providers(asked: Narrowed, *, start: int, most: int) -> list[UUID]:
    """Give some who offer services that everybody may have."""
    return list(_behind(asked).values_list("id", flat=True)[start : start + most])


def named_providers(asked: Narrowed) -> list[UUID]:
    """Give all who offer such services and have the words of `text` in their own texts."""
    found = offered_by(entries(replace(asked, text="")), asked.text)
    behind = found.exclude(service__provider=None).values_list("service__provider", flat=True)
    return list(behind.distinct().order_by("service__provider"))


def plain_providers(ids: Iterable[UUID]) -> list[ProviderState]:
    """Give providers by id, in the order of their ids."""
    kept = _by_id(models.Provider, ids, states.provider_of)
    return [kept[id_] for id_ in sorted(kept)]


def with_services(
    ids: Collection[UUID],
) -> list[tuple[ProviderState, list[Published]]]:
    """Give providers in the order of their ids, each with its services."""
    kept = _by_id(models.Provider, ids, states.provider_of)
    offered: dict[str, list[Published]] = {}
    for each in _whole(_rows(_open(Narrowed()).filter(service__provider__in=ids))):
        offered.setdefault(each.service.provider or "", []).append(each)
    return [(kept[id_], offered[str(id_)]) for id_ in sorted(ids) if str(id_) in offered]


def count_pairs(asked: Narrowed) -> int:
    """Count the pairs of a service and a place, all that are not told of one service as one."""
    links = _links(asked)
    if asked.sites is not None:
        return int(links.count())
    hidden = models.Site.objects.filter(hidden=True).values("id")
    untold = list(links.filter(site__in=hidden).values_list("service_id", flat=True))
    return links.count() - len(untold) + len(set(untold))


def some_pairs(asked: Narrowed, *, start: int, most: int) -> list[Pair]:
    """Give pairs in the order of their services, in as many statements however many they are."""
    return _paired(islice(_walked(asked), start, start + most))


def every_pair(asked: Narrowed) -> Iterator[Pair]:
    """Give all pairs, a few services at a time."""
    for part in shown.parts(list(changes(asked).values_list("service_id", flat=True))):
        yield from _paired(_pairs(asked).filter(service_id__in=part))


def one_pair(id_: UUID) -> Pair:
    """Give one pair; raises NotYours when there is none that everybody may have."""
    low, high = _ids_of(id_)
    rows = _pairs(Narrowed()).filter(service_id__gte=low, service_id__lte=high)
    found = [row for row in rows if _named(*row) == id_]
    if not found:
        raise NotYours
    return _paired(found)[0]


def moved_to(service: UUID) -> UUID:
    """Give the service with which another became one; raises NotYours where nobody may have it."""
    found = models.Moved.objects.filter(old=service).values_list("new", flat=True).first()
    if found is None or not _open(Narrowed()).filter(service_id=found).exists():
        raise NotYours
    return found


def pair_moved_to(id_: UUID) -> UUID:
    """Give the pair at the same place of the service with which another became one.

    A place that is not told leads to the one that is not told. Raises NotYours where there is none.
    """
    low, high = _ids_of(id_)
    for old, new in models.Moved.objects.filter(old__gte=low, old__lte=high).values_list():
        for row in _pairs(Narrowed()).filter(service_id=new):
            if _named(old, row[1]) == id_:
                return _named(*row)
    raise NotYours


def positions() -> list[tuple[UUID, str, float | None, float | None]]:
    """Give id, postal code and position of every open place of these services."""
    there = models.Site.objects.filter(hidden=False, service__in=_open(Narrowed()).values("service"))
    rows = there.order_by("id").distinct()
    told = rows.values_list("id", "address", "latitude", "longitude")
    return [(id_, address.get("postal_code", ""), north, east) for id_, address, north, east in told]


def _behind(asked: Narrowed) -> QuerySet[models.Provider]:
    """Give providers by id: one after the other is looked at, as far as there are enough."""
    offered = entries(asked).filter(service__provider=OuterRef("id"))
    return models.Provider.objects.filter(Exists(offered)).order_by("id")


def _open(asked: Narrowed) -> QuerySet[models.Shown]:
    return narrowed(models.Shown.objects.all(), asked)


def _rows(found: QuerySet[models.Shown]) -> QuerySet[Any, Any]:
    return found.order_by("service_id").values_list("service_id", "document", "changed_at")


def _whole(rows: Iterable[tuple[UUID, shown.Document, datetime]]) -> list[Published]:
    """Put services together with their providers and their open places."""
    told = [(ServiceState(**one["service"]), one["gate_only"], at) for _, one, at in rows]
    behind = {UUID(each.provider) for each, _, _ in told if each.provider}
    there = {UUID(site) for each, _, _ in told for site in each.sites}
    houses = _by_id(models.Provider, behind, states.provider_of)
    sites = _by_id(models.Site, there, states.site_of)
    return [_put_together(each, houses, sites, gate_only, at) for each, gate_only, at in told]


def _put_together(
    service: ServiceState,
    houses: Mapping[UUID, ProviderState],
    sites: Mapping[UUID, SiteState],
    gate_only: bool,  # noqa: FBT001 - told of each service, never chosen here
    at: datetime,
) -> Published:
    there = tuple(sites[id_] for id_ in map(UUID, service.sites) if not sites[id_].hidden)
    return Published(
        service=replace(service, sites=[str(each.id) for each in there]),
        provider=houses[UUID(service.provider)] if service.provider else None,
        sites=there,
        gate_only=gate_only,
        changed_at=at,
    )


def _by_id(model: Any, ids: Iterable[UUID], state_of: Any) -> dict[UUID, Any]:
    return {row.id: state_of(row) for part in shown.parts(sorted(ids)) for row in model.objects.filter(id__in=part)}


def _links(asked: Narrowed) -> Any:
    links = narrowed(models.Service.sites.through.objects.all(), asked)
    if asked.sites is not None:
        links = links.filter(site__in=asked.sites, site__hidden=False)
    return links


def _walked(asked: Narrowed) -> Iterator[tuple[UUID, UUID]]:
    """Give the pairs in their order one after the other, without putting all in order first."""
    rows = _links(asked).order_by("service_id").values_list("service_id", "site_id", "site__hidden")
    for service, links in groupby(rows.iterator(BATCH), key=itemgetter(0)):
        told = {NOT_TOLD if hidden else site for _, site, hidden in links}
        yield from ((service, site) for site in sorted(told))


def _pairs(asked: Narrowed) -> QuerySet[Any, Any]:
    """Give service and place of each pair, all hidden places of one service as a single one."""
    links = _links(asked)
    told = Case(
        When(site__hidden=True, then=Value(NOT_TOLD)),
        default=F("site_id"),
        output_field=UUIDField(),
    )
    return links.annotate(told=told).values_list("service_id", "told").distinct().order_by("service_id", "told")


def _ids_of(pair: UUID) -> tuple[UUID, UUID]:
    """Give the lowest and the highest id of a service that a pair may be of."""
    first = pair.bytes[:8]
    return UUID(bytes=first + b"\x00" * 8), UUID(bytes=first + b"\xff" * 8)


def _named(service: UUID, told: UUID) -> UUID:
    return pair_id(service, rules.stand_in(service) if told == NOT_TOLD else told)


def _paired(rows: Iterable[tuple[UUID, UUID]]) -> list[Pair]:
    """Put pairs together; one that was closed or hidden since they were counted is left out."""
    told = list(rows)
    behind = _open(Narrowed()).filter(service_id__in={service for service, _ in told})
    whole = {each.service.id: each for each in _whole(_rows(behind))}
    found = []
    for service, site in told:
        of = whole.get(str(service))
        there = next((each for each in of.sites if each.id == site), None) if of else None
        if of and (there or site == NOT_TOLD):
            found.append(Pair(_named(service, site), of, there))
    return found
