"""Changes of an import plan to providers, sites and services, field by field."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.core.i18n import active_language
from suar.directory import diff, labels
from suar.directory.cards import localise
from suar.directory.diff import FlatEntry
from suar.directory.documents import ImportPlan, ProviderDocument, ServiceDocument, SiteDocument
from suar.directory.snapshots import load_documents

AnyDocument = ProviderDocument | SiteDocument | ServiceDocument
KINDS: Mapping[type, str] = {ProviderDocument: "provider", SiteDocument: "site", ServiceDocument: "service"}
PROVIDER_FIELDS = ("name", "description", "website", "email", "phones", "organisation", "answers_by_link")
SITE_FIELDS = ("name", "address", "district", "latitude", "longitude", "transport", "phones", "hidden", "provider_id")
CONFIRMED = "confirmed"
CONTACT_FIELDS = frozenset(
    {
        *("name", "phones", "urgent", "service.provider", "sites"),
        *(f"provider.{name}" for name in PROVIDER_FIELDS if name != "description"),
        *(f"site.{name}" for name in SITE_FIELDS),
    }
)
LINKS = ("service.provider", "sites", "site.provider_id", "provider.organisation")


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A provider, site or service that a plan writes; `before` is None if it is new."""

    before: AnyDocument | None
    after: AnyDocument
    hidden: frozenset[str]

    @property
    def kind(self) -> str:
        """Return which kind of entry it is."""
        return KINDS[type(self.after)]

    @property
    def old_fields(self) -> FlatEntry:
        """Return the stored content by field."""
        return flatten_document(self.before, self.hidden) if self.before else {}

    @property
    def new_fields(self) -> FlatEntry:
        """Return the planned content by field."""
        return flatten_document(self.after, self.hidden)

    @property
    def paths(self) -> list[str]:
        """Return the fields that differ, those of contact data first."""
        return sorted(diff.changed_fields(self.old_fields, self.new_fields), key=lambda path: not is_contact(path))

    @property
    def is_contact(self) -> bool:
        """Return True if a stored entry gets another name, number, address, provider or organisation."""
        return self.before is not None and any(map(is_contact, self.paths))


def list_changes(plan: ImportPlan) -> list[PlannedChange]:
    """Return what a plan writes: first entries with changed contact data, then other changed ones, then new ones."""
    written: Sequence[AnyDocument] = [
        *plan.changes(plan.services),
        *plan.changes(plan.providers),
        *plan.changes(plan.sites),
    ]
    changes = [PlannedChange(plan.before.get(UUID(str(new.id))), new, frozenset(plan.hidden)) for new in written]
    return sorted(changes, key=lambda change: (change.before is None, not change.is_contact))


def flatten_document(document: AnyDocument, hidden: Collection[str]) -> dict[str, Any]:
    """Return every field of a provider, site or service by its path.

    The `hidden` sites of a service do not count: nobody may notice that a hidden place moved.
    """
    if isinstance(document, ServiceDocument):
        sites = [site for site in document.sites if site not in hidden]
        links = {"service.provider": document.provider, "sites": sites, CONFIRMED: document.confirmed}
        return {**diff.flatten(document), **links}
    names = PROVIDER_FIELDS if isinstance(document, ProviderDocument) else SITE_FIELDS
    return {f"{KINDS[type(document)]}.{name}": getattr(document, name) for name in names}


def document_name(document: AnyDocument) -> str:
    """Return the name of an entry in the active language; empty for a hidden site."""
    if isinstance(document, SiteDocument):
        return document.name or document.address.get("address_1", "")
    return localise(document.name, active_language())


def describe_changes(changes: Iterable[PlannedChange]) -> list[dict[str, Any]]:
    """Return changes in words, each value beside the one before, contact data apart from the other fields."""
    changes = list(changes)
    names = _linked_names(changes)
    described = []
    for change in changes:
        old, new = _with_names(change.old_fields, names), _with_names(change.new_fields, names)
        rows = labels.change_rows(old, {path: new.get(path) for path in change.paths})
        described.append(
            {
                "kind": change.kind,
                "name": document_name(change.after) or (document_name(change.before) if change.before else ""),
                "is_new": change.before is None,
                "contacts": [row for row in rows if is_contact(row["path"])],
                "others": [row for row in rows if not is_contact(row["path"])],
            }
        )
    return described


def is_contact(path: str) -> bool:
    """Return True for a name, number, address, or who receives what is sent."""
    return path in CONTACT_FIELDS or path.startswith("name.")


def _linked_names(changes: Collection[PlannedChange]) -> dict[str, str]:
    """Return the names of the organisations, providers and sites to which changed fields refer."""
    sides = [fields for change in changes for fields in (change.old_fields, change.new_fields)]
    linked = {str(id_) for fields in sides for path in LINKS for id_ in _ids(fields.get(path))}
    ids = [UUID(id_) for id_ in linked]
    planned = [change.after for change in changes if str(change.after.id) in linked]
    providers, sites = load_documents(ProviderDocument, ids), load_documents(SiteDocument, ids)
    known: list[AnyDocument] = [*providers.values(), *sites.values(), *planned]
    names = {str(document.id): document_name(document) for document in known}
    return names | {str(id_): name for id_, name in accounts.organisation_names(ids).items()}


def _with_names(fields: FlatEntry, names: Mapping[str, str]) -> dict[str, Any]:
    """Return fields with the names of what they refer to; an unknown id stays."""
    named = {path: [names.get(str(id_)) or str(id_) for id_ in _ids(fields[path])] for path in LINKS if path in fields}
    return {**fields, **named}


def _ids(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
