"""Plan and write an import: compare a whole file with the stored directory, then write all of it or nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from suar.core.i18n import SOURCE_LANGUAGE
from suar.directory import diff, documents, hidden_locations, models, snapshots
from suar.directory.cards import localise
from suar.directory.codes import How
from suar.directory.documents import (
    Conflict,
    ImportPlan,
    ParsedDirectory,
    Problem,
    ProviderDocument,
    ProviderEntry,
    ServiceDocument,
    ServiceEntry,
    SiteDocument,
    SiteEntry,
    Stamp,
)
from suar.directory.rules import proposals

BATCH = 500
Entry = ProviderEntry | SiteEntry | ServiceEntry


def plan_import(parsed: ParsedDirectory, *, today: date, taking: Collection[str] = ()) -> ImportPlan:
    """Compute what the file would change, and everything that is wrong with it.

    `taking` names fields in which the file is right against what was changed here.
    """
    plan = ImportPlan(refused=list(parsed.refused), left_out=list(parsed.left_out))
    if plan.refused:
        return plan
    parsed = hidden_locations.resolve_placeholders(parsed)
    _plan_providers(plan, parsed.providers)
    _keep_local_providers(plan, taking)
    known = {
        *plan.providers,
        *_existing_ids(models.Provider, (s.provider for s in parsed.sites)),
        *_existing_ids(models.Provider, (s.provider for s in parsed.services)),
    }
    _plan_sites(plan, parsed.sites, known)
    _keep_local_sites(plan, parsed.sites, taking)
    _plan_services(plan, parsed.services, (known, taking), today)
    hidden_locations.check_texts(plan, parsed)
    return plan


def write_plan(plan: ImportPlan, stamp: Stamp) -> None:
    """Write everything that is new or different, in a few statements however much it is.

    What a service was before stays as a former revision.
    """
    _upsert(models.Provider, [_provider_row(each) for each in plan.changed(plan.providers)])
    _upsert(models.Site, [_site_row(each) for each in plan.changed(plan.sites)])
    changed: list[ServiceDocument] = plan.changed(plan.services)
    numbers = _store_former_editions(changed, before=plan.before, joined=plan.joined, stamp=stamp)
    joined = replace(stamp, how=How.JOIN)
    rows = [_service_row(s, numbers, joined if s.id in plan.joined else stamp) for s in changed]
    _upsert(models.Service, rows)
    _upsert(models.ServiceTexts, [_words_row(each) for each in changed])
    _upsert(models.Eligibility, [_eligibility_row(each) for each in changed if each.let_in])
    links = models.Service.sites.through
    for part in snapshots.batches([each.id for each in changed if UUID(each.id) in plan.before]):
        for model in (models.ServiceType, models.ServiceArea, links):
            model.objects.filter(service_id__in=part).delete()
    _create_codes(models.ServiceType, changed, lambda each: each.types)
    _create_codes(models.ServiceArea, changed, lambda each: each.areas)
    links.objects.bulk_create(
        [links(service_id=each.id, site_id=site) for each in changed for site in each.sites],
        batch_size=BATCH,
    )
    providers = {str(id_): state for id_, state in plan.providers.items()}
    sites = {str(id_): state for id_, state in plan.sites.items()}
    snapshots.write_snapshots([*changed, *_affected_services(plan)], providers=providers, sites=sites)


def _affected_services(plan: ImportPlan) -> list[ServiceDocument]:
    """Return services that did not change but whose provider or place did."""
    providers = [each.id for each in plan.changed(plan.providers) if each.id in plan.before]
    sites = [each.id for each in plan.changed(plan.sites) if each.id in plan.before]
    changed = {UUID(each.id) for each in plan.changed(plan.services)}
    found = set()
    for name, ids in (("provider__in", providers), ("sites__in", sites)):
        for part in snapshots.batches(ids):
            near = models.Service.objects.filter(**{name: part})
            found |= set(near.values_list("id", flat=True)) - changed
    return list(snapshots.load_services(found).values())


def _plan_providers(plan: ImportPlan, entries: Iterable[ProviderEntry]) -> None:
    entries = list(entries)
    old = _load_stored(models.Provider, entries, snapshots.provider_from_row)
    plan.before |= old
    plan.providers = {each.id: documents.merge_provider(each, old.get(each.id)) for each in entries}


def _plan_sites(plan: ImportPlan, entries: Iterable[SiteEntry], providers: set[UUID]) -> None:
    entries = list(entries)
    old = _load_stored(models.Site, entries, snapshots.site_from_row)
    plan.before |= old
    for entry in entries:
        state = documents.merge_site(entry, old.get(entry.id), providers)
        plan.sites[entry.id] = state
        if state.hidden and entry.hidden is None:
            plan.left_out.append(Problem(entry.where, "", "stays_hidden"))


def _plan_services(
    plan: ImportPlan,
    entries: Iterable[ServiceEntry],
    told: tuple[set[UUID], Collection[str]],
    today: date,
) -> None:
    (providers, taking), entries = told, list(entries)
    old = snapshots.load_services(each.id for each in entries)
    plan.before |= old
    plan.hidden, here = _hidden_sites(plan, old), _find_local_edits(old)
    for entry in entries:
        if entry.id in here.moved:
            plan.left_out.append(Problem(entry.where, "", "was_merged"))
            continue
        theirs = documents.merge_service(entry, old.get(entry.id))
        state, conflicts = here.join(theirs, old.get(entry.id), taking)
        plan.conflicts += conflicts
        if state != theirs:
            plan.joined[state.id] = theirs
            plan.left_out += _note_kept_here(entry, theirs, state)
        plan.refused += _find_problems(entry, state, providers, today)
        if plan.hidden & set(state.sites):
            veiled = documents.widen_areas(state)
            if veiled.areas != state.areas and entry.areas is not None:
                plan.left_out.append(Problem(entry.where, "suar.areas", "areas_widened"))
            state = veiled
        plan.services[entry.id] = state
    _widen_neighbours(plan)


def _widen_neighbours(plan: ImportPlan) -> None:
    """Widen the areas of stored services whose place this file hides, though they are not in it."""
    newly = [id_ for id_, site in plan.sites.items() if site.hidden]
    linked = models.Service.objects.filter(sites__in=newly).exclude(id__in=plan.services)
    for id_, state in snapshots.load_services(set(linked.values_list("id", flat=True))).items():
        plan.before[id_] = state
        plan.services[id_] = documents.widen_areas(state)


def _hidden_sites(plan: ImportPlan, old: Mapping[UUID, ServiceDocument]) -> set[str]:
    """Return the hidden places among those told or already linked."""
    told = {str(id_) for id_ in plan.sites}
    linked = {site for state in old.values() for site in state.sites} - told
    secret = models.Site.objects.filter(hidden=True)
    stored = {
        str(id_)
        for part in snapshots.batches(sorted(linked))
        for id_ in secret.filter(id__in=part).values_list("id", flat=True)
    }
    return stored | {str(id_) for id_, state in plan.sites.items() if state.hidden}


def _find_problems(entry: ServiceEntry, state: ServiceDocument, providers: set[UUID], today: date) -> list[Problem]:
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


def _load_stored(model: Any, entries: Iterable[Entry], state_of: Callable[[Any], Any]) -> dict[UUID, Any]:
    return {
        row.id: state_of(row)
        for part in snapshots.batches([each.id for each in entries])
        for row in model.objects.filter(id__in=part)
    }


def _existing_ids(model: Any, ids: Iterable[UUID | None]) -> set[UUID]:
    wanted = sorted({id_ for id_ in ids if id_})
    return {
        id_
        for part in snapshots.batches(wanted)
        for id_ in model.objects.filter(id__in=part).values_list("id", flat=True)
    }


def _upsert(model: Any, rows: list[Any]) -> None:
    """Create rows or overwrite those with the same key."""
    key = model._meta.pk.name
    told = [each.name for each in model._meta.concrete_fields if each.name != key]
    model.objects.bulk_create(rows, batch_size=BATCH, update_conflicts=True, unique_fields=[key], update_fields=told)


def _create_codes(
    model: Any, changed: Sequence[ServiceDocument], codes: Callable[[ServiceDocument], Sequence[str]]
) -> None:
    model.objects.bulk_create(
        [model(service_id=each.id, code=code) for each in changed for code in codes(each)],
        batch_size=BATCH,
    )


def _provider_row(state: ProviderDocument) -> models.Provider:
    return models.Provider(**{each.name: getattr(state, each.name) for each in fields(state)})


def _site_row(state: SiteDocument) -> models.Site:
    told = {each.name: getattr(state, each.name) for each in fields(state)}
    return models.Site(provider_id=told.pop("provider"), **told)


def _service_row(state: ServiceDocument, numbers: Mapping[UUID, int], stamp: Stamp) -> models.Service:
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


def _words_row(state: ServiceDocument) -> models.ServiceTexts:
    names = ("name", "description", "access", "phones", "hours", "urgent")
    return models.ServiceTexts(service_id=state.id, **{n: getattr(state, n) for n in names})


def _eligibility_row(state: ServiceDocument) -> models.Eligibility:
    return models.Eligibility(service_id=state.id, **(state.let_in or {}))


Local = TypeVar("Local", ProviderDocument, SiteDocument)
LOCAL_PROVIDER_FIELDS = ("name", "description", "website", "email", "phones")
RECIPIENT_FIELDS = ("organisation", "answers_by_link")
"""No file says who receives what is sent to a provider that was added here."""
LOCAL_SITE_FIELDS = ("name", "address", "district", "transport", "phones", "latitude", "longitude")


def _keep_local_providers(plan: ImportPlan, taking: Collection[str]) -> None:
    """Keep local changes of providers and note conflicts with the file."""
    for id_, theirs in plan.providers.items():
        ours = plan.before.get(id_)
        if ours is not None and ours.added_here:
            name = localise(ours.name, SOURCE_LANGUAGE)
            kept, conflicts = _merge_local(theirs, ours, ("provider", name, LOCAL_PROVIDER_FIELDS), taking)
            reached = {each: getattr(ours, each) for each in RECIPIENT_FIELDS}
            plan.providers[id_] = replace(kept, **reached)
            plan.conflicts += conflicts


def _keep_local_sites(plan: ImportPlan, entries: Iterable[SiteEntry], taking: Collection[str]) -> None:
    """Keep local changes of sites and note conflicts with the file."""
    rows = {each.id: each.where for each in entries}
    for id_, theirs in plan.sites.items():
        ours = plan.before.get(id_)
        if ours is None or not ours.added_here or theirs.hidden:
            continue
        if ours.hidden:
            plan.sites[id_] = ours
            plan.left_out.append(Problem(rows[id_], "", "stays_hidden"))
            continue
        name = ours.name or ours.address.get("address_1", "")
        kept, conflicts = _merge_local(theirs, ours, ("site", name, LOCAL_SITE_FIELDS), taking)
        if (kept.address, kept.district) != (theirs.address, theirs.district):
            # A point on the map belongs to the address of the same file.
            kept = replace(kept, latitude=ours.latitude, longitude=ours.longitude)
        plan.sites[id_] = kept
        plan.conflicts += conflicts


def _note_kept_here(entry: ServiceEntry, theirs: ServiceDocument, state: ServiceDocument) -> list[Problem]:
    """Record that a service that was added here keeps its place and its provider."""
    moved = (theirs.provider, theirs.sites) != (state.provider, state.sites)
    return [Problem(entry.where, "", "kept_here")] if moved else []


def _merge_local(
    theirs: Local, ours: Local, what: tuple[str, str, Iterable[str]], taking: Collection[str]
) -> tuple[Local, list[Conflict]]:
    kind, name, fields = what
    stays: dict[str, Any] = {}
    conflicts = []
    for field in fields:
        here, there = getattr(ours, field), getattr(theirs, field)
        if _is_empty(here) or here == there:
            continue
        one = Conflict(str(ours.id), name, f"{kind}.{field}", here, there)
        if _is_empty(there) or one.key not in taking:
            stays[field] = here
        if not _is_empty(there) and one.key not in taking:
            conflicts.append(one)
    return replace(theirs, **stays), conflicts


def _is_empty(told: Any) -> bool:
    return told is None or told == "" or (isinstance(told, list | tuple | Mapping) and not told)


FROM_FILES = (How.IMPORT,)
STAMP_COLUMNS = ("id", "edition", "changed_at", "changed_by", "changed_how")


@dataclass(frozen=True, slots=True)
class LocalEdits:
    """Entries changed here since the last file, with their content in that file.

    An entry that was added here has no base: None.
    """

    bases: Mapping[UUID, ServiceDocument | None]
    moved: frozenset[UUID]

    def join(
        self, theirs: ServiceDocument, ours: ServiceDocument | None, taking: Collection[str]
    ) -> tuple[ServiceDocument, list[Conflict]]:
        """Return what stands then, and the fields in which both sides differ.

        Ours stays in those, but where `taking` names the field of the file's.
        """
        if ours is None or UUID(theirs.id) not in self.bases:
            return theirs, []
        base = self.bases[UUID(theirs.id)]
        if base is None:
            theirs = replace(theirs, provider=ours.provider, sites=ours.sites)
        here, there = diff.flatten(ours), diff.flatten(theirs)
        joined = proposals.three_way_merge(diff.flatten(base) if base else diff.EMPTY, here, there)
        clashes = [
            Conflict(theirs.id, localise(ours.name, SOURCE_LANGUAGE), way, here.get(way), there.get(way))
            for way in joined.conflicts
        ]
        chosen = {each.way: each.theirs for each in clashes if each.key in taking}
        whole = diff.apply_fields(theirs, {**here, **joined.taken, **chosen})
        return whole, [each for each in clashes if each.way not in chosen]


def _find_local_edits(ids: Iterable[UUID]) -> LocalEdits:
    """Find which entries of a file were changed here, and which are one with another by now."""
    bases: dict[UUID, ServiceDocument | None] = {}
    moved: set[UUID] = set()
    for part in snapshots.batches(list(ids)):
        rows = models.Service.objects.filter(id__in=part).exclude(changed_how__in=FROM_FILES)
        edited = list(rows.values_list("id", flat=True))
        bases |= dict.fromkeys(edited)
        former = models.FormerRevision.objects.filter(service__in=edited, how__in=FROM_FILES)
        for id_, state in former.order_by("number").values_list("service_id", "state"):
            bases[id_] = ServiceDocument(**state)
        moved |= set(models.MergedEntry.objects.filter(old__in=part).values_list("old", flat=True))
    return LocalEdits(bases, frozenset(moved))


def _store_former_editions(
    changed: Iterable[ServiceDocument],
    *,
    before: Mapping[UUID, Any],
    joined: Mapping[str, ServiceDocument],
    stamp: Stamp,
) -> dict[UUID, int]:
    """Keep what services were as former revisions; returns the number of each one's next.

    If a file was merged with a local change, the file's content is a revision of its own,
    so that the next file is held against it and nothing is asked twice.
    """
    ids = [id_ for each in changed if (id_ := UUID(each.id)) in before]
    rows = [
        row
        for part in snapshots.batches(ids)
        for row in models.Service.objects.filter(id__in=part).values_list(*STAMP_COLUMNS)
    ]
    former = [_former_edition(id_, n, Stamp(by, at, how), before[id_]) for id_, n, at, by, how in rows]
    beside = [
        _former_edition(id_, n + 1, replace(stamp, how=How.IMPORT), joined[str(id_)])
        for id_, n, *_ in rows
        if str(id_) in joined
    ]
    models.FormerRevision.objects.bulk_create([*former, *beside], batch_size=snapshots.BATCH)
    return {id_: number + 1 + (str(id_) in joined) for id_, number, *_ in rows}


def _former_edition(service: UUID, number: int, stamp: Stamp, state: ServiceDocument) -> models.FormerRevision:
    return models.FormerRevision(
        service_id=service,
        number=number,
        at=stamp.at,
        by=stamp.by,
        how=stamp.how,
        state=asdict(state),
    )
