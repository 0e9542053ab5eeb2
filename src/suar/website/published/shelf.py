"""Which services a published copy holds and in which lists they stand: as the door finds them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from suar.core import clock
from suar.directory import catalogue, queries
from suar.directory.cards import ServiceCard
from suar.directory.search import SearchQuery
from suar.website.forms import NEEDS, Need

NATIONAL = "NATIONAL"
EVERY_NEED = 0
ON_A_PAGE = 12
AT_A_TIME = 500
NOON = time(12)
NUMBERED: Mapping[int, Need] = dict(enumerate(NEEDS.values(), 1))
"""The needs by number, so that no address names one."""

Place = str
Number = int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cards by language, in the order of the directory, and the ids that each list holds."""

    cards: Mapping[str, Mapping[UUID, ServiceCard]]
    lists: Mapping[tuple[Place, Number], Sequence[UUID]]

    @property
    def places(self) -> list[Place]:
        """List the places that have a list: each province, its districts, then wide places."""
        found = [code for code in catalogue.places() if (code, EVERY_NEED) in self.lists]
        return sorted(found, key=lambda code: (not code[0].isdigit(), code[0].isdigit() and code))

    @property
    def services(self) -> list[UUID]:
        """List all services, in the order of the directory."""
        return list(next(iter(self.cards.values())))

    def listed(self, place: Place, need: Number) -> Sequence[UUID]:
        """Give the services of one list; none where there is no such list."""
        return self.lists.get((place, need), ())

    def pages(self, place: Place, need: Number) -> int:
        """Count the pages of one list."""
        return -(-len(self.listed(place, need)) // ON_A_PAGE)

    def districts(self, province: Place, need: Number = EVERY_NEED) -> list[Place]:
        """List the districts of a province that have a list of their own for a need."""
        inside = (each for each in self.places if catalogue.places()[each].group == province)
        return [each for each in inside if (each, need) in self.lists]


def fill(languages: Sequence[str], *, within: Place = "") -> Shelf:
    """Take everything that anybody may see; `within` keeps one place and who helps there.

    Those are the services of the place, of a part of it, of its whole province, and of everywhere.
    Lists of other places would then be half empty, so there are none.
    """
    told = {language: _every_card(language) for language in languages}
    kept = [each for each in next(iter(told.values())) if not within or _is_kept(each, within)]
    known = {within, *(area for card in kept for area in _areas(card))} - {""}
    tiers = {card.id: _tiers(card, known) for card in kept}
    cards = {language: {card.id: card for card in every if card.id in tiers} for language, every in told.items()}
    lists = _lists(kept, tiers)
    if within:
        lists = {(place, n): ids for (place, n), ids in lists.items() if _has_list(place, within)}
    return Shelf(cards, lists)


def count_shown(day: date, language: str) -> int:
    """Count the services that anybody may see on a day."""
    with on(day):
        return len(_every_card(language))


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let it be noon of a day while the block runs, so that no page depends on the hour."""
    noon = datetime.combine(day, NOON, clock.LOCAL)
    with clock.shifted(noon - clock.now()):
        yield


def _every_card(language: str) -> list[ServiceCard]:
    """Ask the directory as a visitor does who chooses nothing, page after page."""
    found: list[ServiceCard] = []
    after = ""
    while True:
        page = queries.search_services(SearchQuery(after=after), most=AT_A_TIME, language=language)
        found += page.cards
        if not page.next:
            return found
        after = page.next


def _areas(card: ServiceCard) -> set[Place]:
    """Give the places that a service is for; everywhere when it tells none that we know."""
    return {area for area in card.areas if area in catalogue.places()} or {NATIONAL}


def _tiers(card: ServiceCard, known: Iterable[Place]) -> dict[Place, int]:
    """Give the places whose lists hold a service: 0 where it is meant, 1 by its whole province.

    Source: the tiers of suar.directory.queries; a test compares the lists with what it finds.
    """
    areas = _areas(card)
    wider = {each: 1 for each in known if catalogue.province_of(each) in areas}
    provinces = {catalogue.province_of(area) for area in areas} - {""}
    return wider | dict.fromkeys(areas | provinces, 0)


def _is_kept(card: ServiceCard, within: Place) -> bool:
    areas = _areas(card)
    return bool({within, catalogue.province_of(within), NATIONAL} & areas) or any(
        catalogue.province_of(area) == within for area in areas
    )


def _has_list(place: Place, within: Place) -> bool:
    """Say whether a copy of one place has a list of another: around it, in it, or everywhere."""
    around = {within, catalogue.province_of(within), NATIONAL}
    return place in around or catalogue.province_of(place) == within


def _lists(
    cards: Sequence[ServiceCard], tiers: Mapping[UUID, Mapping[Place, int]]
) -> dict[tuple[Place, Number], list[UUID]]:
    """Put every service into its lists, those meant for the place first."""
    lists: dict[tuple[Place, Number], list[UUID]] = {}
    for wanted in (0, 1):
        for card in cards:
            places = [place for place, tier in tiers[card.id].items() if tier == wanted]
            for need in (EVERY_NEED, *needs_of(card)):
                for place in places:
                    lists.setdefault((place, need), []).append(card.id)
    types = {card.id: card.types for card in cards}
    return {(place, need): _first_what_cannot_wait(found, need, types) for (place, need), found in lists.items()}


def _first_what_cannot_wait(found: Sequence[UUID], need: Number, types: Mapping[UUID, Sequence[str]]) -> list[UUID]:
    """Order a list by how long each kind of a need can wait, and else leave it as it is.

    Source: suar.directory.search.order_by_need; a test compares the lists with what it finds.
    """
    codes = NUMBERED[need].codes if need in NUMBERED else ()
    ranks = [catalogue.types_of(rank) for rank in catalogue.ranked(codes)]
    waits = {id_: next((at for at, rank in enumerate(ranks) if set(rank) & set(types[id_])), 0) for id_ in found}
    return sorted(found, key=waits.__getitem__)


def needs_of(card: ServiceCard) -> Iterator[Number]:
    """Number the needs with which a service helps."""
    types = set(card.types)
    for number, need in NUMBERED.items():
        if types.intersection(catalogue.types_of(need.codes)):
            yield number
