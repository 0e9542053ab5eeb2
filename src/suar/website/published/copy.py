"""What a static copy of the public site holds: services, the lists they are in, and its pages.

A view finds it as `request.published`.
"""

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from suar.core import clock
from suar.core.i18n import active_language
from suar.directory import catalogue, queries
from suar.directory.cards import ServiceCard
from suar.directory.search import SearchQuery
from suar.website import texts
from suar.website.forms import NEEDS, Need
from suar.website.published import search_index
from suar.website.reasons import place_words

NATIONAL = "NATIONAL"
EVERY_NEED = 0
PER_PAGE, BATCH = 12, 500
LIGHT_INDEX_KB = 50
NUMBERED_NEEDS: Mapping[int, Need] = dict(enumerate(NEEDS.values(), 1))
"""The needs by number, so that no address names one."""


@dataclass(frozen=True)
class Copy:
    """One copy: its day, its cards by language in the order of the directory, and the services in each list.

    A list is a place and the number of a need. `site_url` is the address of the dynamic site or empty.
    """

    day: date
    languages: Sequence[str]
    cards: Mapping[str, Mapping[UUID, ServiceCard]]
    lists: Mapping[tuple[str, int], Sequence[UUID]]
    site_url: str = ""
    recordings: bool = False

    @cached_property
    def services(self) -> list[UUID]:
        """Return all services in the order of the directory."""
        return list(self.cards[self.languages[0]])

    @cached_property
    def places(self) -> list[str]:
        """Return the places that have a list: provinces with their districts, then places elsewhere."""
        places = [code for code in catalogue.places() if (code, EVERY_NEED) in self.lists]
        return sorted(places, key=lambda code: (not code[0].isdigit(), code[0].isdigit() and code))

    @cached_property
    def addresses(self) -> dict[str, None]:
        """Return the address of every page, in order."""
        paths = (f"/{code}/{path}" for code in self.languages for path in self._paths(code))
        return dict.fromkeys(["/", *paths])

    @cached_property
    def indexes(self) -> dict[str, bytes]:
        """Return the search index of each language."""
        return {code: search_index.to_json(search_index.build(self, self.services, code)) for code in self.languages}

    @property
    def search_kb(self) -> int:
        """Return the size of the index in the active language, or 0 if it is small."""
        size_kb = len(gzip.compress(self.indexes.get(active_language(), b""), 6, mtime=0)) // 1000
        return size_kb if size_kb > LIGHT_INDEX_KB else 0

    @property
    def needs(self) -> list[dict[str, Any]]:
        """Return the needs for which there is a service."""
        numbers = {need for _place, need in self.lists}
        return [{"number": number, "need": need} for number, need in NUMBERED_NEEDS.items() if number in numbers]

    @property
    def provinces(self) -> list[dict[str, str]]:
        """Return the provinces and places elsewhere that have a list."""
        codes = [code for code in self.places if not catalogue.places()[code].group]
        return [{"place": code, "name": place_words(code, active_language())} for code in codes]

    def listed(self, place: str, need: int) -> Sequence[UUID]:
        """Return the services of a list."""
        return self.lists.get((place, need), ())

    def count_pages(self, place: str, need: int) -> int:
        """Return the number of pages of a list."""
        return -(-len(self.listed(place, need)) // PER_PAGE)

    def districts(self, province: str, need: int = EVERY_NEED) -> list[str]:
        """Return the districts of a province that have a list for a need."""
        inside = (place for place in self.places if catalogue.places()[place].group == province)
        return [place for place in inside if (place, need) in self.lists]

    def language_links(self, languages: Iterable[tuple[str, str]], rest: str) -> list[tuple[str, str, str]]:
        """Link a page to the other languages, or to their start page where they lack it."""
        return [
            (code, name, address if (address := f"/{code}/{rest}") in self.addresses else f"/{code}/")
            for code, name in languages
            if code in self.languages
        ]

    def _paths(self, language: str) -> Iterator[str]:
        yield from ("", "about", "others", "phone", "keep", "away")
        if texts.has_check(language):
            yield "read/0"
        for kind in texts.KINDS:
            yield from (f"read/{page.number}" for page in texts.list_pages(kind, language=language))
        yield from (f"n/{row['number']}" for row in self.needs)
        for place in self.places:
            yield f"p/{place}"
            for need in (EVERY_NEED, *NUMBERED_NEEDS):
                yield from (f"l/{place}/{need}/{page}" for page in range(1, self.count_pages(place, need) + 1))
        yield from (f"s/{service}" for service in self.services)


def load_copy(
    languages: Sequence[str], *, day: date, district: str = "", site_url: str = "", recordings: bool = False
) -> Copy:
    """Return all public services with their lists, or those of one place.

    A copy of one place holds the services of the place, of a part of it, of its province and of the whole
    country, and no lists of other places.
    """
    with as_of(day):
        cards = {language: _public_cards(language) for language in languages}
    chosen = [card for card in cards[languages[0]] if not district or _serves(card, district)]
    known = {district, *(area for card in chosen for area in _areas(card))} - {""}
    tiers = {card.id: _tiers(card, known) for card in chosen}
    lists = _build_lists(chosen, tiers)
    if district:
        lists = {key: services for key, services in lists.items() if _is_around(key[0], district)}
    by_id = {code: {card.id: card for card in rows if card.id in tiers} for code, rows in cards.items()}
    return Copy(day, tuple(languages), by_id, lists, site_url.rstrip("/"), recordings)


def count_public(day: date, language: str) -> int:
    """Return how many services are public on a day."""
    with as_of(day):
        return len(_public_cards(language))


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Set the clock to noon of a day, so that no page depends on the hour."""
    noon = datetime.combine(day, time(12), clock.LOCAL)
    with clock.shifted(noon - clock.now()):
        yield


def needs_of(card: ServiceCard) -> list[int]:
    """Return the numbers of the needs that a service answers."""
    types = set(card.types)
    return [number for number, need in NUMBERED_NEEDS.items() if types & set(catalogue.types_of(need.codes))]


def _public_cards(language: str) -> list[ServiceCard]:
    cards: list[ServiceCard] = []
    after = ""
    while True:
        page = queries.search_services(SearchQuery(after=after), most=BATCH, language=language)
        cards += page.cards
        if not page.next:
            return cards
        after = page.next


def _areas(card: ServiceCard) -> set[str]:
    """Return the places that a service is for; the whole country if it names none that we know."""
    return {area for area in card.areas if area in catalogue.places()} or {NATIONAL}


def _serves(card: ServiceCard, district: str) -> bool:
    areas = _areas(card)
    around = {district, catalogue.province_of(district), NATIONAL}
    return bool(around & areas) or any(catalogue.province_of(area) == district for area in areas)


def _is_around(place: str, district: str) -> bool:
    around = {district, catalogue.province_of(district), NATIONAL}
    return place in around or catalogue.province_of(place) == district


def _tiers(card: ServiceCard, known: Iterable[str]) -> dict[str, int]:
    """Return the places whose lists hold a service: 0 for its own places, 1 for districts of its provinces.

    Source: the tiers of suar.directory.search; a test compares the lists with its results.
    """
    areas = _areas(card)
    wider = {place: 1 for place in known if catalogue.province_of(place) in areas}
    provinces = {catalogue.province_of(area) for area in areas} - {""}
    return wider | dict.fromkeys(areas | provinces, 0)


def _build_lists(
    cards: Sequence[ServiceCard], tiers: Mapping[UUID, Mapping[str, int]]
) -> dict[tuple[str, int], list[UUID]]:
    """Put every service into its lists: first those for the place itself, most urgent kinds of a need first."""
    lists: dict[tuple[str, int], list[UUID]] = {}
    for wanted in (0, 1):
        for card in cards:
            places = [place for place, tier in tiers[card.id].items() if tier == wanted]
            for need in (EVERY_NEED, *needs_of(card)):
                for place in places:
                    lists.setdefault((place, need), []).append(card.id)
    types = {card.id: set(card.types) for card in cards}
    for (_place, need), services in lists.items():
        codes = NUMBERED_NEEDS[need].codes if need else ()
        ranks = [set(catalogue.types_of(rank)) for rank in catalogue.ranked(codes)]
        services.sort(key=lambda service: next((at for at, rank in enumerate(ranks) if rank & types[service]), 0))
    return lists
