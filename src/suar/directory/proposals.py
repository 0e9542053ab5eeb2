"""Proposed changes and new entries: written by a provider or an editor, checked by another, published.

A new entry is planned like a file with one entry, so the same rules hold for editors and files.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from pydantic import TypeAdapter

from suar.accounts import notices
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE
from suar.core.ids import new_id
from suar.core.refusals import NotYours, Refused
from suar.directory import catalogue, diff, importing, revisions, search_index
from suar.directory.codes import UNKNOWN_LANGUAGE, DraftState, How, PlaceKind, Status
from suar.directory.diff import FlatEntry
from suar.directory.documents import (
    EMPTY_SERVICE,
    ImportPlan,
    ParsedDirectory,
    Problem,
    ProviderEntry,
    Revision,
    ServiceDocument,
    ServiceEntry,
    SiteEntry,
    Stamp,
)
from suar.directory.models import Proposal
from suar.directory.revisions import NAMES_A_DISTRICT, EditConflict, count_edition, lock_edition
from suar.directory.rules import locations
from suar.directory.rules.proposals import may_check, may_publish

FREE, AS_OF = "let_in.places_free", "let_in.places_as_of"
REWRITTEN = "written_anew"
NOTE_LENGTH = 500
WAITING = (DraftState.DRAFT, DraftState.CHECKED)


def propose_change(
    service: UUID,
    told: Mapping[str, Any],
    *,
    by: UUID | None,
    at: datetime,
    over: int,
    note: str = "",
) -> UUID | None:
    """Store changes as a draft; returns None when nothing differs. The same again is kept once.

    Raises EditConflict when the entry was changed since the form was made.
    """
    with transaction.atomic():
        now = revisions.current_revision(service)
        if over != now.number:
            raise EditConflict(now)
        state = ServiceDocument(**now.state)
        new = revisions.check_entry(diff.apply_fields(state, told))
        before, after = diff.flatten(state), diff.flatten(new)
        fields = {each: after.get(each) for each in diff.changed_fields(before, after)}
        if FREE in fields:
            fields[AS_OF] = clock.local_date(at).isoformat()
        if not fields and not note:
            return None
        said = {"service_id": service, "told": fields, "note": note[:NOTE_LENGTH], "by": by}
        waiting = Proposal.objects.filter(service=service, by=by, state=DraftState.DRAFT)
        for same in waiting.order_by("-at"):
            if same.told == fields and same.note == said["note"]:
                return same.id
        draft = Proposal.objects.create(edition=now.number, at=at, **said)
        audit.record("draft_entry", by=by, at=at, about=[service, draft.id])
    return draft.id


def propose_entry(
    told: Mapping[str, Any], *, by: UUID, at: datetime, rewriting: UUID | None = None, over: int = 1
) -> UUID:
    """Store a new entry as a draft, once; or write such a draft anew, to be checked again.

    Whoever wrote it last is its author. Raises EditConflict where somebody wrote it anew since the
    form was made, Refused where it waits no more, and EntryRefused where something is wrong.
    """
    with transaction.atomic():
        row = _lock_for_rewrite(rewriting, over) if rewriting else None
        new = row.id if row else new_id()
        told = without_hidden_location(told)
        check_new_entry(new, told, today=clock.local_date(at))
        if row is None:
            for same in list_new_entries():
                if same.told == told:
                    return same.id
            row = Proposal(id=new, edition=0)
        row.told, row.by, row.at, row.checked_by = told, by, at, None
        row.state, row.edition = DraftState.DRAFT, row.edition + 1
        row.save()
        audit.record("draft_entry", by=by, at=at, about=[row.id])
    return row.id


def discard_proposal(draft: UUID, *, by: UUID, at: datetime, over: int) -> None:
    """Discard an unpublished new entry with all its content.

    Raises Refused where somebody wrote it anew since the page was made, as the acts below do.
    """
    with transaction.atomic():
        row = _lock_as_read(draft, over)
        waits = row.service_id is None and row.state in WAITING
        _require(Decision.yes() if waits else Decision.no("draft_settled"))
        row.delete()
        audit.record("throw_draft_away", by=by, at=at, about=[draft])


def check_proposal(draft: UUID, *, by: UUID, organisation: UUID, at: datetime, over: int, seen: bool = False) -> None:
    """Mark a proposal as checked; publishing is a separate act.

    Raises Refused unless somebody has `seen` that it names the district of a hidden place.
    """
    with transaction.atomic():
        row = _lock_as_read(draft, over)
        _require(may_check(state=row.state, author=row.by, by=by, second=has_second_editor(organisation)))
        if not seen and districts_in_proposal(row):
            raise Refused(revisions.NAMES_A_DISTRICT)
        row.state, row.checked_by = DraftState.CHECKED, by
        row.save(update_fields=["state", "checked_by"])
        audit.record("check_draft", by=by, at=at, about=_ids_concerned(row))


def publish_proposal(draft: UUID, *, by: UUID, organisation: UUID, at: datetime, over: int, seen: bool = False) -> int:
    """Make a checked draft the next revision; what others changed meanwhile in other fields stays.

    Who published is kept with the draft; the revision names its author. `over` and `seen` are as
    for `check`.
    """
    with transaction.atomic():
        row = _lock_as_read(draft, over)
        _require(may_publish(state=row.state, author=row.by, by=by, second=has_second_editor(organisation)))
        how = How.LINK if row.by is None else How.EDIT

        def told(now: ServiceDocument) -> ServiceDocument:
            return diff.apply_fields(now, row.told)

        if row.service_id is None:
            row.service_id, number = _publish_new_entry(row, at=at, seen=seen), 1
            row.told = _without_site(row.told)
            row.save(update_fields=["service", "told"])
        else:
            stamp = Stamp(row.by, at, how)
            number = revisions.write_revision(row.service_id, told, stamp, over=None, seen=seen)
        _settle(row, DraftState.PUBLISHED, by=by, at=at)
        audit.record("publish_draft", by=by, at=at, about=[row.service_id, row.id])
    return number


def reject_proposal(draft: UUID, *, by: UUID, at: datetime) -> None:
    """Reject a proposed change; it stays visible and changes nothing."""
    with transaction.atomic():
        row = _lock_proposal(draft)
        waits = row.service_id is not None and row.state in WAITING
        _require(Decision.yes() if waits else Decision.no("draft_settled"))
        _settle(row, DraftState.REFUSED, by=by, at=at)
        audit.record("refuse_draft", by=by, at=at, about=_ids_concerned(row))


def has_second_editor(organisation: UUID) -> bool:
    """Return True if an organisation has more than one editor of the directory."""
    return len(notices.workers_with(Permission.EDIT_DIRECTORY, organisation=organisation)) > 1


def values_before_and_after(draft: Proposal) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return what the entry says now in the fields of a draft, and what it shall say."""
    if draft.service_id is None:
        raise NotYours
    now = diff.flatten(ServiceDocument(**revisions.current_revision(draft.service_id).state))
    return {each: now.get(each) for each in draft.told}, draft.told


def districts_in_proposal(draft: Proposal) -> tuple[str, ...]:
    """Return the districts that a draft would tell of an entry with a hidden place."""
    if draft.service_id is None:
        return _districts_in_new_entry(draft)
    now = ServiceDocument(**revisions.current_revision(draft.service_id).state)
    return revisions.new_districts(now, diff.apply_fields(now, draft.told))


def is_new_entry(draft: Proposal) -> bool:
    """Return True if a proposal is a whole entry, published by now or not."""
    return SITE_KIND in draft.told


def get_proposal(draft: UUID) -> Proposal:
    """Return a draft; raises NotYours if there is none."""
    row = Proposal.objects.filter(id=draft).first()
    if row is None:
        raise NotYours
    return row


def list_new_entries() -> list[Proposal]:
    """List the drafts of entries that stand nowhere yet, the oldest first."""
    return list(Proposal.objects.filter(service=None, state__in=WAITING).order_by("at"))


def list_waiting(service: UUID | None = None) -> list[Proposal]:
    """List the drafts that wait to be checked or published, the oldest first."""
    rows = Proposal.objects.filter(state__in=WAITING).order_by("at")
    return list(rows.filter(service=service) if service else rows)


def _lock_proposal(draft: UUID) -> Proposal:
    row = Proposal.objects.select_for_update().filter(id=draft).first()
    if row is None:
        raise NotYours
    return row


def _lock_as_read(draft: UUID, over: int) -> Proposal:
    """Return a draft to act on, if it still is what its page showed."""
    row = _lock_proposal(draft)
    if row.edition != over:
        raise Refused(REWRITTEN)
    return row


def _ids_concerned(row: Proposal) -> list[UUID]:
    return [row.service_id, row.id] if row.service_id else [row.id]


def _lock_for_rewrite(draft: UUID, over: int) -> Proposal:
    row = _lock_proposal(draft)
    if row.service_id is not None or row.state not in WAITING:
        raise Refused("draft_settled")
    if row.edition != over:
        raise EditConflict(Revision(row.edition, None, row.told))
    return row


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.because)


def _settle(row: Proposal, state: DraftState, *, by: UUID, at: datetime) -> None:
    row.state, row.settled_by, row.settled_at = state, by, at
    row.save(update_fields=["state", "settled_by", "settled_at"])


_SERVICE_ENTRY = TypeAdapter(ServiceEntry)
SITE_KIND = "site.kind"
SITE_FIELDS = ("site.district", "site.name", "site.address_1", "site.city", "site.postal_code", "site.transport")


class EntryRefused(Exception):
    """Something in a new entry that no entry may hold."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def without_hidden_location(told: FlatEntry) -> dict[str, Any]:
    """Return a new entry as it may be kept: of a hidden place only in which provinces it helps."""
    if told[SITE_KIND] != PlaceKind.HIDDEN or not told.get("areas"):
        return dict(told)
    return {**told, "areas": list(locations.widen_to_provinces(told["areas"]))}


def _without_site(told: FlatEntry) -> dict[str, Any]:
    """Return a new entry without where its place is: once published, the place itself tells that.

    A place that is hidden later would else stand in its draft for good.
    """
    return {way: value for way, value in told.items() if way not in SITE_FIELDS}


def new_service_id(draft: UUID) -> UUID:
    """Return the id that a new entry has once it is published."""
    return uuid5(draft, "service")


def plan_new_entry(draft: UUID, told: FlatEntry, *, today: date) -> ImportPlan:
    """Compute what publishing a new entry would write, and everything that is wrong with it."""
    plan = importing.plan_import(_parse_new_entry(draft, told), today=today)
    plan.providers = {id_: replace(one, added_here=True) for id_, one in plan.providers.items()}
    plan.sites = {id_: replace(one, added_here=True) for id_, one in plan.sites.items()}
    return plan


def check_new_entry(draft: UUID, told: FlatEntry, *, today: date) -> ImportPlan:
    """Work the same out; raises Stopped where anything is wrong."""
    plan = plan_new_entry(draft, told, today=today)
    if plan.refused:
        raise EntryRefused(tuple(plan.refused))
    return plan


def _districts_in_new_entry(row: Proposal) -> tuple[str, ...]:
    """Return the districts that a new entry with a hidden place would tell."""
    plan = plan_new_entry(row.id, row.told, today=clock.today())
    return tuple(dict.fromkeys(each.detail for each in plan.warned))


def _publish_new_entry(row: Proposal, *, at: datetime, seen: bool) -> UUID:
    """Publish a new entry as its first revision and return its id.

    Raises Refused where a text names the street of a hidden place, or its district unless
    somebody has `seen` that it does, and where its provider is gone.
    """
    directory, today = lock_edition(), clock.local_date(at)
    plan = plan_new_entry(row.id, row.told, today=today)
    if plan.refused:
        raise Refused(plan.refused[0].why)
    if plan.warned and not seen:
        raise Refused(NAMES_A_DISTRICT)
    importing.write_plan(plan, Stamp(row.by, at, How.EDIT))
    service = new_service_id(row.id)
    search_index.update_service(service, today=today)
    count_edition(directory, at=at)
    audit.record("add_entry", by=row.by, at=at, about=[service])
    return service


def _parse_new_entry(draft: UUID, told: FlatEntry) -> ParsedDirectory:
    """Put the small fields of a draft together as a file of one entry would hold them."""
    new_provider = _provider_entry(draft, told) if told.get("house.name") else None
    provider = new_provider.id if new_provider else UUID(told["provider"])
    place = _site_entry(draft, told, provider)
    return ParsedDirectory(
        providers=(new_provider,) if new_provider else (),
        sites=(place,) if place else (),
        services=(_service_entry(draft, told, provider, place),),
    )


def _provider_entry(draft: UUID, told: FlatEntry) -> ProviderEntry:
    return ProviderEntry(
        id=uuid5(draft, "provider"),
        where="",
        name={UNKNOWN_LANGUAGE: told["house.name"]},
        description={},
        website=told.get("house.website", ""),
        email=told.get("house.email", ""),
        organisation=UUID(told["house.own"]) if told.get("house.own") else None,
    )


def _site_entry(draft: UUID, told: FlatEntry, provider: UUID) -> SiteEntry | None:
    """Return the place; of a hidden one nothing but that there is one."""
    kind, id_ = told[SITE_KIND], uuid5(draft, "site")
    if kind == PlaceKind.NONE:
        return None
    if kind == PlaceKind.HIDDEN:
        return SiteEntry(id=id_, where="", provider=provider, hidden=True)
    return SiteEntry(
        id=id_,
        where="",
        provider=provider,
        hidden=False,
        name=told.get("site.name", ""),
        address=_address(told),
        district=told.get("site.district", ""),
        transport=told.get("site.transport", ""),
    )


def _address(told: FlatEntry) -> dict[str, str]:
    """Return an address; town and province are those of the district, as they are written there."""
    code, known = told.get("site.district", ""), catalogue.places()
    language = OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, SOURCE_LANGUAGE)
    district = known[code].label(language) if code else ""
    province = known[catalogue.province_of(code)].label(language) if code else ""
    lines = {
        "address_1": told.get("site.address_1", ""),
        "city": told.get("site.city") or district,
        "state_province": province,
        "postal_code": told.get("site.postal_code", ""),
    }
    whole = {**lines, "country": settings.SUAR_COUNTRY} if lines["address_1"] else lines
    return {name: text for name, text in whole.items() if text}


def _service_entry(draft: UUID, told: FlatEntry, provider: UUID, place: SiteEntry | None) -> ServiceEntry:
    content = asdict(diff.apply_fields(EMPTY_SERVICE, told))
    return _SERVICE_ENTRY.validate_python(
        content
        | {
            "id": new_service_id(draft),
            "where": "",
            "provider": provider,
            "status": Status.ACTIVE.value,
            "sites": [place.id] if place else [],
            "eligibility": content.pop("let_in"),
        }
    )
