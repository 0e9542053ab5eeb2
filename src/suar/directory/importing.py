"""Import a directory file: compare all of it with the stored directory, then write all of it or nothing."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.i18n import SOURCE_LANGUAGE
from suar.core.refusals import Refused, get_or_refuse
from suar.directory import diff, documents, editors, hidden_locations, models, provider_notices, search
from suar.directory.cards import localise
from suar.directory.codes import How
from suar.directory.diff import FlatEntry
from suar.directory.documents import (
    Conflict,
    Entry,
    ImportPlan,
    ParsedDirectory,
    Problem,
    ProviderDocument,
    ServiceDocument,
    SiteDocument,
    Stamp,
)
from suar.directory.snapshots import BATCH, batches, filter_in, load_documents, load_services, write_snapshots

UPLOAD_LIFETIME = timedelta(days=7)
LOCAL_PROVIDER_FIELDS = ("name", "description", "website", "email", "phones")
LOCAL_SITE_FIELDS = ("name", "address", "district", "transport", "phones", "latitude", "longitude")
Local = TypeVar("Local", ProviderDocument, SiteDocument)


class NotImported(Exception):
    """The file was not imported: something is refused, or a warning was not seen yet."""

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__(len(plan.refused), len(plan.warned))
        self.plan = plan


@act("upload_import", needs=Permission.EDIT_DIRECTORY)
def store_upload(content: str, *, file_name: str, by: Acting) -> UUID:
    """Store a parsed file until a second editor confirms it."""
    return _store_upload(content, file_name, uploader=by.worker, by=by)


@act("upload_import", needs=None)
def store_operator_upload(content: str, *, file_name: str, by: Anonymous) -> UUID:
    """Store a parsed file of the command line until two editors confirm it."""
    return _store_upload(content, file_name, uploader=editors.OPERATOR, by=by)


@act("check_draft", needs=Permission.EDIT_DIRECTORY)
def check_upload(upload: UUID, *, by: Acting) -> None:
    """Take over a file of the operator, for another editor to import. Raises Refused for any other file."""
    models.Edition.locked()
    row = get_upload(upload, at=by.at)
    if row.by != editors.OPERATOR:
        raise Refused("draft_settled")
    row.by = by.worker
    row.save(update_fields=["by"])
    by.entry.about.append(row.id)


@act("discard_import", needs=Permission.EDIT_DIRECTORY)
def discard_upload(upload: UUID, *, by: Acting) -> None:
    """Delete an uploaded file; raises NotYours if there is none."""
    by.entry.about.append(upload)
    get_upload(upload, at=by.at).delete()


def get_upload(upload: UUID, *, at: datetime) -> models.Upload:
    """Return an uploaded file that waits to be confirmed; raises NotYours if there is none or it has expired."""
    return get_or_refuse(models.Upload.objects.filter(id=upload, at__gte=at - UPLOAD_LIFETIME))


def purge_uploads(*, at: datetime) -> int:
    """Delete uploaded files that have expired, and return how many."""
    return models.Upload.objects.filter(at__lt=at - UPLOAD_LIFETIME).delete()[0]


@act("import_directory", needs=Permission.EDIT_DIRECTORY)
def import_upload(
    upload: UUID, parse: Callable[[str], ParsedDirectory], *, file_wins: Collection[str], seen_warnings: str, by: Acting
) -> ImportPlan:
    """Import an uploaded file that another editor uploaded. Raises Refused, and NotImported as `import_file` does.

    `file_wins` has the keys of the conflicts in which the value of the file is used. `seen_warnings` is the
    digest of the warnings that the editor read.
    """
    models.Edition.locked()
    row = get_upload(upload, at=by.at)
    editors.may_import(row.by, by.viewer).enforce()
    authors = {row.by} if editors.has_entries() else set()
    plan = _import(parse(row.content), file_wins=file_wins, seen_warnings=seen_warnings, authors=authors, by=by)
    row.delete()
    return plan


@act("import_directory", needs=None)
def import_file(parsed: ParsedDirectory, *, by: Anonymous, seen_warnings: str | None = None) -> ImportPlan:
    """Import a file in the demonstration, or one with which the operator of the server fills an empty directory.

    Raises NotImported if anything is refused or, unless `seen_warnings` is None, a warning was not seen.
    """
    return _import(parsed, file_wins=(), seen_warnings=seen_warnings, by=by)


def plan_import(parsed: ParsedDirectory, *, today: date, file_wins: Collection[str] = ()) -> ImportPlan:
    """Return the changes of a file, and all problems with it.

    Entries are matched by id. A field that a file does not state stays, and so does one that was changed here
    since the last file, except for the conflicts in `file_wins`.
    """
    plan = ImportPlan(refused=list(parsed.refused), left_out=list(parsed.left_out), file_wins=frozenset(file_wins))
    if plan.refused:
        return plan
    parsed = hidden_locations.resolve_placeholders(parsed)
    _plan_providers(plan, parsed.providers)
    wanted = {entry.stated["provider"] for entry in (*parsed.sites, *parsed.services) if "provider" in entry.stated}
    providers = {*plan.providers, *filter_in(models.Provider.objects.values_list("id", flat=True), wanted)}
    _plan_sites(plan, parsed.sites, providers)
    _plan_services(plan, parsed.services)
    _widen_neighbours(plan)
    reset_confirmations(plan)
    for entry in parsed.services:
        if entry.id in plan.services:
            plan.refused += _find_problems(entry, providers, today)
    hidden_locations.check_texts(plan, parsed)
    return plan


def reset_confirmations(plan: ImportPlan) -> None:
    """Remove the confirmation day of a service whose numbers, address, email, website or places change.

    A newer day in a file stays. An entry that lost its day gets it back only from a day after its last change.
    Source: security.md T17.
    """
    unconfirmed = models.Service.objects.filter(confirmed=None, changed_at__isnull=False)
    stored = [id_ for id_ in plan.services if id_ in plan.before]
    changed_at = dict(filter_in(unconfirmed.values_list("id", "changed_at"), stored))
    plan.hidden = _linked_hidden_sites(plan)
    contacts = _changed_contacts(plan)
    for id_, service in plan.services.items():
        if id_ not in plan.before or service.confirmed is None:
            continue
        if id_ in changed_at:
            is_stale = service.confirmed < clock.local_date(changed_at[id_]).isoformat()
        else:
            is_new = contacts & {str(id_), service.provider, *service.sites}
            is_stale = bool(is_new) and service.confirmed == plan.before[id_].confirmed
        if is_stale:
            plan.services[id_] = replace(service, confirmed=None)


def _changed_contacts(plan: ImportPlan) -> set[str | None]:
    """Return the stored services, providers and sites whose contact data change."""
    planned: dict[UUID, Any] = {**plan.providers, **plan.sites, **plan.services}
    pairs = [(plan.before[id_], new) for id_, new in planned.items() if id_ in plan.before]
    hidden = plan.hidden
    return {str(new.id) for old, new in pairs if documents.contacts(old, hidden) != documents.contacts(new, hidden)}


def _linked_hidden_sites(plan: ImportPlan) -> set[str]:
    """Return the hidden sites among those of a plan and of its services, before and after."""
    services = (*plan.services.values(), *(plan.before[id_] for id_ in plan.services if id_ in plan.before))
    linked = {site for service in services for site in service.sites} - {*map(str, plan.sites)}
    stored = filter_in(models.Site.objects.filter(hidden=True).values_list("id", flat=True), linked)
    return {*map(str, stored), *(str(id_) for id_, site in plan.sites.items() if site.hidden)}


def write_plan(plan: ImportPlan, stamp: Stamp) -> None:
    """Write everything that is new or different, in the tables and in the search index.

    The former content of a service stays as a revision.
    """
    directory, today, changed = models.Edition.locked(), clock.local_date(stamp.at), plan.changes(plan.services)
    _upsert(models.Provider, [models.Provider(**asdict(change)) for change in plan.changes(plan.providers)])
    _upsert(models.Site, [models.Site(**asdict(change)) for change in plan.changes(plan.sites)])
    contacts = _changed_contacts(plan)
    _write_services(plan, changed, stamp, contacts)
    affected = [
        replace(service, confirmed=None) if contacts & {service.provider, *service.sites} else service
        for service in _affected_services(plan)
    ]
    _reset_affected(plan, [service.id for service in affected if service.confirmed is None], stamp)
    write_snapshots([*changed, *affected])
    if stamp.how == How.IMPORT:
        search.rebuild(today=today)
    else:
        for service in changed:
            search.update_service(UUID(service.id), today=today)
    directory.count_change(at=stamp.at)
    provider_notices.notify_providers(plan, stamp, fills=directory.number == 1)


def _store_upload(content: str, file_name: str, *, uploader: UUID, by: Anonymous) -> UUID:
    upload = models.Upload.objects.create(content=content, file_name=file_name[:120], by=uploader, at=by.at)
    by.entry.about.append(upload.id)
    return upload.id


def _import(
    parsed: ParsedDirectory,
    *,
    file_wins: Collection[str],
    seen_warnings: str | None,
    by: Anonymous,
    authors: Collection[UUID] = (),
) -> ImportPlan:
    """Import a file, all of it or nothing; repeating it changes nothing."""
    models.Edition.locked()
    plan = plan_import(parsed, today=clock.local_date(by.at), file_wins=file_wins)
    plan.authors = authors
    if plan.refused or (seen_warnings is not None and plan.warnings_digest not in ("", seen_warnings)):
        raise NotImported(plan)
    if any((*plan.created, *plan.changed)):
        write_plan(plan, Stamp(by.worker, by.at, How.IMPORT))
    counts = (plan.created.services, plan.changed.services, plan.unchanged.services)
    by.entry.because = "created {} changed {} unchanged {}".format(*counts)
    plan.applied = True
    return plan


def _plan_providers(plan: ImportPlan, entries: Sequence[Entry]) -> None:
    stored = load_documents(ProviderDocument, (entry.id for entry in entries))
    plan.before |= stored
    for entry in entries:
        ours = stored.get(entry.id)
        theirs = documents.merge_provider(entry, ours)
        if ours is not None and ours.added_here:
            # No file decides who receives what is sent to a provider that was added here.
            theirs = replace(theirs, organisation=ours.organisation, answers_by_link=ours.answers_by_link)
            theirs = _join_local(plan, localise(ours.name, SOURCE_LANGUAGE), ours, theirs, LOCAL_PROVIDER_FIELDS)
        plan.providers[entry.id] = theirs


def _plan_sites(plan: ImportPlan, entries: Sequence[Entry], providers: set[UUID]) -> None:
    stored = load_documents(SiteDocument, (entry.id for entry in entries))
    plan.before |= stored
    for entry in entries:
        ours = stored.get(entry.id)
        theirs = documents.merge_site(entry, ours, providers)
        local = ours if ours and ours.added_here and not theirs.hidden else None
        if (theirs.hidden and "hidden" not in entry.stated) or (local and local.hidden):
            plan.left_out.append(Problem(entry.where, "", "stays_hidden"))
        if local:
            theirs = local if local.hidden else _join_local_site(plan, local, theirs)
        plan.sites[entry.id] = theirs


def _join_local_site(plan: ImportPlan, ours: SiteDocument, theirs: SiteDocument) -> SiteDocument:
    joined = _join_local(plan, ours.name or ours.address.get("address_1", ""), ours, theirs, LOCAL_SITE_FIELDS)
    if (joined.address, joined.district) == (theirs.address, theirs.district):
        return joined
    # A point on the map belongs to the address of the same file.
    return replace(joined, latitude=ours.latitude, longitude=ours.longitude)


def _join_local(plan: ImportPlan, label: str, ours: Local, theirs: Local, names: Sequence[str]) -> Local:
    """Return a provider or site that was added here, with what a file adds to it."""
    kind = "site" if isinstance(ours, SiteDocument) else "provider"
    local, from_file = (
        {f"{kind}.{name}": None if (value := getattr(side, name)) in ("", [], {}) else value for name in names}
        for side in (ours, theirs)
    )
    merged = _merge(plan, (str(ours.id), label), {}, local, from_file)
    values: dict[str, Any] = {path.partition(".")[2]: value for path, value in merged.items() if value is not None}
    return replace(theirs, **values)


def _plan_services(plan: ImportPlan, entries: Sequence[Entry]) -> None:
    ids = [entry.id for entry in entries]
    stored, bases = load_services(ids), _local_bases(ids)
    plan.before |= stored
    merged_ids = set(filter_in(models.MergedEntry.objects.values_list("old", flat=True), ids, "old"))
    for entry in entries:
        if entry.id in merged_ids:
            plan.left_out.append(Problem(entry.where, "", "was_merged"))
            continue
        ours = stored.get(entry.id)
        service = theirs = documents.merge_service(entry, ours)
        if ours and entry.id in bases:
            service = _join(plan, bases[entry.id], ours, theirs)
            if (service.provider, service.sites) != (theirs.provider, theirs.sites):
                plan.left_out.append(Problem(entry.where, "", "kept_here"))
            if service != theirs:
                plan.joined[service.id] = theirs
        plan.services[entry.id] = service
    _widen_areas(plan, entries)


def _widen_areas(plan: ImportPlan, entries: Sequence[Entry]) -> None:
    """Widen the areas of services with a hidden site to provinces."""
    plan.hidden = _linked_hidden_sites(plan)
    for entry in entries:
        service = plan.services.get(entry.id)
        if service and plan.hidden & set(service.sites):
            widened = plan.services[entry.id] = documents.widen_areas(service)
            if widened.areas != service.areas and "areas" in entry.stated:
                plan.left_out.append(Problem(entry.where, "suar.areas", "areas_widened"))


def _join(
    plan: ImportPlan, base: ServiceDocument | None, ours: ServiceDocument, theirs: ServiceDocument
) -> ServiceDocument:
    """Return a service that was changed here since the file `base`, merged with a newer file.

    Of an entry that was added here no file changes the provider or the sites.
    """
    if base is None:
        theirs = replace(theirs, provider=ours.provider, sites=ours.sites)
    name, before = localise(ours.name, SOURCE_LANGUAGE), diff.flatten(base) if base else diff.EMPTY
    return diff.apply_fields(theirs, _merge(plan, (ours.id, name), before, diff.flatten(ours), diff.flatten(theirs)))


def _merge(
    plan: ImportPlan, entry: tuple[str, str], base: FlatEntry, ours: FlatEntry, theirs: FlatEntry
) -> dict[str, Any]:
    """Merge two versions of an entry; where both changed a field, ours stays unless `plan.file_wins` has it."""
    taken, conflicts = diff.three_way_merge(base, ours, theirs)
    values = {**ours, **taken}
    for path in conflicts:
        conflict = Conflict(*entry, path, ours.get(path), theirs.get(path))
        if conflict.key in plan.file_wins:
            values[path] = conflict.theirs
        else:
            plan.conflicts.append(conflict)
    return values


def _local_bases(ids: Collection[UUID]) -> dict[UUID, ServiceDocument | None]:
    """Return the entries that were changed here since the last file, with their content in that file.

    None: the entry was added here and is in no file yet.
    """
    edited = models.Service.objects.exclude(changed_how=How.IMPORT).values_list("id", flat=True)
    bases: dict[UUID, ServiceDocument | None] = dict.fromkeys(filter_in(edited, ids))
    former = models.FormerRevision.objects.filter(how=How.IMPORT).order_by("number")
    bases |= {row.service_id: row.document for row in filter_in(former, bases, "service_id")}
    return bases


def _widen_neighbours(plan: ImportPlan) -> None:
    """Widen the areas of stored services whose site this file hides, though they are not in it.

    One that was changed here stays such: the next file that states it is merged, and overwrites nothing.
    """
    hidden = [id_ for id_, site in plan.sites.items() if site.hidden]
    linked = {*filter_in(models.Service.objects.values_list("id", flat=True), hidden, "sites")} - {*plan.services}
    for id_, service in load_services(linked).items():
        plan.before[id_] = service
        plan.services[id_] = documents.widen_areas(service)
    plan.edited_here |= _local_bases(linked).keys()


def _find_problems(entry: Entry, providers: set[UUID], today: date) -> Iterable[Problem]:
    stated = entry.stated
    if "provider" in stated and UUID(stated["provider"]) not in providers:
        yield Problem(entry.where, "organization_id", "no_provider", stated["provider"])
    days = {
        "assured_date": stated.get("confirmed"),
        "suar.places.as_of": stated.get("eligibility", {}).get("places_as_of"),
        "suar.urgent.tested": stated.get("urgent", {}).get("tested"),
    }
    for name, day in days.items():
        if day and day > today.isoformat():
            yield Problem(entry.where, name, "in_the_future", day)


def _affected_services(plan: ImportPlan) -> list[ServiceDocument]:
    """Return services that did not change but whose provider or site did."""
    rows = models.Service.objects.values_list("id", flat=True)
    affected: set[UUID] = set()
    for name, changed in (("provider", plan.changes(plan.providers)), ("sites", plan.changes(plan.sites))):
        affected |= {*filter_in(rows, [item.id for item in changed if item.id in plan.before], name)}
    return list(load_services(affected - {UUID(change.id) for change in plan.changes(plan.services)}).values())


def _write_services(
    plan: ImportPlan, changed: Sequence[ServiceDocument], stamp: Stamp, contacts: set[str | None]
) -> None:
    numbers, authors = _store_former_revisions(plan, changed, stamp), _contact_authors(plan, changed, contacts)
    services = [
        models.Service(
            id=service.id,
            provider_id=service.provider,
            status=service.status,
            confirmed=service.confirmed,
            edition=numbers.get(UUID(service.id), 1),
            changed_at=stamp.at,
            changed_by=stamp.by,
            changed_how=How.JOIN if service.id in plan.joined or UUID(service.id) in plan.edited_here else stamp.how,
            contact_authors=authors[service.id],
        )
        for service in changed
    ]
    _upsert(models.Service, services)
    coded = ((models.ServiceType, "code", "types"), (models.ServiceArea, "code", "areas"))
    for model, column, name in (*coded, (models.Service.sites.through, "site_id", "sites")):
        rows: Any = model.objects
        for part in batches([s.id for s in changed if UUID(s.id) in plan.before]):
            rows.filter(service_id__in=part).delete()
        values = [model(service_id=s.id, **{column: value}) for s in changed for value in getattr(s, name)]
        rows.bulk_create(values, batch_size=BATCH)


def _store_former_revisions(plan: ImportPlan, changed: Sequence[ServiceDocument], stamp: Stamp) -> dict[UUID, int]:
    """Store the former content of services as revisions; return the next revision number of each service.

    If a file was merged with a local change, its content is a revision of its own, so that the next
    file is compared with it and no conflict is reported twice.
    """
    former, numbers = [], {}
    for row in filter_in(models.Service.objects.all(), [s.id for s in changed if UUID(s.id) in plan.before]):
        former.append(row.as_revision(plan.before[row.id]))
        numbers[row.id] = row.edition + 1
        if joined := plan.joined.get(str(row.id)):
            state = asdict(joined)
            former.append(models.FormerRevision(service=row, number=numbers[row.id], state=state, **stamp._asdict()))
            numbers[row.id] += 1
    models.FormerRevision.objects.bulk_create(former, batch_size=BATCH)
    return numbers


def _contact_authors(
    plan: ImportPlan, changed: Sequence[ServiceDocument], contacts: set[str | None]
) -> dict[str, list[str]]:
    """Return who proposed the unconfirmed contact data of each service."""
    ids = [service.id for service in changed if UUID(service.id) in plan.before]
    rows = models.Service.objects.exclude(contact_authors=[]).values_list("id", "contact_authors")
    stored = dict(filter_in(rows, ids))
    authors = dict[str, list[str]]()
    for service in changed:
        touched = UUID(service.id) not in plan.before or contacts & {service.id, service.provider, *service.sites}
        proposed = {*map(str, plan.authors)} if touched else set()
        authors[service.id] = [] if service.confirmed else sorted({*stored.get(UUID(service.id), ())} | proposed)
    return authors


def _reset_affected(plan: ImportPlan, ids: Collection[str], stamp: Stamp) -> None:
    """Remove the confirmation day of services whose provider or site has new contact data."""
    rows = list(filter_in(models.Service.objects.all(), ids))
    for row in rows:
        if row.confirmed is not None:
            row.confirmed, row.changed_at = None, stamp.at
        row.contact_authors = sorted({*row.contact_authors, *map(str, plan.authors)})
    models.Service.objects.bulk_update(rows, ["confirmed", "changed_at", "contact_authors"], batch_size=BATCH)


def _upsert(model: Any, rows: list[Any]) -> None:
    """Create rows or overwrite those with the same key."""
    key = model._meta.pk.name
    others = [field.name for field in model._meta.concrete_fields if field.name != key]
    model.objects.bulk_create(rows, batch_size=BATCH, update_conflicts=True, unique_fields=[key], update_fields=others)
