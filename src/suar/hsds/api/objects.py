"""Write directory entries as HSDS objects; importing them changes nothing.

An unknown value is left out, not null. HSDS has one language, that of the installation; all
languages are in the extension `suar`. Facts that only the organisation needs are not public: which
provider has an account, and which answers by link.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.utils.translation import override

from suar.core.codes import CodeList
from suar.directory import cards, catalogue, documents, labels
from suar.directory.codes import UNKNOWN_LANGUAGE, Texts
from suar.directory.documents import ProviderDocument, ServiceDocument, SiteDocument
from suar.directory.facts import CAPACITY, ELIGIBILITY_FIELDS
from suar.directory.published import PublishedService, ServiceAtLocation, pair_id
from suar.directory.rules import locations
from suar.hsds.api import taxonomies
from suar.hsds.files.entries import ACCESS_FROM, ADDRESS_LINES, VOICE, WEEKDAYS
from suar.hsds.files.extension import ATTRIBUTES, MAX_AGE
from suar.hsds.files.schema import object_types

Json = dict[str, Any]
DAYS = {number: name for name, number in WEEKDAYS.items()}
ELIGIBILITY = (
    *("EL_SEX", "EL_AGE", "EL_CHILDREN_WITH", "EL_NATIONALITY", "EL_STAY", "EL_FORM"),
    *("EL_EXCLUSION", "EL_FORMAL", "EL_COOPERATION"),
)
"""The attributes in `eligibility_description`, in order."""
FIELDS = {code: name for name, code in ATTRIBUTES.items()}
PLAIN = tuple(name for name in ELIGIBILITY_FIELDS if name not in CAPACITY)


def service(entry: PublishedService, *, full: bool) -> Json:
    """Return a service with its provider, and with `full` all that belongs to it."""
    return {**_service(entry, full=full), **_provider(entry), **(_pairs_of(entry) if full else {})}


def minimal_service(service_id: UUID, changed_at: datetime) -> Json:
    """Return the id of a service and when it last changed."""
    return {"id": str(service_id), "modified_date": _format_time(changed_at)}


def organization(provider: ProviderDocument) -> Json:
    """Return a provider without what belongs to it; HSDS requires a description, even an empty one."""
    words = _by_language({"name": provider.name, "description": provider.description})
    content = {
        "id": str(provider.id),
        "name": _localize(provider.name),
        "website": provider.website,
        "email": provider.email,
        "suar": {"translations": words} if words else {},
    }
    return {**_drop_empty(content), "description": _localize(provider.description)}


def full_organization(provider: ProviderDocument, offers: Sequence[PublishedService], *, full_service: bool) -> Json:
    """Return a provider with its phones, locations and services."""
    sites = {site.id: site for offer in offers for site in offer.sites if site.provider_id == provider.id}
    return {
        **organization(provider),
        "phones": _phones(str(provider.id), provider.phones),
        "locations": [
            *(location(sites[id_]) for id_ in sorted(sites)),
            *(_hidden_location(offer) for offer in offers if offer.gate_only),
        ],
        "services": [
            {**_service(offer, full=full_service), **(_pairs_of(offer) if full_service else {})} for offer in offers
        ],
    }


def service_at_location(pair: ServiceAtLocation, *, full: bool) -> Json:
    """Return a service at a location, and with `full` all that belongs to both."""
    place = _location(pair)
    if not full:
        place = {name: value for name, value in place.items() if not isinstance(value, list)}
    return {**_pair(pair), "location": place, "service": {**_service(pair.entry, full=full), **_provider(pair.entry)}}


def location(site: SiteDocument) -> Json:
    """Return an open location."""
    id_ = str(site.id)
    address = {name: site.address[name] for name in ADDRESS_LINES if name in site.address}
    address |= {"id": _part_id(id_, "address"), "address_type": "physical"}
    is_complete = set(object_types()["address"].required) <= set(address)
    content = {
        "id": id_,
        "location_type": "physical",
        "organization_id": str(site.provider_id) if site.provider_id else None,
        "name": site.name,
        "transportation": site.transport,
        "latitude": site.latitude,
        "longitude": site.longitude,
        "suar": _drop_empty({"district": site.district}),
        "addresses": [address] if is_complete else [],
        "phones": _phones(id_, site.phones),
    }
    return _drop_empty(content)


def _hidden_location(entry: PublishedService) -> Json:
    """Return a placeholder location that depends on the service alone, not on the hidden place."""
    content = {
        "id": str(locations.placeholder_id(UUID(entry.service.id))),
        "location_type": "physical",
        "organization_id": entry.service.provider,
        "suar": {"hidden": True},
    }
    return _drop_empty(content)


def _service(entry: PublishedService, *, full: bool) -> Json:
    document, eligibility = entry.service, entry.service.let_in or {}
    content = {
        "id": document.id,
        "organization_id": document.provider,
        "name": _localize(document.name),
        "description": _localize(document.description),
        "status": document.status,
        "eligibility_description": _eligibility_text(eligibility),
        "minimum_age": eligibility.get("age_min") or None,
        "maximum_age": _real_limit(eligibility.get("age_max")),
        "alert": _localize(document.access.get("AC_SAFE_CONTACT", {})),
        "assured_date": document.confirmed,
        "last_modified": _format_time(entry.changed_at),
        "suar": _extension(document, gate_only=entry.gate_only),
    }
    content |= {field: _localize(document.access.get(code, {})) for code, field in ACCESS_FROM.items()}
    return _drop_empty(content | (_parts(document) if full else {}))


def _real_limit(age: int | None) -> int | None:
    """Return the highest age, or None if it is so high that it excludes nobody."""
    return None if age is None or age >= MAX_AGE else age


def _eligibility_text(eligibility: Mapping[str, Any]) -> str:
    """Return whom a service takes and whom it excludes, in words, for readers who do not know our extension."""
    low, high = eligibility.get("age_min"), eligibility.get("age_max")
    with override(settings.LANGUAGE_CODE):
        parts = {
            code: labels.value_labels(code, _as_list(eligibility.get(FIELDS.get(code, "")))) for code in ELIGIBILITY
        }
        if (low, high) != (None, None):
            parts["EL_AGE"] = labels.age_range_text(str(low or ""), str(_real_limit(high) or ""))
        if (limit := eligibility.get("children_age_limit")) is not None:
            parts["EL_CHILDREN_WITH"] += f" ({limit})"
        if (cooperation := eligibility.get("cooperation")) is not None:
            parts["EL_COOPERATION"] = labels.field_value("cooperation", cooperation)
        return " ".join(f"{labels.attribute_label(code)}: {words}." for code, words in parts.items() if words)


def _as_list(value: Any) -> Sequence[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _parts(document: ServiceDocument) -> Json:
    id_, eligibility = document.id, document.let_in or {}
    tags = [tag for tag in eligibility.get("languages") or () if tag != catalogue.INTERPRETER]
    return {
        "phones": _phones(id_, document.phones),
        "schedules": [_schedule(id_, number, hours) for number, hours in enumerate(document.hours)],
        "service_areas": [
            _named_part(id_, "area", catalogue.places(), code, extent=code, extent_type="text")
            for code in document.areas
        ],
        "languages": [_named_part(id_, "language", catalogue.languages(), tag, code=tag) for tag in tags],
        "cost_options": _coded_part(id_, "option", "EL_COST", eligibility.get("cost")),
        "required_documents": _coded_part(id_, "document", "EL_PAPERS", eligibility.get("papers")),
        "attributes": [taxonomies.attribute(id_, code) for code in document.types],
    }


def _extension(document: ServiceDocument, *, gate_only: bool) -> Json:
    """Return the extension of a service; empty if no source ever stated any of it.

    For a hidden place the number of beds is left out: a change would show when somebody arrived.
    """
    eligibility = documents.without_capacity(document.let_in) if gate_only else document.let_in
    stated = eligibility or {}
    words = _by_language({"name": document.name, "description": document.description})
    for language, access in _by_language(document.access).items():
        words.setdefault(language, {})["access"] = access
    content = {name: stated.get(name) for name in PLAIN} | {
        "places": _drop_none({name: stated.get(f"places_{name}") for name in ("total", "free", "as_of")}) or None,
        "urgent": _drop_none(document.urgent) if document.urgent else None,
        "translations": words or None,
    }
    if document.let_in is not None or document.areas:
        content |= {"types": list(document.types), "areas": list(document.areas)}
    return _drop_none(content)


def _provider(entry: PublishedService) -> Json:
    return {"organization": organization(entry.provider)} if entry.provider else {}


def _pairs_of(entry: PublishedService) -> Json:
    id_ = UUID(entry.service.id)
    pairs = [ServiceAtLocation(pair_id(id_, site.id), entry, site) for site in entry.sites]
    if entry.gate_only:
        pairs.append(ServiceAtLocation(pair_id(id_, locations.placeholder_id(id_)), entry, None))
    return {"service_at_locations": [{**_pair(pair), "location": _location(pair)} for pair in pairs]}


def _pair(pair: ServiceAtLocation) -> Json:
    return {"id": str(pair.id), "service_id": pair.entry.service.id, "location_id": _location(pair)["id"]}


def _location(pair: ServiceAtLocation) -> Json:
    return location(pair.site) if pair.site else _hidden_location(pair.entry)


def _phones(owner: str, phones: Iterable[Mapping[str, Any]]) -> list[Json]:
    rows = [
        {"number": phone["number"], "type": phone.get("type", VOICE), "description": _localize(phone["words"])}
        for phone in phones
    ]
    return [_drop_empty({"id": _part_id(owner, "phone", number), **row}) for number, row in enumerate(rows)]


def _schedule(owner: str, number: int, hours: Mapping[str, Any]) -> Json:
    days = ",".join(DAYS[day] for day in hours["days"])
    content = {
        "id": _part_id(owner, "schedule", number),
        "freq": "WEEKLY" if days else "",
        "byday": days,
        "opens_at": hours["opens"],
        "closes_at": hours["closes"],
        "description": _localize(hours["words"]),
    }
    return _drop_empty(content)


def _named_part(owner: str, part: str, codes: CodeList, key: str, **more: str) -> Json:
    return {"id": _part_id(owner, part, key), "name": codes.label(key, settings.LANGUAGE_CODE), **more}


def _coded_part(owner: str, field: str, attribute: str, code: str | None) -> list[Json]:
    if code is None:
        return []
    return [
        {"id": _part_id(owner, field), field: catalogue.value_words()[attribute].label(code, settings.LANGUAGE_CODE)}
    ]


def _by_language(fields: Mapping[str, Texts]) -> dict[str, Json]:
    """Turn texts by field into texts by language, without those in an unknown language."""
    words: dict[str, Json] = {}
    for field, texts in fields.items():
        for language, text in texts.items():
            if language != UNKNOWN_LANGUAGE:
                words.setdefault(language, {})[field] = text
    return words


def _localize(texts: Mapping[str, str]) -> str:
    return cards.localise(texts, settings.LANGUAGE_CODE)


def _format_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _part_id(owner: str, *path: object) -> str:
    """Return the id of a part of an object, the same each time."""
    return str(uuid5(UUID(owner), "/".join(map(str, path))))


def _drop_empty(content: Mapping[str, Any]) -> Json:
    return {name: value for name, value in content.items() if value not in (None, "", {})}


def _drop_none(content: Mapping[str, Any]) -> Json:
    return {name: value for name, value in content.items() if value is not None}
