"""What an editor added here, held against a file that tells the same provider or place.

A file fills in what nobody told here. Where both tell something else, ours stays until an editor
says that the file is right. A place that was hidden here stays so, whatever a file says.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from suar.directory.cards import said
from suar.directory.plans import Plan
from suar.directory.states import ProviderState, ServiceState, SiteState
from suar.directory.terms import Conflict, Problem, ServiceEntry, SiteEntry

Kept = TypeVar("Kept", ProviderState, SiteState)
OF_PROVIDER = ("name", "description", "website", "email", "phones")
WHO_RECEIVES = ("organisation", "answers_by_link")
"""No file says who receives what is sent to a provider that was added here."""
OF_SITE = ("name", "address", "district", "transport", "phones", "latitude", "longitude")


def hold_providers(made: Plan, taking: Collection[str]) -> None:
    """Let what was told here of providers stay in a plan, and note where a file differs."""
    for id_, theirs in made.providers.items():
        ours = made.before.get(id_)
        if ours is not None and ours.added_here:
            name = said(ours.name, "en")
            kept, conflicts = _held(theirs, ours, ("provider", name, OF_PROVIDER), taking)
            reached = {each: getattr(ours, each) for each in WHO_RECEIVES}
            made.providers[id_] = replace(kept, **reached)
            made.conflicts += conflicts


def hold_sites(made: Plan, entries: Iterable[SiteEntry], taking: Collection[str]) -> None:
    """Let what was told here of places stay in a plan, and note where a file differs."""
    rows = {each.id: each.where for each in entries}
    for id_, theirs in made.sites.items():
        ours = made.before.get(id_)
        if ours is None or not ours.added_here or theirs.hidden:
            continue
        if ours.hidden:
            made.sites[id_] = ours
            made.left_out.append(Problem(rows[id_], "", "stays_hidden"))
            continue
        name = ours.name or ours.address.get("address_1", "")
        kept, conflicts = _held(theirs, ours, ("site", name, OF_SITE), taking)
        if (kept.address, kept.district) != (theirs.address, theirs.district):
            # A point on the map belongs to the address of the same file.
            kept = replace(kept, latitude=ours.latitude, longitude=ours.longitude)
        made.sites[id_] = kept
        made.conflicts += conflicts


def left_out(entry: ServiceEntry, theirs: ServiceState, state: ServiceState) -> list[Problem]:
    """Note that a service that was added here keeps its place and its provider."""
    moved = (theirs.provider, theirs.sites) != (state.provider, state.sites)
    return [Problem(entry.where, "", "kept_here")] if moved else []


def _held(
    theirs: Kept, ours: Kept, what: tuple[str, str, Iterable[str]], taking: Collection[str]
) -> tuple[Kept, list[Conflict]]:
    kind, name, fields = what
    stays: dict[str, Any] = {}
    conflicts = []
    for field in fields:
        here, there = getattr(ours, field), getattr(theirs, field)
        if _nothing(here) or here == there:
            continue
        one = Conflict(str(ours.id), name, f"{kind}.{field}", here, there)
        if _nothing(there) or one.key not in taking:
            stays[field] = here
        if not _nothing(there) and one.key not in taking:
            conflicts.append(one)
    return replace(theirs, **stays), conflicts


def _nothing(told: Any) -> bool:
    return told is None or told == "" or (isinstance(told, list | tuple | Mapping) and not told)
