"""Recordings of public texts: uploaded by one editor, published by another."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """A recording without its bytes: of which text, in which language, how long, how large."""

    id: UUID
    text: str
    language: str
    kind: str
    seconds: int
    size: int
    at: datetime
    by: UUID
    published: bool


def store_recording(audio: Audio, *, text: str, language: str, by: UUID, at: datetime) -> UUID:
    """Store a sound that was read; it takes the place of one that waits for the same text."""
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


def may_publish(recording: RecordingInfo, *, by: UUID, house: UUID) -> Decision:
    """Return True if somebody may publish a recording now."""
    second = proposals.has_second_editor(house)
    return may_publish_recording(published=recording.published, brought_by=recording.by, by=by, second=second)


def publish_recording(recording: UUID, *, by: UUID, house: UUID, at: datetime) -> None:
    """Publish a recording and remove the one published before. Raises Refused."""
    with transaction.atomic():
        row = _lock_recording(recording)
        decision = may_publish(_recording_info(row), by=by, house=house)
        if not decision:
            raise Refused(decision.because)
        same = Recording.objects.filter(text=row.text, language=row.language)
        _remove_replaced(same.exclude(id=row.id).exclude(published_at=None), by=by, at=at)
        row.published_by, row.published_at = by, at
        row.save(update_fields=["published_by", "published_at"])
        audit.record("publish_recording", by=by, at=at, about=[row.id])


def remove_recording(recording: UUID, *, by: UUID, at: datetime) -> None:
    """Remove a recording at once, whoever brought it: a voice may be known to somebody."""
    with transaction.atomic():
        _lock_recording(recording).delete()
        audit.record("remove_recording", by=by, at=at, about=[recording])


def list_recordings() -> list[RecordingInfo]:
    """List all recordings, by text and language; what waits stands after what is published."""
    rows = Recording.objects.defer("content").order_by("text", "language", "at")
    return sorted(map(_recording_info, rows), key=lambda each: (each.text, each.language, not each.published))


def list_published(text: str) -> list[RecordingInfo]:
    """List what is published of a text."""
    rows = Recording.objects.filter(text=text, published_at__isnull=False)
    return [_recording_info(row) for row in rows.defer("content").order_by("language")]


def get_recording(recording: UUID) -> RecordingInfo:
    """Return a recording without its bytes; raises NotYours when there does not exist."""
    row = Recording.objects.filter(id=recording).defer("content").first()
    if row is None:
        raise NotYours
    return _recording_info(row)


def get_content(recording: UUID, *, only_published: bool) -> tuple[str, bytes]:
    """Return the kind and the bytes of a recording; raises NotYours when there does not exist."""
    rows = Recording.objects.filter(id=recording)
    if only_published:
        rows = rows.filter(published_at__isnull=False)
    found = rows.values_list("kind", "content").first()
    if found is None:
        raise NotYours
    return found[0], bytes(found[1])


def _remove_replaced(rows: "QuerySet[Recording]", *, by: UUID, at: datetime) -> None:
    """Remove what another recording takes the place of, each with an entry of its own."""
    gone = list(rows.values_list("id", flat=True))
    rows.delete()
    for each in gone:
        audit.record("remove_recording", by=by, at=at, about=[each])


def _lock_recording(recording: UUID) -> Recording:
    row = Recording.objects.select_for_update().filter(id=recording).first()
    if row is None:
        raise NotYours
    return row


def _recording_info(row: Recording) -> RecordingInfo:
    return RecordingInfo(
        row.id,
        row.text,
        row.language,
        row.kind,
        row.seconds,
        row.size,
        row.at,
        row.by,
        row.published_at is not None,
    )
