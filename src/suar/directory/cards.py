"""From rows of the directory to facts and cards; hidden places are left behind here."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from suar.directory import catalogue
from suar.directory.models import Eligibility, Service, Site
from suar.directory.terms import (
    UNKNOWN_LANGUAGE,
    AnswersNow,
    OpenSite,
    ServiceCard,
    ServiceFacts,
    ShownHours,
    ShownPhone,
    Texts,
)

SETS = ("sex", "nationality", "forms", "languages", "residential", "disability", "exclusions",
        "family")  # fmt: skip
SINGLE = ("age_min", "age_max", "children_with", "children_age_limit", "stay", "papers", "formal",
          "cooperation", "cost", "opening")  # fmt: skip
LINES = ("address_1", "address_2", "city", "region", "state_province", "postal_code")


def rows(ids: Iterable[UUID]) -> dict[UUID, Service]:
    """Fetch services with all that a card shows, in four queries however many."""
    found = (
        Service.objects.filter(id__in=list(ids))
        .select_related("provider", "words", "eligibility")
        .prefetch_related("types", "areas", "sites")
    )
    return {row.id: row for row in found}


def facts_of(row: Service, *, today: date) -> ServiceFacts:
    """Give what rules see of a service."""
    told: Eligibility | None = getattr(row, "eligibility", None)
    plain = {name: getattr(told, name) for name in SINGLE} if told else {}
    sets = {name: _set(getattr(told, name)) for name in SETS} if told else {}
    as_of = told.places_as_of if told else None
    return ServiceFacts(
        id=row.id,
        areas=frozenset(area.code for area in row.areas.all()) or None,
        districts=frozenset(site.district for site in open_sites(row) if site.district),
        free_places=told.places_free if told else None,
        free_places_days_ago=(today - as_of).days if as_of else None,
        confirmed_days_ago=(today - row.confirmed).days if row.confirmed else None,
        **plain,
        **sets,
    )


def open_sites(row: Service) -> list[Site]:
    """Give the places that may be shown, in an order that does not depend on where they are."""
    return sorted((site for site in row.sites.all() if not site.hidden), key=lambda s: str(s.id))


def card_of(row: Service, *, language: str, today: date) -> ServiceCard:
    """Give a service as it may be shown."""
    words, provider = row.words, row.provider
    facts = facts_of(row, today=today)
    limits = catalogue.services()["limits"]
    days = facts.confirmed_days_ago
    return ServiceCard(
        id=row.id,
        name=said(words.name, language),
        description=said(words.description, language),
        provider=provider.id if provider else None,
        provider_name=said(provider.name, language) if provider else "",
        website=provider.website if provider else "",
        organisation=provider.organisation if provider else None,
        answers_by_link=bool(provider and provider.answers_by_link),
        types=tuple(sorted(each.code for each in row.types.all())),
        areas=tuple(sorted(facts.areas or ())),
        districts=tuple(sorted(facts.districts)),
        gate_only=any(site.hidden for site in row.sites.all()),
        facts=facts,
        stay_limit_days=getattr(getattr(row, "eligibility", None), "stay_limit_days", None),
        phones=_phones(words.phones or (provider.phones if provider else []), language),
        hours=tuple(_hours(each, language) for each in words.hours),
        urgent=_urgent(words.urgent, language),
        confirmed=row.confirmed,
        warn_old=days is None or days > limits["warn_after_days"],
        access=_access(words.access, language),
        sites=tuple(_site(site, language) for site in open_sites(row)),
    )


def place_and_type_words(facts: ServiceFacts, types: Iterable[str]) -> list[str]:
    """Give the words, in every language, of the open places, areas and types of a service."""
    places = {*(facts.areas or ()), *facts.districts}
    coded = [catalogue.places()[each] for each in sorted(places)]
    for each in types:
        coded += [catalogue.types()[each], catalogue.groups()[catalogue.types()[each].group]]
    return [text for one in coded for text in one.words.values()]


def said(texts: Texts, language: str) -> str:
    """Give a text in a language, or in the nearest there is."""
    for wanted in (language.split("-")[0], "en", "id", UNKNOWN_LANGUAGE):
        if texts.get(wanted):
            return texts[wanted]
    return next(iter(texts.values()), "")


def _set(values: list[str] | None) -> frozenset[str] | None:
    return frozenset(values) if values else None


def _site(site: Site, language: str) -> OpenSite:
    return OpenSite(
        name=site.name,
        district=site.district,
        lines=tuple(site.address[line] for line in LINES if site.address.get(line)),
        transport=site.transport,
        phones=_phones(site.phones, language),
    )


def _phones(phones: list[dict], language: str) -> tuple[ShownPhone, ...]:
    return tuple(ShownPhone(each["number"], said(each["words"], language)) for each in phones)


def _hours(told: Mapping, language: str) -> ShownHours:
    words = said(told["words"], language)
    return ShownHours(tuple(told["days"]), told["opens"], told["closes"], words)


def _urgent(told: Mapping | None, language: str) -> AnswersNow | None:
    if not told:
        return None
    tested = date.fromisoformat(told["tested"]) if told["tested"] else None
    return AnswersNow(told["number"], said(told["hours"], language), tested)


def _access(told: Mapping[str, Texts], language: str) -> dict[str, str]:
    return {
        code: said(told[code], language) for code in catalogue.access_fields() if told.get(code)
    }
