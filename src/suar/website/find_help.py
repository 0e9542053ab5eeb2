"""Find services for a visitor: a search that widens until something fits, with the reasons."""

from dataclasses import dataclass, replace
from uuid import UUID

from suar.directory import catalogue, queries
from suar.directory.cards import ServiceCard
from suar.directory.codes import AgeStatus, Papers
from suar.directory.facts import PersonFacts
from suar.directory.rules.fit import fit
from suar.directory.search import SearchQuery
from suar.website import keywords
from suar.website.entries import Entry
from suar.website.reasons import why

PAGE_SIZE = 10
ANYTHING = SearchQuery()
AGES = {"CHILD": AgeStatus.CHILD, "ADULT": AgeStatus.ADULT}


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results; `wider` names how the search was widened because nothing fitted."""

    entries: tuple[Entry, ...]
    next: str
    wider: str = ""


def find(query: SearchQuery, *, language: str) -> Results:
    """Return services that fit; if there are none, widen the search step by step."""
    for wider, step in _wider_queries(with_keywords(query, language)):
        page = queries.search_services(step, most=PAGE_SIZE, language=language)
        if page.cards or query.after:
            entries = tuple(build_entry(card, query, language=language) for card in page.cards)
            return Results(entries, page.next, wider)
    return Results((), "", "")


def with_keywords(query: SearchQuery, language: str) -> SearchQuery:
    """Add what the typed words may mean in a language."""
    return replace(query, looked=keywords.looked_for(query.text, language))


def get_entry(service: UUID, *, language: str, query: SearchQuery = ANYTHING) -> Entry:
    """Return a public service with the reasons for this query. Raises NotYours if there is none."""
    return build_entry(queries.public_card(service, language=language), query, language=language)


def build_entry(card: ServiceCard, query: SearchQuery, *, language: str) -> Entry:
    """Return a service with its reasons; whether a hidden shelter is full is never shown."""
    facts = replace(card.facts, free_places=None) if card.gate_only else card.facts
    reasons = why(fit(person_facts(query), facts), language, chosen=_chosen_attributes(query))
    return Entry(card, tuple(reasons), language, query.place)


def person_facts(query: SearchQuery) -> PersonFacts:
    """Return what the form says about the person."""
    return PersonFacts(
        place=query.place or None,
        sex=query.sex or None,
        age_status=AGES.get(query.age),
        children=(None,) if query.children else None,
        nationality=query.nationality or None,
        languages=frozenset({query.language}) if query.language else None,
        papers=Papers.NONE if query.without_papers else None,
        urgent=query.now,
    )


def _chosen_attributes(query: SearchQuery) -> list[str]:
    """Return the attributes that the person said something about."""
    values = {
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
    return [attribute for attribute, value in values.items() if value]


def _wider_queries(query: SearchQuery) -> list[tuple[str, SearchQuery]]:
    """Return the query, then without hour and language, then in the province, then anywhere; each once."""
    calmer = replace(query, now=False, language="")
    province = catalogue.province_of(query.place)
    steps = [("", query), ("calmer", calmer)]
    steps += [("province", replace(calmer, place=province))] if province else []
    steps += [("anywhere", replace(calmer, place=""))]
    names: dict[SearchQuery, str] = {}
    for name, step in steps:
        names.setdefault(step, name)
    return [(name, step) for step, name in names.items()]
