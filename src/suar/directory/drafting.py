"""Drafts of an entry: written by a provider or an editor, checked by another, then published."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from suar.accounts import notices
from suar.accounts.terms import Permission
from suar.audit import actions as audit
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.ids import new_id
from suar.core.refusals import NotYours, Refused
from suar.directory import additions, editions, flat
from suar.directory.editions import Meanwhile
from suar.directory.models import EntryDraft
from suar.directory.rules import may_check, may_publish
from suar.directory.states import ServiceState
from suar.directory.terms import DraftState, Edited, How, Stamp

FREE, AS_OF = "let_in.places_free", "let_in.places_as_of"
WRITTEN_ANEW = "written_anew"
NOTE_LENGTH = 500
WAITS = (DraftState.DRAFT, DraftState.CHECKED)


def write(
    service: UUID,
    told: Mapping[str, Any],
    *,
    by: UUID | None,
    at: datetime,
    over: int,
    note: str = "",
) -> UUID | None:
    """Keep changes as a draft; gives None when nothing differs. The same again is kept once.

    Raises Meanwhile when the entry was changed since the form was made.
    """
    with transaction.atomic():
        now = editions.current(service)
        if over != now.number:
            raise Meanwhile(now)
        state = ServiceState(**now.state)
        new = editions.kept_safe(flat.with_fields(state, told))
        before, after = flat.flat_of(state), flat.flat_of(new)
        fields = {each: after.get(each) for each in flat.changed(before, after)}
        if FREE in fields:
            fields[AS_OF] = clock.local_date(at).isoformat()
        if not fields and not note:
            return None
        said = {"service_id": service, "told": fields, "note": note[:NOTE_LENGTH], "by": by}
        waiting = EntryDraft.objects.filter(service=service, by=by, state=DraftState.DRAFT)
        for same in waiting.order_by("-at"):
            if same.told == fields and same.note == said["note"]:
                return same.id
        draft = EntryDraft.objects.create(edition=now.number, at=at, **said)
        audit.record("draft_entry", by=by, at=at, about=[service, draft.id])
    return draft.id


def add(told: Mapping[str, Any], *, by: UUID, at: datetime, rewriting: UUID | None = None, over: int = 1) -> UUID:
    """Keep a new entry as a draft, once; or write such a draft anew, to be checked again.

    Whoever wrote it last is its author. Raises Meanwhile where somebody wrote it anew since the
    form was made, Refused where it waits no more, and additions.Stopped where something is wrong.
    """
    with transaction.atomic():
        row = _to_write_anew(rewriting, over) if rewriting else None
        new = row.id if row else new_id()
        told = additions.kept_safe(told)
        additions.examined(new, told, today=clock.local_date(at))
        if row is None:
            for same in new_ones():
                if same.told == told:
                    return same.id
            row = EntryDraft(id=new, edition=0)
        row.told, row.by, row.at, row.checked_by = told, by, at, None
        row.state, row.edition = DraftState.DRAFT, row.edition + 1
        row.save()
        audit.record("draft_entry", by=by, at=at, about=[row.id])
    return row.id


def throw_away(draft: UUID, *, by: UUID, at: datetime, over: int) -> None:
    """Let a new entry go that nobody published: nothing of what was typed is kept.

    Raises Refused where somebody wrote it anew since the page was made, as the acts below do.
    """
    with transaction.atomic():
        row = _as_read(draft, over)
        waits = row.service_id is None and row.state in WAITS
        _agreed(Decision.yes() if waits else Decision.no("draft_settled"))
        row.delete()
        audit.record("throw_draft_away", by=by, at=at, about=[draft])


def check(draft: UUID, *, by: UUID, house: UUID, at: datetime, over: int, seen: bool = False) -> None:
    """Say that a draft is right as it was read; it is published by another press.

    Raises Refused unless somebody has `seen` that it names the district of a hidden place.
    """
    with transaction.atomic():
        row = _as_read(draft, over)
        _agreed(may_check(state=row.state, author=row.by, by=by, second=has_second(house)))
        if not seen and districts_named(row):
            raise Refused(editions.NAMES_A_DISTRICT)
        row.state, row.checked_by = DraftState.CHECKED, by
        row.save(update_fields=["state", "checked_by"])
        audit.record("check_draft", by=by, at=at, about=_concerned(row))


def publish(draft: UUID, *, by: UUID, house: UUID, at: datetime, over: int, seen: bool = False) -> int:
    """Make a checked draft the next edition; what others changed meanwhile in other fields stays.

    Who published is kept with the draft; the edition names its author. `over` and `seen` are as
    for `check`.
    """
    with transaction.atomic():
        row = _as_read(draft, over)
        _agreed(may_publish(state=row.state, author=row.by, by=by, second=has_second(house)))
        how = How.LINK if row.by is None else How.EDIT

        def told(now: ServiceState) -> ServiceState:
            return flat.with_fields(now, row.told)

        if row.service_id is None:
            row.service_id, number = additions.publish(row, at=at, seen=seen), 1
            row.told = additions.without_place(row.told)
            row.save(update_fields=["service", "told"])
        else:
            stamp = Stamp(row.by, at, how)
            number = editions.change(row.service_id, told, stamp, over=None, seen=seen)
        _settle(row, DraftState.PUBLISHED, by=by, at=at)
        audit.record("publish_draft", by=by, at=at, about=[row.service_id, row.id])
    return number


def refuse(draft: UUID, *, by: UUID, at: datetime) -> None:
    """Let a draft of an entry go; it stays to be seen and changes nothing."""
    with transaction.atomic():
        row = _locked(draft)
        waits = row.service_id is not None and row.state in WAITS
        _agreed(Decision.yes() if waits else Decision.no("draft_settled"))
        _settle(row, DraftState.REFUSED, by=by, at=at)
        audit.record("refuse_draft", by=by, at=at, about=[row.service_id, row.id])


def has_second(house: UUID) -> bool:
    """Say whether a house has more than one editor of the directory."""
    return len(notices.who_may(Permission.EDIT_DIRECTORY, organisation=house)) > 1


def before_and_after(draft: EntryDraft) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Give what the entry says now in the fields of a draft, and what it shall say."""
    now = flat.flat_of(ServiceState(**editions.current(draft.service_id).state))
    return {each: now.get(each) for each in draft.told}, draft.told


def districts_named(draft: EntryDraft) -> tuple[str, ...]:
    """Give the districts that a draft would tell of an entry with a hidden place."""
    if draft.service_id is None:
        return additions.districts_named(draft)
    now = ServiceState(**editions.current(draft.service_id).state)
    return editions.districts_named(now, flat.with_fields(now, draft.told))


def draft_of(draft: UUID) -> EntryDraft:
    """Give a draft; raises NotYours when there is none."""
    row = EntryDraft.objects.filter(id=draft).first()
    if row is None:
        raise NotYours
    return row


def new_ones() -> list[EntryDraft]:
    """List the drafts of entries that stand nowhere yet, the oldest first."""
    return list(EntryDraft.objects.filter(service=None, state__in=WAITS).order_by("at"))


def waiting(service: UUID | None = None) -> list[EntryDraft]:
    """List the drafts that wait to be checked or published, the oldest first."""
    rows = EntryDraft.objects.filter(state__in=WAITS).order_by("at")
    return list(rows.filter(service=service) if service else rows)


def _locked(draft: UUID) -> EntryDraft:
    row = EntryDraft.objects.select_for_update().filter(id=draft).first()
    if row is None:
        raise NotYours
    return row


def _as_read(draft: UUID, over: int) -> EntryDraft:
    """Give a draft to act on, if it still is what its page showed."""
    row = _locked(draft)
    if row.edition != over:
        raise Refused(WRITTEN_ANEW)
    return row


def _concerned(row: EntryDraft) -> list[UUID]:
    return [row.service_id, row.id] if row.service_id else [row.id]


def _to_write_anew(draft: UUID, over: int) -> EntryDraft:
    row = _locked(draft)
    if row.service_id is not None or row.state not in WAITS:
        raise Refused("draft_settled")
    if row.edition != over:
        raise Meanwhile(Edited(row.edition, None, row.told))
    return row


def _agreed(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.because)


def _settle(row: EntryDraft, state: DraftState, *, by: UUID, at: datetime) -> None:
    row.state, row.settled_by, row.settled_at = state, by, at
    row.save(update_fields=["state", "settled_by", "settled_at"])
