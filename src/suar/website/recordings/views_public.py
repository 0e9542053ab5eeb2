"""Recordings on the public door: the bytes of what is published, and nothing about who read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from suar.directory import recordings
from suar.website.recordings.sounding import sent


@require_safe
def listen(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Send a published recording, which no browser keeps."""
    kind, content = recordings.get_content(recording, only_published=True)
    return sent(request, kind, content)
