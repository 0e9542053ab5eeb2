"""A file that somebody brought, as an answer: to be kept, never to be shown as a page of ours."""

from django.http import HttpResponse

FILE = "file"
"""What the door hardens: no script, no address of ours, nothing but the file."""
NAMED = "file"


def to_keep(content: bytes, *, ending: str) -> HttpResponse:
    """Give a file under a name that says nothing, as bytes of no kind."""
    name = f'attachment; filename="{NAMED}.{ending}"'
    return _bare(content, content_type="application/octet-stream", disposition=name)


def picture(content: bytes) -> HttpResponse:
    """Give a picture that was drawn anew, for a page of ours to show."""
    return _bare(content, content_type="image/jpeg", disposition="inline")


def _bare(content: bytes, *, content_type: str, disposition: str) -> HttpResponse:
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    response = HttpResponse(content, content_type=content_type, headers=headers)
    response.needs = FILE
    return response
