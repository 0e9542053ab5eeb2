"""Build the files of a static copy: crawl the public site, and link the files to each other.

All pages are in one folder and link relatively, so that a copy works at any path and from a disk.
"""

import gzip
import re
from collections import deque
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import accumulate, takewhile
from pathlib import Path
from typing import cast
from urllib.parse import urldefrag

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.test import RequestFactory

from suar.hsds.api import lists
from suar.website.pages import language_of
from suar.website.published.copy import EVERY_NEED, NUMBERED_NEEDS, Copy, as_of, build_index, to_json
from suar.website.published.folder import host_files

Files = dict[str, bytes]
URLS = "suar.website.published.urls"
SAFE_NAME = re.compile(r"(?:assets/)?[a-z0-9][a-z0-9._-]{0,150}")
LINK = re.compile(r'(\s(?:href|src|data-exit|data-home|data-index|data-worker))="(/[^"]*)"')
ENDINGS = {
    "text/html": ".html",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
EXIT, ASSETS, WORKER = "/weather", "/assets/", "/kept.js"
IN_SITEMAP = re.compile(r"/[^/]+/(?:|about|others|phone|p/.*|n/.*|read/[1-9]\d*)")
OFFLINE_BYTES = 460_000
"""The most that the files of one place may weigh compressed; 40 kB of 500 are left for their index."""


class UnsafeName(ValueError):
    """A URL would become a file name that is unsafe on some host."""


class BrokenLink(ValueError):
    """The public site does not serve a URL that the copy links to."""


def build(copy: Copy, *, address: str = "", report: Callable[[str], object] = lambda _: None) -> Files:
    """Return every file of a copy by name; the same copy gives the same bytes.

    `address` is where the copy will be hosted, for the sitemap. Raises BrokenLink for a broken link.
    """
    with as_of(copy.day):
        return Builder(copy, report).build(address)


def file_name(address: str, *, media_type: str = "text/html") -> str:
    """Return the name of the file of an address, inside the folder. Raises UnsafeName."""
    if address == "/":
        return "index.html"
    if address.startswith(ASSETS):
        name = f"assets/{address.removeprefix(ASSETS).replace('/', '-').lower()}"
    else:
        name = address.strip("/").replace("/", "-").lower()
        ending = ENDINGS.get(media_type, "")
        name = name if ending and name.endswith(ending) else f"{name}{ending}"
    if media_type not in ENDINGS or not SAFE_NAME.fullmatch(name) or ".." in name:
        raise UnsafeName(f"{name}: {media_type}")
    return name


def replace_links(page: str, file_of: Callable[[str], str]) -> str:
    """Replace every address of this site in a page by its file; texts of entries are escaped and never match."""

    def replace(match: re.Match[str]) -> str:
        address, fragment = urldefrag(match[2])
        return f'{match[1]}="{file_of(address)}{"#" if fragment else ""}{fragment}"'

    return LINK.sub(replace, page)


class Builder:
    """Crawls the public site and collects the files of one copy. `names` holds the file of each address."""

    def __init__(self, copy: Copy, report: Callable[[str], object] = lambda _: None) -> None:
        self.copy, self.report, self.handler = copy, report, WSGIHandler()
        self.files: Files = {}
        self.names = {WORKER: "kept.js", **{f"/{code}/index.json": f"{code}-index.json" for code in copy.languages}}
        self.queue: deque[tuple[str, HttpResponse]] = deque()
        self.compressed_sizes: dict[str, int] = {}

    def build(self, address: str) -> Files:
        """Return all files: the pages that are reached from the start pages, and what belongs to the whole copy."""
        copy, first = self.copy, self.copy.languages[0]
        for language in copy.languages:
            for path in ("", "away"):
                self.file_of(f"/{language}/{path}", language)
        self.file_of("/", first)
        self._crawl()
        self.files["404.html"] = self._with_links(self._fetch(f"/{first}/absent", first), first)
        self._crawl()
        self.files["kept.js"] = _read_static(static("website/js/kept.js"))
        for language in copy.languages:
            self._add_indexes(language)
        services = {str(service) for service in copy.services}
        directory = lists.export_directory()
        directory["contents"] = [row for row in directory["contents"] if row["id"] in services]
        self.files |= {"hsds.json": to_json(directory), "hsds.zip": lists.export_tables(services)}
        self.files |= host_files(copy.day, recordings=copy.recordings)
        if address:
            pages = [f"{address.rstrip('/')}/{name}" for page, name in self.names.items() if IN_SITEMAP.fullmatch(page)]
            self.files["sitemap.xml"] = render_to_string("website/sitemap.xml", {"addresses": pages}).encode()
        return dict(sorted(self.files.items()))

    def file_of(self, address: str, language: str) -> str:
        """Return the file of an address; a page that is new is put into the queue.

        A link to a language that the copy leaves out leads to the start page.
        """
        key = f"/{language}{EXIT}" if address == EXIT else address
        if key not in self.names:
            if language_of(address) not in ("", *self.copy.languages):
                return self.names[f"/{language}/"]
            if address.startswith(ASSETS):
                self.names[key] = file_name(address)
                self.files[self.names[key]] = _read_static(address)
            else:
                response = self._fetch(address, language)
                self.names[key] = file_name(key, media_type=_media_type(response))
                self.queue.append((key, response))
        return self.names[key]

    def _crawl(self) -> None:
        while self.queue:
            address, response = self.queue.popleft()
            language = language_of(address) or self.copy.languages[0]
            self.files[self.names[address]] = self._with_links(response, language)
            if len(self.files) % 1000 == 0:
                self.report(f"{len(self.files)} files")

    def _with_links(self, response: HttpResponse, language: str) -> bytes:
        if _media_type(response) != "text/html":
            return response.content
        return replace_links(response.text, lambda address: self.file_of(address, language)).encode()

    def _fetch(self, address: str, language: str) -> HttpResponse:
        """Return the response of the public site. Raises BrokenLink unless it is 200."""
        host = settings.ALLOWED_HOSTS[0]
        request = RequestFactory(SERVER_NAME=host, HTTP_HOST=host, HTTP_ACCEPT_LANGUAGE=language).get(address)
        vars(request).update(published=self.copy, urlconf=URLS)
        response = cast(HttpResponse, self.handler.get_response(request))
        if response.status_code != HTTPStatus.OK:
            raise BrokenLink(f"{address}: {response.status_code}")
        return response

    def _add_indexes(self, language: str) -> None:
        """Add the search index of a language, and for each place the files to store on a phone."""
        self.files[f"{language}-index.json"] = self.copy.indexes[language]
        shared = self.shared_files(language)
        room = OFFLINE_BYTES - sum(map(self._compressed_size, shared))
        for place in self.copy.places:
            own = self.files_of_place(language, place, room=room)
            services = [
                service
                for service in self.copy.services_in(place, EVERY_NEED)
                if self.names[f"/{language}/s/{service}"] in own
            ]
            index = build_index(self.copy, services, language)
            self.files[f"{language}-kept-{place.lower()}.json"] = to_json({"files": [*shared, *own], "index": index})

    def shared_files(self, language: str) -> list[str]:
        """Return the files that every phone stores: the start page first, the reading pages, and what pages use."""
        of_a_place = tuple(f"/{language}/{kind}/" for kind in "slp")
        pages = [
            name
            for address, name in self.names.items()
            if address.startswith(f"/{language}/") and not address.startswith(of_a_place) and name.endswith(".html")
        ]
        return [*pages, *sorted(name for name in self.files if name.startswith("assets/") or name.endswith(".svg"))]

    def files_of_place(self, language: str, place: str, *, room: int) -> list[str]:
        """Return the files of one place, nearest services first, as far as there is room in bytes."""
        names = [self.names[address] for address in self._addresses_of_place(language, place)]
        weighed = zip(names, accumulate(map(self._compressed_size, names)), strict=True)
        return [name for name, _bytes in takewhile(lambda pair: pair[1] <= room, weighed)]

    def _addresses_of_place(self, language: str, place: str) -> Iterator[str]:
        """Yield the place, the first page of each list, the services, and then the other pages of the lists."""
        yield f"/{language}/p/{place}"
        pages = [
            (number, f"/{language}/l/{place}/{need}/{number}")
            for need in (EVERY_NEED, *NUMBERED_NEEDS)
            for number in range(1, self.copy.count_pages(place, need) + 1)
        ]
        yield from (address for number, address in pages if number == 1)
        yield from (f"/{language}/s/{service}" for service in self.copy.services_in(place, EVERY_NEED))
        yield from (address for number, address in pages if number > 1)

    def _compressed_size(self, name: str) -> int:
        """Return the compressed size of a file."""
        if name not in self.compressed_sizes:
            self.compressed_sizes[name] = len(gzip.compress(self.files[name], 6, mtime=0))
        return self.compressed_sizes[name]


def _media_type(response: HttpResponse) -> str:
    return response["Content-Type"].partition(";")[0]


def _read_static(url: str) -> bytes:
    """Return a static file by its URL, also where static files were not collected."""
    name = url.removeprefix(settings.STATIC_URL)
    collected = Path(staticfiles_storage.path(name))
    return (collected if collected.is_file() else Path(str(finders.find(name)))).read_bytes()
