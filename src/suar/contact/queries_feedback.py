"""Who hears what is said of services, what was said to them, and what they published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.contact.models import Hearing, Letter, OutsideReader, Quarter, Request
from suar.contact.rules import counting, feedback
from suar.contact.terms import Readers, RequestKind
from suar.core import clock
from suar.core.paging import Part, part_of

SAID = (RequestKind.FEEDBACK, RequestKind.COMPLAINT)
QUARTERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class HearingFacts:
    """Those of a house who hear what is said, as pages tell of them; `readers` counts them."""

    organisation: UUID
    name: str
    switched_on: bool
    for_others: bool
    who_en: str
    who_id: str
    days: tuple[int, ...]
    answers_within_days: int
    looked_at: datetime
    readers: int

    def takes(self, *, at: datetime) -> bool:
        """Say whether something said now would be read."""
        return bool(
            feedback.takes_feedback(switched_on=self.switched_on, readers=self.readers, looked_at=self.looked_at, at=at)
        )


@dataclass(frozen=True, slots=True)
class Told:
    """One quarter as the public page shows it."""

    house: str
    year: int
    number: int
    heard: int
    told_en: str
    told_id: str


def hearings() -> list[HearingFacts]:
    """Give those of every house who hear, in a settled order."""
    rows = list(Hearing.objects.order_by("organisation"))
    names = accounts.organisation_names([row.organisation for row in rows])
    return [
        HearingFacts(
            row.organisation,
            names.get(row.organisation, ""),
            row.switched_on,
            row.for_others,
            row.who_en,
            row.who_id,
            tuple(int(each) for each in row.days),
            row.answers_within_days,
            row.looked_at,
            len(accounts.who_hears(row.organisation)),
        )
        for row in rows
    ]


def readers(found: Iterable[HearingFacts], *, at: datetime) -> Readers:
    """Give who hears now, as the rule sees it."""
    taking = [each for each in found if each.takes(at=at)]
    named: Mapping[UUID, UUID] = dict(OutsideReader.objects.values_list("house", "reader"))
    return Readers(
        own=frozenset(each.organisation for each in taking),
        for_others=frozenset(each.organisation for each in taking if each.for_others),
        outside=named,
    )


def outside_of(house: UUID) -> UUID | None:
    """Give which other house reads what is said of this one."""
    return OutsideReader.objects.filter(house=house).values_list("reader", flat=True).first()


def waiting(viewer: Viewer, kind: RequestKind, *, part: int = 1) -> Part[Request]:
    """List what nobody has read: first what came alone, then what came after many."""
    rows = _of(viewer).filter(kind=kind, waits_since__isnull=False)
    return part_of(rows.order_by("turn", "waits_since", "id"), str(kind), number=part)


def going_on(viewer: Viewer, *, part: int = 1) -> Part[Request]:
    """List what was read and is not done, the latest word first."""
    rows = _of(viewer).filter(waits_since=None, settled_at=None)
    return part_of(rows.order_by("-said_at", "id"), "going_on", number=part)


def done(viewer: Viewer, *, part: int = 1) -> Part[Request]:
    """List what is done, newest first."""
    rows = _of(viewer).filter(waits_since=None, settled_at__isnull=False)
    return part_of(rows.order_by("-settled_at", "id"), "done", number=part)


def count_waiting(viewer: Viewer) -> int:
    """Count what nobody of the viewer's house has read."""
    return _of(viewer).filter(waits_since__isnull=False).count()


def said_in(organisation: UUID, year: int, number: int) -> list[UUID]:
    """Name the threads that somebody began in a quarter, oldest first."""
    first, after = (clock.start_of(each) for each in counting.days_of(year, number))
    rows = Request.objects.filter(organisation=organisation, kind__in=SAID).order_by("id")
    earlier = Letter.objects.filter(request__in=rows, at__lt=first).values("request")
    here = Letter.objects.filter(request__in=rows, at__gte=first, at__lt=after)
    return list(rows.filter(id__in=here.values("request")).exclude(id__in=earlier).values_list("id", flat=True))


def quarters() -> list[Told]:
    """Give the last quarters that were told, newest first."""
    rows = list(Quarter.objects.order_by("-year", "-number", "organisation")[:QUARTERS_SHOWN])
    names = accounts.organisation_names([row.organisation for row in rows])
    return [
        Told(names.get(row.organisation, ""), row.year, row.number, row.heard, row.told_en, row.told_id) for row in rows
    ]


def _of(viewer: Viewer) -> QuerySet[Request]:
    return Request.objects.filter(organisation=viewer.organisation, kind__in=SAID)
