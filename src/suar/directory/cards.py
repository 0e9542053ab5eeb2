"""From documents to facts and cards, in the language asked for, on the day asked for."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from suar.directory import catalogue, rules
from suar.directory.shown import Document
from suar.directory.terms import (
    UNKNOWN_LANGUAGE,
    Age,
    AnswersNow,
    OpenSite,
    ServiceCard,
    ServiceFacts,
    ShownHours,
    ShownPhone,
    Spoken,
    Texts,
)

SETS = frozenset({"sex", "nationality", "forms", "languages", "residential", "disability", "exclusions", "family"})
NOT_FACTS = frozenset({"stay_limit_days", "places_total", "places_free", "places_as_of"})
NOT_SURE = frozenset({Age.NEVER, Age.REQUIRED, Age.HIDDEN})
SEARCHED = ("en", "id")
"""Languages of which the words of places and kinds are searched by text (0036)."""
LINES = ("address_1", "address_2", "city", "region", "state_province", "postal_code")


def facts_of(document: Document, *, today: date) -> ServiceFacts:
    """Give what rules see of a service."""
    service = document["service"]
    let_in: Mapping[str, Any] = service["let_in"] or {}
    told: dict[str, Any] = {
        name: (frozenset(value) or None) if name in SETS and value is not None else value
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
        kinds=kinds_in(document),
        **told,
    )


def card_of(document: Document, *, language: str, today: date) -> ServiceCard:
    """Give a service as it may be shown."""
    service, provider = document["service"], document["provider"] or {}
    facts = facts_of(document, today=today)
    age = rules.age_of(facts.confirmed_days_ago, rules.clock_of(kinds_in(document)))
    return ServiceCard(
        id=facts.id,
        name=said(service["name"], language),
        description=said(service["description"], language),
        provider=_number(service["provider"]),
        provider_name=said(provider.get("name", {}), language),
        website=provider.get("website", ""),
        organisation=_number(provider.get("organisation")),
        answers_by_link=provider.get("answers_by_link", False),
        types=tuple(service["types"]),
        areas=tuple(service["areas"]),
        districts=tuple(sorted(facts.districts)),
        gate_only=document["gate_only"],
        facts=facts,
        stay_limit_days=(service["let_in"] or {}).get("stay_limit_days"),
        phones=_phones(service["phones"] or provider.get("phones", []), language),
        hours=tuple(_hours(each, language) for each in service["hours"]),
        urgent=_urgent(service["urgent"], language),
        confirmed=_day(service["confirmed"]),
        warn_old=age in NOT_SURE,
        age=age,
        status=service["status"],
        access=_access(service["access"], language),
        sites=tuple(_site(site, language) for site in document["sites"]),
    )


def kinds_in(document: Document) -> frozenset[str]:
    """Give what the clock of an entry goes by."""
    service = document["service"]
    return rules.kinds_of(service["types"], with_line=bool(service["urgent"]))


def place_and_type_words(facts: ServiceFacts, types: Iterable[str]) -> list[str]:
    """Give the words, in each searched language, of the open places, areas and types."""
    coded = [catalogue.places()[each] for each in sorted(named_places(facts))]
    for each in types:
        coded += [catalogue.types()[each], catalogue.groups()[catalogue.types()[each].group]]
    return [one.words[language] for one in coded for language in SEARCHED]


def named_places(facts: ServiceFacts) -> frozenset[str]:
    """Give the places by whose names a service is found: its areas and its open places."""
    return facts.districts | (facts.areas or frozenset())


def said(texts: Texts, language: str) -> Spoken:
    """Give a text in a language, or in the nearest there is, and say which one that is."""
    for wanted in (language, language.partition("-")[0], "en", "id", UNKNOWN_LANGUAGE, *texts):
        if texts.get(wanted):
            return Spoken(texts[wanted], "" if wanted == UNKNOWN_LANGUAGE else wanted)
    return Spoken()


def _number(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _days_since(text: str | None, today: date) -> int | None:
    day = _day(text)
    return (today - day).days if day else None


def _site(site: Mapping[str, Any], language: str) -> OpenSite:
    address = site["address"]
    return OpenSite(
        name=site["name"],
        district=site["district"],
        lines=tuple(address[line] for line in LINES if address.get(line)),
        transport=site["transport"],
        phones=_phones(site["phones"], language),
    )


def _phones(phones: Iterable[Mapping[str, Any]], language: str) -> tuple[ShownPhone, ...]:
    return tuple(ShownPhone(each["number"], said(each["words"], language)) for each in phones)


def _hours(told: Mapping[str, Any], language: str) -> ShownHours:
    words = said(told["words"], language)
    return ShownHours(tuple(told["days"]), told["opens"], told["closes"], words)


def _urgent(told: Mapping[str, Any] | None, language: str) -> AnswersNow | None:
    if not told:
        return None
    return AnswersNow(told["number"], said(told["hours"], language), _day(told["tested"]))


def _access(told: Mapping[str, Texts], language: str) -> dict[str, Spoken]:
    fields = catalogue.access_fields()
    return {code: said(told[code], language) for code in fields if told.get(code)}
