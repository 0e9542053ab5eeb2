"""The content of a static copy of the public site: services, the lists they are in, and a search index.

A view finds it as `request.published`.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import override

from suar.core import clock
from suar.core.i18n import active_language
from suar.directory import cards as directory_cards
from suar.directory import catalogue, labels, queries
from suar.directory.cards import ServiceCard
from suar.directory.search import SearchQuery
from suar.directory.tokens import tokenize
from suar.website import keywords, texts
from suar.website.entries import WHOLE_COUNTRY, Entry
from suar.website.forms import NEEDS, Need

EVERY_NEED = 0
PER_PAGE, EVERY_SERVICE = 12, 1_000_000
LIGHT_INDEX_KB = 50
ASKING = [need for need in NEEDS.values() if need.ask]
NUMBERED_NEEDS: Mapping[int, Need] = dict(
    enumerate((*NEEDS.values(), *chain.from_iterable(need.kinds for need in ASKING)), 1)
)
"""The needs by number, so that no address names one, and then the kinds of those that ask what they mean."""
KINDS = {
    number: [other for other, kind in NUMBERED_NEEDS.items() if kind in need.kinds]
    for number, need in NUMBERED_NEEDS.items()
    if need in ASKING
}
"""The numbers of the kinds by the number of a need that asks."""


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
    def indexes(self) -> dict[str, bytes]:
        """Return the search index of each language."""
        return {code: to_json(build_index(self, self.services, code)) for code in self.languages}

    @property
    def search_kb(self) -> int:
        """Return the size of the index in the active language, or 0 if it is small."""
        size_kb = len(gzip.compress(self.indexes.get(active_language(), b""), 6, mtime=0)) // 1000
        return size_kb if size_kb > LIGHT_INDEX_KB else 0

    @property
    def needs(self) -> list[dict[str, Any]]:
        """Return the needs for which there is a service."""
        return self.rows_of(range(1, len(NEEDS) + 1))

    def rows_of(self, numbers: Iterable[int], place: str = "") -> list[dict[str, Any]]:
        """Return those of some needs for which there is a service in a place, or anywhere."""
        places = [place] if place else self.places
        return [
            {"number": number, "need": NUMBERED_NEEDS[number], "count": len(self.services_in(place, number))}
            for number in numbers
            if any((where, number) in self.lists for where in places)
        ]

    @property
    def provinces(self) -> list[dict[str, str]]:
        """Return the provinces and places elsewhere that have a list."""
        codes = [code for code in self.places if not catalogue.places()[code]["group"]]
        return [{"place": code, "name": labels.place_name(code)} for code in codes]

    def services_in(self, place: str, need: int) -> Sequence[UUID]:
        """Return the services of a list."""
        return self.lists.get((place, need), ())

    def count_pages(self, place: str, need: int) -> int:
        """Return the number of pages of a list; a need that asks has one."""
        return min(-(-len(self.services_in(place, need)) // PER_PAGE), 1 if need in KINDS else EVERY_SERVICE)

    def districts(self, province: str, need: int = EVERY_NEED) -> list[str]:
        """Return the districts of a province that have a list for a need."""
        inside = (place for place in self.places if catalogue.places()[place]["group"] == province)
        return [place for place in inside if (place, need) in self.lists]

    def language_links(self, rest: str) -> list[tuple[str, str, str]]:
        """Link a page to the other languages, or to their start page where they lack it."""
        return [
            (code, name, f"/{code}/{rest if _has_page(code, rest) else ''}")
            for code, name in settings.LANGUAGES
            if code in self.languages
        ]


def load_copy(
    languages: Sequence[str], *, day: date, district: str = "", site_url: str = "", recordings: bool = False
) -> Copy:
    """Return all public services with their lists, or those of one place.

    A copy of one place holds the services of the place, of a part of it, of its province and of the whole
    country, and no lists of other places.
    """
    with as_of(day):
        cards = {
            code: queries.search_services(SearchQuery(), most=EVERY_SERVICE, language=code).cards for code in languages
        }
    around = {district, catalogue.province_of(district), WHOLE_COUNTRY}

    def is_around(place: str) -> bool:
        return not district or place in around or catalogue.province_of(place) == district

    chosen = [card for card in cards[languages[0]] if any(map(is_around, _areas(card)))]
    known = {district, *(area for card in chosen for area in _areas(card))} - {""}
    lists = {key: services for key, services in _build_lists(chosen, known).items() if is_around(key[0])}
    ids = {card.id for card in chosen}
    by_id = {code: {card.id: card for card in rows if card.id in ids} for code, rows in cards.items()}
    return Copy(day, tuple(languages), by_id, lists, site_url.rstrip("/"), recordings)


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Set the clock to noon of a day, so that no page depends on the hour."""
    noon = datetime.combine(day, time(12), clock.LOCAL)
    with clock.shifted(noon - clock.now()):
        yield


def codes_of(need: int) -> tuple[str, ...]:
    """Return the types of a need by its number; those of its kinds if it asks."""
    meant = [NUMBERED_NEEDS[number] for number in KINDS.get(need, [need])]
    return tuple(dict.fromkeys(chain.from_iterable(kind.codes for kind in meant)))


def to_json(content: object) -> bytes:
    """Return compact JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def build_index(copy: Copy, services: Sequence[UUID], language: str) -> dict[str, Any]:
    """Return the index that a browser searches: rows in the order of the directory, and words with their rows.

    A row is an id, the numbers of three texts (name, provider, places), and the number to call first. `text_languages`
    has the number of a language for each text. `name_words` are compared with forgiven typing errors,
    `description_words`, which are in no name, without. `code_names` are names with the numbers of the codes they mean,
    `code_rows` the rows of each code, and `place_codes` the codes that are places.
    """
    text_numbers: dict[tuple[str, str], int] = {}
    rows: list[list[Any]] = []
    code_rows, name_words, description_words = (defaultdict[str, list[int]](list) for _ in range(3))
    with override(language):
        for row, service in enumerate(services):
            card = copy.cards[language][service]
            places = ", ".join(map(labels.place_name, card.districts or card.areas))
            titles = ((card.name, card.name.language), (card.provider_name, card.provider_name.language))
            numbers = [text_numbers.setdefault(text, len(text_numbers)) for text in (*titles, (places, language))]
            rows.append([str(card.id), *numbers, Entry(card).first_number])
            names = _name_words(copy, card)
            groups = {catalogue.types()[code]["group"] for code in card.types}
            _add(name_words, names, row)
            _add(description_words, set(tokenize(card.description)) - names, row)
            _add(code_rows, {*card.types, *groups, *directory_cards.named_places(card.facts)}, row)
    languages = sorted({code for _text, code in text_numbers})
    return {
        "texts": [text for text, _code in text_numbers],
        "languages": languages,
        "text_languages": [languages.index(code) for _text, code in text_numbers],
        "rows": rows,
        "name_words": _words_and_rows(name_words),
        "description_words": _words_and_rows(description_words),
        **_keywords(code_rows, language),
    }


def _name_words(copy: Copy, card: ServiceCard) -> set[str]:
    """Return the words of names in every language, and of places and types of help."""
    translated = [cards[card.id] for cards in copy.cards.values()]
    names = [str(name) for item in translated for name in (item.name, item.provider_name)]
    names += directory_cards.place_and_type_names(card.facts, card.types)
    return {word for name in names for word in tokenize(name)}


def _keywords(code_rows: Mapping[str, list[int]], language: str) -> dict[str, Any]:
    """Return the names of the codes that any row has, and the rules to normalise words of the language."""
    lexicon, numbers = keywords.load_lexicon(language), {code: number for number, code in enumerate(sorted(code_rows))}
    names = {name: sorted(numbers[code] for code in codes & numbers.keys()) for name, codes in lexicon.codes.items()}
    known = sorted(name for name, codes in names.items() if codes)
    return {
        "writing": asdict(lexicon.writing),
        "code_names": [known, [names[name] for name in known]],
        "code_rows": [code_rows[code] for code in numbers],
        "place_codes": [number for code, number in numbers.items() if code in catalogue.places()],
    }


def _add(index: dict[str, list[int]], words: Iterable[str], row: int) -> None:
    for word in words:
        index[word].append(row)


def _words_and_rows(index: Mapping[str, list[int]]) -> list[Any]:
    """Return the sorted words as one text, and the rows of each."""
    return [" ".join(sorted(index)), [index[word] for word in sorted(index)]]


def _has_page(language: str, path: str) -> bool:
    """Return True if a page exists in a language; all but the reading pages exist in each."""
    number = path.removeprefix("read/")
    if number == path:
        return True
    page = texts.get_check(language) if number == "0" else texts.get_page(int(number), language=language)
    return page is not None


def _areas(card: ServiceCard) -> set[str]:
    """Return the places that a service is for; the whole country if it names none that we know."""
    return {area for area in card.areas if area in catalogue.places()} or {WHOLE_COUNTRY}


def _build_lists(cards: Sequence[ServiceCard], known: Iterable[str]) -> dict[tuple[str, int], list[UUID]]:
    """Put every service into its lists: the most urgent or likeliest types first, then those for the place itself.

    A service is in the lists of its places and their provinces, and of the districts of its provinces.

    Source: the tiers of suar.directory.search; a test compares the lists with its results.
    """
    rows: dict[tuple[str, int], list[tuple[int, int, int]]] = defaultdict(list)
    ranks = {number: [set(catalogue.types_of(rank)) for rank in _ranked(number)] for number in NUMBERED_NEEDS}
    for at, card in enumerate(cards):
        areas, types = _areas(card), set(card.types)
        own = areas | {catalogue.province_of(area) for area in areas} - {""}
        wider = {place for place in known if catalogue.province_of(place) in areas} - own
        needs = {number: rank for number in ranks if (rank := _first_rank(ranks[number], types)) is not None}
        for need, rank in {EVERY_NEED: 0, **needs}.items():
            for tier, places in enumerate((own, wider)):
                for place in places:
                    rows[place, need].append((rank, tier, at))
    return {key: [cards[at].id for _rank, _tier, at in sorted(order)] for key, order in rows.items()}


def _ranked(need: int) -> Sequence[tuple[str, ...]]:
    """Return the types of a need by urgency, those of a kind by how likely each is meant."""
    return [(code,) for code in codes_of(need)] if need > len(NEEDS) else catalogue.split_by_urgency(codes_of(need))


def _first_rank(ranks: Sequence[set[str]], types: set[str]) -> int | None:
    return next((rank for rank, codes in enumerate(ranks) if codes & types), None)
