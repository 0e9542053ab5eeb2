"""What may be asked of the printed directory."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from suar.booklets import content, paper, rules
from suar.booklets.models import Edition, Paper
from suar.booklets.terms import Changes, Form, Issued, Listed
from suar.core.refusals import NotYours

MOST = 200


def editions(*, most: int = MOST) -> list[Issued]:
    """List editions of every place and language, the last made first."""
    return _issued(Edition.objects.order_by("-day", "-made_at", "place", "language")[:most])


def newest(*, on: date) -> list[Issued]:
    """List the newest edition of each place and language that may still be used on a day."""
    oldest = on - rules.GOOD_FOR
    rows = Edition.objects.filter(day__gte=oldest, papers__isnull=False).distinct()
    return _issued(rows.order_by("place", "language"))


def any_offered(*, on: date) -> bool:
    """Say whether there is an edition that may still be used on a day."""
    return Edition.objects.filter(day__gte=on - rules.GOOD_FOR).exists()


def issued(edition: UUID) -> Issued:
    """Give one edition; raises NotYours when there is none."""
    found = _issued(Edition.objects.filter(id=edition))
    if not found:
        raise NotYours
    return found[0]


def numbered(place: str, language: str, number: int) -> UUID:
    """Give the id of an edition by its number; raises NotYours when there is none."""
    rows = Edition.objects.filter(place=place, language=language, number=number)
    found = rows.values_list("id", flat=True).first()
    if found is None:
        raise NotYours
    return found


def file_of(edition: UUID, form: Form) -> bytes:
    """Give the PDF of one form of an edition: as kept, or set again from its content."""
    kept = finished(edition, form)
    if kept is not None:
        return kept
    row = Edition.objects.filter(id=edition).values_list("content", flat=True).first()
    if row is None:
        raise NotYours
    return paper.pdf(content.unpacked(bytes(row)), form)


def finished(edition: UUID, form: Form) -> bytes | None:
    """Give the finished PDF of a newest edition; None when nothing is kept. Sets nothing."""
    row = Paper.objects.filter(edition=edition, form=form).values_list("file", flat=True).first()
    return bytes(row) if row is not None else None


def last(place: str, language: str) -> tuple[int, list[Listed] | None]:
    """Give the number of the last edition and what it listed; 0 and None when there is none."""
    row = Edition.objects.filter(place=place, language=language).order_by("-number").first()
    return (row.number, [Listed(*each) for each in row.listed]) if row else (0, None)


def _issued(rows: Iterable[Edition]) -> list[Issued]:
    found = list(rows)
    sizes: dict[UUID, dict[str, int]] = {}
    kept = Paper.objects.filter(edition__in=[each.id for each in found])
    for edition, form, size in kept.values_list("edition", "form", "size"):
        sizes.setdefault(edition, {})[form] = size
    return [_facts(each, sizes.get(each.id, {})) for each in found]


def _facts(row: Edition, sizes: dict[str, int]) -> Issued:
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in row.changes.items()}
    entries = [each for each in row.listed if each[0] != content.NUMBERS]
    return Issued(
        id=row.id,
        place=row.place,
        language=row.language,
        number=row.number,
        day=row.day,
        use_until=rules.use_until(row.day),
        count=len(entries),
        changes=Changes(**told),
        sizes=sizes,
    )
