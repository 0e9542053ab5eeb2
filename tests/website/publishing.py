"""A published copy for the tests: built in this process, and served at a path as a host does."""

import contextlib
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from suar.website.published import build, folder
from suar.website.published.copy import load_copy
from suar.website.published.folder import write_folder

DAY = date(2026, 11, 25)
LINKED = ("href", "src", "data-exit", "data-home", "data-index", "data-worker")


def built(
    day: date = DAY, *, languages: tuple[str, ...] = ("en", "id"), address: str = "", **chosen: object
) -> build.Files:
    """Build a copy in both languages, or as chosen."""
    return build.build(load_copy(languages, day=day, **chosen), address=address)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        self.found += [told[name] or "" for name in LINKED if name in told]
        if tag == "script":
            self.scripts.append(told)


def read(page: bytes) -> _Links:
    """List the links and scripts of a page."""
    links = _Links()
    links.feed(page.decode())
    return links


def pages(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the pages of a copy."""
    return {name: content for name, content in files.items() if name.endswith(".html")}


def assets_of(page: bytes) -> list[str]:
    """Name what a browser loads with a page."""
    return sorted(set(re.findall(r'(?:src|href)="(assets/[^"]+)"', page.decode())))


class _Host(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        for name, value in folder.page_headers().items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: what is asked for is looked at in the browser."""


@contextlib.contextmanager
def hosted(files: Mapping[str, bytes], root: Path) -> Iterator[str]:
    """Serve a copy at a path of this machine, with the headers that its files ask for."""
    write_folder(files, root / "some" / "where")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/some/where/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
