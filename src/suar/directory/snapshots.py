"""Public snapshots of services: written with every change, read by every page."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.db.models import QuerySet
from pydantic_core import to_jsonable_python

from suar.core import clock
from suar.directory import documents, models
from suar.directory.cards import Snapshot
from suar.directory.documents import ProviderDocument, ServiceDocument, SiteDocument

BATCH = 1000
PROVIDER_FIELDS = ("name", "website", "phones", "organisation", "answers_by_link")
PUBLIC_PROVIDER_FIELDS = ("id", "name", "description", "website", "email", "phones")
SITE_FIELDS = ("name", "district", "address", "transport", "phones")
Document = TypeVar("Document", ProviderDocument, SiteDocument)
MODELS: Mapping[Any, Any] = {ProviderDocument: models.Provider, SiteDocument: models.Site}


def load_documents(kind: type[Document], ids: Iterable[UUID | None]) -> dict[UUID, Document]:
    """Return providers or sites by id."""
    names = [field.name for field in fields(kind)]
    rows = MODELS[kind].objects.in_bulk({id_ for id_ in ids if id_})
    return {id_: kind(**{name: getattr(row, name) for name in names}) for id_, row in rows.items()}


def filter_in(rows: "QuerySet[Any, Any]", ids: Collection[Any], name: str = "id") -> Iterator[Any]:
    """Return the rows in which a column has one of many values, in several queries if needed."""
    return chain.from_iterable(rows.filter(**{f"{name}__in": part}) for part in batches(ids))


def batches(values: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Split values so that no query has too many."""
    ordered = list(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def load_snapshots(ids: Iterable[UUID]) -> dict[UUID, Snapshot]:
    """Return the snapshots of services."""
    rows = models.ServiceSnapshot.objects.values_list("service_id", "document")
    return dict(filter_in(rows, list(ids), "service_id"))


def iter_snapshots() -> Iterator[Snapshot]:
    """Return every snapshot, a few at a time."""
    yield from models.ServiceSnapshot.objects.values_list("document", flat=True).iterator(BATCH)


def load_services(ids: Iterable[UUID]) -> dict[UUID, ServiceDocument]:
    """Return the contents of services."""
    return {id_: ServiceDocument(**snapshot["service"]) for id_, snapshot in load_snapshots(ids).items()}


def write_snapshots(services: Collection[ServiceDocument]) -> None:
    """Write the snapshots of services, with their stored providers and sites."""
    providers = load_documents(ProviderDocument, (UUID(service.provider) for service in services if service.provider))
    sites = load_documents(SiteDocument, (UUID(site) for service in services for site in service.sites))
    rows = [
        _build_row(service, providers.get(UUID(service.provider)) if service.provider else None, sites)
        for service in services
    ]
    now = clock.now()
    stored = models.ServiceSnapshot.objects.only("wording", "changed_at").in_bulk([row.service_id for row in rows])
    for row in rows:
        old = stored.get(row.service_id)
        # Hidden content changes neither the wording nor this time.
        row.changed_at = old.changed_at if old and old.wording == row.wording else now
    models.ServiceSnapshot.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["service"],
        update_fields=["document", "wording", "changed_at"],
    )


def _build_row(
    service: ServiceDocument, provider: ProviderDocument | None, all_sites: Mapping[UUID, SiteDocument]
) -> models.ServiceSnapshot:
    """Build the snapshot of a service; a hidden place only says that it is one."""
    sites = [all_sites[UUID(id_)] for id_ in service.sites]
    gate_only = any(site.hidden for site in sites)
    document = {
        "service": asdict(service),
        "provider": to_jsonable_python({name: getattr(provider, name) for name in PROVIDER_FIELDS})
        if provider
        else None,
        "sites": [{name: getattr(site, name) for name in SITE_FIELDS} for site in sites if not site.hidden],
        "gate_only": gate_only,
    }
    wording = _fingerprint(service, provider, sites, gate_only=gate_only)
    return models.ServiceSnapshot(service_id=UUID(service.id), document=document, wording=wording)


def _fingerprint(
    service: ServiceDocument, provider: ProviderDocument | None, sites: Iterable[SiteDocument], *, gate_only: bool
) -> UUID:
    """Return an id of the public content of a service, without hidden content."""
    if gate_only:
        service = replace(service, let_in=documents.without_capacity(service.let_in))
    public_sites = [asdict(site) for site in sites if not site.hidden]
    for site in public_sites:
        del site["added_here"]
        site["provider"] = site.pop("provider_id")
    content = {
        "service": [getattr(service, field.name) for field in fields(service) if field.name != "sites"],
        "provider": [getattr(provider, name, None) for name in PUBLIC_PROVIDER_FIELDS],
        "sites": public_sites,
        "gate_only": gate_only,
    }
    return uuid5(UUID(service.id), json.dumps(content, sort_keys=True, default=str))
