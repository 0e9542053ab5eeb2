"""Notices to the workers of an organisation about changes of its entries.

A stored change names the entry and its fields, not their values: a former address may be that of a place that
is hidden by now. Source: security.md T17 (the provider concerned is notified).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from suar.accounts import notices
from suar.directory import entry_changes, labels
from suar.directory.documents import ImportPlan, ProviderDocument, ServiceDocument, SiteDocument, Stamp
from suar.directory.entry_changes import AnyDocument, PlannedChange
from suar.directory.models import EntryChange, Provider
from suar.directory.snapshots import filter_in, load_documents, load_services

LIFETIME, MAX_ROWS = timedelta(days=30), 20
DAILY = frozenset({entry_changes.CONFIRMED, "let_in.places_free", "let_in.places_as_of"})
"""Fields that change so often that nobody is notified of them."""


def notify_providers(plan: ImportPlan, stamp: Stamp, *, fills: bool) -> None:
    """Store the changes of a written plan for the organisations concerned, and notify their workers.

    The author is not notified. For a file that `fills` the empty directory, nothing is stored and nobody is notified.
    """
    changes = entry_changes.list_changes(plan)
    organisations = _organisations_by_provider(plan, {id_ for change in changes for id_ in _providers(change)})
    rows = [
        EntryChange(
            organisation=organisation,
            subject=change.after.id,
            fields=[path for path in change.paths if path not in DAILY] if change.before else [],
            is_new=change.before is None,
            at=stamp.at,
            how=stamp.how.value,
        )
        for change in changes
        for organisation in {org for id_ in _providers(change) for org in organisations.get(id_, ())}
    ]
    rows = [row for row in rows if (row.is_new or row.fields) and not fills]
    EntryChange.objects.bulk_create(rows)
    for organisation in {row.organisation for row in rows}:
        notices.notify_of_entries(organisation, at=stamp.at, apart_from=stamp.by)


def list_changes(organisation: UUID, *, at: datetime) -> dict[str, Any]:
    """Return the newest changes of the last thirty days in words, and how many more there are."""
    stored = list(EntryChange.objects.filter(organisation=organisation, at__gt=at - LIFETIME).order_by("-at", "id"))
    listed = stored[:MAX_ROWS]
    ids = {row.subject for row in listed}
    documents: dict[UUID, AnyDocument] = {
        **load_services(ids),
        **load_documents(ProviderDocument, ids),
        **load_documents(SiteDocument, ids),
    }
    return {"rows": [_describe(row, documents.get(row.subject)) for row in listed], "more": len(stored) - len(listed)}


def purge_changes(*, at: datetime) -> int:
    """Delete the changes that are no longer shown, and return how many."""
    return EntryChange.objects.filter(at__lte=at - LIFETIME).delete()[0]


def _providers(change: PlannedChange) -> set[UUID]:
    """Return the provider of an entry after the change, and the one before it."""
    sides: Iterable[AnyDocument] = (side for side in (change.before, change.after) if side)
    return {UUID(str(id_)) for side in sides if (id_ := _provider(side))}


def _provider(document: AnyDocument) -> UUID | str | None:
    if isinstance(document, ServiceDocument):
        return document.provider
    return document.provider_id if isinstance(document, SiteDocument) else document.id


def _organisations_by_provider(plan: ImportPlan, providers: set[UUID]) -> dict[UUID, set[UUID]]:
    """Return the organisations of each provider: the one after the plan, and the one before it."""
    rows = Provider.objects.filter(organisation__isnull=False).values_list("id", "organisation")
    organisations = {id_: {organisation} for id_, organisation in filter_in(rows, providers - plan.providers.keys())}
    for id_ in providers & plan.providers.keys():
        sides = (side for side in (plan.before.get(id_), plan.providers[id_]) if isinstance(side, ProviderDocument))
        organisations[id_] = {side.organisation for side in sides if side.organisation}
    return organisations


def _describe(row: EntryChange, entry: AnyDocument | None) -> dict[str, Any]:
    """Return a change in words: contact data with their current values, other fields by name only."""
    current = entry_changes.flatten_document(entry, ()) if entry else {}
    contacts = [path for path in row.fields if entry_changes.is_contact(path) and path not in entry_changes.LINKS]
    return {
        "at": row.at,
        "how": row.how,
        "is_new": row.is_new,
        "name": entry_changes.document_name(entry) if entry else "",
        "service": row.subject if isinstance(entry, ServiceDocument) else None,
        "contacts": labels.change_rows({}, {path: current.get(path) for path in contacts}),
        "others": [labels.field_label(path) for path in row.fields if path not in contacts],
    }
