"""What complaint handlers and leads do: name who reads, answer, and publish what changed."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.roles import Permission, Viewer
from suar.audit import actions as audit
from suar.contact import actions as contact
from suar.contact.documents import OpenRequest
from suar.core.refusals import NotYours, Refused
from suar.feedback import queries
from suar.feedback.models import Hearing, OutsideReader, Quarter
from suar.feedback.rules import counting


@transaction.atomic
def set_readers(readers: Hearing, *, viewer: Viewer, at: datetime) -> None:
    """Describe the complaint handlers of the viewer's organisation; raises NotYours, Refused("nobody_apart").

    Only switching it on counts as a look.
    """
    _check_lead(viewer)
    organisation = viewer.organisation
    if readers.switched_on and not accounts.who_hears(organisation):
        raise Refused("nobody_apart")
    before = Hearing.objects.filter(organisation=organisation, switched_on=True).first()
    readers.organisation, readers.by = organisation, viewer.worker
    readers.looked_at = before.looked_at if before else at
    readers.save()
    audit.record("hearing_set", by=viewer.worker, at=at, about=[organisation])


@transaction.atomic
def name_outside_reader(reader: UUID | None, *, viewer: Viewer, at: datetime) -> None:
    """Name another organisation that reads what is said about the viewer's, or none; raises NotYours."""
    _check_lead(viewer)
    organisation = viewer.organisation
    OutsideReader.objects.filter(house=organisation).delete()
    if reader is not None:
        offered = Hearing.objects.filter(organisation=reader, switched_on=True, for_others=True)
        if reader == organisation or not offered.exists():
            raise NotYours
        OutsideReader.objects.create(house=organisation, reader=reader, by=viewer.worker, at=at)
    about = [organisation] if reader is None else [organisation, reader]
    audit.record("outside_reader_named", by=viewer.worker, at=at, about=about)


def record_look(organisation: UUID, *, at: datetime) -> None:
    """Record that somebody opened the list: it stays open to those who want to say something."""
    Hearing.objects.filter(organisation=organisation, looked_at__lt=at).update(looked_at=at)


@transaction.atomic
def answer(opened: OpenRequest, words: str, *, shown: str, viewer: Viewer, at: datetime) -> None:
    """Answer the letters that were shown; if all opened, nothing of them is unread then.

    Raises NotYours, Refused, KeyNotTrusted, and Conflict if a newer letter came.
    """
    if opened.now_read:
        contact.mark_read(opened.id, shown=shown, viewer=viewer)
    contact.answer(opened.id, words, shown=shown, codes=opened.codes, viewer=viewer, at=at)


@transaction.atomic
def publish_quarter(
    quarter: tuple[int, int], texts: tuple[str, str], *, viewer: Viewer, at: datetime, today: date
) -> None:
    """Publish what changed in a past quarter, in English and Indonesian.

    Raises NotYours, and Refused if the quarter is not over or a text tells of fewer than five people.
    """
    if not viewer.may(Permission.HEAR_FEEDBACK):
        raise NotYours
    if quarter not in counting.past_quarters(today):
        raise Refused("not_over")
    if any(counting.small_numbers(text) for text in texts):
        raise Refused("small_numbers")
    year, number = quarter
    count = len(queries.threads_begun_in(viewer.organisation, year, number))
    Quarter.objects.update_or_create(
        organisation=viewer.organisation,
        year=year,
        number=number,
        defaults={
            "told_en": texts[0],
            "told_id": texts[1],
            "by": viewer.worker,
            "at": at,
            "heard": counting.at_least(count) or 0,
        },
    )
    audit.record("quarter_told", by=viewer.worker, at=at, about=[viewer.organisation])


def _check_lead(viewer: Viewer) -> None:
    """Raise NotYours unless the viewer leads a team: only a lead names who reads."""
    if not (viewer.may(Permission.SET_DESK) and viewer.leads):
        raise NotYours
