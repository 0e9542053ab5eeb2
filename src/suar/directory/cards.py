"""Service cards: the content of a service for pages, in one language, on one day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self
from uuid import UUID

from suar.core.i18n import staff_languages
from suar.directory import catalogue
from suar.directory.codes import UNKNOWN_LANGUAGE, Age, Texts
from suar.directory.facts import CAPACITY, ELIGIBILITY_SETS, Fit, ServiceFacts
from suar.directory.rules import fit, freshness

Snapshot = Mapping[str, Any]


class LocalText(str):
    """A text of an entry with its language; the language is empty if unknown."""

    __slots__ = ("language",)

    language: str

    def __new__(cls, words: str = "", language: str = "") -> Self:
        """Store the language beside the text."""
        text = super().__new__(cls, words)
        text.language = language
        return text


@dataclass(frozen=True, slots=True)
class CardPhone:
    """A telephone number and its purpose in the requested language; one that `takes_messages` only is not called."""

    number: str
    words: LocalText
    takes_messages: bool = False


@dataclass(frozen=True, slots=True)
class CardHours:
    """Opening on some weekdays, Monday is 0; times as "08:00", empty if only words are stated."""

    days: tuple[int, ...]
    opens: str
    closes: str
    words: LocalText


@dataclass(frozen=True, slots=True)
class CardHotline:
    """A telephone number that is answered now, its hours, and the day of the last test call."""

    number: str
    hours: LocalText
    tested: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSite:
    """An open site."""

    name: str
    district: str
    lines: tuple[str, ...]
    transport: str
    phones: tuple[CardPhone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """A service on a page. `organisation` is set when the provider has an account here.

    Each text is in the requested language or the nearest one, and knows its language. `gate_only` is
    True if the place is hidden and only a phone leads to it.
    """

    id: UUID
    name: LocalText
    description: LocalText
    provider: UUID | None
    provider_name: LocalText
    website: str
    organisation: UUID | None
    types: tuple[str, ...]
    areas: tuple[str, ...]
    districts: tuple[str, ...]
    gate_only: bool
    facts: ServiceFacts
    phones: tuple[CardPhone, ...]
    hours: tuple[CardHours, ...]
    urgent: CardHotline | None
    confirmed: date | None
    warn_old: bool
    age: Age
    status: str
    access: Mapping[str, LocalText]
    sites: tuple[CardSite, ...] = ()
    by_voice_only: bool = False

    @property
    def asks_testimony(self) -> bool:
        """Return True if it helps only who talks to the police, or has a report or a decision of theirs."""
        return fit.asks_testimony(self.facts)


class Match(NamedTuple):
    """A service and how it fits a person."""

    card: ServiceCard
    fit: Fit


NOT_FACTS = frozenset({"stay_limit_days", *CAPACITY})
UNSURE = frozenset({Age.NEVER, Age.REQUIRED, Age.HIDDEN})
SEARCH_LANGUAGES = tuple(language.code for language in staff_languages())
"""Languages in which names of places and types are searched (languages.md)."""
SIGN_LANGUAGE, WITHOUT_VOICE = "inl", frozenset({"text", "textphone", "video"})
ADDRESS_LINES = ("address_1", "address_2", "city", "region", "state_province", "postal_code")


def service_facts(document: Snapshot, *, today: date) -> ServiceFacts:
    """Return the facts of a service for the fit rules."""
    service = document["service"]
    let_in: Mapping[str, Any] = service["let_in"] or {}
    stated: dict[str, Any] = {
        name: (frozenset(value) or None) if name in ELIGIBILITY_SETS and value is not None else value
        for name, value in let_in.items()
        if name not in NOT_FACTS
    }
    return ServiceFacts(
        id=UUID(service["id"]),
        areas=frozenset(service["areas"]) or None,
        districts=frozenset(site["district"] for site in document["sites"] if site["district"]),
        free_places=let_in.get("places_free"),
        free_places_days_ago=_days_since(let_in.get("places_as_of"), today),
        confirmed_days_ago=_days_since(service["confirmed"], today),
        kinds=freshness.freshness_kinds(service["types"], with_line=bool(service["urgent"])),
        **stated,
    )


def build_card(document: Snapshot, *, language: str, today: date) -> ServiceCard:
    """Return a service for a page."""
    service, provider = document["service"], document["provider"] or {}
    facts, known = service_facts(document, today=today), catalogue.access_fields()
    age = freshness.age_class(facts.confirmed_days_ago, freshness.intervals_for(facts.kinds))
    return ServiceCard(
        id=facts.id,
        name=localise(service["name"], language),
        description=localise(service["description"], language),
        provider=_uuid(service["provider"]),
        provider_name=localise(provider.get("name", {}), language),
        website=provider.get("website", ""),
        organisation=_uuid(provider.get("organisation")),
        types=tuple(service["types"]),
        areas=tuple(service["areas"]),
        districts=tuple(sorted(facts.districts)),
        gate_only=document["gate_only"],
        facts=facts,
        phones=_card_phones(service["phones"] or provider.get("phones", []), language),
        hours=tuple(_card_hours(item, language) for item in service["hours"]),
        urgent=_card_hotline(service["urgent"], language),
        confirmed=_parse_date(service["confirmed"]),
        warn_old=age in UNSURE,
        age=age,
        status=service["status"],
        access={code: localise(texts, language) for code in known if (texts := service["access"].get(code))},
        sites=tuple(_card_site(site, language) for site in document["sites"]),
        by_voice_only=is_by_voice_only(document),
    )


def is_by_voice_only(document: Snapshot) -> bool:
    """Return True if a service has no number for messages or video, and no open site."""
    phones = document["service"]["phones"] or (document["provider"] or {}).get("phones", [])
    return not document["sites"] and all(phone.get("type") not in WITHOUT_VOICE for phone in phones)


def place_and_type_names(facts: ServiceFacts, types: Iterable[str]) -> list[str]:
    """Return the words, in each searched language, of the open places, areas and types."""
    coded = [catalogue.places()[place] for place in sorted(named_places(facts))]
    for code in types:
        coded += [catalogue.types()[code], catalogue.groups()[catalogue.types()[code]["group"]]]
    return [term.labels[language] for term in coded for language in SEARCH_LANGUAGES if language in term.labels]


def named_places(facts: ServiceFacts) -> frozenset[str]:
    """Return the places by whose names search finds a service: its areas and open sites."""
    return facts.districts | (facts.areas or frozenset())


def localise(texts: Texts, language: str) -> LocalText:
    """Return a text in a language or the nearest one, with its language."""
    for wanted in (language, language.partition("-")[0], *SEARCH_LANGUAGES, UNKNOWN_LANGUAGE, *texts):
        if texts.get(wanted):
            return LocalText(texts[wanted], "" if wanted == UNKNOWN_LANGUAGE else wanted)
    return LocalText()


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _parse_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _days_since(text: str | None, today: date) -> int | None:
    day = _parse_date(text)
    return (today - day).days if day else None


def _card_site(site: Mapping[str, Any], language: str) -> CardSite:
    address = site["address"]
    return CardSite(
        name=site["name"],
        district=site["district"],
        lines=tuple(address[line] for line in ADDRESS_LINES if address.get(line)),
        transport=site["transport"],
        phones=_card_phones(site["phones"], language),
    )


def _card_phones(phones: Iterable[Mapping[str, Any]], language: str) -> tuple[CardPhone, ...]:
    return tuple(
        CardPhone(phone["number"], localise(phone["words"], language), phone.get("type") == "text") for phone in phones
    )


def _card_hours(hours: Mapping[str, Any], language: str) -> CardHours:
    words = localise(hours["words"], language)
    return CardHours(tuple(hours["days"]), hours["opens"], hours["closes"], words)


def _card_hotline(hotline: Mapping[str, Any] | None, language: str) -> CardHotline | None:
    if not hotline:
        return None
    return CardHotline(hotline["number"], localise(hotline["hours"], language), _parse_date(hotline["tested"]))
