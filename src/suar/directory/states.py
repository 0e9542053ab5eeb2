"""What is stored of a provider, site or service, and what an entry makes of it.

A part that the file does not tell keeps what is stored: a list without phones must not wipe
phones. Once hidden a place stays hidden until a file says plainly that it is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from suar.directory import models, rules
from suar.directory.terms import (
    UNKNOWN_LANGUAGE,
    EligibilityEntry,
    HoursEntry,
    PhoneEntry,
    ProviderEntry,
    ServiceEntry,
    SiteEntry,
    Texts,
)

T = TypeVar("T")
LET_IN = tuple(each.name for each in fields(EligibilityEntry))
ROOM = ("places_total", "places_free", "places_as_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
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
class SiteState:
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
class ServiceState:
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


def provider_of(row: models.Provider) -> ProviderState:
    """Give what is stored of a provider."""
    return ProviderState(**{each.name: getattr(row, each.name) for each in fields(ProviderState)})


def site_of(row: models.Site) -> SiteState:
    """Give what is stored of a site."""
    names = [each.name for each in fields(SiteState) if each.name != "provider"]
    return SiteState(provider=row.provider_id, **{name: getattr(row, name) for name in names})


def service_of(row: models.Service) -> ServiceState:
    """Give what the tables hold of a service; the documents are a projection of this."""
    words, let_in = row.words, getattr(row, "eligibility", None)
    return ServiceState(
        id=str(row.id),
        provider=_text(row.provider_id),
        status=row.status,
        confirmed=_text(row.confirmed),
        name=words.name,
        description=words.description,
        access=words.access,
        phones=words.phones,
        hours=words.hours,
        urgent=words.urgent,
        let_in={name: _plain(getattr(let_in, name)) for name in LET_IN} if let_in else None,
        types=sorted(each.code for each in row.types.all()),
        areas=sorted(each.code for each in row.areas.all()),
        sites=sorted(str(each.id) for each in row.sites.all()),
    )


def next_provider(entry: ProviderEntry, old: ProviderState | None) -> ProviderState:
    """Give a provider as it stands once the entry is taken over."""
    return ProviderState(
        id=entry.id,
        name=_texts(entry.name, old.name if old else {}),
        description=_texts(entry.description, old.description if old else {}),
        website=entry.website,
        email=entry.email,
        phones=_told(_phones(entry.phones), old.phones if old else []),
        organisation=_told(entry.organisation, old.organisation if old else None),
        answers_by_link=_told(entry.answers_by_link, old.answers_by_link if old else False),
        added_here=old.added_here if old else False,
    )


def next_site(entry: SiteEntry, old: SiteState | None, providers: set[UUID]) -> SiteState:
    """Give a site as it stands once the entry is taken over; of a hidden one only its id."""
    provider = entry.provider if entry.provider in providers else None
    provider = _told(provider, old.provider if old else None)
    here = old.added_here if old else False
    if _told(entry.hidden, old.hidden if old else False):
        return SiteState(id=entry.id, provider=provider, hidden=True, address={}, phones=[], added_here=here)
    return SiteState(
        id=entry.id,
        provider=provider,
        hidden=False,
        name=entry.name,
        address=_told(entry.address, old.address if old else {}),
        district=_told(entry.district, old.district if old else ""),
        latitude=entry.latitude,
        longitude=entry.longitude,
        transport=entry.transport,
        phones=_told(_phones(entry.phones), old.phones if old else []),
        added_here=here,
    )


def next_service(entry: ServiceEntry, old: ServiceState | None) -> ServiceState:
    """Give a service as it stands once the entry is taken over."""
    kept = old.access if old else {}
    access = {code: _texts(told, kept.get(code, {})) for code, told in entry.access.items()}
    return ServiceState(
        id=str(entry.id),
        provider=_told(_text(entry.provider), old.provider if old else None),
        status=entry.status,
        confirmed=_later(_text(entry.confirmed), old.confirmed if old else None),
        name=_texts(entry.name, old.name if old else {}),
        description=_texts(entry.description, old.description if old else {}),
        access={**kept, **access},
        phones=_rows(_phones(entry.phones), old.phones if old else []),
        hours=_rows(_hours(entry.hours), old.hours if old else []),
        urgent=_told(_urgent(entry), old.urgent if old else None),
        let_in=_told(_let_in(entry.eligibility), old.let_in if old else None),
        types=_told(_listed(entry.types), old.types if old else []),
        areas=_told(_listed(entry.areas), old.areas if old else []),
        sites=_told(_listed(entry.sites), old.sites if old else []),
    )


def said_again(older: ServiceState, now: ServiceState) -> ServiceState:
    """Give what an older edition said, with the places, provider and assured day of now."""
    return replace(older, provider=now.provider, sites=now.sites, confirmed=now.confirmed)


def with_status(state: ServiceState, status: str) -> ServiceState:
    """Give an entry with another status, as text."""
    return replace(state, status=str(status))


def veiled(state: ServiceState) -> ServiceState:
    """Widen the areas of a service with a hidden place to provinces."""
    return replace(state, areas=list(rules.provinces_only(state.areas)))


def without_room(let_in: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Leave out how many places there are: day by day it tells when somebody came or left."""
    return None if let_in is None else {k: told for k, told in let_in.items() if k not in ROOM}


def all_texts(state: ServiceState) -> list[tuple[str, str]]:
    """Give every text of a service with the name of its field."""
    urgent = state.urgent or {}
    told = [("name", state.name), ("description", state.description), *state.access.items()]
    told += [("phones", each["words"]) for each in state.phones]
    told += [("schedules", each["words"]) for each in state.hours]
    told += [("urgent", urgent.get("hours", {}))]
    return [(field, text) for field, texts in told for text in texts.values()]


def texts_of_provider(state: ProviderState) -> list[tuple[str, str]]:
    """Give every text of a provider with the name of its field."""
    told = [("name", state.name), ("description", state.description)]
    told += [("phones", each["words"]) for each in state.phones]
    plain = [("website", state.website), ("email", state.email)]
    plain += [("phones", each["number"]) for each in state.phones]
    return [(field, text) for field, texts in told for text in texts.values()] + plain


def _texts(new: Texts, old: Texts) -> dict[str, str]:
    """Keep translations when the file tells only plain words that are among them."""
    if set(new) == {UNKNOWN_LANGUAGE} and new[UNKNOWN_LANGUAGE] in old.values():
        return dict(old)
    return dict(new or old)


def _rows(new: list[dict[str, Any]] | None, old: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Keep the translations of numbers and hours where a file tells only plain words among them."""
    if new is None or len(new) != len(old):
        return old if new is None else new
    pairs = list(zip(new, old, strict=True))
    return [
        {**told, "words": _texts(told["words"], was["words"]) if told["words"] else {}}
        if {**told, "words": {}} == {**was, "words": {}}
        else told
        for told, was in pairs
    ]


def _told(new: T | None, old: T) -> T:
    return old if new is None else new


def _later(new: str | None, old: str | None) -> str | None:
    """Give the later of two days: whoever assured an entry here did so, whatever a file says."""
    return max(filter(None, (new, old)), default=None)


def _listed(values: Sequence[object] | None) -> list[str] | None:
    return None if values is None else sorted({str(value) for value in values})


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _plain(value: Any) -> Any:
    """Give a date as text and a tuple as a list, as JSON would."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _phones(phones: tuple[PhoneEntry, ...] | None) -> list[dict[str, Any]] | None:
    return None if phones is None else [{"number": p.number, "words": {**p.words}} for p in phones]


def _hours(hours: tuple[HoursEntry, ...] | None) -> list[dict[str, Any]] | None:
    if hours is None:
        return None
    return [{"days": list(h.days), "opens": h.opens, "closes": h.closes, "words": {**h.words}} for h in hours]


def _urgent(entry: ServiceEntry) -> dict[str, Any] | None:
    line = entry.urgent
    if line is None:
        return None
    tested = line.tested.isoformat() if line.tested else None
    return {"number": line.number, "tested": tested, "hours": {**line.hours}}


def _let_in(entry: EligibilityEntry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {name: _plain(getattr(entry, name)) for name in LET_IN}
