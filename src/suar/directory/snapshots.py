"""Public snapshots of services: written with every change, read by every page."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_jsonable_python

from suar.core import clock
from suar.directory import documents, models
from suar.directory.cards import Snapshot
from suar.directory.documents import (
    ELIGIBILITY_FIELDS,
    ProviderDocument,
    ServiceDocument,
    SiteDocument,
)


def provider_from_row(row: models.Provider) -> ProviderDocument:
    """Return what is stored of a provider."""
    return ProviderDocument(**{each.name: getattr(row, each.name) for each in fields(ProviderDocument)})


def site_from_row(row: models.Site) -> SiteDocument:
    """Return what is stored of a site."""
    names = [each.name for each in fields(SiteDocument) if each.name != "provider"]
    return SiteDocument(provider=row.provider_id, **{name: getattr(row, name) for name in names})


def service_from_rows(row: models.Service) -> ServiceDocument:
    """Return what the tables hold of a service; the documents are a projection of this."""
    words, let_in = row.words, getattr(row, "eligibility", None)
    return ServiceDocument(
        id=str(row.id),
        provider=str(row.provider_id) if row.provider_id else None,
        status=row.status,
        confirmed=row.confirmed.isoformat() if row.confirmed else None,
        name=words.name,
        description=words.description,
        access=words.access,
        phones=words.phones,
        hours=words.hours,
        urgent=words.urgent,
        let_in=to_jsonable_python({name: getattr(let_in, name) for name in ELIGIBILITY_FIELDS}) if let_in else None,
        types=sorted(each.code for each in row.types.all()),
        areas=sorted(each.code for each in row.areas.all()),
        sites=sorted(str(each.id) for each in row.sites.all()),
    )


BATCH = 500
SERVICE_FIELDS = tuple(each.name for each in fields(ServiceDocument))
PROVIDER_FIELDS = ("name", "website", "phones", "organisation", "answers_by_link")
PUBLIC_PROVIDER_FIELDS = ("id", "name", "description", "website", "email", "phones")
SITE_FIELDS = ("name", "district", "address", "transport", "phones")


def load_snapshots(ids: Iterable[UUID]) -> dict[UUID, Snapshot]:
    """Fetch the documents of services, in one statement for a page."""
    found: dict[UUID, Snapshot] = {}
    for part in batches(list(ids)):
        rows = models.ServiceSnapshot.objects.filter(service_id__in=part)
        found.update(rows.values_list("service_id", "document"))
    return found


def iter_snapshots() -> Iterator[Snapshot]:
    """Return every document, a few at a time."""
    yield from models.ServiceSnapshot.objects.values_list("document", flat=True).iterator(BATCH)


def load_services(ids: Iterable[UUID]) -> dict[UUID, ServiceDocument]:
    """Return services as they stand in their documents."""
    return {id_: ServiceDocument(**one["service"]) for id_, one in load_snapshots(ids).items()}


def write_snapshots(
    services: Sequence[ServiceDocument],
    *,
    providers: Mapping[str, ProviderDocument] = MappingProxyType({}),
    sites: Mapping[str, SiteDocument] = MappingProxyType({}),
) -> None:
    """Write the documents of services, with what is stored of their providers and places.

    What was just written of those may be handed over by id, and is not read again.
    """
    at = clock.now()
    for part in batches(services):
        behind = {s.provider for s in part if s.provider}
        there = {id_ for s in part for id_ in s.sites}
        known = _load_by_id(models.Provider, behind, provider_from_row, providers)
        places = _load_by_id(models.Site, there, site_from_row, sites)
        rows = [
            models.ServiceSnapshot(
                service_id=s.id,
                document=build_snapshot(s, known, places),
                wording=_fingerprint(s, known, places),
                changed_at=at,
            )
            for s in part
        ]
        _preserve_change_time(rows)
        models.ServiceSnapshot.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["service"],
            update_fields=["document", "wording", "changed_at"],
        )


def build_snapshot(
    service: ServiceDocument,
    providers: Mapping[str, ProviderDocument],
    sites: Mapping[str, SiteDocument],
) -> dict[str, Any]:
    """Build the public snapshot; a hidden place only says that it is one."""
    provider, places = providers.get(service.provider or ""), [sites[id_] for id_ in service.sites]
    return {
        "service": {name: getattr(service, name) for name in SERVICE_FIELDS},
        "provider": _pick(provider, PROVIDER_FIELDS) if provider else None,
        "sites": [_pick(place, SITE_FIELDS) for place in places if not place.hidden],
        "gate_only": any(place.hidden for place in places),
    }


def _fingerprint(
    service: ServiceDocument,
    providers: Mapping[str, ProviderDocument],
    sites: Mapping[str, SiteDocument],
) -> UUID:
    """Name all that are public of a service; whatever is hidden is no part of it."""
    provider, places = providers.get(service.provider or ""), [sites[id_] for id_ in service.sites]
    gate_only = any(place.hidden for place in places)
    if gate_only:
        service = replace(service, let_in=documents.without_capacity(service.let_in))
    told = {
        "service": [getattr(service, name) for name in SERVICE_FIELDS if name != "sites"],
        "provider": [getattr(provider, name, None) for name in PUBLIC_PROVIDER_FIELDS],
        "sites": [_site_content(place) for place in places if not place.hidden],
        "gate_only": gate_only,
    }
    return uuid5(UUID(service.id), json.dumps(told, sort_keys=True, default=str))


def _site_content(place: SiteDocument) -> dict[str, Any]:
    """Return a place without whether an editor or a file told it."""
    told = asdict(place)
    del told["added_here"]
    return told


def _preserve_change_time(rows: Sequence[models.ServiceSnapshot]) -> None:
    """Leave the time of the last change where nothing that are public has changed."""
    there = models.ServiceSnapshot.objects.filter(service_id__in=[row.service_id for row in rows])
    told = there.values_list("service_id", "wording", "changed_at")
    before = {str(id_): (wording, at) for id_, wording, at in told}
    for row in rows:
        wording, at = before.get(str(row.service_id), (None, row.changed_at))
        if wording == row.wording:
            row.changed_at = at


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a list so that no statement holds too many values."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _pick(state: ProviderDocument | SiteDocument, names: Iterable[str]) -> dict[str, Any]:
    told = {name: getattr(state, name) for name in names}
    return {name: str(v) if isinstance(v, UUID) else v for name, v in told.items()}


def _load_by_id(model: Any, ids: set[str], state_of: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    found = {id_: told[id_] for id_ in ids if id_ in told}
    for part in batches(sorted(ids - set(found))):
        found |= {str(row.id): state_of(row) for row in model.objects.filter(id__in=part)}
    return found
