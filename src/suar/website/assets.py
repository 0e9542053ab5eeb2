"""Scripts, sheets and pictures of both doors, under addresses that change with the content.

Nothing has to be collected or built before the first start: a file is read once, hashed and
kept, so that a browser may keep it for a year and a change reaches everybody at once.
"""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse

from suar.crypto.derivation import digest
from suar.website.sheets import SHEETS, sheet

ROOT = "/assets/"
YEAR = "public, max-age=31536000, immutable"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    name: str
    body: bytes
    packed: bytes
    mark: str

    @property
    def kind(self) -> str:
        """Name the content type."""
        suffix = Path(self.name).suffix
        return KINDS.get(suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"


def address(name: str) -> str:
    """Give the address of a file, for example `doors/js/leave.js` or `sheets/public.css`."""
    return f"{ROOT}{asset(name).mark}/{name}"


@lru_cache(maxsize=256)
def asset(name: str) -> Asset:
    """Read, hash and pack one file; FileNotFoundError when it is none of ours."""
    body = _read(name)
    return Asset(name=name, body=body, packed=gzip.compress(body, 9, mtime=0), mark=digest(body).hex()[:12])


def _read(name: str) -> bytes:
    folder, _, last = name.partition("/")
    if folder == "sheets" and last in SHEETS:
        return sheet(last)
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


def serve(request: HttpRequest, mark: str, name: str) -> HttpResponse:
    """Send a file; an old address is absent, so that a stale page never mixes two versions."""
    try:
        found = asset(name)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    if found.mark != mark:
        raise Http404
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.body, content_type=found.kind)
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = YEAR
    return response
