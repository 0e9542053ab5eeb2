"""Asking a partner house to read an outcome that is lower than the signs suggest.

Codes only are sealed to it. Whoever must never know of the person is never asked.
Source: issue of the talk, point 3; docs/decisions/0032.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.consent import rules as consent_rules
from suar.core.refusals import NotYours, Refused
from suar.crypto import boxes, kdf, values
from suar.db.together import together
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.screening import partner_closing, partner_houses, policy
from suar.screening.models import PartnerPacket, Reading
from suar.screening.remains import FINDINGS, KEPT_INSIDE
from suar.screening.rules import partner as rules


@dataclass(frozen=True, slots=True)
class Way:
    """How a viewer may ask partners about a record: whom, and whom it waits for until when.

    `read` says that somebody has read it already.
    """

    partners: tuple[UUID, ...]
    waits_at: UUID | None = None
    ends_at: datetime | None = None
    read: bool = False


def way(record: OpenRecord, viewer: Viewer, *, kept_away: Collection[UUID] = ()) -> Way | None:
    """Say how a partner may be asked to read what a talk left; None where nobody may ask."""
    row = Reading.objects.filter(left=record.id).first()
    if row is None or record.facts.restricted or not _may_ask(viewer, row):
        return None
    waiting = PartnerPacket.objects.filter(reading=row.id, closed_at=None).first()
    tied = [] if _kept_inside(record) else partner_houses.partners_of(row.organisation)
    partners = [each for each in tied if _may_learn(kept_away, each)]
    return Way(
        tuple(partners),
        waiting.partner if waiting else None,
        waiting.ends_at if waiting else None,
        row.read_at is not None,
    )


def packet_of(record: OpenRecord) -> dict[str, Any]:
    """Give exactly what a partner would see of what a talk found."""
    lower = next((each for each in _found(record) if each.get("second_reading")), None)
    if lower is None:
        raise NotYours
    return rules.packet_of(lower)


@together()
def ask(
    record: OpenRecord,
    partner: UUID,
    *,
    kept_away: Collection[UUID],
    viewer: Viewer,
    keys: Keys,
    at: datetime,
) -> None:
    """Seal the codes to a partner; the caller holds the record and says whom it is kept from.

    Twice is the same as once. Raises NotYours for who may not ask, and Refused for a partner that
    is kept away or not tied, for a record held by name, and when somebody has read it already.
    """
    row = Reading.objects.select_for_update().filter(left=record.id).first()
    if row is None or not _may_ask(viewer, row):
        raise NotYours
    if row.read_at is not None:
        raise Refused("read_already")
    partner_houses.hold(row.organisation, partner)
    tied = partner_houses.stands(row.organisation, partner)
    held = record.facts.restricted or _kept_inside(record)
    if held or not tied or not _may_learn(kept_away, partner):
        # One answer for all: who is on somebody's list is not told here.
        raise Refused("partner_not_asked")
    if PartnerPacket.objects.filter(reading=row.id, closed_at=None).exists():
        return
    packet = _sealed(row, partner, packet_of(record), viewer=viewer, keys=keys, at=at)
    notices.tell(notices.who_may(Permission.READ_FOR_PARTNER, organisation=partner), at=at)
    partner_closing.note("ask_partner", packet, by=viewer.worker, at=at)


@together()
def take_back(record: OpenRecord, *, viewer: Viewer, at: datetime) -> None:
    """Ask no partner any longer; what was sealed is destroyed. Twice is the same as once."""
    row = Reading.objects.filter(left=record.id).first()
    if row is None or not _may_ask(viewer, row):
        raise NotYours
    partner_closing.close_for(record.id, by=viewer.worker, at=at)


def signed_text(row: PartnerPacket) -> bytes:
    """Give what the sender signs: the packet, the reading, both houses, its end, what is sealed.

    An answer goes to the reading that the worker asked about, and to no other one.
    """
    ends = row.ends_at.astimezone(UTC).isoformat(timespec="microseconds").encode()
    about = row.id.bytes + row.reading.bytes + row.organisation.bytes + row.partner.bytes
    return b"suar-reading-2|" + about + ends + kdf.digest(bytes(row.sealed))


def _sealed(
    row: Reading,
    partner: UUID,
    told: Mapping[str, Any],
    *,
    viewer: Viewer,
    keys: Keys,
    at: datetime,
) -> PartnerPacket:
    [(key, public)] = accounts.keys_to_seal_to([("inbox", partner)], house=partner)
    text = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    packet = PartnerPacket(
        reading=row.id,
        organisation=row.organisation,
        partner=partner,
        asked_by=viewer.worker,
        asked_at=at,
        ends_at=rules.ends_at(at),
        key=key,
        sealed=boxes.seal_to(public, values.pad(text)),
    )
    packet.signature = keys.sign(signed_text(packet))
    packet.save(force_insert=True)
    return packet


def _found(record: OpenRecord) -> list[dict[str, Any]]:
    return (record.read(Compartment.CODED, FINDINGS) or {"list": []})["list"]


def _kept_inside(record: OpenRecord) -> bool:
    """Say whether somebody was named who must never know, where only codes were kept."""
    return any(each.get(KEPT_INSIDE) for each in _found(record))


def _may_ask(viewer: Viewer, row: Reading) -> bool:
    here = row.organisation == viewer.organisation
    return here and bool(policy.may_ask_partner(viewer, author=row.author, team=row.team))


def _may_learn(kept_away: Collection[UUID], partner: UUID) -> bool:
    return bool(consent_rules.may_learn(kept_away, (partner,)))
