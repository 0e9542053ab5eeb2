"""Placeholders for hidden sites in public files, and checks of texts that would disclose them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from suar.directory import documents, models
from suar.directory.documents import Entry, ImportPlan, ParsedDirectory, Problem, ProviderDocument
from suar.directory.facts import CAPACITY
from suar.directory.rules import locations
from suar.directory.snapshots import filter_in, load_documents, load_snapshots


def resolve_placeholders(parsed: ParsedDirectory) -> ParsedDirectory:
    """Replace the placeholder of a public file by the hidden sites that are stored for its service.

    A public file says only that a service has a hidden site. Imported where the hidden
    sites are known, it must neither add one nor remove those, nor change the number of beds, which it
    does not state. Elsewhere the placeholder is imported as a hidden site.
    """
    placeholders = {service.id: locations.placeholder_id(service.id) for service in parsed.services}
    with_placeholder = [
        service.id for service in parsed.services if str(placeholders[service.id]) in service.stated.get("sites", ())
    ]
    stored: dict[UUID, list[UUID]] = {}
    links = models.Service.sites.through.objects.filter(site__hidden=True)
    for service, site in filter_in(links.values_list("service_id", "site_id"), with_placeholder, "service_id"):
        stored.setdefault(service, []).append(site)
    resolved = {placeholders[id_] for id_ in stored}
    silent = [service for service in parsed.services if "sites" not in service.stated or service.id in stored]
    stated = {service.id: service.stated.get("eligibility", {}) for service in silent}
    unstated = [id_ for id_, facts in stated.items() if all(facts.get(name) is None for name in CAPACITY)]
    capacity = _stored_capacity(unstated)

    def resolve(service: Entry) -> Entry:
        values, changed = service.stated, {}
        if "eligibility" in values and service.id in capacity:
            changed["eligibility"] = values["eligibility"] | capacity[service.id]
        if service.id in stored:
            others = {*values.get("sites", ())} - {str(placeholders[service.id])}
            changed["sites"] = sorted(others | {*map(str, stored[service.id])})
        return Entry(**{**service.model_dump(), **changed}) if changed else service

    return replace(
        parsed,
        sites=tuple(site for site in parsed.sites if site.id not in resolved),
        services=tuple(map(resolve, parsed.services)),
    )


def check_texts(plan: ImportPlan, parsed: ParsedDirectory) -> None:
    """Add to a complete plan the problems of texts about hidden sites.

    Districts in a text that is stored already are not reported again, unless the site is newly hidden.

    Source: own design, docs/decisions/hidden-places.
    """
    newly_hidden = {
        str(id_)
        for id_, site in plan.sites.items()
        if site.hidden and not (id_ in plan.before and plan.before[id_].hidden)
    }
    rows = {service.id: service.where for service in parsed.services}
    sites = {str(site.id): site.where for site in parsed.sites}
    for id_, service in plan.services.items():
        if hidden := plan.hidden.intersection(service.sites):
            where = rows[id_] if id_ in rows else next(sites[site] for site in service.sites if site in sites)
            name = "" if id_ in rows else next(iter(service.name.values()), "")
            is_new = plan.before.get(id_) != service or bool(newly_hidden & hidden)
            _check(plan, where, name, documents.service_texts(service), with_districts=is_new)
    _check_providers(plan, parsed)


def _stored_capacity(services: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the stored number of beds of those services that have a hidden site."""
    return {
        id_: {name: document["service"]["let_in"].get(name) for name in CAPACITY}
        for id_, document in load_snapshots(services).items()
        if document["gate_only"] and document["service"]["let_in"]
    }


def _check_providers(plan: ImportPlan, parsed: ParsedDirectory) -> None:
    """Check the texts of every provider in the plan that has a hidden site, stored or planned."""
    rows = {
        UUID(entry.stated["provider"]): entry.where
        for entry in (*parsed.services, *parsed.sites)
        if "provider" in entry.stated
    }
    rows |= {provider.id: provider.where for provider in parsed.providers}
    planned = _planned_hidden_sites(plan)
    before = _stored_hidden_sites(plan)
    concerned = sorted({provider for provider, _site in planned | before})
    stored = load_documents(ProviderDocument, (id_ for id_ in concerned if id_ not in plan.providers))
    for id_ in concerned:
        provider = plan.providers.get(id_) or stored[id_]
        name = "" if id_ in plan.providers else next(iter(provider.name.values()), "")
        is_changed = id_ in plan.providers and plan.before.get(id_) != provider
        is_new = is_changed or id_ in {of for of, _site in planned - before}
        _check(plan, rows.get(id_, ""), name, documents.provider_texts(provider), with_districts=is_new)


def _planned_hidden_sites(plan: ImportPlan) -> set[tuple[UUID, str]]:
    """Return the providers in the plan, with the hidden sites that the plan links to them."""
    own = {(site.provider_id, str(site.id)) for site in plan.sites.values() if site.hidden and site.provider_id}
    return own | {
        (UUID(service.provider), site)
        for service in plan.services.values()
        if service.provider
        for site in plan.hidden.intersection(service.sites)
    }


def _stored_hidden_sites(plan: ImportPlan) -> set[tuple[UUID, str]]:
    """Return the providers in the plan, with the stored hidden sites that stay hidden."""
    providers = {*plan.providers, *(UUID(service.provider) for service in plan.services.values() if service.provider)}
    providers |= {site.provider_id for site in plan.sites.values() if site.provider_id}
    hidden = models.Site.objects.filter(hidden=True)
    opened = {id_ for id_, site in plan.sites.items() if not site.hidden}
    pairs = [
        pair
        for name in ("provider_id", "service__provider_id")
        for pair in filter_in(hidden.values_list(name, "id"), providers, name)
    ]
    return {(provider, str(site)) for provider, site in pairs if site not in opened}


def _check(plan: ImportPlan, where: str, name: str, texts: Iterable[tuple[str, str]], *, with_districts: bool) -> None:
    """Refuse texts that lead to the place, and warn of districts; `name` is the name of an entry outside the file."""
    for field, text in texts:
        if clues := locations.find_street_clues(text):
            plan.refused.append(Problem(where, field, "names_a_street", _detail(name, clues[:1])))
        if with_districts and (districts := locations.find_districts(text)):
            plan.warned.append(Problem(where, field, "names_a_district", _detail(name, districts)))


def _detail(name: str, clues: Iterable[str]) -> str:
    return ": ".join(filter(None, (name, ", ".join(clues))))
