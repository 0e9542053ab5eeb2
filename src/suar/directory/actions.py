"""What may be done to the directory; each act is one transaction and one entry in the audit."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.directory import cards, importing, index
from suar.directory.index import Indexed
from suar.directory.models import Edition, Service
from suar.directory.terms import ParsedDirectory, Report, Status
from suar.kernel import clock
from suar.kernel.refusals import NotYours


def apply_import(parsed: ParsedDirectory, *, by: UUID, at: datetime, dry_run: bool) -> Report:
    """Take a file over, all of it or nothing; a second time changes nothing.

    With `dry_run` nothing is written and the report says what would be. A file of which anything
    is refused is never applied. Entries are known by their ids; what a file does not tell stays.
    """
    today = clock.local_date(at)
    with transaction.atomic():
        edition = _locked_edition()
        made = importing.plan(parsed, today=today)
        if dry_run or made.refused:
            return made.report(applied=False)
        if made.anything:
            importing.write(made)
            _publish(edition, at=at)
        report = made.report(applied=True)
        counts = (report.created.services, report.changed.services, report.unchanged.services)
        because = "created {} changed {} unchanged {}".format(*counts)
        audit.record("import_directory", by=by, at=at, because=because, shown=sum(counts))
    return report


def confirm(service: UUID, *, by: UUID, at: datetime) -> None:
    """Note that somebody asked the provider today and the entry is right."""
    with transaction.atomic():
        edition = _locked_edition()
        day = clock.local_date(at)
        if not Service.objects.filter(id=service).update(confirmed=day):
            raise NotYours
        _publish(edition, at=at)
        audit.record("confirm_service", by=by, at=at, about=[service])


def rebuild_index(*, today: date) -> None:
    """Write the search index anew from what is stored."""
    active = Service.objects.filter(status=Status.ACTIVE).order_by("id")
    ids = list(active.values_list("id", flat=True))
    found = []
    for start in range(0, len(ids), index.BATCH):
        rows = cards.rows(ids[start : start + index.BATCH])
        found += [_indexed(row, today) for row in rows.values()]
    index.rebuild(found)


def _indexed(row: Service, today: date) -> Indexed:
    """Give what the index may know of a service: never anything of a hidden place."""
    facts = cards.facts_of(row, today=today)
    types = tuple(sorted(each.code for each in row.types.all()))
    provider = [*row.provider.name.values()] if row.provider else []
    return Indexed(
        facts=facts,
        types=types,
        confirmed=row.confirmed,
        named=(*row.words.name.values(), *provider, *cards.place_and_type_words(facts, types)),
        described=tuple(row.words.description.values()),
        urgent=bool(row.words.urgent),
    )


def _locked_edition() -> Edition:
    """Let one change of the directory wait for another."""
    Edition.objects.get_or_create(id=1)
    return Edition.objects.select_for_update().get(id=1)


def _publish(edition: Edition, *, at: datetime) -> None:
    rebuild_index(today=clock.local_date(at))
    edition.number += 1
    edition.changed_at = at
    edition.save(update_fields=["number", "changed_at"])
