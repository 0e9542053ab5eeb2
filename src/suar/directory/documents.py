"""Typed contents of providers, sites and services, and the entries of an imported file.

A field that a file does not state keeps the stored value: a file without phones must not delete
phones. A hidden site stays hidden until a file says explicitly that it is not.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass as valid_dataclass
from pydantic_core import to_jsonable_python

from suar.crypto.kdf import digest
from suar.directory.codes import UNKNOWN_LANGUAGE, How, Texts
from suar.directory.facts import CAPACITY, ELIGIBILITY_FIELDS
from suar.directory.rules import locations


class Stamp(NamedTuple):
    """The author, time and kind of a revision; `by` is None for a provider with a link."""

    by: UUID | None
    at: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of an entry that a file and somebody here changed to different values."""

    service: str
    name: str
    path: str
    ours: Any
    theirs: Any

    @property
    def key(self) -> str:
        """Return the name of the field of this entry, to choose the value of the file by."""
        return f"{self.service}|{self.path}"


class Entry(BaseModel):
    """A provider, site or service of a file, in JSON values; beside `id` and `where`, only fields that the file states.

    A missing field or None was not stated: the stored value stays.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    id: UUID
    where: str

    def __init__(self, **values: Any) -> None:
        if unknown := values.keys() - STATED - {"id", "where"}:
            raise ValueError(f"unknown values: {', '.join(sorted(unknown))}")
        super().__init__(**to_jsonable_python(values))

    @property
    def stated(self) -> dict[str, Any]:
        """Return the values that the file states."""
        return {name: value for name, value in (self.model_extra or {}).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in a file: its row, its field, the code of the reason, and details."""

    row: str
    field: str
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ParsedDirectory:
    """The entries of a file, its errors (`refused`), and what was left out on purpose.

    `as_of` is the day for which an invented file was written.
    """

    providers: tuple[Entry, ...] = ()
    sites: tuple[Entry, ...] = ()
    services: tuple[Entry, ...] = ()
    refused: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    as_of: date | None = None


class ImportCounts(NamedTuple):
    """Numbers of providers, sites and services."""

    providers: int = 0
    sites: int = 0
    services: int = 0


@valid_dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDocument:
    id: UUID
    name: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    website: str = ""
    email: str = ""
    phones: Sequence[Mapping[str, Any]] = field(default_factory=list)
    organisation: UUID | None = None
    answers_by_link: bool = False
    added_here: bool = False


@valid_dataclass(frozen=True, slots=True, kw_only=True)
class SiteDocument:
    id: UUID
    provider_id: UUID | None = None
    hidden: bool = False
    name: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    district: str = ""
    latitude: float | None = None
    longitude: float | None = None
    transport: str = ""
    phones: Sequence[Mapping[str, Any]] = field(default_factory=list)
    added_here: bool = False


@valid_dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDocument:
    """A service in plain JSON values: ids and dates as text, sets as sorted lists."""

    id: str
    provider: str | None = None
    status: str = ""
    confirmed: str | None = None
    name: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    access: Mapping[str, Texts] = field(default_factory=dict)
    phones: Sequence[Mapping[str, Any]] = field(default_factory=list)
    hours: Sequence[Mapping[str, Any]] = field(default_factory=list)
    urgent: Mapping[str, Any] | None = None
    let_in: Mapping[str, Any] | None = None
    types: Sequence[str] = field(default_factory=list)
    areas: Sequence[str] = field(default_factory=list)
    sites: Sequence[str] = field(default_factory=list)


STATED = {field.name for kind in (ProviderDocument, SiteDocument, ServiceDocument) for field in fields(kind)}
STATED = STATED - {"id", "provider_id", "added_here", "let_in"} | {"eligibility"}
"""Fields of a provider, site or service that a file may state; a file cannot set any other field."""
AnyDocument = TypeVar("AnyDocument", ProviderDocument, SiteDocument, ServiceDocument)


def merge_provider(entry: Entry, old: ProviderDocument | None) -> ProviderDocument:
    """Return a provider after the import of an entry."""
    stored = old or ProviderDocument(id=entry.id)
    return replace(stored, **entry.stated | _stated_texts(entry, stored))


def merge_site(entry: Entry, old: SiteDocument | None, providers: set[UUID]) -> SiteDocument:
    """Return a site after the import of an entry; of a hidden one only its id."""
    stored, stated = old or SiteDocument(id=entry.id), entry.stated
    provider = UUID(stated.pop("provider")) if "provider" in stated else None
    stored = replace(stored, provider_id=provider if provider in providers else stored.provider_id)
    if stated.get("hidden", stored.hidden):
        return SiteDocument(id=entry.id, provider_id=stored.provider_id, hidden=True, added_here=stored.added_here)
    # A point on the map that the file does not state may be that of an older address.
    return replace(stored, **{"latitude": None, "longitude": None} | stated | {"hidden": False})


def merge_service(entry: Entry, old: ServiceDocument | None) -> ServiceDocument:
    """Return a service after the import of an entry."""
    stored, stated = old or ServiceDocument(id=str(entry.id)), entry.stated
    access, eligibility = stated.get("access", {}), stated.pop("eligibility", None)
    merged: dict[str, Any] = {
        # The later day: somebody may have confirmed the entry here since the file was written.
        "confirmed": max(filter(None, (stated.get("confirmed"), stored.confirmed)), default=None),
        "access": {**stored.access}
        | {code: _merge_texts(texts, stored.access.get(code, {})) for code, texts in access.items()},
        "phones": _merge_rows(stated.get("phones"), stored.phones),
        "hours": _merge_rows(stated.get("hours"), stored.hours),
        "let_in": dict.fromkeys(ELIGIBILITY_FIELDS) | eligibility if eligibility else stored.let_in,
        **{name: sorted({*stated[name]}) for name in ("types", "areas", "sites") if name in stated},
    }
    return replace(stored, **stated | _stated_texts(entry, stored) | merged)


def widen_areas(document: ServiceDocument) -> ServiceDocument:
    """Widen the areas of a service with a hidden place to provinces."""
    return replace(document, areas=list(locations.widen_to_provinces(document.areas)))


def without_capacity(let_in: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return eligibility without numbers of places: day by day they would show arrivals and departures."""
    return None if let_in is None else {name: value for name, value in let_in.items() if name not in CAPACITY}


def contacts(
    document: ProviderDocument | SiteDocument | ServiceDocument, hidden: Collection[str]
) -> set[tuple[str, str | None]]:
    """Return the contact data of a provider, site or service, each value with its place.

    The `hidden` sites of a service do not count: nobody may notice that a hidden place moved.
    """
    phones: set[tuple[str, str | None]] = {("phones", phone["number"]) for phone in document.phones}
    if isinstance(document, SiteDocument):
        return phones | {(name, value) for name, value in document.address.items() if value}
    if isinstance(document, ProviderDocument):
        return phones | {("email", document.email), ("website", document.website)}
    sites = {("sites", site) for site in document.sites if site not in hidden}
    return phones | sites | {("urgent", (document.urgent or {}).get("number")), ("provider", document.provider)}


def service_texts(document: ServiceDocument) -> list[tuple[str, str]]:
    """Return every text of a service with the name of its field."""
    texts = [("name", document.name), ("description", document.description), *document.access.items()]
    texts += [("phones", phone["words"]) for phone in document.phones]
    texts += [("schedules", hours["words"]) for hours in document.hours]
    texts += [("urgent", (document.urgent or {}).get("hours", {}))]
    return [(field, text) for field, by_language in texts for text in by_language.values()]


def provider_texts(document: ProviderDocument) -> list[tuple[str, str]]:
    """Return every text of a provider with the name of its field."""
    texts = [("name", document.name), ("description", document.description)]
    texts += [("phones", phone["words"]) for phone in document.phones]
    plain = [("website", document.website), ("email", document.email)]
    plain += [("phones", phone["number"]) for phone in document.phones]
    return [(field, text) for field, by_language in texts for text in by_language.values()] + plain


def _stated_texts(entry: Entry, old: ProviderDocument | ServiceDocument) -> dict[str, dict[str, str]]:
    return {name: _merge_texts(entry.stated.get(name, {}), getattr(old, name)) for name in ("name", "description")}


def _merge_texts(new: Texts, old: Texts) -> dict[str, str]:
    """Keep translations when the file has only plain text that is among them."""
    if set(new) == {UNKNOWN_LANGUAGE} and new[UNKNOWN_LANGUAGE] in old.values():
        return dict(old)
    return dict(new or old)


def _merge_rows(new: list[dict[str, Any]] | None, old: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Keep the translations of numbers and hours that a file states without them."""
    if new is None or len(new) != len(old):
        return old if new is None else new
    return [
        {**row, "words": _merge_texts(row["words"], stored["words"]) if row["words"] else {}}
        if {**row, "words": {}} == {**stored, "words": {}}
        else row
        for row, stored in zip(new, old, strict=True)
    ]


@dataclass(slots=True)
class ImportPlan:
    """The changes of an import, which are `applied` or not yet, and its errors.

    `file_wins` has the keys of the conflicts in which the value of the file is used. `before` is the stored
    content. `warned` are warnings that an editor should read before the import. `joined` is the content in the
    file of services that were merged with a local change. `hidden` are the ids of hidden places among those of
    the file and of its services. `edited_here` are services that are not in the file and were changed here.
    `authors` proposed the changes.
    """

    file_wins: frozenset[str] = frozenset()
    before: dict[UUID, Any] = field(default_factory=dict)
    providers: dict[UUID, ProviderDocument] = field(default_factory=dict)
    sites: dict[UUID, SiteDocument] = field(default_factory=dict)
    services: dict[UUID, ServiceDocument] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    warned: list[Problem] = field(default_factory=list)
    joined: dict[str, ServiceDocument] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    edited_here: set[UUID] = field(default_factory=set)
    authors: Collection[UUID] = ()
    applied: bool = False

    def changes(self, documents: Mapping[UUID, AnyDocument]) -> list[AnyDocument]:
        """Return the documents that are new or different."""
        return [document for id_, document in documents.items() if self.before.get(id_) != document]

    @property
    def created(self) -> ImportCounts:
        """Count the new documents."""
        return ImportCounts(*(sum(id_ not in self.before for id_ in documents) for documents in self._kinds()))

    @property
    def changed(self) -> ImportCounts:
        """Count the stored documents that differ."""
        counts = (len(self.changes(documents)) for documents in self._kinds())
        return ImportCounts(*(count - new for count, new in zip(counts, self.created, strict=True)))

    @property
    def unchanged(self) -> ImportCounts:
        """Count the stored documents that equal the file."""
        return ImportCounts(*(len(documents) - len(self.changes(documents)) for documents in self._kinds()))

    @property
    def warnings_digest(self) -> str:
        """Return a digest of the warnings, independent of their order; empty if there are none."""
        rows = json.dumps(sorted(astuple(problem) for problem in self.warned))
        return digest(rows.encode()).hex() if self.warned else ""

    def _kinds(self) -> tuple[Mapping[UUID, Any], ...]:
        return self.providers, self.sites, self.services
