"""Typed contents of providers, sites and services, and the entries of an imported file.

A field that a file does not state keeps the stored value: a file without phones must not delete
phones. A hidden site stays hidden until a file says explicitly that it is not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import to_jsonable_python

from suar.crypto.kdf import digest
from suar.directory.codes import UNKNOWN_LANGUAGE, How, Texts
from suar.directory.rules import locations


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who makes a revision, when and how; `by` is None for a provider who has a link."""

    by: UUID | None
    at: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an entry; `stamp` is None for one from before revisions were kept."""

    number: int
    stamp: Stamp | None
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of an entry that a file and somebody here changed to different ends."""

    service: str
    name: str
    way: str
    ours: Any
    theirs: Any

    @property
    def key(self) -> str:
        """Name the field of the entry, so that the file's value can be chosen."""
        return f"{self.service}|{self.way}"


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    number: str
    words: Texts


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """Opening on some weekdays, Monday is 0; times as "08:00", empty when only `words` are told."""

    days: tuple[int, ...]
    opens: str
    closes: str
    words: Texts


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """A number that somebody answers now, and the day on which it was last tried."""

    number: str
    tested: date | None
    hours: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEntry:
    """A provider as a file tells it; a field that is None was not stated and keeps what is stored."""

    id: UUID
    where: str
    name: Texts
    description: Texts
    website: str
    email: str
    phones: tuple[PhoneEntry, ...] | None = None
    organisation: UUID | None = None
    answers_by_link: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntry:
    """A place as a file tells it; of a hidden one nothing but its id survives."""

    id: UUID
    where: str
    provider: UUID | None
    hidden: bool | None
    name: str = ""
    address: Mapping[str, str] | None = None
    district: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    transport: str = ""
    phones: tuple[PhoneEntry, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityEntry:
    """Who is let in, as a file tells it; None is unknown."""

    sex: tuple[str, ...] | None = None
    age_min: int | None = None
    age_max: int | None = None
    children_with: str | None = None
    children_age_limit: int | None = None
    nationality: tuple[str, ...] | None = None
    stay: str | None = None
    papers: str | None = None
    forms: tuple[str, ...] | None = None
    formal: str | None = None
    cooperation: bool | None = None
    cost: str | None = None
    languages: tuple[str, ...] | None = None
    opening: str | None = None
    residential: tuple[str, ...] | None = None
    disability: tuple[str, ...] | None = None
    exclusions: tuple[str, ...] | None = None
    family: tuple[str, ...] | None = None
    stay_limit_days: int | None = None
    places_total: int | None = None
    places_free: int | None = None
    places_as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """A service as a file tells it; a field that is None was not stated and keeps what is stored."""

    id: UUID
    where: str
    provider: UUID | None
    status: str
    name: Texts
    description: Texts
    access: Mapping[str, Texts]
    confirmed: date | None
    types: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    sites: tuple[UUID, ...] | None = None
    phones: tuple[PhoneEntry, ...] | None = None
    hours: tuple[HoursEntry, ...] | None = None
    urgent: UrgentLine | None = None
    eligibility: EligibilityEntry | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file: where it stands, which field, the code of why, and details."""

    row: str
    field: str
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ParsedDirectory:
    """What a file holds: entries, what must be refused, and what was left out on purpose.

    `as_of` is the day for which an invented file was written.
    """

    providers: tuple[ProviderEntry, ...] = ()
    sites: tuple[SiteEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    refused: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many providers, sites and services."""

    providers: int = 0
    sites: int = 0
    services: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do when `applied` is false.

    `warned` is imported all the same, once somebody has looked at it; `mark` tells these warnings
    from others.
    """

    created: ImportCounts
    changed: ImportCounts
    unchanged: ImportCounts
    refused: tuple[Problem, ...]
    left_out: tuple[Problem, ...]
    applied: bool
    conflicts: tuple[Conflict, ...] = ()
    warned: tuple[Problem, ...] = ()
    mark: str = ""


T = TypeVar("T")
ELIGIBILITY_FIELDS = tuple(each.name for each in fields(EligibilityEntry))
CAPACITY = ("places_total", "places_free", "places_as_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDocument:
    id: UUID
    name: Texts
    description: Texts
    website: str
    email: str
    phones: Sequence[Mapping[str, Any]] = ()
    organisation: UUID | None = None
    answers_by_link: bool = False
    added_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDocument:
    id: UUID
    provider: UUID | None
    hidden: bool
    name: str = ""
    address: Mapping[str, str]
    district: str = ""
    latitude: float | None = None
    longitude: float | None = None
    transport: str = ""
    phones: Sequence[Mapping[str, Any]] = ()
    added_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDocument:
    """A service in plain JSON values: ids and dates as text, sets as sorted lists."""

    id: str
    provider: str | None
    status: str
    confirmed: str | None
    name: Texts
    description: Texts
    access: Mapping[str, Texts]
    phones: Sequence[Mapping[str, Any]]
    hours: Sequence[Mapping[str, Any]]
    urgent: Mapping[str, Any] | None
    let_in: Mapping[str, Any] | None
    types: Sequence[str]
    areas: Sequence[str]
    sites: Sequence[str]


EMPTY_SERVICE = ServiceDocument(
    id="",
    provider=None,
    status="",
    confirmed=None,
    name={},
    description={},
    access={},
    phones=[],
    hours=[],
    urgent=None,
    let_in=None,
    types=[],
    areas=[],
    sites=[],
)


def merge_provider(entry: ProviderEntry, old: ProviderDocument | None) -> ProviderDocument:
    """Return a provider as it stands once the entry is imported."""
    stored = old or ProviderDocument(id=entry.id, name={}, description={}, website="", email="", phones=[])
    return replace(
        stored,
        name=_merge_texts(entry.name, stored.name),
        description=_merge_texts(entry.description, stored.description),
        website=entry.website,
        email=entry.email,
        phones=_known(to_jsonable_python(entry.phones), stored.phones),
        organisation=_known(entry.organisation, stored.organisation),
        answers_by_link=_known(entry.answers_by_link, stored.answers_by_link),
    )


def merge_site(entry: SiteEntry, old: SiteDocument | None, providers: set[UUID]) -> SiteDocument:
    """Return a site as it stands once the entry is imported; of a hidden one only its id."""
    stored = old or SiteDocument(id=entry.id, provider=None, hidden=False, address={}, phones=[])
    provider = entry.provider if entry.provider in providers else stored.provider
    if _known(entry.hidden, stored.hidden):
        here = stored.added_here
        return SiteDocument(id=entry.id, provider=provider, hidden=True, address={}, phones=[], added_here=here)
    return replace(
        stored,
        provider=provider,
        hidden=False,
        name=entry.name,
        address=_known(entry.address, stored.address),
        district=_known(entry.district, stored.district),
        latitude=entry.latitude,
        longitude=entry.longitude,
        transport=entry.transport,
        phones=_known(to_jsonable_python(entry.phones), stored.phones),
    )


def merge_service(entry: ServiceEntry, old: ServiceDocument | None) -> ServiceDocument:
    """Return a service as it stands once the entry is imported."""
    stored = old or replace(EMPTY_SERVICE, id=str(entry.id))
    stated = {name: value for name, value in to_jsonable_python(entry).items() if value is not None}
    access = {code: _merge_texts(texts, stored.access.get(code, {})) for code, texts in entry.access.items()}
    lists: dict[str, Any] = {name: sorted({*stated[name]}) for name in ("types", "areas", "sites") if name in stated}
    return replace(
        stored,
        provider=stated.get("provider", stored.provider),
        status=entry.status,
        confirmed=_later(stated.get("confirmed"), stored.confirmed),
        name=_merge_texts(entry.name, stored.name),
        description=_merge_texts(entry.description, stored.description),
        access={**stored.access, **access},
        phones=_merge_rows(stated.get("phones"), stored.phones),
        hours=_merge_rows(stated.get("hours"), stored.hours),
        urgent=stated.get("urgent", stored.urgent),
        let_in=stated.get("eligibility", stored.let_in),
        **lists,
    )


def restore_content(older: ServiceDocument, now: ServiceDocument) -> ServiceDocument:
    """Return what an older revision said, with the places, provider and confirmed day of now."""
    return replace(older, provider=now.provider, sites=now.sites, confirmed=now.confirmed)


def with_status(state: ServiceDocument, status: str) -> ServiceDocument:
    """Return an entry with another status, as text."""
    return replace(state, status=str(status))


def widen_areas(state: ServiceDocument) -> ServiceDocument:
    """Widen the areas of a service with a hidden place to provinces."""
    return replace(state, areas=list(locations.widen_to_provinces(state.areas)))


def without_capacity(let_in: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Leave out how many places there are: day by day it tells when somebody came or left."""
    return None if let_in is None else {k: told for k, told in let_in.items() if k not in CAPACITY}


def service_texts(state: ServiceDocument) -> list[tuple[str, str]]:
    """Return every text of a service with the name of its field."""
    urgent = state.urgent or {}
    told = [("name", state.name), ("description", state.description), *state.access.items()]
    told += [("phones", each["words"]) for each in state.phones]
    told += [("schedules", each["words"]) for each in state.hours]
    told += [("urgent", urgent.get("hours", {}))]
    return [(field, text) for field, texts in told for text in texts.values()]


def provider_texts(state: ProviderDocument) -> list[tuple[str, str]]:
    """Return every text of a provider with the name of its field."""
    told = [("name", state.name), ("description", state.description)]
    told += [("phones", each["words"]) for each in state.phones]
    plain = [("website", state.website), ("email", state.email)]
    plain += [("phones", each["number"]) for each in state.phones]
    return [(field, text) for field, texts in told for text in texts.values()] + plain


def _merge_texts(new: Texts, old: Texts) -> dict[str, str]:
    """Keep translations when the file tells only plain words that are among them."""
    if set(new) == {UNKNOWN_LANGUAGE} and new[UNKNOWN_LANGUAGE] in old.values():
        return dict(old)
    return dict(new or old)


def _merge_rows(new: list[dict[str, Any]] | None, old: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Keep the translations of numbers and hours where a file tells only plain words among them."""
    if new is None or len(new) != len(old):
        return old if new is None else new
    pairs = list(zip(new, old, strict=True))
    return [
        {**told, "words": _merge_texts(told["words"], was["words"]) if told["words"] else {}}
        if {**told, "words": {}} == {**was, "words": {}}
        else told
        for told, was in pairs
    ]


def _known(new: T | None, old: T) -> T:
    return old if new is None else new


def _later(new: str | None, old: str | None) -> str | None:
    """Return the later of two days: whoever confirmed an entry here did so, whatever a file says."""
    return max(filter(None, (new, old)), default=None)


AnyDocument = TypeVar("AnyDocument", ProviderDocument, SiteDocument, ServiceDocument)


@dataclass(slots=True)
class ImportPlan:
    """What is stored now, what will stand then, and what is wrong.

    `hidden` are the ids of hidden places among those that the file tells or its services have.
    `warned` is what an editor should look at before it is imported.
    """

    before: dict[UUID, Any] = field(default_factory=dict)
    providers: dict[UUID, ProviderDocument] = field(default_factory=dict)
    sites: dict[UUID, SiteDocument] = field(default_factory=dict)
    services: dict[UUID, ServiceDocument] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    joined: dict[str, ServiceDocument] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    warned: list[Problem] = field(default_factory=list)

    def changed(self, after: Mapping[UUID, AnyDocument]) -> list[AnyDocument]:
        """Return what is new or different."""
        return [state for id_, state in after.items() if self.before.get(id_) != state]

    @property
    def anything(self) -> bool:
        """Return True if anything is new or different."""
        kinds: list[Mapping[UUID, Any]] = [self.providers, self.sites, self.services]
        return any(self.changed(each) for each in kinds)

    @property
    def mark(self) -> str:
        """Return what tells these warnings from any others, in whatever order; empty for none."""
        told = json.dumps(sorted(astuple(each) for each in self.warned))
        return digest(told.encode()).hex() if self.warned else ""

    def report(self, *, applied: bool) -> ImportReport:
        """Count what is new, different and as before."""
        kinds: list[Mapping[UUID, Any]] = [self.providers, self.sites, self.services]
        new = [sum(id_ not in self.before for id_ in kind) for kind in kinds]
        other = [len(self.changed(kind)) - n for kind, n in zip(kinds, new, strict=True)]
        same = [len(k) - n - o for k, n, o in zip(kinds, new, other, strict=True)]
        return ImportReport(
            ImportCounts(*new),
            ImportCounts(*other),
            ImportCounts(*same),
            tuple(self.refused),
            tuple(self.left_out),
            applied,
            tuple(self.conflicts),
            tuple(self.warned),
            self.mark,
        )
