"""Proposals: changes, new entries, restored versions and merges that wait for a second editor.

One editor, or a provider with a link, writes a proposal; another editor checks and publishes it.
A new entry is planned like a file with one entry, so the same rules hold for editors and files.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import Q

from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.roles import Permission, Viewer
from suar.audit import actions as audit
from suar.audit import queries as written
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused, get_or_refuse
from suar.core.workflow import workflow
from suar.directory import catalogue, diff, editors, importing, revisions
from suar.directory.codes import UNKNOWN_LANGUAGE, DraftState, How, PlaceKind, Status
from suar.directory.diff import FlatEntry
from suar.directory.documents import Entry, ImportPlan, ParsedDirectory, Problem, ServiceDocument, Stamp
from suar.directory.models import Edition, EntryLink, FormerRevision, MergedEntry, Proposal, Service
from suar.directory.public_proposals import MAX_NOTE, SITE_KIND
from suar.directory.rules import locations

STATES = workflow("directory", "proposals")
DRAFTED = "draft_entry"
WAITING = (DraftState.DRAFT, DraftState.CHECKED)
FREE, AS_OF = "let_in.places_free", "let_in.places_as_of"
MERGED, RESTORED, CONFIRMED = "proposal.merged", "proposal.restored", "proposal.confirmed"
"""Keys of a change that are no field of the entry.

MERGED holds the entry that a merge removes, RESTORED the number of a restored version, CONFIRMED that a provider
confirms the entry.
"""
OVERTAKEN, REWRITTEN, NOT_COMPLETED = "overtaken", "written_anew", "not_completed"
SITE_FIELDS = ("site.district", "site.name", "site.address_1", "site.city", "site.postal_code", "site.transport")


class EntryRefused(Exception):
    """A new entry has content that is not allowed."""

    def __init__(self, problems: Collection[Problem]) -> None:
        super().__init__(len(problems))
        self.problems = problems


@act(DRAFTED, needs=Permission.EDIT_DIRECTORY)
def propose_change(service: UUID, fields: Mapping[str, Any], *, over: int, by: Acting) -> UUID | None:
    """Store changes of an editor as a proposal; return None if nothing differs.

    Raises Conflict if the entry has changed since revision `over`.
    """
    return store_change(service, fields, over=over, by=by)


@act(DRAFTED, needs=Permission.EDIT_DIRECTORY)
def propose_restored(service: UUID, number: int, *, over: int, by: Acting) -> UUID | None:
    """Propose the content of an older revision; the sites, provider and confirmation day stay."""
    former = get_or_refuse(FormerRevision.objects.filter(service=service, number=number))
    old, current = diff.flatten(former.document), diff.flatten(revisions.current_revision(service).document)
    fields = {path: old.get(path) for path in {*old, *current}}
    return store_change(service, fields, over=over, by=by, extra={RESTORED: number})


@act(DRAFTED, needs=Permission.EDIT_DIRECTORY)
def propose_merge(remaining: UUID, removed: UUID, *, paths: Collection[str], over: int, by: Acting) -> UUID | None:
    """Propose to merge two entries: the fields in `paths` come from the one that is removed."""
    _require_unmerged(remaining, removed)
    values = diff.flatten(revisions.current_revision(removed).document)
    fields = {path: values.get(path) for path in paths if path != "status"}
    return store_change(remaining, fields, over=over, by=by, extra={MERGED: str(removed)})


@act(DRAFTED, needs=Permission.EDIT_DIRECTORY)
def propose_entry(content: FlatEntry, *, by: Acting) -> UUID:
    """Store a new entry as a proposal. Raises EntryRefused if something is wrong."""
    proposal = Proposal(id=new_id(), edition=0)
    return _store_entry(proposal, content, by=by)


@act(DRAFTED, needs=Permission.EDIT_DIRECTORY)
def rewrite_entry(proposal: Proposal, content: FlatEntry, *, over: int, by: Acting) -> UUID:
    """Rewrite the proposal of a new entry, which another editor must check again.

    Its last writer is its author. Raises Conflict if somebody else rewrote it since version `over`.
    """
    _require(proposal, "rewrite", is_new=True)
    if proposal.edition != over:
        raise Conflict
    return _store_entry(proposal, content, by=by)


@act("throw_draft_away", needs=Permission.EDIT_DIRECTORY)
def discard_proposal(proposal: Proposal, *, over: int, by: Acting) -> None:
    """Delete an unpublished new entry with all its content."""
    _require(proposal, "discard", over=over, is_new=True)
    proposal.delete()


@act("check_draft", needs=Permission.EDIT_DIRECTORY)
def check_proposal(proposal: Proposal, *, over: int, by: Acting, districts_seen: bool = False) -> None:
    """Mark the proposal of another editor as checked; publishing is a separate act.

    Raises Refused if it names the district of a hidden place, unless `districts_seen`.
    """
    _require_second_editor(proposal, "check", over=over, by=by)
    if not districts_seen and districts_in_proposal(proposal):
        raise Refused(revisions.NAMES_A_DISTRICT)
    proposal.state, proposal.checked_by = DraftState.CHECKED, by.worker
    proposal.save(update_fields=["state", "checked_by"])


@act("publish_draft", needs=Permission.EDIT_DIRECTORY)
def publish_proposal(proposal: Proposal, *, over: int, by: Acting, districts_seen: bool = False) -> None:
    """Make the checked proposal of another editor the next revision, with the same author.

    Later changes in other fields stay.
    """
    _require_second_editor(proposal, "publish", over=over, by=by)
    if proposal.service_id is None:
        proposal.service_id = _publish_entry(proposal, districts_seen=districts_seen, by=by)
        # The place of an entry that is hidden later must not stand in its proposal.
        proposal.content = {path: value for path, value in proposal.content.items() if path not in SITE_FIELDS}
    else:
        _publish_change(proposal, proposal.service_id, districts_seen=districts_seen, by=by)
    by.entry.about.append(proposal.service_id)
    _settle(proposal, DraftState.PUBLISHED, by=by)


@act("refuse_draft", needs=Permission.EDIT_DIRECTORY)
def reject_proposal(proposal: Proposal, *, by: Acting) -> None:
    """Reject a proposed change; it stays visible and changes nothing."""
    _require(proposal, "reject", is_new=False)
    _settle(proposal, DraftState.REFUSED, by=by)


def store_change(
    service: UUID,
    fields: Mapping[str, Any],
    *,
    over: int,
    by: Anonymous,
    note: str = "",
    extra: Mapping[str, Any] | None = None,
) -> UUID | None:
    """Store a proposed change in the caller's action; return None if nothing differs."""
    current = revisions.current_revision(service)
    if over != current.number:
        raise Conflict
    document = current.document
    before = diff.flatten(document)
    after = diff.flatten(revisions.check_entry(diff.apply_fields(document, fields)))
    changed = {path: after.get(path) for path in diff.changed_fields(before, after)}
    if FREE in changed:
        changed[AS_OF] = clock.local_date(by.at).isoformat()
    if not (changed or note or {MERGED, CONFIRMED} & (extra or {}).keys()):
        by.entry.skip = True
        return None
    proposal = Proposal.objects.create(
        service_id=service,
        edition=current.number,
        content={**changed, **(extra or {})},
        note=note[:MAX_NOTE],
        by=by.worker,
        at=by.at,
    )
    by.entry.about += [service, proposal.id]
    return proposal.id


def may(verb: str, proposal: Proposal, viewer: Viewer) -> Decision:
    """Return whether an editor may check or publish a proposal."""
    decision = STATES.may(verb, proposal.state, "EDITOR") and _is_completed(proposal)
    return editors.may_confirm(proposers(proposal), viewer) if decision else decision


def proposers(proposal: Proposal) -> set[UUID | None]:
    """Return all who wrote it; for a change by link, the editors who created open links: they have the tokens.

    The words of an earlier writer may still stand in a new entry.
    """
    if proposal.by is not None:
        return {proposal.by, *(entry.by for entry in written.acts_with_verbs(proposal.id, verbs=[DRAFTED]))} - {None}
    links = EntryLink.objects.filter(service=proposal.service_id, made_at__lte=proposal.at)
    return set(links.exclude(ended_at__lt=proposal.at).values_list("made_by", flat=True))


def get_proposal(proposal: UUID) -> Proposal:
    """Return a proposal; raises NotYours if there is none."""
    return get_or_refuse(Proposal.objects.filter(id=proposal))


def get_new_entry(proposal: UUID) -> Proposal:
    """Return the proposal of a new entry; raises NotYours for one of a listed entry."""
    return get_or_refuse(Proposal.objects.filter(id=proposal, service=None))


def list_new_entries() -> list[Proposal]:
    """List the proposals of new entries, the oldest first."""
    return [proposal for proposal in list_waiting() if proposal.service_id is None]


def list_waiting(service: UUID | None = None) -> list[Proposal]:
    """List the proposals that wait to be checked or published, the oldest first."""
    of_service = Q(service=service) if service else Q()
    return list(Proposal.objects.filter(of_service, state__in=WAITING).order_by("at"))


def is_from_reader(proposal: Proposal) -> bool:
    """Return True if a reader of the public site proposed a service and no editor has completed it."""
    return proposal.service_id is None and proposal.by is None


def is_new_entry(proposal: Proposal) -> bool:
    """Return True if a proposal is a whole entry, published by now or not."""
    return SITE_KIND in proposal.content


def proposed_fields(proposal: Proposal) -> dict[str, Any]:
    """Return the fields of the entry that a proposal changes."""
    return {path: value for path, value in proposal.content.items() if path not in (MERGED, RESTORED, CONFIRMED)}


def districts_in_proposal(proposal: Proposal) -> tuple[str, ...]:
    """Return the districts that a proposal would publish of an entry with a hidden place."""
    if proposal.service_id is None:
        plan = plan_new_entry(proposal.id, proposal.content, today=clock.today())
        return tuple(dict.fromkeys(problem.detail for problem in plan.warned))
    document = revisions.current_revision(proposal.service_id).document
    return revisions.new_districts(document, diff.apply_fields(document, proposed_fields(proposal)))


def without_hidden_location(content: FlatEntry) -> dict[str, Any]:
    """Return a new entry as it may be stored: of a hidden place only the provinces that it serves."""
    if content[SITE_KIND] != PlaceKind.HIDDEN or not content.get("areas"):
        return dict(content)
    return {**content, "areas": list(locations.widen_to_provinces(content["areas"]))}


def new_service_id(proposal: UUID) -> UUID:
    """Return the id that a new entry has once it is published."""
    return uuid5(proposal, "service")


def plan_new_entry(proposal: UUID, content: FlatEntry, *, today: date) -> ImportPlan:
    """Return the import plan of a new entry, with its problems."""
    provider = UUID(content["provider"]) if "provider" in content else uuid5(proposal, "provider")
    providers = [_provider_entry(provider, content)] if content.get("house.name") else []
    sites = [] if content[SITE_KIND] == PlaceKind.NONE else [_site_entry(uuid5(proposal, "site"), provider, content)]
    document = asdict(diff.apply_fields(ServiceDocument(id=str(new_service_id(proposal))), content))
    stated = {"provider": provider, "status": Status.ACTIVE, "eligibility": document.pop("let_in")}
    service = Entry(where="", **document | stated | {"sites": [site.id for site in sites]})
    plan = importing.plan_import(ParsedDirectory(tuple(providers), tuple(sites), (service,)), today=today)
    plan.providers = {id_: replace(entry, added_here=True) for id_, entry in plan.providers.items()}
    plan.sites = {id_: replace(entry, added_here=True) for id_, entry in plan.sites.items()}
    return plan


def _is_completed(proposal: Proposal) -> Decision:
    """Refuse the proposal of a reader: one editor rewrites it first, and another one checks it."""
    return Decision.refuse(NOT_COMPLETED) if is_from_reader(proposal) else Decision.allow()


def _require(proposal: Proposal, verb: str, *, over: int | None = None, is_new: bool | None = None) -> None:
    """Raise Refused if a proposal has changed since it was read, or is past this act."""
    if over not in (None, proposal.edition):
        raise Refused(REWRITTEN)
    fits = is_new is None or is_new == (proposal.service_id is None)
    if not (fits and STATES.may(verb, proposal.state, "EDITOR")):
        unchecked = verb == "publish" and proposal.state == DraftState.DRAFT
        raise Refused("not_checked" if unchecked else "draft_settled")


def _require_second_editor(proposal: Proposal, verb: str, *, over: int, by: Acting) -> None:
    """Raise Refused unless this editor may check or publish a proposal as it was read."""
    _require(proposal, verb, over=over)
    _is_completed(proposal).enforce()
    editors.may_confirm(proposers(proposal), by.viewer).enforce()


def _require_unmerged(remaining: UUID, removed: UUID) -> None:
    if remaining == removed or MergedEntry.objects.filter(old__in=(remaining, removed)).exists():
        raise NotYours


def _store_entry(proposal: Proposal, content: FlatEntry, *, by: Acting) -> UUID:
    content = without_hidden_location(content)
    plan = plan_new_entry(proposal.id, content, today=clock.local_date(by.at))
    if plan.refused:
        raise EntryRefused(plan.refused)
    proposal.content, proposal.by, proposal.at, proposal.checked_by = content, by.worker, by.at, None
    proposal.state, proposal.edition = DraftState.DRAFT, proposal.edition + 1
    proposal.save()
    if proposal.id not in by.entry.about:
        by.entry.about.append(proposal.id)
    return proposal.id


def _known_proposers(proposal: Proposal) -> set[UUID]:
    return {editor for editor in proposers(proposal) if editor}


def _publish_change(proposal: Proposal, service: UUID, *, districts_seen: bool, by: Acting) -> None:
    """Write the proposed fields as the next revision; of a merge also close the entry that is removed."""
    removed, fields = proposal.content.get(MERGED), proposed_fields(proposal)
    how = How.MERGE if removed else How.UNDO if RESTORED in proposal.content else How.EDIT if proposal.by else How.LINK
    stamp = Stamp(proposal.by, by.at, how)
    authors = _known_proposers(proposal)
    revisions.write_revision(
        service,
        lambda document: diff.apply_fields(document, fields),
        stamp,
        districts_seen=districts_seen,
        authors=authors,
    )
    if CONFIRMED in proposal.content:
        _confirm(proposal, service, by=by)
    if removed:
        _require_unmerged(service, UUID(removed))
        closed = {"status": Status.DEFUNCT.value}
        revisions.write_revision(UUID(removed), lambda document: diff.apply_fields(document, closed), stamp)
        EntryLink.objects.filter(service=removed, ended_at=None).update(ended_at=by.at)
        MergedEntry.objects.filter(new=removed).update(new=service)
        MergedEntry.objects.create(old=UUID(removed), new_id=service)
        audit.record("merge_entries", by=by.worker, at=by.at, about=[service, UUID(removed)])


def _confirm(proposal: Proposal, service: UUID, *, by: Acting) -> None:
    """Confirm an entry that its provider confirmed by link, if nothing has changed since."""
    row = Service.objects.get(id=service)
    if row.edition != proposal.edition or (row.changed_at and row.changed_at > proposal.at):
        raise Refused(OVERTAKEN)
    revisions.may_confirm_entry(service, by.worker).enforce()
    revisions.confirm(service, how=How.LINK, by=by)


def _publish_entry(proposal: Proposal, *, districts_seen: bool, by: Acting) -> UUID:
    """Write a new entry as its first revision and return its id."""
    Edition.locked()
    plan = plan_new_entry(proposal.id, proposal.content, today=clock.local_date(by.at))
    if plan.refused:
        raise Refused(plan.refused[0].why)
    if plan.warned and not districts_seen:
        raise Refused(revisions.NAMES_A_DISTRICT)
    plan.authors = _known_proposers(proposal)
    importing.write_plan(plan, Stamp(proposal.by, by.at, How.EDIT))
    audit.record("add_entry", by=proposal.by, at=by.at, about=[*plan.services])
    return new_service_id(proposal.id)


def _settle(proposal: Proposal, state: DraftState, *, by: Acting) -> None:
    proposal.state, proposal.settled_by, proposal.settled_at = state, by.worker, by.at
    proposal.save(update_fields=["state", "settled_by", "settled_at", "service", "content"])


def _provider_entry(id_: UUID, content: FlatEntry) -> Entry:
    contact = {name: content.get(f"house.{name}", "") for name in ("website", "email")}
    name, organisation = {UNKNOWN_LANGUAGE: content["house.name"]}, content.get("house.own") or None
    return Entry(id=id_, where="", name=name, organisation=organisation, **contact)


def _site_entry(id_: UUID, provider: UUID, content: FlatEntry) -> Entry:
    """Return the site; a hidden one without content."""
    if content[SITE_KIND] == PlaceKind.HIDDEN:
        return Entry(id=id_, where="", provider=provider, hidden=True)
    texts = {name: content.get(f"site.{name}", "") for name in ("name", "district", "transport")}
    return Entry(id=id_, where="", provider=provider, hidden=False, address=_address(content), **texts)


def _address(content: FlatEntry) -> dict[str, str]:
    """Return an address; town and province are those of the district, as they are written there."""
    code, places = content.get("site.district", ""), catalogue.places()
    language = OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, SOURCE_LANGUAGE)
    street = content.get("site.address_1", "")
    address = {
        "address_1": street,
        "city": content.get("site.city") or (places.label(code, language) if code else ""),
        "state_province": places.label(catalogue.province_of(code), language) if code else "",
        "postal_code": content.get("site.postal_code", ""),
        "country": settings.SUAR_COUNTRY if street else "",
    }
    return {name: text for name, text in address.items() if text}
