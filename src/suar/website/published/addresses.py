"""From the addresses of the door to files side by side in one folder, and links between them.

All pages lie in one folder, because a page names the start as its address once it is open: its
links must then still lead where they did. It works at any path, and from a disk.
"""

import re
from collections.abc import Callable
from urllib.parse import urldefrag

SAFE = re.compile(r"(?:assets/)?[a-z0-9][a-z0-9._-]{0,150}")
LINK = re.compile(r'(\s(?:href|src|data-exit|data-home|data-index|data-worker))="(/[^"]*)"')
AS_IT_IS = (".svg", ".json", ".js")
ENDINGS = {
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
EXIT, EXIT_PICTURE, ASSETS = "/weather", "/weather/sun.svg", "/assets/"


class UnsafeName(ValueError):
    """An address would become a file name that some host or disk reads otherwise."""


class LeadsNowhere(ValueError):
    """A page links to an address that the copy does not hold."""


def file_of(address: str, language: str = "", *, kind: str = "text/html") -> str:
    """Name the file of an address, which never leaves the folder; raises UnsafeName."""
    if address == "/":
        return "index.html"
    if address.startswith(ASSETS):
        return _safe(f"assets/{address.removeprefix(ASSETS).replace('/', '-').lower()}")
    name = address.strip("/").replace("/", "-").lower()
    if address == EXIT:
        name = f"{language}-{name}"
    if kind not in ENDINGS:
        raise UnsafeName(f"{name}: {kind}")
    return _safe(name if name.endswith(AS_IT_IS) else f"{name}{ENDINGS[kind]}")


def relative(text: str, to: Callable[[str], str]) -> str:
    """Turn every address of this host in a page into the file that `to` names for it.

    What an entry says cannot look like one of them: a quotation mark in it is written otherwise.
    """

    def turned(found: re.Match[str]) -> str:
        address, fragment = urldefrag(found[2])
        return f'{found[1]}="{to(address)}{"#" if fragment else ""}{fragment}"'

    return LINK.sub(turned, text)


def _safe(name: str) -> str:
    if not SAFE.fullmatch(name) or ".." in name:
        raise UnsafeName(name)
    return name
