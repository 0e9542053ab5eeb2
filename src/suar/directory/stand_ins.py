"""What others read of a place that is not told, and what becomes of it when it comes back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from suar.directory import models, rules, shown, states
from suar.directory.terms import ParsedDirectory, ServiceEntry

Room = Mapping[str, Any]


def resolved(parsed: ParsedDirectory) -> ParsedDirectory:
    """Put the hidden places that are stored in for the one that stands for them in a public file.

    A public file says of a service no more than that it has a place that is not told. Taken over
    where its hidden places are known, it must neither add one nor let go of those, nor of how many
    beds there are, which it does not say. Elsewhere the place that stands for them is taken over
    as a hidden one.
    """
    told = _places(parsed)
    stand = {rules.stand_in(each.id): each.id for each in parsed.services if each.sites}
    stand = {place: id_ for place, id_ in stand.items() if place in told}
    known = _stored(list(stand.values()))
    let_go = {place for place, id_ in stand.items() if id_ in known}
    silent = {each.id for each in parsed.services if each.sites is None} | {*known}
    rooms = _rooms([each.id for each in parsed.services if each.id in silent and not _room(each)])
    return replace(
        parsed,
        sites=tuple(each for each in parsed.sites if each.id not in let_go),
        services=tuple(_with(_roomy(each, rooms), known.get(each.id, ())) for each in parsed.services),
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


def _room(entry: ServiceEntry) -> Room:
    """Give what a file says of how many beds there are."""
    told = {name: getattr(entry.eligibility, name, None) for name in states.ROOM}
    return {name: value for name, value in told.items() if value is not None}


def _rooms(services: list[UUID]) -> dict[UUID, Room]:
    """Give how many beds are stored of those services that have a hidden place."""
    found: dict[UUID, Room] = {}
    for part in shown.parts(services):
        rows = models.Eligibility.objects.filter(service__in=part, service__sites__hidden=True)
        for row in rows.values("service_id", *states.ROOM):
            found[row.pop("service_id")] = row
    return found


def _roomy(entry: ServiceEntry, rooms: Mapping[UUID, Room]) -> ServiceEntry:
    if entry.eligibility is None or entry.id not in rooms:
        return entry
    return replace(entry, eligibility=replace(entry.eligibility, **rooms[entry.id]))


def _with(entry: ServiceEntry, hidden: list[UUID] | tuple[()]) -> ServiceEntry:
    if not hidden:
        return entry
    told = set(entry.sites or ()) - {rules.stand_in(entry.id)}
    return replace(entry, sites=tuple(sorted(told | set(hidden))))
