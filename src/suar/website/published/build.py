"""Build the files of a static copy: ask the public site for every page, and link the files to each other.

All pages are in one folder and link relatively, so that a copy works at any path and from a disk.
"""

import gzip
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import cast
from urllib.parse import urldefrag

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse
from django.templatetags.static import static

from suar.hsds.api import lists
from suar.website.published import hosting, search_index
from suar.website.published.copy import EVERY_NEED, NUMBERED_NEEDS, Copy, as_of

Files = dict[str, bytes]
URLS = "suar.website.published.urls"
SAFE_NAME = re.compile(r"(?:assets/)?[a-z0-9][a-z0-9._-]{0,150}")
LINK = re.compile(r'(\s(?:href|src|data-exit|data-home|data-index|data-worker))="(/[^"]*)"')
KEPT_ENDINGS = (".svg", ".json", ".js")
ENDINGS = {
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
EXIT, EXIT_PICTURE, ASSETS = "/weather", "/weather/sun.svg", "/assets/"
OFFLINE_BYTES = 460_000
"""The most that the files of one place may weigh compressed; 40 kB of 500 are left for their index."""


class UnsafeName(ValueError):
    """An address would become a file name that some host reads otherwise."""


class LeadsNowhere(ValueError):
    """The public site does not answer an address that the copy needs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of an address and its media type."""

    media_type: str
    content: bytes


def build(copy: Copy, *, address: str = "", report: Callable[[str], object] = lambda _: None) -> Files:
    """Return every file of a copy by name; the same copy gives the same bytes.

    `address` is where the copy will be hosted, for the sitemap. Raises LeadsNowhere for a broken link.
    """
    with as_of(copy.day):
        return Builder(copy, report).build(address)


def file_name(address: str, language: str = "", *, media_type: str = "text/html") -> str:
    """Return the name of the file of an address, inside the folder. Raises UnsafeName."""
    if address == "/":
        return "index.html"
    if address.startswith(ASSETS):
        return _check_name(f"assets/{address.removeprefix(ASSETS).replace('/', '-').lower()}")
    name = address.strip("/").replace("/", "-").lower()
    if address == EXIT:
        name = f"{language}-{name}"
    if media_type not in ENDINGS:
        raise UnsafeName(f"{name}: {media_type}")
    return _check_name(name if name.endswith(KEPT_ENDINGS) else f"{name}{ENDINGS[media_type]}")


def replace_links(page: str, file_of: Callable[[str], str]) -> str:
    """Replace every address of this site in a page by its file; texts of entries are escaped and never match."""

    def replace(match: re.Match[str]) -> str:
        address, fragment = urldefrag(match[2])
        return f'{match[1]}="{file_of(address)}{"#" if fragment else ""}{fragment}"'

    return LINK.sub(replace, page)


class Builder:
    """Collects the files of one copy."""

    def __init__(self, copy: Copy, report: Callable[[str], object] = lambda _: None) -> None:
        self.copy, self.report, self.handler = copy, report, WSGIHandler()
        self.files: Files = {}
        self.names = {address: file_name(address) for address in copy.addresses}
        self.unplanned: list[tuple[str, Answer]] = []
        self.weights: dict[str, int] = {}

    def build(self, address: str) -> Files:
        """Return all files: the pages first, then what they link to."""
        copy, first = self.copy, self.copy.languages[0]
        for number, page in enumerate(copy.addresses, 1):
            self.files[self.names[page]] = self.render(page, self._language_of(page))
            if number % 1000 == 0:
                self.report(f"{number} pages")
        self.files["404.html"] = self.render(f"/{first}/absent", first)
        while self.unplanned:
            page, answer = self.unplanned.pop()
            self.files[self.names[page]] = self._with_links(answer, self._language_of(page))
        for language in copy.languages:
            self.files[file_name(EXIT, language)] = self.render(EXIT, language)
        for used, name in list(self.names.items()):
            if used.startswith(ASSETS) or used == EXIT_PICTURE:
                self.files[name] = self._read_static(used) if used != EXIT_PICTURE else self._ask(used, first).content
        self.files["kept.js"] = self._read_static(static("website/js/kept.js"))
        for language in copy.languages:
            self._add_indexes(language)
        services = {str(service) for service in copy.services}
        exported = lists.export_directory()
        exported["contents"] = [row for row in exported["contents"] if row["id"] in services]
        self.files["hsds.json"] = search_index.to_json(exported)
        self.files |= hosting.host_files(copy, self.names, address=address)
        return dict(sorted(self.files.items()))

    def render(self, address: str, language: str) -> bytes:
        """Return a page of the public site with links to files."""
        return self._with_links(self._ask(address, language), language)

    def _with_links(self, answer: Answer, language: str) -> bytes:
        if answer.media_type != "text/html":
            return answer.content
        return replace_links(answer.content.decode(), lambda address: self._name_of(address, language)).encode()

    def _name_of(self, address: str, language: str) -> str:
        """Return the file of a linked address; what was not planned is added if the site answers it.

        A link to a language that the copy leaves out leads to the start page.
        """
        if address == EXIT or address in {"/kept.js", *(f"/{code}/index.json" for code in self.copy.languages)}:
            return file_name(address, language)
        if address not in self.names:
            code = address[1:].partition("/")[0]
            if address == EXIT_PICTURE or address.startswith(ASSETS):
                self.names[address] = file_name(address)
            elif code in dict(settings.LANGUAGES) and code not in self.copy.languages:
                return self.names[f"/{language}/"]
            else:
                answer = self._ask(address, language)
                self.names[address] = file_name(address, media_type=answer.media_type)
                self.unplanned.append((address, answer))
        return self.names[address]

    def _ask(self, address: str, language: str) -> Answer:
        """Return what the public site answers. Raises LeadsNowhere."""
        host = settings.ALLOWED_HOSTS[0]
        request = WSGIRequest(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": address,
                "SERVER_NAME": host,
                "SERVER_PORT": "80",
                "HTTP_HOST": host,
                "HTTP_ACCEPT_LANGUAGE": language,
                "wsgi.input": io.BytesIO(),
                "wsgi.url_scheme": "http",
            }
        )
        vars(request).update(published=self.copy, urlconf=URLS)
        response = cast(HttpResponse, self.handler.get_response(request))
        if response.status_code != HTTPStatus.OK:
            raise LeadsNowhere(f"{address}: {response.status_code}")
        return Answer(response["Content-Type"].partition(";")[0], response.content)

    def _read_static(self, url: str) -> bytes:
        """Return a static file by its URL, also where static files were not collected."""
        name = url.removeprefix(settings.STATIC_URL)
        collected = Path(staticfiles_storage.path(name))
        return (collected if collected.is_file() else Path(str(finders.find(name)))).read_bytes()

    def _add_indexes(self, language: str) -> None:
        """Add the search index of a language, and for each place the files to keep on a phone."""
        self.files[f"{language}-index.json"] = self.copy.indexes[language]
        shared = self.shared_files(language)
        room = OFFLINE_BYTES - sum(map(self._weigh, shared))
        for place in self.copy.places:
            own = self.files_of_place(language, place, room=room)
            services = [
                service
                for service in self.copy.listed(place, EVERY_NEED)
                if self.names[f"/{language}/s/{service}"] in own
            ]
            index = search_index.build(self.copy, services, language)
            kept = search_index.to_json({"files": [*shared, *own], "index": index})
            self.files[f"{language}-kept-{place.lower()}.json"] = kept

    def shared_files(self, language: str) -> list[str]:
        """Return the files that every phone keeps: the reading pages and what pages use."""
        lists_and_services = tuple(f"/{language}/{kind}/" for kind in "slp")
        pages = [
            self.names[address]
            for address in self.copy.addresses
            if address.startswith(f"/{language}/") and not address.startswith(lists_and_services)
        ]
        used = sorted(name for name in self.files if name.startswith("assets/") or name.endswith(".svg"))
        return [*pages, file_name(EXIT, language), *used]

    def files_of_place(self, language: str, place: str, *, room: int) -> list[str]:
        """Return the files of one place, nearest services first, as far as there is room in bytes."""
        kept = []
        for address in self._addresses_of_place(language, place):
            room -= self._weigh(self.names[address])
            if room < 0:
                break
            kept.append(self.names[address])
        return kept

    def _addresses_of_place(self, language: str, place: str) -> Iterator[str]:
        """Yield the place, the first page of each list, the services, and then the other pages of the lists."""
        yield f"/{language}/p/{place}"
        pages = [
            (number, f"/{language}/l/{place}/{need}/{number}")
            for need in (EVERY_NEED, *NUMBERED_NEEDS)
            for number in range(1, self.copy.count_pages(place, need) + 1)
        ]
        yield from (address for number, address in pages if number == 1)
        yield from (f"/{language}/s/{service}" for service in self.copy.listed(place, EVERY_NEED))
        yield from (address for number, address in pages if number > 1)

    def _weigh(self, name: str) -> int:
        """Return the compressed size of a file."""
        if name not in self.weights:
            self.weights[name] = len(gzip.compress(self.files[name], 6, mtime=0))
        return self.weights[name]

    def _language_of(self, address: str) -> str:
        code = address[1:].partition("/")[0]
        return code if code in self.copy.languages else self.copy.languages[0]


def _check_name(name: str) -> str:
    if not SAFE_NAME.fullmatch(name) or ".." in name:
        raise UnsafeName(name)
    return name
