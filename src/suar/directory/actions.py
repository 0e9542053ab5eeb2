"""What may be done to the directory; each act is one transaction and one entry in the audit."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import NotYours
from suar.core.resting import collector_rests
from suar.directory import importing, indexing, shown
from suar.directory.locking import count, locked_edition
from suar.directory.models import Service, WaitingImport
from suar.directory.terms import How, ParsedDirectory, Report, Stamp

WAITS = timedelta(days=1)


def apply_import(
    parsed: ParsedDirectory,
    *,
    by: UUID,
    at: datetime,
    dry_run: bool,
    taking: Collection[str] = (),
    seen: str | None = None,
) -> Report:
    """Take a file over, all of it or nothing; a second time changes nothing.

    With `dry_run` nothing is written and the report says what would be. A file of which anything
    is refused is never applied. Entries are known by their ids; what a file does not tell stays,
    and so does what was changed here since the last file, but for the fields in `taking`. `seen`
    is the mark of the warnings that somebody looked at, empty for none: nothing is written while
    there are others. Without it the caller answers for what the texts say.
    """
    today = clock.local_date(at)
    with transaction.atomic(), collector_rests():
        edition = locked_edition()
        made = importing.plan(parsed, today=today, taking=taking)
        unseen = seen is not None and made.mark not in ("", seen)
        if dry_run or made.refused or unseen:
            return made.report(applied=False)
        if made.anything:
            importing.write(made, Stamp(by, at, How.IMPORT))
            indexing.rebuild(today=today)
            count(edition, at=at)
        report = made.report(applied=True)
        counts = (report.created.services, report.changed.services, report.unchanged.services)
        because = "created {} changed {} unchanged {}".format(*counts)
        audit.record("import_directory", by=by, at=at, because=because, shown=sum(counts))
    return report


def keep_waiting(told: str, *, file_name: str, by: UUID, at: datetime) -> UUID:
    """Keep a read file until its editor has seen the report; older ones of anybody go."""
    with transaction.atomic():
        WaitingImport.objects.filter(at__lt=at - WAITS).delete()
        kept = WaitingImport.objects.create(told=told, file_name=file_name[:120], by=by, at=at)
    return kept.id


def let_go(waiting: UUID, *, by: UUID) -> None:
    """Forget a waiting file that is not wanted; one that is gone already is no fault."""
    WaitingImport.objects.filter(id=waiting, by=by).delete()


def confirm(service: UUID, *, by: UUID | None, at: datetime) -> None:
    """Note that a person assured the entry today: it is right. `by` is None for its provider.

    That is no new edition: what the entry says stays as it is.
    """
    with transaction.atomic():
        edition, day = locked_edition(), clock.local_date(at)
        if not Service.objects.filter(id=service).update(confirmed=day):
            raise NotYours
        [state] = shown.stored([service]).values()
        shown.write([replace(state, confirmed=day.isoformat())])
        indexing.renew(service, today=day)
        count(edition, at=at)
        audit.record("confirm_service", by=by, at=at, about=[service])
