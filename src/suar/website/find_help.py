"""Search services for a visitor; the search is widened until something fits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from suar.directory import catalogue, queries
from suar.directory.cards import ServiceCard
from suar.directory.facts import PersonFacts
from suar.directory.rules.fit import fit
from suar.directory.search import AGES, SearchQuery
from suar.website import keywords
from suar.website.entries import WHOLE_COUNTRY, Entry, reason_lines
from suar.website.forms import NEEDS

PAGE_SIZE = 10
SELF_CHECK_LINES, SELF_CHECK_CONSIDERED = 2, 20
ANYTHING = SearchQuery()


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results; `wider`: how the search was widened, or ""."""

    entries: tuple[Entry, ...] = ()
    next: str = ""
    wider: str = ""


def find(query: SearchQuery, *, language: str) -> Results:
    """Return services that fit; if there are none, widen the search step by step."""
    for wider, step in _wider_queries(with_keywords(query, language)):
        page = queries.search_services(step, most=PAGE_SIZE, language=language)
        if page.cards or query.after:
            return Results(tuple(build_entry(card, query) for card in page.cards), page.next, wider)
    return Results()


def with_keywords(query: SearchQuery, language: str) -> SearchQuery:
    """Return the query with the possible meanings of its text."""
    return replace(query, looked=keywords.find_meanings(query.text, language))


def get_entry(service: UUID, *, language: str, query: SearchQuery = ANYTHING) -> Entry:
    """Return a public service with the reasons for this query. Raises NotYours if there is none."""
    return build_entry(queries.public_card(service, language=language), query)


def build_entry(card: ServiceCard, query: SearchQuery) -> Entry:
    """Return a service with its reasons; the free places of a hidden shelter are left out."""
    facts = replace(card.facts, free_places=None) if card.gate_only else card.facts
    answers = {
        "EL_AREA": query.place,
        "EL_SEX": query.sex,
        "EL_AGE": query.age,
        "EL_CHILDREN_WITH": query.children,
        "EL_NATIONALITY": query.nationality,
        "EL_LANGUAGE": query.language,
        "EL_PAPERS": query.without_papers,
        "EL_TIME": query.now,
        "EL_COST": query.free,
    }
    chosen = [attribute for attribute, answer in answers.items() if answer]
    return Entry(card, tuple(reason_lines(fit(person_facts(query), facts), chosen=chosen)), query.place)


def person_facts(query: SearchQuery) -> PersonFacts:
    """Return the facts about the person from a query."""
    return PersonFacts(
        place=query.place or None,
        sex=query.sex or None,
        age_status=AGES.get(query.age),
        children=(None,) if query.children else None,
        nationality=query.nationality or None,
        languages=frozenset({query.language}) if query.language else None,
        papers="NONE" if query.without_papers else None,
        urgent=query.now,
    )


def list_self_check_advice(advice: Sequence[dict[str, Any]], *, language: str) -> list[dict[str, Any]]:
    """Return each advice of the self-check with the services to call first, and the needs to choose.

    Which advice is shown is decided on the device, so the page holds all of them from the start.
    """
    return [
        {
            **row,
            "helpers": [Entry(card) for card in _services_to_call(row["first"], language)],
            "needs": [NEEDS[name] for name in row["needs"]],
        }
        for row in advice
    ]


def _services_to_call(types: Sequence[str], language: str) -> list[ServiceCard]:
    """Return services for the whole country first, then by type of service.

    The place of the person is unknown, so a local service is shown with its place. The first choice are services
    that answer now or serve the whole country, then any service, then the national lines.
    """

    def search(place: str) -> Sequence[ServiceCard]:
        query = SearchQuery(needs=tuple(types), place=place)
        return queries.search_services(query, most=SELF_CHECK_CONSIDERED, language=language).cards

    def order(card: ServiceCard) -> tuple[bool, int]:
        rank = min((types.index(code) for code in card.types if code in types), default=len(types))
        return WHOLE_COUNTRY not in card.areas, rank

    ready = queries.answers_now(types, most=SELF_CHECK_CONSIDERED, language=language)
    cards = (
        _with_phone([*ready, *search(WHOLE_COUNTRY)])
        or _with_phone(search(""))
        or queries.country_lines(most=SELF_CHECK_LINES, language=language)
    )
    distinct = {card.id: card for card in cards}.values()
    return sorted(distinct, key=order)[:SELF_CHECK_LINES]


def _with_phone(cards: Sequence[ServiceCard]) -> list[ServiceCard]:
    return [card for card in cards if Entry(card).first_number]


def _wider_queries(query: SearchQuery) -> list[tuple[str, SearchQuery]]:
    """Return distinct queries: the given one, without hour and language, in the province, anywhere."""
    calmer = replace(query, now=False, language="")
    province = catalogue.province_of(query.place)
    steps = [("", query), ("calmer", calmer)]
    steps += [("province", replace(calmer, place=province))] if province else []
    steps += [("anywhere", replace(calmer, place=""))]
    names = {step: name for name, step in reversed(steps)}
    return [(name, step) for name, step in steps if names[step] == name]
