"""Recordings of the reading pages: which texts and languages there are, how pages show them, and their bytes."""

import re
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from suar.core.codes import read_data
from suar.core.i18n import active_language, format_size
from suar.directory import recordings
from suar.website import texts

MIME_TYPES = {"ogg": "audio/ogg", "mpeg": "audio/mpeg", "mp4": "audio/mp4"}
RANGE = re.compile(r"bytes=(\d{0,20})-(\d{0,20})")


def text_choices() -> list[tuple[str, str]]:
    """Return the texts that can be read aloud, with their titles."""
    pages = [page for kind in texts.KINDS for page in texts.list_pages(kind, language=active_language())]
    return [(f"read-{page['number']}", page["title"]) for page in pages]


@cache
def language_choices() -> list[tuple[str, str]]:
    """Return the languages that can be read aloud by their own names, first those without pages."""
    spoken = read_data("website", "spoken")["languages"]
    return [*((row["code"], row["name"]) for row in spoken), *((code, str(name)) for code, name in settings.LANGUAGES)]


def recordings_of_page(number: int, *, language: str, site: str) -> dict[str, list[dict[str, Any]]]:
    """Return the published recordings of a reading page, in its own and in `other` languages.

    `site` is the language of its address.
    """
    rows = [describe(row, site=site) for row in recordings.list_published(f"read-{number}")]
    return {
        "own": [row for row in rows if row["code"] == language],
        "others": [row for row in rows if row["code"] != language],
    }


def describe(recording: Any, *, site: str = "") -> dict[str, Any]:
    """Return a recording with its title, language, address and length."""
    minutes = max(1, round(recording.seconds / 60))
    length = _("About %(minutes)s min, %(size)s. Nothing is loaded before you press play.")
    return {
        "recording": recording,
        "title": dict(text_choices()).get(recording.text, recording.text),
        "code": recording.language,
        "language": dict(language_choices()).get(recording.language, recording.language),
        "address": f"/{site}/listen/{recording.id}",
        "mime_type": MIME_TYPES[recording.kind],
        "length": length % {"minutes": minutes, "size": format_size(recording.size)},
    }


def audio_response(request: HttpRequest, kind: str, content: bytes) -> HttpResponse:
    """Return a recording, or the range of it that a player asks for.

    Several ranges at once, or an invalid one, get the whole.

    Source: RFC 9110, 14.2 (a server may ignore a range) and 15.3.7.
    """
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    response = HttpResponse(content, content_type=MIME_TYPES[kind], headers=headers)
    size, match = len(content), RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match and any(match.groups()):
        begin, end = match.groups()
        first = int(begin) if begin else max(0, size - int(end))
        last = min(int(end or size), size - 1) if begin else size - 1
        if first <= last:
            response.status_code, response.content = 206, content[first : last + 1]
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response
