"""The documents of what may be shown: written with every change, read by every page."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from suar.core import clock
from suar.directory import models, states
from suar.directory.states import ProviderState, ServiceState, SiteState

BATCH = 500
Document = Mapping[str, Any]
OF_SERVICE = tuple(each.name for each in fields(ServiceState))
OF_PROVIDER = ("name", "website", "phones", "organisation", "answers_by_link")
TOLD_OF_PROVIDER = ("id", "name", "description", "website", "email", "phones")
OF_SITE = ("name", "district", "address", "transport", "phones")


def documents(ids: Iterable[UUID]) -> dict[UUID, Document]:
    """Fetch the documents of services, in one statement for a page."""
    found: dict[UUID, Document] = {}
    for part in parts(list(ids)):
        rows = models.Shown.objects.filter(service_id__in=part)
        found.update(rows.values_list("service_id", "document"))
    return found


def every_document() -> Iterator[Document]:
    """Give every document, a few at a time."""
    yield from models.Shown.objects.values_list("document", flat=True).iterator(BATCH)


def stored(ids: Iterable[UUID]) -> dict[UUID, ServiceState]:
    """Give services as they stand in their documents."""
    return {id_: ServiceState(**one["service"]) for id_, one in documents(ids).items()}


def write(
    services: Sequence[ServiceState],
    *,
    providers: Mapping[str, ProviderState] = MappingProxyType({}),
    sites: Mapping[str, SiteState] = MappingProxyType({}),
) -> None:
    """Write the documents of services, with what is stored of their providers and places.

    What was just written of those may be handed over by id, and is not read again.
    """
    at = clock.now()
    for part in parts(services):
        behind = {s.provider for s in part if s.provider}
        there = {id_ for s in part for id_ in s.sites}
        known = _by_id(models.Provider, behind, states.provider_of, providers)
        places = _by_id(models.Site, there, states.site_of, sites)
        rows = [
            models.Shown(
                service_id=s.id,
                document=document(s, known, places),
                wording=_wording(s, known, places),
                changed_at=at,
            )
            for s in part
        ]
        _keep_the_day(rows)
        models.Shown.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["service"],
            update_fields=["document", "wording", "changed_at"],
        )


def document(
    service: ServiceState,
    providers: Mapping[str, ProviderState],
    sites: Mapping[str, SiteState],
) -> dict[str, Any]:
    """Put together what may be shown; a hidden place only says that it is one."""
    provider, places = providers.get(service.provider or ""), [sites[id_] for id_ in service.sites]
    return {
        "service": {name: getattr(service, name) for name in OF_SERVICE},
        "provider": _some(provider, OF_PROVIDER) if provider else None,
        "sites": [_some(place, OF_SITE) for place in places if not place.hidden],
        "gate_only": any(place.hidden for place in places),
    }


def _wording(
    service: ServiceState,
    providers: Mapping[str, ProviderState],
    sites: Mapping[str, SiteState],
) -> UUID:
    """Name all that everybody may have of a service; whatever is hidden is no part of it."""
    provider, places = providers.get(service.provider or ""), [sites[id_] for id_ in service.sites]
    gate_only = any(place.hidden for place in places)
    if gate_only:
        service = replace(service, let_in=states.without_room(service.let_in))
    told = {
        "service": [getattr(service, name) for name in OF_SERVICE if name != "sites"],
        "provider": [getattr(provider, name, None) for name in TOLD_OF_PROVIDER],
        "sites": [_all_but_who(place) for place in places if not place.hidden],
        "gate_only": gate_only,
    }
    return uuid5(UUID(service.id), json.dumps(told, sort_keys=True, default=str))


def _all_but_who(place: SiteState) -> dict[str, Any]:
    """Give a place without whether an editor or a file told it."""
    told = asdict(place)
    del told["added_here"]
    return told


def _keep_the_day(rows: Sequence[models.Shown]) -> None:
    """Leave the time of the last change where nothing that everybody may have has changed."""
    there = models.Shown.objects.filter(service_id__in=[row.service_id for row in rows])
    told = there.values_list("service_id", "wording", "changed_at")
    before = {str(id_): (wording, at) for id_, wording, at in told}
    for row in rows:
        wording, at = before.get(str(row.service_id), (None, row.changed_at))
        if wording == row.wording:
            row.changed_at = at


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a list so that no statement holds too many values."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _some(state: ProviderState | SiteState, names: Iterable[str]) -> dict[str, Any]:
    told = {name: getattr(state, name) for name in names}
    return {name: str(v) if isinstance(v, UUID) else v for name, v in told.items()}


def _by_id(model: Any, ids: set[str], state_of: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    found = {id_: told[id_] for id_ in ids if id_ in told}
    for part in parts(sorted(ids - set(found))):
        found |= {str(row.id): state_of(row) for row in model.objects.filter(id__in=part)}
    return found
