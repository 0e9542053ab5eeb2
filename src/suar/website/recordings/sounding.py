"""How the bytes of a recording are sent, whole or in part: a player asks for parts."""

import re

from django.http import HttpRequest, HttpResponse

from suar.website.recordings.pages import MIME

ASKED = re.compile(r"bytes=(\d*)-(\d*)")


def sent(request: HttpRequest, kind: str, content: bytes) -> HttpResponse:
    """Send a sound; of several parts asked for at once, and of a part that is none, the whole.

    Source: RFC 9110, 14.2 (a server may leave a range aside) and 15.3.7.
    """
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    part = _part(request.headers.get("Range", ""), len(content))
    if part is None:
        return HttpResponse(content, content_type=MIME[kind], headers=headers)
    first, last = part
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    body = content[first : last + 1]
    return HttpResponse(body, status=206, content_type=MIME[kind], headers=headers)


def _part(asked: str, size: int) -> tuple[int, int] | None:
    found = ASKED.fullmatch(asked.strip())
    if not found or found.groups() == ("", "") or len(asked) > 60:
        return None
    begin, end = found.groups()
    if not begin:
        return (max(0, size - int(end)), size - 1) if int(end) else None
    first, last = int(begin), min(int(end or size), size - 1)
    return (first, last) if first <= last else None
