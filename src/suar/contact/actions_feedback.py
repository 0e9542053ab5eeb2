"""What is done with what people say: name who hears it, say what was done, tell of a quarter."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.terms import Permission, Viewer
from suar.audit import actions as audit
from suar.contact import actions, letters, policy, queries_feedback
from suar.contact.models import Hearing, OutsideReader, Quarter
from suar.contact.opening import Opened
from suar.contact.rules import counting
from suar.contact.terms import LetterKind
from suar.core.refusals import NotYours, Refused


@dataclass(frozen=True, slots=True)
class HearingWords:
    """What the public page says of those who hear, in the house's own words."""

    switched_on: bool
    for_others: bool
    who_en: str
    who_id: str
    days: tuple[int, ...]
    answers_within_days: int


@transaction.atomic
def set_hearing(words: HearingWords, *, viewer: Viewer, at: datetime) -> None:
    """Say who of the viewer's house hears what is said; raises NotYours, Refused("nobody_apart").

    Only switching it on counts as a look.
    """
    _lead(viewer)
    house = viewer.organisation
    if words.switched_on and not accounts.who_hears(house):
        raise Refused("nobody_apart")
    said = {
        "switched_on": words.switched_on,
        "for_others": words.for_others,
        "who_en": words.who_en,
        "who_id": words.who_id,
        "days": "".join(str(each) for each in sorted(words.days)),
        "answers_within_days": words.answers_within_days,
        "by": viewer.worker,
    }
    if not Hearing.objects.filter(organisation=house, switched_on=True).exists():
        said["looked_at"] = at
    Hearing.objects.update_or_create(organisation=house, defaults=said)
    audit.record("hearing_set", by=viewer.worker, at=at, about=[house])


@transaction.atomic
def name_outside(reader: UUID | None, *, viewer: Viewer, at: datetime) -> None:
    """Name another house that reads what is said of the viewer's, or none; raises NotYours."""
    _lead(viewer)
    house = viewer.organisation
    OutsideReader.objects.filter(house=house).delete()
    if reader is not None:
        offered = Hearing.objects.filter(organisation=reader, switched_on=True, for_others=True)
        if reader == house or not offered.exists():
            raise NotYours
        OutsideReader.objects.create(house=house, reader=reader, by=viewer.worker, at=at)
    about = [house] if reader is None else [house, reader]
    audit.record("outside_reader_named", by=viewer.worker, at=at, about=about)


def look(house: UUID, *, at: datetime) -> None:
    """Note that somebody opened the list: it stays open to those who want to say something."""
    Hearing.objects.filter(organisation=house, looked_at__lt=at).update(looked_at=at)


@transaction.atomic
def answer(found: Opened, words: str, *, shown: str, viewer: Viewer, at: datetime) -> None:
    """Answer the letters that were shown; where all opened, nothing of them waits then.

    Raises NotYours, Refused, KeyNotTrusted, and Conflict where another letter came since.
    """
    if found.now_read:
        actions.mark_read(found.id, shown=shown, viewer=viewer)
    actions.answer(found.id, words, shown=shown, codes=found.codes, viewer=viewer, at=at)


@transaction.atomic
def say_done(request: UUID, code: str, *, shown: str, viewer: Viewer, at: datetime) -> None:
    """Say by a code what was done, and that nothing is left to do; the person reads it too.

    Raises NotYours, KeyNotTrusted, and Conflict where another letter came since.
    """
    row = actions.locked(request, viewer=viewer, shown=shown)
    letters.add(row, LetterKind.DONE, code, at=at)
    row.said_at, row.settled_at, row.waits_since = at, at, None
    row.save(update_fields=["said_at", "settled_at", "waits_since"])
    audit.record("help_settled", by=viewer.worker, at=at, about=[row.id])


@transaction.atomic
def tell_quarter(quarter: tuple[int, int], told: tuple[str, str], *, viewer: Viewer, at: datetime, today: date) -> None:
    """Publish what changed in a quarter that is over, in English and Indonesian.

    Raises NotYours, and Refused where it is not over or tells of fewer than five.
    """
    if not viewer.may(Permission.HEAR_FEEDBACK):
        raise NotYours
    if quarter not in counting.over_before(today):
        raise Refused("not_over")
    if any(counting.small_numbers(each) for each in told):
        raise Refused("small_numbers")
    year, number = quarter
    heard = len(queries_feedback.said_in(viewer.organisation, year, number))
    Quarter.objects.update_or_create(
        organisation=viewer.organisation,
        year=year,
        number=number,
        defaults={
            "told_en": told[0],
            "told_id": told[1],
            "by": viewer.worker,
            "at": at,
            "heard": counting.at_least(heard) or 0,
        },
    )
    audit.record("quarter_told", by=viewer.worker, at=at, about=[viewer.organisation])


def _lead(viewer: Viewer) -> None:
    if not policy.may_name_readers(viewer):
        raise NotYours
