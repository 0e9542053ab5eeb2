"""Making an edition: a number, what changed, one entry in the audit; and setting its forms."""

from dataclasses import asdict, astuple
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from suar.audit import actions as audit
from suar.booklets import content, paper, queries, rules
from suar.booklets.models import Edition, Paper
from suar.booklets.terms import Booklet, Form, Listed
from suar.core import clock
from suar.core.refusals import Conflict, Refused

NOTHING_TO_PRINT = "nothing_confirmed"
FIRST = Form.A5


def make(booklet: Booklet, *, within_days: int, by: UUID, at: datetime) -> UUID:
    """Make the next edition, set in its first form, and give its id.

    That form holds every word, so what cannot be set never gets a number; `set_rest` makes the
    other forms. The same entries on the same day give the edition that is there: pressed twice,
    made once. Raises Refused for a booklet without entries, FontMissing, and Conflict when
    somebody else was faster with another one.
    """
    if not booklet.entries:
        raise Refused(NOTHING_TO_PRINT)
    day, now = clock.local_date(at), content.listed(booklet)
    if (same := _made_today(booklet, now, day=day)) is not None:
        return same
    before, old = queries.last(booklet.place, booklet.language)
    told = rules.changes(old, now)
    values = content.of(booklet, number=before + 1, day=day, changes=told, within_days=within_days)
    file = paper.pdf(values, FIRST)
    made = Edition(
        place=booklet.place,
        language=booklet.language,
        number=before + 1,
        day=day,
        made_at=at,
        by=by,
        listed=[astuple(each) for each in now],
        changes=asdict(told),
        content=content.packed(values),
    )
    _write(made, file, by=by, at=at)
    return made.id


def set_rest(edition: UUID) -> int:
    """Set and keep the forms of an edition that are not kept yet; say how many.

    Of one that is no longer the newest nothing is kept.
    """
    row = Edition.objects.filter(id=edition).first()
    if row is None or row.number != queries.last(row.place, row.language)[0]:
        return 0
    values, kept = content.unpacked(bytes(row.content)), set(queries.issued(edition).sizes)
    missing = [form for form in Form if form not in kept]
    for form in missing:
        file = paper.pdf(values, form)
        told = {"size": len(file), "file": file}
        Paper.objects.get_or_create(edition=row, form=form, defaults=told)
    return len(missing)


def _made_today(booklet: Booklet, now: list[Listed], *, day: date) -> UUID | None:
    row = Edition.objects.filter(place=booklet.place, language=booklet.language).order_by("-number").first()
    same = row is not None and row.day == day and row.listed == [list(astuple(e)) for e in now]
    return row.id if row is not None and same else None


def _write(made: Edition, file: bytes, *, by: UUID, at: datetime) -> None:
    """Keep an edition and its first file; the files of older ones can be set again and go."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            older = Paper.objects.filter(edition__place=made.place)
            older.filter(edition__language=made.language).delete()
            Paper.objects.create(edition=made, form=FIRST, size=len(file), file=file)
            audit.record("make_booklet", by=by, at=at, about=[made.id], shown=len(made.listed) - 1)
    except IntegrityError as faster:
        raise Conflict from faster
