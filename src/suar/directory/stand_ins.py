"""What others read of a place that is not told, and what becomes of it when it comes back."""

from dataclasses import replace
from uuid import UUID

from suar.directory import models, rules, shown
from suar.directory.terms import ParsedDirectory, ServiceEntry


def resolved(parsed: ParsedDirectory) -> ParsedDirectory:
    """Put the hidden places that are stored in for the one that stands for them in a public file.

    A public file says of a service no more than that it has a place that is not told. Taken over
    where its hidden places are known, it must neither add one nor let go of those. Elsewhere the
    place that stands for them is taken over as a hidden one.
    """
    told = _places(parsed)
    stand = {rules.stand_in(each.id): each.id for each in parsed.services if each.sites}
    stand = {place: id_ for place, id_ in stand.items() if place in told}
    known = _stored(list(stand.values()))
    let_go = {place for place, id_ in stand.items() if id_ in known}
    return replace(
        parsed,
        sites=tuple(each for each in parsed.sites if each.id not in let_go),
        services=tuple(_with(each, known.get(each.id, ())) for each in parsed.services),
    )


def _places(parsed: ParsedDirectory) -> set[UUID]:
    return {place for each in parsed.services for place in each.sites or ()}


def _stored(services: list[UUID]) -> dict[UUID, list[UUID]]:
    links, found = models.Service.sites.through.objects, dict[UUID, list[UUID]]()
    for part in shown.parts(services):
        hidden = links.filter(service_id__in=part, site__hidden=True)
        for service, site in hidden.values_list("service_id", "site_id"):
            found.setdefault(service, []).append(site)
    return found


def _with(entry: ServiceEntry, hidden: list[UUID] | tuple[()]) -> ServiceEntry:
    if not hidden:
        return entry
    told = set(entry.sites or ()) - {rules.stand_in(entry.id)}
    return replace(entry, sites=tuple(sorted(told | set(hidden))))
