"""What a page of the public door may know of being published: `request.published`."""

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from suar.directory import catalogue
from suar.website import texts
from suar.website.published import addresses, search_index
from suar.website.published.shelf import EVERY_NEED, NUMBERED, Shelf
from suar.website.reasons import place_words

LITTLE_KB = 50


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: the day it shows, the address of the living door or "", and its pages.

    `pages` gives the file of every address, `indexes` what is searched in each language.
    `recordings` says whether pages read aloud can be heard in it.
    """

    day: date
    door: str
    languages: Sequence[str]
    shelf: Shelf
    pages: Mapping[str, str]
    indexes: Mapping[str, bytes]
    recordings: bool = False

    @property
    def search_kb(self) -> int:
        """Give what a phone loads to search in the language of the page; 0 when it is little."""
        index = self.indexes.get(get_language() or "", b"")
        size_kb = len(gzip.compress(index, 6, mtime=0)) // 1000
        return size_kb if size_kb > LITTLE_KB else 0

    @property
    def ways_by_need(self) -> list[dict[str, Any]]:
        """List the needs with which somebody helps."""
        helped = {need for _, need in self.shelf.lists}
        return [{"number": n, "need": need} for n, need in NUMBERED.items() if n in helped]

    @property
    def ways_by_place(self) -> list[dict[str, str]]:
        """List the provinces and wide places where somebody helps."""
        language = get_language() or self.languages[0]
        wide = [code for code in self.shelf.places if not catalogue.places()[code].group]
        return [{"place": code, "named": place_words(code, language)} for code in wide]

    def ways(self, languages: Iterable[tuple[str, str]], rest: str) -> list[tuple[str, str, str]]:
        """Lead to a page in the other languages of the copy, or to the start where it lacks it."""
        return [
            (code, name, address if (address := f"/{code}/{rest}") in self.pages else f"/{code}/")
            for code, name in languages
            if code in self.languages
        ]


def plan(shelf: Shelf, languages: Sequence[str], *, day: date, door: str = "") -> Copy:
    """Name every page of a copy and the file it becomes."""
    told = [f"/{code}/{rest}" for code in languages for rest in _of_a_language(shelf, code)]
    pages = {each: addresses.file_of(each) for each in ["/", *told]}
    indexes = {
        code: search_index.as_json(search_index.index(shelf, shelf.services, language=code)) for code in languages
    }
    return Copy(day, door.rstrip("/"), tuple(languages), shelf, pages, indexes)


def _of_a_language(shelf: Shelf, language: str) -> Iterator[str]:
    yield from ("", "about", "others", "phone", "keep", "away")
    if texts.has_check(language):
        yield "read/0"
    for kind in texts.KINDS:
        yield from (f"read/{page.number}" for page in texts.list_pages(kind, language=language))
    yield from (f"n/{need}" for need in NUMBERED if any(need == n for _, n in shelf.lists))
    yield from (f"p/{place}" for place in shelf.places)
    for place in shelf.places:
        for need in (EVERY_NEED, *NUMBERED):
            numbers = range(1, shelf.pages(place, need) + 1)
            yield from (f"l/{place}/{need}/{number}" for number in numbers)
    yield from (f"s/{service}" for service in shelf.services)
