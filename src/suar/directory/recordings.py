"""Recordings of public texts: uploaded by one editor, published by another."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.refusals import NotYours, Refused
from suar.directory import proposals
from suar.directory.models import Recording
from suar.directory.rules.opus import Audio
from suar.directory.rules.proposals import may_publish_recording


def store_recording(audio: Audio, *, text: str, language: str, by: UUID, at: datetime) -> UUID:
    """Store a checked recording; it replaces one that waits for the same text and language."""
    with transaction.atomic():
        same = Recording.objects.filter(text=text, language=language)
        _remove_replaced(same.filter(published_at=None), by=by, at=at)
        row = Recording.objects.create(
            text=text,
            language=language,
            kind=audio.kind,
            seconds=audio.seconds,
            size=len(audio.content),
            content=audio.content,
            by=by,
            at=at,
        )
        audit.record("bring_recording", by=by, at=at, about=[row.id])
    return row.id


def may_publish(recording: Recording, *, by: UUID, organisation: UUID) -> Decision:
    """Return whether an editor may publish a recording now, with the reason."""
    second = proposals.has_second_editor(organisation)
    return may_publish_recording(published=recording.published, brought_by=recording.by, by=by, second=second)


def publish_recording(recording: UUID, *, by: UUID, organisation: UUID, at: datetime) -> None:
    """Publish a recording and remove the one published before. Raises Refused."""
    with transaction.atomic():
        row = _lock_recording(recording)
        decision = may_publish(row, by=by, organisation=organisation)
        if not decision:
            raise Refused(decision.because)
        same = Recording.objects.filter(text=row.text, language=row.language)
        _remove_replaced(same.exclude(id=row.id).exclude(published_at=None), by=by, at=at)
        row.published_by, row.published_at = by, at
        row.save(update_fields=["published_by", "published_at"])
        audit.record("publish_recording", by=by, at=at, about=[row.id])


def remove_recording(recording: UUID, *, by: UUID, at: datetime) -> None:
    """Remove a recording at once, whoever uploaded it: a voice may be known to somebody."""
    with transaction.atomic():
        _lock_recording(recording).delete()
        audit.record("remove_recording", by=by, at=at, about=[recording])


def list_recordings() -> list[Recording]:
    """List all recordings by text and language, published ones first."""
    rows = Recording.objects.defer("content").order_by("text", "language", "at")
    return sorted(rows, key=lambda row: (row.text, row.language, not row.published))


def list_published(text: str) -> list[Recording]:
    """List the published recordings of a text."""
    rows = Recording.objects.filter(text=text, published_at__isnull=False)
    return list(rows.defer("content").order_by("language"))


def get_recording(recording: UUID) -> Recording:
    """Return a recording without its bytes; raises NotYours if there is none."""
    row = Recording.objects.filter(id=recording).defer("content").first()
    if row is None:
        raise NotYours
    return row


def get_content(recording: UUID, *, only_published: bool) -> tuple[str, bytes]:
    """Return the kind and the bytes of a recording; raises NotYours if there is none."""
    rows = Recording.objects.filter(id=recording)
    if only_published:
        rows = rows.filter(published_at__isnull=False)
    found = rows.values_list("kind", "content").first()
    if found is None:
        raise NotYours
    return found[0], bytes(found[1])


def _remove_replaced(rows: "QuerySet[Recording]", *, by: UUID, at: datetime) -> None:
    """Remove replaced recordings, each with an audit entry of its own."""
    gone = list(rows.values_list("id", flat=True))
    rows.delete()
    for each in gone:
        audit.record("remove_recording", by=by, at=at, about=[each])


def _lock_recording(recording: UUID) -> Recording:
    row = Recording.objects.select_for_update().filter(id=recording).first()
    if row is None:
        raise NotYours
    return row
