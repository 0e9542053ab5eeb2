"""What an import would do: checks the whole file against what is stored, then writes or not."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from suar.directory import hidden_texts, kept_here, models, shown, stand_ins, states
from suar.directory.joining import joining, turn_over
from suar.directory.plans import Plan
from suar.directory.states import ProviderState, ServiceState, SiteState
from suar.directory.terms import (
    How,
    ParsedDirectory,
    Problem,
    ProviderEntry,
    ServiceEntry,
    SiteEntry,
    Stamp,
)

BATCH = 500
Entry = ProviderEntry | SiteEntry | ServiceEntry


def plan(parsed: ParsedDirectory, *, today: date, taking: Collection[str] = ()) -> Plan:
    """Work out what the file would change, and everything that is wrong with it.

    `taking` names fields in which the file is right against what was changed here.
    """
    made = Plan(refused=list(parsed.refused), left_out=list(parsed.left_out))
    if made.refused:
        return made
    parsed = stand_ins.resolved(parsed)
    _providers(made, parsed.providers)
    kept_here.hold_providers(made, taking)
    known = {
        *made.providers,
        *_known(models.Provider, (s.provider for s in parsed.sites)),
        *_known(models.Provider, (s.provider for s in parsed.services)),
    }
    _sites(made, parsed.sites, known)
    kept_here.hold_sites(made, parsed.sites, taking)
    _services(made, parsed.services, (known, taking), today)
    hidden_texts.look_through(made, parsed)
    return made


def write(made: Plan, stamp: Stamp) -> None:
    """Write everything that is new or different, in a few statements however much it is.

    What a service was before stays as a former edition.
    """
    _upsert(models.Provider, [_provider_row(each) for each in made.changed(made.providers)])
    _upsert(models.Site, [_site_row(each) for each in made.changed(made.sites)])
    changed: list[ServiceState] = made.changed(made.services)
    numbers = turn_over(changed, before=made.before, joined=made.joined, stamp=stamp)
    joined = replace(stamp, how=How.JOIN)
    rows = [_service_row(s, numbers, joined if s.id in made.joined else stamp) for s in changed]
    _upsert(models.Service, rows)
    _upsert(models.ServiceWords, [_words_row(each) for each in changed])
    _upsert(models.Eligibility, [_eligibility_row(each) for each in changed if each.let_in])
    links = models.Service.sites.through
    for part in shown.parts([each.id for each in changed if UUID(each.id) in made.before]):
        for model in (models.ServiceType, models.ServiceArea, links):
            model.objects.filter(service_id__in=part).delete()
    _list(models.ServiceType, changed, lambda each: each.types)
    _list(models.ServiceArea, changed, lambda each: each.areas)
    links.objects.bulk_create(
        [links(service_id=each.id, site_id=site) for each in changed for site in each.sites],
        batch_size=BATCH,
    )
    providers = {str(id_): state for id_, state in made.providers.items()}
    sites = {str(id_): state for id_, state in made.sites.items()}
    shown.write([*changed, *_around(made)], providers=providers, sites=sites)


def _around(made: Plan) -> list[ServiceState]:
    """Give services that did not change but whose provider or place did."""
    providers = [each.id for each in made.changed(made.providers) if each.id in made.before]
    sites = [each.id for each in made.changed(made.sites) if each.id in made.before]
    changed = {UUID(each.id) for each in made.changed(made.services)}
    found = set()
    for name, ids in (("provider__in", providers), ("sites__in", sites)):
        for part in shown.parts(ids):
            near = models.Service.objects.filter(**{name: part})
            found |= set(near.values_list("id", flat=True)) - changed
    return list(shown.stored(found).values())


def _providers(made: Plan, entries: Iterable[ProviderEntry]) -> None:
    entries = list(entries)
    old = _stored(models.Provider, entries, states.provider_of)
    made.before |= old
    made.providers = {each.id: states.next_provider(each, old.get(each.id)) for each in entries}


def _sites(made: Plan, entries: Iterable[SiteEntry], providers: set[UUID]) -> None:
    entries = list(entries)
    old = _stored(models.Site, entries, states.site_of)
    made.before |= old
    for entry in entries:
        state = states.next_site(entry, old.get(entry.id), providers)
        made.sites[entry.id] = state
        if state.hidden and entry.hidden is None:
            made.left_out.append(Problem(entry.where, "", "stays_hidden"))


def _services(
    made: Plan,
    entries: Iterable[ServiceEntry],
    told: tuple[set[UUID], Collection[str]],
    today: date,
) -> None:
    (providers, taking), entries = told, list(entries)
    old = shown.stored(each.id for each in entries)
    made.before |= old
    made.hidden, here = _hidden(made, old), joining(old)
    for entry in entries:
        if entry.id in here.moved:
            made.left_out.append(Problem(entry.where, "", "was_merged"))
            continue
        theirs = states.next_service(entry, old.get(entry.id))
        state, conflicts = here.join(theirs, old.get(entry.id), taking)
        made.conflicts += conflicts
        if state != theirs:
            made.joined[state.id] = theirs
            made.left_out += kept_here.left_out(entry, theirs, state)
        made.refused += _wrong(entry, state, providers, today)
        if made.hidden & set(state.sites):
            veiled = states.veiled(state)
            if veiled.areas != state.areas and entry.areas is not None:
                made.left_out.append(Problem(entry.where, "suar.areas", "areas_widened"))
            state = veiled
        made.services[entry.id] = state
    _veil_neighbours(made)


def _veil_neighbours(made: Plan) -> None:
    """Widen the areas of stored services whose place this file hides, though they are not in it."""
    newly = [id_ for id_, site in made.sites.items() if site.hidden]
    linked = models.Service.objects.filter(sites__in=newly).exclude(id__in=made.services)
    for id_, state in shown.stored(set(linked.values_list("id", flat=True))).items():
        made.before[id_] = state
        made.services[id_] = states.veiled(state)


def _hidden(made: Plan, old: Mapping[UUID, ServiceState]) -> set[str]:
    """Give the hidden places among those told or already linked."""
    told = {str(id_) for id_ in made.sites}
    linked = {site for state in old.values() for site in state.sites} - told
    secret = models.Site.objects.filter(hidden=True)
    stored = {
        str(id_)
        for part in shown.parts(sorted(linked))
        for id_ in secret.filter(id__in=part).values_list("id", flat=True)
    }
    return stored | {str(id_) for id_, state in made.sites.items() if state.hidden}


def _wrong(entry: ServiceEntry, state: ServiceState, providers: set[UUID], today: date) -> list[Problem]:
    found = []
    if entry.provider and entry.provider not in providers:
        found.append(Problem(entry.where, "organization_id", "no_provider", str(entry.provider)))
    dates = {
        "assured_date": entry.confirmed,
        "suar.places.as_of": entry.eligibility and entry.eligibility.places_as_of,
        "suar.urgent.tested": entry.urgent and entry.urgent.tested,
    }
    return found + [
        Problem(entry.where, name, "in_the_future", day.isoformat())
        for name, day in dates.items()
        if day and day > today
    ]


def _stored(model: Any, entries: Iterable[Entry], state_of: Callable[[Any], Any]) -> dict[UUID, Any]:
    return {
        row.id: state_of(row)
        for part in shown.parts([each.id for each in entries])
        for row in model.objects.filter(id__in=part)
    }


def _known(model: Any, ids: Iterable[UUID | None]) -> set[UUID]:
    wanted = sorted({id_ for id_ in ids if id_})
    return {
        id_ for part in shown.parts(wanted) for id_ in model.objects.filter(id__in=part).values_list("id", flat=True)
    }


def _upsert(model: Any, rows: list[Any]) -> None:
    """Create rows or overwrite those with the same key."""
    key = model._meta.pk.name
    told = [each.name for each in model._meta.concrete_fields if each.name != key]
    model.objects.bulk_create(rows, batch_size=BATCH, update_conflicts=True, unique_fields=[key], update_fields=told)


def _list(model: Any, changed: Sequence[ServiceState], codes: Callable[[ServiceState], Sequence[str]]) -> None:
    model.objects.bulk_create(
        [model(service_id=each.id, code=code) for each in changed for code in codes(each)],
        batch_size=BATCH,
    )


def _provider_row(state: ProviderState) -> models.Provider:
    return models.Provider(**{each.name: getattr(state, each.name) for each in fields(state)})


def _site_row(state: SiteState) -> models.Site:
    told = {each.name: getattr(state, each.name) for each in fields(state)}
    return models.Site(provider_id=told.pop("provider"), **told)


def _service_row(state: ServiceState, numbers: Mapping[UUID, int], stamp: Stamp) -> models.Service:
    return models.Service(
        id=state.id,
        provider_id=state.provider,
        status=state.status,
        confirmed=state.confirmed,
        edition=numbers.get(UUID(state.id), 1),
        changed_at=stamp.at,
        changed_by=stamp.by,
        changed_how=stamp.how,
    )


def _words_row(state: ServiceState) -> models.ServiceWords:
    names = ("name", "description", "access", "phones", "hours", "urgent")
    return models.ServiceWords(service_id=state.id, **{n: getattr(state, n) for n in names})


def _eligibility_row(state: ServiceState) -> models.Eligibility:
    return models.Eligibility(service_id=state.id, **(state.let_in or {}))
