"""Texts about a hidden place in a file: a street keeps the file out, a district is pointed out.

They are those of each service that stands at such a place, and of the provider behind it: all of
them are public, and found by their words.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from suar.directory import models, rules, shown, states
from suar.directory.plans import Plan
from suar.directory.states import ProviderState
from suar.directory.terms import ParsedDirectory, Problem

Said = Iterable[tuple[str, str]]
Behind = Mapping[UUID, set[str]]


def look_through(made: Plan, parsed: ParsedDirectory) -> None:
    """Add to a plan what its texts say of hidden places; called once all states are made.

    What stands as before is not pointed out again, unless its place is hidden only now.

    Source: own design, docs/decisions/0057.
    """
    newly = {
        str(id_)
        for id_, site in made.sites.items()
        if site.hidden and not (id_ in made.before and made.before[id_].hidden)
    }
    _look_at_services(made, parsed, newly)
    _look_at_providers(made, parsed)


def _look_at_services(made: Plan, parsed: ParsedDirectory, newly: set[str]) -> None:
    rows = {each.id: each.where for each in parsed.services}
    places = {str(each.id): each.where for each in parsed.sites}
    for id_, state in made.services.items():
        there = made.hidden.intersection(state.sites)
        if not there:
            continue
        where, name = rows.get(id_), ""
        if where is None:
            where = next(places[site] for site in state.sites if site in places)
            name = next(iter(state.name.values()), "")
        said = states.all_texts(state)
        made.refused += _streets(where, said, name)
        if made.before.get(id_) != state or newly & there:
            made.warned += _districts(where, said, name)


def _look_at_providers(made: Plan, parsed: ParsedDirectory) -> None:
    stored = _stored_places(made)
    now = _places_behind(made, stored)
    rows = {each.provider: each.where for each in (*parsed.services, *parsed.sites)}
    rows |= {each.id: each.where for each in parsed.providers}
    for state in _providers(made, sorted(now)):
        where, said = rows.get(state.id, ""), states.texts_of_provider(state)
        name = "" if state.id in made.providers else next(iter(state.name.values()), "")
        made.refused += _streets(where, said, name)
        before = {site for _service, site in stored.get(state.id, ())}
        told_anew = state.id in made.providers and made.before.get(state.id) != state
        if told_anew or now[state.id] - before:
            made.warned += _districts(where, said, name)


def _stored_places(made: Plan) -> dict[UUID, set[tuple[UUID | None, str]]]:
    """Give the hidden places that are stored behind the providers of a plan, with the service."""
    touched = {*made.providers} | {each.provider for each in made.sites.values() if each.provider}
    touched |= {UUID(each.provider) for each in made.services.values() if each.provider}
    links = models.Service.sites.through.objects.filter(site__hidden=True)
    found: dict[UUID, set[tuple[UUID | None, str]]] = {}
    for part in shown.parts(sorted(touched)):
        own = models.Site.objects.filter(provider__in=part, hidden=True)
        for provider, site in own.values_list("provider_id", "id"):
            found.setdefault(provider, set()).add((None, str(site)))
        used = links.filter(service__provider__in=part)
        for provider, *pair in used.values_list("service__provider_id", "service_id", "site_id"):
            found.setdefault(provider, set()).add((pair[0], str(pair[1])))
    return found


def _places_behind(made: Plan, stored: Mapping[UUID, set[tuple[UUID | None, str]]]) -> dict[UUID, set[str]]:
    """Give the hidden places behind each provider as they stand once the plan is carried out."""
    told, found = {str(id_): site for id_, site in made.sites.items()}, dict[UUID, set[str]]()
    for provider, pairs in stored.items():
        for service, site in pairs:
            own = service is None and site not in told
            used = service is not None and service not in made.services
            if own or (used and (site not in told or told[site].hidden)):
                found.setdefault(provider, set()).add(site)
    for site_state in made.sites.values():
        if site_state.hidden and site_state.provider:
            found.setdefault(site_state.provider, set()).add(str(site_state.id))
    for state in made.services.values():
        there = made.hidden.intersection(state.sites)
        if there and state.provider:
            found.setdefault(UUID(state.provider), set()).update(there)
    return found


def _providers(made: Plan, ids: list[UUID]) -> Iterator[ProviderState]:
    yield from (made.providers[id_] for id_ in ids if id_ in made.providers)
    for part in shown.parts([id_ for id_ in ids if id_ not in made.providers]):
        yield from map(states.provider_of, models.Provider.objects.filter(id__in=part))


def _streets(where: str, said: Said, name: str) -> Iterator[Problem]:
    """Find texts that lead to the place; `name` is told of what is not in the file itself."""
    for field, text in said:
        if pieces := rules.named_streets(text):
            yield Problem(where, field, "names_a_street", _of(name, pieces[:1]))


def _districts(where: str, said: Said, name: str) -> Iterator[Problem]:
    for field, text in said:
        if pieces := rules.named_districts(text):
            yield Problem(where, field, "names_a_district", _of(name, pieces))


def _of(name: str, pieces: Iterable[str]) -> str:
    return ": ".join(filter(None, (name, ", ".join(pieces))))
