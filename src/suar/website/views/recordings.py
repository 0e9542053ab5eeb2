"""Recordings on the public site: their bytes, whole or in parts."""

import re
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from suar.directory import recordings
from suar.website.recordings import MIME_TYPES

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@require_safe
def listen(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Send a published recording."""
    kind, content = recordings.get_content(recording, only_published=True)
    return send_audio(request, kind, content)


def send_audio(request: HttpRequest, kind: str, content: bytes) -> HttpResponse:
    """Send a recording; several ranges at once, or a bad one, get the whole.

    Source: RFC 9110, 14.2 (a server may ignore a range) and 15.3.7.
    """
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    asked = _parse_range(request.headers.get("Range", ""), len(content))
    if asked is None:
        return HttpResponse(content, content_type=MIME_TYPES[kind], headers=headers)
    first, last = asked
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    body = content[first : last + 1]
    return HttpResponse(body, status=206, content_type=MIME_TYPES[kind], headers=headers)


def _parse_range(text: str, size: int) -> tuple[int, int] | None:
    match = RANGE.fullmatch(text.strip())
    if not match or match.groups() == ("", "") or len(text) > 60:
        return None
    begin, end = match.groups()
    if not begin:
        return (max(0, size - int(end)), size - 1) if int(end) else None
    first, last = int(begin), min(int(end or size), size - 1)
    return (first, last) if first <= last else None
