"""Packets of second opinions: sealed codes that wait at a partner organisation for at most 14 days.

The sealed codes are destroyed when the packet closes. Sealing, trust and the inbox are in `referrals`.
Source: docs/decisions/second-opinions.md; security.md 3.6.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from suar.accounts import notices
from suar.accounts.roles import Viewer
from suar.audit import actions as audit
from suar.core.refusals import value_or_refuse
from suar.records.keyring import OpenRecord
from suar.screening import policy, queries
from suar.screening.models import PartnerPacket, PartnerSide, Reading
from suar.screening.rules import second_opinion

NOTHING = b""


def reading_to_ask(left: UUID, viewer: Viewer, *, lock: bool = False) -> Reading | None:
    """Return the request for a second opinion about a record, or None if the viewer may not ask a partner."""
    rows = Reading.objects.filter(left=left, organisation=viewer.organisation)
    row = (rows.select_for_update() if lock else rows).order_by("-asked_at").first()
    if row is None or not policy.may_ask_partner(viewer, author=row.author, team=row.team):
        return None
    return row


def reading_of(packet: PartnerPacket) -> Reading | None:
    """Lock and return the request for a second opinion behind a packet."""
    return Reading.objects.select_for_update().filter(id=packet.reading).first()


def get_packet(ident: UUID, *, lock: bool = False) -> PartnerPacket | None:
    """Return a packet, open or closed."""
    rows = PartnerPacket.objects.filter(id=ident)
    return (rows.select_for_update() if lock else rows).first()


def waiting_packet(reading: UUID) -> PartnerPacket | None:
    """Return the packet that waits for an answer about a reading."""
    return PartnerPacket.objects.filter(reading=reading, closed_at=None).first()


def list_waiting(partner: UUID, *, keys: Collection[UUID], at: datetime) -> QuerySet[PartnerPacket]:
    """Return the open packets of an organisation under these keys, the next to expire first."""
    rows = PartnerPacket.objects.filter(partner=partner, closed_at=None, ends_at__gt=at, key__in=keys)
    return rows.order_by("ends_at", "id")


def codes_to_send(record: OpenRecord) -> dict[str, Any]:
    """Return exactly what a partner would see of a finding; raise NotYours if there is nothing to ask."""
    lower = value_or_refuse(next((finding for finding in queries.findings(record) if finding.second_reading), None))
    return second_opinion.packet_of(lower.model_dump(mode="json"))


def has_unstored_exclusions(record: OpenRecord) -> bool:
    """Return True if the person excluded somebody but only codes were stored."""
    return any(bool(finding.partners_excluded) for finding in queries.findings(record))


def new_packet(reading: Reading, partner: UUID, *, key: UUID, by: UUID, at: datetime) -> PartnerPacket:
    """Return a packet that is not sealed and not stored yet."""
    return PartnerPacket(
        reading=reading.id,
        organisation=reading.organisation,
        partner=partner,
        asked_by=by,
        asked_at=at,
        ends_at=second_opinion.ends_at(at),
        key=key,
    )


def store_answer(row: PartnerPacket, reading: Reading, sealed: bytes, *, by: UUID, at: datetime) -> None:
    """Store a sealed answer for the team that asked, and destroy the packet; the outcome stays."""
    reading.answer, reading.read_at = sealed, at
    reading.save(update_fields=["answer", "read_at"])
    _close_packet(row, at=at)
    notices.notify({reading.author, row.asked_by}, at=at)
    audit_both_sides("answer_for_partner", row, by_at_partner=by, at=at)


def close_about(left: UUID, *, by: UUID | None, at: datetime, partners: Collection[UUID] | None = None) -> int:
    """Close the open packets about a record, at these partners or at all; return how many."""
    readings = list(Reading.objects.select_for_update().filter(left=left).values_list("id", flat=True))
    rows = PartnerPacket.objects.filter(reading__in=readings)
    return _close(rows if partners is None else rows.filter(partner__in=partners), by=by, at=at)


@transaction.atomic
def end_between(organisation: UUID, partner: UUID, *, by: UUID, at: datetime) -> bool:
    """End second opinions between two organisations, in both directions; `by` works at the first.

    Open packets are destroyed. Each side stores its own end. Return False if this side had already ended it and no
    side has agreed since.
    """
    either = Q(organisation=organisation, partner=partner) | Q(organisation=partner, partner=organisation)
    between = PartnerSide.objects.filter(either)
    list(between.select_for_update().order_by("id"))
    own = between.filter(organisation=organisation, signature=NOTHING).exclude(ended_at=None)
    if not between.filter(ended_at=None).update(ended_at=at) and own.exists():
        return False
    if not own.exists():
        PartnerSide.objects.create(
            organisation=organisation, partner=partner, by=by, at=at, signature=NOTHING, ended_at=at
        )
    _close(PartnerPacket.objects.filter(either), by=by, of=organisation, at=at)
    return True


def store_agreement(organisation: UUID, partner: UUID, signature: bytes, *, by: UUID, at: datetime) -> None:
    """Store that an organisation agrees to second opinions with a partner, and delete its own earlier end.

    An end by the partner stays valid.
    """
    own = PartnerSide.objects.filter(organisation=organisation, partner=partner)
    own.exclude(ended_at=None).delete()
    signed = {"by": by, "at": at, "signature": signature}
    PartnerSide.objects.update_or_create(organisation=organisation, partner=partner, ended_at=None, defaults=signed)


def list_sides(organisation: UUID) -> list[PartnerSide]:
    """Return the newest row of each side of this organisation's agreements, the oldest first."""
    rows = PartnerSide.objects.filter(Q(organisation=organisation) | Q(partner=organisation)).order_by("at")
    newest = {(row.organisation, row.partner): row for row in rows}
    return sorted(newest.values(), key=lambda row: row.at)


@transaction.atomic
def expire(*, at: datetime) -> int:
    """Destroy packets that were not answered in time, notify who asked, and return how many. Needs no keys."""
    expired = PartnerPacket.objects.filter(ends_at__lte=at)
    asked_by = list(expired.filter(closed_at=None).values_list("asked_by", flat=True))
    ended = _close(expired, by=None, at=at, verb="end_partner_reading")
    expired.exclude(closed_at=None).delete()
    notices.notify(asked_by, at=at)
    return ended


def audit_both_sides(
    verb: str, row: PartnerPacket, *, at: datetime, by: UUID | None = None, by_at_partner: UUID | None = None
) -> None:
    """Write an audit entry for each side: about the record where it was asked, about the packet at the partner."""
    left = Reading.objects.filter(id=row.reading).values_list("left", flat=True).first()
    audit.record(verb, by=by, at=at, about=[left] if left else [])
    audit.record(verb, by=by_at_partner, at=at, about=[row.id])


def _close(
    rows: QuerySet[PartnerPacket],
    *,
    by: UUID | None,
    at: datetime,
    of: UUID | None = None,
    verb: str = "close_partner_reading",
) -> int:
    """Close packets. `of`: the organisation of `by`, or None for the one that asked."""
    waiting = list(rows.filter(closed_at=None).select_for_update().order_by("id"))
    for row in waiting:
        _close_packet(row, at=at)
        asked_here = of in (None, row.organisation)
        audit_both_sides(verb, row, by=by if asked_here else None, by_at_partner=None if asked_here else by, at=at)
    return len(waiting)


def _close_packet(row: PartnerPacket, *, at: datetime) -> None:
    """Destroy the sealed codes of a packet and close it; the row stays until it expires."""
    row.sealed, row.signature, row.closed_at = NOTHING, NOTHING, at
    row.save(update_fields=["sealed", "signature", "closed_at"])
