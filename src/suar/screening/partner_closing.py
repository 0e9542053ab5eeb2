"""Closing packets that wait at partner houses: what is sealed in them is destroyed at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from suar.accounts import notices
from suar.audit import actions as audit
from suar.screening.models import PartnerPacket, Reading

NOTHING = b""


def close_for(left: UUID, *, by: UUID | None, at: datetime, partners: Collection[UUID] | None = None) -> int:
    """Close what waits about a record, at these partners or at all; gives how many that were."""
    readings = list(Reading.objects.select_for_update().filter(left=left).values_list("id"))
    rows = PartnerPacket.objects.filter(reading__in=[ident for (ident,) in readings])
    return _close(rows if partners is None else rows.filter(partner__in=partners), by=by, at=at)


def close_between(house: UUID, partner: UUID, *, by: UUID, at: datetime) -> int:
    """Close what waits between two houses, in both directions."""
    one = Q(organisation=house, partner=partner) | Q(organisation=partner, partner=house)
    return _close(PartnerPacket.objects.filter(one), by=by, of=house, at=at)


@transaction.atomic
def end_what_ran_out(*, at: datetime) -> int:
    """Destroy what nobody answered in time, and say how many; needs no keys.

    Who asked is told that something changed; they may ask again.
    """
    over = PartnerPacket.objects.filter(ends_at__lte=at)
    asked_by = list(over.filter(closed_at=None).values_list("asked_by", flat=True))
    ended = _close(over, by=None, at=at, verb="end_partner_reading")
    over.exclude(closed_at=None).delete()
    notices.tell(asked_by, at=at)
    return ended


def _close(
    rows: QuerySet[PartnerPacket],
    *,
    by: UUID | None,
    at: datetime,
    of: UUID | None = None,
    verb: str = "close_partner_reading",
) -> int:
    """Close packets; `of` is the house of who does it, None for the one that asked."""
    waiting = list(rows.filter(closed_at=None).select_for_update().order_by("id"))
    for row in waiting:
        empty(row, at=at)
        here = of in (None, row.organisation)
        note(verb, row, by=by if here else None, there=None if here else by, at=at)
    return len(waiting)


def empty(row: PartnerPacket, *, at: datetime) -> None:
    """Destroy what is sealed in a packet; the row says until its last day that it was closed."""
    row.sealed, row.signature, row.closed_at = NOTHING, NOTHING, at
    row.save(update_fields=["sealed", "signature", "closed_at"])


def note(
    verb: str,
    row: PartnerPacket,
    *,
    at: datetime,
    by: UUID | None = None,
    there: UUID | None = None,
) -> None:
    """Write an entry for each side: of the record where it was asked, of the packet `there`."""
    left = Reading.objects.filter(id=row.reading).values_list("left", flat=True).first()
    audit.record(verb, by=by, at=at, about=[left] if left else [])
    audit.record(verb, by=there, at=at, about=[row.id])
