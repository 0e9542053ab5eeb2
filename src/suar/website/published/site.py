"""Puts a published copy together: every page, what the pages use, and what hosts want to know."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

from suar.hsds.api import lists
from suar.website.published import addresses, hosting, kept, search_index, shelf
from suar.website.published.asking import Answer, Door, PageFailed
from suar.website.published.copy import Copy, plan
from suar.website.published.search_index import as_json

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a copy shall be: its day, its languages, one place or all, and what it links to.

    `door` is the address of the living door, `address` the one at which the copy will stand. With
    `recordings`, the voices of pages read aloud go along, and nobody can take them back.
    """

    day: date
    languages: Sequence[str]
    within: str = ""
    door: str = ""
    address: str = ""
    recordings: bool = False


def build(wishes: Wishes, *, tell: Callable[[str], object] = lambda _: None) -> Files:
    """Give every file of a copy by name. The same directory and wishes give the same bytes."""
    with shelf.on(wishes.day):
        filled = shelf.fill(wishes.languages, within=wishes.within)
        copy = plan(filled, wishes.languages, day=wishes.day, door=wishes.door)
        copy = replace(copy, recordings=wishes.recordings)
        tell(f"{len(filled.services)} services, {len(copy.pages)} pages")
        return Building(copy, tell).files(wishes)


class Building:
    """One copy being made: asks the door for pages, and collects what they use."""

    def __init__(self, copy: Copy, tell: Callable[[str], object] = lambda _: None) -> None:
        self.copy, self.tell, self.door = copy, tell, Door(copy)
        self.used: dict[str, str] = {}
        self.found: dict[str, str] = {}
        self.waiting: list[tuple[str, Answer]] = []
        self.done: Files = {}
        self.weights: dict[str, int] = {}

    def files(self, wishes: Wishes) -> Files:
        """Make every file, the pages first, then what they turned out to need."""
        first = self.copy.languages[0]
        for number, (address, file) in enumerate(self.copy.pages.items(), 1):
            self.done[file] = self._page(address, _language_of(address, self.copy.languages))
            if number % 1000 == 0:
                self.tell(f"{number} pages")
        self.done["404.html"] = self._page(f"/{first}/absent", first)
        while self.waiting:
            address, answer = self.waiting.pop()
            language = _language_of(address, self.copy.languages)
            self.done[self.found[address]] = self._turned(answer, language)
        self._what_is_used(first)
        for language in self.copy.languages:
            self._indexes(language)
        self.done["hsds.json"] = as_json(self._as_hsds())
        self.done |= hosting.files(self.copy, address=wishes.address)
        return dict(sorted(self.done.items()))

    def _page(self, address: str, language: str) -> bytes:
        return self._turned(self.door.ask(address, language=language), language)

    def _turned(self, answer: Answer, language: str) -> bytes:
        """Let the links of a page lead to files; anything else stays as it is."""
        if answer.kind != "text/html":
            return answer.content
        text = addresses.relative(answer.content.decode(), lambda to: self._file(to, language))
        return text.encode()

    def _file(self, address: str, language: str) -> str:
        """Name the file of a linked address, and note what else has to lie beside the page."""
        for known in (self.copy.pages, self.found, self.used):
            if address in known:
                return known[address]
        if address == addresses.EXIT or address in hosting.own_files(self.copy.languages):
            return addresses.file_of(address, language)
        if address == addresses.EXIT_PICTURE or address.startswith(addresses.ASSETS):
            self.used[address] = addresses.file_of(address)
            return self.used[address]
        return self._come_along(address, language)

    def _come_along(self, address: str, language: str) -> str:
        """Take along what a page links to and nobody planned, as long as the door answers.

        A language that the copy leaves out is told nothing of: the link leads to the start.
        """
        named = address[1:].partition("/")[0]
        if named in dict(settings.LANGUAGES) and named not in self.copy.languages:
            return self.copy.pages[f"/{language}/"]
        try:
            answer = self.door.ask(address, language=language)
        except PageFailed as error:
            raise addresses.LeadsNowhere(address) from error
        self.found[address] = addresses.file_of(address, kind=answer.kind)
        self.waiting.append((address, answer))
        return self.found[address]

    def _what_is_used(self, first: str) -> None:
        """Add the neutral page of each language, then sheets, scripts and pictures."""
        for language in self.copy.languages:
            file = addresses.file_of(addresses.EXIT, language)
            self.done[file] = self._page(addresses.EXIT, language)
        for address, file in sorted(self.used.items()):
            is_static = address.startswith(addresses.ASSETS)
            self.done[file] = read_static(address) if is_static else self.door.ask(address, language=first).content
        self.done["kept.js"] = read_static(static("website/js/kept.js"))

    def _indexes(self, language: str) -> None:
        """Add the search index, and for each place what is kept of it on a phone."""
        filled = self.copy.shelf
        self.done[f"{language}-index.json"] = self.copy.indexes[language]
        shared = kept.shared_files(self.copy, language, list(self.done))
        room = kept.MOST_BYTES - sum(map(self._weigh, shared))
        for place in filled.places:
            own = kept.files_of_place(self.copy, language, place, room=room, weigh=self._weigh)
            there = set(own)
            services = [
                each
                for each in filled.listed(place, shelf.EVERY_NEED)
                if self.copy.pages[f"/{language}/s/{each}"] in there
            ]
            index = search_index.index(filled, services, language=language)
            told = {"files": [*shared, *own], "index": index}
            self.done[f"{language}-kept-{place.lower()}.json"] = as_json(told)

    def _as_hsds(self) -> dict[str, Any]:
        """Give the services of this copy for programs, in the shape that the interface gives."""
        whole, services = lists.export_directory(), {str(each) for each in self.copy.shelf.services}
        return {**whole, "contents": [each for each in whole["contents"] if each["id"] in services]}

    def _weigh(self, file: str) -> int:
        """Give the bytes of a file as a host packs it."""
        if file not in self.weights:
            self.weights[file] = len(gzip.compress(self.done[file], 6, mtime=0))
        return self.weights[file]


def read_static(url: str) -> bytes:
    """Return a static file by its URL, also where static files were not collected."""
    name = url.removeprefix(settings.STATIC_URL)
    collected = Path(staticfiles_storage.path(name))
    return (collected if collected.is_file() else Path(str(finders.find(name)))).read_bytes()


def _language_of(address: str, languages: Sequence[str]) -> str:
    named = address[1:].partition("/")[0]
    return named if named in languages else languages[0]
