"""Make an edition of the printed directory, and render its files."""

import json
import zlib
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.website.print import booklet, pdf, queries
from suar.website.print.models import Edition, Layout, Paper

NOTHING_TO_PRINT = "nothing_confirmed"
UNKNOWN = "unknown_place_or_language"


def make_edition(place: str, *, language: str, by: UUID, at: datetime) -> UUID:
    """Make the next edition for a district or province, render its first layout, and return its id.

    The first layout holds every word, so what cannot be rendered gets no number; `render_rest` makes the others.
    The same entries on the same day return the existing edition. Raises Refused for an unknown place or
    language and without entries, FontMissing, and Conflict if somebody else made another one just now.
    """
    if not booklet.is_place(place) or language not in dict(booklet.languages()):
        raise Refused(UNKNOWN)
    day, last = clock.local_date(at), queries.latest(place, language)
    number, before = (last.number + 1, last.listed) if last else (1, None)
    content, listed = booklet.build(place, language=language, day=day, number=number, before=before)
    if not content["entries"]:
        raise Refused(NOTHING_TO_PRINT)
    if last and last.day == day and last.listed == listed:
        return last.id
    edition = Edition(
        place=place,
        language=language,
        number=number,
        day=day,
        made_at=at,
        by=by,
        listed=listed,
        changes=content["changes"],
        content=zlib.compress(json.dumps(content, ensure_ascii=False, sort_keys=True).encode(), 9),
    )
    _save(edition, pdf.render(content, Layout.A5))
    return edition.id


def render_rest(edition: UUID) -> int:
    """Render the layouts of the newest edition that are not stored yet, and return how many."""
    row = Edition.objects.filter(id=edition).first()
    if row is None or row != queries.latest(row.place, row.language):
        return 0
    content = queries.get_content(edition)
    missing = [file["layout"] for file in row.files if file["size_kb"] is None]
    for layout in missing:
        file = pdf.render(content, layout)
        Paper.objects.get_or_create(edition=row, form=layout, defaults={"size": len(file), "file": file})
    return len(missing)


def _save(edition: Edition, file: bytes) -> None:
    """Store an edition with its first file; files of older editions can be made again and are deleted."""
    try:
        with transaction.atomic():
            edition.save(force_insert=True)
            Paper.objects.filter(edition__place=edition.place, edition__language=edition.language).delete()
            Paper.objects.create(edition=edition, form=Layout.A5, size=len(file), file=file)
            audit.record("make_booklet", by=edition.by, at=edition.made_at, about=[edition.id], listed=edition.count)
    except IntegrityError as error:
        raise Conflict from error
