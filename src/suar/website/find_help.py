"""What the public door shows of the directory: found services with reasons, or one of them."""

from dataclasses import dataclass, replace
from typing import Any
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
class Found:
    """A page of the list; `wider` says that nothing fitted whole, and what was let go."""

    entries: tuple[Entry, ...]
    next: str
    wider: str = ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Give what the list shows of each."""
        return [entry.in_a_list for entry in self.entries]


def find(wanted: SearchQuery, *, language: str) -> Found:
    """Find what fits; when nothing does, let one wish go after the other."""
    for wider, asked in _ever_wider(in_language(wanted, language)):
        page = queries.search_services(asked, most=PAGE_SIZE, language=language)
        if page.cards or wanted.after:
            entries = tuple(entry(card, wanted, language=language) for card in page.cards)
            return Found(entries, page.next, wider)
    return Found((), "", "")


def in_language(wanted: SearchQuery, language: str) -> SearchQuery:
    """Say what the typed words may mean to somebody who reads a language."""
    return replace(wanted, looked=keywords.looked_for(wanted.text, language))


def entry(card: ServiceCard, wanted: SearchQuery, *, language: str) -> Entry:
    """Set the reasons beside a service; whether a hidden house is full is none of them."""
    facts = replace(card.facts, free_places=None) if card.gate_only else card.facts
    said = why(fit(person_of(wanted), facts), language, chosen=chosen_in(wanted))
    return Entry(card, tuple(said), language, wanted.place)


def one(service: UUID, *, language: str, wanted: SearchQuery = ANYTHING) -> Entry:
    """Give one service that may be shown to everybody; raises NotYours when there is none.

    `wanted` is what somebody said of themselves before they opened it: its reasons answer that.
    """
    return entry(queries.public_card(service, language=language), wanted, language=language)


def person_of(wanted: SearchQuery) -> PersonFacts:
    """Take what was chosen in the form as what is known of the person."""
    return PersonFacts(
        place=wanted.place or None,
        sex=wanted.sex or None,
        age_status=AGES.get(wanted.age),
        children=(None,) if wanted.children else None,
        nationality=wanted.nationality or None,
        languages=frozenset({wanted.language}) if wanted.language else None,
        papers=Papers.NONE if wanted.without_papers else None,
        urgent=wanted.now,
    )


def chosen_in(wanted: SearchQuery) -> list[str]:
    """Name the attributes that the person said something about."""
    said = {
        "EL_AREA": wanted.place,
        "EL_SEX": wanted.sex,
        "EL_AGE": wanted.age,
        "EL_CHILDREN_WITH": wanted.children,
        "EL_NATIONALITY": wanted.nationality,
        "EL_LANGUAGE": wanted.language,
        "EL_PAPERS": wanted.without_papers,
        "EL_TIME": wanted.now,
        "EL_COST": wanted.free,
    }
    return [attribute for attribute, value in said.items() if value]


def _ever_wider(wanted: SearchQuery) -> list[tuple[str, SearchQuery]]:
    """List the same wish, then wider ones: without hour and language, the province, all places."""
    calmer = replace(wanted, now=False, language="")
    inside = catalogue.province_of(wanted.place)
    province = [("province", replace(calmer, place=inside))] if inside else []
    anywhere = replace(calmer, place="")
    steps = [("", wanted), ("calmer", calmer), *province, ("anywhere", anywhere)]
    kept: dict[SearchQuery, str] = {}
    for name, step in steps:
        kept.setdefault(step, name)
    return [(name, step) for step, name in kept.items()]
