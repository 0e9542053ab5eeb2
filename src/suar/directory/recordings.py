"""Recordings of public texts, as pages read them; `actions` uploads, publishes and removes them."""

from uuid import UUID

from django.db.models import F, Q

from suar.core.refusals import get_or_refuse
from suar.directory.models import Recording


def list_recordings() -> list[Recording]:
    """List all recordings by text and language, published ones first."""
    published_first = F("published_at").asc(nulls_last=True)
    return list(Recording.objects.defer("content").order_by("text", "language", published_first))


def list_published(text: str) -> list[Recording]:
    """List the published recordings of a text."""
    rows = Recording.objects.filter(text=text, published_at__isnull=False)
    return list(rows.defer("content").order_by("language"))


def get_recording(recording: UUID) -> Recording:
    """Return a recording without its bytes; raises NotYours if there is none."""
    return get_or_refuse(Recording.objects.filter(id=recording).defer("content"))


def get_content(recording: UUID, *, only_published: bool) -> tuple[str, bytes]:
    """Return the kind and the bytes of a recording; raises NotYours if there is none."""
    published = Q(published_at__isnull=False) if only_published else Q()
    row = get_or_refuse(Recording.objects.filter(published, id=recording))
    return row.kind, bytes(row.content)
