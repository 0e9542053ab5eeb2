"""Actions of editors on recordings and error reports.

A recording is uploaded by one editor and published by another. Public pages read both and must not import this module.
"""

from uuid import UUID

from django.db.models import QuerySet

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission, Viewer
from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.refusals import get_or_refuse
from suar.directory import editors
from suar.directory.models import ErrorReport, Recording
from suar.directory.rules.opus import Audio


@act("settle_wrong", needs=Permission.EDIT_DIRECTORY)
def settle_reports(service: UUID, *, by: Acting) -> None:
    """Record that an editor has checked all reports of an entry."""
    reports = ErrorReport.objects.filter(service=service, settled_at=None)
    by.entry.about.append(service)
    by.entry.skip = not reports.update(settled_at=by.at, settled_by=by.worker)


@act("bring_recording", needs=Permission.EDIT_DIRECTORY)
def store_recording(audio: Audio, *, text: str, language: str, by: Acting) -> UUID:
    """Store a checked recording; it replaces one that waits for the same text and language."""
    _remove_replaced(Recording.objects.filter(text=text, language=language, published_at=None), by=by)
    sound = {"kind": audio.kind, "seconds": audio.seconds, "size": len(audio.content), "content": audio.content}
    row = Recording.objects.create(text=text, language=language, by=by.worker, at=by.at, **sound)
    by.entry.about.append(row.id)
    return row.id


@act("publish_recording", needs=Permission.EDIT_DIRECTORY)
def publish_recording(recording: UUID, *, by: Acting) -> None:
    """Publish a recording and remove the one published before. Raises Refused."""
    row = _lock_recording(recording)
    may_publish(row, by.viewer).enforce()
    same = Recording.objects.filter(text=row.text, language=row.language, published_at__isnull=False)
    _remove_replaced(same.exclude(id=row.id), by=by)
    row.published_by, row.published_at = by.worker, by.at
    row.save(update_fields=["published_by", "published_at"])
    by.entry.about.append(row.id)


@act("remove_recording", needs=Permission.EDIT_DIRECTORY)
def remove_recording(recording: UUID, *, by: Acting) -> None:
    """Remove a recording at once, without a second editor: somebody may recognise the voice."""
    _lock_recording(recording).delete()
    by.entry.about.append(recording)


def may_publish(recording: Recording, viewer: Viewer) -> Decision:
    """Return whether an editor may publish a recording now, with the reason.

    Source: own design, docs/decisions/print-and-static-copy (a second editor listens to it).
    """
    return Decision.refuse("draft_settled") if recording.published else editors.may_confirm({recording.by}, viewer)


def _remove_replaced(rows: "QuerySet[Recording]", *, by: Acting) -> None:
    """Remove replaced recordings, with one audit entry for every recording."""
    for id_ in list(rows.values_list("id", flat=True)):
        Recording.objects.filter(id=id_).delete()
        audit.record("remove_recording", by=by.worker, at=by.at, about=[id_])


def _lock_recording(recording: UUID) -> Recording:
    return get_or_refuse(Recording.objects.select_for_update().filter(id=recording))
