"""Placeholders for hidden sites in public files, and checks of texts that would disclose them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from suar.directory import documents, models, snapshots
from suar.directory.documents import ImportPlan, ParsedDirectory, Problem, ProviderDocument, ServiceEntry
from suar.directory.rules import locations

Capacity = Mapping[str, Any]


def resolve_placeholders(parsed: ParsedDirectory) -> ParsedDirectory:
    """Put the hidden places that are stored in for the one that stands for them in a public file.

    A public file says of a service no more than that it has a hidden site. Taken over
    where its hidden places are known, it must neither add one nor let go of those, nor of how many
    beds there are, which it does not say. Elsewhere the place that stands for them is imported
    as a hidden one.
    """
    told = _site_ids(parsed)
    stand = {locations.placeholder_id(each.id): each.id for each in parsed.services if each.sites}
    stand = {place: id_ for place, id_ in stand.items() if place in told}
    known = _hidden_sites_of(list(stand.values()))
    let_go = {place for place, id_ in stand.items() if id_ in known}
    silent = {each.id for each in parsed.services if each.sites is None} | {*known}
    rooms = _stored_capacity([each.id for each in parsed.services if each.id in silent and not _stated_capacity(each)])
    return replace(
        parsed,
        sites=tuple(each for each in parsed.sites if each.id not in let_go),
        services=tuple(
            _with_hidden_sites(_with_capacity(each, rooms), known.get(each.id, ())) for each in parsed.services
        ),
    )


def _site_ids(parsed: ParsedDirectory) -> set[UUID]:
    return {place for each in parsed.services for place in each.sites or ()}


def _hidden_sites_of(services: list[UUID]) -> dict[UUID, list[UUID]]:
    links, found = models.Service.sites.through.objects, dict[UUID, list[UUID]]()
    for part in snapshots.batches(services):
        hidden = links.filter(service_id__in=part, site__hidden=True)
        for service, site in hidden.values_list("service_id", "site_id"):
            found.setdefault(service, []).append(site)
    return found


def _stated_capacity(entry: ServiceEntry) -> Capacity:
    """Return what a file says of how many beds there are."""
    told = {name: getattr(entry.eligibility, name, None) for name in documents.CAPACITY}
    return {name: value for name, value in told.items() if value is not None}


def _stored_capacity(services: list[UUID]) -> dict[UUID, Capacity]:
    """Return how many beds are stored of those services that have a hidden place."""
    found: dict[UUID, Capacity] = {}
    for part in snapshots.batches(services):
        rows = models.Eligibility.objects.filter(service__in=part, service__sites__hidden=True)
        for row in rows.values("service_id", *documents.CAPACITY):
            found[row.pop("service_id")] = row
    return found


def _with_capacity(entry: ServiceEntry, rooms: Mapping[UUID, Capacity]) -> ServiceEntry:
    if entry.eligibility is None or entry.id not in rooms:
        return entry
    return replace(entry, eligibility=replace(entry.eligibility, **rooms[entry.id]))


def _with_hidden_sites(entry: ServiceEntry, hidden: list[UUID] | tuple[()]) -> ServiceEntry:
    if not hidden:
        return entry
    told = set(entry.sites or ()) - {locations.placeholder_id(entry.id)}
    return replace(entry, sites=tuple(sorted(told | set(hidden))))


FieldTexts = Iterable[tuple[str, str]]


def check_texts(plan: ImportPlan, parsed: ParsedDirectory) -> None:
    """Add to a plan the problems of texts about hidden sites; call it once the plan is complete.

    What stands as before is not pointed out again, unless its place is hidden only now.

    Source: own design, docs/decisions/hidden-places.
    """
    newly = {
        str(id_)
        for id_, site in plan.sites.items()
        if site.hidden and not (id_ in plan.before and plan.before[id_].hidden)
    }
    _check_services(plan, parsed, newly)
    _check_providers(plan, parsed)


def _check_services(plan: ImportPlan, parsed: ParsedDirectory, newly: set[str]) -> None:
    rows = {each.id: each.where for each in parsed.services}
    places = {str(each.id): each.where for each in parsed.sites}
    for id_, state in plan.services.items():
        there = plan.hidden.intersection(state.sites)
        if not there:
            continue
        where, name = rows.get(id_), ""
        if where is None:
            where = next(places[site] for site in state.sites if site in places)
            name = next(iter(state.name.values()), "")
        said = documents.service_texts(state)
        plan.refused += _find_streets(where, said, name)
        if plan.before.get(id_) != state or newly & there:
            plan.warned += _find_districts(where, said, name)


def _check_providers(plan: ImportPlan, parsed: ParsedDirectory) -> None:
    stored = _stored_sites(plan)
    now = _sites_after_import(plan, stored)
    rows = {each.provider: each.where for each in parsed.services}
    rows |= {each.provider: each.where for each in parsed.sites}
    rows |= {each.id: each.where for each in parsed.providers}
    for state in _load_providers(plan, sorted(now)):
        where, said = rows.get(state.id, ""), documents.provider_texts(state)
        name = "" if state.id in plan.providers else next(iter(state.name.values()), "")
        plan.refused += _find_streets(where, said, name)
        before = {site for _service, site in stored.get(state.id, ())}
        told_anew = state.id in plan.providers and plan.before.get(state.id) != state
        if told_anew or now[state.id] - before:
            plan.warned += _find_districts(where, said, name)


def _stored_sites(plan: ImportPlan) -> dict[UUID, set[tuple[UUID | None, str]]]:
    """Return the hidden places that are stored behind the providers of a plan, with the service."""
    touched = {*plan.providers} | {each.provider for each in plan.sites.values() if each.provider}
    touched |= {UUID(each.provider) for each in plan.services.values() if each.provider}
    links = models.Service.sites.through.objects.filter(site__hidden=True)
    found: dict[UUID, set[tuple[UUID | None, str]]] = {}
    for part in snapshots.batches(sorted(touched)):
        own = models.Site.objects.filter(provider__in=part, hidden=True)
        for provider, site in own.values_list("provider_id", "id"):
            found.setdefault(provider, set()).add((None, str(site)))
        used = links.filter(service__provider__in=part)
        for provider, *pair in used.values_list("service__provider_id", "service_id", "site_id"):
            found.setdefault(provider, set()).add((pair[0], str(pair[1])))
    return found


def _sites_after_import(plan: ImportPlan, stored: Mapping[UUID, set[tuple[UUID | None, str]]]) -> dict[UUID, set[str]]:
    """Return the hidden places behind each provider as they stand once the plan is carried out."""
    told, found = {str(id_): site for id_, site in plan.sites.items()}, dict[UUID, set[str]]()
    for provider, pairs in stored.items():
        for service, site in pairs:
            own = service is None and site not in told
            used = service is not None and service not in plan.services
            if own or (used and (site not in told or told[site].hidden)):
                found.setdefault(provider, set()).add(site)
    for site_state in plan.sites.values():
        if site_state.hidden and site_state.provider:
            found.setdefault(site_state.provider, set()).add(str(site_state.id))
    for state in plan.services.values():
        there = plan.hidden.intersection(state.sites)
        if there and state.provider:
            found.setdefault(UUID(state.provider), set()).update(there)
    return found


def _load_providers(plan: ImportPlan, ids: list[UUID]) -> Iterator[ProviderDocument]:
    yield from (plan.providers[id_] for id_ in ids if id_ in plan.providers)
    for part in snapshots.batches([id_ for id_ in ids if id_ not in plan.providers]):
        yield from map(snapshots.provider_from_row, models.Provider.objects.filter(id__in=part))


def _find_streets(where: str, said: FieldTexts, name: str) -> Iterator[Problem]:
    """Find texts that lead to the place; `name` is told of what is not in the file itself."""
    for field, text in said:
        if pieces := locations.find_street_clues(text):
            yield Problem(where, field, "names_a_street", _detail(name, pieces[:1]))


def _find_districts(where: str, said: FieldTexts, name: str) -> Iterator[Problem]:
    for field, text in said:
        if pieces := locations.find_districts(text):
            yield Problem(where, field, "names_a_district", _detail(name, pieces))


def _detail(name: str, pieces: Iterable[str]) -> str:
    return ": ".join(filter(None, (name, ", ".join(pieces))))
