"""Writes what the directory holds as objects of HSDS; the importer reads them back unchanged.

Optional values are left out, never null. Words without a language of their own are said in the
language of the organisation; all languages stand in the extension.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from suar.directory import cards, catalogue
from suar.directory.documents import ProviderDocument, SiteDocument
from suar.directory.published import PublishedService, ServiceAtLocation, pair_id
from suar.directory.rules import locations
from suar.hsds.api import extension, taxonomies
from suar.hsds.api.extension import Told
from suar.hsds.files.entries import ACCESS_FROM, ADDRESS_LINES, WEEKDAYS
from suar.hsds.files.objects import object_types

DAYS = {number: name for name, number in WEEKDAYS.items()}
NOT_A_LANGUAGE = "INTERPRETER"


def service(one: PublishedService, *, full: bool) -> Told:
    """Write a service with its provider: what stands once in it, with `full` all that hangs on it.

    `service_at_locations` stand in it only where it is looked at from the service.
    """
    return {**_service(one, full=full), **_provider(one), **(_places(one) if full else {})}


def _service(one: PublishedService, *, full: bool) -> Told:
    state, let_in = one.service, one.service.let_in or {}
    told = {
        "id": state.id,
        "organization_id": state.provider,
        "name": _said(state.name),
        "description": _said(state.description),
        "status": state.status,
        "minimum_age": let_in.get("age_min"),
        "maximum_age": let_in.get("age_max"),
        "assured_date": state.confirmed,
        "last_modified": moment(one.changed_at),
        "suar": extension.of_service(state, gate_only=one.gate_only),
    }
    told |= {field: _said(state.access.get(code, {})) for code, field in ACCESS_FROM.items()}
    return _some(told | (_hanging_on(one) if full else {}))


def minimal(service: UUID, changed_at: datetime) -> Told:
    """Write no more than which service and when it last changed."""
    return {"id": str(service), "modified_date": moment(changed_at)}


def organization(state: ProviderDocument) -> Told:
    """Write what stands once in a provider; a description is asked for, be it empty."""
    told = {
        "id": str(state.id),
        "name": _said(state.name),
        "website": state.website,
        "email": state.email,
        "suar": extension.of_provider(state),
    }
    return {**_some(told), "description": _said(state.description)}


def whole_organization(state: ProviderDocument, offered: Sequence[PublishedService], *, full_service: bool) -> Told:
    """Write a provider with its phones, its places, and its services or what they are called."""
    sites = {site.id: site for each in offered for site in each.sites if site.provider == state.id}
    places = [location(sites[id_]) for id_ in sorted(sites)]
    places += [_not_told(each) for each in offered if each.gate_only]
    hanging = {
        "phones": _phones(str(state.id), state.phones),
        "locations": places,
        "services": [
            {**_service(each, full=full_service), **(_places(each) if full_service else {})} for each in offered
        ],
    }
    return {**organization(state), **hanging}


def service_at_location(pair: ServiceAtLocation, *, full: bool) -> Told:
    """Write that a service is given at a place, and what both are; with `full` all of it."""
    place = _place(pair)
    if not full:
        place = {name: told for name, told in place.items() if not isinstance(told, list)}
    told = {**_service(pair.of, full=full), **_provider(pair.of)}
    return {**_pair(pair), "location": place, "service": told}


def location(site: SiteDocument) -> Told:
    """Write an open place."""
    id_ = str(site.id)
    told = {
        "id": id_,
        "location_type": "physical",
        "organization_id": str(site.provider) if site.provider else None,
        "name": site.name,
        "transportation": site.transport,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "suar": _some({"district": site.district}),
    }
    return _some(told | {"addresses": _addresses(id_, site), "phones": _phones(id_, site.phones)})


def moment(at: datetime) -> str:
    """Write a time as text that needs no escaping in an address."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _not_told(of: PublishedService) -> Told:
    """Write that there is a place, made of the service alone: never of the place."""
    told = {
        "id": str(locations.placeholder_id(UUID(of.service.id))),
        "location_type": "physical",
        "organization_id": of.service.provider,
        "suar": {"hidden": True},
    }
    return _some(told)


def _hanging_on(one: PublishedService) -> Told:
    state, let_in = one.service, one.service.let_in or {}
    return {
        "phones": _phones(state.id, state.phones),
        "schedules": [_schedule(state.id, at, each) for at, each in enumerate(state.hours)],
        "service_areas": [_area(state.id, code) for code in state.areas],
        "languages": [_language(state.id, tag) for tag in let_in.get("languages") or () if tag != NOT_A_LANGUAGE],
        "cost_options": _words_of(state.id, "option", "EL_COST", let_in.get("cost")),
        "required_documents": _words_of(state.id, "document", "EL_PAPERS", let_in.get("papers")),
        "attributes": [taxonomies.attribute(state.id, code) for code in state.types],
    }


def _provider(one: PublishedService) -> Told:
    return {"organization": organization(one.provider)} if one.provider else {}


def _places(one: PublishedService) -> Told:
    id_ = UUID(one.service.id)
    pairs = [ServiceAtLocation(pair_id(id_, site.id), one, site) for site in one.sites]
    if one.gate_only:
        pairs.append(ServiceAtLocation(pair_id(id_, locations.placeholder_id(id_)), one, None))
    return {"service_at_locations": [{**_pair(each), "location": _place(each)} for each in pairs]}


def _pair(pair: ServiceAtLocation) -> Told:
    place = pair.site.id if pair.site else locations.placeholder_id(UUID(pair.of.service.id))
    return {"id": str(pair.id), "service_id": pair.of.service.id, "location_id": str(place)}


def _place(pair: ServiceAtLocation) -> Told:
    return location(pair.site) if pair.site else _not_told(pair.of)


def _addresses(of: str, site: SiteDocument) -> list[Told]:
    """Write the address when it has all that HSDS asks for."""
    told = {name: site.address[name] for name in (*ADDRESS_LINES, "country") if name in site.address}
    whole = {"id": _id(of, "address"), **told, "address_type": "physical"}
    return [whole] if set(object_types()["address"].required) <= set(whole) else []


def _phones(of: str, phones: Iterable[Mapping[str, Any]]) -> list[Told]:
    return [
        _some(
            {"id": _id(of, "phone", at), "number": each["number"], "type": "voice", "description": _said(each["words"])}
        )
        for at, each in enumerate(phones)
    ]


def _schedule(of: str, at: int, hours: Mapping[str, Any]) -> Told:
    days = ",".join(DAYS[day] for day in hours["days"])
    return _some(
        {
            "id": _id(of, "schedule", at),
            "freq": "WEEKLY" if days else "",
            "byday": days,
            "opens_at": hours["opens"],
            "closes_at": hours["closes"],
            "description": _said(hours["words"]),
        }
    )


def _area(of: str, code: str) -> Told:
    name = catalogue.places()[code].label(settings.LANGUAGE_CODE)
    return {"id": _id(of, "area", code), "name": name, "extent": code, "extent_type": "text"}


def _language(of: str, tag: str) -> Told:
    known = catalogue.languages().get(tag)
    name = known.label(settings.LANGUAGE_CODE) if known else tag
    return {"id": _id(of, "language", tag), "name": name, "code": tag}


def _words_of(of: str, field: str, attribute: str, code: str | None) -> list[Told]:
    if code is None:
        return []
    words = catalogue.value_words()[attribute][code].label(settings.LANGUAGE_CODE)
    return [{"id": _id(of, field), field: words}]


def _said(texts: Mapping[str, str]) -> str:
    return cards.localise(texts, settings.LANGUAGE_CODE)


def _id(of: str, *path: object) -> str:
    """Name a part of an object, the same each time."""
    return str(uuid5(UUID(of), "/".join(map(str, path))))


def _some(told: Mapping[str, Any]) -> Told:
    """Leave out what is unknown: no null, no empty text, no empty extension."""
    return {name: value for name, value in told.items() if value not in (None, "", {})}
