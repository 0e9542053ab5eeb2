"""The directory as everybody may have it: entries that are open and confirmed lately enough.

Nothing of a hidden place is in it, and no order, count or id depends on one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Case, F, QuerySet, UUIDField, Value, When

from suar.directory import index, models, rules, shown, states
from suar.directory.states import ProviderState, ServiceState, SiteState
from suar.directory.words import words_of
from suar.kernel import clock
from suar.kernel.refusals import NotYours

BATCH = 200
MOST_WORDS = 8
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What is asked for; what is None or empty asks for nothing. `sites` are open places."""

    text: str = ""
    types: Collection[str] | None = None
    provider: UUID | None = None
    changed_since: datetime | None = None
    sites: Collection[UUID] | None = None


def pair_id(service: UUID, site: UUID) -> UUID:
    """Name a pair: the first half is the service's own, so that it can be found again."""
    return UUID(bytes=service.bytes[:8] + uuid5(service, str(site)).bytes[8:])


def count(asked: Narrowed) -> int:
    """Count the services."""
    return _open(asked).count()


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


def providers(asked: Narrowed) -> list[UUID]:
    """Give who offers services that everybody may have; `text` looks into their own names."""
    behind = _open(Narrowed(types=asked.types)).values("service__provider")
    rows = models.Provider.objects.filter(id__in=behind).order_by("id")
    if not asked.text:
        return list(rows.values_list("id", flat=True))
    wanted = words_of(asked.text)[:MOST_WORDS]
    named = rows.values_list("id", "name", "description")
    return [id_ for id_, *texts in named if wanted and _holds(texts, wanted)]


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
    """Count the pairs of a service and a place."""
    return _pairs(asked).count()


def some_pairs(asked: Narrowed, *, start: int, most: int) -> list[Pair]:
    """Give pairs in the order of their services, in as many statements however many they are."""
    return _paired(_pairs(asked)[start : start + most])


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
    there = models.Site.objects.filter(
        hidden=False, service__in=_open(Narrowed()).values("service")
    )
    rows = there.order_by("id").distinct()
    told = rows.values_list("id", "address", "latitude", "longitude")
    return [
        (id_, address.get("postal_code", ""), north, east) for id_, address, north, east in told
    ]


def _open(asked: Narrowed) -> QuerySet[models.Shown]:
    return _narrowed(models.Shown.objects.all(), asked)


def _narrowed(rows: Any, asked: Narrowed) -> Any:
    """Keep of rows that hang on a service those that everybody may have and that are asked for.

    The index says which those are: closed services are not in it, and each entry has its last day.
    """
    rows = rows.filter(service__searchentry__shown_until__gte=clock.today())
    if asked.types is not None:
        typed = models.ServiceType.objects.filter(code__in=asked.types)
        rows = rows.filter(service__in=typed.values("service"))
    if asked.provider is not None:
        rows = rows.filter(service__provider=asked.provider)
    if asked.changed_since is not None:
        rows = rows.filter(service__shown__changed_at__gte=asked.changed_since)
    return _named_so(rows, asked.text) if asked.text else rows


def _named_so(rows: Any, text: str) -> Any:
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return rows.none()
    there = index.positions(index.forgiven(words))
    return rows.filter(service__searchentry__position__in=there)


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
    return {
        row.id: state_of(row)
        for part in shown.parts(sorted(ids))
        for row in model.objects.filter(id__in=part)
    }


def _pairs(asked: Narrowed) -> QuerySet[Any, Any]:
    """Give service and place of each pair, all hidden places of one service as a single one."""
    links = _narrowed(models.Service.sites.through.objects.all(), asked)
    if asked.sites is not None:
        links = links.filter(site__in=asked.sites, site__hidden=False)
    told = Case(
        When(site__hidden=True, then=Value(NOT_TOLD)),
        default=F("site_id"),
        output_field=UUIDField(),
    )
    return links.annotate(told=told).values_list("service_id", "told").distinct().order_by(
        "service_id", "told"
    )  # fmt: skip


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


def _holds(texts: Iterable[Mapping[str, str]], wanted: Collection[str]) -> bool:
    there = words_of(" ".join(text for each in texts for text in each.values()))
    return all(any(word.startswith(each) for word in there) for each in wanted)
