"""What the pages of upkeep show, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.directory import addition_pages, diff, duplicates, labels, proposals, queries, revisions
from suar.directory.cards import ServiceCard
from suar.directory.documents import Revision, ServiceDocument
from suar.directory.models import EntryDraft, WrongReport
from suar.directory.rules.proposals import may_check, may_publish


@dataclass(frozen=True, slots=True)
class Row:
    """One field of an entry: what it says now, and what it shall say or said."""

    label: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition of an entry, and what differs from the one before it."""

    number: int
    at: datetime | None
    how: str
    who: str
    rows: Sequence[Row]
    newest: bool


def rows_of(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[Row]:
    """Say fields in words, beside each other."""
    return [
        Row(labels.field_label(way), labels.field_value(way, now.get(way)), labels.field_value(way, told))
        for way, told in then.items()
    ]


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """Say in words where two editions differ."""
    ways = diff.changed_fields(before, after)
    return rows_of({way: before.get(way) for way in ways}, {way: after.get(way) for way in ways})


def merge_rows(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[dict[str, str]]:
    """Say where two entries differ, with the way of each field so that it can be chosen."""
    ways, rows = list(then), rows_of(now, then)
    return [
        {"way": way, "label": row.label, "now": row.now, "then": row.then} for way, row in zip(ways, rows, strict=True)
    ]


def history_page(service: UUID) -> list[EditionRow]:
    """Say the editions of an entry: who changed what, when, and what it was."""
    found = revisions.list_revisions(service)
    flats = [diff.flatten(ServiceDocument(**each.state)) for each in found]
    names = accounts.shown_names(each.stamp.by for each in found if each.stamp)
    return [
        EditionRow(
            each.number,
            each.stamp.at if each.stamp else None,
            labels.code_label("revision_kinds", each.stamp.how) if each.stamp else "",
            _who(each, names),
            differing(flats[at + 1], flats[at]) if at + 1 < len(flats) else [],
            at == 0,
        )
        for at, each in enumerate(found)
    ]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as the one who checks it sees it; one of a new entry tells it whole.

    `card` is None while the entry stands nowhere yet.
    """

    id: UUID
    edition: int
    card: ServiceCard | None
    rows: Sequence[Row]
    told: Sequence[dict[str, str]]
    name: str
    likes: Sequence[dict[str, Any]]
    note: str
    state: str
    author: str
    at: datetime
    may_check: bool
    may_publish: bool
    waits: bool
    own: bool
    because: str
    districts: str


def draft_page(draft: EntryDraft, viewer: Viewer, *, because: str = "") -> DraftPage:
    """Say what a draft would change, and what this editor may do with it."""
    second, new = proposals.has_second_editor(viewer.organisation), addition_pages.is_new(draft)
    facts: dict[str, Any] = {"state": draft.state, "author": draft.by, "by": viewer.worker}
    check, publish = may_check(**facts, second=second), may_publish(**facts, second=second)
    waits = draft.state in proposals.WAITING
    likes = duplicates.find_similar_entries(draft.told, apart_from=draft.id) if new and waits else []
    return DraftPage(
        draft.id,
        draft.edition,
        queries.service_card(draft.service_id) if draft.service_id else None,
        [] if new else rows_of(*proposals.values_before_and_after(draft)),
        addition_pages.told_rows(draft.told) if new else [],
        duplicates.entry_name_of(draft.told) if new else "",
        addition_pages.like_rows(likes),
        draft.note,
        labels.code_label("proposal_states", draft.state),
        accounts.shown_names([draft.by]).get(draft.by, "") if draft.by else "",
        draft.at,
        bool(check),
        bool(publish),
        waits,
        "own_draft" in (check.because, publish.because),
        labels.refusal_text(because) if because else "",
        ", ".join(proposals.districts_in_proposal(draft)) if waits else "",
    )


def waiting_drafts(service: UUID) -> list[dict[str, Any]]:
    """List the drafts of an entry that wait."""
    return [
        {
            "id": row.id,
            "at": row.at,
            "state": labels.code_label("proposal_states", row.state),
            "by_link": row.by is None,
        }
        for row in proposals.list_waiting(service)
    ]


def wrong_rows(reports: Sequence[WrongReport]) -> list[dict[str, Any]]:
    """Say what readers found wrong with an entry."""
    return [
        {
            "words": labels.code_label("error_kinds", row.kind),
            "times": row.times,
            "day": row.day,
            "kind": row.kind,
        }
        for row in reports
    ]


def _who(one: Revision, names: Mapping[UUID, str]) -> str:
    return names.get(one.stamp.by, "") if one.stamp and one.stamp.by else ""
