"""Import a directory file: one transaction, one audit entry."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core import clock
from suar.directory import importing, search_index
from suar.directory.codes import How
from suar.directory.documents import ImportReport, ParsedDirectory, Stamp
from suar.directory.models import Upload
from suar.directory.revisions import count_edition, lock_edition

UPLOAD_LIFETIME = timedelta(days=1)


def apply_import(
    parsed: ParsedDirectory,
    *,
    by: UUID,
    at: datetime,
    dry_run: bool,
    taking: Collection[str] = (),
    seen: str | None = None,
) -> ImportReport:
    """Import a file, all of it or nothing; repeating it changes nothing.

    With `dry_run` nothing is written and the report says what would be. A file of which anything
    is refused is never applied. Entries are known by their ids; what a file does not tell stays,
    and so does what was changed here since the last file, but for the fields in `taking`. `seen`
    is the mark of the warnings that somebody looked at, empty for none: nothing is written while
    there are others. Without it the caller answers for what the texts say.
    """
    today = clock.local_date(at)
    with transaction.atomic():
        edition = lock_edition()
        plan = importing.plan_import(parsed, today=today, taking=taking)
        unseen = seen is not None and plan.mark not in ("", seen)
        if dry_run or plan.refused or unseen:
            return plan.report(applied=False)
        if plan.anything:
            importing.write_plan(plan, Stamp(by, at, How.IMPORT))
            search_index.rebuild(today=today)
            count_edition(edition, at=at)
        report = plan.report(applied=True)
        counts = (report.created.services, report.changed.services, report.unchanged.services)
        because = "created {} changed {} unchanged {}".format(*counts)
        audit.record("import_directory", by=by, at=at, because=because, shown=sum(counts))
    return report


def store_upload(told: str, *, file_name: str, by: UUID, at: datetime) -> UUID:
    """Store a read file until its editor has seen the report; older ones of anybody go."""
    with transaction.atomic():
        Upload.objects.filter(at__lt=at - UPLOAD_LIFETIME).delete()
        kept = Upload.objects.create(told=told, file_name=file_name[:120], by=by, at=at)
    return kept.id


def discard_upload(waiting: UUID, *, by: UUID) -> None:
    """Delete an uploaded file; a missing one is not an error."""
    Upload.objects.filter(id=waiting, by=by).delete()
